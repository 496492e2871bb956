//! The servers that store nothing, each in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::ensure;
use hikyaku_lab::child::{Guard, tied};
use hikyaku_lab::wait;

use super::case::{MAILBOX, SMALL};
use super::subject::Service;
use crate::tls::Issued;

/// The servers that store nothing.
pub(super) struct Ceilings {
    smtp: Ceiling,
    submission: Ceiling,
    pop3s: Ceiling,
}

struct Ceiling {
    address: SocketAddr,
    guard: Guard,
}

impl Ceilings {
    /// Starts them from `bench`, the program this is.
    pub(super) fn start(bench: &Path, issued: &Issued) -> anyhow::Result<Self> {
        let [smtp, submission, pop3s] = wait::free_ports()?;
        let certificate = [
            format!("--chain={}", issued.chain.display()),
            format!("--key={}", issued.key.display()),
        ];
        let start = ["--tls=start".to_owned()];
        let at_once =
            ["--tls=implicit".to_owned(), format!("--holds={MAILBOX}"), format!("--size={SMALL}")];
        Ok(Self {
            smtp: Ceiling::start(bench, "smtp", smtp, &[])?,
            submission: Ceiling::start(
                bench,
                "smtp",
                submission,
                &[&start[..], &certificate].concat(),
            )?,
            pop3s: Ceiling::start(bench, "pop3", pop3s, &[&at_once[..], &certificate].concat())?,
        })
    }

    pub(super) fn address(&self, service: Service) -> SocketAddr {
        self.of(service).address
    }

    pub(super) fn pid(&self, service: Service) -> u32 {
        self.of(service).guard.pid()
    }

    fn of(&self, service: Service) -> &Ceiling {
        match service {
            Service::Smtp => &self.smtp,
            Service::Submission => &self.submission,
            Service::Pop3s => &self.pop3s,
        }
    }
}

impl Ceiling {
    fn start(bench: &Path, kind: &str, port: u16, more: &[String]) -> anyhow::Result<Self> {
        let mut command = tied(&bench.to_string_lossy());
        command.args(["ceiling", kind, "--port", &port.to_string()]).args(more);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let guard = Guard::start(command)?;
        let address = (Ipv4Addr::LOCALHOST, port).into();
        ensure!(wait::for_port(address, Duration::from_secs(10)), "the ceiling does not answer");
        Ok(Self { address, guard })
    }
}
