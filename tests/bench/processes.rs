//! What the system says about processes: when one was started, which belong to it, and
//! what memory they hold.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};

/// Ticks of a second in `/proc/<process>/stat`: a constant of Linux for programs.
const TICKS: f64 = 100.0;

/// The child of `parent` whose program bears this name.
pub(crate) fn child(parent: u32, name: &str) -> Result<Option<u32>> {
    // The system keeps 15 bytes of a name.
    let kept: String = name.chars().take(15).collect();
    Ok(all()?.into_iter().find(|one| one.parent == parent && one.name == kept).map(|one| one.id))
}

/// When a process was started, to a hundredth of a second.
pub(crate) fn started(process: u32) -> Result<SystemTime> {
    let up = fs::read_to_string("/proc/uptime")?;
    let up: f64 = up.split_whitespace().next().context("no uptime")?.parse()?;
    let now = SystemTime::now();
    let stat = Stat::of(process).context("the process has ended")?;
    let age = (up - stat.started_ticks / TICKS).max(0.0);
    Ok(now - Duration::from_secs_f64(age))
}

/// Memory of a process and all that it has started, in bytes: the proportional set size,
/// which counts a page shared by `n` processes as one `n`th.
pub(crate) fn memory(process: u32) -> Result<u64> {
    let all = all()?;
    let mut family = vec![process];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(all.iter().filter(|one| one.parent == parent).map(|one| one.id));
        next += 1;
    }
    let mut bytes = 0;
    for one in family {
        let rollup = fs::read_to_string(format!("/proc/{one}/smaps_rollup"))
            .context("memory of a process")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kib = line.and_then(|line| line.split_whitespace().next()).context("no PSS")?;
        bytes += kib.parse::<u64>()? * 1024;
    }
    Ok(bytes)
}

struct Stat {
    id: u32,
    name: String,
    parent: u32,
    started_ticks: f64,
}

impl Stat {
    /// None where the process has ended.
    fn of(id: u32) -> Option<Self> {
        let text = fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat")).ok()?;
        // "id (name) state parent …": a name may hold spaces and brackets.
        let (head, rest) = text.rsplit_once(") ")?;
        let (_, name) = head.split_once(" (")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        Some(Self {
            id,
            name: name.to_owned(),
            parent: fields.get(1)?.parse().ok()?,
            // Field 22 of proc_pid_stat(5); the first here is its third.
            started_ticks: fields.get(19)?.parse().ok()?,
        })
    }
}

fn all() -> Result<Vec<Stat>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let id = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        all.extend(id.and_then(Stat::of));
    }
    Ok(all)
}
