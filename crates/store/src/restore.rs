//! A store out of a backup.

use std::fs;
use std::path::{Path, PathBuf};

use hikyaku_cause::IoOperation;
use rusqlite::{Connection, OptionalExtension as _};

use crate::backup::{CERTIFICATES, DATABASE, LARGE, Manifest, Progress, copy_readable, owners};
use crate::disk::{Disk, Purpose, make_folder, sync_folder};
use crate::fault::{Fault, Refusal};
use crate::incoming::MessageId;
use crate::unfinished::{Making, Unfinished};
use crate::verify::verify_files;

/// The database's name until all the rest is there: `store.db` makes a folder a store.
const NEW_DATABASE: &str = "store.db.restoring";
/// What a folder has in it while a store is put back there. Nothing makes a store in a folder with
/// that mark, see [`Disk::prepare`](crate::disk::Disk::prepare).
pub(crate) const RESTORING: Making = Making {
    mark: "restore.unfinished",
    whole: DATABASE,
    files: &[NEW_DATABASE],
    folders: &[LARGE, CERTIFICATES],
};

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup holds.
    pub manifest: Manifest,
    /// What of it is not as it was: messages by their number and account. Those that were lost
    /// before the backup was made are in the manifest.
    pub faults: Vec<Fault>,
}

/// Makes a store in a folder that is empty or not there yet, or in which this was cut off, out of a
/// backup, and returns what the backup holds. The backup is looked through first; the store is
/// there whole or not at all. What was lost before the backup was made is no hindrance. Blocks.
///
/// # Errors
/// [`Fault::Occupied`], [`Fault::NoBackup`], the first damage found, and the faults of both disks.
/// What was written by then is removed again.
pub fn restore(
    backup: &Path,
    to: &Path,
    progress: impl FnMut(Progress),
) -> Result<Manifest, Fault> {
    whole(backup, to, progress).map_err(|fault| fault.of_copy(to))
}

fn whole(backup: &Path, to: &Path, mut progress: impl FnMut(Progress)) -> Result<Manifest, Fault> {
    let manifest = Manifest::read(backup)?;
    let unfinished = Unfinished::begin(to, &RESTORING)?;
    let verified = verify_files(backup, &manifest, &mut progress)?;
    if let Some(fault) = verified.faults.into_iter().next() {
        return Err(fault);
    }
    if let Some(changed) = put(&manifest, backup, to, &mut progress)?.into_iter().next() {
        return Err(Fault::FileChanged { path: changed.path });
    }
    reveal(to)?;
    unfinished.finish()?;
    Ok(manifest)
}

/// The same out of a backup that was damaged. A large body that can be read is put back though it
/// is not as it was written; one that cannot is left out, and its place in the mailbox stays. Of
/// the certificates only whole ones are put back: others come by themselves. Blocks.
///
/// # Errors
/// [`Fault::Occupied`], [`Fault::NoBackup`], [`Fault::FileMissing`] or [`Fault::IndexWrong`] where
/// the database cannot be read, and the faults of both disks. What was written by then is removed
/// again.
pub fn salvage(
    backup: &Path,
    to: &Path,
    progress: impl FnMut(Progress),
) -> Result<Restored, Fault> {
    readable(backup, to, progress).map_err(|fault| fault.of_copy(to))
}

fn readable(
    backup: &Path,
    to: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Restored, Fault> {
    let manifest = Manifest::read(backup)?;
    let unfinished = Unfinished::begin(to, &RESTORING)?;
    let verified = verify_files(backup, &manifest, &mut progress)?;
    if !verified.is_readable {
        let mut faults = verified.faults.into_iter();
        let database = |fault: &Fault| !matches!(fault, Fault::FileChanged { .. });
        let path = backup.join(DATABASE);
        return Err(faults.find(database).unwrap_or(Fault::FileChanged { path }));
    }
    let large = backup.join(LARGE);
    let is_told = |fault: &Fault| match fault {
        Fault::MessageLost { .. } | Fault::MessageChanged { .. } => false,
        Fault::Io(Refusal::System { path, .. }) => !path.starts_with(&large),
        _ => true,
    };
    // They may be more than were named when it was looked through.
    let mut faults: Vec<Fault> = verified.faults.into_iter().filter(is_told).collect();
    let damaged = put(&manifest, backup, to, &mut progress)?;
    let disk = Disk::new(backup, Purpose::Use);
    let connection = disk.still()?;
    for Damaged { path, is_there } in damaged.into_iter().filter(|it| it.path.starts_with(&large)) {
        let failed = |error| Fault::database(disk.database(), &error);
        faults.push(named(&connection, path, is_there).map_err(failed)?);
    }
    reveal(to)?;
    unfinished.finish()?;
    Ok(Restored { manifest, faults })
}

/// The message whose body lies in a file.
fn named(connection: &Connection, path: PathBuf, is_there: bool) -> rusqlite::Result<Fault> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let message = connection
        .query_row("SELECT id FROM message WHERE file = ?1", (name,), |row| row.get(0))
        .optional()?;
    let Some(message) = message.map(MessageId) else {
        return Ok(Fault::FileChanged { path });
    };
    let accounts = owners(connection, message)?;
    Ok(if is_there {
        Fault::MessageChanged { path, message, accounts }
    } else {
        Fault::MessageLost { path, message, accounts }
    })
}

/// A file of the backup that is not what it was.
struct Damaged {
    path: PathBuf,
    /// Whether it can be read and was put back as it is.
    is_there: bool,
}

/// Puts everything in place, the database last: until then there is no store. Returns what was not
/// as it should be; that is put in place all the same, if it is a body or the database.
fn put(
    manifest: &Manifest,
    backup: &Path,
    to: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<Vec<Damaged>, Fault> {
    let large = to.join(LARGE);
    make_folder(&large)?;
    let beside = to.join(CERTIFICATES);
    if !manifest.certificates.is_empty() {
        make_folder(&beside)?;
    }
    let mut damaged = Vec::new();
    let of = (manifest.files.len() + manifest.certificates.len()) as u64 + 1;
    let all = manifest.small(backup).chain(manifest.large(backup));
    for (done, (path, wanted)) in (1_u64..).zip(all) {
        let place = place(&path, backup, to);
        let copied = copy_readable(&path, &place)?;
        if copied.as_ref() != Some(wanted) {
            if place.starts_with(&beside) {
                let _ = fs::remove_file(&place);
            }
            damaged.push(Damaged { path, is_there: copied.is_some() });
        }
        progress(Progress::Step { done, of });
    }
    sync_folder(&large)?;
    if !manifest.certificates.is_empty() {
        sync_folder(&beside)?;
    }
    sync_folder(to)?;
    Ok(damaged)
}

/// Makes a store of what is in place.
fn reveal(to: &Path) -> Result<(), Fault> {
    let (new, database) = (to.join(NEW_DATABASE), to.join(DATABASE));
    if database.exists() {
        return Err(Fault::Occupied { path: to.to_owned() });
    }
    fs::rename(&new, &database)
        .map_err(|error| Fault::system(IoOperation::Write, &database, &error))
}

/// Where a file of the backup goes.
fn place(path: &Path, backup: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(backup) {
        Ok(name) if name != Path::new(DATABASE) => to.join(name),
        _ => to.join(NEW_DATABASE),
    }
}
