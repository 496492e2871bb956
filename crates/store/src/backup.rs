//! A copy of the store, made while it is in use; `restore.rs` is the way back.
//!
//! A backup is a folder: `store.db`, whole and without a log; `large/` with the bodies that lie in
//! files; `acme/` with the certificates that came by themselves and their account; and
//! `backup.json`, which is written last and holds the size and checksum of each. It holds what was
//! on stable storage at one moment, the snapshot that its database was read from. Large files whose
//! messages are deleted meanwhile stay until they are copied. While it is being made, and where it
//! was cut off, there is a file `backup.unfinished` in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hikyaku_cause::IoOperation;
use jiff::Timestamp;
use ring::digest;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use serde::{Deserialize, Serialize};

use crate::disk::{Disk, Purpose, make_folder, sync_folder};
use crate::fault::{Fault, Refusal};
use crate::incoming::MessageId;
use crate::store::Store;
use crate::unfinished::{Making, Unfinished};

/// The form of the folder.
const FORM: u32 = 1;
/// The name of the file that makes a folder a backup.
const MANIFEST: &str = "backup.json";
/// The same while it is being written.
const NEW_MANIFEST: &str = "backup.json.new";
pub(crate) const DATABASE: &str = "store.db";
pub(crate) const LARGE: &str = "large";
/// The folder of certificates that came by themselves, with the key of their account.
pub(crate) const CERTIFICATES: &str = "acme";
/// What a folder has in it while a backup is made there.
const MAKING: Making = Making {
    mark: "backup.unfinished",
    whole: MANIFEST,
    files: &[MANIFEST, NEW_MANIFEST, DATABASE, "store.db-journal"],
    folders: &[LARGE, CERTIFICATES],
};
/// Pages copied between two looks at the progress.
const STEP: i32 = 1024;
/// Octets read at a time.
const CHUNK: usize = 128 * 1024;
/// While another program holds the copy's lock, which none should.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the folder: 1.
    pub form: u32,
    /// The moment whose state it is.
    pub at: Timestamp,
    /// Accounts.
    pub accounts: u64,
    /// Messages; one that lies in several mailboxes counts once.
    pub messages: u64,
    /// Recipients on other servers that waited.
    pub waiting: u64,
    /// The database.
    pub database: Sum,
    /// The files of large bodies, by name.
    pub files: BTreeMap<String, Sum>,
    /// Certificates that came by themselves, and their account, by name.
    #[serde(default)]
    pub certificates: BTreeMap<String, Sum>,
    /// Files of large bodies that could not be read when it was made, by name. They are not in it,
    /// though the database names them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lost: BTreeMap<String, Lost>,
}

/// A message whose large body was lost before the backup was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The message.
    pub message: MessageId,
    /// In whose mailboxes it lies, and who waits for its being sent.
    pub accounts: Vec<String>,
}

/// The size of a file and its checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Octets.
    pub octets: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// From now on nothing that is deleted is missed.
    Begun,
    /// So much of the whole is done; in pages, files or messages.
    Step {
        /// Done.
        done: u64,
        /// Of so many.
        of: u64,
    },
}

impl Store {
    /// Copies the store into a folder that is empty or not there yet, or that a backup was being
    /// made in which was cut off, while the store is in use. Blocks.
    ///
    /// # Errors
    /// [`Fault::Occupied`], [`Fault::BackupInside`], [`Fault::NoRoom`], and the faults of both disks. What was written
    /// by then is removed again. A large body that is not there or cannot be read hinders no other:
    /// it stands in [`Manifest::lost`].
    pub fn backup(&self, to: &Path, progress: impl FnMut(Progress)) -> Result<Manifest, Fault> {
        outside(to, self.inner().disk.database())?;
        let made = Unfinished::begin(to, &MAKING).and_then(|unfinished| {
            let manifest = self.copy(to, progress)?;
            unfinished.finish()?;
            Ok(manifest)
        });
        made.map_err(|fault| fault.of_copy(to))
    }

    fn copy(&self, to: &Path, mut progress: impl FnMut(Progress)) -> Result<Manifest, Fault> {
        let disk = &self.inner().disk;
        let source = disk.reader()?;
        // In this order: a file that is removed before the lock belongs to a message that the
        // snapshot no longer has.
        let kept = disk.keep_files()?;
        let database = |error| Fault::database(disk.database(), &error);
        source.execute_batch("BEGIN").map_err(database)?;
        let mut manifest = counted(&source).map_err(database)?;
        progress(Progress::Begun);
        let copy = to.join(DATABASE);
        copy_database(&source, &copy, &mut progress)?;
        let names = names(&source).map_err(database)?;
        source.execute_batch("COMMIT").map_err(database)?;
        let (from, large) = (disk.large(), to.join(LARGE));
        make_folder(&large)?;
        for (done, (name, message)) in (1_u64..).zip(&names) {
            if let Some(sum) = copy_readable(&from.join(name), &large.join(name))? {
                manifest.files.insert(name.clone(), sum);
            } else {
                manifest.lost.insert(name.clone(), lost(to, *message)?);
            }
            progress(Progress::Step { done, of: names.len() as u64 });
        }
        drop(kept);
        sync_folder(&large)?;
        manifest.certificates = copy_certificates(disk.database(), to)?;
        manifest.database = sum(&copy)?;
        write_manifest(to, &manifest)?;
        Ok(manifest)
    }
}

impl Manifest {
    /// Reads that of a backup.
    pub(crate) fn read(folder: &Path) -> Result<Self, Fault> {
        let none = || Fault::NoBackup { path: folder.to_owned() };
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => none(),
            _ => Fault::system(IoOperation::Read, &path, &error),
        })?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|_| none())?;
        if manifest.form == FORM { Ok(manifest) } else { Err(none()) }
    }

    /// The database and the certificates of the backup, with what is known of them.
    pub(crate) fn small(&self, folder: &Path) -> impl Iterator<Item = (PathBuf, &Sum)> {
        let beside = folder.join(CERTIFICATES);
        let beside = self.certificates.iter().map(move |(name, sum)| (beside.join(name), sum));
        [(folder.join(DATABASE), &self.database)].into_iter().chain(beside)
    }

    /// Its files of large bodies.
    pub(crate) fn large(&self, folder: &Path) -> impl Iterator<Item = (PathBuf, &Sum)> {
        let large = folder.join(LARGE);
        self.files.iter().map(move |(name, sum)| (large.join(name), sum))
    }

    /// What was lost before it was made, where its large bodies lie in `folder`.
    pub fn lost(&self, folder: &Path) -> Vec<Fault> {
        let large = folder.join(LARGE);
        let faults = self.lost.iter().map(|(name, lost)| Fault::MessageLost {
            path: large.join(name),
            message: lost.message,
            accounts: lost.accounts.clone(),
        });
        faults.collect()
    }
}

/// Copies the certificates that lie beside the database. Each of their files is always whole; one
/// that is being written has another name.
fn copy_certificates(database: &Path, to: &Path) -> Result<BTreeMap<String, Sum>, Fault> {
    let mut sums = BTreeMap::new();
    let from = database.with_file_name(CERTIFICATES);
    let Ok(entries) = fs::read_dir(&from) else { return Ok(sums) };
    let to = to.join(CERTIFICATES);
    make_folder(&to)?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_whole = [".pem", ".json"].iter().any(|ending| name.ends_with(ending));
        if is_whole && entry.path().is_file() {
            sums.insert(name.clone(), copy_file(&from.join(&name), &to.join(&name))?);
        }
    }
    sync_folder(&to)?;
    Ok(sums)
}

/// Nothing else belongs into the folder of the store, and a copy there is lost with it.
fn outside(to: &Path, database: &Path) -> Result<(), Fault> {
    let data = database.parent().and_then(|it| it.canonicalize().ok());
    let whole = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    let there = whole.ancestors().find_map(|it| it.canonicalize().ok());
    match (there, data) {
        (Some(there), Some(data)) if there.starts_with(&data) => {
            Err(Fault::BackupInside { path: to.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Begins the snapshot, and counts what is in it.
fn counted(source: &Connection) -> rusqlite::Result<Manifest> {
    let sql = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM message),
               (SELECT count(*) FROM queue)";
    source.query_row(sql, (), |row| {
        Ok(Manifest {
            form: FORM,
            at: Timestamp::now(),
            accounts: row.get(0)?,
            messages: row.get(1)?,
            waiting: row.get(2)?,
            database: Sum { octets: 0, sha256: String::new() },
            files: BTreeMap::new(),
            certificates: BTreeMap::new(),
            lost: BTreeMap::new(),
        })
    })
}

/// Copies what the source's open transaction sees.
fn copy_database(
    source: &Connection,
    copy: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<(), Fault> {
    let failed = |error| Fault::database(copy, &error);
    drop(create(copy).map_err(|error| Fault::system(IoOperation::Open, copy, &error))?);
    let mut to = Connection::open(copy).map_err(failed)?;
    // The whole is flushed at its end; without `backup.json` it counts for nothing.
    to.execute_batch("PRAGMA synchronous = OFF").map_err(failed)?;
    {
        let backup = Backup::new(source, &mut to).map_err(failed)?;
        loop {
            match backup.step(STEP).map_err(failed)? {
                StepResult::Done => break,
                StepResult::Busy | StepResult::Locked => std::thread::sleep(PATIENCE),
                _ => {
                    let at = backup.progress();
                    let count = |pages: i32| u64::try_from(pages).unwrap_or_default();
                    let of = count(at.pagecount);
                    progress(Progress::Step { done: of - count(at.remaining).min(of), of });
                }
            }
        }
    }
    to.close().map_err(|(_, error)| failed(error))?;
    let synced = File::open(copy).and_then(|file| file.sync_all());
    synced.map_err(|error| Fault::system(IoOperation::Sync, copy, &error))
}

fn names(source: &Connection) -> rusqlite::Result<Vec<(String, MessageId)>> {
    let mut statement = source.prepare("SELECT file, id FROM message WHERE file IS NOT NULL")?;
    statement.query_map((), |row| Ok((row.get(0)?, MessageId(row.get(1)?))))?.collect()
}

/// A message by the copy of the database: in the store it may be gone by now.
fn lost(folder: &Path, message: MessageId) -> Result<Lost, Fault> {
    let copy = Disk::new(folder, Purpose::Use);
    let accounts = owners(&copy.still()?, message);
    let accounts = accounts.map_err(|error| Fault::database(copy.database(), &error))?;
    Ok(Lost { message, accounts })
}

/// In whose mailboxes a message lies, and who waits for its being sent. Reads through all entries.
pub(crate) fn owners(connection: &Connection, message: MessageId) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT address FROM account WHERE id IN (SELECT account FROM entry WHERE message = ?1)
         UNION SELECT sender FROM outgoing WHERE message = ?1 AND sender <> ''",
    )?;
    statement.query_map((message.0,), |row| row.get(0))?.collect()
}

/// Copies a file; nothing where it is the file itself that is not there or cannot be read.
pub(crate) fn copy_readable(from: &Path, to: &Path) -> Result<Option<Sum>, Fault> {
    match copy_file(from, to) {
        Ok(sum) => Ok(Some(sum)),
        Err(fault) if is_unreadable(&fault, from) => {
            // Half of it may be there.
            let _ = fs::remove_file(to);
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

/// Whether a file is not there, or its disk does not give it back.
pub(crate) fn is_unreadable(fault: &Fault, file: &Path) -> bool {
    match fault {
        Fault::FileMissing { path }
        | Fault::Io(Refusal::System {
            operation: IoOperation::Read | IoOperation::Open,
            path,
            ..
        }) => path == file,
        _ => false,
    }
}

/// Copies a file, brings it onto stable storage, and returns what was copied.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<Sum, Fault> {
    let mut source = open(from)?;
    let failed = |error| Fault::system(IoOperation::Write, to, &error);
    let mut copy = create(to).map_err(failed)?;
    let sum = read_through(from, &mut source, |octets| copy.write_all(octets).map_err(failed))?;
    copy.sync_all().map_err(|error| Fault::system(IoOperation::Sync, to, &error))?;
    Ok(sum)
}

/// The size and checksum of a file.
pub(crate) fn sum(path: &Path) -> Result<Sum, Fault> {
    read_through(path, &mut open(path)?, |_| Ok(()))
}

fn read_through(
    path: &Path,
    file: &mut File,
    mut each: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<Sum, Fault> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; CHUNK];
    let mut octets = 0;
    loop {
        let read = file.read(&mut buffer);
        let read = read.map_err(|error| Fault::system(IoOperation::Read, path, &error))?;
        let Some(part @ [_, ..]) = buffer.get(..read) else { break };
        context.update(part);
        each(part)?;
        octets += part.len() as u64;
    }
    let mut sha256 = String::with_capacity(64);
    for octet in context.finish().as_ref() {
        let _ = write!(sha256, "{octet:02x}");
    }
    Ok(Sum { octets, sha256 })
}

fn open(path: &Path) -> Result<File, Fault> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Fault::FileMissing { path: path.to_owned() },
        _ => Fault::system(IoOperation::Open, path, &error),
    })
}

/// A new file that only its owner can read: it holds mail.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The last file: whole or not there.
fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), Fault> {
    // Our own types always have a form in JSON.
    let text = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    let (path, unfinished) = (folder.join(MANIFEST), folder.join(NEW_MANIFEST));
    let written = create(&unfinished).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)
    });
    written.map_err(|error| Fault::system(IoOperation::Write, &path, &error))?;
    sync_folder(folder)
}
