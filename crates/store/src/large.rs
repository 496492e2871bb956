//! Bodies too large for the database: one file each, in one folder.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use hikyaku_cause::IoOperation;
use rusqlite::Connection;
use tokio::task::spawn_blocking;

use crate::disk::Disk;
use crate::fault::Fault;
use crate::writer::Settled;

/// Octets handed out at a time.
const CHUNK: usize = 64 * 1024;

/// A file that is being written, or written and not yet referred to. Removed when dropped, unless
/// it was kept.
#[derive(Debug)]
pub(crate) struct LargeFile {
    disk: Arc<Disk>,
    name: String,
    file: Option<File>,
    keep: bool,
}

impl LargeFile {
    /// Makes the file. Blocks.
    pub(crate) fn create(disk: Arc<Disk>) -> Result<Self, Fault> {
        disk.in_place()?;
        let name = disk.file_name();
        let path = disk.large().join(&name);
        let file = create_private(&path);
        let file = file.map_err(|error| Fault::system(IoOperation::Open, &path, &error))?;
        Ok(Self { disk, name, file: Some(file), keep: false })
    }

    /// Appends. Blocks.
    pub(crate) fn write(&mut self, octets: &[u8]) -> Result<(), Fault> {
        self.disk.room()?;
        let Some(file) = &mut self.file else { return Ok(()) };
        let result = file.write_all(octets);
        result.map_err(|error| Fault::system(IoOperation::Write, &self.path(), &error))
    }

    /// Writes over the first octets and goes back to the end. Blocks.
    pub(crate) fn write_front(&mut self, octets: &[u8]) -> Result<(), Fault> {
        let Some(file) = self.file.as_mut().filter(|_| !octets.is_empty()) else { return Ok(()) };
        let result = file.rewind().and_then(|()| file.write_all(octets));
        let result = result.and_then(|()| file.seek(SeekFrom::End(0)));
        result.map_err(|error| Fault::system(IoOperation::Write, &self.path(), &error))?;
        Ok(())
    }

    /// Brings the content and the name onto stable storage. Blocks.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        let Some(file) = self.file.take() else { return Ok(()) };
        file.sync_data().map_err(|error| Fault::system(IoOperation::Sync, &self.path(), &error))?;
        self.disk.sync_large()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What became of the row that refers to the file decides on the file.
    pub(crate) fn settle(&mut self, settled: Settled) {
        // When in doubt it stays: the next start removes it if nothing refers to it.
        self.keep = settled != Settled::Undone;
    }

    fn path(&self) -> PathBuf {
        self.disk.large().join(&self.name)
    }
}

impl Drop for LargeFile {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        let path = self.path();
        let remove = move || fs::remove_file(path);
        // Freeing a large file's blocks takes time that a network thread has not.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => drop(remove()),
        }
    }
}

fn create_private(path: &std::path::Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads a large body in pieces.
#[derive(Debug)]
pub struct LargeReader {
    file: Option<File>,
    path: PathBuf,
    octets: u64,
}

impl LargeReader {
    /// Opens the file. Blocks.
    pub(crate) fn open(disk: &Disk, name: &str) -> Result<Self, Fault> {
        disk.in_place()?;
        let path = disk.large().join(name);
        let failed = |error| Fault::system(IoOperation::Open, &path, &error);
        let file = File::open(&path).map_err(failed)?;
        let octets = file.metadata().map_err(failed)?.len();
        Ok(Self { file: Some(file), path, octets })
    }

    /// The size of the whole body.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// Replaces the content of `buffer` by the next 64 KiB (fewer at the end) and keeps its
    /// memory; `false` when there is no more.
    pub async fn next_chunk(&mut self, buffer: &mut Vec<u8>) -> Result<bool, Fault> {
        let Some(mut file) = self.file.take() else {
            buffer.clear();
            return Ok(false);
        };
        let mut chunk = std::mem::take(buffer);
        let read = spawn_blocking(move || {
            chunk.clear();
            chunk.reserve_exact(CHUNK);
            let result = Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut chunk);
            (file, chunk, result)
        });
        let (file, chunk, result) = read.await.map_err(|_| Fault::Closed)?;
        *buffer = chunk;
        match result {
            Ok(0) => Ok(false),
            Ok(_) => {
                self.file = Some(file);
                Ok(true)
            }
            Err(error) => Err(Fault::system(IoOperation::Read, &self.path, &error)),
        }
    }
}

/// Removes what earlier runs left behind: files of messages that were never accepted, or whose
/// removal a crash forestalled.
pub(crate) fn sweep(disk: &Disk) {
    let begun = SystemTime::now();
    // What a backup may still need stays until the start after this one.
    let Some(_lock) = disk.may_remove() else { return };
    let swept = disk.reader().map(|connection| {
        let names = fs::read_dir(disk.large()).into_iter().flatten().flatten();
        names.filter(|entry| is_orphan(disk, &connection, entry, begun)).for_each(|entry| {
            tracing::info!(file = ?entry.file_name(), "removes the rest of an unfinished message");
            fs::remove_file(entry.path()).ok();
        });
    });
    if let Err(fault) = swept {
        tracing::warn!(%fault, "unfinished messages of earlier runs are left for the next start");
    }
}

fn is_orphan(
    disk: &Disk,
    connection: &Connection,
    entry: &fs::DirEntry,
    begun: SystemTime,
) -> bool {
    let name = entry.file_name();
    let Some(name) = name.to_str() else { return false };
    let written = entry.metadata().and_then(|metadata| metadata.modified());
    // When in doubt a file stays.
    !disk.is_own(name)
        && written.is_ok_and(|written| written < begun)
        && is_unreferenced(connection, name).unwrap_or(false)
}

fn is_unreferenced(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM message WHERE file = ?1)")?;
    statement.query_row((name,), |row| row.get(0))
}
