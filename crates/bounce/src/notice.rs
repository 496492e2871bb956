//! What kind of notice a mail is, and its parts.

use std::borrow::Cow;

use hikyaku_cause::{Certainty, Code};
use mail_parser::{HeaderName, Message, MessageParser, MimeHeaders as _, PartType};

use crate::bounce::{Action, Bounce};
use crate::judge::{self, Seen};
use crate::pattern::{beginning, squeezed};
use crate::phrases::{BODIES, DAEMONS, SUBJECTS, SURE};
use crate::reason::Reason;
use crate::returned::Returned;
use crate::through::{FIELDS, through};
use crate::{address, dsn, mailbox, prose, status};

/// Header fields are read as they are needed.
fn parser() -> MessageParser {
    MessageParser::new().with_mime_headers().header_text(HeaderName::Subject)
}

/// The most of a header section that is looked at.
const HEAD: usize = 32 * 1024;
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
    fn of(message: &Message<'_>, mail: &[u8]) -> Self {
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

    /// How much speaks for a report that a mail system wrote.
    fn weight(&self, report: &str) -> usize {
        let from = self.from.to_ascii_lowercase();
        let is_daemon = self.from.is_empty() || from.trim() == "<>" || DAEMONS.is_in(&from);
        let subject = squeezed(&self.subject);
        let forwarded = ["fwd:", "fw:"].iter().any(|it| subject.starts_with(it));
        let is_answer = subject.starts_with("re:");
        let answered = is_answer && !is_daemon;
        let says_subject = !is_answer && SUBJECTS.is_in(&subject);
        // What somebody quotes, nobody reports.
        let quotes = forwarded || is_daemon && says_subject;
        let body = if quotes || !report.contains('>') {
            squeezed(beginning(report, 4000))
        } else {
            let lines: Vec<&str> = report.lines().filter(|line| !line.starts_with('>')).collect();
            squeezed(beginning(&lines.join("\n"), 4000))
        };
        let says_body = !answered && BODIES.is_in(&body);
        let has_list = !self.failed.is_empty();
        let sure = !answered && SURE.is_in(&body);
        // People write about such things as well, but not in the words of programs.
        if !(is_daemon || sure || has_list || forwarded) {
            return 0;
        }
        usize::from(is_daemon)
            + usize::from(says_subject || forwarded && says_body)
            + usize::from(says_body)
            + 2 * usize::from(has_list)
            + 2 * usize::from(sure && (is_daemon || says_subject || says_body))
    }

    fn by_report(&self, report: &str) -> Vec<Bounce> {
        let said = prose::read(report);
        let mut bounces = Vec::new();
        for text in &self.reports {
            let fields = dsn::read(text);
            for one in &fields.recipients {
                let usable = one.last.as_ref().filter(|it| !it.starts_with('@'));
                let Some(recipient) = usable.or(one.original.as_ref()) else { continue };
                let about = said.iter().find(|it| {
                    it.recipient.eq_ignore_ascii_case(recipient)
                        || it.alias.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(recipient))
                });
                // With one recipient the whole text is about it.
                let alone = fields.recipients.len() == 1;
                let words = about.map(|it| it.words.as_str()).filter(|it| !it.is_empty());
                let words = words.or(alone.then_some(report)).unwrap_or_default();
                let seen = Seen {
                    diagnostic: one.diagnostic.as_deref().unwrap_or_default(),
                    words,
                    report,
                    status: one.status.as_deref(),
                    action: one.action,
                    remote: one.remote.as_deref(),
                    recipient,
                    subject: &self.subject,
                    is_program: one.is_program,
                };
                let judged = judge::judge(&seen);
                // RFC 3464 §2.3.4: the field is what the report states, and ours states what it means.
                // Those of others are often general where the peer's own code says more.
                let stated = one.status.clone().filter(|_| one.cause.is_some());
                let original =
                    one.original.clone().filter(|it| !it.eq_ignore_ascii_case(recipient));
                bounces.push(Bounce {
                    reason: judged.reason,
                    certainty: judged.certainty,
                    recipient: recipient.clone(),
                    original_recipient: original.or_else(|| about.and_then(|it| it.alias.clone())),
                    forwarded_to: one
                        .actual
                        .clone()
                        .filter(|it| !it.eq_ignore_ascii_case(recipient)),
                    reporting: fields.reporting.clone(),
                    remote: one.remote.clone(),
                    action: one.action.unwrap_or(Action::Unsaid),
                    status: stated.or(judged.status),
                    code: judged.code,
                    diagnostic: judged.line,
                    phase: judged.phase,
                    own: one.cause.as_deref().and_then(Code::from_name),
                    message_id: None,
                    date: None,
                    through: Vec::new(),
                    arrival: fields.arrival.clone(),
                    last_attempt: one.last_attempt.clone(),
                });
            }
        }
        bounces
    }

    fn by_prose(&self, report: &str, returned: &str) -> Vec<Bounce> {
        let mut said = prose::read(report);
        if !self.failed.is_empty() {
            said.retain(|it| {
                self.failed.iter().any(|failed| failed.eq_ignore_ascii_case(&it.recipient))
            });
            for failed in &self.failed {
                if !said.iter().any(|it| it.recipient.eq_ignore_ascii_case(failed)) {
                    said.push(prose::Said {
                        recipient: failed.clone(),
                        words: String::new(),
                        alias: None,
                    });
                }
            }
        }
        if said.is_empty() {
            let written = collapsed(report);
            let named = prose::in_sentences(&written.to_ascii_lowercase(), &written);
            let named = if named.is_empty() { self.anywhere(report, returned) } else { named };
            said = named
                .into_iter()
                .map(|recipient| prose::Said { recipient, words: String::new(), alias: None })
                .collect();
        }
        let alone = said.len() == 1;
        let is_delay = is_delay(&self.subject, report);
        let one = |it: &prose::Said| {
            let words = if it.words.is_empty() || alone { report } else { it.words.as_str() };
            let diagnostic = if it.words.is_empty() { "" } else { it.words.as_str() };
            let seen = Seen {
                diagnostic,
                words,
                report,
                status: None,
                action: is_delay.then_some(Action::Delayed),
                remote: None,
                recipient: &it.recipient,
                subject: &self.subject,
                is_program: false,
            };
            let judged = judge::judge(&seen);
            Bounce {
                reason: judged.reason,
                certainty: judged.certainty,
                recipient: it.recipient.clone(),
                original_recipient: it.alias.clone(),
                forwarded_to: None,
                reporting: None,
                remote: judged.remote,
                action: if is_delay { Action::Delayed } else { Action::Failed },
                status: judged.status,
                code: judged.code,
                diagnostic: judged.line,
                phase: judged.phase,
                own: None,
                message_id: None,
                date: None,
                through: Vec::new(),
                arrival: None,
                last_attempt: None,
            }
        };
        said.iter().map(one).collect()
    }

    /// The likeliest recipient where no form is known: one in the text, else the one the mail that
    /// came back was for.
    fn anywhere(&self, report: &str, returned: &str) -> Vec<String> {
        let own = address::all(&self.from);
        let is_other = |it: &String| {
            let lower = it.to_ascii_lowercase();
            !own.contains(it)
                && !["postmaster@", "mailer-daemon@", "support@", "abuse@", "root@"]
                    .iter()
                    .any(|its| lower.starts_with(its))
        };
        let to = field(returned, "to").map(|it| address::all(&it)).unwrap_or_default();
        let in_text: Vec<String> = address::all(report).into_iter().filter(is_other).collect();
        let both = in_text.iter().find(|it| to.iter().any(|to| to.eq_ignore_ascii_case(it)));
        let best = both.or(to.first()).or(in_text.first());
        best.into_iter().cloned().collect()
    }

    /// A complaint (RFC 5965), or one of those that large providers send in their own form.
    fn of_complaint(&self) -> Option<Bounce> {
        let own = self.from.to_ascii_lowercase().contains("staff@hotmail.com")
            && squeezed(&self.subject).starts_with("complaint about message from");
        let fields = match &self.complaint {
            Some(text) => dsn::fields(&text.replace("\n\n", "\n")),
            None if own => Vec::new(),
            None => return None,
        };
        let of =
            |name: &str| fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        let recipient = ["original-rcpt-to", "removal-recipient", "redacted-address"]
            .iter()
            .find_map(|name| address::of_field(of(name)?));
        let recipient = recipient.or_else(|| {
            let to = self.complaint.as_ref().and_then(|_| field(&self.returned, "to"))?;
            address::of_field(&to)
        });
        let kind = of("feedback-type").unwrap_or("abuse").to_owned();
        Some(Bounce {
            diagnostic: kind,
            ..plain_bounce(Reason::Feedback, recipient.unwrap_or_default())
        })
    }

    fn of_auto_reply(&self) -> Bounce {
        let recipient =
            address::of_field(&self.from).filter(|it| !it.to_ascii_lowercase().starts_with("no"));
        let line = self.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Bounce {
            diagnostic: line.trim().to_owned(),
            ..plain_bounce(Reason::Vacation, recipient.unwrap_or_default())
        }
    }

    /// The notifications of Amazon SES, which are JSON.
    fn of_service(&self) -> Option<Vec<Bounce>> {
        let text = self.text.trim_start();
        if !text.starts_with('{')
            || !text.contains("otificationType\"") && !text.contains("eventType\"")
        {
            return None;
        }
        // Some systems break long lines within it.
        let joined = text.replace('\n', "");
        let mut values =
            serde_json::Deserializer::from_str(&joined).into_iter::<serde_json::Value>();
        let value = values.next()?.ok()?;
        let word = |value: &serde_json::Value, name: &str| {
            value.get(name).and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        let kind = word(&value, "notificationType").or_else(|| word(&value, "eventType"))?;
        let message_id =
            value.pointer("/mail/messageId").and_then(serde_json::Value::as_str).map(str::to_owned);
        let list = match kind.as_str() {
            "Bounce" => value.pointer("/bounce/bouncedRecipients"),
            "Complaint" => value.pointer("/complaint/complainedRecipients"),
            "Delivery" => value.pointer("/delivery/recipients"),
            _ => return None,
        };
        let mut bounces = Vec::new();
        for one in list?.as_array()? {
            let recipient =
                one.as_str().map(str::to_owned).or_else(|| word(one, "emailAddress"))?;
            let bounce = match kind.as_str() {
                "Complaint" => plain_bounce(Reason::Feedback, recipient),
                "Delivery" => {
                    let line =
                        value.pointer("/delivery/smtpResponse").and_then(serde_json::Value::as_str);
                    let line = line.unwrap_or_default().to_owned();
                    let status = status::codes(&line).status;
                    Bounce {
                        action: Action::Delivered,
                        diagnostic: line,
                        status,
                        ..plain_bounce(Reason::Delivered, recipient)
                    }
                }
                _ => {
                    let said = word(one, "diagnosticCode").unwrap_or_default();
                    let stated = word(one, "status");
                    let action = word(one, "action").and_then(|it| Action::named(&it));
                    let seen = Seen {
                        diagnostic: &said,
                        words: &said,
                        report: &said,
                        status: stated.as_deref(),
                        action,
                        remote: None,
                        recipient: &recipient,
                        subject: &self.subject,
                        is_program: false,
                    };
                    let judged = judge::judge(&seen);
                    Bounce {
                        certainty: judged.certainty,
                        action: action.unwrap_or(Action::Failed),
                        status: judged.status,
                        code: judged.code,
                        diagnostic: judged.line,
                        phase: judged.phase,
                        ..plain_bounce(judged.reason, recipient.clone())
                    }
                }
            };
            bounces.push(Bounce { message_id: message_id.clone(), ..bounce });
        }
        Some(bounces)
    }
}

fn plain_bounce(reason: Reason, recipient: String) -> Bounce {
    Bounce {
        reason,
        certainty: Certainty::Proven,
        recipient,
        original_recipient: None,
        forwarded_to: None,
        reporting: None,
        remote: None,
        action: Action::Unsaid,
        status: None,
        code: None,
        diagnostic: String::new(),
        phase: None,
        own: None,
        message_id: None,
        date: None,
        through: Vec::new(),
        arrival: None,
        last_attempt: None,
    }
}

/// Whether a program answered in its owner's absence (RFC 3834 §5).
fn is_auto_reply(message: &Message<'_>, subject: &str) -> bool {
    let says = |name: &'static str, words: &[&str]| {
        let value = header(message, name);
        !value.is_empty() && {
            let value = value.to_ascii_lowercase();
            words.iter().any(|it| value.contains(it))
        }
    };
    let auto = header(message, "Auto-Submitted").to_ascii_lowercase();
    let by_header = auto.starts_with("auto-replied")
        || auto.starts_with("auto-notified")
        || says("X-Apple-Action", &["vacation"])
        || says("Precedence", &["auto-reply", "auto_reply"])
        || !header(message, "X-Autoreply").is_empty()
        || !header(message, "X-Autorespond").is_empty();
    let subject = squeezed(subject);
    let by_subject = [
        "auto:",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "autoresponse",
        "autorespons",
        "automatic reply",
        "out of office",
        "out of the office",
        "自動返信",
        "自動応答",
        "abwesenheit",
        "réponse automatique",
        "respuesta automática",
    ]
    .iter()
    .any(|it| subject.strip_prefix('[').unwrap_or(&subject).starts_with(it));
    let by_subject = by_subject && !says("X-Mailer", &["newsletter"]);
    by_header || by_subject
}

fn is_delay(subject: &str, report: &str) -> bool {
    let subject = squeezed(subject);
    let body = squeezed(beginning(report, 1500));
    ["delayed", "(delay)", "warning: could not send", "warning: message"]
        .iter()
        .any(|it| subject.contains(it))
        || [
            "has not yet been delivered",
            "is delayed for more",
            "warning message only",
            "still undelivered",
        ]
        .iter()
        .any(|it| body.contains(it))
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
fn head(mail: &[u8]) -> String {
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

/// The value of a field of a header section.
fn field(head: &str, name: &str) -> Option<String> {
    let named = dsn::fields_of(head, |it| it.eq_ignore_ascii_case(name));
    named.into_iter().next().map(|(_, value)| value)
}

/// The text of a page, its markup taken away.
fn plain(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}

/// Every run of white space one space; the letters as they are.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
