//! Mail addresses.

use std::fmt;

use hikyaku_cause::{SyntaxFault, is_hidden};

use crate::cursor::{Cursor, shifted};
use crate::domain::Domain;
use crate::host::Host;
use crate::local_part::{Dots, LocalPart};

/// A `Mailbox` (RFC 5321 §4.1.2): `local@host`. Displayed in its shortest valid form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// Before the `@`.
    pub local: LocalPart,
    /// After it.
    pub host: Host,
}

impl Address {
    /// Parses an address from a command line or a configuration file, without angle brackets. The
    /// domain may be in Unicode; the local part is ASCII and strictly RFC 5321.
    pub fn parse(text: &str) -> Result<Self, SyntaxFault> {
        Self::parse_with(text, Dots::Strict)
    }

    /// Parses an address that was taken in once and kept: what other servers may write is allowed.
    pub fn parse_kept(text: &str) -> Result<Self, SyntaxFault> {
        Self::parse_with(text, Dots::Lax)
    }

    pub(crate) fn parse_with(text: &str, dots: Dots) -> Result<Self, SyntaxFault> {
        let mut cursor = Cursor::new(text.as_bytes());
        let local = LocalPart::take(&mut cursor, dots)?;
        cursor.expect(b'@', "\"@\"")?;
        let host = text.get(cursor.offset()..).unwrap_or_default();
        let host = if host.starts_with('[') {
            Host::parse_ascii(host.as_bytes())
        } else {
            Domain::parse(host).map(Host::Domain)
        };
        let host = host.map_err(|fault| shifted(fault, cursor.offset()))?;
        Ok(Self { local, host })
    }

    /// The domain, unless the host is an address literal.
    pub fn domain(&self) -> Option<&Domain> {
        self.host.domain()
    }

    /// The key by which an account of ours is looked up: all in lower case. Not for sending, since
    /// another host may tell `Taro` from `taro` (RFC 5321 §2.4).
    pub fn canonical(&self) -> String {
        format!("{}@{}", self.local.to_lower_case(), self.host)
    }

    /// Where it holds a character that nobody sees (control or format, Unicode Cc and Cf). Such a
    /// name passes for another, so no account of ours gets it: RFC 8265 §3.3 (UsernameCaseMapped)
    /// allows the IdentifierClass only, which has neither kind (RFC 8264 §4.2.3). Mail of others
    /// comes from and goes to such addresses as it may.
    pub fn hidden(&self) -> Option<SyntaxFault> {
        let text = self.to_string();
        let offset = text.find(is_hidden)?;
        let found = text.as_bytes().get(offset).copied();
        Some(SyntaxFault { offset, expected: "a character that is seen", found })
    }

    /// The address without its detail: `taro@edo.test` for `taro+shop@edo.test`.
    pub fn without_detail(&self) -> Option<Self> {
        self.local.base().map(|local| Self { local, host: self.host.clone() })
    }

    /// Reads an address and leaves the cursor on the octet after it.
    pub(crate) fn take(cursor: &mut Cursor<'_>, dots: Dots) -> Result<Self, SyntaxFault> {
        let local = LocalPart::take(cursor, dots)?;
        cursor.expect(b'@', "\"@\"")?;
        Ok(Self { local, host: Host::take(cursor)? })
    }
}

impl Address {
    /// Whether it can be written without SMTPUTF8 (RFC 6531): the domain always can.
    pub fn is_ascii(&self) -> bool {
        self.local.is_ascii()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn parse(text: &str) -> Address {
        Address::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
    }

    #[test]
    fn known_answers() {
        let table: &[(&str, &str, &str)] = &[
            ("taro@edo.test", "taro@edo.test", "taro@edo.test"),
            ("Taro@EDO.test", "Taro@edo.test", "taro@edo.test"),
            ("\"Taro\"@edo.test", "Taro@edo.test", "taro@edo.test"),
            ("\"T .\"@edo.test", "\"T .\"@edo.test", "\"t .\"@edo.test"),
            ("taro@日本語.jp", "taro@xn--wgv71a119e.jp", "taro@xn--wgv71a119e.jp"),
            ("taro@[192.0.2.1]", "taro@[192.0.2.1]", "taro@[192.0.2.1]"),
            ("A@[ipv6:2001:DB8:0::1]", "A@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"),
        ];
        for (text, shown, canonical) in table {
            let address = parse(text);
            assert_eq!(
                (address.to_string().as_str(), address.canonical()),
                (*shown, (*canonical).into())
            );
            assert_eq!(parse(shown), address);
        }
        assert_ne!(parse("Taro@edo.test"), parse("taro@edo.test"));
        assert_eq!(parse("taro+x@edo.test").without_detail(), Some(parse("taro@edo.test")));
        assert_eq!(parse("taro@[192.0.2.1]").domain(), None);
    }

    #[test]
    fn complaints() {
        let table: &[(&str, usize, &str, Option<u8>)] = &[
            ("", 0, "atext", None),
            ("taro", 4, "\"@\"", None),
            ("@edo.test", 0, "atext", Some(b'@')),
            ("taro@", 5, "Let-dig", None),
            ("taro@edo.test ", 13, "Ldh-str", Some(b' ')),
            (" taro@edo.test", 0, "atext", Some(b' ')),
            ("<taro@edo.test>", 0, "atext", Some(b'<')),
            ("taro@@edo.test", 5, "Let-dig", Some(b'@')),
            ("a..b@docomo.ne.jp", 2, "atext", Some(b'.')),
            ("taro＠edo.test", 4, "\"@\"", Some(0xef)),
            ("taro@edo_1.test", 8, "Ldh-str", Some(b'_')),
            ("taro@[192.0.2.1]x", 16, "end of address-literal", Some(b'x')),
        ];
        for (text, offset, expected, found) in table {
            let fault = Address::parse(text).unwrap_err();
            assert_eq!(
                (fault.offset, fault.expected, fault.found),
                (*offset, *expected, *found),
                "{text}"
            );
        }
    }
}
