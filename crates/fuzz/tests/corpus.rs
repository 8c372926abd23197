//! Runs every target over its whole corpus, and over as many inputs made of it as are the
//! same each time and take a moment. A failure prints how it is played again.
//!
//! - `TONGBAN_FUZZ_ROUNDS=100000` makes so many inputs for each target instead.
//! - `TONGBAN_FUZZ_REPLAY=<target>:<seed or file>` runs one input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test says by a panic what is wrong, and how it is played again"
)]

use std::{
    env, fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
};

use tongban_fuzz::{
    TARGETS, Target,
    corpus::{self, LARGEST},
    mutate, target,
};

macro_rules! each_target {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                holds(target(stringify!($name)).unwrap());
            }
        )*

        #[test]
        fn every_target_is_run() {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

each_target! {
    callback,
    courier_contents,
    courier_file,
    courier_signed,
    events,
    exchange_reply,
    exchange_request,
    licence,
    licence_signature,
    manifest,
    manifest_signature,
    numbers,
    receipt,
    snapshot,
    snapshot_lines,
    tus_headers,
    update,
}

fn holds(target: &Target) {
    let corpus = corpus::entries(target.name).unwrap();
    for entry in &corpus {
        run(target, &entry.name, &entry.bytes);
    }
    let rounds = env::var("TONGBAN_FUZZ_ROUNDS").ok().map(|rounds| rounds.parse().unwrap());
    for seed in 0..rounds.unwrap_or(target.rounds) {
        run(target, &seed.to_string(), &mutate::input(seed, &corpus));
    }
}

/// Runs one input, and says how to run it again where it fails.
fn run(target: &Target, which: &str, bytes: &[u8]) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))) else { return };
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{which}", target.name));
    fs::write(&kept, bytes).unwrap();
    eprintln!(
        "\ntarget {}, seed or file {which}, {} bytes, kept at {}\nplay it again with\n    \
         TONGBAN_FUZZ_REPLAY={}:{which} cargo xtask test one_input_is_played_again\n",
        target.name,
        bytes.len(),
        kept.display(),
        target.name,
    );
    resume_unwind(panic);
}

#[test]
fn one_input_is_played_again() {
    let Ok(which) = env::var("TONGBAN_FUZZ_REPLAY") else { return };
    let (name, which) = which.split_once(':').expect("<target>:<seed or file>");
    let target = target(name).expect("a target");
    let corpus = corpus::entries(name).unwrap();
    let bytes = match which.parse() {
        Ok(seed) => mutate::input(seed, &corpus),
        Err(_) => {
            let beside = corpus::folder(name).join(which);
            fs::read(if beside.exists() { &beside } else { Path::new(which) }).unwrap()
        }
    };
    run(target, which, &bytes);
}

#[test]
fn the_corpus_has_a_folder_for_every_target_and_stays_small() {
    let folders = fs::read_dir(corpus::folder("")).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(target(&name).is_some(), "{name} is no target");
    }
    for target in TARGETS {
        let entries = corpus::entries(target.name).unwrap();
        assert!((5..=200).contains(&entries.len()), "{}: {}", target.name, entries.len());
        for entry in entries {
            assert!(entry.bytes.len() <= LARGEST, "{}/{} is large", target.name, entry.name);
        }
    }
}
