//! The folder of one run.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use tempfile::TempDir;

use super::figure::median;
use crate::tls::{self, Issued};

/// The folder of one run, gone at its end, and the certificate all servers of the run share.
#[derive(Debug)]
pub(super) struct Place {
    folder: TempDir,
    pub(super) issued: Issued,
    /// Held as long as the run: two measurements at a time would measure each other.
    _lock: File,
}

/// Tries of [`Place::flush_millis`].
const FLUSHES: usize = 21;

/// Prefix of the folders of runs.
const RUN: &str = "run-";

impl Place {
    /// A new folder below `dir`. What runs that were killed have left there is removed.
    pub(super) fn new(dir: &Path) -> anyhow::Result<Self> {
        let dir = std::path::absolute(dir)?;
        let named = || dir.display().to_string();
        fs::create_dir_all(&dir).with_context(named)?;
        let lock = File::create(dir.join("lock")).with_context(named)?;
        lock.try_lock().context("another measurement is running")?;
        for entry in fs::read_dir(&dir).with_context(named)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(RUN) {
                fs::remove_dir_all(entry.path()).with_context(named)?;
            }
        }
        let folder = tempfile::Builder::new().prefix(RUN).tempdir_in(&dir).with_context(named)?;
        let certificates = folder.path().join("tls");
        fs::create_dir(&certificates).with_context(named)?;
        let issued = tls::issue(&certificates)?;
        Ok(Self { folder, issued, _lock: lock })
    }

    /// A folder of its own for one server.
    pub(super) fn for_server(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How long the disk takes to make 4 KB stable, in milliseconds: the median of some tries. All
    /// servers that store anything wait for this.
    pub(super) fn flush_millis(&self) -> anyhow::Result<f64> {
        let mut file = File::create(self.folder.path().join("flush"))?;
        let tries: Result<Vec<f64>, io::Error> = (0..FLUSHES)
            .map(|_| {
                let begun = Instant::now();
                file.write_all(&[0; 4096])?;
                file.sync_data()?;
                Ok(begun.elapsed().as_secs_f64() * 1e3)
            })
            .collect();
        Ok(median(&tries?))
    }

    /// A handle on the disk everything lies on.
    pub(super) fn disk(&self) -> anyhow::Result<File> {
        Ok(File::open(self.folder.path())?)
    }
}
