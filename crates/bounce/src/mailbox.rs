//! Line ends of any kind, and mails one after another in a file (RFC 4155).

use std::borrow::Cow;
use std::io::{self, BufRead};

use crate::MOST;

/// The longest piece of a line.
const LINE: usize = 64 * 1024;

/// The same text with LF alone at the end of each line.
pub(crate) fn lines(mail: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', mail).is_none() {
        return Cow::Borrowed(mail);
    }
    let mut out = Vec::with_capacity(mail.len());
    let mut rest = mail;
    while let Some(at) = memchr::memchr(b'\r', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.push(b'\n');
        rest = rest.get(at + 1..).unwrap_or_default();
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// The mails of a file, in their order: one, or those of an mbox, which begins with `From `. Of each
/// no more is kept than is looked at, so that memory stays small whatever comes.
#[derive(Debug)]
pub struct Mails<R> {
    input: R,
    /// The line that begins the next mail.
    next: Vec<u8>,
    is_mbox: bool,
    begun: bool,
    ended: bool,
}

/// The mails of a file.
pub fn mails<R: BufRead>(input: R) -> Mails<R> {
    Mails { input, next: Vec::new(), is_mbox: false, begun: false, ended: false }
}

impl<R: BufRead> Mails<R> {
    /// A line with LF at its end, whatever ended it; a long one in pieces. Nothing at the end.
    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(!line.is_empty());
            }
            let room = LINE - line.len();
            let piece = buffer.get(..room.min(buffer.len())).unwrap_or(buffer);
            let Some(at) = memchr::memchr2(b'\r', b'\n', piece) else {
                line.extend_from_slice(piece);
                let length = piece.len();
                self.input.consume(length);
                if line.len() >= LINE {
                    return Ok(true);
                }
                continue;
            };
            line.extend_from_slice(piece.get(..at).unwrap_or_default());
            line.push(b'\n');
            let is_cr = piece.get(at) == Some(&b'\r');
            self.input.consume(at + 1);
            if is_cr && self.input.fill_buf()?.first() == Some(&b'\n') {
                self.input.consume(1);
            }
            return Ok(true);
        }
    }

    fn mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let mut mail = std::mem::take(&mut self.next);
        let mut line = Vec::new();
        let mut after_empty = false;
        while self.line(&mut line)? {
            if !self.begun {
                self.begun = true;
                self.is_mbox = is_mbox(&line);
            } else if self.is_mbox && after_empty && is_separator(&line) {
                self.next = line;
                return Ok(Some(mail));
            }
            after_empty = line == b"\n";
            if mail.len() < MOST {
                mail.extend_from_slice(&line);
            }
        }
        self.ended = true;
        Ok((!mail.is_empty()).then_some(mail))
    }
}

impl<R: BufRead> Iterator for Mails<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mail = self.mail();
        if mail.is_err() {
            self.ended = true;
        }
        mail.transpose()
    }
}

/// Whether a file that begins so holds mails one after another (RFC 4155).
pub fn is_mbox(start: &[u8]) -> bool {
    start.starts_with(b"From ")
}

/// `From address Thu Apr 29 23:34:45 2017`.
fn is_separator(line: &[u8]) -> bool {
    if !line.starts_with(b"From ") {
        return false;
    }
    let line = String::from_utf8_lossy(line).into_owned();
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() >= 6 && words.iter().any(|word| word.matches(':').count() >= 1 && word.len() >= 5)
}

/// Lines that end with LF, as they travel (RFC 5321 §2.3.8).
pub(crate) fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(mail.len() + mail.len() / 32);
    for line in mail.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                all.extend_from_slice(line);
                all.extend_from_slice(b"\r\n");
            }
            None => all.extend_from_slice(line),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends() {
        assert_eq!(lines(b"a\r\nb\rc\nd\r").as_ref(), b"a\nb\nc\nd\n");
        assert_eq!(lines(b"a\r\r\nb").as_ref(), b"a\n\nb");
    }

    #[test]
    fn an_mbox_is_cut_where_mails_begin() {
        let text = b"From a@b Thu Apr 29 23:34:45 2017\nSubject: x\n\nFrom here on\n\n\
                     From c@d Thu Apr 29 23:34:46 2017\nSubject: y\n\nz\n";
        assert_eq!(mails(text.as_slice()).count(), 2);
        let crs = String::from_utf8_lossy(text).replace('\n', "\r");
        assert_eq!(mails(crs.as_bytes()).count(), 2);
        assert_eq!(mails(b"Subject: x\n\ny\n".as_slice()).count(), 1);
    }
}
