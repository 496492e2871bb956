//! Delivery reports (RFC 3464) in a `multipart/report` (RFC 6522).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::Domain;
use crate::dsn::OriginalRecipient;
use crate::encoded_word::encoded_words;
use crate::opening::{Opening, Submitted};
use crate::stamp::date_time;

/// What became of a recipient (RFC 3464 §2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportAction {
    /// Given up.
    Failed,
    /// Not delivered yet.
    Delayed,
    /// In the recipient's mailbox.
    Delivered,
    /// Handed to a server that does not report.
    Relayed,
}

/// One recipient of the message that is reported on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedRecipient {
    /// The address as it was tried.
    pub address: String,
    /// To whom it was sent first, where the sender said so (RFC 3464 §2.3.1).
    pub original: Option<OriginalRecipient>,
    /// What became of it.
    pub action: ReportAction,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: String,
    /// The name of the cause, for programs that know Hikyaku's: an extension field (RFC 3464
    /// §2.2.4).
    pub cause: Option<String>,
    /// The server that was talked to or tried, by its name (RFC 3464 §2.3.5).
    pub remote: Option<String>,
    /// Whether it failed, and may have arrived all the same: an extension field.
    pub is_doubtful: bool,
    /// What that server replied.
    pub diagnostic: Option<String>,
    /// The last attempt, in seconds since 1970.
    pub last_attempt: Option<i64>,
    /// Until when it is tried, in seconds since 1970.
    pub retry_until: Option<i64>,
}

/// A report to the sender of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    /// Who reports: this server's name.
    pub hostname: &'a Domain,
    /// The sender of the message, whom the report is for.
    pub to: &'a str,
    /// The subject; may have any characters.
    pub subject: &'a str,
    /// What a person reads; lines end with LF.
    pub text: &'a str,
    /// When the message was taken in, in seconds since 1970.
    pub arrival: i64,
    /// When the report is written, in seconds since 1970.
    pub now: i64,
    /// The report's own Message-ID with its angle brackets.
    pub message_id: &'a str,
    /// What the sender calls the message (RFC 3464 §2.2.1).
    pub envelope_id: Option<&'a str>,
    /// The recipients.
    pub recipients: &'a [ReportedRecipient],
    /// What comes back of the message.
    pub returned: Returned<'a>,
    /// Whether it is to arrive whatever its reader's domain has promised of encryption: it says
    /// so itself (`TLS-Required: No`, RFC 8689 §3).
    pub tls_optional: bool,
}

/// What comes back of a message with a report (RFC 6522 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned<'a> {
    /// Nothing: it could not be read.
    Nothing,
    /// Its header section.
    Header(&'a [u8]),
    /// All of it.
    Whole(&'a [u8]),
}

/// The most of the header section that is sent back, in octets.
const HEADER_OCTETS: usize = 32 * 1024;
/// The most of a diagnostic that is quoted, in octets.
const DIAGNOSTIC_OCTETS: usize = 900;

const TLS_OPTIONAL: &str = "TLS-Required: No\r\n";
const EIGHT_BIT: &str = "Content-Transfer-Encoding: 8bit\r\n";

impl Report<'_> {
    /// The report as a message, with CRLF line ends. `boundary` is any text that stands nowhere
    /// else; letters and digits.
    pub fn render(&self, boundary: &str) -> Vec<u8> {
        let mut text = String::with_capacity(4096 + self.returned().len());
        let host = self.hostname;
        let opening = Opening {
            from: &format!("Mail delivery <mailer-daemon@{host}>"),
            to: self.to,
            subject: &encoded_words(self.subject),
            now: self.now,
            message_id: self.message_id,
            submitted: Submitted::Replied,
        };
        let _ = write!(
            text,
            "{opening}{}{}\
             Content-Type: multipart/report; report-type=delivery-status;\r\n\
             \tboundary=\"{boundary}\"\r\n\r\n\
             This is a delivery report.\r\n\r\n--{boundary}\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n",
            if self.tls_optional { TLS_OPTIONAL } else { "" },
            if self.is_eight_bit() { EIGHT_BIT } else { "" },
        );
        wrapped_base64(self.text.replace('\n', "\r\n"), &mut text);
        let _ = write!(
            text,
            "\r\n--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; {host}\r\n",
        );
        if let Some(envelope_id) = self.envelope_id {
            let _ = write!(text, "Original-Envelope-Id: {}\r\n", one_line(envelope_id));
        }
        let _ = write!(text, "Arrival-Date: {}\r\n", date_time(self.arrival));
        for recipient in self.recipients {
            recipient.write(&mut text);
        }
        let kind = match self.returned {
            // RFC 6522 §3: the third part is optional.
            Returned::Nothing => None,
            Returned::Header(_) => Some("text/rfc822-headers"),
            Returned::Whole(_) => Some("message/rfc822"),
        };
        if let Some(kind) = kind {
            let _ = write!(text, "\r\n--{boundary}\r\nContent-Type: {kind}\r\n");
        }
        let mut octets = text.into_bytes();
        match self.returned {
            Returned::Nothing => {}
            Returned::Header(_) if !self.returned().is_ascii() => {
                // RFC 6522 §4 allows 8-bit headers to be encoded; the next server may take no
                // others.
                let mut text = "Content-Transfer-Encoding: base64\r\n\r\n".to_owned();
                wrapped_base64(self.returned(), &mut text);
                octets.extend(text.into_bytes());
            }
            // RFC 2046 §5.2.1: a mail within a mail is not encoded.
            Returned::Header(_) | Returned::Whole(_) => {
                if self.is_eight_bit() {
                    octets.extend_from_slice(EIGHT_BIT.as_bytes());
                }
                octets.extend_from_slice(b"\r\n");
                octets.extend_from_slice(self.returned());
                octets.extend_from_slice(b"\r\n");
            }
        }
        octets.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        octets
    }

    /// Whether it has octets above 127: those of a mail that comes back whole.
    pub fn is_eight_bit(&self) -> bool {
        matches!(self.returned, Returned::Whole(whole) if !whole.is_ascii())
    }

    /// What comes back; a header section cut at a line where it is very long.
    fn returned(&self) -> &[u8] {
        let header = match self.returned {
            Returned::Nothing => return &[],
            Returned::Whole(whole) => return whole,
            Returned::Header(header) => header,
        };
        let Some(front) = header.get(..HEADER_OCTETS) else { return header };
        let end = front.iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at + 1);
        front.get(..end).unwrap_or_default()
    }
}

impl ReportedRecipient {
    fn write(&self, text: &mut String) {
        let action = match self.action {
            ReportAction::Failed => "failed",
            ReportAction::Delayed => "delayed",
            ReportAction::Delivered => "delivered",
            ReportAction::Relayed => "relayed",
        };
        text.push_str("\r\n");
        if let Some(original) = &self.original {
            let field = original.field();
            let (kind, address) = field.split_once(';').unwrap_or(("rfc822", &field));
            let _ = write!(text, "Original-Recipient: {}\r\n", typed(kind, address));
        }
        let _ = write!(
            text,
            "Final-Recipient: {}\r\nAction: {action}\r\nStatus: {}\r\n",
            typed("rfc822", &self.address),
            one_line(&self.status),
        );
        if let Some(cause) = &self.cause {
            let _ = write!(text, "X-Hikyaku-Cause: {}\r\n", one_line(cause));
        }
        if self.is_doubtful {
            text.push_str("X-Hikyaku-Arrival: unknown\r\n");
        }
        if let Some(remote) = &self.remote {
            let _ = write!(text, "Remote-MTA: dns; {}\r\n", one_line(remote));
        }
        if let Some(diagnostic) = &self.diagnostic {
            let _ = write!(text, "Diagnostic-Code: smtp; {}\r\n", folded(diagnostic));
        }
        if let Some(at) = self.last_attempt {
            let _ = write!(text, "Last-Attempt-Date: {}\r\n", date_time(at));
        }
        if let Some(until) = self.retry_until {
            let _ = write!(text, "Will-Retry-Until: {}\r\n", date_time(until));
        }
    }
}

/// An address with its type. One beyond ASCII is written in ASCII all the same, so that it fits
/// into a report for everybody (RFC 6533 §3, `utf-8-addr-xtext`).
fn typed(kind: &str, address: &str) -> String {
    if address.is_ascii() {
        return format!("{}; {}", one_line(kind), one_line(address));
    }
    let mut text = "utf-8; ".to_owned();
    for letter in address.chars() {
        match letter {
            '!'..='~' if !matches!(letter, '\\' | '+' | '=') => text.push(letter),
            // Writing to a string cannot fail.
            _ => {
                let _ = write!(text, "\\x{{{:X}}}", u32::from(letter));
            }
        }
    }
    text
}

/// Nothing that could begin a new line.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Printable ASCII only: nothing a peer said may begin a new line or field.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect()
}

/// On lines of at most some 70 octets (RFC 5322 §2.2.3). What a server said beyond ASCII stands in
/// encoded words, as text in such a field may (RFC 3464 §2.1, RFC 2047 §5).
fn folded(text: &str) -> String {
    let text = printable(text);
    let text = text.get(..text.floor_char_boundary(DIAGNOSTIC_OCTETS)).unwrap_or_default();
    let (mut out, mut line) = (String::new(), 22);
    for word in words(text) {
        let word = encoded_words(&word);
        // Encoded words come on lines of their own.
        for word in word.split("\r\n ").filter(|word| !word.is_empty()) {
            if line + word.len() > 70 && !out.is_empty() {
                out.push_str("\r\n\t");
                line = 8;
            } else if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
            line += word.len() + 1;
        }
    }
    out
}

/// The words of a text; those beyond ASCII that follow one another are one, since the space between
/// encoded words is not shown (RFC 2047 §6.2).
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if !last.is_ascii() && !word.is_ascii() => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// RFC 2045 §6.8: lines of at most 76 characters.
pub(crate) fn wrapped_base64(octets: impl AsRef<[u8]>, out: &mut String) {
    let encoded = STANDARD.encode(octets);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(76).unwrap_or((rest, ""));
        out.push_str(line);
        out.push_str("\r\n");
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};

    use super::*;

    fn report(diagnostic: &str) -> Vec<u8> {
        let hostname = Domain::parse("mx.edo.test").unwrap();
        let recipients = [ReportedRecipient {
            address: "hanako@kyoto.test".to_owned(),
            original: OriginalRecipient::parse("rfc822;Hana+2Bx@kyoto.test"),
            action: ReportAction::Failed,
            status: "5.1.1".to_owned(),
            cause: Some("smtp.rcpt.unknown".to_owned()),
            remote: Some("mx.kyoto.test".to_owned()),
            is_doubtful: false,
            diagnostic: Some(diagnostic.to_owned()),
            last_attempt: Some(1_700_000_000),
            retry_until: None,
        }];
        let report = Report {
            hostname: &hostname,
            to: "taro@edo.test",
            subject: "メールを届けられませんでした（相手のアドレスが見つかりません） / not delivered",
            text: "届きませんでした。\nIt did not arrive.\n",
            arrival: 1_699_999_000,
            now: 1_700_000_001,
            message_id: "<1@mx.edo.test>",
            envelope_id: Some("QQ 1"),
            recipients: &recipients,
            returned: Returned::Header("Subject: テスト\r\nFrom: a\r\n".as_bytes()),
            tls_optional: true,
        };
        report.render("b0undary")
    }

    #[test]
    fn others_can_read_it() {
        let octets = report("550 5.1.1 no such user");
        let parsed = MessageParser::default().parse(&octets).unwrap();
        assert!(parsed.subject().unwrap().starts_with("メールを届けられませんでした（相手の"));
        let kind = parsed.content_type().unwrap();
        assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("report")));
        assert_eq!(kind.attribute("report-type"), Some("delivery-status"));
        assert!(parsed.body_text(0).unwrap().contains("届きませんでした。"));
        let parts: Vec<_> = parsed
            .parts
            .iter()
            .filter_map(|part| part.content_type())
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
            .collect();
        assert_eq!(
            parts,
            ["multipart/report", "text/plain", "message/delivery-status", "text/rfc822-headers"]
        );
        let text = String::from_utf8(octets).unwrap();
        assert!(text.contains(
            "\r\n\r\nOriginal-Recipient: rfc822; Hana+x@kyoto.test\r\n\
             Final-Recipient: rfc822; hanako@kyoto.test\r\nAction: failed"
        ));
        assert!(text.contains("\r\nOriginal-Envelope-Id: QQ 1\r\n"));
        assert!(text.contains("\r\nTLS-Required: No\r\n"));
        assert!(text.contains("\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"));
    }

    #[test]
    fn addresses_beyond_ascii_stay_readable() {
        assert_eq!(typed("rfc822", "花a@edo.test"), "utf-8; \\x{82B1}a@edo.test");
        assert_eq!(typed("rfc822", "a@edo.test"), "rfc822; a@edo.test");
    }

    /// RFC 3464 §2.1: in encoded words, which every reader of mail shows.
    #[test]
    fn what_a_server_says_in_japanese_stays_readable() {
        let said = "550 5.1.1 宛先の花子さんは 存在しません。住所録を確かめてください。 (E-17)";
        let octets = report(said);
        assert!(octets.is_ascii());
        let text = String::from_utf8(octets).unwrap();
        let at = text.find("Diagnostic-Code: smtp; ").unwrap();
        let field = text[at..].split("\r\nLast-Attempt").next().unwrap();
        assert!(field.starts_with("Diagnostic-Code: smtp; 550 5.1.1\r\n\t=?utf-8?B?"), "{field}");
        assert!(field.lines().all(|line| line.len() <= 78), "{field}");
        let value = format!("Subject: {}\r\n\r\n", field.split_once("; ").unwrap().1);
        let read = MessageParser::default().parse(value.as_bytes()).unwrap();
        assert_eq!(read.subject(), Some(said));
    }

    #[test]
    fn no_reply_breaks_its_form() {
        let long = "x".repeat(3000);
        for hostile in
            ["550 a\r\nAction: relayed", "\0\u{7f}", "日本語", "\r\n\r\n--b0undary--", &long]
        {
            let octets = report(hostile);
            let text = String::from_utf8(octets).unwrap();
            assert_eq!(text.matches("\r\nAction: ").count(), 1, "{hostile:?}");
            assert_eq!(text.matches("\r\n--b0undary").count(), 4, "{hostile:?}");
            assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']));
            assert!(text.lines().all(|line| line.len() <= 998), "{hostile:?}");
        }
    }
}
