//! A server under measurement.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;
use hikyaku_lab::peer::{dovecot, postfix};

use super::ceilings::Ceilings;
use super::hikyaku::Hikyaku;

/// What a server is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Mail from other servers, in clear.
    Smtp,
    /// Mail from users, over STARTTLS.
    Submission,
    /// Mailboxes, over TLS at once.
    Pop3s,
}

/// A server under measurement.
pub(super) enum Subject<'a> {
    /// Servers that store nothing.
    Ceiling(&'a mut Ceilings),
    /// Postfix.
    Postfix(&'a mut postfix::Receiver),
    /// Dovecot.
    Dovecot(&'a mut dovecot::Server),
    /// Hikyaku.
    Hikyaku(&'a mut Hikyaku),
}

/// Postfix accepts faster than it delivers; its queue is worked off before others are measured.
const DELIVERY: Duration = Duration::from_mins(3);

impl Subject<'_> {
    /// Where the service is; nothing when this server hasn't it.
    pub(super) fn address(&self, service: Service) -> Option<SocketAddr> {
        match (self, service) {
            (Self::Ceiling(ceilings), _) => Some(ceilings.address(service)),
            (Self::Hikyaku(hikyaku), _) => Some(hikyaku.address(service)),
            (Self::Postfix(postfix), Service::Smtp) => Some(postfix.smtp),
            (Self::Postfix(postfix), Service::Submission) => Some(postfix.submission),
            (Self::Dovecot(dovecot), Service::Pop3s) => Some(dovecot.pop3s),
            (Self::Postfix(_), Service::Pop3s) | (Self::Dovecot(_), _) => None,
        }
    }

    /// The process whose tree is the server.
    pub(super) fn pid(&self, service: Service) -> u32 {
        match self {
            Self::Ceiling(ceilings) => ceilings.pid(service),
            Self::Postfix(postfix) => postfix.pid(),
            Self::Dovecot(dovecot) => dovecot.pid(),
            Self::Hikyaku(hikyaku) => hikyaku.pid(),
        }
    }

    /// Throws stored mail away, so that every round starts alike.
    pub(super) fn begin_anew(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Ceiling(_) | Self::Dovecot(_) => Ok(()),
            Self::Postfix(postfix) => Ok(postfix.empty_mailboxes()?),
            Self::Hikyaku(hikyaku) => hikyaku.begin_anew(),
        }
    }

    /// Ends Hikyaku and starts it again with its mail; the others go on.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        if let Self::Hikyaku(hikyaku) = self { hikyaku.restart() } else { Ok(()) }
    }

    /// Waits until the server has nothing left to do.
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
        if let Self::Postfix(postfix) = self {
            let done = postfix.wait_delivered(DELIVERY);
            ensure!(done, "Postfix has {} mails left after {DELIVERY:?}", postfix.queued());
        }
        Ok(())
    }
}
