//! What holds of anything that is read, whatever it is.

use std::{cell::RefCell, fmt::Debug, path::PathBuf};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tongban_contract::problem::Problem;
use tongban_platform::{Config, Error};

/// What was read is written, and read again as the same. Answers how it is written.
pub(crate) fn is_written_as_read<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> String {
    let text = serde_json::to_string(value).expect("what was read can be written");
    let again: T = match serde_json::from_str(&text) {
        Ok(again) => again,
        Err(error) => panic!("what was written cannot be read: {error}\n{text}"),
    };
    assert_eq!(again, *value, "read again as something else:\n{text}");
    assert_eq!(serde_json::to_string(&again).unwrap(), text, "written differently the next time");
    text
}

/// The members of `kept`, which were not understood, are those that came, but for `known`.
pub(crate) fn is_kept_whole(kept: &Map<String, Value>, came: &Value, known: &[&str]) {
    let came = came.as_object().expect("only an object is kept");
    let came = came.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let came: Map<String, Value> =
        came.map(|(name, value)| (name.clone(), value.clone())).collect();
    assert_eq!(*kept, came, "something of a later version was lost");
}

/// The same value with the members of every object in the opposite order.
pub(crate) fn turned_round(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(name, member)| (name.clone(), turned_round(member)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(entries) => entries.iter().map(turned_round).collect(),
        other => other.clone(),
    }
}

/// Whoever sent what cannot be taken is told why, in a sentence with a next step. It is never
/// the platform's own failure.
pub(crate) fn is_refused(error: Error) -> Problem {
    let refused = matches!(error, Error::Problem(_) | Error::Busy { .. });
    assert!(refused, "what came from outside made the platform fail: {error}");
    let problem = error.into_problem();
    assert!((400..500).contains(&problem.status), "{problem:?}");
    is_told(&problem);
    problem
}

/// A problem that a person can read.
pub(crate) fn is_told(problem: &Problem) {
    assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'), "{problem:?}");
    assert!(!problem.code.is_empty() && problem.kind.ends_with(&problem.code), "{problem:?}");
    is_written_as_read(problem);
}

/// What the targets of a thread need again and again.
struct Place {
    runtime: Runtime,
    folder: TempDir,
}

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

fn in_place<T>(act: impl FnOnce(&Place) -> T) -> T {
    PLACE.with_borrow_mut(|place| {
        act(place.get_or_insert_with(|| Place {
            runtime: Builder::new_current_thread().enable_all().build().expect("a runtime"),
            folder: TempDir::with_prefix("tongban-fuzz-").expect("a folder"),
        }))
    })
}

/// Runs something of the engine's or the platform's to its end.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    in_place(|place| place.runtime.block_on(future))
}

/// A file that stays until the thread ends.
pub(crate) fn file(name: &str) -> PathBuf {
    in_place(|place| place.folder.path().join(name))
}

/// A platform node that keeps its files in the thread's folder.
pub(crate) fn node() -> Config {
    let address = "http://127.0.0.1:1".parse().expect("an address");
    in_place(|place| Config::new(place.folder.path(), place.folder.path(), address))
}
