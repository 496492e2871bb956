//! The mails the load sends.

use std::fmt::Write as _;

/// Width of the number that makes each message differ.
const NUMBER: usize = 16;

/// A message of a given size, ready for DATA: CRLF line ends, no line that begins with a dot.
#[derive(Debug, Clone)]
pub struct Letter {
    bytes: Vec<u8>,
    /// Where the number stands in the Message-ID.
    number: usize,
}

impl Letter {
    /// A letter of `size` octets; at least its header, some 250 octets.
    pub fn new(from: &str, to: &str, size: usize) -> Self {
        let mut head = String::new();
        let _infallible = write!(
            head,
            "From: <{from}>\r\nTo: <{to}>\r\nDate: Mon, 06 Jan 2025 09:00:00 +0900\r\n\
             Subject: a letter of the load program\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=us-ascii\r\nMessage-ID: <"
        );
        let number = head.len();
        let _infallible = write!(head, "{:0NUMBER$}@load.bench.test>\r\n\r\n", 0);
        let mut bytes = head.into_bytes();
        fill(&mut bytes, size);
        Self { bytes, number }
    }

    /// Its size in octets.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The letter with another Message-ID.
    pub fn numbered(&mut self, number: u64) -> &[u8] {
        let digits = format!("{number:0NUMBER$}");
        let place = self.bytes.get_mut(self.number..self.number + NUMBER);
        if let (Some(place), Some(digits)) = (place, digits.as_bytes().get(..NUMBER)) {
            place.copy_from_slice(digits);
        }
        &self.bytes
    }
}

/// Appends lines of noise up to `size`. The noise is letters that compress badly, so that no
/// server gains by compressing what real mail would not let it.
fn fill(bytes: &mut Vec<u8>, size: usize) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    while bytes.len() + 2 <= size {
        let left = size - bytes.len() - 2;
        // A single octet could not become a line of its own.
        let line = if left == 77 { 75 } else { left.min(76) };
        for _ in 0..line {
            // xorshift64: enough for noise.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let letter = ALPHABET.get(usize::try_from(state >> 58).unwrap_or(0));
            bytes.push(letter.copied().unwrap_or(b'A'));
        }
        bytes.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_its_size_and_no_dots() {
        for size in (300..=500).chain([4096, 100_000]) {
            let mut letter = Letter::new("a@b.test", "c@d.test", size);
            assert_eq!(letter.size(), size);
            let bytes = letter.numbered(42);
            assert!(bytes.ends_with(b"\r\n"));
            assert!(memchr::memmem::find(bytes, b"\n.").is_none());
            assert!(memchr::memmem::find(bytes, b"<0000000000000042@").is_some());
        }
    }
}
