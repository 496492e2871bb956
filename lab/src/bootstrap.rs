//! Making a root with `mmdebstrap`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fault::{At, Unavailable};
use crate::sources::Sources;

/// Inside every finished root; says what it was made from.
const STAMP: &str = "etc/hikyaku-lab";

/// Raised when roots made by older code must be made again.
const RECIPE: u32 = 1;

/// Keeps `invoke-rc.d`, and with it every package script, from starting a service in the root.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// What a root shall be.
#[derive(Debug)]
pub(crate) struct Plan {
    packages: Vec<String>,
    sources: Sources,
}

impl Plan {
    pub(crate) fn new(packages: &[&str]) -> Result<Self, Unavailable> {
        let mut packages: Vec<String> = packages.iter().map(ToString::to_string).collect();
        packages.sort();
        packages.dedup();
        Ok(Self { packages, sources: Sources::of_host()? })
    }

    /// Whether the root at `path` was made from just this plan.
    pub(crate) fn is_met_by(&self, path: &Path) -> bool {
        fs::read_to_string(path.join(STAMP)).is_ok_and(|stamp| stamp == self.stamp())
    }

    fn stamp(&self) -> String {
        format!("recipe {RECIPE}\n{}\n{}\n", self.sources.release, self.packages.join("\n"))
    }
}

/// Makes the root at `path`, replacing an older one. The caller holds the root's lock.
pub(crate) fn make(plan: &Plan, path: &Path) -> Result<(), Unavailable> {
    announce(path, plan);
    let half = beside(path, "tmp");
    remove(&half)?;
    let lists = write_sources(plan, path)?;
    run(plan, &half, &lists, &beside(path, "log"))?;
    finish(plan, &half)?;
    remove(path)?;
    fs::rename(&half, path).unavailable_at(path)
}

fn run(plan: &Plan, half: &Path, lists: &[PathBuf], log: &Path) -> Result<(), Unavailable> {
    let out = File::create(log).unavailable_at(log)?;
    let copy = out.try_clone().unavailable_at(log)?;
    let mut command = Command::new("unshare");
    // mmdebstrap mounts /proc and friends; in a namespace of its own nothing is left behind when
    // it is killed.
    command.args(["--mount", "--propagation", "private", "mmdebstrap", "--mode=root"]);
    command.args(["--format=directory", "--variant=minbase", "--dpkgopt=force-unsafe-io"]);
    for option in &plan.sources.options {
        command.arg(format!("--aptopt={option}"));
    }
    command.arg(r#"--aptopt=Acquire::Retries "2""#);
    if !plan.packages.is_empty() {
        command.arg(format!("--include={}", plan.packages.join(",")));
    }
    command.arg(&plan.sources.release).arg(half).args(lists);
    command.stdin(Stdio::null()).stdout(out).stderr(copy);
    let status = command.status().unavailable_at(log)?;
    if status.success() {
        return Ok(());
    }
    let all = fs::read_to_string(log).unwrap_or_default();
    Err(Unavailable::Bootstrap { status, said: error_lines(&all), log: log.to_owned() })
}

/// The lines apt, dpkg and mmdebstrap mark as errors, or the last ones.
fn error_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let marked = |line: &&&str| line.starts_with("E: ") || line.contains("error:");
    let mut errors: Vec<&str> = lines.iter().filter(marked).copied().collect();
    if errors.is_empty() {
        errors = lines.iter().rev().take(3).rev().copied().collect();
    }
    errors.truncate(4);
    errors.join("; ")
}

fn finish(plan: &Plan, half: &Path) -> Result<(), Unavailable> {
    let policy = half.join("usr/sbin/policy-rc.d");
    fs::write(&policy, NO_SERVICES).unavailable_at(&policy)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&policy, mode).unavailable_at(&policy)?;
    let folder = File::open(half).unavailable_at(half)?;
    // dpkg was told not to flush each file, so the whole is flushed before it is called whole.
    rustix::fs::syncfs(&folder).map_err(Into::into).unavailable_at(half)?;
    let stamp = half.join(STAMP);
    fs::write(&stamp, plan.stamp()).unavailable_at(&stamp)
}

/// Writes the host's sources beside the root, in the form mmdebstrap takes as arguments.
fn write_sources(plan: &Plan, path: &Path) -> Result<Vec<PathBuf>, Unavailable> {
    let mut files = Vec::new();
    for (number, entries) in plan.sources.entries.iter().enumerate() {
        let file = beside(path, &format!("{number}.sources"));
        fs::write(&file, entries).unavailable_at(&file)?;
        files.push(file);
    }
    Ok(files)
}

/// The path of `NAME.ending` next to the root `NAME`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{name}.{ending}"))
}

fn remove(folder: &Path) -> Result<(), Unavailable> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).unavailable_at(folder)
        }
        _ => Ok(()),
    }
}

#[expect(clippy::print_stderr, reason = "a minute of silence looks like a hang")]
fn announce(path: &Path, plan: &Plan) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    eprintln!("lab: making the root {name} ({}), about a minute", plan.packages.join(" "));
}
