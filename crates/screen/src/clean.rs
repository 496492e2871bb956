//! What copying leaves around words: marks of quotation, tags, entities, colours of a terminal, the
//! underscores of qmail.
//!
//! People paste from web pages, from answered mails and from terminals. What those put around the
//! words is taken off before anything is read; where each piece came from is kept, so that evidence
//! is quoted as it stands.

use std::ops::Range;

/// A text without its wrapping.
#[derive(Debug, Default)]
pub(crate) struct Clean {
    text: String,
    /// Pieces in order; none where nothing was taken off.
    pieces: Vec<Piece>,
}

/// Where a piece stands here and in the original.
#[derive(Debug)]
struct Piece {
    here: usize,
    from: usize,
    /// Octets in the original: as many as here, unless something stands for another thing.
    length: usize,
}

/// Tags that part words, and tags that do not.
const BLOCKS: &[&str] = &[
    "br",
    "p",
    "div",
    "tr",
    "td",
    "th",
    "li",
    "ul",
    "ol",
    "table",
    "hr",
    "pre",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "body",
    "html",
    "head",
    "title",
];
const INLINE: &[&str] =
    &["b", "i", "u", "a", "em", "strong", "span", "font", "code", "tt", "small", "big", "center"];
/// Names of constants have fewer underscores, or one case.
const MANY_UNDERSCORES: usize = 4;
/// Longer tags are none.
const LONGEST_TAG: usize = 300;

impl Clean {
    /// Takes the wrapping off.
    pub(crate) fn new(text: &str) -> Self {
        let mut clean = Self::default();
        let mut begins_line = true;
        let mut at = 0;
        let mut word = Word::default();
        while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
            if at >= word.end {
                word = Word::new(at, rest);
            }
            let (length, stands_for) = match rest.as_bytes() {
                [b'_', ..] if word.is_sentence => (1, Some(' ')),
                _ => wrapping(rest, begins_line),
            };
            if length > 0 {
                begins_line = begins_line || stands_for == Some('\n');
                clean.replaced(at, length, stands_for);
                at += length;
                continue;
            }
            let Some(letter) = rest.chars().next() else { break };
            begins_line = letter == '\n';
            clean.kept(at, letter);
            at += letter.len_utf8();
        }
        if clean.text == text {
            clean.pieces.clear();
        }
        clean
    }

    /// The words.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where words stand in the original.
    pub(crate) fn original(&self, words: Range<usize>) -> Range<usize> {
        if self.pieces.is_empty() || words.is_empty() {
            return words;
        }
        let start = self.place(words.start).start;
        start..self.place(words.end - 1).end.max(start)
    }

    /// The octet of the original that stands for one here; all of what is stood for.
    fn place(&self, at: usize) -> Range<usize> {
        let number = self.pieces.partition_point(|it| it.here <= at);
        let Some(piece) = number.checked_sub(1).and_then(|it| self.pieces.get(it)) else {
            return at..at + 1;
        };
        let next = self.pieces.get(number).map_or(self.text.len(), |it| it.here);
        if piece.length == next - piece.here {
            let from = piece.from + at - piece.here;
            return from..from + 1;
        }
        piece.from..piece.from + piece.length
    }

    fn kept(&mut self, at: usize, letter: char) {
        let here = self.text.len();
        self.text.push(letter);
        let length = letter.len_utf8();
        if let Some(last) = self.pieces.last_mut()
            && last.from + last.length == at
            && last.length == here - last.here
        {
            last.length += length;
            return;
        }
        self.pieces.push(Piece { here, from: at, length });
    }

    fn replaced(&mut self, from: usize, length: usize, stands_for: Option<char>) {
        let Some(letter) = stands_for else { return };
        self.pieces.push(Piece { here: self.text.len(), from, length });
        self.text.push(letter);
    }
}

/// How many octets are wrapping, and the letter that they stand for.
fn wrapping(rest: &str, begins_line: bool) -> (usize, Option<char>) {
    match rest.as_bytes() {
        [b'>' | b'|', ..] | [b' ', b'>', ..] if begins_line => (quotation(rest), None),
        [b'<', ..] => tag(rest),
        [b'&', ..] => entity(rest),
        [0x1b, b'[', ..] => (colour(rest), None),
        // Ends of lines as a program writes them, where a sentence begins behind.
        [b'\\', b'n' | b'r' | b't', next, ..]
            if !next.is_ascii_lowercase() || rest.starts_with("\\r\\n") =>
        {
            (2, Some('\n'))
        }
        _ => (0, None),
    }
}

/// What stands between two spaces or tags.
#[derive(Debug, Default)]
struct Word {
    end: usize,
    is_sentence: bool,
}

impl Word {
    /// The word that begins here: qmail writes `Sorry,_I_couldn't_find_any_host`.
    fn new(at: usize, rest: &str) -> Self {
        let ends = |it: char| it.is_whitespace() || "<>\"".contains(it);
        let length = rest.find(ends).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let is_sentence = word.matches('_').count() >= MANY_UNDERSCORES
            && word.is_ascii()
            && word.bytes().any(|it| it.is_ascii_uppercase())
            && word.bytes().any(|it| it.is_ascii_lowercase());
        Self { end: at + length.max(1), is_sentence }
    }
}

/// `> `, `>> `, `| `; not what a transcript of sendmail begins its lines with.
fn quotation(rest: &str) -> usize {
    if rest.starts_with(">>> ") {
        return 0;
    }
    rest.len() - rest.trim_start_matches(['>', '|', ' ']).len()
}

fn tag(rest: &str) -> (usize, Option<char>) {
    let Some(end) = rest.bytes().take(LONGEST_TAG).position(|it| it == b'>') else {
        return (0, None);
    };
    let inner = rest.get(1..end).unwrap_or_default();
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name = inner.split([' ', '/', '\n', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    if BLOCKS.contains(&name.as_str()) {
        return (end + 1, Some('\n'));
    }
    if INLINE.contains(&name.as_str()) { (end + 1, None) } else { (0, None) }
}

fn entity(rest: &str) -> (usize, Option<char>) {
    let Some(end) = rest.bytes().take(10).position(|it| it == b';') else { return (0, None) };
    let name = rest.get(1..end).unwrap_or_default();
    let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    });
    let letter = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => number.and_then(char::from_u32).filter(|it| !it.is_control()),
    };
    (if letter.is_some() { end + 1 } else { 0 }, letter)
}

/// `ESC [ 1 ; 31 m`
fn colour(rest: &str) -> usize {
    let inner = rest.get(2..).unwrap_or_default();
    let end = inner.trim_start_matches(|it: char| it.is_ascii_digit() || it == ';');
    let is_told = end.starts_with(|it: char| it.is_ascii_alphabetic());
    if is_told { rest.len() - end.len() + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_is_taken_off() {
        for (text, words) in [
            ("> 送信できません\n> 0x800CCC0E", "送信できません\n0x800CCC0E"),
            (">> > a\nb > c", "a\nb > c"),
            (">>> DATA\n<<< 550 no", ">>> DATA\n<<< 550 no"),
            ("550 &lt;a@b.test&gt;&nbsp;no", "550 <a@b.test> no"),
            ("<p>送信<b>エラー</b><br/>25</p>", "\n送信エラー\n25\n"),
            ("<a@b.test>: 550 <br", "<a@b.test>: 550 <br"),
            ("\u{1b}[1;31mfailed\u{1b}[0m", "failed"),
            (
                "#5.1.2 Sorry,_I_couldn't_find_any_host_named",
                "#5.1.2 Sorry, I couldn't find any host named",
            ),
            ("<p>SSL_ERROR_BAD_CERT_DOMAIN</p>", "\nSSL_ERROR_BAD_CERT_DOMAIN\n"),
            ("mail_max_userip_connections", "mail_max_userip_connections"),
            (r"no.\n550 5.1.1 in C:\new", "no.\n550 5.1.1 in C:\\new"),
            ("AT&T; &#x41;&#66;", "AT&T; AB"),
        ] {
            assert_eq!(Clean::new(text).text(), words, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_original() {
        let text = "> <b>送信</b>&lt;エラー&gt;です";
        let clean = Clean::new(text);
        let of = |words: &str| {
            let at = clean.text().find(words).unwrap();
            text.get(clean.original(at..at + words.len())).unwrap()
        };
        assert_eq!(of("送信"), "送信");
        assert_eq!(of("<エラー>"), "&lt;エラー&gt;");
        assert_eq!(of("送信<エ"), "送信</b>&lt;エ");
        assert_eq!(of("です"), "です");
        let plain = Clean::new("送信");
        assert_eq!(plain.original(3..6), 3..6);
    }
}
