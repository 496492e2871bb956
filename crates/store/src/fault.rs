//! Why the store could not do what it was asked.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::incoming::MessageId;
use hikyaku_cause::{AddressRole, Cause, Code, Evidence, IoOperation, Limit, SyntaxFault};

use crate::account::Resolution;

/// The proof of a disk fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The operating system refused.
    #[error("{operation:?} {}: {error} (errno {errno:?})", path.display())]
    System {
        /// What was being done.
        operation: IoOperation,
        /// To which file.
        path: PathBuf,
        /// The kind of error.
        error: io::ErrorKind,
        /// The system's number.
        errno: Option<i32>,
    },
    /// SQLite refused.
    #[error("SQLite {code} in {}", path.display())]
    Database {
        /// Its extended result code; 0 when it returned what cannot be there.
        code: i32,
        /// The file.
        path: PathBuf,
    },
}

/// A file by what the system knows it by, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    /// The device that it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {}, inode {}", self.device, self.inode)
    }
}

/// What the store could not do: facts, each of which is one [`Cause`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no store in the folder.
    #[error("no store in {}", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// What was to be empty is not.
    #[error("{} is not empty", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// There is no finished backup in the folder.
    #[error("no finished backup in {}", path.display())]
    NoBackup {
        /// The folder.
        path: PathBuf,
    },
    /// A backup was to be made in the folder of the store itself.
    #[error("{} is in the folder of the store", path.display())]
    BackupInside {
        /// The folder for the backup.
        path: PathBuf,
    },
    /// A backup was being put back into the folder, and that is not done.
    #[error("the store in {} is not put back whole", path.display())]
    HalfRestored {
        /// The folder.
        path: PathBuf,
    },
    /// A file that the store names is not there.
    #[error("{} is missing", path.display())]
    FileMissing {
        /// The file.
        path: PathBuf,
    },
    /// A file is not as it was written.
    #[error("{} was changed", path.display())]
    FileChanged {
        /// The file.
        path: PathBuf,
    },
    /// The large body of a message is not there, or cannot be read.
    #[error("message {message} of {} is lost: {}", accounts.join(", "), path.display())]
    MessageLost {
        /// Its file.
        path: PathBuf,
        /// The message.
        message: MessageId,
        /// In whose mailboxes it lies, and who waits for its being sent.
        accounts: Vec<String>,
    },
    /// The large body of a message is not as it was written.
    #[error("message {message} of {} was changed: {}", accounts.join(", "), path.display())]
    MessageChanged {
        /// Its file.
        path: PathBuf,
        /// The message.
        message: MessageId,
        /// In whose mailboxes it lies, and who waits for its being sent.
        accounts: Vec<String>,
    },
    /// What the database says contradicts itself.
    #[error("{}: {text}", path.display())]
    IndexWrong {
        /// The database.
        path: PathBuf,
        /// What does not fit, for specialists.
        text: String,
    },
    /// Another server works on the folder.
    #[error("{} is locked by another server", path.display())]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// A newer program wrote the store.
    #[error("{} has schema {found}, this program knows {expected}", path.display())]
    Version {
        /// The database file.
        path: PathBuf,
        /// The schema version found.
        found: u64,
        /// The one this program knows.
        expected: u64,
    },
    /// What lies in the place of the store is not what was opened: the folder was renamed, removed
    /// or replaced, or another disk was mounted over it.
    #[error("{} is not what was opened: {found:?}, not {opened:?}", path.display())]
    Moved {
        /// The folder.
        path: PathBuf,
        /// The database that was opened.
        opened: FileId,
        /// What lies there now, if anything does.
        found: Option<FileId>,
    },
    /// There is no room where a backup, or a store out of one, was to go.
    #[error("no room for the copy in {}", path.display())]
    NoRoom {
        /// The folder.
        path: PathBuf,
    },
    /// The disk, or the quota on it, is full.
    #[error("disk full: {0}")]
    Full(Refusal),
    /// The disk or the folder cannot be written to.
    #[error("read-only: {0}")]
    ReadOnly(Refusal),
    /// The account that the program runs as may not use the folder.
    #[error("not permitted: {0}")]
    Permission(Refusal),
    /// The disk gave an error.
    #[error("disk error: {0}")]
    Io(Refusal),
    /// Another process kept the store locked for too long.
    #[error("busy: {0}")]
    Busy(Refusal),
    /// The store does not hold what this program wrote.
    #[error("corrupt: {0}")]
    Corrupt(Refusal),
    /// The store was closed: the server is stopping.
    #[error("the store is closed")]
    Closed,
    /// The operating system gives no random numbers.
    #[error("no random numbers (errno {errno:?})")]
    NoRandom {
        /// The system's number.
        errno: Option<i32>,
    },
    /// Another session has the maildrop (RFC 1939 §4).
    #[error("the maildrop is locked by another session")]
    MaildropLocked,
    /// A mailbox was full before this message.
    #[error("the mailbox of {address} holds {used} of {quota} octets")]
    MailboxFull {
        /// The recipient as the peer wrote it.
        address: String,
        /// The most octets it may hold.
        quota: u64,
        /// What it holds.
        used: u64,
    },
    /// There is no such account.
    #[error("no account {name}")]
    AccountUnknown {
        /// The name.
        name: String,
    },
    /// The address is an account or an alias already.
    #[error("{name} exists")]
    AccountExists {
        /// The address.
        name: String,
    },
    /// Mail for the address would go round in a circle.
    #[error("{name} leads back to itself: {}", way.join(" > "))]
    AliasCircle {
        /// The address.
        name: String,
        /// The addresses of the circle in their order, the first once more at the end.
        way: Vec<String>,
    },
    /// Mail would go from alias to alias too many times over.
    #[error("{name} makes too long a chain: {}", way.join(" > "))]
    AliasChain {
        /// The address that was to lead on.
        name: String,
        /// The addresses in their order, up to the first to which mail would not be taken. It may
        /// begin with one that leads to `name`.
        way: Vec<String>,
    },
    /// Mail for the address goes elsewhere, not to the target named.
    #[error("{name} leads to {}", targets.join(", "))]
    AliasTarget {
        /// The address.
        name: String,
        /// Where its mail goes.
        targets: Vec<String>,
    },
    /// The address has no domain that could be served, or a name that cannot be told from others.
    #[error("{name} cannot be the address of an account")]
    AccountAddress {
        /// The address.
        name: String,
        /// Where it is wrong, where that is one place.
        fault: Option<SyntaxFault>,
    },
    /// The domain is not served here.
    #[error("the domain {name} is not served")]
    DomainUnknown {
        /// The domain.
        name: String,
    },
    /// The domain stands in the configuration, which commands do not change.
    #[error("the domain {name} stands in the configuration")]
    DomainConfigured {
        /// The domain.
        name: String,
    },
    /// Addresses at the domain are in use.
    #[error("{accounts} accounts and {aliases} aliases are at {name}")]
    DomainInUse {
        /// The domain.
        name: String,
        /// Accounts there.
        accounts: u64,
        /// Further addresses there.
        aliases: u64,
    },
    /// The domain is served already.
    #[error("the domain {name} is served already")]
    DomainExists {
        /// The domain.
        name: String,
    },
}

impl Fault {
    /// The fault as a cause, with its proof.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Missing { path } => file(Code::StoreMissing, path),
            Self::Occupied { path } => file(Code::StoreOccupied, path),
            Self::FileMissing { path } => file(Code::StoreFileMissing, path),
            Self::FileChanged { path } => file(Code::StoreFileChanged, path),
            Self::MessageLost { path, message, accounts } => {
                body(Code::StoreMessageLost, path, *message, accounts)
            }
            Self::MessageChanged { path, message, accounts } => {
                body(Code::StoreMessageChanged, path, *message, accounts)
            }
            Self::IndexWrong { path, text } => file(Code::StoreIndexWrong, path)
                .with(Evidence::Detail { source: "store", text: text.clone() }),
            Self::NoBackup { path } => file(Code::StoreBackupMissing, path),
            Self::BackupInside { path } => file(Code::StoreBackupInside, path),
            Self::HalfRestored { path } => file(Code::StoreRestoreUnfinished, path),
            Self::NoRoom { path } => file(Code::StoreCopyFull, path),
            Self::InUse { path } => file(Code::StoreInUse, path),
            Self::Version { path, found, expected } => file(Code::StoreVersion, path)
                .with(Evidence::Version { found: *found, expected: *expected }),
            Self::Moved { path, opened, found } => {
                let found = found.map_or("nothing".to_owned(), |it| it.to_string());
                let text = format!("opened: {opened}; in its place now: {found}");
                file(Code::StoreMoved, path).with(Evidence::Detail { source: "store", text })
            }
            Self::Full(refusal) => disk(Code::StoreFull, refusal),
            Self::ReadOnly(refusal) => disk(Code::StoreReadOnly, refusal),
            Self::Permission(refusal) => disk(Code::StorePermission, refusal),
            Self::Io(refusal) => disk(Code::StoreIo, refusal),
            Self::Busy(refusal) => disk(Code::StoreBusy, refusal),
            Self::Corrupt(refusal) => disk(Code::StoreCorrupt, refusal),
            Self::Closed => Cause::proven(Code::NetStopping),
            Self::NoRandom { errno } => Cause::no_random(*errno),
            Self::MaildropLocked => Cause::proven(Code::Pop3MaildropLocked),
            Self::MailboxFull { address, quota, used } => Cause::proven(Code::SmtpRcptFull)
                .with(Evidence::Address {
                    role: AddressRole::Recipient,
                    raw: address.clone().into_bytes(),
                })
                .with(Evidence::Limit {
                    limit: Limit::MailboxOctets,
                    most: *quota,
                    seen: Some(*used),
                }),
            Self::AccountUnknown { name } => named(Code::AccountUnknown, name),
            Self::AccountExists { name } => named(Code::AccountExists, name),
            Self::AliasCircle { name, way } => named(Code::AccountCircle, name)
                .with(Evidence::Found { raw: way.join(" > ").into_bytes() }),
            Self::AliasChain { name, way } => named(Code::AccountChain, name)
                .with(Evidence::Found { raw: way.join(" > ").into_bytes() })
                .with(Resolution::most_steps()),
            Self::AliasTarget { name, targets } => named(Code::AccountTargetUnknown, name)
                .with(Evidence::Found { raw: targets.join(", ").into_bytes() }),
            Self::AccountAddress { name, fault } => {
                let cause = named(Code::AccountAddressInvalid, name);
                let Some(fault) = *fault else { return cause };
                let found = name.get(fault.offset..).and_then(|rest| rest.chars().next());
                let raw = found.map(String::from).unwrap_or_default().into_bytes();
                cause.with(Evidence::Found { raw }).with(Evidence::Syntax(fault))
            }
            Self::DomainUnknown { name } => named(Code::DomainUnknown, name),
            Self::DomainConfigured { name } => named(Code::DomainConfigured, name),
            Self::DomainInUse { name, accounts, aliases } => named(Code::DomainInUse, name)
                .with(Evidence::Residents { accounts: *accounts, aliases: *aliases }),
            Self::DomainExists { name } => named(Code::DomainExists, name),
        }
    }

    /// Whether the disk, not the request, is at fault: the same may succeed later.
    pub fn is_disk(&self) -> bool {
        matches!(
            self,
            Self::Full(_)
                | Self::ReadOnly(_)
                | Self::Permission(_)
                | Self::Io(_)
                | Self::Busy(_)
                | Self::Corrupt(_)
                | Self::Moved { .. }
        )
    }

    /// A full disk that a copy was to go to is no fault of the store.
    pub(crate) fn of_copy(self, to: &Path) -> Self {
        match &self {
            Self::Full(Refusal::System { path, .. } | Refusal::Database { path, .. })
                if path.starts_with(to) =>
            {
                Self::NoRoom { path: to.to_owned() }
            }
            _ => self,
        }
    }

    /// From a refusal of the operating system.
    pub(crate) fn system(operation: IoOperation, path: &Path, error: &io::Error) -> Self {
        let refusal = Refusal::System {
            operation,
            path: path.to_owned(),
            error: error.kind(),
            errno: error.raw_os_error(),
        };
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(refusal),
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(refusal),
            io::ErrorKind::PermissionDenied => Self::Permission(refusal),
            _ => Self::Io(refusal),
        }
    }

    /// From a refusal of SQLite.
    pub(crate) fn database(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as E;
        let code = error.sqlite_error().map_or(0, |error| error.extended_code);
        let refusal = Refusal::Database { code, path: path.to_owned() };
        match error.sqlite_error_code() {
            Some(E::DiskFull) => Self::Full(refusal),
            Some(E::ReadOnly) => Self::ReadOnly(refusal),
            Some(E::PermissionDenied | E::AuthorizationForStatementDenied) => {
                Self::Permission(refusal)
            }
            Some(E::SystemIoFailure | E::CannotOpen | E::OutOfMemory) => Self::Io(refusal),
            Some(E::DatabaseBusy | E::DatabaseLocked | E::FileLockingProtocolFailed) => {
                Self::Busy(refusal)
            }
            // Whatever else SQLite says to our own statements: the file is not what we wrote.
            _ => Self::Corrupt(refusal),
        }
    }

    /// The file holds a value this program never wrote there.
    pub(crate) fn unexpected(path: &Path) -> Self {
        Self::Corrupt(Refusal::Database { code: 0, path: path.to_owned() })
    }
}

fn file(code: Code, path: &Path) -> Cause {
    Cause::proven(code).with(Evidence::File { path: path.to_owned() })
}

fn body(code: Code, path: &Path, message: MessageId, accounts: &[String]) -> Cause {
    let name = if accounts.is_empty() { "-".to_owned() } else { accounts.join(", ") };
    file(code, path)
        .with(Evidence::Message { id: message.to_string() })
        .with(Evidence::Account { name })
}

fn named(code: Code, name: &str) -> Cause {
    Cause::proven(code)
        .with(Evidence::Address { role: AddressRole::Account, raw: name.as_bytes().to_vec() })
}

fn disk(code: Code, refusal: &Refusal) -> Cause {
    Cause::proven(code).with(match refusal {
        Refusal::System { operation, path, error, errno } => Evidence::Io {
            operation: *operation,
            path: Some(path.clone()),
            error: *error,
            errno: *errno,
        },
        Refusal::Database { code, path } => Evidence::Database { code: *code, path: path.clone() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_are_told_apart() {
        let code = |errno| {
            let error = io::Error::from_raw_os_error(errno);
            Fault::system(IoOperation::Write, Path::new("/x"), &error).cause().code
        };
        // ENOSPC, EDQUOT, EROFS, EACCES, EIO on Linux.
        let codes = [28, 122, 30, 13, 5].map(code);
        let (full, read_only) = (Code::StoreFull, Code::StoreReadOnly);
        assert_eq!(codes, [full, full, read_only, Code::StorePermission, Code::StoreIo]);
    }

    #[test]
    fn where_a_copy_has_no_room_the_store_still_has() {
        let error = io::Error::from_raw_os_error(28);
        let full = |path: &str| Fault::system(IoOperation::Write, Path::new(path), &error);
        let to = Path::new("/backup/a");
        assert_eq!(full("/backup/a/store.db").of_copy(to), Fault::NoRoom { path: to.into() });
        assert_eq!(full("/data/store.db").of_copy(to), full("/data/store.db"));
        let failure = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(13), None);
        let database = Fault::database(&to.join("store.db"), &failure);
        assert_eq!(database.of_copy(to).cause().code, Code::StoreCopyFull);
    }

    #[test]
    fn errors_of_sqlite_are_told_apart() {
        let code = |code| {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            Fault::database(Path::new("/x"), &error).cause()
        };
        for (number, wanted) in [
            (13, Code::StoreFull),
            (8, Code::StoreReadOnly),
            (3, Code::StorePermission),
            (1034, Code::StoreIo),
            (14, Code::StoreIo),
            (5, Code::StoreBusy),
            (11, Code::StoreCorrupt),
            (26, Code::StoreCorrupt),
            (1, Code::StoreCorrupt),
        ] {
            let cause = code(number);
            assert_eq!(cause.code, wanted, "{number}");
            assert_eq!(cause.evidence, [Evidence::Database { code: number, path: "/x".into() }]);
        }
    }
}
