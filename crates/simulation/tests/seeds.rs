//! A share of the runs of `cargo xtask simulate`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use tongban_simulation::{Template, play, samples};

/// Plays these seeds. A breach tells its story and how to play it again.
fn seeds(seeds: std::ops::Range<u64>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let template = Template::make(&samples()).await.unwrap();
        for seed in seeds {
            if let Err(breach) = play(&template, seed, 40).await {
                panic!(
                    "{}\n{}\nagain: cargo xtask simulate --seed {seed}",
                    breach.story.join("\n"),
                    breach.found
                );
            }
        }
    });
}

#[test]
fn no_run_of_the_first_seeds_loses_doubles_or_hides_anything() {
    seeds(1..16);
}

#[test]
fn no_run_of_the_next_seeds_loses_doubles_or_hides_anything() {
    seeds(16..31);
}
