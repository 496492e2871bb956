//! Content on its way out: lines ended by CRLF and, where a dot ends the message, dots doubled
//! (RFC 5321 §4.5.2).

use memchr::memchr2_iter;

/// Writes content in pieces of any size.
#[derive(Debug)]
pub(super) struct Stuffing {
    /// The octet before the next one.
    last: u8,
    /// At the start of a line.
    start: bool,
    /// Whether a dot ends the message, and not a number of octets (RFC 3030 §2).
    dots: bool,
}

impl Stuffing {
    pub(super) fn new() -> Self {
        Self { last: b'\n', start: true, dots: true }
    }

    /// The same without dots.
    pub(super) fn counted() -> Self {
        Self { dots: false, ..Self::new() }
    }

    /// Appends a piece to `out`. A bare CR or LF becomes CRLF: sent as it is, the next server might
    /// end the message there (RFC 5321 §2.3.8).
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut begun = 0;
        if self.last == b'\r' && piece.first().is_some_and(|octet| *octet != b'\n') {
            out.push(b'\n');
            self.start = true;
        }
        if self.dots && self.start && piece.first() == Some(&b'.') {
            out.push(b'.');
        }
        for at in memchr2_iter(b'\r', b'\n', piece) {
            let before = if at == 0 { self.last } else { piece.get(at - 1).copied().unwrap_or(0) };
            let next = piece.get(at + 1).copied();
            let is_lf = piece.get(at) == Some(&b'\n');
            let bare_lf = is_lf && before != b'\r';
            let bare_cr = !is_lf && next.is_some_and(|next| next != b'\n');
            if bare_lf {
                out.extend_from_slice(piece.get(begun..at).unwrap_or_default());
                out.extend_from_slice(b"\r\n");
                begun = at + 1;
            } else if is_lf || bare_cr {
                out.extend_from_slice(piece.get(begun..=at).unwrap_or_default());
                if bare_cr {
                    out.push(b'\n');
                }
                begun = at + 1;
            }
            if self.dots && (is_lf || bare_cr) && next == Some(b'.') {
                out.push(b'.');
            }
        }
        out.extend_from_slice(piece.get(begun..).unwrap_or_default());
        if let Some(last) = piece.last() {
            self.last = *last;
            self.start = *last == b'\n';
        }
    }

    /// Appends the end of the content.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        match self.last {
            b'\n' => {}
            b'\r' => out.push(b'\n'),
            _ => out.extend_from_slice(b"\r\n"),
        }
        if self.dots {
            out.extend_from_slice(b".\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stuffed(content: &[u8], piece: usize) -> Vec<u8> {
        written(Stuffing::new(), content, piece)
    }

    fn written(mut stuffing: Stuffing, content: &[u8], piece: usize) -> Vec<u8> {
        let mut out = Vec::new();
        content.chunks(piece.max(1)).for_each(|piece| stuffing.push(piece, &mut out));
        stuffing.finish(&mut out);
        out
    }

    #[test]
    fn known_answers_however_it_is_cut() {
        let table: &[(&[u8], &[u8])] = &[
            (b"", b".\r\n"),
            (b"a", b"a\r\n.\r\n"),
            (b"a\r\n", b"a\r\n.\r\n"),
            (b".\r\n", b"..\r\n.\r\n"),
            (b"a\r\n.b\r\n..\r\n", b"a\r\n..b\r\n...\r\n.\r\n"),
            (b"a\nb", b"a\r\nb\r\n.\r\n"),
            (b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n"),
            (b"a\rb", b"a\r\nb\r\n.\r\n"),
            (b"a\r.\r", b"a\r\n..\r\n.\r\n"),
            (b"a\r\r\n.", b"a\r\n\r\n..\r\n.\r\n"),
            (b"\n\n", b"\r\n\r\n.\r\n"),
        ];
        for (content, expected) in table {
            for piece in 1..=content.len().max(1) {
                let found = stuffed(content, piece);
                assert_eq!(found, *expected, "{} by {piece}", content.escape_ascii());
                // Counted, it is the same without any dot of ours.
                let counted = written(Stuffing::counted(), content, piece);
                let dotted = stuffed(&counted, counted.len().max(1));
                assert_eq!(dotted, *expected, "{} counted", content.escape_ascii());
            }
        }
    }
}
