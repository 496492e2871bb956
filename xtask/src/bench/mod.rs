//! `cargo xtask bench`: builds server and load program, then leaves the rest to `hikyaku-bench`.

mod bounces;

use anyhow::{Context as _, ensure};

use crate::lab;
use crate::line;
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

/// Builds both in one go and runs the benchmark with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String], report: &mut Report) {
    let ours = only(arguments).next().is_some()
        && only(arguments).all(|it| OWN.iter().any(|own| own.contains(it)));
    if !ours {
        report.check("bench", || whole(workspace, arguments));
    }
    if is_wanted(arguments, "bounces") {
        report.check("bounces", || bounces::measure(workspace));
    }
    if is_wanted(arguments, "diagnosis") {
        for (case, budget) in DIAGNOSES {
            report.check(&format!("diagnosis {case}"), || diagnosis(workspace, case, budget));
        }
    }
}

/// The load and its peers, by the program for that.
fn whole(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<Verdict> {
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
}

/// Rows that are measured here.
const OWN: [&str; 2] = ["bounces", "diagnosis"];

/// What `--only` asks for.
fn only(arguments: &[String]) -> impl Iterator<Item = &str> {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    pairs.filter(|(flag, _)| *flag == "--only").map(|(_, value)| value.as_str())
}

/// Cases of the lab, and how many seconds the doctor may take for them.
const DIAGNOSES: [(&str, f64); 2] = [("healthy-as-set", 0.5), ("port25-blocked", 6.0)];
const RUNS: usize = 5;

/// Whether rows of this name are among those chosen by `--only`.
fn is_wanted(arguments: &[String], name: &str) -> bool {
    only(arguments).next().is_none() || only(arguments).any(|value| name.contains(value))
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
