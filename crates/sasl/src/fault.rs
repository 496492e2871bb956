//! What can be wrong with an exchange.

use std::fmt;

use hikyaku_cause::{Cause, Code, Evidence, Limit};

use crate::exchange::LINE_OCTETS;
use crate::scram::TLS_EXPORTER;

/// Why an exchange ended without credentials. The peer's lines are not kept: they hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The client sent `*` (RFC 4954 §4, RFC 5034 §4).
    Cancelled,
    /// Not base64 (RFC 4648 §4).
    NotBase64,
    /// A name or password is not UTF-8 (RFC 4616 §2).
    NotUtf8,
    /// Not three parts with two NULs between them, or a NUL in a name or password (RFC 4616 §2).
    Malformed,
    /// Longer than [`LINE_OCTETS`].
    TooLong,
    /// The client could bind its sign-in to the connection and was told that the server could not,
    /// which is not what the server said (RFC 5802 §6).
    BindingHidden,
    /// The client would bind its sign-in by something that the server does not know.
    BindingUnknown,
    /// The sign-in is bound to another connection than the one it came over (RFC 5802 §6).
    BindingMismatch,
}

impl Fault {
    /// The cause it is.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Cancelled => Cause::proven(Code::AuthCancelled),
            Self::NotBase64 => malformed("base64"),
            Self::NotUtf8 => malformed("UTF-8"),
            Self::Malformed => malformed("[authzid] NUL authcid NUL passwd"),
            Self::BindingHidden => Cause::proven(Code::AuthBindingHidden),
            Self::BindingUnknown => Cause::proven(Code::AuthBindingUnknown)
                .with(Evidence::Wanted { expected: TLS_EXPORTER }),
            Self::BindingMismatch => Cause::proven(Code::AuthBindingMismatch),
            Self::TooLong => Cause::proven(Code::AuthTooLong).with(Evidence::Limit {
                limit: Limit::LineOctets,
                most: LINE_OCTETS as u64,
                seen: None,
            }),
        }
    }
}

fn malformed(expected: &'static str) -> Cause {
    Cause::proven(Code::AuthMalformed).with(Evidence::Wanted { expected })
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Self {
        fault.cause()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause().code.name())
    }
}

impl std::error::Error for Fault {}
