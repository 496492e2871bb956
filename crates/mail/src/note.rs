//! A plain letter from the system to somebody who looks after it.

use std::fmt::Write as _;

use crate::domain::Domain;
use crate::encoded_word::encoded_words;
use crate::opening::{Opening, Submitted};
use crate::report::wrapped_base64;

/// A letter with nothing but text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    /// Who writes: this server's name.
    pub hostname: &'a Domain,
    /// Whom it is for.
    pub to: &'a str,
    /// The subject; may have any characters.
    pub subject: &'a str,
    /// What a person reads; lines end with LF.
    pub text: &'a str,
    /// When it is written, in seconds since 1970.
    pub now: i64,
    /// Its Message-ID with the angle brackets.
    pub message_id: &'a str,
}

impl Note<'_> {
    /// The letter as a message, with CRLF line ends. Nobody's program answers it (RFC 3834 §5).
    pub fn render(&self) -> Vec<u8> {
        let mut text = String::with_capacity(1024 + self.text.len() * 2);
        let opening = Opening {
            from: &format!("Mail system <mailer-daemon@{}>", self.hostname),
            to: self.to,
            subject: &encoded_words(self.subject),
            now: self.now,
            message_id: self.message_id,
            submitted: Submitted::Generated,
        };
        let _ = write!(
            text,
            "{opening}Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n",
        );
        wrapped_base64(self.text.replace('\n', "\r\n"), &mut text);
        text.push_str("\r\n");
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;

    #[test]
    fn another_program_reads_what_was_written() {
        let hostname = Domain::parse("mx.edo.test").unwrap();
        let note = Note {
            hostname: &hostname,
            to: "postmaster@edo.test",
            subject: "証明書の期限が近づいています",
            text: "一行目\ntwo\n",
            now: 0,
            message_id: "<1@mx.edo.test>",
        };
        let octets = note.render();
        assert!(octets.is_ascii());
        let read = MessageParser::default().parse(&octets).unwrap();
        assert_eq!(read.subject(), Some(note.subject));
        assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), note.text);
        assert_eq!(read.message_id(), Some("1@mx.edo.test"));
    }
}
