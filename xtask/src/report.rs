//! What was checked, how it ended and how long it took.

use std::fmt::Write as _;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How a check that could run to its end came out; a failure is the `Err` beside it.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// What was promised held. The text is a figure worth reading, or empty.
    Passed(String),
    /// It can't run here; the text says why.
    Skipped(String),
}

/// What a check returns.
pub(crate) type Checked = anyhow::Result<Verdict>;

impl Verdict {
    /// Passed, with nothing to add.
    pub(crate) fn passed() -> Self {
        Self::Passed(String::new())
    }
}

#[derive(Debug)]
struct Check {
    name: String,
    came_out: Outcome,
    note: String,
    took: Duration,
}

impl Check {
    fn run(name: &str, run: impl FnOnce() -> Checked) -> Self {
        let start = Instant::now();
        let (came_out, note) = match run() {
            Ok(Verdict::Passed(note)) => (Outcome::Passed, note),
            Ok(Verdict::Skipped(why)) => (Outcome::Skipped, why),
            Err(error) => (Outcome::Failed, format!("{error:#}")),
        };
        Self { name: name.to_owned(), came_out, note, took: start.elapsed() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// All checks of one run, and the stages they belong to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    checks: Vec<Check>,
    stages: Vec<Stage>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    checks: std::ops::Range<usize>,
    took: Duration,
}

impl Report {
    /// Runs one check and prints its line.
    pub(crate) fn check(&mut self, name: &str, run: impl FnOnce() -> Checked) {
        self.add(Check::run(name, run));
    }

    /// Runs checks that need nothing of one another, as many at a time as there are processors,
    /// and prints the line of each as it ends.
    pub(crate) fn side_by_side<F>(&mut self, checks: impl Iterator<Item = (String, F)> + Send)
    where
        F: FnOnce() -> Checked,
    {
        let (waiting, report) = (Mutex::new(checks), Mutex::new(self));
        let work = || {
            loop {
                let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((name, run)) = next else { break };
                let check = Check::run(&name, run);
                report.lock().unwrap_or_else(PoisonError::into_inner).add(check);
            }
        };
        let many = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| (0..many).for_each(|_| drop(scope.spawn(work))));
    }

    /// Records that a check can't run here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        self.check(name, || Ok(Verdict::Skipped(why.to_owned())));
    }

    /// Runs a group of checks under one heading and keeps the time it took.
    pub(crate) fn stage(&mut self, name: &'static str, run: impl FnOnce(&mut Self)) {
        println!("\n== {name}");
        let (start, first) = (Instant::now(), self.checks.len());
        run(self);
        let checks = first..self.checks.len();
        self.stages.push(Stage { name, checks, took: start.elapsed() });
    }

    /// How many checks failed so far.
    pub(crate) fn failures(&self) -> usize {
        count(&self.checks, Outcome::Failed)
    }

    /// Prints the summary, whose last line is plain, and gives the exit code.
    pub(crate) fn close(&self) -> ExitCode {
        print!("{}", self.summary());
        if self.failures() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    fn add(&mut self, check: Check) {
        let word = match check.came_out {
            Outcome::Passed => "ok     ",
            Outcome::Failed => "FAIL   ",
            Outcome::Skipped => "skipped",
        };
        let colon = if check.note.is_empty() { "" } else { ": " };
        println!("{word} {:>7} {}{colon}{}", seconds(check.took), check.name, check.note);
        self.checks.push(check);
    }

    fn summary(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        for stage in &self.stages {
            let checks = self.checks.get(stage.checks.clone()).unwrap_or_default();
            let counts = counts(checks);
            let _ = writeln!(text, "{:<12} {:>8}  {counts}", stage.name, seconds(stage.took));
        }
        if !self.stages.is_empty() {
            text.insert_str(0, "\n== summary\n");
        }
        for (outcome, title) in [(Outcome::Skipped, "skipped"), (Outcome::Failed, "failed")] {
            for check in self.checks.iter().filter(|check| check.came_out == outcome) {
                let _ = writeln!(text, "{title}: {}: {}", check.name, check.note);
            }
        }
        let _ = writeln!(text, "{}", counts(&self.checks));
        text
    }
}

fn count(checks: &[Check], wanted: Outcome) -> usize {
    checks.iter().filter(|check| check.came_out == wanted).count()
}

fn counts(checks: &[Check]) -> String {
    let count = |outcome| count(checks, outcome);
    let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
    format!("{passed} passed, {failed} failed, {} skipped", count(Outcome::Skipped))
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_plain_and_names_come_before_it() {
        let mut report = Report::default();
        report.stage("words", |report| {
            report.check("one", || Ok(Verdict::passed()));
            report.skip("two", "needs root");
            report.check("three", || anyhow::bail!("wrong"));
        });
        let summary = report.summary();
        assert!(summary.ends_with("failed: three: wrong\n1 passed, 1 failed, 1 skipped\n"));
        assert!(summary.contains("skipped: two: needs root\n"));
        assert_eq!(report.failures(), 1);
    }
}
