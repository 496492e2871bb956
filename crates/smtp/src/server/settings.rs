//! What a listener's connections have in common.

use std::time::Duration;

use hikyaku_wire::{Pages, TlsState};

/// Which service a port gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Mail from other servers, for recipients of this one (RFC 5321).
    Exchange,
    /// Mail from the people of this server (RFC 6409).
    Submission,
}

/// Names and limits. Sizes are octets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Our name, in the greeting and the reply to EHLO.
    pub hostname: String,
    /// Which service.
    pub service: Service,
    /// What there is of TLS.
    pub tls: TlsState,
    /// The largest message (RFC 1870), its content only.
    pub message_octets: u64,
    /// The longest line of content, with its CRLF. RFC 5321 §4.5.3.1.6 wants 1000 at least; much
    /// real mail is longer, and all of it should arrive.
    pub line_octets: u64,
    /// The longest command, with its CRLF. RFC 5321 §4.5.3.1.4 wants 512, extensions add to it.
    pub command_octets: usize,
    /// The most recipients of one message; RFC 5321 §4.5.3.1.8 wants 100 at least.
    pub recipients: usize,
    /// Refusals after which the connection is closed.
    pub errors: usize,
    /// How long a command may take to arrive (RFC 5321 §4.5.3.2.7: 5 minutes at least).
    pub command_timeout: Duration,
    /// How long the next [`CONTENT_STEP`](Self::CONTENT_STEP) octets of content may take.
    pub content_timeout: Duration,
    /// Where refusals are explained.
    pub pages: Option<Pages>,
}

impl Settings {
    /// Each so many octets of content, the peer gets [`content_timeout`](Self::content_timeout)
    /// anew: one that sends an octet a minute to hold the connection does not.
    pub const CONTENT_STEP: u64 = 65_536;

    /// Sensible limits for a service.
    pub fn new(hostname: &str, service: Service) -> Self {
        Self {
            hostname: hostname.to_owned(),
            service,
            tls: TlsState::Absent,
            message_octets: 52_428_800,
            line_octets: 65_536,
            command_octets: 2048,
            recipients: 1000,
            errors: 50,
            command_timeout: Duration::from_mins(5),
            content_timeout: Duration::from_mins(10),
            pages: None,
        }
    }
}
