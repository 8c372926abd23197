//! What changed from version to version, as this node keeps it below its catalogue folder:
//! `state-<version>.jsonl.zst`, a digest of every record, and `changes/<version>.json`, the
//! records that differ from the version before.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    publish,
    records::{Key, Records},
};
use crate::{Error, Result};

/// Versions from which a device is brought up to date by what changed; one that was away for
/// longer fetches everything.
pub(super) const KEPT: u64 = 30;
/// Changed records beyond which everything is fetched anew: an update is made in memory.
const MOST: usize = 20_000;
/// A state is written at each publication and read at the next: fast rather than small.
const LEVEL: i32 = 3;

/// What a version changed, as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    /// Of the version that is named.
    Since { from: u64, changes: Vec<(Key, Change)> },
    /// Of the version before, as it was once kept.
    Next(Vec<(Key, Change)>),
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Added,
    Changed,
    Removed,
}

/// The version that something leads from, and what it changed.
pub(super) type Step = (u64, Vec<(Key, Change)>);

/// Digests are of use among the records of one province: eight bytes tell them apart.
type Mark = u64;

/// Writes what version `version` is, and what differs from `before`. The states of other
/// versions go.
pub(super) fn write(
    folder: &Path,
    before: Option<u64>,
    version: u64,
    records: &Records,
) -> Result<()> {
    let state: BTreeMap<Key, Mark> =
        records.iter().map(|(key, line)| (key.clone(), mark(line))).collect();
    if let Some(before) = before
        && let Some(old) = read_state(folder, before)?
    {
        let changes = differences(old, &state);
        let path = changes_path(folder, version);
        if changes.len() <= MOST {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(Error::file(folder))?;
            }
            let kept = Kept::Since { from: before, changes };
            let text = serde_json::to_vec(&kept).map_err(Error::json("changes"))?;
            publish::write(&path, &text)?;
        } else {
            // A publication that was stopped may have left one for this version.
            remove(&path)?;
        }
    }
    write_state(folder, version, &state)?;
    // That of the version before is of use until this one is published.
    remove_states(folder, &[before.unwrap_or(version), version])?;
    let forgotten = version.checked_sub(KEPT).map(|old| changes_path(folder, old));
    forgotten.map_or(Ok(()), |forgotten| remove(&forgotten))
}

/// What led to `version`, from the newest back as far as it is known without a gap.
pub(super) fn read(folder: &Path, version: u64) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut to = version;
    while (steps.len() as u64) < KEPT {
        let path = changes_path(folder, to);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            text => text.map_err(Error::file(&path))?,
        };
        let step = match serde_json::from_slice(&text).map_err(Error::json("changes"))? {
            Kept::Since { from, changes } => (from, changes),
            Kept::Next(changes) => (to.saturating_sub(1), changes),
        };
        to = step.0;
        steps.push(step);
    }
    Ok(steps)
}

fn differences(mut old: BTreeMap<Key, Mark>, new: &BTreeMap<Key, Mark>) -> Vec<(Key, Change)> {
    let mut changes = Vec::new();
    for (key, mark) in new {
        match old.remove(key) {
            None => changes.push((key.clone(), Change::Added)),
            Some(before) if before != *mark => changes.push((key.clone(), Change::Changed)),
            Some(_) => {}
        }
    }
    changes.extend(old.into_keys().map(|key| (key, Change::Removed)));
    changes
}

fn mark(line: &[u8]) -> Mark {
    let digest: [u8; 32] = Sha256::digest(line).into();
    let mut mark = [0; 8];
    mark.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Mark::from_le_bytes(mark)
}

fn state_path(folder: &Path, version: u64) -> PathBuf {
    folder.join(format!("state-{version}.jsonl.zst"))
}

fn changes_path(folder: &Path, version: u64) -> PathBuf {
    folder.join("changes").join(format!("{version}.json"))
}

/// Removes the states of all but these versions.
fn remove_states(folder: &Path, but: &[u64]) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_state = name.starts_with("state-") && !name.ends_with(".new");
        if is_state && !but.iter().any(|version| path == state_path(folder, *version)) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file(path)(error)),
        _ => Ok(()),
    }
}

fn read_state(folder: &Path, version: u64) -> Result<Option<BTreeMap<Key, Mark>>> {
    let path = state_path(folder, version);
    let file = match fs::File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(Error::file(&path))?,
    };
    let mut state = BTreeMap::new();
    let lines = BufReader::new(zstd::Decoder::new(file).map_err(Error::file(&path))?).lines();
    for line in lines {
        let line = line.map_err(Error::file(&path))?;
        let (key, mark) = serde_json::from_str(&line).map_err(Error::json("a state"))?;
        state.insert(key, mark);
    }
    Ok(Some(state))
}

fn write_state(folder: &Path, version: u64, state: &BTreeMap<Key, Mark>) -> Result<()> {
    let path = state_path(folder, version);
    let mut packed = zstd::Encoder::new(Vec::new(), LEVEL).map_err(Error::file(&path))?;
    for entry in state {
        serde_json::to_writer(&mut packed, &entry).map_err(Error::json("a state"))?;
        packed.write_all(b"\n").map_err(Error::file(&path))?;
    }
    publish::write(&path, &packed.finish().map_err(Error::file(&path))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_leads_over_a_gap_and_from_what_was_once_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("changes")).unwrap();
        let keep = |version, text: &str| fs::write(changes_path(folder.path(), version), text);
        keep(2, r#"[[{"item": "a"}, "added"]]"#).unwrap();
        keep(100_001, r#"{"from": 2, "changes": []}"#).unwrap();
        keep(100_002, r#"{"from": 100001, "changes": [[{"form": "a"}, "removed"]]}"#).unwrap();
        let steps = read(folder.path(), 100_002).unwrap();
        let from: Vec<u64> = steps.iter().map(|(from, _)| *from).collect();
        assert_eq!(from, [100_001, 2, 1]);
        assert_eq!(steps[2].1, [(Key::Item("a".to_owned()), Change::Added)]);
        assert_eq!(read(folder.path(), 3).unwrap(), []);
    }
}
