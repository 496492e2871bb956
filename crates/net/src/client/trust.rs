//! What a server has to prove before anything is said to it over TLS.

use std::sync::Arc;

use hikyaku_cause::Evidence;
use hikyaku_tlspolicy::dane;

/// What a server's certificate has to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Nothing: any is taken, and whether it holds is noted (RFC 7435).
    Anything,
    /// That it is for the server's name, by an authority of the system or of the configuration
    /// (RFC 5280 §6, RFC 6125).
    Name,
    /// That it fits one of these TLSA records (RFC 7672 §3).
    Records(Arc<dane::Demand>),
}

/// How a certificate was proven to be the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is for the server's name, by an authority.
    Name,
    /// By a TLSA record.
    Record(dane::Proof),
}

impl Trust {
    /// Whether any certificate is taken.
    pub fn is_anything(&self) -> bool {
        matches!(self, Self::Anything)
    }

    /// The records that a certificate has to fit, as evidence; none where it need not fit any.
    pub(super) fn published(&self, host: &str) -> Evidence {
        let found = match self {
            Self::Records(demand) => demand.records.iter().map(ToString::to_string).collect(),
            Self::Anything | Self::Name => Vec::new(),
        };
        let (name, record) = (host.to_owned(), "TLSA");
        Evidence::Record { name, record, found, publish: None }
    }
}
