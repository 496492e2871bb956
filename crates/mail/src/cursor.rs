//! A place in octets that are being parsed, and complaints about it.

use hikyaku_cause::SyntaxFault;

/// Octets and how far they have been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { input, offset: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.input.get(self.offset..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.get(self.offset).copied()
    }

    /// The octet before the one the cursor stands on.
    pub(crate) fn previous(&self) -> Option<u8> {
        self.input.get(self.offset.checked_sub(1)?).copied()
    }

    pub(crate) fn skip(&mut self, octets: usize) {
        self.offset = self.offset.saturating_add(octets).min(self.input.len());
    }

    /// The next octet if it is the one asked for.
    pub(crate) fn eat(&mut self, octet: u8) -> bool {
        let there = self.peek() == Some(octet);
        self.skip(usize::from(there));
        there
    }

    pub(crate) fn expect(&mut self, octet: u8, expected: &'static str) -> Result<(), SyntaxFault> {
        if self.eat(octet) { Ok(()) } else { Err(self.fault(expected)) }
    }

    /// The longest run, possibly empty, of octets for which `wanted` holds.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|&octet| !wanted(octet)).unwrap_or(rest.len());
        self.skip(end);
        rest.get(..end).unwrap_or_default()
    }

    /// A complaint about the octet the cursor stands on.
    pub(crate) fn fault(&self, expected: &'static str) -> SyntaxFault {
        fault_at(self.input, self.offset, expected)
    }
}

/// A complaint about the octet at `offset` of `input`.
pub(crate) fn fault_at(input: &[u8], offset: usize, expected: &'static str) -> SyntaxFault {
    SyntaxFault { offset, expected, found: input.get(offset).copied() }
}

/// The same complaint about a part that began `octets` into what was parsed.
pub(crate) fn shifted(fault: SyntaxFault, octets: usize) -> SyntaxFault {
    SyntaxFault { offset: fault.offset.saturating_add(octets), ..fault }
}

/// atext (RFC 5322 §3.2.3).
pub(crate) fn is_atext(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}
