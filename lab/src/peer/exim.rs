//! Exim, as a sending client.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use super::home::Home;
use super::{Handover, NextHop, Outcome, Report, Trust};
use crate::fault::{At, Fault, Unavailable};
use crate::root::Root;

/// The configuration inside the root.
const CONFIG: &str = "/srv/peer/exim.conf";

/// The root Exim runs from.
pub fn root() -> Result<Root, Unavailable> {
    Root::ensure("exim", &["exim4-daemon-light"])
}

/// An Exim that hands everything it is given to one next server.
///
/// It needs no daemon: each message is delivered by the process that takes it in.
#[derive(Debug)]
pub struct Sender {
    root: Root,
    home: Home,
}

impl Sender {
    /// Configures one.
    pub fn new(next: &NextHop) -> Result<Self, Fault> {
        let sender = Self { root: root()?, home: Home::new("exim", None)? };
        sender.home.write("hosts", &format!("{} {}\n", next.address.ip(), next.name))?;
        if let Trust::Verified(authority) = &next.trust {
            sender.home.copy(authority, "ca.pem")?;
        }
        sender.home.write("exim.conf", &config(next))?;
        for folder in ["spool", "log"] {
            sender.home.folder(folder)?;
        }
        let script = "chown -R Debian-exim:Debian-exim /srv/peer/spool /srv/peer/log";
        sender.run("sh", &["-c", script], b"")?;
        Ok(sender)
    }

    /// Hands over one message (header and body, LF or CRLF) and waits for the outcome.
    pub fn send(&self, from: &str, to: &[&str], message: &[u8]) -> Result<Report, Fault> {
        let before = self.home.read("log/mainlog").len();
        let mut arguments = vec!["-C", CONFIG, "-odf", "-oi", "-f", from, "--"];
        arguments.extend(to);
        self.run("exim4", &arguments, message)?;
        let log = self.home.read("log/mainlog").split_off(before);
        Ok(report(log))
    }

    fn run(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<(), Fault> {
        let binds = [self.home.bind("", "/srv/peer"), self.home.bind("hosts", "/etc/hosts")];
        let mut command = self.root.command_with(&binds, program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = |source| Fault::Start { program: program.to_owned(), source };
        let mut child = command.spawn().map_err(start)?;
        if let Some(mut stdin) = child.stdin.take() {
            // Exim may end before it has read all; its exit status says why.
            let _unread = stdin.write_all(input);
        }
        let output = child.wait_with_output().at(&self.home.path(""))?;
        if output.status.success() {
            return Ok(());
        }
        let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stdout));
        Err(Fault::Failed { program: program.to_owned(), status: output.status, said })
    }
}

fn config(next: &NextHop) -> String {
    let mut text = String::from(MAIN);
    let tls = match next.trust {
        Trust::Verified(_) => VERIFIED,
        // `*` would still check the name; nothing is to be checked here.
        Trust::Encrypted => "  tls_verify_hosts =\n  tls_try_verify_hosts =\n",
    };
    let _infallible = write!(
        text,
        "begin routers\nnext:\n  driver = manualroute\n  domains = *\n  transport = remote\n  \
         route_list = * {}::{} byname\n  self = send\n\
         begin transports\nremote:\n  driver = smtp\n  allow_localhost\n  hosts_require_tls = *\n  \
         hosts_try_dane =\n{tls}begin retry\n* * F,1h,10m\n",
        next.name,
        next.address.port(),
    );
    text
}

const MAIN: &str = "\
primary_hostname = exim.lab.test
spool_directory = /srv/peer/spool
log_file_path = /srv/peer/log/%slog
log_selector = +tls_cipher +tls_certificate_verified +smtp_confirmation
# A failed message stays a log line; there is nobody to send a bounce to.
bounce_return_message = false
ignore_bounce_errors_after = 0s
never_users =
keep_environment =
# Queries for the local host name would wait for a resolver.
host_lookup =
";

const VERIFIED: &str = "  tls_verify_certificates = /srv/peer/ca.pem
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
";

/// Reads the outcomes from Exim's main log. `=>` and `->` are deliveries, `==` is a deferral, `**`
/// a failure (specification of Exim, chapter 52).
fn report(log: String) -> Report {
    let handovers = log.lines().filter_map(handover).collect();
    let tls = log.lines().find_map(|line| {
        let from = line.find(" X=")?;
        Some(line.get(from + 1..)?.split(" C=").next()?.to_owned())
    });
    Report { handovers, tls, log }
}

fn handover(line: &str) -> Option<Handover> {
    // Date, time, message id, flag, address, the rest.
    let mut words = line.splitn(6, ' ').skip(3);
    let outcome = match words.next()? {
        "=>" | "->" => Outcome::Sent,
        "==" => Outcome::Deferred,
        "**" => Outcome::Refused,
        _ => return None,
    };
    let recipient = words.next()?.trim_end_matches(':').to_owned();
    Some(Handover { recipient, outcome, said: words.next().unwrap_or_default().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_main_log() {
        let log = "2025-01-01 10:00:00 1tAAA-000-00 <= a@x.test U=root P=local S=300\n\
            2025-01-01 10:00:00 1tAAA-000-00 => b@y.test R=next T=remote H=mx.y.test [127.0.0.1] \
            X=TLS1.3:ECDHE:256 CV=yes C=\"250 2.0.0 ok\"\n\
            2025-01-01 10:00:01 1tAAA-000-01 ** c@y.test R=next: 550 no\n\
            2025-01-01 10:00:01 1tAAA-000-01 Completed\n";
        let report = report(log.to_owned());
        assert_eq!(report.handovers.len(), 2);
        assert_eq!(report.handovers[0].outcome, Outcome::Sent);
        assert_eq!(report.handovers[1].recipient, "c@y.test");
        assert_eq!(report.handovers[1].outcome, Outcome::Refused);
        assert_eq!(report.tls.as_deref(), Some("X=TLS1.3:ECDHE:256 CV=yes"));
    }
}
