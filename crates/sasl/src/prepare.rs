//! The form in which passwords and names are compared: SASLprep (RFC 4013), as RFC 5802 §5.1
//! demands and RFC 4616 §2 recommends.
//!
//! The same password comes as other octets from another keyboard: full-width letters and digits,
//! half-width kana, a letter with its mark or the two apart. SASLprep makes one of them.

use std::borrow::Cow;

use zeroize::Zeroizing;

/// A password or a name as SASLprep has it. What SASLprep does not allow, such as letters that were
/// added to Unicode after version 3.2 (emoji among them), stays as it is: whoever has chosen such a
/// password must be able to sign in, and every program then sends the same octets.
pub fn prepared(text: &[u8]) -> Cow<'_, [u8]> {
    let Ok(text) = std::str::from_utf8(text) else { return Cow::Borrowed(text) };
    match stringprep::saslprep(text) {
        // RFC 5802 §5.1: nothing left is no password.
        Ok(prepared) if !prepared.is_empty() => match prepared {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
        _ => Cow::Borrowed(text.as_bytes()),
    }
}

/// Both forms of a password: the prepared one, and the one that came, where that is another.
pub(crate) fn forms(password: &[u8]) -> (Zeroizing<Vec<u8>>, Option<&[u8]>) {
    let first = Zeroizing::new(prepared(password).into_owned());
    let second = Some(password).filter(|it| *it != first.as_slice());
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8(prepared(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn known_answers() {
        let table = [
            // RFC 4013 §3.
            ("I\u{ad}X", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u{aa}", "a"),
            ("\u{2168}", "IX"),
            // Refused there; here as it came.
            ("\u{7}", "\u{7}"),
            ("\u{627}1", "\u{627}1"),
            // Full-width letters, half-width kana with their marks, the wide space.
            ("ｋｉｒｉｎ１６０３", "kirin1603"),
            ("ｷﾘﾝﾉﾋｹﾞ", "キリンノヒゲ"),
            ("か\u{3099}", "が"),
            ("麒麟\u{3000}の髭", "麒麟 の髭"),
            ("㍻", "平成"),
            // Beyond Unicode 3.2.
            ("🦒のひげ", "🦒のひげ"),
            ("\u{ad}", "\u{ad}"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{}", text.escape_unicode());
            assert_eq!(shown(&shown(text)), shown(text), "once is enough");
        }
        assert_eq!(&*prepared(b"\xff"), b"\xff");
    }
}
