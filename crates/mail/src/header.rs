//! The header section of a message while it streams by.

mod field;

use std::mem;

use memchr::memchr;

pub use field::{Field, HeaderEnd, TlsRequired};

/// A field body longer than this, in octets, is not kept.
pub const VALUE_LIMIT: usize = 8 * 1024;
/// As long as the longest name looked for, and one more to tell a longer name from it.
const NAME_OCTETS: usize = "Content-Type".len() + 1;
/// So many Delivered-To fields are kept: as many as a message may have passed forwarders.
const DELIVERED: usize = 100;

/// What a server needs to know of a header section, read in pieces of any size.
///
/// Lines end with CRLF; a CR or LF alone is content. All that is kept is the count of the fields
/// in [`Field`], the body of the first From, Sender, Message-ID, Content-Type and TLS-Required, and
/// those of Delivered-To, each up to [`VALUE_LIMIT`].
///
/// ```
/// use hikyaku_mail::{Field, HeaderScan};
///
/// let mut scan = HeaderScan::new(64 * 1024);
/// scan.push(b"Received: from a\r\n by b\r\nFrom: Taro\r\n <taro@edo");
/// scan.push(b".test>\r\n\r\nDate: in the body\r\n");
/// assert!(scan.is_done() && !scan.has(Field::Date));
/// assert_eq!((scan.hops(), scan.octets()), (1, 57));
/// assert_eq!(scan.value(Field::From), Some(&b"Taro <taro@edo.test>"[..]));
/// ```
#[derive(Debug, Clone)]
pub struct HeaderScan {
    limit: usize,
    octets: usize,
    line_start: usize,
    state: State,
    name: [u8; NAME_OCTETS],
    name_len: usize,
    counts: [usize; Field::COUNT],
    /// Which of `values` takes the field being read.
    slot: Option<usize>,
    values: [Value; 5],
    delivered: Vec<Value>,
    /// Whether the last of `delivered` is being read.
    is_delivered: bool,
    first_line_is_header: Option<bool>,
    end: Option<HeaderEnd>,
    over_limit: bool,
    is_ascii: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a line.
    Line,
    /// After a CR at the start of a line.
    BlankCr,
    Name,
    /// In white space between name and colon (RFC 5322 §4.5, obsolete).
    NameSpace,
    Body,
    /// After a CR in a field body.
    BodyCr,
    Done,
}

#[derive(Debug, Clone, Default)]
struct Value {
    octets: Vec<u8>,
    cut: bool,
}

impl Value {
    fn push(&mut self, octets: &[u8]) {
        let room = VALUE_LIMIT - self.octets.len();
        self.octets.extend_from_slice(octets.get(..room).unwrap_or(octets));
        self.cut |= octets.len() > room;
    }
}

impl HeaderScan {
    /// A scan that gives up when the header section is longer than `limit` octets.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            octets: 0,
            line_start: 0,
            state: State::Line,
            name: [0; NAME_OCTETS],
            name_len: 0,
            counts: [0; Field::COUNT],
            slot: None,
            values: Default::default(),
            delivered: Vec::new(),
            is_delivered: false,
            first_line_is_header: None,
            end: None,
            over_limit: false,
            is_ascii: true,
        }
    }

    /// Reads on. Once the scan [is done](Self::is_done) this does nothing.
    pub fn push(&mut self, octets: &[u8]) {
        let mut rest = octets;
        while self.state != State::Done && !rest.is_empty() {
            let room = self.limit.saturating_sub(self.octets);
            if room == 0 {
                self.over_limit = true;
                self.state = State::Done;
                return;
            }
            let used = self.step(rest.get(..room).unwrap_or(rest));
            self.is_ascii &= rest.get(..used).is_none_or(<[u8]>::is_ascii);
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Whether nothing more will be learnt: the header section has ended, or is too long.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether all of it that was read is ASCII.
    pub fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// How the header section ended; `None` until it has.
    pub fn end(&self) -> Option<HeaderEnd> {
        self.end
    }

    /// Whether the header section is longer than the limit.
    pub fn over_limit(&self) -> bool {
        self.over_limit
    }

    /// Octets of the header section seen so far, in the end with its empty line: there the body
    /// begins.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// Servers the message has passed: its Received fields (RFC 5321 §6.3).
    pub fn hops(&self) -> usize {
        self.count(Field::Received)
    }

    /// Whether the field is there.
    pub fn has(&self, field: Field) -> bool {
        self.count(field) > 0
    }

    /// How often the field is there. Only Received and Return-Path may be there twice
    /// (RFC 5322 §3.6); two From fields let different readers see different authors.
    pub fn count(&self, field: Field) -> usize {
        self.counts.get(field as usize).copied().unwrap_or_default()
    }

    /// The unfolded body (RFC 5322 §2.2.3) of the first From, Sender or Message-ID, without the
    /// white space around it. `None` for other fields, when it is not there, and when it is longer
    /// than [`VALUE_LIMIT`], so that nobody judges half an address list: ask [`has`](Self::has)
    /// for the difference.
    pub fn value(&self, field: Field) -> Option<&[u8]> {
        let value = self.values.get(field.slot()?)?;
        (self.has(field) && !value.cut).then(|| value.octets.trim_ascii())
    }

    /// The unfolded bodies of the Delivered-To fields: which addresses have sent the message on.
    pub fn delivered_to(&self) -> impl Iterator<Item = &[u8]> {
        self.delivered.iter().filter(|it| !it.cut).map(|it| it.octets.trim_ascii())
    }

    /// What it asks of encryption; `None` where it does not speak of it.
    pub fn tls_required(&self) -> Option<TlsRequired> {
        match (self.count(Field::TlsRequired), self.value(Field::TlsRequired)) {
            (0, _) => None,
            // RFC 8689 §3: letters of the value may be of either case; it stands at most once.
            (1, Some(value)) if value.eq_ignore_ascii_case(b"no") => Some(TlsRequired::No),
            (1, _) => Some(TlsRequired::Malformed),
            _ => Some(TlsRequired::Several),
        }
    }

    /// Whether the first line is a field; `None` while that is open.
    pub fn first_line_is_header(&self) -> Option<bool> {
        self.first_line_is_header
    }

    /// Reads something from the front of `octets`, which is not empty, or changes the state.
    fn step(&mut self, octets: &[u8]) -> usize {
        let first = octets.first().copied().unwrap_or_default();
        match self.state {
            State::Line => return self.line(first),
            State::BlankCr if first == b'\n' => {
                self.octets += 1;
                self.finish(HeaderEnd::BlankLine);
                return 1;
            }
            State::BlankCr => self.finish(HeaderEnd::NoField),
            State::Name => return self.name(octets),
            State::NameSpace => match first {
                b' ' | b'\t' => return self.advance(1),
                b':' => {
                    self.open();
                    return self.advance(1);
                }
                _ => self.finish(HeaderEnd::NoField),
            },
            State::Body => return self.body(octets),
            State::BodyCr if first == b'\n' => {
                self.state = State::Line;
                let used = self.advance(1);
                self.line_start = self.octets;
                return used;
            }
            State::BodyCr => {
                self.keep(b"\r");
                self.state = State::Body;
            }
            State::Done => {}
        }
        0
    }

    fn advance(&mut self, octets: usize) -> usize {
        self.octets += octets;
        octets
    }

    fn line(&mut self, first: u8) -> usize {
        match first {
            b'\r' => {
                self.state = State::BlankCr;
                return self.advance(1);
            }
            b' ' | b'\t' if self.first_line_is_header.is_some() => self.state = State::Body,
            _ => {
                self.name_len = 0;
                self.state = State::Name;
            }
        }
        0
    }

    /// `field-name` (RFC 5322 §2.2) up to its colon.
    fn name(&mut self, octets: &[u8]) -> usize {
        let end = octets.iter().position(|octet| !is_ftext(*octet)).unwrap_or(octets.len());
        for (place, octet) in self.name.iter_mut().skip(self.name_len).zip(octets.iter().take(end))
        {
            *place = *octet;
        }
        self.name_len = self.name_len.saturating_add(end).min(NAME_OCTETS);
        self.octets += end;
        match octets.get(end) {
            None => end,
            Some(b':') if self.name_len > 0 => {
                self.open();
                end + self.advance(1)
            }
            Some(b' ' | b'\t') if self.name_len > 0 => {
                self.state = State::NameSpace;
                end + self.advance(1)
            }
            Some(_) => {
                self.finish(HeaderEnd::NoField);
                end
            }
        }
    }

    /// The name is complete: counts the field and keeps its body if it is the first of its kind.
    fn open(&mut self) {
        self.state = State::Body;
        self.first_line_is_header.get_or_insert(true);
        self.slot = None;
        self.is_delivered = false;
        let Some(field) = Field::of_name(self.name.get(..self.name_len).unwrap_or_default()) else {
            return;
        };
        if let Some(count) = self.counts.get_mut(field as usize) {
            let before = mem::replace(count, *count + 1);
            self.slot = field.slot().filter(|_| before == 0);
        }
        if field == Field::DeliveredTo && self.delivered.len() < DELIVERED {
            self.is_delivered = true;
            self.delivered.push(Value::default());
        }
    }

    /// A field body up to and with its next CRLF or LF.
    fn body(&mut self, octets: &[u8]) -> usize {
        let line_feed = memchr(b'\n', octets);
        let line = octets.get(..line_feed.unwrap_or(octets.len())).unwrap_or_default();
        match (line.strip_suffix(b"\r"), line_feed) {
            (Some(text), Some(_)) => {
                self.keep(text);
                self.state = State::Line;
                let used = self.advance(line.len() + 1);
                self.line_start = self.octets;
                used
            }
            (Some(text), None) => {
                self.keep(text);
                self.state = State::BodyCr;
                self.advance(line.len())
            }
            (None, Some(_)) => {
                self.keep(line);
                self.keep(b"\n");
                self.advance(line.len() + 1)
            }
            (None, None) => {
                self.keep(line);
                self.advance(line.len())
            }
        }
    }

    fn keep(&mut self, octets: &[u8]) {
        if let Some(value) = self.slot.and_then(|slot| self.values.get_mut(slot)) {
            value.push(octets);
        }
        if self.is_delivered
            && let Some(value) = self.delivered.last_mut()
        {
            value.push(octets);
        }
    }

    fn finish(&mut self, end: HeaderEnd) {
        if end == HeaderEnd::NoField {
            self.octets = self.line_start;
        }
        self.first_line_is_header.get_or_insert(false);
        self.end = Some(end);
        self.state = State::Done;
    }
}

/// RFC 5322 §3.6.8.
fn is_ftext(octet: u8) -> bool {
    matches!(octet, b'!'..=b'9' | b';'..=b'~')
}

#[cfg(test)]
mod tests;
