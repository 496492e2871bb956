//! Postfix as a client that hands everything to one next server.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use super::super::home::Home;
use super::super::{Handover, NextHop, Outcome, Report, Trust};
use crate::child::Guard;
use crate::fault::{At, Fault};
use crate::root::Root;
use crate::wait;

/// How long Postfix may take to start; it makes its spool first.
const START: Duration = Duration::from_secs(30);

/// A running Postfix that relays what it is given.
#[derive(Debug)]
pub struct Sender {
    root: Root,
    home: Home,
    _guard: Guard,
}

impl Sender {
    /// Starts one and waits until it takes messages.
    pub fn start(next: &NextHop) -> Result<Self, Fault> {
        let root = super::root()?;
        let home = Home::new("postfix", None)?;
        let hosts = format!("127.0.0.1 localhost\n{} {}\n", next.address.ip(), next.name);
        home.write("hosts", &hosts)?;
        if let Trust::Verified(authority) = &next.trust {
            home.copy(authority, "ca.pem")?;
        }
        let guard = super::start(&root, &home, &main_settings(next), "", &[])?;
        let sender = Self { root, home, _guard: guard };
        if wait::until(START, || sender.home.read("postfix.log").contains("daemon started")) {
            return Ok(sender);
        }
        Err(sender.timed_out("the start of Postfix", START))
    }

    /// Hands over one message (header and body, LF or CRLF) and waits until Postfix has said of
    /// every recipient what became of it.
    pub fn send(
        &self,
        from: &str,
        to: &[&str],
        message: &[u8],
        limit: Duration,
    ) -> Result<Report, Fault> {
        let before = self.home.read("postfix.log").len();
        self.sendmail(from, to, message)?;
        let mut log = String::new();
        let done = wait::until(limit, || {
            log = self.home.read("postfix.log").split_off(before);
            log.lines().filter_map(handover).count() >= to.len()
        });
        if done { Ok(report(log)) } else { Err(self.timed_out("handing over", limit)) }
    }

    fn sendmail(&self, from: &str, to: &[&str], message: &[u8]) -> Result<(), Fault> {
        let mut command = self.root.command_with(&super::binds(&self.home), "sendmail");
        command.args(["-i", "-f", from, "--"]).args(to);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = || "sendmail".to_owned();
        let start = |source| Fault::Start { program: program(), source };
        let mut child = command.spawn().map_err(start)?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end before it has read all; its exit status says why.
            let _unread = stdin.write_all(message);
        }
        let output = child.wait_with_output().at(&self.home.path(""))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Fault::Failed { program: program(), status: output.status, said })
    }

    fn timed_out(&self, what: &str, waited: Duration) -> Fault {
        Fault::TimedOut { what: what.to_owned(), waited, log: super::logs(&self.home) }
    }
}

fn main_settings(next: &NextHop) -> String {
    let tls = match next.trust {
        // `secure` wants the certificate to name the next hop, not what DNS says of it.
        Trust::Verified(_) => {
            "smtp_tls_security_level = secure\nsmtp_tls_CAfile = /srv/peer/ca.pem\n"
        }
        Trust::Encrypted => "smtp_tls_security_level = encrypt\n",
    };
    format!(
        "relayhost = [{}]:{}\n{tls}\
         smtp_tls_loglevel = 1\n\
         smtp_dns_support_level = disabled\n\
         local_transport = error:no local mail here\n",
        next.name,
        next.address.port(),
    )
}

fn report(log: String) -> Report {
    let handovers = log.lines().filter_map(handover).collect();
    let tls = log.lines().find_map(|line| {
        let session = line.find(" TLS connection established")?;
        let from = line.get(..session)?.rfind(": ")?;
        Some(line.get(from + 2..)?.to_owned())
    });
    Report { handovers, tls, log }
}

/// Reads `... to=<a@b>, ..., status=sent (250 ok)`; see Postfix's smtp(8).
fn handover(line: &str) -> Option<Handover> {
    let recipient = line.split_once(" to=<")?.1.split_once('>')?.0.to_owned();
    let (status, said) = line.split_once(" status=")?.1.split_once(' ')?;
    let outcome = match status {
        "sent" => Outcome::Sent,
        "deferred" => Outcome::Deferred,
        "bounced" => Outcome::Refused,
        _ => return None,
    };
    Some(Handover { recipient, outcome, said: said.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_log() {
        let log = "Jan  1 10:00:00 h postfix/smtp[9]: Verified TLS connection established to \
            mx.y.test[127.0.0.1]:2525: TLSv1.3 with cipher X\n\
            Jan  1 10:00:00 h postfix/smtp[9]: 4A: to=<b@y.test>, relay=mx.y.test[127.0.0.1]:2525, \
            delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 ok)\n";
        let report = report(log.to_owned());
        assert_eq!(report.handovers.len(), 1);
        assert_eq!(report.handovers[0].outcome, Outcome::Sent);
        assert_eq!(report.handovers[0].said, "(250 2.0.0 ok)");
        assert!(
            report.tls.unwrap().starts_with("Verified TLS connection established to mx.y.test")
        );
    }
}
