//! The cases of the lab: is the doctor right?

mod inside;

use std::fmt::Write as _;
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
        prepared = Some((workspace.build_server()?, files));
        Ok(Verdict::passed())
    });
    let Some((server, files)) = prepared else { return };
    let folder = workspace.target.join("lab-cases");
    let _absent = fs::remove_dir_all(&folder);
    let ended = side_by_side(&files, &server, &folder, choice.json);
    if let Some(file) = &choice.table {
        report.check("lab table", || table(file, &files, &ended));
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

/// The cases with their results, for docs/.
fn table(file: &Path, files: &[PathBuf], ended: &Results) -> anyhow::Result<Verdict> {
    let mut text = String::from(
        "# The cases of the doctor\n\nWritten by `cargo xtask lab --table docs/cases.md`. What a \
         case file says is in `docs/lab.md`.\n\n\
         | case | what it shows | first code | certain | seconds |\n| --- | --- | --- | --- | --- |\n",
    );
    for path in files {
        let (case, name) = (Case::read(path)?, name(path));
        let Some((_, Ok(ended))) = ended.iter().find(|(it, _)| *it == name) else { continue };
        let first = if ended.first.is_empty() { "(nothing)" } else { &ended.first };
        let right = if ended.pass { "" } else { " **wrong**" };
        let certainty = case.expect.certainty.unwrap_or_default();
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {name} | {} | `{first}`{right} | {certainty} | {:.1} |",
            case.about, ended.seconds
        );
    }
    fs::write(file, text)?;
    Ok(Verdict::passed())
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

fn side_by_side(files: &[PathBuf], server: &Path, folder: &Path, json: bool) -> Results {
    let next = AtomicUsize::new(0);
    let results: Mutex<Results> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = name(file);
                    let ended = one(file, server, &folder.join(&name));
                    if let (true, Ok(ended)) = (json, &ended) {
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

fn one(file: &Path, server: &Path, folder: &Path) -> anyhow::Result<Ended> {
    fs::create_dir_all(folder)?;
    let mut command =
        world::isolated(["lab-inside".as_ref(), file.as_os_str(), folder.as_os_str()])?;
    command.env(world::SERVER, server).stdin(Stdio::null());
    let output = command.output().context("unshare")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}
