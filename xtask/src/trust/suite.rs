//! The public SPF suite, as it comes with the sources of pyspf from PyPI.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use hikyaku_lab::{Root, Unavailable};

use crate::report::{Checked, Verdict};
use crate::workspace::Workspace;

/// The sources that hold the cases, and these alone: pip runs their `setup.py`.
const SOURCES: &str = "pyspf==2.0.14 \
    --hash=sha256:57a7ef01bda090173aafb6af0106251686ed73f03db4e911fcd34c57fc347186\n";
const ARCHIVE: &str = "pyspf-2.0.14.tar.gz";
/// Takes the cases out of them.
const PROGRAM: &str = include_str!("suite.py");
/// Reads YAML.
const PACKAGES: [&str; 1] = ["python3-yaml"];

/// What reads the cases.
pub(crate) fn root() -> Result<Root, Unavailable> {
    Root::ensure("yaml", &PACKAGES)
}

/// Fetches the cases and lets `hikyaku-senderauth` judge them.
pub(super) fn check(workspace: &Workspace) -> Checked {
    let folder = workspace.target.join("spf-suite");
    fs::create_dir_all(&folder)?;
    let archive = match fetch(&folder)? {
        Ok(archive) => archive,
        Err(why) => return Ok(Verdict::Skipped(why)),
    };
    let root = match root() {
        Ok(root) => root,
        Err(why) => return Ok(Verdict::Skipped(why.to_string())),
    };
    let cases = folder.join("cases.json");
    let mut python = root.command("python3");
    python.args(["-c", PROGRAM]).stdin(File::open(archive)?).stdout(File::create(&cases)?);
    let status = python.status().context("python3")?;
    ensure!(status.success(), "the cases cannot be read: {status}");
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--workspace", "--test", "openspf"]);
    let output = test.env("HIKYAKU_SPF_SUITE", &cases).output().context("cargo")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{said}");
    let all: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(&cases)?)?;
    Ok(Verdict::Passed(format!("{} cases", all.len())))
}

/// The sources, which are fetched once; or why they cannot be had.
fn fetch(folder: &Path) -> anyhow::Result<Result<PathBuf, String>> {
    let (archive, wanted) = (folder.join(ARCHIVE), folder.join("wanted"));
    if archive.exists() {
        return Ok(Ok(archive));
    }
    fs::write(&wanted, SOURCES)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--require-hashes"]);
    let said = match pip.arg("--dest").arg(folder).arg("--requirement").arg(wanted).output() {
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let last = said.lines().last().unwrap_or_default();
    let is_there = archive.exists();
    Ok(is_there.then_some(archive).ok_or_else(|| format!("{ARCHIVE} cannot be had: {last}")))
}
