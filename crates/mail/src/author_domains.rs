//! The domains that a reader may see in a From field, however it is written.
//!
//! A field that is right by the book has one reading. Of any other every reading counts: programs
//! differ in which part of it they show, and who forges mail looks for one that shows a name which
//! the server did not look at.

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;

use crate::domain::Domain;
use crate::header_addresses::plain_addresses;
use crate::host::Host;

/// The longest field that is read in every way; no program writes such a long one wrongly.
const LONGEST: usize = 4096;
/// So many domains are too many for everybody; more are not gathered.
const MOST: usize = 40;

/// The domains in a From field body, each once and in lower case, in the order they are read.
///
/// Where it is a list of addresses as RFC 5322 §3.4 has it, those of the addresses. Otherwise, the
/// obsolete forms (§4.4) included, all that follows an `@` in any reading: with and without white
/// space and comments inside the domain, in quotes, in comments, in encoded words (RFC 2047).
/// Nothing where such a field is too long to be read so.
pub fn author_domains(value: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    match plain_addresses(value) {
        // A group may be empty (RFC 6854 §2.1); then its name is all that is shown.
        Ok(addresses) if !addresses.is_empty() => {
            for host in addresses.iter().map(|address| &address.host) {
                if let Host::Domain(domain) = host {
                    add(&mut found, domain.as_str().to_owned());
                }
            }
        }
        Ok(_) | Err(_) if value.len() > LONGEST => return None,
        Ok(_) | Err(_) => {
            for text in readings(value) {
                in_text(&text, &mut found);
            }
            if is_jis(value) {
                // Half a letter may look like an `@`.
                found.retain(|domain| domain.contains('.'));
            }
        }
    }
    Some(found)
}

fn add(found: &mut Vec<String>, domain: String) {
    if found.len() < MOST && !domain.is_empty() && !found.contains(&domain) {
        found.push(domain);
    }
}

/// The text as it stands, as it is in raw ISO-2022-JP, and as it is with encoded words decoded.
fn readings(value: &[u8]) -> Vec<String> {
    let raw = String::from_utf8_lossy(value).into_owned();
    let decoder = charset_decoder(b"iso-2022-jp").filter(|_| is_jis(value));
    let jis = decoder.map(|decode| decode(value));
    [Some(raw), jis, decoded(value)].into_iter().flatten().map(|text| shown(&text)).collect()
}

/// Whether letters are switched by escapes, as ISO-2022-JP does it.
fn is_jis(value: &[u8]) -> bool {
    value.contains(&0x1b)
}

/// What a reader sees: no line ends and control characters, no backslashes.
fn shown(text: &str) -> String {
    let text = text.chars().filter(|&it| it == '\t' || !(it.is_control() || it == '\\'));
    text.collect()
}

/// With encoded words decoded wherever they stand; nothing where there is none.
fn decoded(value: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    let (mut rest, mut has_any) = (value, false);
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (before, word) = rest.split_at(at);
        let mut stream = MessageStream::new(word.get(1..).unwrap_or_default());
        let (letters, used) = match stream.decode_rfc2047() {
            Some(letters) => (letters.into_bytes(), 1 + stream.offset()),
            None => (b"=?".to_vec(), 2),
        };
        let is_word = used > 2;
        // RFC 2047 §6.2: white space between two words is not shown.
        if !(has_any && is_word && before.trim_ascii().is_empty()) {
            text.extend_from_slice(before);
        }
        text.extend(letters);
        has_any |= is_word;
        rest = word.get(used..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    has_any.then(|| String::from_utf8_lossy(&text).into_owned())
}

/// What stands behind every `@` of a text, the wide ones of Japanese keyboards included.
fn in_text(text: &str, found: &mut Vec<String>) {
    let is_at = |it: char| matches!(it, '@' | '＠' | '﹫');
    for (at, sign) in text.char_indices().filter(|(_, it)| is_at(*it)) {
        let rest = text.get(at + sign.len_utf8()..).unwrap_or_default();
        let (first, mut rest) = labels(behind_space(rest));
        let ascii = first.find(|it: char| !it.is_ascii()).unwrap_or(first.len());
        let mut readings = vec![named(first.get(..ascii).unwrap_or_default()), named(first)];
        // obs-domain = atom *("." atom), each with white space and comments (RFC 5322 §4.4).
        let mut joined = first.to_owned();
        loop {
            let next = behind_space(rest);
            let (more, after) = labels(next);
            if more.is_empty() || !(joined.ends_with('.') || more.starts_with('.')) {
                break;
            }
            joined.push_str(more);
            rest = after;
        }
        readings.push(named(&joined));
        // `a@good .test`: nobody owns what is left without the rest.
        let has_dot = readings.iter().any(|domain| domain.contains('.'));
        for domain in readings.into_iter().filter(|domain| !has_dot || domain.contains('.')) {
            add(found, domain);
        }
    }
}

/// A run of what domains are made of, and what follows it.
fn labels(text: &str) -> (&str, &str) {
    let is_inside = |it: char| {
        it.is_ascii_alphanumeric()
            || matches!(it, '.' | '-' | '_')
            || !(it.is_ascii() || it.is_whitespace())
    };
    let end = text.find(|it: char| !is_inside(it)).unwrap_or(text.len());
    text.split_at(end)
}

/// What follows white space and comments; the whole where a comment has no end.
fn behind_space(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 || letter.is_whitespace() => {}
            _ => return text.get(at..).unwrap_or_default(),
        }
    }
    if depth > 0 { text } else { "" }
}

/// The name in its one form; one that is none stays as it is, as far as it is ASCII.
fn named(text: &str) -> String {
    let labels = text.split(['.', '。', '．', '｡']).filter(|label| !label.is_empty());
    let text = labels.collect::<Vec<_>>().join(".");
    match Domain::parse(&text) {
        Ok(domain) => domain.as_str().to_owned(),
        Err(_) if text.is_ascii() => text.to_ascii_lowercase(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, author_domains};

    fn seen(value: &[u8]) -> Vec<String> {
        author_domains(value).unwrap()
    }

    #[test]
    fn one_reading_where_it_is_right() {
        let table: &[(&str, &[&str])] = &[
            ("Taro <taro@Edo.test>", &["edo.test"]),
            ("a@a.test,\r\n b@b.test, c@a.test", &["a.test", "b.test"]),
            ("\"x@bank.test\" <b@b.test>", &["b.test"]),
            ("=?utf-8?q?x=40bank.test?= <b@b.test> (y@bank.test)", &["b.test"]),
            ("a @ edo.test (c)", &["edo.test"]),
            ("花子 <花子@江戸.test>", &["xn--0ouw9t.test"]),
            ("Robots: a@a.test;", &["a.test"]),
            ("a@[192.0.2.1]", &[]),
            ("Robots:;", &[]),
            ("nobody", &[]),
            ("", &[]),
        ];
        for (value, wanted) in table {
            assert_eq!(seen(value.as_bytes()), *wanted, "{value}");
        }
    }

    #[test]
    fn every_reading_where_it_is_wrong() {
        let both: &[&str] = &["good.test", "none.test"];
        for value in [
            "\"Bank\" <a@good.test> <b@none.test>",
            "<a@good.test>b@none.test",
            "a@good.test <b@none.test>",
            "a@good.test, <b@none.test",
            "\"a@good.test <b@none.test>",
            "(a@good.test <b@none.test>",
            "a@good.test: <b@none.test>;",
            "a@good .test b@none.test",
            "a＠ｇｏｏｄ。test <b@none.test",
            "\"a@good.test\"@none.test",
            "=?utf-8?q?a=40good.test?= <b@none.test",
        ] {
            let mut found = seen(value.as_bytes());
            found.sort();
            assert_eq!(found, both, "{value}");
        }
        // Where the domain ends depends on the reader.
        let found = seen("山田 a@good.test様 <b@none.test".as_bytes());
        assert!(both.iter().all(|domain| found.iter().any(|it| it == domain)), "{found:?}");
    }

    #[test]
    fn in_encoded_words() {
        for value in [
            "=?utf-8?q?a=40good.test?=",
            "=?utf-8?B?YUBnb29kLnRlc3Q=?=",
            "=?utf-7?q?a+AEA-good.test?=",
            "=?utf-16be?B?AGEAQABnAG8AbwBkAC4AdABlAHMAdA==?=",
            "=?utf-8?q?a=40go?=\r\n =?utf-8?q?od.test?=",
            "\"=?utf-8?q?a=40good.test?=\"",
            "x=?utf-8?q?a=40good.test?=",
            "=?utf-8?q?a=40good.test?=:;",
        ] {
            assert_eq!(seen(value.as_bytes()), ["good.test"], "{value}");
        }
        // 石川 in raw JIS is `@P@n`.
        assert_eq!(seen(b"\x1b$B@P@n\x1b(B <a@good.test>"), ["good.test"]);
        // Programs that know no JIS show what stands there.
        assert_eq!(seen(b"\x1b$Ba@good.test\x1b(B <b@none.test>"), ["good.test", "none.test"]);
    }
    #[test]
    fn bounded() {
        let spaced = |number| format!("{}a@good.test", " ".repeat(number));
        assert_eq!(seen(spaced(9 * LONGEST).as_bytes()), ["good.test"], "right at any length");
        assert_eq!(author_domains((spaced(LONGEST) + " <").as_bytes()), None);
        let many = (0..999).fold(String::new(), |text, it| format!("{text}a@{it}.test, "));
        assert_eq!(seen(many.as_bytes()).len(), super::MOST);
        assert!(seen("@(".repeat(LONGEST / 2).as_bytes()).is_empty());
    }
}
