//! The parts of a mail, as far as they matter for a notice.

use std::borrow::Cow;

use mail_parser::{Message, MimeHeaders as _, PartType};

use super::weight::is_auto_reply;
use super::{Notice, header};
use crate::{address, mailbox};

/// The most of a header section that is looked at.
const HEAD: usize = 32 * 1024;

impl Notice {
    /// The parts of a mail whose octets are `mail`.
    pub(super) fn of(message: &Message<'_>, mail: &[u8]) -> Self {
        let mut notice = Self {
            from: header(message, "From").to_owned(),
            to: header(message, "To").to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            content_type: header(message, "Content-Type").to_ascii_lowercase(),
            failed: address::all(header(message, "X-Failed-Recipients")),
            ..Self::default()
        };
        notice.is_auto_reply = is_auto_reply(message, &notice.subject);
        for part in &message.parts {
            notice.part(part, mail);
        }
        if notice.text.is_empty() {
            let html = message.parts.iter().find_map(|part| match &part.body {
                PartType::Html(html) => Some(plain(html)),
                _ => None,
            });
            notice.text = html.unwrap_or_default();
        }
        if notice.text.trim().is_empty() && notice.reports.is_empty() {
            // Boundaries that are not as they should be: the body as it stands.
            let body = memchr::memmem::find(mail, b"\n\n").and_then(|at| mail.get(at..));
            notice.text = String::from_utf8_lossy(body.unwrap_or_default()).into_owned();
        }
        // A whole report within a text, as some systems forward it.
        if let Some(at) = memchr::memmem::find(mail, b"From MAILER-DAEMON") {
            let before = mail.get(..at).unwrap_or_default();
            // An mbox quotes the line (RFC 4155).
            if before.ends_with(b"\n") || before.ends_with(b"\n>") {
                notice.attached.push(mail.get(at..).unwrap_or_default().to_vec());
            }
        }
        notice
    }

    fn part(&mut self, part: &mail_parser::MessagePart<'_>, mail: &[u8]) {
        let kind = part.content_type().map(|kind| {
            let sub = kind.subtype().unwrap_or_default();
            format!("{}/{sub}", kind.ctype()).to_ascii_lowercase()
        });
        let kind = kind.unwrap_or_else(|| "text/plain".to_owned());
        match (kind.as_str(), &part.body) {
            ("message/delivery-status" | "message/global-delivery-status", _) => {
                self.reports.push(text_of(part).into_owned());
            }
            // A receipt says that a mail was read (RFC 8098): no bounce.
            ("message/disposition-notification", _) => {}
            ("message/feedback-report", _) => self.complaint = Some(text_of(part).into_owned()),
            ("message/rfc822" | "message/global", PartType::Message(inner)) => {
                let raw = inside(part, inner, mail);
                self.returned.push_str(&head(&raw));
                self.whole.get_or_insert(self.attached.len());
                self.attached.push(raw.into_owned());
            }
            ("text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers", _) => {
                self.returned.push_str(&head(part.contents()));
            }
            (kind, PartType::Message(inner)) => {
                let raw = inside(part, inner, mail);
                if kind.starts_with("message/") {
                    self.returned.push_str(&head(&raw));
                    self.attached.push(raw.into_owned());
                }
            }
            ("text/html", _) | (_, PartType::Html(_) | PartType::Multipart(_)) => {}
            (kind, _) if kind.starts_with("text/") => {
                let text = text_of(part);
                // A transcript in place of the usual part, or the body of the mail that came back.
                if self.reports.is_empty() || self.text.is_empty() {
                    self.text.push_str(&text);
                    self.text.push('\n');
                }
            }
            _ => {
                // Fields that came without their type.
                let text = text_of(part);
                if text.contains("Final-Recipient:") && text.len() < 16 * 1024 {
                    self.reports.push(text.into_owned());
                }
            }
        }
    }
}

/// The octets of a mail within a mail.
fn inside<'a>(
    part: &mail_parser::MessagePart<'_>,
    inner: &'a Message<'_>,
    mail: &'a [u8],
) -> Cow<'a, [u8]> {
    let whole = part.offset_body as usize..part.offset_end as usize;
    match mail.get(whole) {
        Some(raw) if part.encoding == mail_parser::Encoding::None => Cow::Borrowed(raw),
        _ => Cow::Borrowed(inner.raw_message.as_ref()),
    }
}

fn text_of<'a>(part: &'a mail_parser::MessagePart<'_>) -> Cow<'a, str> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Cow::Borrowed(text.as_ref()),
        _ => String::from_utf8_lossy(part.contents()),
    }
}

/// The header section of a mail, or what looks like it.
pub(super) fn head(mail: &[u8]) -> String {
    let text = mailbox::lines(mail.get(..HEAD).unwrap_or(mail));
    let mut start = None;
    let mut at = 0;
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        if start.is_none() && is_field(line) {
            start = Some(at);
        }
        if start.is_some() && line.trim_ascii().is_empty() {
            break;
        }
        at += line.len();
    }
    let head = start.and_then(|start| text.get(start..at)).unwrap_or_default();
    let mut head = String::from_utf8_lossy(head).into_owned();
    if !head.is_empty() && !head.ends_with('\n') {
        head.push('\n');
    }
    head
}

fn is_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'-').count();
    (1..60).contains(&name) && line.get(name) == Some(&b':')
}

/// The text of a page, its markup taken away.
fn plain(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}
