//! A folder in which something is being made that must not look whole before it is: a backup, or a
//! store out of one.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use hikyaku_cause::IoOperation;

use crate::disk::{make_folder, sync_folder};
use crate::fault::Fault;

/// What is made, by the names in its folder.
#[derive(Debug)]
pub(crate) struct Making {
    /// The file that is there, and locked, while it is being made, and stays when that is cut off.
    pub(crate) mark: &'static str,
    /// The file that makes it whole. It comes last.
    pub(crate) whole: &'static str,
    /// The files of one that is not whole.
    pub(crate) files: &'static [&'static str],
    /// Its folders.
    pub(crate) folders: &'static [&'static str],
}

/// Something that is being made. What there is of it goes when it fails; when the program or the
/// machine stops, its mark stays and lets the next one begin there.
pub(crate) struct Unfinished<'a> {
    folder: &'a Path,
    making: &'static Making,
    /// Whether the folder was not there before.
    made: bool,
    is_done: bool,
    /// Locked as long as it is being made.
    #[expect(dead_code, reason = "it is locked until it is dropped")]
    mark: File,
}

impl<'a> Unfinished<'a> {
    /// Takes a folder that is empty or not there yet, or in which the same was cut off. A symbolic
    /// link to a folder is as good as that folder, and one that a disk is mounted on as any other.
    pub(crate) fn begin(folder: &'a Path, making: &'static Making) -> Result<Self, Fault> {
        let occupied = || Fault::Occupied { path: folder.to_owned() };
        let mark = folder.join(making.mark);
        let (made, is_left) = (!folder.exists(), mark.exists());
        if !is_left {
            empty(folder)?;
        }
        if folder.join(making.whole).exists() {
            return Err(occupied());
        }
        let file = File::options().write(true).create(true).truncate(false).open(&mark);
        let file = file.map_err(|error| {
            if made {
                let _ = fs::remove_dir(folder);
            }
            Fault::system(IoOperation::Write, &mark, &error)
        })?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(occupied());
        }
        clear(folder, making);
        let unfinished = Self { folder, making, made, is_done: false, mark: file };
        if names(folder)?.iter().all(|name| name == making.mark) {
            sync_folder(folder)?;
            Ok(unfinished)
        } else {
            Err(occupied())
        }
    }

    /// It is whole.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        self.is_done = true;
        let mark = self.folder.join(self.making.mark);
        sync_folder(self.folder)?;
        fs::remove_file(&mark).map_err(|e| Fault::system(IoOperation::Remove, &mark, &e))?;
        sync_folder(self.folder)?;
        match self.folder.parent() {
            Some(parent) if self.made && parent != Path::new("") => sync_folder(parent),
            Some(_) if self.made => sync_folder(Path::new(".")),
            _ => Ok(()),
        }
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        clear(self.folder, self.making);
        // Whatever stays is seen to by the next one that is made there.
        let _ = fs::remove_file(self.folder.join(self.making.mark));
        if self.made {
            let _ = fs::remove_dir(self.folder);
        }
    }
}

/// Removes what there is of it, but for its mark.
fn clear(folder: &Path, making: &Making) {
    for name in making.files {
        let _ = fs::remove_file(folder.join(name));
    }
    for name in making.folders {
        let _ = fs::remove_dir_all(folder.join(name));
    }
}

/// Makes a folder, or takes an empty one.
fn empty(folder: &Path) -> Result<(), Fault> {
    make_folder(folder)?;
    if names(folder)?.is_empty() {
        Ok(())
    } else {
        Err(Fault::Occupied { path: folder.to_owned() })
    }
}

/// What is in a folder, but for what a file system puts at its own top.
fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>, Fault> {
    let failed = |error: io::Error| Fault::system(IoOperation::Read, folder, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_the_systems = entry.file_name() == "lost+found" && entry.path().is_dir();
        if !is_the_systems {
            names.push(entry.file_name());
        }
    }
    Ok(names)
}
