//! A Debian root of its own below the lab's folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bootstrap::{self, Plan};
use crate::child;
use crate::enter::{self, Bind};
use crate::fault::{At, Unavailable};
use crate::folder::lab_folder;

/// A Debian root with some packages, below the lab's folder.
///
/// It is made once and used again until the wanted packages change.
#[derive(Debug, Clone)]
pub struct Root {
    path: PathBuf,
}

impl Root {
    /// Makes the root `name` with `packages` (and what they depend on, no recommends), or takes
    /// the one that is already there.
    ///
    /// Making one takes half a minute. Any number of threads and processes may ask for the same
    /// name at once: one makes it, the others wait. A half-made root is never used: it is built
    /// under another name and renamed when whole.
    pub fn ensure(name: &str, packages: &[&str]) -> Result<Self, Unavailable> {
        Self::ensure_of(name, packages, None)
    }

    /// As [`Root::ensure`], of another release of Debian than the host's where one is named.
    pub fn ensure_of(
        name: &str,
        packages: &[&str],
        release: Option<&str>,
    ) -> Result<Self, Unavailable> {
        enter::check_host()?;
        let roots = lab_folder().join("roots");
        fs::create_dir_all(&roots).unavailable_at(&roots)?;
        let lock = roots.join(format!("{name}.lock"));
        let held = File::create(&lock).unavailable_at(&lock)?;
        held.lock().unavailable_at(&lock)?;
        let path = roots.join(name);
        let plan = Plan::new(packages, release)?;
        if !plan.is_met_by(&path) {
            bootstrap::make(&plan, &path)?;
        }
        Ok(Self { path })
    }

    /// The root's folder as the host sees it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A command that runs `program` inside the root, with `/proc`, `/dev` and `/sys`, in a mount
    /// and a PID namespace of its own and the network of the host (so loopback is shared).
    ///
    /// `program` is looked up inside the root. Arguments, environment, standard input and output
    /// are set on the returned command as usual. When the process that was started is killed,
    /// everything it started inside dies with it, and its mounts go with the namespace.
    pub fn command(&self, program: &str) -> Command {
        self.command_with(&[], program)
    }

    /// As [`Root::command`], with files and folders of the host laid over paths inside the root.
    pub fn command_with(&self, binds: &[Bind], program: &str) -> Command {
        enter::complete(Command::new("unshare"), &self.path, binds, program)
    }

    /// As [`Root::command_with`], for [`Guard::start`](crate::child::Guard::start): it ends with
    /// this program.
    pub fn guarded(&self, binds: &[Bind], program: &str) -> Command {
        enter::complete(child::tied("unshare"), &self.path, binds, program)
    }
}
