//! The profile of Thunderbird on the disk: which folder it is, its files, and whether it is in use.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_doctor::Outbox;
use hikyaku_profile::thunderbird::{Folder, outbox_folder};
use hikyaku_profile::{Prefs, outbox, profiles};

use super::account::io;

/// The settings.
pub(super) const PREFS: &str = "prefs.js";
/// What a person may add to them by hand; it goes before them at every start.
pub(super) const USER: &str = "user.js";
/// Where Thunderbird is told which profiles there are.
const PROFILES: &str = "profiles.ini";
/// Settings of the size of a mailbox are none.
const PREFS_OCTETS: u64 = 32 * 1024 * 1024;

/// A profile.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) folder: PathBuf,
}

impl Profile {
    /// The profile in a folder, or the one that Thunderbird takes by itself of those below it.
    pub(super) fn open(folder: &Path) -> Result<Self, Cause> {
        if folder.join(PREFS).is_file() {
            return Ok(Self { folder: folder.to_owned() });
        }
        let here = |code| Cause::proven(code).with(Evidence::File { path: folder.to_owned() });
        let Ok(ini) = fs::read_to_string(folder.join(PROFILES)) else {
            return Err(here(Code::ClientProfileMissing));
        };
        let installs = fs::read_to_string(folder.join("installs.ini")).ok();
        let (all, default) = profiles::profiles(&ini, installs.as_deref());
        let place = |profile: &profiles::Profile| {
            if profile.is_relative { folder.join(&profile.path) } else { (&profile.path).into() }
        };
        match default {
            Some(profile) if place(&profile).join(PREFS).is_file() => {
                Ok(Self { folder: place(&profile) })
            }
            None if all.len() > 1 => {
                let paths: Vec<_> = all.iter().map(|it| place(it).display().to_string()).collect();
                let raw = paths.join(", ").into_bytes();
                Err(here(Code::ClientProfileSeveral).with(Evidence::Found { raw }))
            }
            _ => Err(here(Code::ClientProfileMissing)),
        }
    }

    /// Its preferences as Thunderbird has them after its start.
    pub(super) fn prefs(&self) -> Result<Prefs, Cause> {
        let prefs = Prefs::parse(&self.octets(PREFS)?);
        let user = if self.folder.join(USER).exists() { self.octets(USER)? } else { Vec::new() };
        Ok(prefs.with_user(Prefs::parse(&user)))
    }

    /// One of its files.
    pub(super) fn octets(&self, name: &str) -> Result<Vec<u8>, Cause> {
        let file = self.folder.join(name);
        bounded(&file, PREFS_OCTETS).map_err(|error| io(&file, IoOperation::Read, &error))
    }

    /// What waits to be sent; nothing where the profile has no such folder.
    pub(super) fn outbox(
        &self,
        prefs: &Prefs,
        is_own: impl Fn(&str) -> bool,
    ) -> Result<Option<Outbox>, Cause> {
        let file = match outbox_folder(prefs) {
            Folder::InProfile(path) => self.folder.join(path),
            Folder::Elsewhere(path) => PathBuf::from(path),
        };
        // Where each mail is a file of its own, the folder has other folders for them.
        if !file.is_file() {
            return Ok(None);
        }
        let read = File::open(&file).and_then(|mbox| outbox(BufReader::new(mbox), is_own));
        read.map(Some).map_err(|error| io(&file, IoOperation::Read, &error))
    }

    /// Takes the profile for as long as the result lives, as Thunderbird itself would: it does not
    /// start meanwhile. Refused while it runs.
    pub(super) fn take(&self) -> Result<Taken, Cause> {
        let in_use = || {
            let path = self.folder.clone();
            Cause::proven(Code::ClientProfileInUse).with(Evidence::File { path })
        };
        // On Windows the file is there while the program runs, and no longer.
        if self.folder.join("parent.lock").exists() {
            return Err(in_use());
        }
        let file = self.folder.join(".parentlock");
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&file);
        let lock = opened.map_err(|error| io(&file, IoOperation::Write, &error))?;
        let how = rustix::fs::FlockOperation::NonBlockingLockExclusive;
        if rustix::fs::fcntl_lock(&lock, how).is_err() || self.is_linked() {
            return Err(in_use());
        }
        Ok(Taken { _lock: lock })
    }

    /// `lock` leads to `ADDRESS:+PID`. The `+` says that whoever made it holds the other lock too,
    /// which was free: then it is left over from a crash. Without it, the process decides.
    fn is_linked(&self) -> bool {
        let Ok(target) = fs::read_link(self.folder.join("lock")) else { return false };
        let target = target.to_string_lossy();
        let Some((_, owner)) = target.rsplit_once(':') else { return false };
        let pid = owner.parse().ok().and_then(rustix::process::Pid::from_raw);
        let is_there = |pid| rustix::process::test_kill_process(pid).is_ok();
        !owner.starts_with('+') && pid.is_some_and(is_there)
    }
}

/// A profile that nobody else can use.
#[derive(Debug)]
pub(super) struct Taken {
    _lock: File,
}

/// A file that may not be larger.
pub(super) fn bounded(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    File::open(file)?.take(most + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(octets)
}
