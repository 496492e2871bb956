//! The fields of a header section, octet for octet.

use std::borrow::Cow;

/// A header section without the fields of which `drops` says yes by name and value, and how many
/// those were. What stands behind its empty line, if anything, stays as it is. The name comes
/// without white space behind it, the value with its line ends.
pub fn without_fields(
    octets: &[u8],
    mut drops: impl FnMut(&[u8], &[u8]) -> bool,
) -> (Cow<'_, [u8]>, usize) {
    let mut kept: Option<Vec<u8>> = None;
    let (mut count, mut done, mut at) = (0, 0, 0);
    for (name, value) in header_fields(octets) {
        let end = at + name.len() + value.len() + 1;
        if drops(name.trim_ascii_end(), value) {
            let before = octets.get(done..at).unwrap_or_default();
            kept.get_or_insert_default().extend_from_slice(before);
            (done, count) = (end, count + 1);
        }
        at = end;
    }
    match kept {
        None => (Cow::Borrowed(octets), 0),
        Some(mut kept) => {
            kept.extend_from_slice(octets.get(done..).unwrap_or_default());
            (Cow::Owned(kept), count)
        }
    }
}

/// The fields of a header section as they stand: the name with any white space behind it, and all
/// behind the colon with the line ends. A line without a colon is a name without a value.
pub fn header_fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = header;
    std::iter::from_fn(move || {
        let (field, behind) = rest.split_at_checked(field_octets(rest))?;
        if field.is_empty() || matches!(field, b"\r\n" | b"\n") {
            return None;
        }
        rest = behind;
        let colon = memchr::memchr(b':', field);
        // Without a colon the last octet stands for it.
        let at = colon.unwrap_or(field.len() - 1);
        Some((field.get(..at)?, field.get(at + 1..)?))
    })
}

/// The octets of a field with the lines that continue it.
fn field_octets(octets: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = octets.get(at..).unwrap_or_default();
        let Some(line) = memchr::memchr(b'\n', rest) else { return octets.len() };
        at += line + 1;
        if !matches!(octets.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_go_whole_and_nothing_else_changes() {
        let drops = |name: &[u8], _: &[u8]| name.eq_ignore_ascii_case(b"bcc");
        let table: [(&[u8], &[u8], usize); 5] = [
            (b"A: 1\r\n\r\nBcc: in the body\r\n", b"A: 1\r\n\r\nBcc: in the body\r\n", 0),
            (b"Bcc: a@b\r\nA: 1\r\n\r\nx", b"A: 1\r\n\r\nx", 1),
            (b"A: 1\r\nBCC : a@b,\r\n c@d,\r\n\te@f\r\nB:  2 \r\n", b"A: 1\r\nB:  2 \r\n", 1),
            (b"Bcc:\r\nX-Bcc: 1\r\nbcc: z", b"X-Bcc: 1\r\n", 2),
            (b"A: 1\r\n bcc: folded\r\nno colon\r\n", b"A: 1\r\n bcc: folded\r\nno colon\r\n", 0),
        ];
        for (octets, expected, count) in table {
            let (kept, dropped) = without_fields(octets, drops);
            assert_eq!((&*kept, dropped), (expected, count), "{}", octets.escape_ascii());
        }
    }
}
