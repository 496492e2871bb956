//! A mount namespace of our own for the checks that mount disks.
//!
//! Mounts made in it are seen by nobody else, so nobody else can keep them busy, and they go with
//! the last process of the run, however that ends.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

/// Set for the program once it runs in its own namespace.
const MARK: &str = "HIKYAKU_XTASK_OWN_MOUNTS";
const UNSHARE: [&str; 4] = ["--mount", "--propagation", "private", "--"];

/// Whether this process has a mount namespace of its own.
pub(crate) fn are_ours() -> bool {
    env::var_os(MARK).is_some()
}

/// Starts this program again, in its own namespace and in the place of this process, where that is
/// allowed; else simply returns, and the checks that need it are skipped.
pub(crate) fn take() {
    let Ok(program) = env::current_exe() else { return };
    if !are_ours() && are_allowed() {
        let mut again = Command::new("unshare");
        again.args(UNSHARE).arg(program).args(env::args_os().skip(1)).env(MARK, "1");
        let _returns_only_when_it_failed = again.exec();
    }
}

fn are_allowed() -> bool {
    let mut probe = Command::new("unshare");
    probe
        .args(UNSHARE)
        .arg("true")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}
