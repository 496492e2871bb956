//! The maildrop of a session: what is in it, and what is marked for deletion.

use std::io::Write as _;

use hikyaku_cause::{Cause, Code, Evidence, Limit};

use crate::command::Number;
use crate::world::Entry;

/// How much of a listing is put into `send` at a time.
pub(crate) const SEND_OCTETS: usize = 64 * 1024;

/// A locked maildrop in the TRANSACTION state. Message numbers never move (RFC 1939 §5).
#[derive(Debug)]
pub(crate) struct Maildrop {
    entries: Vec<Entry>,
    /// One mark an entry; empty until the first DELE.
    deleted: Vec<bool>,
    /// Messages not marked.
    count: usize,
    /// Their octets.
    octets: u64,
}

impl Maildrop {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        let mut maildrop = Self { entries, deleted: Vec::new(), count: 0, octets: 0 };
        maildrop.reset();
        maildrop
    }

    /// Messages not marked as deleted.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The octets of the messages not marked as deleted.
    pub(crate) fn octets(&self) -> u64 {
        self.octets
    }

    /// The message of that number, and its place in the listing.
    pub(crate) fn find(&self, number: Number) -> Result<(usize, Entry), Cause> {
        let id = || Evidence::Message { id: number.0.to_string() };
        let index = number.0.wrapping_sub(1);
        let Some(entry) = self.entries.get(index) else {
            let most = self.entries.len() as u64;
            let limit = Evidence::Limit { limit: Limit::Messages, most, seen: None };
            return Err(Cause::proven(Code::Pop3MessageMissing).with(id()).with(limit));
        };
        if self.is_deleted(index) {
            return Err(Cause::proven(Code::Pop3MessageDeleted).with(id()));
        }
        Ok((index, *entry))
    }

    /// Marks a message (RFC 1939 §5, DELE).
    pub(crate) fn delete(&mut self, number: Number) -> Result<(), Cause> {
        let (index, entry) = self.find(number)?;
        if self.deleted.is_empty() {
            self.deleted.resize(self.entries.len(), false);
        }
        if let Some(mark) = self.deleted.get_mut(index) {
            *mark = true;
        }
        self.count -= 1;
        self.octets = self.octets.saturating_sub(entry.size);
        Ok(())
    }

    /// Takes all marks away (RFC 1939 §5, RSET).
    pub(crate) fn reset(&mut self) {
        self.deleted = Vec::new();
        self.count = self.entries.len();
        self.octets = self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size));
    }

    /// The places of all marked messages, ascending.
    pub(crate) fn deleted(&self) -> Vec<usize> {
        let marks = self.deleted.iter().enumerate();
        marks.filter_map(|(index, deleted)| deleted.then_some(index)).collect()
    }

    fn is_deleted(&self, index: usize) -> bool {
        self.deleted.get(index).copied().unwrap_or_default()
    }
}

/// What a listing says of each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// LIST.
    Size,
    /// UIDL.
    Unique,
}

impl Column {
    /// One scan listing or unique-id listing (RFC 1939 §5 and §7), with its CRLF.
    pub(crate) fn line(self, index: usize, entry: Entry, send: &mut Vec<u8>) {
        let number = index + 1;
        // Writing into a `Vec` does not fail.
        let _ = match self {
            Self::Size => write!(send, "{number} {}\r\n", entry.size),
            Self::Unique => write!(send, "{number} {}\r\n", entry.unique),
        };
    }
}

/// A listing under way; long ones are sent in pieces.
#[derive(Debug)]
pub(crate) struct Listing {
    column: Column,
    next: usize,
    ended: bool,
}

impl Listing {
    pub(crate) fn new(column: Column) -> Self {
        Self { column, next: 0, ended: false }
    }

    /// Nothing left to list: what stands in `send` has only to be written.
    pub(crate) fn ended() -> Self {
        Self { column: Column::Size, next: 0, ended: true }
    }

    /// Writes on until `send` is full; says whether the listing is all there.
    pub(crate) fn write(&mut self, maildrop: &Maildrop, send: &mut Vec<u8>) -> bool {
        if self.ended {
            return true;
        }
        let from = self.next;
        for (index, entry) in maildrop.entries.iter().enumerate().skip(from) {
            if send.len() >= SEND_OCTETS {
                return false;
            }
            if !maildrop.is_deleted(index) {
                self.column.line(index, *entry, send);
            }
            self.next = index + 1;
        }
        send.extend_from_slice(b".\r\n");
        self.ended = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Unique;

    fn maildrop(sizes: &[u64]) -> Maildrop {
        let entries = sizes.iter().zip(0xE0_0000..);
        let entry = |(&size, number)| Entry { size, unique: Unique::new(number) };
        Maildrop::new(entries.map(entry).collect())
    }

    #[test]
    fn marks_and_sums() {
        let mut drop = maildrop(&[120, 200, u64::MAX]);
        assert_eq!((drop.count(), drop.octets()), (3, u64::MAX));
        let mut drop2 = maildrop(&[120, 200]);
        drop2.delete(Number(1)).unwrap();
        assert_eq!((drop2.count(), drop2.octets(), drop2.deleted()), (1, 200, vec![0]));
        assert_eq!(drop2.delete(Number(1)).unwrap_err().code, Code::Pop3MessageDeleted);
        drop2.reset();
        assert_eq!((drop2.count(), drop2.octets(), drop2.deleted()), (2, 320, vec![]));
        for number in [0, 4, usize::MAX] {
            let cause = drop.delete(Number(number)).unwrap_err();
            assert_eq!(cause.code, Code::Pop3MessageMissing, "{number}");
        }
        assert!(drop.deleted().is_empty());
    }

    #[test]
    fn listings() {
        let mut drop = maildrop(&[120, 200, 7]);
        drop.delete(Number(2)).unwrap();
        let mut send = Vec::new();
        assert!(Listing::new(Column::Size).write(&drop, &mut send));
        assert!(Listing::new(Column::Unique).write(&drop, &mut send));
        let expected = "1 120\r\n3 7\r\n.\r\n1 0000000000e00000\r\n3 0000000000e00002\r\n.\r\n";
        assert_eq!(String::from_utf8(send).unwrap(), expected);
    }

    #[test]
    fn a_hundred_thousand_come_in_pieces() {
        assert_eq!(size_of::<Entry>(), 16);
        let drop = maildrop(&vec![4096; 100_000]);
        let (mut listing, mut all) = (Listing::new(Column::Unique), Vec::new());
        loop {
            let mut send = Vec::new();
            let ended = listing.write(&drop, &mut send);
            assert!(send.len() < SEND_OCTETS + 100);
            all.append(&mut send);
            if ended {
                break;
            }
        }
        assert_eq!(all.split(|octet| *octet == b'\n').count() - 1, 100_001);
        assert!(all.ends_with(b"\r\n100000 0000000000e1869f\r\n.\r\n"));
    }
}
