//! Messages that can be made again from a number, so that nothing need be kept to compare.

use crate::chance::Chance;

/// Bodies from here on are files of their own in the store; smaller ones live with its index.
const LARGE: u64 = 128 * 1024;

/// A message with a unique id and a random body.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    /// Unique in a run.
    pub(super) number: u64,
    from: String,
    seed: u64,
    size: u64,
}

impl Parcel {
    /// One in twelve is large.
    pub(super) fn new(number: u64, from: &str, chance: &mut Chance) -> Self {
        let size = if chance.one_in(12) {
            chance.between(LARGE, 2 * LARGE)
        } else {
            chance.between(100, 6_000)
        };
        Self { number, from: from.to_owned(), seed: chance.next(), size }
    }

    /// The whole message in CRLF lines; the same each time.
    pub(super) fn message(&self) -> Vec<u8> {
        let mut chance = Chance::from_seed(self.seed);
        let header = format!(
            "From: <{}>\r\nTo: undisclosed-recipients:;\r\nSubject: parcel {}\r\n\
             Date: Mon, 13 Apr 2026 09:00:00 +0900\r\nMessage-ID: <{}@parcel.test>\r\n\r\n",
            self.from, self.number, self.number,
        );
        let mut message = header.into_bytes();
        let end = message.len() + usize::try_from(self.size).unwrap_or(usize::MAX);
        while message.len() < end {
            line(&mut chance, &mut message);
        }
        message
    }
}

/// The number of the parcel a fetched message was, from its own Message-ID.
pub(super) fn number_of(message: &[u8]) -> Option<u64> {
    let header_end = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    let header = String::from_utf8_lossy(message.get(..header_end)?);
    let ids = header.split("\r\n").filter_map(|line| line.strip_prefix("Message-ID: <"));
    ids.last()?.strip_suffix("@parcel.test>")?.parse().ok()
}

/// What stands before the sent message in the fetched one may only be what a server adds on top.
pub(super) fn is_whole(fetched: &[u8], sent: &[u8]) -> bool {
    let Some(added) = fetched.strip_suffix(sent) else { return false };
    let text = String::from_utf8_lossy(added);
    (added.is_empty() || added.ends_with(b"\r\n"))
        && text.split_terminator("\r\n").all(|line| {
            ["Return-Path:", "Received:", " ", "\t"].iter().any(|start| line.starts_with(start))
        })
}

/// A line of any octets but CR, LF and NUL; often with dots in front, sometimes empty.
fn line(chance: &mut Chance, message: &mut Vec<u8>) {
    for _ in 0..chance.between(0, 10).saturating_sub(7) {
        message.push(b'.');
    }
    let mut left = chance.between(0, 120);
    while left > 0 {
        for byte in chance.next().to_le_bytes().into_iter().take(usize::try_from(left).unwrap_or(8))
        {
            let spoils = matches!(byte, 0 | b'\r' | b'\n');
            message.push(if spoils { b'x' } else { byte });
        }
        left = left.saturating_sub(8);
    }
    message.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_is_the_same_each_time_and_is_recognised() {
        let parcel = Parcel::new(17, "a@b.test", &mut Chance::from_seed(1));
        let message = parcel.message();
        assert_eq!(message, parcel.message());
        assert_eq!(number_of(&message), Some(17));
        let added = b"Return-Path: <a@b.test>\r\nReceived: from x\r\n\tby y; date\r\n";
        let fetched = [added.as_slice(), &message].concat();
        assert!(is_whole(&fetched, &message) && is_whole(&message, &message));
        assert_eq!(number_of(&fetched), Some(17));
        assert!(!is_whole(&[b"X-Odd: 1\r\n".as_slice(), &message].concat(), &message));
        assert!(!is_whole(message.get(1..).unwrap(), &message));
    }
}
