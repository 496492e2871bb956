//! The folder of one running peer.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::enter::Bind;
use crate::fault::{At, Fault};
use crate::folder::lab_folder;

/// Configuration, spool and log of one peer, on the host.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    /// Removes the folder at the end, where the caller named none.
    _temporary: Option<TempDir>,
}

impl Home {
    /// A folder at `wanted`, which then stays, or a temporary one below the lab's folder.
    pub(crate) fn new(name: &str, wanted: Option<&Path>) -> Result<Self, Fault> {
        let (path, temporary) = if let Some(path) = wanted {
            (path.to_owned(), None)
        } else {
            let all = lab_folder().join("run");
            fs::create_dir_all(&all).at(&all)?;
            let temporary = tempfile::Builder::new().prefix(name).tempdir_in(&all).at(&all)?;
            (temporary.path().to_owned(), Some(temporary))
        };
        let home = Self { path, _temporary: temporary };
        home.folder("")?;
        Ok(home)
    }

    /// The path of something in this folder, as the host sees it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes a folder the unprivileged parts of a peer can enter.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Fault> {
        let path = self.path(name);
        fs::create_dir_all(&path).at(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755)).at(&path)?;
        Ok(path)
    }

    /// Writes a file everyone may read.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Fault> {
        let path = self.path(name);
        fs::write(&path, text).at(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o644)).at(&path)?;
        Ok(path)
    }

    /// Copies a file of the host in, for the peer's eyes whatever the original's rights are.
    pub(crate) fn copy(&self, from: &Path, name: &str) -> Result<PathBuf, Fault> {
        let text = fs::read_to_string(from).at(from)?;
        self.write(name, &text)
    }

    /// Lays something of this folder over a path inside the root.
    pub(crate) fn bind(&self, name: &str, inside: &str) -> Bind {
        Bind { host: self.path(name), inside: inside.into() }
    }

    /// A whole file, or nothing when it isn't there yet.
    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap_or_default()).into_owned()
    }

    /// The last lines of a log, for errors.
    pub(crate) fn tail(&self, name: &str) -> String {
        let all = self.read(name);
        let mut last: Vec<&str> = all.lines().rev().take(15).collect();
        last.reverse();
        last.join("\n")
    }
}
