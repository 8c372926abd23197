//! Makes the seeds of the corpus with the real encoders, out of what stands in `assets`, and
//! holds those that are kept against them: a seed that is not what is written today is one
//! of an older version. Call with `TONGBAN_WRITE_SEEDS=1` to write what is missing, and add
//! an old one under another name if it is to stay readable.
//!
//! - `samples`: what the seeds are about. `messages`, `files`, `couriers`: true seeds.
//! - `hostile`: made by hand to be wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not as the seeds have it is seen by a panic"
)]

mod couriers;
mod files;
mod hostile;
mod messages;
mod samples;

use std::{collections::BTreeSet, env, fs};

use tongban_fuzz::corpus;

/// A seed: target, name of the file, content.
type Seed = (&'static str, String, Vec<u8>);

#[test]
fn the_seeds_are_what_is_written_today() {
    let write = env::var_os("TONGBAN_WRITE_SEEDS").is_some();
    let mut names = BTreeSet::new();
    let all = messages::seeds()
        .into_iter()
        .chain(files::seeds())
        .chain(couriers::seeds())
        .chain(hostile::seeds());
    for (target, name, bytes) in all {
        assert!(names.insert((target, name.clone())), "{target}/{name} is made twice");
        let path = corpus::folder(target).join(&name);
        if write {
            fs::create_dir_all(corpus::folder(target)).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let kept = fs::read(&path).unwrap_or_default();
        assert!(kept == bytes, "{target}/{name} is written differently now");
    }
}

/// What age seals is never the same twice: these are made where they are missing, and looked
/// at by the test of the corpus.
#[test]
fn sealed_couriers_are_there() {
    for (target, name, plain) in couriers::to_be_sealed() {
        let path = corpus::folder(target).join(&name);
        if !path.exists() && env::var_os("TONGBAN_WRITE_SEEDS").is_some() {
            fs::create_dir_all(corpus::folder(target)).unwrap();
            fs::write(&path, couriers::sealed(&plain)).unwrap();
        }
        let opened = couriers::unsealed(&fs::read(&path).unwrap());
        assert!(opened == plain, "{target}/{name} holds something else now");
    }
    if env::var_os("TONGBAN_WRITE_SEEDS").is_some() {
        hostile::cut_couriers();
    }
}
