//! What can go wrong, as facts.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a root can't be had on this machine. The text completes "skipped: NAME: ...".
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// Making and entering a root needs the rights of root.
    #[error("needs root")]
    NotRoot,
    /// A program of the host is missing.
    #[error("{program} is not installed (apt-get install {package})")]
    NoProgram {
        /// The program looked for.
        program: &'static str,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// The host refuses mount namespaces, as many containers do.
    #[error("this machine does not allow mount namespaces: {said}")]
    NoNamespaces {
        /// What `unshare` said.
        said: String,
    },
    /// The host's apt configuration names no mirror of the host's own release.
    #[error("no mirror for release {release:?} in the apt configuration of this machine")]
    NoMirror {
        /// The code name of the host's release, empty where `/etc/os-release` gives none.
        release: String,
    },
    /// `mmdebstrap` or `apt-get` ran and failed; most often the mirror can't be reached.
    #[error("no Debian root could be made ({status}): {said} (all of it in {log})")]
    Bootstrap {
        /// How it ended.
        status: ExitStatus,
        /// Its own error lines.
        said: String,
        /// Where everything it said is kept.
        log: PathBuf,
    },
    /// A file or folder of the lab could not be made or read.
    #[error("{path}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a peer did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Its root can't be had; the caller reports a skip.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A file or folder of the peer could not be made or read.
    #[error("{path}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be started at all.
    #[error("starting {program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended with a failure.
    #[error("{program} failed ({status}): {said}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// Its standard error and output.
        said: String,
    },
    /// What was waited for did not happen in time.
    #[error("{what} did not happen within {waited:?}; the log ends:\n{log}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        waited: Duration,
        /// The end of the peer's log.
        log: String,
    },
    /// What a plan asks for makes no sense.
    #[error("{what}")]
    Plan {
        /// What is wrong, and in which file.
        what: String,
    },
    /// A certificate could not be made.
    #[error("making a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// No free port could be found on a loopback address.
    #[error("no free port: {source}")]
    NoPort {
        /// What the system said.
        source: io::Error,
    },
}

/// Names the path an error belongs to.
pub(crate) trait At<T> {
    /// The error as [`Fault::Disk`].
    fn at(self, path: &std::path::Path) -> Result<T, Fault>;
    /// The error as [`Unavailable::Disk`].
    fn unavailable_at(self, path: &std::path::Path) -> Result<T, Unavailable>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &std::path::Path) -> Result<T, Fault> {
        self.map_err(|source| Fault::Disk { path: path.to_owned(), source })
    }

    fn unavailable_at(self, path: &std::path::Path) -> Result<T, Unavailable> {
        self.map_err(|source| Unavailable::Disk { path: path.to_owned(), source })
    }
}
