//! What stands after the `@`: a domain or an address literal.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hikyaku_cause::SyntaxFault;

use crate::cursor::{Cursor, fault_at};
use crate::domain::{Domain, is_ldh};

/// `Domain / address-literal` (RFC 5321 §4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// A name.
    Domain(Domain),
    /// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3).
    Literal(IpAddr),
}

impl Host {
    /// The name, if it is one.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Self::Domain(domain) => Some(domain),
            Self::Literal(_) => None,
        }
    }

    /// Parses a whole host in its ASCII form.
    pub fn parse_ascii(raw: &[u8]) -> Result<Self, SyntaxFault> {
        if raw.first() != Some(&b'[') {
            return Domain::parse_ascii(raw).map(Self::Domain);
        }
        let mut cursor = Cursor::new(raw);
        let ip = take_literal(&mut cursor)?;
        match cursor.peek() {
            None => Ok(Self::Literal(ip)),
            Some(_) => Err(cursor.fault("end of address-literal")),
        }
    }

    /// Reads a host and leaves the cursor on the octet after it.
    pub(crate) fn take(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxFault> {
        if cursor.peek() == Some(b'[') {
            return take_literal(cursor).map(Self::Literal);
        }
        take_domain(cursor).map(Self::Domain)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => domain.fmt(f),
            Self::Literal(IpAddr::V4(ip)) => write!(f, "[{ip}]"),
            Self::Literal(IpAddr::V6(ip)) => write!(f, "[IPv6:{ip}]"),
        }
    }
}

/// Reads a domain and leaves the cursor on the octet after it.
pub(crate) fn take_domain(cursor: &mut Cursor<'_>) -> Result<Domain, SyntaxFault> {
    let start = *cursor;
    let run = cursor.take_while(|octet| is_ldh(octet) || octet == b'.' || !octet.is_ascii());
    if run.is_empty() {
        return Err(cursor.fault("Domain"));
    }
    // RFC 6531 §3.3: a domain may have U-labels.
    let parsed = match std::str::from_utf8(run) {
        Ok(text) => Domain::parse(text),
        Err(error) => Err(fault_at(run, error.valid_up_to(), "UTF8-non-ascii")),
    };
    parsed.map_err(|fault| {
        // The octet after the run belongs to the picture: `a@b.>` lacks a label before the `>`.
        let mut place = start;
        place.skip(fault.offset);
        place.fault(fault.expected)
    })
}

/// `address-literal` (RFC 5321 §4.1.3). No `General-address-literal` is registered.
fn take_literal(cursor: &mut Cursor<'_>) -> Result<IpAddr, SyntaxFault> {
    cursor.expect(b'[', "\"[\"")?;
    let start = *cursor;
    let text = cursor.take_while(|octet| matches!(octet, b'!'..=b'Z' | b'^'..=b'~'));
    cursor.expect(b']', "\"]\"")?;
    ip_of(text).map_err(|expected| start.fault(expected))
}

/// Leading zeros (`192.000.002.001`), which the grammar allows, are refused: some programs read
/// them as octal.
fn ip_of(text: &[u8]) -> Result<IpAddr, &'static str> {
    const TAG: usize = "IPv6:".len();
    let text = std::str::from_utf8(text).unwrap_or_default();
    match text.split_at_checked(TAG) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => {
            address.parse::<Ipv6Addr>().map(IpAddr::V6).map_err(|_| "IPv6-addr")
        }
        _ => text.parse::<Ipv4Addr>().map(IpAddr::V4).map_err(|_| "IPv4-address-literal"),
    }
}
