//! Going into a root: namespaces, mounts, chroot.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::fault::Unavailable;

/// A file or folder of the host that is seen at another path inside a root.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The path on the host; it must exist.
    pub host: PathBuf,
    /// The absolute path inside the root; a folder is made when it is missing.
    pub inside: PathBuf,
}

/// Names the host in the environment; a name only where the command has a UTS namespace of its own.
pub(crate) const HOST_NAME: &str = "HIKYAKU_LAB_HOST";

/// Runs as the first process of the new namespaces. `$1` is the root, `$2` the number of binds,
/// then a pair of paths for each, then the program with its arguments.
///
/// `unshare` has made the whole tree private, so no mount made here reaches the host.
///
/// The shell stays as the first process, rather than becoming the program: the kernel forgets that
/// a process is to die with its parent when that process changes its user, as mail servers do. The
/// shell never does, and when it dies the namespace dies with it.
const ENTER: &str = r#"
set -e
root=$1; binds=$2; shift 2
if [ -n "${HIKYAKU_LAB_HOST:-}" ]; then echo "$HIKYAKU_LAB_HOST" > /proc/sys/kernel/hostname; fi
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
while [ "$binds" -gt 0 ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; elif [ ! -e "$root$2" ]; then touch "$root$2"; fi
  mount --bind "$1" "$root$2"
  binds=$((binds - 1)); shift 2
done
set +e
chroot "$root" "$@"
exit "$?"
"#;

/// Completes `command`, which starts `unshare`, to one that runs `program` inside `root`.
pub(crate) fn complete(
    mut command: Command,
    root: &Path,
    binds: &[Bind],
    program: &str,
) -> Command {
    // With a PID namespace of its own a daemon can't outlive the command: the kernel ends the
    // whole namespace with its first process, whatever has forked away from it.
    command.args(["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]);
    command.args(["--", "sh", "-c", ENTER, "enter"]).arg(root).arg(binds.len().to_string());
    for bind in binds {
        command.arg(&bind.host).arg(&bind.inside);
    }
    command.arg(program);
    command.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.env("LANG", "C.UTF-8").env("HOME", "/root");
    command
}

/// Says what this machine lacks for making and entering roots, if anything.
///
/// A host that has once been found fit is not asked again: the question takes a tenth of a second,
/// and a run of all checks asks a thousand times.
pub(crate) fn check_host() -> Result<(), Unavailable> {
    static FIT: OnceLock<()> = OnceLock::new();
    if FIT.get().is_none() {
        look_at_host()?;
        let _already = FIT.set(());
    }
    Ok(())
}

fn look_at_host() -> Result<(), Unavailable> {
    if !rustix::process::geteuid().is_root() {
        return Err(Unavailable::NotRoot);
    }
    for (program, package) in
        [("unshare", "util-linux"), ("setpriv", "util-linux"), ("mmdebstrap", "mmdebstrap")]
    {
        if Command::new(program).arg("--version").output().is_err() {
            return Err(Unavailable::NoProgram { program, package });
        }
    }
    let tried = Command::new("unshare").args(["--mount", "--pid", "--fork", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(Unavailable::NoNamespaces { said })
        }
        Err(error) => Err(Unavailable::NoNamespaces { said: error.to_string() }),
    }
}
