//! The paths of MAIL and RCPT.

use std::fmt;

use hikyaku_cause::SyntaxFault;

use crate::address::Address;
use crate::cursor::Cursor;
use crate::host::take_domain;
use crate::local_part::Dots;

/// What may follow a path's address.
const PATH_END: &str = "\">\"";

/// Where a message comes from, and where reports about it go (RFC 5321 §3.6.3, §4.5.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReversePath {
    /// `<>`: a report, to which no report may be sent.
    Null,
    /// A sender.
    Address(Address),
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ForwardPath {
    /// `<Postmaster>` without a domain, in any case (RFC 5321 §4.5.1).
    Postmaster,
    /// A recipient.
    Address(Address),
}

impl ReversePath {
    /// The sender, unless it is null.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Null => None,
            Self::Address(address) => Some(address),
        }
    }
}

impl ForwardPath {
    /// The recipient, unless it is the postmaster without a domain.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Postmaster => None,
            Self::Address(address) => Some(address),
        }
    }
}

impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::Address(address) => write!(f, "<{address}>"),
        }
    }
}

impl fmt::Display for ForwardPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postmaster => f.write_str("<Postmaster>"),
            Self::Address(address) => write!(f, "<{address}>"),
        }
    }
}

/// Parses what follows `MAIL FROM:`, up to the closing `>`, and returns the rest for
/// [`parameters`](crate::parameters). Spaces before the `<` are the caller's to skip or refuse.
pub fn reverse_path(input: &[u8]) -> Result<(ReversePath, &[u8]), SyntaxFault> {
    reverse_path_with(input, Dots::Strict)
}

/// [`reverse_path`] that may also take the senders of carriers whose dots break the rule.
pub fn reverse_path_with(input: &[u8], dots: Dots) -> Result<(ReversePath, &[u8]), SyntaxFault> {
    if let Some(rest) = input.strip_prefix(b"<>") {
        return Ok((ReversePath::Null, rest));
    }
    let (address, rest) = path(input, dots)?;
    Ok((ReversePath::Address(address), rest))
}

/// Parses what follows `RCPT TO:`, up to the closing `>`, and returns the rest for
/// [`parameters`](crate::parameters). Spaces before the `<` are the caller's to skip or refuse.
pub fn forward_path(input: &[u8], dots: Dots) -> Result<(ForwardPath, &[u8]), SyntaxFault> {
    const POSTMASTER: &[u8] = b"<Postmaster>";
    if let Some((name, rest)) = input.split_at_checked(POSTMASTER.len())
        && name.eq_ignore_ascii_case(POSTMASTER)
    {
        return Ok((ForwardPath::Postmaster, rest));
    }
    let (address, rest) = path(input, dots)?;
    Ok((ForwardPath::Address(address), rest))
}

/// `Path = "<" [ A-d-l ":" ] Mailbox ">"` (RFC 5321 §4.1.2).
fn path(input: &[u8], dots: Dots) -> Result<(Address, &[u8]), SyntaxFault> {
    let mut cursor = Cursor::new(input);
    cursor.expect(b'<', "\"<\"")?;
    if cursor.peek() == Some(b'@') {
        source_route(&mut cursor)?;
    }
    let address = Address::take(&mut cursor, dots)?;
    cursor.expect(b'>', PATH_END)?;
    Ok((address, cursor.rest()))
}

/// `A-d-l = At-domain *( "," At-domain )`: "MUST BE accepted, SHOULD NOT be generated, and SHOULD
/// be ignored" (RFC 5321 §4.1.2, App. C).
pub(crate) fn source_route(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    loop {
        cursor.expect(b'@', "\"@\"")?;
        take_domain(cursor)?;
        if !cursor.eat(b',') {
            return cursor.expect(b':', "\",\" or \":\"");
        }
    }
}
