//! The cases of the lab: is the doctor right?

mod inside;
mod page;
mod tools;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::case::Case;
use hikyaku_lab::world;
use serde::{Deserialize, Serialize};

use crate::cli::Cases;
use crate::line;
use crate::needs;
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

pub(crate) use inside::run as run_inside;

/// Cases side by side; each waits more than it works.
const SIDE_BY_SIDE: usize = 4;

/// What came of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Its name.
    case: String,
    /// Whether everything expected held.
    pass: bool,
    /// The first code, empty where nothing was found.
    first: String,
    /// All codes, in their order.
    codes: Vec<String>,
    /// How long the doctor took.
    seconds: f64,
    /// What other tools made of it, where they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tools: Vec<tools::Tool>,
    /// What did not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wrong: Vec<String>,
}

/// Runs the chosen cases.
pub(crate) fn run(workspace: &Workspace, choice: &Cases, report: &mut Report) {
    let mut prepared = None;
    report.check("lab build", || {
        if let Err(why) = line::possible()
            .and_then(|()| needs::ensure(&[needs::ROOTS.as_slice(), &needs::CLOCKS].concat()))
        {
            return Ok(Verdict::Skipped(why));
        }
        let files = chosen(choice)?;
        for file in &files {
            let made = Case::read(file)?.plan()?.make_roots();
            if let Err(fault) = made {
                return Ok(Verdict::Skipped(fault.to_string()));
            }
        }
        if choice.tools {
            tools::root()?;
        }
        prepared = Some((workspace.build_server()?, files));
        Ok(Verdict::passed())
    });
    let Some((server, files)) = prepared else { return };
    let folder = workspace.target.join("lab-cases");
    let _absent = fs::remove_dir_all(&folder);
    let ended = side_by_side(&files, &server, &folder, choice);
    if let Some(file) = &choice.table {
        report.check("lab table", || page::write(file, &files, &ended));
    }
    for (name, ended) in ended {
        report.check(&name, || {
            let ended = ended?;
            ensure!(ended.pass, "{}; see {}", ended.wrong.join("; "), folder.join(&name).display());
            let first = if ended.first.is_empty() { "nothing found" } else { &ended.first };
            Ok(Verdict::Passed(format!("{first}, {:.2} s", ended.seconds)))
        });
    }
}

/// How long the doctor takes for a case, in seconds: the middle of so many runs.
pub(crate) fn measure(workspace: &Workspace, case: &str, times: usize) -> anyhow::Result<Measured> {
    let choice =
        Cases { wanted: vec![format!("lab/cases/{case}.toml")], tools: true, ..Cases::default() };
    let files = chosen(&choice)?;
    let file = files.first().context("no such case")?;
    Case::read(file)?.plan()?.make_roots()?;
    tools::root()?;
    let server = workspace.build_server()?;
    let folder = workspace.target.join("lab-bench");
    let mut runs = Vec::new();
    for time in 0..times {
        let ended = one(file, &server, &folder, time == 0)?;
        ensure!(ended.pass, "{case}: {}", ended.wrong.join("; "));
        runs.push(ended);
    }
    let mut seconds: Vec<f64> = runs.iter().map(|it| it.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let tools = runs.swap_remove(0).tools.into_iter();
    let tools = tools.map(|it| (it.name, it.seconds, it.names)).collect();
    Ok(Measured { seconds: seconds.get(times / 2).copied().unwrap_or_default(), tools })
}

/// What was measured of a case.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// Other tools at the same case: name, seconds, whether they name the cause.
    pub(crate) tools: Vec<(String, f64, bool)>,
}

fn chosen(choice: &Cases) -> anyhow::Result<Vec<PathBuf>> {
    let all = Case::files()?;
    if choice.wanted.is_empty() {
        return Ok(all);
    }
    let mut files = Vec::new();
    for wanted in &choice.wanted {
        let path = PathBuf::from(wanted);
        if path.extension().is_some_and(|it| it == "toml") && path.is_file() {
            files.push(fs::canonicalize(path)?);
            continue;
        }
        let before = files.len();
        files.extend(all.iter().filter(|file| name(file).contains(wanted.as_str())).cloned());
        if files.len() == before {
            bail!("no case has {wanted:?} in its name, and it is no file that ends in .toml");
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

type Results = Vec<(String, anyhow::Result<Ended>)>;

fn side_by_side(files: &[PathBuf], server: &Path, folder: &Path, choice: &Cases) -> Results {
    let next = AtomicUsize::new(0);
    let results: Mutex<Results> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = name(file);
                    let ended = one(file, server, &folder.join(&name), choice.tools);
                    if let (true, Ok(ended)) = (choice.json, &ended) {
                        let line = serde_json::to_string(ended).unwrap_or_default();
                        let _closed = writeln!(std::io::stdout(), "{line}");
                    }
                    let mut all = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    all.push((name, ended));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by(|one, other| one.0.cmp(&other.0));
    results
}

fn one(file: &Path, server: &Path, folder: &Path, tools: bool) -> anyhow::Result<Ended> {
    fs::create_dir_all(folder)?;
    let mut command =
        world::isolated(["lab-inside".as_ref(), file.as_os_str(), folder.as_os_str()])?;
    command.env(world::SERVER, server).stdin(Stdio::null());
    if tools {
        command.env(tools::WANTED, "1");
    }
    let output = command.output().context("unshare")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}
