//! What is being done, how long it took, and how it ended: the only place that speaks to
//! the person in front of the terminal.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

/// How a step ended well.
pub(crate) enum Outcome {
    /// Something was done.
    Done,
    /// Something was done, and there is a word to say about it.
    Noted(String),
    /// Nothing was to be done.
    AlreadyThere,
}

/// A step that failed, and what the person can do about it.
#[derive(Debug)]
struct Failure {
    step: String,
    took: Duration,
    advice: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” failed after {}", self.step, spoken(self.took))
    }
}

impl std::error::Error for Failure {}

/// The steps of one command, in order.
pub(crate) struct Steps {
    begun: Instant,
    taken: Vec<(String, Option<Duration>)>,
}

impl Steps {
    /// No step taken yet; the clock runs.
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), taken: Vec::new() }
    }

    /// Says `what` is being done, does it, and says how long it took.
    ///
    /// `advice` is the sentence shown when it fails: what to do next.
    pub(crate) fn step(
        &mut self,
        what: &str,
        advice: &str,
        work: impl FnOnce() -> Result<Outcome>,
    ) -> Result<()> {
        say(&format!("▶ {what} …"));
        let begun = Instant::now();
        let outcome = work();
        let took = begun.elapsed();
        let time = match outcome {
            Ok(Outcome::Done) => {
                say(&format!("✓ {what}: {}", spoken(took)));
                Some(took)
            }
            Ok(Outcome::Noted(note)) => {
                say(&format!("✓ {what}: {}, {note}", spoken(took)));
                Some(took)
            }
            Ok(Outcome::AlreadyThere) => {
                say(&format!("✓ {what}: already there"));
                None
            }
            Err(error) => {
                self.taken.push((format!("{what} (failed)"), Some(took)));
                return Err(error.context(Failure {
                    step: what.to_owned(),
                    took,
                    advice: advice.to_owned(),
                }));
            }
        };
        self.taken.push((what.to_owned(), time));
        Ok(())
    }

    /// Takes two series of steps side by side, each to its end even where the other fails.
    pub(crate) fn beside(
        &mut self,
        one: impl FnOnce(&mut Self) -> Result<()> + Send,
        other: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (mut ones, mut others) = (Self::begin(), Self::begin());
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| one(&mut ones));
            let other = other(&mut others);
            // A panic goes on where it would have without a thread.
            (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
        });
        self.taken.append(&mut ones.taken);
        let beside = |(what, took)| (format!("{what} (beside these)"), took);
        self.taken.extend(others.taken.into_iter().map(beside));
        one.and(other)
    }

    /// The table of times and one closing sentence, good or bad.
    pub(crate) fn close(self, end: Result<String>) -> ExitCode {
        self.table();
        let total = spoken(self.begun.elapsed());
        match end {
            Ok(sentence) => {
                say(&format!("{sentence} ({total})"));
                ExitCode::SUCCESS
            }
            Err(error) => {
                let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
                say(&format!("✗ {}.", causes.join(": ").trim_end_matches('.')));
                if let Some(failure) = error.downcast_ref::<Failure>() {
                    say(&format!("  What to do: {}", failure.advice));
                }
                ExitCode::FAILURE
            }
        }
    }

    fn table(&self) {
        let timed: Vec<(&str, Duration)> = self
            .taken
            .iter()
            .filter_map(|(what, took)| took.map(|took| (what.as_str(), took)))
            .collect();
        if timed.len() < 2 {
            return;
        }
        say("");
        let width = timed.iter().map(|(what, _)| what.chars().count()).max().unwrap_or_default();
        for (what, took) in &timed {
            say(&format!("  {what:width$}  {:>12}", spoken(*took)));
        }
        let skipped = self.taken.len() - timed.len();
        if skipped > 0 {
            say(&format!("  ({skipped} more were already there)"));
        }
        say("");
    }
}

/// One line to the person.
pub(crate) fn say(line: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// A duration as a person says it.
fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spoken() {
        assert_eq!(spoken(Duration::from_millis(340)), "0.3 s");
        assert_eq!(spoken(Duration::from_secs(59)), "59.0 s");
        assert_eq!(spoken(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failed_step_keeps_its_cause_and_its_advice() {
        let mut steps = Steps::begin();
        let error =
            steps.step("Making tea", "Fill the kettle.", || anyhow::bail!("no water")).unwrap_err();
        assert_eq!(error.downcast_ref::<Failure>().unwrap().advice, "Fill the kettle.");
        assert!(error.chain().any(|cause| cause.to_string() == "no water"));
        assert_eq!(steps.taken.len(), 1);
    }

    #[test]
    fn steps_side_by_side_all_end_and_are_all_told() {
        let mut steps = Steps::begin();
        let (asked, answer) = std::sync::mpsc::channel();
        let end = steps.beside(
            move |steps| {
                // Waits for the other: one after the other it would wait for ever.
                steps.step("Water", "Open the tap.", || {
                    Ok(answer.recv().map(|()| Outcome::Done)?)
                })?;
                steps.step("Milk", "Buy some.", || anyhow::bail!("none left"))
            },
            |steps| steps.step("Tea", "", || Ok(asked.send(()).map(|()| Outcome::AlreadyThere)?)),
        );
        assert_eq!(end.unwrap_err().downcast_ref::<Failure>().unwrap().advice, "Buy some.");
        let told: Vec<&str> = steps.taken.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(told, ["Water", "Milk (failed)", "Tea (beside these)"]);
    }

    #[test]
    fn what_was_already_there_has_no_time() {
        let mut steps = Steps::begin();
        steps.step("Tea", "", || Ok(Outcome::AlreadyThere)).unwrap();
        assert_eq!(steps.taken, [("Tea".to_owned(), None)]);
    }
}
