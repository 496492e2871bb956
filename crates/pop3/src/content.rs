//! A message on its way out: stuffed, cut for TOP, terminated (RFC 1939 §3).

use memchr::{memchr, memmem};

use crate::transaction::say;

/// What is known of the content sent so far.
#[derive(Debug)]
pub(crate) struct Content {
    head: Head,
    cut: Option<Cut>,
    tail: Tail,
}

/// The reply line before the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// Not said yet; with the size for RETR.
    Due(Option<u64>),
    Said,
}

/// How the octets sent so far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// In CRLF, or nothing was sent yet: a line begins.
    LineEnd,
    /// In CR.
    Cr,
    /// In LF without CR. The store keeps none; were there one, a dot after it could still end the
    /// message for a careless reader.
    BareLf,
    /// In anything else.
    Text,
}

impl Content {
    /// All of a message of this size.
    pub(crate) fn whole(size: u64) -> Self {
        Self { head: Head::Due(Some(size)), cut: None, tail: Tail::LineEnd }
    }

    /// The header and this many lines of the body (RFC 1939 §7, TOP).
    pub(crate) fn top(lines: usize) -> Self {
        let cut = Cut { lines_left: lines, in_header: true, line: Tail::LineEnd };
        Self { head: Head::Due(None), cut: Some(cut), tail: Tail::LineEnd }
    }

    /// Whether something of it has been sent: then it is too late for `-ERR`.
    pub(crate) fn is_begun(&self) -> bool {
        self.head == Head::Said
    }

    /// Appends a piece; `last` if the message ends with it. Says whether all wanted is there,
    /// with its terminator.
    pub(crate) fn write(&mut self, octets: &[u8], last: bool, send: &mut Vec<u8>) -> bool {
        self.say_head(send);
        let (octets, complete) = match &mut self.cut {
            None => (octets, false),
            Some(cut) => cut.take(octets),
        };
        self.stuff(octets, send);
        let done = complete || last;
        if done {
            self.terminate(send);
        }
        done
    }

    fn say_head(&mut self, send: &mut Vec<u8>) {
        match std::mem::replace(&mut self.head, Head::Said) {
            Head::Due(Some(size)) => say(send, format_args!("{size} octets")),
            Head::Due(None) => say(send, format_args!("top of message follows")),
            Head::Said => {}
        }
    }

    /// RFC 1939 §3: a line that begins with the termination octet gets another before it. After a
    /// bare LF too: a reader that takes it for a line end must not see a terminator.
    fn stuff(&mut self, octets: &[u8], send: &mut Vec<u8>) {
        let Some(end) = octets.last() else { return };
        send.reserve(octets.len() + octets.len() / 64 + b"\r\n.\r\n".len());
        if matches!(self.tail, Tail::LineEnd | Tail::BareLf) && octets.starts_with(b".") {
            send.push(b'.');
        }
        let mut from = 0;
        for line_end in memmem::find_iter(octets, b"\n.") {
            let dot = line_end + 1;
            send.extend_from_slice(octets.get(from..dot).unwrap_or_default());
            send.push(b'.');
            from = dot;
        }
        send.extend_from_slice(octets.get(from..).unwrap_or_default());
        let before = octets.len().checked_sub(2).and_then(|at| octets.get(at));
        self.tail = match (*end, before) {
            (b'\n', Some(b'\r')) => Tail::LineEnd,
            (b'\n', None) if self.tail == Tail::Cr => Tail::LineEnd,
            (b'\n', _) => Tail::BareLf,
            (b'\r', _) => Tail::Cr,
            _ => Tail::Text,
        };
    }

    fn terminate(&self, send: &mut Vec<u8>) {
        send.extend_from_slice(match self.tail {
            Tail::LineEnd => b".\r\n",
            Tail::Cr => b"\n.\r\n",
            Tail::BareLf | Tail::Text => b"\r\n.\r\n",
        });
    }
}

/// Finds the end of what TOP wants: the header, the blank line, and so many lines.
#[derive(Debug)]
struct Cut {
    lines_left: usize,
    in_header: bool,
    /// `LineEnd` at the start of a line, `Cr` after CR alone, else `Text`.
    line: Tail,
}

impl Cut {
    /// The part of this piece that is wanted, and whether it is the last.
    fn take<'a>(&mut self, octets: &'a [u8]) -> (&'a [u8], bool) {
        let mut from = 0;
        while let Some(rest) = octets.get(from..).filter(|rest| !rest.is_empty()) {
            let Some(end) = memchr(b'\n', rest) else {
                self.line = self.line_with(rest);
                break;
            };
            let line = rest.get(..end).unwrap_or_default();
            from += end + 1;
            if self.ends_with_line(line) {
                return (octets.get(..from).unwrap_or_default(), true);
            }
        }
        (octets, false)
    }

    fn ends_with_line(&mut self, line: &[u8]) -> bool {
        let blank = self.line_with(line) != Tail::Text;
        self.line = Tail::LineEnd;
        if self.in_header {
            self.in_header = !blank;
        } else {
            self.lines_left = self.lines_left.saturating_sub(1);
        }
        !self.in_header && self.lines_left == 0
    }

    fn line_with(&self, more: &[u8]) -> Tail {
        match (self.line, more) {
            (line, b"") => line,
            (Tail::LineEnd, b"\r") => Tail::Cr,
            _ => Tail::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(pieces: &[&[u8]]) -> String {
        let mut content = Content::whole(0);
        let mut send = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let last = index + 1 == pieces.len();
            assert_eq!(content.write(piece, last, &mut send), last);
        }
        body(&send, "+OK 0 octets\r\n")
    }

    /// What TOP sends, and how many pieces it took.
    fn top(lines: usize, pieces: &[&[u8]]) -> (String, usize) {
        let mut content = Content::top(lines);
        let mut send = Vec::new();
        let taken = pieces
            .iter()
            .enumerate()
            .position(|(index, piece)| content.write(piece, index + 1 == pieces.len(), &mut send));
        (body(&send, "+OK top of message follows\r\n"), taken.unwrap() + 1)
    }

    fn body(send: &[u8], head: &str) -> String {
        String::from_utf8(send.to_vec()).unwrap().strip_prefix(head).unwrap().to_owned()
    }

    #[test]
    fn known_answers() {
        let cases: [(&[&[u8]], &str); 12] = [
            (&[b""], ".\r\n"),
            (&[b"a\r\n"], "a\r\n.\r\n"),
            (&[b"a"], "a\r\n.\r\n"),
            (&[b"a\r"], "a\r\n.\r\n"),
            (&[b"a\r", b"\n"], "a\r\n.\r\n"),
            (&[b".\r\n"], "..\r\n.\r\n"),
            (&[b"a\r\n.\r\n..b\r\n"], "a\r\n..\r\n...b\r\n.\r\n"),
            (&[b"a\r", b"\n", b"", b".b"], "a\r\n..b\r\n.\r\n"),
            (&[b"a", b".b\r\n"], "a.b\r\n.\r\n"),
            (&[b"\r\n", b"."], "\r\n..\r\n.\r\n"),
            (&[b"a\n", b".b"], "a\n..b\r\n.\r\n"),
            (&[b"a\n"], "a\n\r\n.\r\n"),
        ];
        for (pieces, expected) in cases {
            assert_eq!(whole(pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn top_stops_where_it_has_enough() {
        let message: &[&[u8]] = &[b"A: b\r\n\r", b"\n1\r", b"\n.2\r\n3\r\n", b"4\r\n"];
        let cases = [
            (0, "A: b\r\n\r\n.\r\n", 2),
            (1, "A: b\r\n\r\n1\r\n.\r\n", 3),
            (2, "A: b\r\n\r\n1\r\n..2\r\n.\r\n", 3),
            (4, "A: b\r\n\r\n1\r\n..2\r\n3\r\n4\r\n.\r\n", 4),
            (usize::MAX, "A: b\r\n\r\n1\r\n..2\r\n3\r\n4\r\n.\r\n", 4),
        ];
        for (lines, text, pieces) in cases {
            assert_eq!(top(lines, message), (text.to_owned(), pieces), "{lines}");
        }
        assert_eq!(top(0, &[b"no blank line", b"\r\n"]).0, "no blank line\r\n.\r\n");
        assert_eq!(top(0, &[b"\r\nno header\r\n"]).0, "\r\n.\r\n");
    }

    /// A small generator, so that a failure comes again (xorshift64).
    struct Noise(u64);

    impl Noise {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 33).unwrap() % limit
        }

        fn text(&mut self, words: &[&str]) -> String {
            let length = self.below(14);
            (0..length).map(|_| words[self.below(words.len())]).collect()
        }

        fn pieces<'a>(&mut self, mut text: &'a [u8]) -> Vec<&'a [u8]> {
            let mut pieces = Vec::new();
            while self.below(4) > 0 {
                let (piece, rest) = text.split_at(self.below(text.len() + 1));
                pieces.push(piece);
                text = rest;
            }
            pieces.push(text);
            pieces
        }
    }

    /// Reads as a client does: lines end with CRLF, the first lone dot ends all.
    fn read(sent: &str) -> (String, &str) {
        let mut text = String::new();
        let mut rest = sent;
        loop {
            let (line, after) = rest.split_once("\r\n").unwrap();
            rest = after;
            if line == "." {
                return (text, rest);
            }
            text += line.strip_prefix('.').unwrap_or(line);
            text += "\r\n";
        }
    }

    #[test]
    fn any_split_gives_the_same_and_reads_back() {
        let mut noise = Noise(0x00C0_FFEE);
        for _ in 0..20_000 {
            let text = noise.text(&["\r\n", ".", "a", "\r\n.", ".\r\n"]);
            let sent = whole(&noise.pieces(text.as_bytes()));
            let end = if text.is_empty() || text.ends_with("\r\n") { "" } else { "\r\n" };
            assert_eq!(read(&sent), (format!("{text}{end}"), ""), "{text:?}");
        }
    }

    #[test]
    fn stray_line_ends_make_no_terminator() {
        let mut noise = Noise(0x0BAD_5EED);
        for _ in 0..20_000 {
            let text = noise.text(&["\r", "\n", ".", "a", "\r\n"]);
            let sent = whole(&noise.pieces(text.as_bytes()));
            assert_eq!(sent, whole(&[text.as_bytes()]), "{text:?}");
            let careless = sent.replace("\r\n", "\n");
            let end = careless.len() - ".\n".len();
            assert!(careless.ends_with(".\n"));
            assert!(!format!("\n{}", &careless[..end]).contains("\n.\n"), "{text:?}");
            assert_eq!(read(&sent).1, "", "{text:?}");
        }
    }

    #[test]
    fn top_is_cut_alike_at_any_split() {
        let mut noise = Noise(0x7075_6C6C);
        for _ in 0..20_000 {
            let text = noise.text(&["\r\n", ".", "a", "\r\n\r\n", "\n", "\r"]);
            let lines = noise.below(4);
            let (sent, _) = top(lines, &noise.pieces(text.as_bytes()));
            assert_eq!(sent, top(lines, &[text.as_bytes()]).0, "{text:?} {lines}");
        }
    }
}
