//! The header fields with which every letter of this server's own begins.

use std::fmt;

use crate::report::printable;
use crate::stamp::date_time;

/// Why a letter was written by no person, so that no program answers it (RFC 3834 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// By itself.
    Generated,
    /// In answer to another.
    Replied,
}

/// The beginning of a header (RFC 5322 §3.6), up to MIME-Version: further fields follow it. Written
/// by its `Display`, each line ended by CRLF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Who writes: the body of the From field.
    pub from: &'a str,
    /// Whom it is for: an address.
    pub to: &'a str,
    /// The body of the Subject field, in the form in which it is sent.
    pub subject: &'a str,
    /// When it is written, in seconds since 1970.
    pub now: i64,
    /// Its Message-ID with the angle brackets.
    pub message_id: &'a str,
    /// Why it was written.
    pub submitted: Submitted,
}

impl fmt::Display for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let submitted = match self.submitted {
            Submitted::Generated => "auto-generated",
            Submitted::Replied => "auto-replied",
        };
        write!(
            f,
            "From: {}\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\n\
             Auto-Submitted: {submitted}\r\nMIME-Version: 1.0\r\n",
            self.from,
            // What an address may hold in quotation marks begins no new field.
            printable(self.to),
            self.subject,
            date_time(self.now),
            self.message_id,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_begins() {
        let opening = Opening {
            from: "Mail system <mailer-daemon@mx.edo.test>",
            to: "\"a\r\nBcc: b\"@edo.test",
            subject: "=?utf-8?B?44GC?=",
            now: 0,
            message_id: "<1@mx.edo.test>",
            submitted: Submitted::Replied,
        };
        let expected = "From: Mail system <mailer-daemon@mx.edo.test>\r\n\
            To: <\"a??Bcc: b\"@edo.test>\r\nSubject: =?utf-8?B?44GC?=\r\n\
            Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <1@mx.edo.test>\r\n\
            Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n";
        assert_eq!(opening.to_string(), expected);
    }
}
