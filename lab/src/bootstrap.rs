//! Making a root: a base by `mmdebstrap`, which every root is a copy of, and its packages by the
//! copy's own `apt-get`.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::enter;
use crate::fault::{At, Unavailable};
use crate::sources::Sources;

/// Inside every finished root; says what it was made from.
const STAMP: &str = "etc/hikyaku-lab";

/// Raised when roots made by older code must be made again.
const RECIPE: u32 = 2;

/// How long the base knows what the mirror has.
const FRESH: Duration = Duration::from_hours(12);

/// Keeps `invoke-rc.d`, and with it every package script, from starting a service in the root.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// What a root shall be.
#[derive(Debug)]
pub(crate) struct Plan {
    packages: Vec<String>,
    sources: Sources,
}

impl Plan {
    pub(crate) fn new(packages: &[&str], release: Option<&str>) -> Result<Self, Unavailable> {
        let mut packages: Vec<String> = packages.iter().map(ToString::to_string).collect();
        packages.sort();
        packages.dedup();
        let sources = Sources::of_host()?;
        let sources = match release {
            Some(release) => sources.of_release(release),
            None => sources,
        };
        Ok(Self { packages, sources })
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
    copy_base(plan, path, &half)?;
    install(plan, &half, &beside(path, "log"))?;
    finish(plan, &half)?;
    remove(path)?;
    fs::rename(&half, path).unavailable_at(path)
}

/// Puts into `half` what every root begins with, which is made where it is missing or old: what
/// it knows of the mirror does not hold for long.
fn copy_base(plan: &Plan, path: &Path, half: &Path) -> Result<(), Unavailable> {
    let base = path.with_file_name(format!("base-{}", plan.sources.release));
    let lock = beside(&base, "lock");
    let held = File::create(&lock).unavailable_at(&lock)?;
    held.lock().unavailable_at(&lock)?;
    let unfilled = Plan { packages: Vec::new(), sources: plan.sources.clone() };
    if !(unfilled.is_met_by(&base) && is_fresh(&base)) {
        let unfinished = beside(&base, "tmp");
        remove(&unfinished)?;
        let lists = write_sources(&unfilled, &base)?;
        let bootstrap = mmdebstrap(&unfilled, &unfinished, &lists);
        carry_out(bootstrap, &beside(&base, "log"))?;
        finish(&unfilled, &unfinished)?;
        remove(&base)?;
        fs::rename(&unfinished, &base).unavailable_at(&base)?;
    }
    let mut copy = Command::new("cp");
    copy.args(["--archive", "--reflink=auto"]).arg(&base).arg(half);
    carry_out(copy, &beside(path, "log"))
}

fn is_fresh(root: &Path) -> bool {
    let made = fs::metadata(root.join(STAMP)).and_then(|stamp| stamp.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < FRESH))
}

/// What runs in a copy of the base; the packages are its arguments. What the mirror has may have
/// changed since the base was made.
const INSTALL: &str = "\
    get() { apt-get install --yes --no-install-recommends \"$@\"; }
    test $# -eq 0 || get \"$@\" || { apt-get update && get \"$@\"; }
    apt-get clean
    rm -rf /var/lib/apt/lists/*
";

/// Puts the packages into a copy of the base.
fn install(plan: &Plan, half: &Path, log: &Path) -> Result<(), Unavailable> {
    let mut shell = enter::complete(Command::new("unshare"), half, &[], "sh");
    shell.args(["-ec", INSTALL, "install"]).args(&plan.packages);
    shell.env("DEBIAN_FRONTEND", "noninteractive");
    for name in ["http_proxy", "https_proxy", "no_proxy"] {
        shell.envs(env::var_os(name).map(|value| (name, value)));
    }
    carry_out(shell, log)
}

fn mmdebstrap(plan: &Plan, root: &Path, lists: &[PathBuf]) -> Command {
    let mut command = Command::new("unshare");
    // mmdebstrap mounts /proc and friends; in a namespace of its own nothing is left behind when
    // it is killed.
    command.args(["--mount", "--propagation", "private", "mmdebstrap", "--mode=root"]);
    command.args(["--format=directory", "--variant=minbase", "--dpkgopt=force-unsafe-io"]);
    // The packages are chosen later, by what the mirror is known to have.
    command.arg("--skip=cleanup/apt/lists");
    if plan.sources.entries.iter().any(|entries| entries.contains("https:")) {
        command.arg("--include=ca-certificates");
    }
    for option in &plan.sources.options {
        command.arg(format!("--aptopt={option}"));
    }
    command.arg(r#"--aptopt=Acquire::Retries "2""#);
    command.arg(&plan.sources.release).arg(root).args(lists);
    command
}

/// Runs it to its end; what it says goes to the log.
fn carry_out(mut command: Command, log: &Path) -> Result<(), Unavailable> {
    let out = File::create(log).unavailable_at(log)?;
    let copy = out.try_clone().unavailable_at(log)?;
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
    eprintln!("lab: making the root {name} ({}), half a minute", plan.packages.join(" "));
}
