//! Postfix, as a receiving server and as a sending client.

mod receive;
mod send;

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;

pub use receive::{Receive, Receiver};
pub use send::Sender;

use super::home::Home;
use crate::child::Guard;
use crate::enter::Bind;
use crate::fault::{At, Fault, Unavailable};
use crate::root::Root;

/// The root Postfix runs from; Dovecot is there for its sign-in.
pub fn root() -> Result<Root, Unavailable> {
    Root::ensure("postfix", &["postfix", "dovecot-core"])
}

/// Settings both roles share. Everything not named here is Postfix's own default, flushing
/// (`fsync`) above all.
const COMMON: &str = "\
compatibility_level = 3.6
myhostname = postfix.lab.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = /srv/peer/postfix.log
maillog_file_prefixes = /srv/peer
append_dot_mydomain = no
biff = no
alias_maps =
alias_database =
";

/// master(5), without a chroot, since the whole runs in one, and without network services.
const SERVICES: &str = "\
postlog   unix-dgram n - n - 1 postlogd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - local
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
";

/// Writes the configuration and starts `master` in the foreground of a PID namespace.
fn start(
    root: &Root,
    home: &Home,
    main: &str,
    services: &str,
    more: &[Bind],
) -> Result<Guard, Fault> {
    for folder in ["etc", "spool", "lib"] {
        home.folder(folder)?;
    }
    home.write("etc/main.cf", &format!("{COMMON}{main}"))?;
    home.write("etc/master.cf", &format!("{services}{SERVICES}"))?;
    let said = File::create(home.path("said.log")).at(&home.path("said.log"))?;
    let copy = said.try_clone().at(&home.path("said.log"))?;
    let mut binds = binds(home);
    binds.extend_from_slice(more);
    // Parts of Postfix that the package keeps in /etc/postfix beside the two files of ours.
    let script = "chown postfix:postfix /var/lib/postfix && exec postfix start-fg";
    let mut command = root.guarded(&binds, "sh");
    command.args(["-c", script]).stdin(Stdio::null()).stdout(said).stderr(copy);
    Guard::start(command)
}

fn binds(home: &Home) -> Vec<Bind> {
    vec![
        home.bind("", "/srv/peer"),
        home.bind("etc/main.cf", "/etc/postfix/main.cf"),
        home.bind("etc/master.cf", "/etc/postfix/master.cf"),
        home.bind("spool", "/var/spool/postfix"),
        home.bind("lib", "/var/lib/postfix"),
        home.bind("hosts", "/etc/hosts"),
    ]
}

fn logs(home: &Home) -> String {
    format!("{}\n{}", home.tail("said.log"), home.tail("postfix.log"))
}

/// The folders of the spool that hold mail on its way.
fn queues(home: &Home) -> [PathBuf; 4] {
    ["maildrop", "incoming", "active", "deferred"].map(|name| home.path("spool").join(name))
}
