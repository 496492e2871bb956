//! `cargo xtask bench`: builds server and load program, then leaves the rest to `hikyaku-bench`.

use anyhow::{Context as _, ensure};

use crate::lab;
use crate::line;
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

/// Builds both in one go and runs the benchmark with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String], report: &mut Report) {
    report.check("bench", || {
        let mut build = workspace.cargo();
        build.args(["build", "--release", "--package", "hikyaku", "--package", "hikyaku-bench"]);
        let status = build.status().context("cargo build")?;
        ensure!(status.success(), "cargo build --release: {status}");
        let program = workspace.target.join("release").join("hikyaku-bench");
        let mut bench = std::process::Command::new(&program);
        bench.args(arguments).current_dir(&workspace.root);
        let status = bench.status().with_context(|| program.display().to_string())?;
        ensure!(status.success(), "hikyaku-bench: {status}");
        Ok(Verdict::passed())
    });
    if is_wanted(arguments) {
        for (case, budget) in DIAGNOSES {
            report.check(&format!("diagnosis {case}"), || diagnosis(workspace, case, budget));
        }
    }
}

/// Cases of the lab, and how many seconds the doctor may take for them.
const DIAGNOSES: [(&str, f64); 2] = [("healthy-as-set", 0.5), ("port25-blocked", 6.0)];
const RUNS: usize = 5;
/// What the rows are chosen by.
const NAME: &str = "diagnosis";

/// Whether the rows of the doctor are among those chosen by `--only`.
fn is_wanted(arguments: &[String]) -> bool {
    let mut only = arguments.iter().zip(arguments.iter().skip(1));
    let mut only = only.by_ref().filter(|(flag, _)| *flag == "--only").map(|(_, value)| value);
    let first = only.next();
    first.is_none_or(|value| NAME.contains(value.as_str()))
        || only.any(|value| NAME.contains(value.as_str()))
}

fn diagnosis(workspace: &Workspace, case: &str, budget: f64) -> anyhow::Result<Verdict> {
    if let Err(why) = line::possible() {
        return Ok(Verdict::Skipped(why));
    }
    let measured = lab::measure(workspace, case, RUNS)?;
    let tools = measured.tools.iter().map(|(name, seconds, names)| {
        let names = if *names { "names it" } else { "does not name it" };
        format!("; {name} {seconds:.2} s ({names}, {:.1} x)", seconds / measured.seconds)
    });
    let tools: String = tools.collect();
    let text = format!("{:.2} s (budget {budget} s){tools}", measured.seconds);
    ensure!(measured.seconds <= budget, "{text}");
    Ok(Verdict::Passed(text))
}
