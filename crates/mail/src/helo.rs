//! The name a client gives itself.

use std::fmt;
use std::net::IpAddr;

use hikyaku_cause::SyntaxFault;

use crate::cursor::Cursor;
use crate::domain::Domain;
use crate::host::Host;

/// RFC 5321 §4.5.3.1.2.
const NAME_OCTETS: usize = 255;

/// The argument of EHLO or HELO.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HeloName {
    /// A well-formed domain name.
    Domain(Domain),
    /// An address literal.
    Literal(IpAddr),
    /// Anything else in one word of printable ASCII, such as `my_pc`: a server must not refuse
    /// mail for it (RFC 5321 §4.1.4). It may hold parentheses and brackets, so it does not belong
    /// into a header field as it is.
    Raw(String),
}

impl HeloName {
    /// Parses the argument; white space around it is tolerated.
    pub fn parse(argument: &[u8]) -> Result<Self, SyntaxFault> {
        let mut cursor = Cursor::new(argument);
        cursor.take_while(is_space);
        let word = cursor.take_while(|octet| octet.is_ascii_graphic());
        if word.is_empty() {
            return Err(cursor.fault("Domain or address-literal"));
        }
        if word.len() > NAME_OCTETS {
            let mut limit = Cursor::new(argument);
            limit.skip(cursor.offset() - word.len() + NAME_OCTETS);
            return Err(limit.fault("Domain of at most 255 octets"));
        }
        cursor.take_while(is_space);
        if cursor.peek().is_some() {
            return Err(cursor.fault("CRLF"));
        }
        Ok(match Host::parse_ascii(word) {
            Ok(Host::Domain(domain)) => Self::Domain(domain),
            Ok(Host::Literal(ip)) => Self::Literal(ip),
            Err(_) => Self::Raw(word.iter().copied().map(char::from).collect()),
        })
    }
}

impl fmt::Display for HeloName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => domain.fmt(f),
            Self::Literal(ip) => Host::Literal(*ip).fmt(f),
            Self::Raw(word) => f.write_str(word),
        }
    }
}

fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::HeloName;

    #[test]
    fn known_answers() {
        let table: &[(&[u8], &str, bool)] = &[
            (b"MX.edo.test", "mx.edo.test", true),
            (b" mx.edo.test \t", "mx.edo.test", true),
            (b"[192.0.2.1]", "[192.0.2.1]", true),
            (b"[IPv6:::1]", "[IPv6:::1]", true),
            (b"my_pc", "my_pc", false),
            (b"192.0.2.1:25", "192.0.2.1:25", false),
            (b"[1.2.3]", "[1.2.3]", false),
            (b"mx.edo.test.", "mx.edo.test.", false),
        ];
        for (argument, shown, formal) in table {
            let name = HeloName::parse(argument).unwrap();
            assert_eq!(name.to_string(), *shown);
            assert_eq!(!matches!(name, HeloName::Raw(_)), *formal, "{shown}");
        }
    }

    #[test]
    fn complaints() {
        let table: &[(&[u8], usize)] = &[
            (b"", 0),
            (b"  ", 2),
            (b"my pc", 3),
            (b"a\0", 1),
            (b"\xe6\xb1\x9f", 0),
            (&[b'a'; 256], 255),
        ];
        for (argument, offset) in table {
            assert_eq!(HeloName::parse(argument).unwrap_err().offset, *offset);
        }
    }
}
