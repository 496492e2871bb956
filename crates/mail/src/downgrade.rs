//! A message with header fields in UTF-8 (RFC 6532) for a mail program that does not know such
//! ones, by RFC 6858: what can be said in ASCII is, the rest is left out; bodies stay as they are.
//!
//! It is made while the message passes, a header section at a time: that of the message, those of
//! its parts, those of mails within it.

use memchr::memchr;

use crate::surrogate;

/// The longest header section that is gathered; a longer one passes as it is. The server takes none
/// in that is longer, but parts may have such.
const SECTION_OCTETS: usize = 256 * 1024;
/// The longest line that can be a boundary: RFC 2046 §5.1.1 allows 70 octets, with the hyphens and
/// white space around them.
const BOUNDARY_LINE_OCTETS: usize = 200;
/// Multiparts within one another that are followed; deeper ones pass as they are.
const DEPTH: usize = 64;

/// The surrogate message of RFC 6858 §2, piece by piece.
///
/// ```
/// use hikyaku_mail::Downgrade;
///
/// let mut downgrade = Downgrade::new();
/// let mut seen = Vec::new();
/// downgrade.take("From: 花子 <花子@edo.test>\r\nSub".as_bytes(), &mut seen);
/// downgrade.take("ject: 飛脚\r\n\r\n花子\r\n".as_bytes(), &mut seen);
/// downgrade.end(&mut seen);
/// assert!(String::from_utf8(seen).unwrap().contains("<invalid@internationalized-address.invalid>"));
/// ```
#[derive(Debug, Default)]
pub struct Downgrade {
    place: Place,
    /// The header section or the line being gathered.
    held: Vec<u8>,
    /// The boundaries of the multiparts around, the innermost last.
    boundaries: Vec<Vec<u8>>,
}

/// What is passing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A header section.
    #[default]
    Header,
    /// A body, at the beginning of a line.
    LineStart,
    /// A body, within a line that is no boundary.
    Within,
}

/// What a header section says of what follows it.
enum Follows {
    Body,
    Parts(Vec<u8>),
    /// `message/rfc822` or `message/global` (RFC 6532 §3.7).
    Header,
}

impl Downgrade {
    /// At the beginning of a message.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a piece of the message, split anywhere, and appends what can be said so far.
    pub fn take(&mut self, mut octets: &[u8], out: &mut Vec<u8>) {
        while !octets.is_empty() {
            if self.boundaries.is_empty() && self.place != Place::Header {
                // Nothing that is to come is a header section.
                out.extend_from_slice(octets);
                return;
            }
            let end = memchr(b'\n', octets).map(|at| at + 1);
            let (line, rest) = octets.split_at(end.unwrap_or(octets.len()));
            octets = rest;
            match self.place {
                Place::Header => self.header_line(line, end.is_some(), out),
                Place::LineStart => self.body_line(line, end.is_some(), out),
                Place::Within => self.rest_of_line(line, end.is_some(), out),
            }
        }
    }

    /// The message is all there.
    pub fn end(mut self, out: &mut Vec<u8>) {
        match self.place {
            Place::Header => surrogate::section(&self.held, out),
            Place::LineStart | Place::Within => out.append(&mut self.held),
        }
    }

    fn header_line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) {
        self.held.extend_from_slice(line);
        if self.held.len() > SECTION_OCTETS {
            out.append(&mut self.held);
            self.place = if ended { Place::LineStart } else { Place::Within };
            return;
        }
        let blank = self.held == b"\r\n" || self.held.ends_with(b"\n\r\n");
        // A boundary where a header section was to go on ends that part.
        let boundary = (ended && !blank).then(|| self.last_line()).and_then(|at| self.found(at));
        if let Some((boundary, at)) = boundary {
            let line = self.held.split_off(at);
            surrogate::section(&std::mem::take(&mut self.held), out);
            return self.pass_boundary(boundary, &line, out);
        }
        if !(ended && blank) {
            return;
        }
        let section = std::mem::take(&mut self.held);
        surrogate::section(&section, out);
        self.place = Place::LineStart;
        match follows(&section) {
            Follows::Parts(boundary) if self.boundaries.len() < DEPTH => {
                self.boundaries.push(boundary);
            }
            Follows::Header => self.place = Place::Header,
            Follows::Parts(_) | Follows::Body => {}
        }
    }

    /// Where the last line of what is held begins.
    fn last_line(&self) -> usize {
        let before = self.held.len().saturating_sub(1);
        self.held.get(..before).and_then(|held| memchr::memrchr(b'\n', held)).map_or(0, |at| at + 1)
    }

    /// The boundary in the line that begins there.
    fn found(&self, at: usize) -> Option<(Boundary, usize)> {
        self.boundary(self.held.get(at..)?).map(|boundary| (boundary, at))
    }

    fn body_line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) {
        self.held.extend_from_slice(line);
        let opening = self.held.get(..2).unwrap_or(&self.held);
        let may_be_one = b"--".starts_with(opening) && self.held.len() <= BOUNDARY_LINE_OCTETS;
        if may_be_one && !ended {
            return;
        }
        let line = std::mem::take(&mut self.held);
        if let Some(boundary) = self.boundary(&line) {
            return self.pass_boundary(boundary, &line, out);
        }
        self.rest_of_line(&line, ended, out);
    }

    fn rest_of_line(&mut self, line: &[u8], ended: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(line);
        self.place = if ended { Place::LineStart } else { Place::Within };
    }

    fn pass_boundary(&mut self, boundary: Boundary, line: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(line);
        let (depth, place) = match boundary {
            Boundary::Next(index) => (index + 1, Place::Header),
            Boundary::Last(index) => (index, Place::LineStart),
        };
        // RFC 2046 §5.1.2: an outer boundary ends what is within.
        self.boundaries.truncate(depth);
        self.place = place;
    }

    /// Which boundary a line is, if it is one (RFC 2046 §5.1.1).
    fn boundary(&self, line: &[u8]) -> Option<Boundary> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let is = |boundary: &Vec<u8>, text: &[u8]| boundary.as_slice() == text;
        if let Some(index) = self.boundaries.iter().rposition(|it| is(it, text)) {
            return Some(Boundary::Next(index));
        }
        let text = text.strip_suffix(b"--")?;
        self.boundaries.iter().rposition(|it| is(it, text)).map(Boundary::Last)
    }
}

/// A line between parts, by the place of its multipart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    Next(usize),
    Last(usize),
}

fn follows(section: &[u8]) -> Follows {
    let Some(value) = surrogate::content_type(section) else { return Follows::Body };
    let kind = value.c_type.to_ascii_lowercase();
    let subtype = value.c_subtype.as_deref().unwrap_or_default().to_ascii_lowercase();
    match (kind.as_str(), subtype.as_str()) {
        ("multipart", _) => match value.attribute("boundary") {
            Some(boundary) if !boundary.is_empty() => {
                Follows::Parts(boundary.trim_ascii_end().as_bytes().to_vec())
            }
            _ => Follows::Body,
        },
        ("message", "rfc822" | "global") => Follows::Header,
        _ => Follows::Body,
    }
}

#[cfg(test)]
#[path = "downgrade_tests.rs"]
mod tests;
