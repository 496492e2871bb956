//! Domain names as mail uses them.

use std::fmt;

use hikyaku_cause::SyntaxFault;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use crate::cursor::fault_at;

/// RFC 1035 §2.3.4.
const LABEL_OCTETS: usize = 63;
/// RFC 5321 §4.5.3.1.2.
const DOMAIN_OCTETS: usize = 255;

/// A domain name in its one form: ASCII, lower case, no trailing dot (RFC 5321 §4.1.2 `Domain`).
///
/// Internationalised names are held as A-labels (RFC 5890 §2.3.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(Box<str>);

impl Domain {
    /// Parses a name that a person wrote: ASCII, or Unicode, which IDNA (UTS #46, non-transitional)
    /// turns into A-labels. Full-width letters and dots become plain ones on the way.
    pub fn parse(text: &str) -> Result<Self, SyntaxFault> {
        let Some(first) = text.bytes().position(|octet| !octet.is_ascii()) else {
            return Self::parse_ascii(text.as_bytes());
        };
        // The deny list is empty because `parse_ascii` is stricter than any list.
        Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore)
            .ok()
            .and_then(|ascii| Self::parse_ascii(ascii.as_bytes()).ok())
            .ok_or_else(|| fault_at(text.as_bytes(), first, "U-label"))
    }

    /// Parses a name as it stands in a protocol: labels of letters, digits and inner hyphens.
    /// Underscores and a trailing dot are no part of the grammar and are refused.
    pub fn parse_ascii(raw: &[u8]) -> Result<Self, SyntaxFault> {
        let mut start = 0;
        for label in raw.split(|&octet| octet == b'.') {
            check_label(raw, start, label)?;
            start += label.len() + 1;
        }
        if raw.len() > DOMAIN_OCTETS {
            return Err(fault_at(raw, DOMAIN_OCTETS, "Domain of at most 255 octets"));
        }
        let name: String = raw.iter().map(|octet| char::from(octet.to_ascii_lowercase())).collect();
        Ok(Self(name.into()))
    }

    /// The ASCII form, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be the domain of mail among servers that do not know one another: two labels
    /// or more, the last one not all of digits, as those of IPv4 addresses are (RFC 3696 §2), and
    /// each A-label one that stands for a word (RFC 5890 §2.3.2.1).
    pub fn is_public(&self) -> bool {
        self.0.contains('.') && !self.is_numeric() && self.has_sound_labels()
    }

    /// Whether it ends in a number: then it was meant as an IPv4 address.
    pub fn is_numeric(&self) -> bool {
        let last = self.0.rsplit('.').next().unwrap_or_default();
        last.bytes().all(|octet| octet.is_ascii_digit())
    }

    /// Whether each A-label stands for a word: decodes, and encodes to itself again.
    pub fn has_sound_labels(&self) -> bool {
        let is_coded = |label: &str| label.starts_with("xn--");
        let sound = |label: &str| Self(label.into()).to_unicode() != label;
        self.0.split('.').all(|label| !is_coded(label) || sound(label))
    }

    /// The form for a person: A-labels turned back into Unicode where all of them are valid.
    pub fn to_unicode(&self) -> String {
        let ascii = self.0.as_bytes();
        match Uts46::new().to_unicode(ascii, AsciiDenyList::EMPTY, Hyphens::Allow) {
            // Some A-labels decode to what no longer encodes: `xn--xn--8fc3xn-c3b`.
            (unicode, Ok(())) if Self::parse(&unicode).as_ref() == Ok(self) => unicode.into_owned(),
            _ => self.0.clone().into(),
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Domain {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// `sub-domain = Let-dig [Ldh-str]` (RFC 5321 §4.1.2); `label` begins at `start` of `raw`.
fn check_label(raw: &[u8], start: usize, label: &[u8]) -> Result<(), SyntaxFault> {
    if let Some(bad) = label.iter().position(|&octet| !is_ldh(octet)) {
        let expected = if bad == 0 { "Let-dig" } else { "Ldh-str" };
        return Err(fault_at(raw, start + bad, expected));
    }
    match label {
        [] | [b'-', ..] => Err(fault_at(raw, start, "Let-dig")),
        [.., b'-'] => Err(fault_at(raw, start + label.len() - 1, "Let-dig")),
        _ if label.len() > LABEL_OCTETS => {
            Err(fault_at(raw, start + LABEL_OCTETS, "label of at most 63 octets"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn is_ldh(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'-'
}

#[cfg(test)]
mod tests {
    use super::Domain;

    #[test]
    fn known_answers() {
        let table: &[(&str, &str, &str)] = &[
            ("example.com", "example.com", "example.com"),
            ("EDO.Test", "edo.test", "edo.test"),
            ("a", "a", "a"),
            ("3com.com", "3com.com", "3com.com"),
            ("a--b.c-d.e", "a--b.c-d.e", "a--b.c-d.e"),
            ("日本語.jp", "xn--wgv71a119e.jp", "日本語.jp"),
            ("XN--WGV71A119E.JP", "xn--wgv71a119e.jp", "日本語.jp"),
            ("ｄｏｃｏｍｏ．ｎｅ．ｊｐ", "docomo.ne.jp", "docomo.ne.jp"),
            ("日本語。jp", "xn--wgv71a119e.jp", "日本語.jp"),
            ("straße.de", "xn--strae-oqa.de", "straße.de"),
            // An A-label that decodes to nothing valid stays as it is.
            ("xn--a.test", "xn--a.test", "xn--a.test"),
            ("xn--xn--8fc3xn-c3b", "xn--xn--8fc3xn-c3b", "xn--xn--8fc3xn-c3b"),
        ];
        for (text, ascii, unicode) in table {
            let domain = Domain::parse(text).unwrap();
            assert_eq!((domain.as_str(), domain.to_unicode().as_str()), (*ascii, *unicode));
            assert_eq!(Domain::parse(unicode), Ok(domain.clone()));
            assert_eq!(Domain::parse_ascii(ascii.as_bytes()), Ok(domain));
        }
    }

    #[test]
    fn public_names() {
        for name in
            ["edo.test", "日本語.jp", "3com.com", "1.2.3.4.in-addr.arpa", "a.xn--wgv71a119e"]
        {
            assert!(Domain::parse(name).unwrap().is_public(), "{name}");
        }
        for name in ["localhost", "192.0.2.5", "xn--a.test", "日本語", "a.xn--xn--8fc3xn-c3b"] {
            assert!(!Domain::parse(name).unwrap().is_public(), "{name}");
        }
    }

    #[test]
    fn complaints() {
        let table: &[(&[u8], usize, &str, Option<u8>)] = &[
            (b"", 0, "Let-dig", None),
            (b".", 0, "Let-dig", Some(b'.')),
            (b".edo.test", 0, "Let-dig", Some(b'.')),
            (b"edo.test.", 9, "Let-dig", None),
            (b"edo..test", 4, "Let-dig", Some(b'.')),
            (b"-edo.test", 0, "Let-dig", Some(b'-')),
            (b"edo-.test", 3, "Let-dig", Some(b'-')),
            (b"_dmarc.test", 0, "Let-dig", Some(b'_')),
            (b"a_b.test", 1, "Ldh-str", Some(b'_')),
            (b"edo.te st", 6, "Ldh-str", Some(b' ')),
            (b"edo\0.test", 3, "Ldh-str", Some(0)),
            (b"\xff.test", 0, "Let-dig", Some(0xff)),
        ];
        for (raw, offset, expected, found) in table {
            let fault = Domain::parse_ascii(raw).unwrap_err();
            let seen = (fault.offset, fault.expected, fault.found);
            assert_eq!(seen, (*offset, *expected, *found), "{}", raw.escape_ascii());
        }
        assert_eq!(Domain::parse("a.日本_語.jp").unwrap_err().expected, "U-label");
        assert_eq!(Domain::parse("a.\u{2100}.jp").unwrap_err().offset, 2);
        assert_eq!(Domain::parse("\u{ad}").unwrap_err().offset, 0);
    }

    #[test]
    fn limits() {
        let label = "a".repeat(63);
        assert!(Domain::parse(&label).is_ok());
        assert_eq!(Domain::parse(&format!("x.{label}a")).unwrap_err().offset, 65);
        let longest = format!("{label}.{label}.{label}.{label}");
        assert_eq!(longest.len(), 255);
        assert!(Domain::parse(&longest).is_ok());
        assert_eq!(Domain::parse(&format!("{label}.{longest}")).unwrap_err().offset, 255);
    }
}
