//! What an administrator decides about POP3.

use std::time::Duration;

use hikyaku_wire::Pages;
pub use hikyaku_wire::TlsState;

/// The settings of one listener, shared by its connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Our name, said in the greeting.
    pub hostname: String,
    /// Where TLS stands.
    pub tls: TlsState,
    /// How long a client may be silent; RFC 1939 §3 wants ten minutes at least.
    pub idle: Duration,
    /// The longest command line in octets, its CRLF counted; RFC 2449 §4 wants 255 at least, and
    /// a long password in an AUTH command asks for more.
    pub line_octets: usize,
    /// The wrong command of this number is the last.
    pub errors: usize,
    /// Where refusals are explained.
    pub pages: Option<Pages>,
}

impl Settings {
    /// The usual limits: ten minutes, 1,024 octets, ten wrong commands.
    pub fn new(hostname: impl Into<String>, tls: TlsState) -> Self {
        Self {
            hostname: hostname.into(),
            tls,
            idle: Duration::from_mins(10),
            line_octets: 1024,
            errors: 10,
            pages: None,
        }
    }
}
