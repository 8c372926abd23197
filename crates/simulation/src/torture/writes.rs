//! Every write of every command: the same command on the same files, killed before its first
//! write, before its second, and so on, until it ends by itself; and once more, on a disk that
//! is full from that write on.
//!
//! `strace` counts the writes, kills and refuses. It counts every kind of call of every thread
//! by itself.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::{
    Known, Report, Torture,
    programs::{Ended, GOOD_EXITS, KILLED},
};
use crate::{item, world::copy};

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Who calls is killed before it.
    Killed,
    /// The disk is full, from this call on.
    Full,
}

/// The calls that change a file, or send something to somebody else, and what happens there.
const CALLS: [(Fault, &str); 10] = [
    (Fault::Killed, "pwrite64"),
    (Fault::Killed, "fdatasync"),
    (Fault::Killed, "fsync"),
    (Fault::Killed, "ftruncate"),
    (Fault::Killed, "rename"),
    (Fault::Killed, "unlink"),
    (Fault::Killed, "write"),
    (Fault::Killed, "sendto"),
    (Fault::Killed, "writev"),
    (Fault::Full, "pwrite64"),
];
/// So many calls come one after another; then ever fewer, as they are ever more alike.
const EACH: u32 = 24;
/// What is told of a full disk.
const FULL: [&str; 2] = ["device.full", "catalogue.disk-full"];
/// What `strace` writes of a call that it has refused.
const REFUSED: &str = "(INJECTED)";
/// The file in which it writes.
const CALLED: &str = "calls";

/// Where it happens: at the `nth` call of this kind in one of the threads.
#[derive(Clone, Copy)]
struct At {
    fault: Fault,
    call: &'static str,
    nth: u32,
}

/// To whom it happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    Device,
    /// The platform, while the device does it.
    Platform,
}

/// What is done, and what becomes of what is known by it.
struct Act {
    name: &'static str,
    victim: Victim,
    /// Whether the platform is there.
    online: bool,
    /// Done before, and left alone.
    before: Option<Vec<String>>,
    arguments: Vec<String>,
    /// What it did where it answered (`true`), or may have done.
    did: fn(&mut Known, bool),
}

/// What every act begins with.
struct Scene {
    /// An application with an answer and a file.
    draft: String,
    acts: Vec<Act>,
    template: PathBuf,
}

/// Kills at every write of every command, or of those whose name begins with `only`, and checks
/// each time that all is well and comes to an end. Calls `tell` after each command.
///
/// # Errors
/// The first breach, or what kept it from going on.
pub async fn every_write(programs: PathBuf, only: &str, tell: impl Fn(&str)) -> Result<Report> {
    let mut torture = Torture::prepare(programs, 1).await?;
    let scene = torture.set_scene()?;
    let known = torture.known.clone();
    for act in scene.acts.iter().filter(|act| act.name.starts_with(only)) {
        for (fault, call) in CALLS {
            let mut nth = 1;
            loop {
                torture.known.clone_from(&known);
                let at = At { fault, call, nth };
                let happened = torture
                    .suffer(&scene, act, at)
                    .await
                    .with_context(|| format!("{}: {fault:?} at {call} {nth}", act.name))?;
                if !happened {
                    break;
                }
                match (fault, act.victim) {
                    (Fault::Full, _) => torture.report.full += 1,
                    (Fault::Killed, Victim::Device) => torture.report.device_kills += 1,
                    (Fault::Killed, Victim::Platform) => torture.report.platform_kills += 1,
                }
                if fault == Fault::Killed {
                    *torture.report.kills.entry(act.name).or_default() += 1;
                }
                nth += 1 + nth.saturating_sub(EACH) / 4;
            }
        }
        let kills = torture.report.kills.get(act.name).unwrap_or(&0);
        tell(&format!("{kills:5} kills in: {}", act.name));
    }
    Ok(std::mem::take(&mut torture.report))
}

impl Torture {
    /// A draft, a filing that waits, a sealed copy of it, and a newer catalogue at the platform.
    fn set_scene(&mut self) -> Result<Scene> {
        let draft = self.written("说明1", "文件1.pdf")?;
        let waiting = self.written("说明2", "文件2.pdf")?;
        let sealed = self.path("sealed.tongban")?;
        // Whoever has never synced cannot seal.
        self.run(&["sync"])?;
        self.kill_platform()?;
        self.run(&["drafts", "submit", &waiting])?;
        self.run(&["courier", "export", &sealed])?;
        self.known.get_mut(&waiting).context("an unknown draft")?.filed = true;
        self.publish_another("第 2 版。")?;
        self.start_platform()?;
        self.kill_platform()?;

        let template = self.folder.path().join("template");
        for part in ["data", "platform"] {
            copy(&self.folder.path().join(part), &template.join(part))?;
        }
        let paper = self.file_with("文件3.pdf", &item::paper(3, 20_000))?;
        let acts = self.acts(&draft, &paper, &sealed)?;
        Ok(Scene { draft, acts, template })
    }

    fn acts(&self, draft: &str, paper: &str, sealed: &str) -> Result<Vec<Act>> {
        let pin = self.path("pin")?;
        let set_pin = ["pin", "set", "--new-pin-file", &pin];
        let note = format!("{}=\"说明9\"", item::NOTE);
        let act = |name, arguments: &[&str]| Act {
            name,
            victim: Victim::Device,
            online: false,
            before: None,
            arguments: owned(arguments),
            did: |_, _| {},
        };
        let submit = |known: &mut Known, done: bool| {
            known.filed |= done;
            known.maybe_filed |= !done;
        };
        let answer = |known: &mut Known, done: bool| {
            if done {
                known.notes.clear();
            }
            known.notes.insert("说明9".to_owned());
        };
        let attach = |known: &mut Known, done: bool| {
            let papers = if done { &mut known.papers } else { &mut known.maybe_papers };
            papers.insert("文件3.pdf".to_owned());
        };
        let online = |act| Act { online: true, ..act };
        Ok(vec![
            act("drafts new", &["drafts", "new", item::ITEM]),
            Act { did: answer, ..act("drafts set", &["drafts", "set", draft, &note]) },
            Act {
                did: attach,
                ..act("drafts attach", &["drafts", "attach", draft, item::PAPER, paper])
            },
            Act { did: submit, ..act("drafts submit", &["drafts", "submit", draft]) },
            Act {
                did: submit,
                ..online(act("drafts submit (online)", &["drafts", "submit", draft]))
            },
            online(act("sync", &["sync"])),
            online(Act { victim: Victim::Platform, ..act("sync (platform)", &["sync"]) }),
            act("pin set", &set_pin),
            Act { before: Some(owned(&set_pin)), ..act("pin change", &set_pin) },
            Act { before: Some(owned(&set_pin)), ..act("pin remove", &["pin", "remove"]) },
            online(act("catalogue sync", &["catalogue", "sync"])),
            act("courier export", &["courier", "export", &self.path("again.tongban")?]),
            online(act("courier relay", &["courier", "relay", sealed])),
            online(Act {
                victim: Victim::Platform,
                ..act("courier relay (platform)", &["courier", "relay", sealed])
            }),
        ])
    }

    /// An application with an answer and a file.
    fn written(&mut self, note: &str, paper: &str) -> Result<String> {
        self.count += 1;
        let told = self.run(&["drafts", "new", item::ITEM])?;
        let case = told.get("case").and_then(Value::as_str).context("no id")?.to_owned();
        self.run(&["drafts", "set", &case, &format!("{}=\"{note}\"", item::NOTE)])?;
        let file = self.file_with(paper, &item::paper(self.count, 20_000))?;
        self.run(&["drafts", "attach", &case, item::PAPER, &file])?;
        let (notes, papers) = ([note.to_owned()].into(), [paper.to_owned()].into());
        self.known.insert(case.clone(), Known { notes, papers, ..Known::default() });
        Ok(case)
    }

    /// Does it on fresh files, with a fault, and checks. Answers whether there was such a call.
    async fn suffer(&mut self, scene: &Scene, act: &Act, at: At) -> Result<bool> {
        self.kill_platform()?;
        for part in ["data", "platform"] {
            copy(&scene.template.join(part), &self.folder.path().join(part))?;
        }
        // Of an earlier try: what is written must not be there yet.
        let _none = fs::remove_file(self.path("again.tongban")?);
        if act.online {
            self.start_platform()?;
        }
        if let Some(before) = &act.before {
            self.run(&borrowed(before))?;
        }
        let arguments = borrowed(&act.arguments);
        let (ended, happened) = match act.victim {
            Victim::Device => self.run_under(at, &arguments)?,
            Victim::Platform => {
                let mut tracer = self.trace_platform(at)?;
                let ended = self.run_to(&arguments, at)?;
                let died = self.platform_has_died()?;
                self.kill_platform()?;
                // It ends with what it looks at.
                let _gone = (tracer.kill(), tracer.wait());
                (ended, died || self.was_refused()?)
            }
        };
        let known = self.known.get_mut(&scene.draft).context("an unknown draft")?;
        (act.did)(known, matches!(ended, Ended::Answered(_)));

        self.start_platform()?;
        self.check().await?;
        if !self.known.get(&scene.draft).is_some_and(|known| known.filed) {
            self.run(&["drafts", "submit", &scene.draft])?;
            self.known.get_mut(&scene.draft).context("an unknown draft")?.filed = true;
        }
        self.come_to_peace().await?;
        Ok(happened)
    }

    /// Runs a command under `strace`.
    fn run_under(&self, at: At, arguments: &[&str]) -> Result<(Ended, bool)> {
        let command = self.command(arguments);
        let output = self
            .strace(at)?
            .arg("--")
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(Stdio::null())
            .output()
            .context("strace does not start")?;
        // It ends as what it looked at has ended.
        if output.status.signal() == Some(KILLED) {
            return Ok((Ended::Unanswered, true));
        }
        Ok((answered(arguments, &output, at)?, self.was_refused()?))
    }

    /// Runs a command whose platform suffers.
    fn run_to(&self, arguments: &[&str], at: At) -> Result<Ended> {
        answered(arguments, &self.command(arguments).output()?, at)
    }

    /// Has `strace` look at the platform, which runs.
    fn trace_platform(&self, at: At) -> Result<Child> {
        let platform = self.platform.as_ref().context("no platform")?.id().to_string();
        let mut tracer = self
            .strace(at)?
            .args(["--attach", &platform])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("strace does not start")?;
        let mut errors = BufReader::new(tracer.stderr.take().context("no standard error")?);
        let mut line = String::new();
        errors.read_line(&mut line)?;
        if !line.contains("attached") {
            bail!("strace cannot look at the platform: {line}");
        }
        // Whoever closes a pipe that is still written to ends the writer.
        std::thread::spawn(move || errors.read_to_string(&mut line));
        Ok(tracer)
    }

    /// `strace` of a program with all its threads.
    fn strace(&self, At { fault, call, nth }: At) -> Result<Command> {
        let mut strace = Command::new("strace");
        strace.args(["--follow-forks", "--output", &self.path(CALLED)?]);
        strace.arg(format!("--trace={call}"));
        strace.arg(match fault {
            Fault::Killed => format!("--inject={call}:signal=SIGKILL:when={nth}"),
            Fault::Full => format!("--inject={call}:error=ENOSPC:when={nth}+"),
        });
        Ok(strace)
    }

    /// Whether the last `strace` has refused a call.
    fn was_refused(&self) -> Result<bool> {
        let called = fs::read(self.path(CALLED)?)?;
        Ok(String::from_utf8_lossy(&called).contains(REFUSED))
    }

    fn platform_has_died(&mut self) -> Result<bool> {
        let platform = self.platform.as_mut().context("no platform")?;
        Ok(platform.try_wait()?.is_some())
    }

    fn path(&self, name: &str) -> Result<String> {
        Ok(self.folder.path().join(name).to_str().context("a path")?.to_owned())
    }
}

/// What a command that was not killed came to.
fn answered(arguments: &[&str], output: &Output, at: At) -> Result<Ended> {
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Value = serde_json::from_str(text.trim()).unwrap_or(Value::Null);
    let code = output.status.code().unwrap_or(-1);
    if GOOD_EXITS.contains(&code) {
        return Ok(Ended::Answered(told));
    }
    // On a full disk it may say that it could not do all of it, as long as it says why.
    let not_done = told.pointer("/problem/code");
    let why = not_done.or_else(|| told.pointer("/sync/problem/code")).and_then(Value::as_str);
    let is_told = why.is_some_and(|why| FULL.contains(&why));
    ensure!(at.fault == Fault::Full && is_told, "{arguments:?}: {code}: {text}");
    Ok(if not_done.is_some() { Ended::Unanswered } else { Ended::Answered(told) })
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}

fn borrowed(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
