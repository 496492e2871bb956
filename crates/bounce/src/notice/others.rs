//! Notices that are no reports of a mail system: complaints, automatic answers, what services post.

use hikyaku_cause::Certainty;
use serde_json::Value;

use super::{Notice, field};
use crate::bounce::{Action, Bounce};
use crate::judge::{self, Seen};
use crate::pattern::squeezed;
use crate::reason::Reason;
use crate::{address, dsn, status};

impl Notice {
    /// A complaint (RFC 5965), or one of those that large providers send in their own form.
    pub(super) fn of_complaint(&self) -> Option<Bounce> {
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

    /// An automatic answer, of which the first line says most.
    pub(super) fn of_auto_reply(&self) -> Bounce {
        let recipient =
            address::of_field(&self.from).filter(|it| !it.to_ascii_lowercase().starts_with("no"));
        let line = self.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Bounce {
            diagnostic: line.trim().to_owned(),
            ..plain_bounce(Reason::Vacation, recipient.unwrap_or_default())
        }
    }

    /// The notifications of Amazon SES, which are JSON.
    pub(super) fn of_service(&self) -> Option<Vec<Bounce>> {
        let text = self.text.trim_start();
        if !text.starts_with('{')
            || !text.contains("otificationType\"") && !text.contains("eventType\"")
        {
            return None;
        }
        // Some systems break long lines within it.
        let joined = text.replace('\n', "");
        let mut values = serde_json::Deserializer::from_str(&joined).into_iter::<Value>();
        let value = values.next()?.ok()?;
        let word =
            |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let kind = word(&value, "notificationType").or_else(|| word(&value, "eventType"))?;
        let message_id =
            value.pointer("/mail/messageId").and_then(Value::as_str).map(str::to_owned);
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
                    let line = value.pointer("/delivery/smtpResponse").and_then(Value::as_str);
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

/// A bounce of which no more is known than why, and for whom.
pub(super) fn plain_bounce(reason: Reason, recipient: String) -> Bounce {
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
        is_doubtful: false,
        message_id: None,
        date: None,
        through: Vec::new(),
        arrival: None,
        last_attempt: None,
    }
}
