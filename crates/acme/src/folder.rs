//! The folder: what is written there is there whole or not at all, for its owner alone.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_mail::Domain;
use hikyaku_net::CertificateFiles;
use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, openat, renameat, unlinkat};
use rustix::io::Errno;

const FOLDER: &str = "acme";
const ACCOUNT: &str = "account.json";
const NEXT_ACCOUNT: &str = "account.next.json";
const ATTEMPTS: &str = "attempts.json";
const WISH: &str = "renew";
const LOCK: &str = "lock";

/// Where everything lies.
///
/// An administrator's command writes here with more rights than the service, to which the folder
/// belongs: whoever has taken the service over must not lead it to files elsewhere. So what is
/// written is named within the open folder, links are never followed, and the owner of a file is
/// changed only where this program has just made it.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// The right to speak with the authority: one program at a time, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "it holds while it is open")] Option<File>);

impl Folder {
    /// Below the data folder of a server.
    pub(crate) fn within(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    /// The account's key and what the authority calls it.
    pub(crate) fn account(&self) -> PathBuf {
        self.0.join(ACCOUNT)
    }

    /// The same with the key that it is to have next; there while nobody knows whether it has.
    pub(crate) fn next_account(&self) -> PathBuf {
        self.0.join(NEXT_ACCOUNT)
    }

    /// Now it is known.
    pub(crate) fn forget_next_account(&self) {
        self.remove(&self.next_account());
    }

    /// What was tried.
    pub(crate) fn attempts(&self) -> PathBuf {
        self.0.join(ATTEMPTS)
    }

    /// Whether somebody wants everything renewed now; the wish is taken away.
    pub(crate) fn take_wish(&self) -> bool {
        fs::remove_file(self.0.join(WISH)).is_ok()
    }

    /// Wants everything renewed now.
    pub(crate) fn wish(&self) -> Result<(), Cause> {
        self.write(&self.0.join(WISH), b"")
    }

    /// Whether a wish was not seen yet.
    pub(crate) fn has_wish(&self) -> bool {
        self.0.join(WISH).exists()
    }

    /// Wants the certificate of one name renewed now.
    pub(crate) fn wish_for(&self, name: &Domain) -> Result<(), Cause> {
        self.write(&self.wished(name), b"")
    }

    /// Whether that was not seen yet.
    pub(crate) fn has_wish_for(&self, name: &Domain) -> bool {
        self.wished(name).exists()
    }

    /// Whether it is wanted; the wish is taken away.
    pub(crate) fn take_wish_for(&self, name: &Domain) -> bool {
        self.remove(&self.wished(name))
    }

    fn wished(&self, name: &Domain) -> PathBuf {
        self.0.join(format!("{name}.renew"))
    }

    /// Notes that the certificate of a name is not to be used any more, nor its key.
    pub(crate) fn note_revocation(&self, name: &Domain) -> Result<(), Cause> {
        self.write(&self.revocation(name), b"")
    }

    /// Whether that was noted, and not taken back or seen to.
    pub(crate) fn has_revocation(&self, name: &Domain) -> bool {
        self.revocation(name).exists()
    }

    /// Takes it back, or has seen to it.
    pub(crate) fn forget_revocation(&self, name: &Domain) {
        self.remove(&self.revocation(name));
    }

    fn revocation(&self, name: &Domain) -> PathBuf {
        self.0.join(format!("{name}.revoked"))
    }

    /// The certificate of a name of which it is not known whether the authority has revoked it; it
    /// may have been replaced since.
    pub(crate) fn unclear(&self, name: &Domain) -> PathBuf {
        self.0.join(format!("{name}.unclear"))
    }

    /// Now it is known.
    pub(crate) fn forget_unclear(&self, name: &Domain) {
        self.remove(&self.unclear(name));
    }

    /// Nothing while another program speaks with the authority. Where there can be no lock (a disk
    /// that takes nothing), what fails says so itself.
    pub(crate) fn hold(&self) -> Option<Held> {
        let Ok(file) = self.lock() else { return Some(Held(None)) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            _ => Some(Held(Some(file))),
        }
    }

    fn lock(&self) -> io::Result<File> {
        let folder = self.open()?;
        match create(&folder, Path::new(LOCK)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // A pipe put there must not keep an administrator waiting.
                let found = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                Ok(openat(&folder, LOCK, found, Mode::empty())?.into())
            }
            made => made,
        }
    }

    /// The certificate of a name: key and chain in one file, so that they never belong to different
    /// ones.
    pub(crate) fn files(&self, name: &Domain) -> CertificateFiles {
        let file = self.0.join(format!("{name}.pem"));
        CertificateFiles { chain: file.clone(), key: file }
    }

    /// What stands in a file; nothing where there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Cause> {
        match fs::read(path) {
            Ok(octets) => Ok(Some(octets)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fault(IoOperation::Read, path, &error)),
        }
    }

    /// Puts a file in place; it is on the disk when this returns.
    pub(crate) fn write(&self, path: &Path, octets: &[u8]) -> Result<(), Cause> {
        self.put(path, octets).map_err(|error| fault(IoOperation::Write, path, &error))
    }

    fn put(&self, path: &Path, octets: &[u8]) -> io::Result<()> {
        let folder = self.make()?;
        let name = Path::new(path.file_name().unwrap_or_default());
        let mut unfinished = name.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = Path::new(&unfinished);
        let _ = unlinkat(&folder, unfinished, AtFlags::empty());
        let mut file = create(&folder, unfinished)?;
        file.write_all(octets)?;
        file.sync_all()?;
        renameat(&folder, unfinished, &folder, name)?;
        folder.sync_all()
    }

    /// Whether it was there.
    fn remove(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        self.open().is_ok_and(|folder| unlinkat(&folder, name, AtFlags::empty()).is_ok())
    }

    /// The folder itself, never what a link in its place leads to.
    fn open(&self) -> io::Result<File> {
        let itself = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::open(&self.0, itself, Mode::empty())?.into())
    }

    /// The folder, made where there is none. It belongs to whom the data belongs, so that the
    /// service can write there although an administrator's command came first.
    fn make(&self) -> io::Result<File> {
        match self.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            found => return found,
        }
        let data = File::open(self.0.parent().unwrap_or(Path::new("/")))?;
        match mkdirat(&data, FOLDER, Mode::RWXU) {
            Err(Errno::EXIST) => return self.open(),
            made => made?,
        }
        let folder = self.open()?;
        give(&folder, &data);
        Ok(folder)
    }
}

/// A new file for its owner alone. What an administrator's command writes belongs to the service,
/// as the folder does.
fn create(folder: &File, name: &Path) -> io::Result<File> {
    let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = File::from(openat(folder, name, new, Mode::RUSR | Mode::WUSR)?);
    give(&file, folder);
    Ok(file)
}

/// Gives what was just made to the owner of the folder that it was made in.
fn give(made: &File, folder: &File) {
    let (Ok(own), Ok(wanted)) = (made.metadata(), folder.metadata()) else { return };
    if (own.uid(), own.gid()) != (wanted.uid(), wanted.gid()) {
        // Whoever may not give it away could not have taken it from the service either.
        let _ = fchown(made, Some(wanted.uid()), Some(wanted.gid()));
    }
}

pub(crate) fn fault(operation: IoOperation, path: &Path, error: &io::Error) -> Cause {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::StoreFull,
        io::ErrorKind::ReadOnlyFilesystem => Code::StoreReadOnly,
        io::ErrorKind::PermissionDenied => Code::StorePermission,
        _ => Code::StoreIo,
    };
    Cause::proven(code).with(Evidence::io(operation, Some(path.to_owned()), error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    #[test]
    fn files_are_for_their_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::within(data.path());
        let path = folder.account();
        assert_eq!(Folder::read(&path).unwrap(), None);
        for text in [b"one".as_slice(), b"two"] {
            folder.write(&path, text).unwrap();
            assert_eq!(Folder::read(&path).unwrap().as_deref(), Some(text));
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&data.path().join("acme"))), (0o600, 0o700));
        assert_eq!(fs::read_dir(data.path().join("acme")).unwrap().count(), 1);
    }

    #[test]
    fn one_program_speaks_with_the_authority_at_a_time() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::within(data.path());
        assert!(folder.hold().is_some(), "there is no folder yet");
        folder.wish().unwrap();
        let held = folder.hold();
        assert!(held.is_some() && folder.hold().is_none());
        drop(held);
        assert!(folder.hold().is_some());
    }

    /// Only a link to a file of another owner can show it: the test gives one away, for which it
    /// needs the rights of the administrator, and else looks at what is written alone.
    #[test]
    fn links_that_the_service_puts_there_lead_nowhere() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::within(data.path());
        folder.wish().unwrap();
        let inside = data.path().join("acme");
        let is_given = chown(&inside, Some(12_345), Some(12_345)).is_ok();
        let victim = data.path().join("victim");
        fs::write(&victim, "secret").unwrap();
        let owner = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
        let before = owner(&victim);

        for name in [LOCK, ACCOUNT, "account.json.new"] {
            symlink(&victim, inside.join(name)).unwrap();
        }
        assert!(folder.hold().is_some());
        folder.write(&folder.account(), b"key").unwrap();
        // A second name of the same file is as good as a link.
        fs::remove_file(inside.join(LOCK)).unwrap();
        fs::hard_link(&victim, inside.join(LOCK)).unwrap();
        assert!(folder.hold().is_some());
        assert_eq!((owner(&victim), fs::read(&victim).unwrap()), (before, b"secret".to_vec()));
        assert_eq!(fs::read(folder.account()).unwrap(), b"key");

        fs::remove_file(inside.join(LOCK)).unwrap();
        assert!(folder.hold().is_some());
        for path in [folder.account(), inside.join(LOCK)] {
            assert_eq!(owner(&path) == 12_345, is_given, "{path:?}");
        }
    }

    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let data = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), data.path().join("acme")).unwrap();
        let folder = Folder::within(data.path());
        assert!(folder.wish().is_err() && folder.hold().is_some());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_folder_belongs_to_whom_the_data_belongs() {
        let data = tempfile::tempdir().unwrap();
        let is_given = chown(data.path(), Some(12_345), Some(12_345)).is_ok();
        let folder = Folder::within(data.path());
        folder.wish().unwrap();
        for path in [data.path().join("acme"), data.path().join("acme/renew")] {
            let found = fs::metadata(&path).unwrap();
            assert_eq!((found.uid() == 12_345, found.gid() == 12_345), (is_given, is_given));
        }
    }

    #[test]
    fn a_wish_is_taken_once() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::within(data.path());
        assert!(!folder.take_wish());
        folder.wish().unwrap();
        assert!(folder.has_wish() && folder.take_wish() && !folder.take_wish());
    }
}
