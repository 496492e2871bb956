//! Fuzz targets on the stable toolchain.
//!
//! The targets in `fuzz/` are laid out for cargo-fuzz, but neither it nor a nightly compiler is
//! needed: the flags that let libFuzzer see coverage are stable. What is left out is the address
//! sanitizer, which would find nothing in a workspace that forbids `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::child::tied;
use serde::Deserialize;

use crate::cli::Targets;
use crate::needs;
use crate::program;
use crate::report::{Checked, Report, Verdict};
use crate::workspace::Workspace;

/// What cargo-fuzz passes to the compiler, less the sanitizer.
const COVERAGE: [&str; 9] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// A parser that takes longer than this for one input can be used to stop a server.
const SLOWEST_INPUT: &str = "-timeout=5";
/// The memory limit holds for the fuzzer and its corpus as well.
const MOST_MEMORY: &str = "-rss_limit_mb=768";
const LONGEST_INPUT: &str = "-max_len=65536";

#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(default)]
    bin: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

/// Builds all targets and runs the chosen ones.
pub(crate) fn run(workspace: &Workspace, choice: &Targets, report: &mut Report) {
    let folder = workspace.root.join("fuzz");
    let targets = match targets(&folder) {
        Ok(targets) if targets.is_empty() => return report.skip("fuzz", "no targets yet"),
        Ok(targets) => targets,
        Err(error) => return report.check("fuzz", || Err(error)),
    };
    if let Err(why) = needs::ensure(&needs::FUZZING) {
        return report.skip("fuzz", &why);
    }
    let chosen: Vec<&String> = match &choice.target {
        None => targets.iter().collect(),
        Some(name) => targets.iter().filter(|target| *target == name).collect(),
    };
    if chosen.is_empty() {
        let wanted = choice.target.as_deref().unwrap_or_default();
        let known = targets.join(", ");
        return report.check("fuzz", || anyhow::bail!("no target {wanted}; there are {known}"));
    }
    let mut programs = PathBuf::new();
    report.check("fuzz build", || {
        programs = build(workspace, &folder)?;
        Ok(Verdict::passed())
    });
    if programs.as_os_str().is_empty() {
        return;
    }
    let (folder, programs) = (&folder, &programs);
    report.side_by_side(chosen.into_iter().map(|target| {
        (format!("fuzz {target}"), move || fuzz(folder, programs, target, choice.seconds))
    }));
}

fn targets(folder: &Path) -> anyhow::Result<Vec<String>> {
    let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) else { return Ok(Vec::new()) };
    let manifest: Manifest = toml::from_str(&text).context("fuzz/Cargo.toml")?;
    Ok(manifest.bin.into_iter().map(|target| target.name).collect())
}

/// Builds with coverage; gives the folder of the programs.
fn build(workspace: &Workspace, folder: &Path) -> anyhow::Result<PathBuf> {
    let triple = host_triple(workspace)?;
    let target = workspace.target.join("fuzz");
    let mut command = workspace.cargo();
    command.args(["build", "--release", "--bins", "--target", &triple, "--manifest-path"]);
    command.arg(folder.join("Cargo.toml")).arg("--target-dir").arg(&target);
    // With a target named, the flags reach our crates but not build scripts and macros.
    command.env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}")).env_remove("RUSTFLAGS");
    let status = command.status().context("cargo build")?;
    ensure!(status.success(), "building the fuzz targets: {status}");
    Ok(target.join(triple).join("release"))
}

fn host_triple(workspace: &Workspace) -> anyhow::Result<String> {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    let output = command.arg("-vV").current_dir(&workspace.root).output().context("rustc -vV")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// Repeats every earlier finding, then looks for new ones.
fn fuzz(folder: &Path, programs: &Path, target: &str, seconds: u64) -> Checked {
    let artifacts = folder.join("artifacts").join(target);
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&artifacts)?;
    fs::create_dir_all(&corpus)?;
    let transcript = artifacts.join("log");
    fs::write(&transcript, "")?;
    let known = files_in(&folder.join("regressions").join(target));
    if !known.is_empty() {
        let mut command = command(folder, programs, target);
        command.args([SLOWEST_INPUT, MOST_MEMORY]).args(&known);
        program::succeed(command, Duration::from_mins(5), &transcript).context("regressions")?;
    }
    let mut command = command(folder, programs, target);
    command.args([SLOWEST_INPUT, MOST_MEMORY, LONGEST_INPUT, "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    let dictionary = folder.join("dictionaries").join(format!("{target}.dict"));
    if dictionary.exists() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    // New finds go into the first folder; the others are only read.
    command.arg(&corpus);
    command.args(Some(folder.join("seeds").join(target)).filter(|seeds| seeds.exists()));
    let ended = program::record(command, Duration::from_secs(seconds + 120), &transcript)?;
    ensure!(ended.status.success(), "{}; see {}", finding(&transcript), transcript.display());
    let runs = statistic(&transcript, "stat::number_of_executed_units:");
    Ok(Verdict::Passed(format!("{runs} inputs, {} regressions", known.len())))
}

fn command(folder: &Path, programs: &Path, target: &str) -> Command {
    let mut command = tied(&programs.join(target).display().to_string());
    command.current_dir(folder);
    command
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// What went wrong, and the input that did it: the statistics stand behind both.
fn finding(transcript: &Path) -> String {
    let all = fs::read(transcript).unwrap_or_default();
    let text = String::from_utf8_lossy(&all).into_owned();
    let tells = |line: &&str| {
        ["panicked at", "ERROR: libFuzzer", "Test unit written to"]
            .iter()
            .any(|at| line.contains(at))
    };
    text.lines().filter(tells).map(str::trim).collect::<Vec<_>>().join(" / ")
}

fn statistic(transcript: &Path, name: &str) -> String {
    let all = fs::read(transcript).unwrap_or_default();
    let text = String::from_utf8_lossy(&all).into_owned();
    let line = text.lines().rev().find_map(|line| line.strip_prefix(name));
    line.unwrap_or("unknown").trim().to_owned()
}
