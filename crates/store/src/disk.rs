//! The folder: its files, its lock, and how connections to its database are opened.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hikyaku_cause::IoOperation;
use rusqlite::{Connection, OpenFlags};

use crate::fault::{Fault, FileId, Refusal};
use crate::gather::Gather;
use crate::restore::RESTORING;
use crate::room::Roomy;
use crate::schema;

/// How long another process may hold the write lock before a call gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The log is copied back from 16 MiB on, sooner on a small disk.
const MOST_LOG: u64 = 16 << 20;

/// What the folder is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A command, which makes the store if there is none.
    Create,
    /// A command that needs a store.
    Use,
    /// The server.
    Serve,
}

/// The folder of a store.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: PathBuf,
    database: PathBuf,
    large: PathBuf,
    purpose: Purpose,
    /// Begins the names of all large files of this run.
    run: u64,
    files: AtomicU64,
    roomy: Roomy,
    /// Those who wait for the folder of large bodies to be flushed.
    flushes: Gather,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// The store was there once; from then on it is never made anew, so that an unmounted disk
    /// does not look like a server without accounts.
    seen: bool,
    /// The lock of the one server.
    lock: Option<File>,
    /// The database that is open. Absent before it is opened, and while all files are let go.
    opened: Option<FileId>,
}

impl Disk {
    pub(crate) fn new(dir: &Path, purpose: Purpose) -> Self {
        let mut run = [0; 8];
        // Without randomness the clock keeps names of different runs apart.
        let run = match getrandom::fill(&mut run) {
            Ok(()) => u64::from_le_bytes(run),
            Err(_) => u64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or_default(),
        };
        Self {
            dir: dir.to_owned(),
            database: dir.join("store.db"),
            large: dir.join("large"),
            purpose,
            run,
            files: AtomicU64::new(0),
            roomy: Roomy::default(),
            flushes: Gather::default(),
            held: Mutex::default(),
        }
    }

    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    /// The folder of large bodies.
    pub(crate) fn large(&self) -> &Path {
        &self.large
    }

    /// What this run of the program leases work under; never 0.
    pub(crate) fn lease(&self) -> i64 {
        (self.run | 1).cast_signed()
    }

    /// A name for a large body that no file had or will have.
    pub(crate) fn file_name(&self) -> String {
        format!("{:016x}-{:x}", self.run, self.files.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether a large file was written by this run.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        name.starts_with(&format!("{:016x}-", self.run))
    }

    /// Sees to it that the store is there, and that it is ours alone when serving.
    pub(crate) fn prepare(&self) -> Result<(), Fault> {
        let mut held = self.held();
        if !held.seen {
            self.is_not_being_restored()?;
        }
        if self.purpose == Purpose::Serve && held.lock.is_none() {
            if !held.seen {
                make_folder(&self.dir)?;
            }
            held.lock = Some(lock(&self.dir.join("server.lock"))?);
        }
        if held.seen {
            held.opened = held.opened.or_else(|| file_id(&self.database).ok());
            return Ok(());
        }
        match self.purpose {
            Purpose::Use => {
                if !self.is_there()? {
                    return Err(Fault::Missing { path: self.dir.clone() });
                }
                let mut connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                if schema::is_old(&connection, &self.database)? {
                    schema::make(&mut connection, &self.database)?;
                }
                schema::check(&connection, &self.database)?;
            }
            Purpose::Create | Purpose::Serve => match self.make() {
                // What is there can be read meanwhile.
                Err(fault) if self.purpose == Purpose::Serve && self.is_unwritable(&fault) => {
                    return Ok(());
                }
                made => made?,
            },
        }
        held.seen = true;
        held.opened = held.opened.or_else(|| file_id(&self.database).ok());
        Ok(())
    }

    /// Whether what lies in the store's place is what was opened.
    ///
    /// A connection stays with the file that it opened, and every other name is looked up anew: of
    /// a store that was renamed and replaced while it is served (`hikyaku restore` beside a running
    /// server) the index would be the former one and the large bodies those of the new one.
    pub(crate) fn in_place(&self) -> Result<(), Fault> {
        let Some(opened) = self.held().opened else { return Ok(()) };
        let found = match file_id(&self.database) {
            Ok(found) => Some(found),
            Err(error) if is_absent(&error) => None,
            // A disk that cannot be asked will say more when it is used.
            Err(_) => return Ok(()),
        };
        if found == Some(opened) {
            return Ok(());
        }
        Err(Fault::Moved { path: self.dir.clone(), opened, found })
    }

    /// A store that is being put back, or was when that was cut off, is none yet; a new one must
    /// not begin in its place.
    fn is_not_being_restored(&self) -> Result<(), Fault> {
        if self.dir.join(RESTORING.mark).exists() && !self.is_there()? {
            return Err(Fault::HalfRestored { path: self.dir.clone() });
        }
        Ok(())
    }

    /// Whether there is a database, as far as we may know.
    fn is_there(&self) -> Result<bool, Fault> {
        let failed = |error| Fault::system(IoOperation::Open, &self.database, &error);
        self.database.try_exists().map_err(failed)
    }

    fn make(&self) -> Result<(), Fault> {
        make_folder(&self.dir)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        schema::make(&mut self.connect(flags)?, &self.database)?;
        make_folder(&self.large)?;
        sync_folder(&self.dir)
    }

    /// Whether `fault` comes of a disk that can be read and not be written to.
    fn is_unwritable(&self, fault: &Fault) -> bool {
        fault.is_disk()
            && self.database.exists()
            && matches!(
                self.probe(),
                Err(Fault::ReadOnly(_) | Fault::Permission(_) | Fault::Full(_))
            )
    }

    /// Keeps large files from being removed, in this process and in others, until the file that
    /// comes back is dropped; waits for removals that run now.
    pub(crate) fn keep_files(&self) -> Result<File, Fault> {
        let path = self.backup_lock();
        let failed = |error: io::Error| Fault::system(IoOperation::Lock, &path, &error);
        let file = open_lock(&path).map_err(failed)?;
        file.lock_shared().map_err(failed)?;
        Ok(file)
    }

    /// Allows large files to be removed until the file that comes back is dropped; none while
    /// somebody keeps them, or while files of the same names are another store's.
    pub(crate) fn may_remove(&self) -> Option<File> {
        self.in_place().ok()?;
        let file = open_lock(&self.backup_lock()).ok()?;
        file.try_lock().ok().map(|()| file)
    }

    /// Takes the turn to send reports, in this process and in others, until the file that comes back
    /// is dropped; none while somebody has it.
    pub(crate) fn try_reports(&self) -> Result<Option<File>, Fault> {
        let (file, failed) = self.reports()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The same; waits for whoever has it.
    pub(crate) fn await_reports(&self) -> Result<File, Fault> {
        let (file, failed) = self.reports()?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    /// The file of the turn, and what a fault at it is.
    fn reports(&self) -> Result<(File, impl Fn(io::Error) -> Fault + use<>), Fault> {
        let path = self.dir.join("reports.lock");
        let opened = open_lock(&path);
        let failed = move |error| Fault::system(IoOperation::Lock, &path, &error);
        Ok((opened.map_err(&failed)?, failed))
    }

    fn backup_lock(&self) -> PathBuf {
        self.dir.join("backup.lock")
    }

    /// A connection to a database that nobody writes to, such as a backup's.
    pub(crate) fn still(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = self.connect_to(&self.immutable(), flags)?;
        schema::check(&connection, &self.database)?;
        Ok(connection)
    }

    /// Brings the names of large files onto stable storage. Blocks.
    pub(crate) fn sync_large(&self) -> Result<(), Fault> {
        self.flushes.flush(|| sync_folder(&self.large))
    }

    /// Whether there is a place and room for new mail. A little is kept back for what makes room:
    /// deleting takes space in the log first, and the log can only be emptied into a database that
    /// grows.
    pub(crate) fn room(&self) -> Result<(), Fault> {
        let now = Instant::now();
        if self.roomy.holds(now) {
            return Ok(());
        }
        self.in_place()?;
        // A disk that cannot be asked will say more when it is written to.
        let Ok(disk) = rustix::fs::statvfs(&self.dir) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let spare = free.checked_sub(margin(&disk)).ok_or_else(|| self.full())?;
        self.roomy.found(spare, now);
        Ok(())
    }

    /// Octets the log may have on this disk before it is copied back.
    pub(crate) fn log_octets(&self) -> u64 {
        rustix::fs::statvfs(&self.dir).map_or(MOST_LOG, |disk| (margin(&disk) / 3).min(MOST_LOG))
    }

    /// Lets go of the lock, so that the disk can be unmounted and mended.
    pub(crate) fn release(&self) {
        let mut held = self.held();
        (held.lock, held.opened) = (None, None);
    }

    /// A connection that writes.
    pub(crate) fn writer(&self) -> Result<Connection, Fault> {
        self.prepare()?;
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // The log is copied back at moments of our own choosing (see `writer::log`).
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
                 PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4096;",
            )
            .map_err(|error| Fault::database(&self.database, &error))?;
        // After it was opened: what is in place now may not have been in place a moment ago.
        self.in_place()?;
        Ok(connection)
    }

    /// A connection that reads.
    pub(crate) fn reader(&self) -> Result<Connection, Fault> {
        self.prepare()?;
        let connection = self.readable()?;
        connection
            .execute_batch("PRAGMA cache_size = -256")
            .map_err(|error| Fault::database(&self.database, &error))?;
        self.in_place()?;
        Ok(connection)
    }

    fn readable(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let usual = self.connect(flags).and_then(|connection| {
            schema::check(&connection, &self.database)?;
            Ok(connection)
        });
        match usual {
            // A database that was closed in order has no log, and one cannot be made on a
            // read-only disk. Then nobody writes, and the file can be read as it is.
            Err(fault) if !self.has_log() && self.is_unwritable(&fault) => {
                self.connect_to(&self.immutable(), flags | OpenFlags::SQLITE_OPEN_URI)
            }
            usual => usual,
        }
    }

    /// A connection that reads what is there and makes nothing, for a command that only looks.
    /// Absent where there is no store, or one of an older release.
    pub(crate) fn looked_at(&self) -> Result<Option<Connection>, Fault> {
        if !self.is_there()? {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = if self.has_log() {
            self.connect(flags)?
        } else {
            // Nobody has it open: SQLite would make a log, and a reader cannot remove it.
            self.connect_to(&self.immutable(), flags | OpenFlags::SQLITE_OPEN_URI)?
        };
        if schema::is_old(&connection, &self.database)? {
            return Ok(None);
        }
        schema::check(&connection, &self.database)?;
        Ok(Some(connection))
    }

    fn has_log(&self) -> bool {
        let mut log = self.database.as_os_str().to_owned();
        log.push("-wal");
        fs::metadata(log).is_ok_and(|log| log.len() > 0)
    }

    /// The database's name as a URI that tells SQLite to take and look for no locks.
    fn immutable(&self) -> PathBuf {
        let path = self.database.to_string_lossy();
        let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        format!("file:{path}?immutable=1").into()
    }

    /// SQLite does not tell which error of the system lies behind an I/O error, nor why it may not
    /// write; a write of our own does, or for commands a look.
    pub(crate) fn diagnose(&self, fault: Fault) -> Fault {
        if fault.is_disk()
            && let Err(moved) = self.in_place()
        {
            return moved;
        }
        match fault {
            Fault::Io(Refusal::Database { .. }) | Fault::ReadOnly(Refusal::Database { .. }) => {
                match self.probe() {
                    Ok(()) => fault,
                    Err(found) => found,
                }
            }
            other => other,
        }
    }

    fn probe(&self) -> Result<(), Fault> {
        if self.purpose != Purpose::Serve {
            return self.look();
        }
        let path = self.large.join(self.file_name());
        let failed = |error| Fault::system(IoOperation::Write, &path, &error);
        let result = File::create_new(&path)
            .and_then(|mut file| {
                file.write_all(&[0; 4096])?;
                file.sync_data()
            })
            .map_err(failed);
        // What the probe leaves behind goes at the next start.
        fs::remove_file(&path).ok();
        result
    }

    /// What a command may do there, without writing: the folder is the server's.
    fn look(&self) -> Result<(), Fault> {
        use rustix::fs::Access;
        let failed = |path: &Path, error| Fault::system(IoOperation::Open, path, &error);
        if self.is_there()? {
            let opened = File::options().read(true).write(true).open(&self.database);
            opened.map_err(|error| failed(&self.database, error))?;
        }
        // SQLite makes files beside it.
        rustix::fs::access(&self.dir, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| failed(&self.dir, error.into()))?;
        match rustix::fs::statvfs(&self.dir) {
            Ok(disk) if disk.f_bavail == 0 => Err(self.full()),
            _ => Ok(()),
        }
    }

    fn full(&self) -> Fault {
        Fault::Full(Refusal::System {
            operation: IoOperation::Write,
            path: self.dir.clone(),
            error: io::ErrorKind::StorageFull,
            errno: None,
        })
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, Fault> {
        self.connect_to(&self.database, flags)
    }

    fn connect_to(&self, name: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(name, flags)?;
            connection.busy_timeout(PATIENCE)?;
            connection.set_prepared_statement_cache_capacity(48);
            connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;")?;
            Ok(connection)
        };
        open().map_err(|error| Fault::database(&self.database, &error))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The octets that stay free for other things than new mail: three full logs, less on a small disk.
fn margin(disk: &rustix::fs::StatVfs) -> u64 {
    (disk.f_blocks.saturating_mul(disk.f_frsize) / 16).clamp(1 << 20, 3 * MOST_LOG)
}

fn file_id(path: &Path) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let file = fs::metadata(path)?;
    Ok(FileId { device: file.dev(), inode: file.ino() })
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Makes a folder that only its owner can read; leaves one that is there.
pub(crate) fn make_folder(path: &Path) -> Result<(), Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| Fault::system(IoOperation::Write, path, &error))
}

/// Brings a folder's list of names onto stable storage.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Fault> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Fault::system(IoOperation::Sync, path, &error))
}

/// Opens a file for being locked, and makes it. On a disk that cannot be written to an existing one
/// can be locked all the same.
fn open_lock(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create(true).truncate(false).open(path);
    file.or_else(|error| File::open(path).map_err(|_| error))
}

fn lock(path: &Path) -> Result<File, Fault> {
    let failed = |error: io::Error| Fault::system(IoOperation::Lock, path, &error);
    let file = open_lock(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
