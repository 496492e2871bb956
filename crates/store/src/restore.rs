//! A store out of a backup.

use std::fs;
use std::path::{Path, PathBuf};

use hikyaku_cause::IoOperation;

use crate::backup::{CERTIFICATES, DATABASE, LARGE, Manifest, Progress, copy_file};
use crate::disk::{make_folder, sync_folder};
use crate::fault::Fault;
use crate::unfinished::{Making, Unfinished};
use crate::verify::verify_backup;

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

/// Makes a store in a folder that is empty or not there yet, or in which this was cut off, out of a
/// backup, and returns what the backup holds. The backup is looked through first; the store is
/// there whole or not at all. Blocks.
///
/// # Errors
/// [`Fault::Occupied`], [`Fault::NoBackup`], the first damage found, and the faults of both disks.
/// What was written by then is removed again.
pub fn restore(
    backup: &Path,
    to: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Manifest, Fault> {
    let manifest = Manifest::read(backup)?;
    let unfinished = Unfinished::begin(to, &RESTORING)?;
    if let Some(fault) = verify_backup(backup, &mut progress)?.faults.into_iter().next() {
        return Err(fault);
    }
    put(&manifest, backup, to, &mut progress)?;
    unfinished.finish()?;
    Ok(manifest)
}

/// Puts everything in place, the database last: until then there is no store.
fn put(
    manifest: &Manifest,
    backup: &Path,
    to: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<(), Fault> {
    let large = to.join(LARGE);
    make_folder(&large)?;
    let beside = to.join(CERTIFICATES);
    if !manifest.certificates.is_empty() {
        make_folder(&beside)?;
    }
    let of = (manifest.files.len() + manifest.certificates.len()) as u64 + 1;
    for (done, (path, wanted)) in (1_u64..).zip(manifest.sums(backup)) {
        if copy_file(&path, &place(&path, backup, to))? != *wanted {
            return Err(Fault::FileChanged { path });
        }
        progress(Progress::Step { done, of });
    }
    sync_folder(&large)?;
    if !manifest.certificates.is_empty() {
        sync_folder(&beside)?;
    }
    sync_folder(to)?;
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
        Ok(name) if name == Path::new(DATABASE) => to.join(NEW_DATABASE),
        Ok(name) => to.join(name),
        Err(_) => to.join(NEW_DATABASE),
    }
}
