//! Reading replies.

/// A whole SMTP reply at the start of `input`: its length, its code, and its last line.
///
/// RFC 5321 §4.2.1: the last line is the one whose code is not followed by a hyphen.
pub(super) fn smtp(input: &[u8]) -> Option<(usize, u16, &[u8])> {
    let mut from = 0;
    loop {
        let rest = input.get(from..)?;
        let end = memchr::memchr(b'\n', rest)?;
        let line = rest.get(..end)?;
        from += end + 1;
        if line.get(3) != Some(&b'-') {
            return Some((from, code(line), line));
        }
    }
}

/// The code of a reply line, 0 when it has none.
fn code(line: &[u8]) -> u16 {
    let digits = line.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// A line as text for an error.
pub(super) fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_the_last_line() {
        assert_eq!(smtp(b"250-a\r\n250 "), None);
        assert_eq!(smtp(b"250-a\r\n250 b\r\n220"), Some((14, 250, &b"250 b\r"[..])));
        assert_eq!(smtp(b"what?\r\n").unwrap().1, 0);
    }
}
