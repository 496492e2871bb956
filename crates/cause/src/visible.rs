//! What others chose, made safe for a person's eyes.
//!
//! A terminal obeys control characters, and format characters turn a line round or stand in it
//! unseen: a sender could write into our reports with them.

use std::borrow::Cow;

/// The characters of the general category Cf (Unicode 16).
const FORMAT: [(char, char); 21] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

/// Whether a character is not seen itself but changes what is: control (Cc), format (Cf), the
/// separators of lines and paragraphs (Zl, Zp).
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}')
        || FORMAT.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// A text on one line, with hidden characters in the way they are written in programs: `\n`,
/// `\x1b`, `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// The same for a text of several lines, whose ends and tabs stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_hidden) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match u8::try_from(c) {
            _ if !is_hidden(c) => out.push(c),
            Ok(octet) if octet.is_ascii() => out.extend(octet.escape_ascii().map(char::from)),
            _ => out.extend(c.escape_unicode()),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_seen() {
        for (text, shown) in [
            ("taro@edo.test", "taro@edo.test"),
            ("花子 café 👍", "花子 café 👍"),
            ("\x1b]0;x\x07\r\nOK", "\\x1b]0;x\\x07\\r\\nOK"),
            ("a\u{9b}31m", "a\\u{9b}31m"),
            ("花\u{202e}子\u{200b}", "花\\u{202e}子\\u{200b}"),
            ("a\u{2028}b\u{feff}\u{e0041}", "a\\u{2028}b\\u{feff}\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(shown), shown, "once is enough");
        }
        assert_eq!(visible_lines("a\n\tb\x1b\r\n"), "a\n\tb\\x1b\\r\n");
    }
}
