//! The `Authentication-Results` field (RFC 8601): read, taken out where somebody else wrote it in
//! our name, and written.

use std::borrow::Cow;

use crate::fields::without_fields;

/// The most results of one field that are kept.
const RESULTS: usize = 100;
/// Lines are folded where they would be longer (RFC 5322 §2.1.1).
const LINE: usize = 78;
/// No line is longer, without its end (RFC 5322 §2.1.1).
const LONGEST: usize = 998;
/// Where a value is cut, in octets: the longest address has less.
const VALUE: usize = 600;

/// A field as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthResults {
    /// Who says so (the authserv-id, RFC 8601 §2.5).
    pub server: String,
    /// What was found.
    pub results: Vec<AuthResult>,
}

/// What one method found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthResult {
    /// The method, in lower case, without its version.
    pub method: String,
    /// The result, in lower case.
    pub result: String,
    /// What it is about: `header.d` and so on, in lower case, with the values.
    pub properties: Vec<(String, String)>,
}

impl AuthResult {
    /// The value of a property.
    pub fn property(&self, kind: &str, name: &str) -> Option<&str> {
        let is_it = |key: &str| key.split_once('.') == Some((kind, name));
        self.properties.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value.as_str())
    }
}

/// A word, or one of the signs between them.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Equals,
    End,
}

impl AuthResults {
    /// Reads the body of a field; nothing where it names no server. What the grammar does not allow
    /// is read past: a field is only a hint.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text);
        let mut parts = tokens.split(|token| *token == Token::End);
        let Some(Token::Word(server)) = parts.next().and_then(|part| part.first()) else {
            return None;
        };
        let results = parts.filter_map(result).take(RESULTS).collect();
        Some(Self { server: server.clone(), results })
    }
}

/// `method = result *(property = value)` (RFC 8601 §2.2).
fn result(part: &[Token]) -> Option<AuthResult> {
    let mut pairs = Vec::new();
    let mut key = String::new();
    let mut takes_value = false;
    for token in part {
        match token {
            Token::Equals => takes_value = true,
            Token::Word(word) if takes_value => {
                pairs.push((key.to_ascii_lowercase(), word.clone()));
                (key, takes_value) = (String::new(), false);
            }
            // White space may stand around the dot of a property.
            Token::Word(word) if key.ends_with(['.', '/']) || word.starts_with(['.', '/']) => {
                key.push_str(word);
            }
            Token::Word(word) => key.clone_from(word),
            Token::End => {}
        }
    }
    let mut pairs = pairs.into_iter();
    let (method, result) = pairs.next()?;
    let method = method.split('/').next().unwrap_or_default().to_owned();
    Some(AuthResult { method, result: result.to_ascii_lowercase(), properties: pairs.collect() })
}

/// Without comments and folding (RFC 5322 §3.2.2).
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut letters = text.chars();
    let (mut depth, mut is_quoted, mut has_word) = (0_usize, false, false);
    while let Some(letter) = letters.next() {
        if letter == '\\' && (depth > 0 || is_quoted) {
            let next = letters.next();
            word.extend(next.filter(|_| depth == 0));
            continue;
        }
        match letter {
            '"' if depth == 0 => (is_quoted, has_word) = (!is_quoted, true),
            _ if is_quoted => word.extend((letter != '\r' && letter != '\n').then_some(letter)),
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '=' | ';' => {
                flush(&mut tokens, &mut word, &mut has_word);
                tokens.push(if letter == '=' { Token::Equals } else { Token::End });
            }
            _ if letter.is_ascii_whitespace() => flush(&mut tokens, &mut word, &mut has_word),
            _ => {
                word.push(letter);
                has_word = true;
            }
        }
    }
    flush(&mut tokens, &mut word, &mut has_word);
    tokens
}

fn flush(tokens: &mut Vec<Token>, word: &mut String, has_word: &mut bool) {
    if std::mem::take(has_word) {
        tokens.push(Token::Word(std::mem::take(word)));
    }
}

/// A header section without the fields that claim to be ours (RFC 8601 §5), and how many those were.
/// What stands behind its empty line, if anything, stays as it is.
pub fn without_forged<'a>(octets: &'a [u8], hostname: &str) -> (Cow<'a, [u8]>, usize) {
    without_fields(octets, |name, value| {
        name.eq_ignore_ascii_case(b"authentication-results") && is_ours(value, hostname)
    })
}

fn is_ours(value: &[u8], hostname: &str) -> bool {
    let text = String::from_utf8_lossy(value);
    match AuthResults::parse(&text) {
        Some(field) => field.server.trim_end_matches('.').eq_ignore_ascii_case(hostname),
        // What cannot be read must not be read as ours by somebody less strict.
        None => text.to_ascii_lowercase().contains(&hostname.to_ascii_lowercase()),
    }
}

/// A field being written, folded.
#[derive(Debug)]
pub(crate) struct Written {
    text: String,
    column: usize,
}

impl Written {
    pub(crate) fn new(hostname: &str) -> Self {
        let text = format!("Authentication-Results: {hostname}");
        Self { column: text.len(), text }
    }

    /// The next method and its result, on a line of its own.
    pub(crate) fn result(&mut self, method: &str, result: &str) {
        self.text.push_str(";\r\n\t");
        self.column = 8;
        self.word(&format!("{method}={result}"));
    }

    /// Nothing was checked (RFC 8601 §2.2).
    pub(crate) fn none(&mut self) {
        self.text.push_str("; none");
    }

    /// A property with its value.
    pub(crate) fn property(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.spaced(&format!("{name}={}", value(text)));
        }
    }

    /// A property with an address.
    pub(crate) fn address(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.spaced(&format!("{name}={}", address(text)));
        }
    }

    /// The reason of a result.
    pub(crate) fn reason(&mut self, text: &str) {
        self.spaced(&format!("reason={}", quoted(text)));
    }

    /// A comment.
    pub(crate) fn comment(&mut self, text: &str) {
        let text: String = text.chars().take(330).map(|it| plain(it, "()\\")).collect();
        self.spaced(&format!("({text})"));
    }

    fn spaced(&mut self, word: &str) {
        if self.column + word.len() >= LINE {
            self.text.push_str("\r\n\t  ");
            self.column = 10;
        } else {
            self.text.push(' ');
            self.column += 1;
        }
        self.word(word);
    }

    fn word(&mut self, word: &str) {
        self.text.push_str(word);
        self.column += word.len();
    }

    pub(crate) fn finish(self) -> String {
        self.text + "\r\n"
    }
}

/// A token or a string in quotes (RFC 2045 §5.1); an address stays as it is where it can.
fn value(text: &str) -> String {
    let is_plain = |it: char| it.is_ascii_graphic() && !"()<>,;:\\\"/[]?=".contains(it);
    if text.len() <= VALUE && text.chars().all(is_plain) { text.to_owned() } else { quoted(text) }
}

/// An address of the envelope, of which the local part may be beyond ASCII: only mail that came
/// with SMTPUTF8 has such a one, and its header may be in UTF-8 (RFC 8601 §2.2 with RFC 6532).
fn address(text: &str) -> String {
    let is_plain = |it: char| {
        it.is_ascii_graphic() && !"()<>,;:\\\"/[]?=".contains(it)
            || !(it.is_ascii() || it.is_control() || it.is_whitespace())
    };
    let is_written = text.len() <= VALUE && text.chars().all(is_plain);
    if is_written { text.to_owned() } else { in_quotes(text, |it| !it.is_control()) }
}

fn quoted(text: &str) -> String {
    in_quotes(text, |it| it.is_ascii_graphic() || it == ' ')
}

/// A quoted string with quoted pairs (RFC 5322 §3.2.4); a question mark for what has no place in it.
fn in_quotes(text: &str, is_good: impl Fn(char) -> bool) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        if quoted.len() >= VALUE {
            break;
        }
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(if is_good(letter) { letter } else { '?' });
    }
    quoted + "\""
}

fn plain(letter: char, but: &str) -> char {
    let is_good = (letter.is_ascii_graphic() || letter == ' ') && !but.contains(letter);
    if is_good { letter } else { '?' }
}

/// The same field with so many octets: white space is put at the ends of its lines, where folding
/// allows it (RFC 5322 §3.2.2). Nothing where it is longer already.
pub(crate) fn filled(field: &str, octets: usize) -> Option<String> {
    let mut missing = octets.checked_sub(field.len())?;
    let mut lines: Vec<String> = field.split_inclusive("\r\n").map(str::to_owned).collect();
    // A further line is a comment, since one of white space alone may not be (RFC 5322 §4.2).
    let empty = "\t()\r\n";
    loop {
        for line in &mut lines {
            let room = (LONGEST + 2).saturating_sub(line.len()).min(missing);
            line.insert_str(line.len().saturating_sub(2), &" ".repeat(room));
            missing -= room;
        }
        if missing == 0 {
            return Some(lines.concat());
        }
        // There must be room for the line's own octets.
        let short = empty.len().saturating_sub(missing);
        let last = lines.last_mut()?;
        for _ in 0..short {
            let at = last.len().saturating_sub(3);
            if last.get(at..=at) == Some(" ") {
                last.remove(at);
            }
        }
        missing = (missing + short).saturating_sub(empty.len());
        lines.push(empty.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        // RFC 8601 appendix B.6, with comments and folding.
        let field = AuthResults::parse(
            " foo.example (c (nested;) \\) =) /1;\r\n spf = pass reason=\"a;b \\\"q\\\"\"\r\n\tsmtp . mailfrom=\"a b\"@x.test;\
             dkim/1=FAIL header.d=edo.test header.b=abc; none",
        )
        .unwrap();
        assert_eq!(field.server, "foo.example");
        let methods: Vec<_> =
            field.results.iter().map(|it| (it.method.as_str(), it.result.as_str())).collect();
        assert_eq!(methods, [("spf", "pass"), ("dkim", "fail")]);
        assert_eq!(field.results[0].property("smtp", "mailfrom"), Some("a b@x.test"));
        assert_eq!(field.results[0].properties[0], ("reason".to_owned(), "a;b \"q\"".to_owned()));
        assert_eq!(field.results[1].property("header", "d"), Some("edo.test"));
        assert!(AuthResults::parse(" (only a comment)").is_none());
        assert!(AuthResults::parse("; spf=pass").is_none());
    }

    #[test]
    fn what_others_wrote_in_our_name_is_taken_out() {
        let header = b"Received: x\r\nAuthentication-Results: MX.edo.test; spf=pass\r\n\
            AUTHENTICATION-Results : other.test; spf=pass\r\n\
            Authentication-Results:\r\n (c) \"mx.edo.test\" 1;\r\n\tdkim=pass\r\n\
            Authentication-Results: (mx.edo.test\r\nSubject: Authentication-Results: mx.edo.test\r\n\
            \r\nAuthentication-Results: mx.edo.test; in the body\r\n";
        let (rest, count) = without_forged(header, "mx.edo.test");
        assert_eq!(count, 3);
        let wanted = b"Received: x\r\nAUTHENTICATION-Results : other.test; spf=pass\r\n\
            Subject: Authentication-Results: mx.edo.test\r\n\
            \r\nAuthentication-Results: mx.edo.test; in the body\r\n";
        assert_eq!(rest.escape_ascii().to_string(), wanted.escape_ascii().to_string());
        let (rest, count) = without_forged(b"Subject: x\r\n y", "mx.edo.test");
        assert!(matches!(rest, Cow::Borrowed(b"Subject: x\r\n y")) && count == 0);
    }

    /// RFC 5322 §3.2.4: what stands in quotes is no sign of the field.
    #[test]
    fn addresses_are_written_whole() {
        for (address, written) in [
            ("a.b@good.test", "a.b@good.test"),
            ("花子@xn--0ouw9t.test", "花子@xn--0ouw9t.test"),
            (
                "\"A; dkim=pass (x) \\\" y\"@good.test",
                "\"\\\"A; dkim=pass (x) \\\\\\\" y\\\"@good.test\"",
            ),
            ("\"花 子\"@good.test", "\"\\\"花 子\\\"@good.test\""),
        ] {
            let mut field = Written::new("mx.edo.test");
            field.result("spf", "none");
            field.address("smtp.mailfrom", address);
            let text = field.finish();
            assert!(text.contains(&format!("smtp.mailfrom={written}\r\n")), "{text}");
            let read = AuthResults::parse(text.split_once(':').unwrap().1).unwrap();
            assert_eq!(read.results.len(), 1);
            assert_eq!(read.results[0].property("smtp", "mailfrom"), Some(address));
        }
        let longest = format!("\"{}\"@good.test", "\\\"".repeat(900));
        assert!(address(&longest).len() <= VALUE + 3);
        assert_eq!(quoted("花\r\n"), "\"???\"");
    }

    #[test]
    fn what_is_written_is_read_the_same() {
        let mut field = Written::new("mx.edo.test");
        field.result("spf", "softfail");
        field.reason("the \"term\" ~all\r\nX: y");
        field.property("smtp.mailfrom", "a b;c@x.test");
        field.result("dmarc", "fail");
        field.comment("p=reject (really)");
        field.property("header.from", "edo.test");
        let text = field.finish();
        assert!(text.lines().all(|line| line.len() < 100), "{text}");
        assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
        assert!(!text.contains("\nX:"));
        let read = AuthResults::parse(text.split_once(':').unwrap().1).unwrap();
        assert_eq!(read.results[0].property("smtp", "mailfrom"), Some("a b;c@x.test"));
        assert_eq!(read.results[1].property("header", "from"), Some("edo.test"));
        for octets in (text.len()..text.len() + 5000).step_by(7) {
            let filled = filled(&text, octets).unwrap();
            assert_eq!(filled.len(), octets);
            assert!(filled.split("\r\n").all(|line| line.len() <= LONGEST));
            assert!(filled.trim_end().split("\r\n").all(|line| !line.trim().is_empty()));
            assert_eq!(AuthResults::parse(filled.split_once(':').unwrap().1).unwrap(), read);
        }
        assert!(filled(&text, text.len() - 1).is_none());
    }
}
