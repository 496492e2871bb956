//! Programs of the host that checks need, and getting them where that is allowed.
//!
//! Only tools are ever installed here (mmdebstrap, e2fsprogs, a C++ compiler). Mail programs go
//! into roots of their own, never onto the contributor's host.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program and the Debian package that brings it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// Looked for in `PATH`, `/sbin` and `/usr/sbin`.
    pub(crate) program: &'static str,
    /// Installed when it is missing.
    pub(crate) package: &'static str,
}

/// What making and entering roots needs.
pub(crate) const ROOTS: [Need; 3] = [
    Need { program: "mmdebstrap", package: "mmdebstrap" },
    Need { program: "unshare", package: "util-linux" },
    Need { program: "setpriv", package: "util-linux" },
];

/// What a disk that can be struck needs.
pub(crate) const DISKS: [Need; 6] = [
    Need { program: "mkfs.ext4", package: "e2fsprogs" },
    Need { program: "losetup", package: "mount" },
    Need { program: "mount", package: "mount" },
    Need { program: "umount", package: "mount" },
    Need { program: "perl", package: "perl-base" },
    Need { program: "setpriv", package: "util-linux" },
];

/// What a line with firewall rules needs.
pub(crate) const LINES: [Need; 3] = [
    Need { program: "ip", package: "iproute2" },
    Need { program: "nft", package: "nftables" },
    Need { program: "unshare", package: "util-linux" },
];

/// What a wrong clock needs.
pub(crate) const CLOCKS: [Need; 1] = [Need { program: "faketime", package: "faketime" }];

/// What libFuzzer needs: it is C++.
pub(crate) const FUZZING: [Need; 1] = [Need { program: "c++", package: "g++" }];

/// All of them.
pub(crate) fn all() -> Vec<Need> {
    [ROOTS.as_slice(), &DISKS, &LINES, &CLOCKS, &FUZZING].concat()
}

/// Sees to it that all are there: `Err` holds the reason for a skip.
pub(crate) fn ensure(needs: &[Need]) -> Result<(), String> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let refused = |why: &str| Err(format!("{} not installed ({why})", packages.join(", ")));
    if env::var_os("HIKYAKU_NO_INSTALL").is_some() {
        return refused("HIKYAKU_NO_INSTALL is set");
    }
    if !is_root() {
        return refused("installing needs root");
    }
    if find("apt-get").is_none() {
        return refused("no apt-get here");
    }
    eprintln!("installing {}", packages.join(" "));
    apt(&["update"]);
    apt(&[&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat());
    if self::missing(needs).is_empty() { Ok(()) } else { refused("apt-get could not") }
}

/// Whether this program runs as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn missing(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| find(need.program).is_none()).collect()
}

fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian leaves the sbin folders out of a plain user's PATH.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| Path::is_file(file))
}

fn apt(arguments: &[&str]) {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    // Whether it worked is seen by looking for the programs afterwards.
    let _ended = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
}
