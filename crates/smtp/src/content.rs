//! Message content after DATA or in the chunks of BDAT: where it ends, and what does not belong
//! to it.
//!
//! Only CRLF ends a line and only CRLF "." CRLF ends the content (RFC 5321 §4.1.1.4). A bare CR
//! or LF never does; content that holds one is read to its true end and refused then, because the
//! next server may take the bare LF for a line end and see a second message ("smuggling").

use std::ops::Range;

/// What is wrong with content. The first fault is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentFault {
    /// CR without LF or LF without CR (RFC 5321 §2.3.8).
    BareNewline {
        /// Octets from the start of the content, as sent.
        offset: u64,
        /// Which of the two.
        found: u8,
    },
    /// A line longer than the limit.
    LineTooLong {
        /// Where the line began.
        offset: u64,
    },
    /// More octets than the limit.
    TooLarge {
        /// How many had come when the end was seen, or so far.
        seen: u64,
    },
}

/// How far the content got with one piece of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Octets used.
    pub used: usize,
    /// Whether the end was among them.
    pub ended: bool,
}

/// What may come beyond twice the limit.
const SPARE_OCTETS: u64 = 65_536;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    LineStart,
    /// A dot at the start of a line: stuffing, or the end.
    Dot,
    /// A dot and CR at the start of a line.
    DotCr,
    Line,
    Cr,
}

/// The reader of one message's content.
#[derive(Debug)]
pub struct Content {
    at: At,
    /// Octets seen as sent, stuffing counted.
    seen: u64,
    /// Octets of content given out.
    octets: u64,
    /// Where the line we are in began.
    line: u64,
    most_octets: u64,
    most_line: u64,
    fault: Option<ContentFault>,
    /// Whether dots are doubled and one alone is the end; in chunks they are not.
    has_dots: bool,
}

impl Content {
    /// A reader that takes at most `most_octets` of content in lines of at most `most_line`.
    pub fn new(most_octets: u64, most_line: u64) -> Self {
        Self {
            at: At::LineStart,
            seen: 0,
            octets: 0,
            line: 0,
            most_octets,
            most_line,
            fault: None,
            has_dots: true,
        }
    }

    /// The same for content that comes in chunks, whose end is known from their size (RFC 3030).
    pub fn in_chunks(most_octets: u64, most_line: u64) -> Self {
        Self { has_dots: false, ..Self::new(most_octets, most_line) }
    }

    /// The content has come to its end in chunks.
    pub fn finish(&mut self) {
        if self.at == At::Cr {
            self.bare(b'\r', self.seen.saturating_sub(1));
        }
    }

    /// Whether so many octets pass every bound of content of at most `most_octets`.
    pub fn is_beyond(most_octets: u64, octets: u64) -> bool {
        octets > most_seen(most_octets)
    }

    /// Octets of content so far, stuffing removed.
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The first thing wrong with it.
    pub fn fault(&self) -> Option<ContentFault> {
        self.fault
    }

    /// Whether it has passed every bound, its end not in sight: twice what is allowed, for a
    /// program that does not heed SIZE should learn at the true end that its message is too large.
    pub fn is_endless(&self) -> bool {
        self.seen >= most_seen(self.most_octets)
    }

    /// Reads on. Ranges of `input` that are content are appended to `body`, none once there is a
    /// fault: nobody will want them.
    pub fn read(&mut self, input: &[u8], body: &mut Vec<Range<usize>>) -> Progress {
        let room = usize::try_from(most_seen(self.most_octets) - self.seen).unwrap_or(usize::MAX);
        let input = input.get(..room).unwrap_or(input);
        let mut run = Run { start: 0, ranges: body };
        let mut position = 0;
        while let Some(rest) = input.get(position..).filter(|rest| !rest.is_empty()) {
            let first = rest.first().copied().unwrap_or_default();
            position += match (self.at, first) {
                (At::LineStart, b'.') if self.has_dots => {
                    self.give(&mut run, position);
                    run.start = position + 1;
                    self.step(At::Dot, 1)
                }
                (At::Dot, b'\r') => self.step(At::DotCr, 1),
                (At::DotCr, b'\n') => {
                    self.seen += 1;
                    return Progress { used: position + 1, ended: true };
                }
                (At::Cr, b'\n') => self.end_line(1),
                (At::DotCr | At::Cr, _) => {
                    self.bare(b'\r', self.seen.saturating_sub(1));
                    self.step(At::Line, 0)
                }
                (At::LineStart | At::Dot | At::Line, _) => self.line(rest),
            };
            // The dot and what follows it are no content until it is clear that they are no end.
            if matches!(self.at, At::Dot | At::DotCr) {
                run.start = position;
            }
        }
        if !matches!(self.at, At::Dot | At::DotCr) {
            self.give(&mut run, position);
        }
        Progress { used: position, ended: false }
    }

    /// Reads within a line up to its end or the end of what is there.
    fn line(&mut self, rest: &[u8]) -> usize {
        let Some(at) = memchr::memchr2(b'\r', b'\n', rest) else {
            let used = self.step(At::Line, rest.len());
            self.check_line();
            return used;
        };
        match (rest.get(at), rest.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => self.end_line(at + 2),
            (Some(b'\r'), None) => self.step(At::Cr, at + 1),
            (Some(&found), _) => {
                self.bare(found, self.seen + at as u64);
                self.step(At::Line, at + 1)
            }
            (None, _) => self.step(At::Line, rest.len()),
        }
    }

    fn step(&mut self, at: At, used: usize) -> usize {
        self.at = at;
        self.seen += used as u64;
        used
    }

    fn end_line(&mut self, used: usize) -> usize {
        self.step(At::LineStart, used);
        self.check_line();
        self.line = self.seen;
        used
    }

    fn check_line(&mut self) {
        self.check_line_to(self.seen);
    }

    fn check_line_to(&mut self, seen: u64) {
        if seen.saturating_sub(self.line) > self.most_line {
            self.fault.get_or_insert(ContentFault::LineTooLong { offset: self.line });
        }
    }

    fn bare(&mut self, found: u8, offset: u64) {
        // The line may have been too long before; cuts must not change which fault is first.
        self.check_line_to(offset);
        self.fault.get_or_insert(ContentFault::BareNewline { offset, found });
    }

    /// Gives out the run of content that ends at `end`.
    fn give(&mut self, run: &mut Run<'_>, end: usize) {
        let octets = end.saturating_sub(run.start) as u64;
        if octets == 0 {
            return;
        }
        self.octets += octets;
        if self.octets > self.most_octets {
            // The size is the plainest fault; it says how much came.
            self.fault = Some(ContentFault::TooLarge { seen: self.octets });
        }
        if self.fault.is_none() {
            run.ranges.push(run.start..end);
        }
    }
}

fn most_seen(most_octets: u64) -> u64 {
    most_octets.saturating_mul(2).saturating_add(SPARE_OCTETS)
}

struct Run<'a> {
    start: usize,
    ranges: &'a mut Vec<Range<usize>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(input: &[u8]) -> (Vec<u8>, Progress, Option<ContentFault>) {
        pieces(&[input])
    }

    fn pieces(pieces: &[&[u8]]) -> (Vec<u8>, Progress, Option<ContentFault>) {
        let mut content = Content::new(1000, 100);
        let mut text = Vec::new();
        let mut total = Progress { used: 0, ended: false };
        for piece in pieces {
            let mut body = Vec::new();
            let progress = content.read(piece, &mut body);
            for range in body {
                text.extend_from_slice(&piece[range]);
            }
            total = Progress { used: total.used + progress.used, ended: progress.ended };
            if progress.ended {
                break;
            }
        }
        (text, total, content.fault())
    }

    /// Input, content, whether it ended, fault.
    type Case = (&'static [u8], &'static [u8], bool, Option<ContentFault>);

    #[test]
    fn known_answers() {
        let bare = |offset, found| Some(ContentFault::BareNewline { offset, found });
        let cases: [Case; 13] = [
            (b".\r\n", b"", true, None),
            (b"a\r\n.\r\nQUIT", b"a\r\n", true, None),
            (b"..\r\n.\r\n", b".\r\n", true, None),
            (b".a\r\n.\r\n", b"a\r\n", true, None),
            (b"a\r\n..b\r\nc\r\n.\r\n", b"a\r\n.b\r\nc\r\n", true, None),
            (b"a\0\x01\xff\r\n.\r\n", b"a\0\x01\xff\r\n", true, None),
            (b"a\r\n", b"a\r\n", false, None),
            // RFC 5321 §4.1.1.4: none of these ends the content.
            (b"a\n.\n", b"", false, bare(1, b'\n')),
            (b"a\r\n.\n", b"a\r\n", false, bare(4, b'\n')),
            (b"a\n.\r\n", b"", false, bare(1, b'\n')),
            (b"a\r.\r\n", b"", false, bare(1, b'\r')),
            (b"a\r\n.\rb", b"a\r\n", false, bare(4, b'\r')),
            (b"a\r\n.\r\r\n", b"a\r\n", false, bare(4, b'\r')),
        ];
        for (input, text, ended, fault) in cases {
            let (got, progress, found) = whole(input);
            let shown = input.escape_ascii();
            assert_eq!(progress.ended, ended, "{shown}");
            assert_eq!(found, fault, "{shown}");
            if fault.is_none() {
                assert_eq!(got, text, "{shown}");
            }
        }
    }

    #[test]
    fn cuts_at_every_octet_change_nothing() {
        let input = b"one\r\n.\x2etwo\r\n..\r\n\r\n.x\r\nthree\r\n.\r\nNOOP\r\n";
        let (text, progress, fault) = whole(input);
        assert_eq!(fault, None);
        for cut in 0..input.len() {
            let (a, b) = input.split_at(cut);
            assert_eq!(pieces(&[a, b]).0, text, "cut at {cut}");
            assert_eq!(pieces(&[a, b]).1.used, progress.used, "cut at {cut}");
        }
        let single: Vec<&[u8]> = input.chunks(1).collect();
        assert_eq!(pieces(&single), (text, progress, fault));
    }

    #[test]
    fn cuts_do_not_change_which_fault_is_first() {
        for bare in ["\n", "\r", "\r\r"] {
            let input = format!("{}{bare}y\r\n.\r\n", "x".repeat(100));
            let later = format!("{}{bare}y\r\n.\r\n", "x".repeat(101));
            for (input, expected) in [
                (&input, ContentFault::BareNewline { offset: 100, found: bare.as_bytes()[0] }),
                (&later, ContentFault::LineTooLong { offset: 0 }),
            ] {
                for cut in 0..input.len() {
                    let (a, b) = input.as_bytes().split_at(cut);
                    assert_eq!(pieces(&[a, b]).2, Some(expected), "{bare:?} cut at {cut}");
                }
            }
        }
    }

    #[test]
    fn content_without_end_is_given_up_at_the_same_octet() {
        let bound = 2 * 1000 + SPARE_OCTETS;
        for size in [1, 7, 1000, 100_000] {
            let mut content = Content::new(1000, 100);
            let mut used = 0;
            while !content.is_endless() {
                let progress = content.read(&vec![b'x'; size], &mut Vec::new());
                assert!(!progress.ended && progress.used > 0);
                used += progress.used as u64;
            }
            assert_eq!(used, bound);
        }
    }

    #[test]
    fn limits() {
        let mut long = vec![b'x'; 101];
        long.extend_from_slice(b"\r\n.\r\n");
        assert_eq!(whole(&long).2, Some(ContentFault::LineTooLong { offset: 0 }));
        let large = b"0123456789\r\n".repeat(90);
        assert!(matches!(whole(&large).2, Some(ContentFault::TooLarge { .. })));
    }
}
