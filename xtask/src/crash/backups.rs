//! Backups taken while mail comes in and is deleted: each restores to what was acknowledged when it
//! began.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use super::ledger::{Book, Fate, Ledger};
use super::load::{progress, under_load};
use super::site::Site;
use super::verify::{delete_some, verify};
use super::{Scene, nothing_refused};
use crate::report::{Checked, Verdict};

/// Messages acknowledged before each backup begins.
const BEFORE: usize = 300;
/// Messages acknowledged after each has ended, so that some came while it ran.
const AFTER: usize = 20;

/// Takes so many backups, and restores each.
pub(super) fn run(scene: &mut Scene<'_>, backups: u32) -> Checked {
    let site = Site::set_up(scene.server, &scene.folder, &scene.folder.join("data"))?;
    let ledger = Ledger::default();
    let running = site.start()?;
    let (mut held, mut meanwhile, mut deleted) = (0, 0, 0);
    for round in 1..=backups {
        let backup = scene.folder.join(format!("backup-{round}"));
        let seed = scene.chance.next();
        let (begun, ended) = under_load(&site, &ledger, seed, || {
            progress(&ledger, BEFORE)?;
            let states = take(&site, &ledger, scene, &backup);
            progress(&ledger, AFTER)?;
            states
        })?;
        nothing_refused(&ledger)?;
        held += acknowledged(&begun);
        meanwhile += acknowledged(&ended) - acknowledged(&begun);
        deleted += ended.deleted.len() - begun.deleted.len();
        let data = scene.folder.join(format!("restored-{round}"));
        let twin = site.twin(&format!("twin-{round}"), &data)?;
        said(&mut twin.command(&["restore", &backup.display().to_string()]))?;
        said(&mut twin.command(&["verify"]))?;
        let twin_runs = twin.start()?;
        verify(&twin, &ledger.of_copy(&begun)).context("the restored store")?;
        twin_runs.stop()?;
        damaged(scene.server, &backup)?;
        fs::remove_dir_all(&data)?;
        fs::remove_dir_all(&backup)?;
    }
    said(&mut site.command(&["verify"])).context("the store itself, while it runs")?;
    verify(&site, &ledger).context("the store itself")?;
    running.stop()?;
    Ok(Verdict::Passed(format!(
        "{held} messages acknowledged when they began, all restored; {meanwhile} taken in and \
         {deleted} copies deleted while they ran"
    )))
}

/// Takes a backup and deletes mail as soon as it has begun; the states of the ledger at its begin
/// and its end.
fn take(
    site: &Site,
    ledger: &Ledger,
    scene: &mut Scene<'_>,
    backup: &Path,
) -> anyhow::Result<(Book, Book)> {
    let begun = ledger.open().clone();
    let mut command = site.command(&["backup", &backup.display().to_string(), "--lang", "en"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut errors = BufReader::new(child.stderr.take().context("standard error")?);
    let mut line = String::new();
    errors.read_line(&mut line)?;
    let deleting = if line.starts_with("The copy begins") {
        delete_some(site, ledger, &mut scene.chance)
    } else {
        Ok(())
    };
    errors.read_to_string(&mut line)?;
    let status = child.wait()?;
    ensure!(status.success(), "hikyaku backup: {status}: {line}");
    deleting?;
    let ended = ledger.open().clone();
    Ok((begun, ended))
}

fn acknowledged(book: &Book) -> usize {
    book.entries.values().filter(|entry| entry.fate == Fate::Acknowledged).count()
}

/// One octet of a backup changed, or one file missing, is found.
fn damaged(server: &Path, backup: &Path) -> anyhow::Result<()> {
    let folder = backup.display().to_string();
    let look = || {
        let mut command = Command::new(server);
        command.args(["verify", "--backup", &folder, "--json"]).stdin(Stdio::null());
        command
    };
    said(&mut look())?;
    let file = fs::read_dir(backup.join("large"))?.next().context("a large file")??.path();
    let mut octets = fs::read(&file)?;
    let middle = octets.len() / 2;
    if let Some(octet) = octets.get_mut(middle) {
        *octet ^= 1;
    }
    fs::write(&file, octets)?;
    found(&mut look(), "store.message.changed")?;
    fs::remove_file(&file)?;
    found(&mut look(), "store.message.lost")
}

fn found(command: &mut Command, code: &str) -> anyhow::Result<()> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.code() == Some(1) && text.contains(code) {
        return Ok(());
    }
    bail!("{code} was not found: {}: {text}", output.status)
}

fn said(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}: {text}", output.status);
    Ok(())
}
