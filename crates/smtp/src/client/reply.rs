//! Replies as they come: lines put together, codes taken off (RFC 5321 §4.2).

use hikyaku_cause::Reply;
use hikyaku_wire::{Line, take_line};

/// RFC 5321 §4.5.3.1.5 allows 512; real servers say more.
const LINE_OCTETS: usize = 4096;
/// More lines than any server has reason for.
const LINES: usize = 200;
/// All lines of a reply together: it is kept with every recipient that it refuses.
const REPLY_OCTETS: usize = 32_768;

/// What the next octets give.
#[derive(Debug)]
pub(super) enum Next {
    /// A whole reply.
    Reply(Reply),
    /// More octets are needed.
    More,
    /// This is no reply; the line as far as it was read.
    Wrong(Vec<u8>),
}

/// Puts replies together.
#[derive(Debug, Default)]
pub(super) struct Replies {
    code: Option<u16>,
    lines: Vec<Vec<u8>>,
    octets: usize,
}

impl Replies {
    /// Whether the next line begins a reply.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Takes what it can from the front of `input`; adds to `used` what was taken.
    pub(super) fn take(&mut self, input: &[u8], used: &mut usize) -> Next {
        loop {
            let rest = input.get(*used..).unwrap_or_default();
            let (line, octets) = match take_line(rest, LINE_OCTETS) {
                Line::Whole { line, used } | Line::BareLf { line, used } => (line, used),
                Line::More => return Next::More,
                Line::TooLong { used: octets, .. } => {
                    *used += octets;
                    return Next::Wrong(rest.get(..200).unwrap_or(rest).to_vec());
                }
            };
            *used += octets;
            let Some((code, last, text)) = parse(line) else {
                return Next::Wrong(line.to_vec());
            };
            // RFC 5321 §4.2.1: all lines of a reply have the same code.
            let fits = self.lines.len() < LINES && self.octets + text.len() <= REPLY_OCTETS;
            if !fits || self.code.is_some_and(|first| first != code) {
                return Next::Wrong(line.to_vec());
            }
            self.code = Some(code);
            self.octets += text.len();
            self.lines.push(text.to_vec());
            if last {
                return Next::Reply(self.finish(code));
            }
        }
    }

    fn finish(&mut self, code: u16) -> Reply {
        (self.code, self.octets) = (None, 0);
        let mut lines = std::mem::take(&mut self.lines);
        let status = lines.first().and_then(|line| status_of(line, code));
        if let Some(status) = &status {
            for line in &mut lines {
                match line.strip_prefix(status.as_bytes()) {
                    Some([]) => line.clear(),
                    Some([b' ', rest @ ..]) => *line = rest.to_vec(),
                    // Another code that begins alike.
                    _ => {}
                }
            }
        }
        Reply { code, status, lines }
    }
}

/// A line's code, whether it is the last, and its text.
fn parse(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let digits = line.get(..3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    if !(200..600).contains(&code) {
        return None;
    }
    match line.get(3) {
        // RFC 5321 §4.2.1: a code alone is a whole line too.
        None => Some((code, true, b"")),
        Some(b' ') => Some((code, true, line.get(4..).unwrap_or_default())),
        Some(b'-') => Some((code, false, line.get(4..).unwrap_or_default())),
        Some(_) => None,
    }
}

/// The enhanced status code in front of a text (RFC 2034 §4), if its class agrees with the reply.
fn status_of(text: &[u8], code: u16) -> Option<String> {
    let word = text.split(|octet| *octet == b' ').next()?;
    let word = std::str::from_utf8(word).ok()?;
    let mut parts = word.split('.');
    let class: u16 = parts.next()?.parse().ok()?;
    let numbers = [parts.next()?, parts.next()?];
    let is_number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit())
    };
    let whole = parts.next().is_none() && numbers.into_iter().all(is_number);
    (whole && class == code / 100 && [2, 4, 5].contains(&class)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<(u16, Option<String>, usize)> {
        let (mut replies, mut used, mut found) = (Replies::default(), 0, Vec::new());
        while let Next::Reply(reply) = replies.take(input, &mut used) {
            found.push((reply.code, reply.status, reply.lines.len()));
        }
        found
    }

    #[test]
    fn known_answers() {
        let status = |text: &str| Some(text.to_owned());
        assert_eq!(all(b"220 hi\r\n250-a\r\n250 b\r\n"), [(220, None, 1), (250, None, 2)]);
        assert_eq!(all(b"250-2.1.0 a\r\n250 2.1.0 b\r\n"), [(250, status("2.1.0"), 2)]);
        assert_eq!(all(b"550 5.1.1 no\n"), [(550, status("5.1.1"), 1)]);
        assert_eq!(all(b"550\r\n"), [(550, None, 1)]);
        assert_eq!(all(b"550-\r\n550 \r\n"), [(550, None, 2)]);
        // A class that contradicts the code is no status.
        assert_eq!(all(b"452 5.1.1 x\r\n"), [(452, None, 1)]);
        for wrong in
            [&b"hello\r\n"[..], b"25\r\n", b"250x\r\n", b"250-a\r\n251 b\r\n", b"999 x\r\n"]
        {
            assert!(matches!(Replies::default().take(wrong, &mut 0), Next::Wrong(_)), "{wrong:?}");
        }
    }

    #[test]
    fn the_lines_are_kept_as_they_came_without_their_codes() {
        let (mut replies, mut used) = (Replies::default(), 0);
        let input = b"550-5.7.1 a\xff b\r\n550-\r\n550-5.7.1\r\n550 5.7.10 c\r\n250";
        let Next::Reply(reply) = replies.take(input, &mut used) else { panic!() };
        assert_eq!(reply.lines, [&b"a\xff b"[..], b"", b"", b"5.7.10 c"]);
        assert_eq!(used, input.len() - 3);
    }

    #[test]
    fn limits() {
        let wrong = |input: &[u8]| {
            let (mut replies, mut used) = (Replies::default(), 0);
            matches!(replies.take(input, &mut used), Next::Wrong(line) if line.len() <= LINE_OCTETS)
        };
        let line = |octets: usize| [b"250-", "a".repeat(octets - 6).as_bytes(), b"\r\n"].concat();
        let ends = |mut lines: Vec<u8>| {
            lines.extend_from_slice(b"250 b\r\n");
            lines
        };
        assert!(!wrong(&ends(line(LINE_OCTETS))));
        assert!(wrong(&ends(line(LINE_OCTETS + 1))));
        assert!(wrong(&vec![b'2'; LINE_OCTETS + 1]), "a line without end");
        assert!(!wrong(&ends(line(20).repeat(LINES - 1))));
        assert!(wrong(&ends(line(20).repeat(LINES))));
        assert!(!wrong(&ends(line(4000).repeat(8))));
        assert!(wrong(&ends(line(4000).repeat(9))));
    }
}
