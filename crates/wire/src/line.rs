//! Framing of command lines, with their limit, before any parsing.

/// What stands at the front of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// A whole line without its CRLF; `used` octets in all.
    Whole {
        /// The line.
        line: &'a [u8],
        /// Its octets with the CRLF.
        used: usize,
    },
    /// A line ended by LF alone, which RFC 5321 §2.3.8 does not allow as a line end; for commands
    /// the caller may be lenient, for message content never.
    BareLf {
        /// The line.
        line: &'a [u8],
        /// Its octets with the LF.
        used: usize,
    },
    /// No line end yet, and the limit is not reached.
    More,
    /// Longer than the limit; the octets up to `used` belong to it and may be dropped. The line
    /// goes on until its LF.
    TooLong {
        /// Octets that may be dropped.
        used: usize,
        /// Whether the line ends there.
        ended: bool,
    },
}

/// Takes the first line off `input`. `limit` counts the octets with the CRLF
/// (RFC 5321 §4.5.3.1.4).
pub fn take_line(input: &[u8], limit: usize) -> Line<'_> {
    let Some(end) = memchr::memchr(b'\n', input) else {
        if input.len() >= limit {
            return Line::TooLong { used: input.len(), ended: false };
        }
        return Line::More;
    };
    let used = end + 1;
    if used > limit {
        return Line::TooLong { used, ended: true };
    }
    let line = input.get(..end).unwrap_or_default();
    match line.strip_suffix(b"\r") {
        Some(line) => Line::Whole { line, used },
        None => Line::BareLf { line, used },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let cases: [(&[u8], Line<'_>); 6] = [
            (b"", Line::More),
            (b"A\r", Line::More),
            (b"A\r\nB", Line::Whole { line: b"A", used: 3 }),
            (b"A\nB", Line::BareLf { line: b"A", used: 2 }),
            (b"ABCDEFGH", Line::TooLong { used: 8, ended: false }),
            (b"ABCDEFG\r\nX", Line::TooLong { used: 9, ended: true }),
        ];
        for (input, expected) in cases {
            assert_eq!(take_line(input, 8), expected, "{input:?}");
        }
    }
}
