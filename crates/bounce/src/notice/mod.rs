//! What kind of notice a mail is, and its parts.

mod others;
mod parts;
mod reported;
mod weight;

use mail_parser::{HeaderName, Message, MessageParser};

use crate::bounce::Bounce;
use crate::returned::Returned;
use crate::through::{FIELDS, through};
use crate::{address, dsn, mailbox, prose};
use parts::head;

/// Header fields are read as they are needed.
fn parser() -> MessageParser {
    MessageParser::new().with_mime_headers().header_text(HeaderName::Subject)
}

/// Mails within mails are looked into so deep.
const DEPTH: usize = 3;

/// A mail in the parts that matter here.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    from: String,
    subject: String,
    content_type: String,
    failed: Vec<String>,
    is_auto_reply: bool,
    /// What people read.
    text: String,
    /// Fields for programs.
    reports: Vec<String>,
    complaint: Option<String>,
    /// The header of the mail that came back.
    returned: String,
    /// Mails that are attached, and no part of a report.
    attached: Vec<Vec<u8>>,
    /// Which of them came back.
    whole: Option<usize>,
    /// To whom it was sent.
    to: String,
}

/// Reads a mail whose lines end with LF.
pub(crate) fn read(mail: &[u8]) -> Vec<Bounce> {
    open(mail, 0).map_or_else(Vec::new, |(_, bounces)| bounces)
}

/// The same, with the mail that came back.
pub(crate) fn read_whole(mail: &[u8]) -> (Vec<Bounce>, Returned) {
    match open(mail, 0) {
        Some((notice, bounces)) if !bounces.is_empty() => (bounces, notice.mail_returned()),
        _ => (Vec::new(), Returned::default()),
    }
}

/// The notice in a mail, or in a mail within it.
fn open(mail: &[u8], depth: usize) -> Option<(Notice, Vec<Bounce>)> {
    let mail = mail.strip_prefix(b"From ").map_or(mail, |rest| {
        memchr::memchr(b'\n', rest).and_then(|at| rest.get(at + 1..)).unwrap_or_default()
    });
    let message = parser().parse(mail)?;
    let notice = Notice::of(&message, mail);
    let bounces = notice.bounces();
    if bounces.is_empty() && depth < DEPTH {
        for attached in &notice.attached {
            let inner = open(&mailbox::lines(attached), depth + 1);
            if inner.as_ref().is_some_and(|(_, inner)| !inner.is_empty()) {
                return inner;
            }
        }
    }
    Some((notice, bounces))
}

fn header<'a>(message: &'a Message<'_>, name: &'a str) -> &'a str {
    message.header_raw(name).unwrap_or_default().trim()
}

impl Notice {
    fn bounces(&self) -> Vec<Bounce> {
        if let Some(bounces) = self.of_service() {
            return bounces;
        }
        if let Some(bounce) = self.of_complaint() {
            return vec![bounce];
        }
        let is_report = self.content_type.contains("delivery-status") || !self.reports.is_empty();
        let (report, rest) = prose::split(&self.text);
        let returned =
            if self.returned.is_empty() { head(rest.as_bytes()) } else { self.returned.clone() };
        let weight = self.weight(report);
        if self.is_auto_reply && !is_report && weight < 3 {
            return vec![self.of_auto_reply()];
        }
        if !is_report && weight < 2 {
            return Vec::new();
        }
        let mut bounces = self.by_report(report);
        if bounces.is_empty() {
            bounces = self.by_prose(report, &returned);
        }
        let is_wanted = |name: &str| {
            let mut wanted = ["message-id", "date"].iter().chain(FIELDS);
            wanted.any(|it| it.eq_ignore_ascii_case(name))
        };
        let fields = dsn::fields_of(&returned, is_wanted);
        let value = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        let (message_id, date) = (value("message-id"), value("date"));
        for bounce in &mut bounces {
            bounce.message_id.clone_from(&message_id);
            bounce.date.clone_from(&date);
            bounce.through = through(bounce, report, &fields);
        }
        bounces
    }

    /// The mail that came back.
    fn mail_returned(&self) -> Returned {
        let header = if self.returned.is_empty() {
            head(prose::split(&self.text).1.as_bytes())
        } else {
            self.returned.clone()
        };
        let raw = self.whole.and_then(|at| self.attached.get(at));
        let whole = raw.map(|raw| mailbox::with_crlf(&mailbox::lines(raw)));
        // Without an empty line, or with nothing behind it, only the header came back.
        let whole = whole
            .filter(|it| memchr::memmem::find(it, b"\r\n\r\n").is_some_and(|at| at + 4 < it.len()));
        Returned { header, whole, reported_to: address::of_field(&self.to) }
    }
}

/// The value of a field of a header section.
fn field(head: &str, name: &str) -> Option<String> {
    let named = dsn::fields_of(head, |it| it.eq_ignore_ascii_case(name));
    named.into_iter().next().map(|(_, value)| value)
}
