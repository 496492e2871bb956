//! What a mail system reports of each recipient: in fields for programs (RFC 3464), or in words.

use hikyaku_cause::Code;

use super::others::plain_bounce;
use super::weight::is_delay;
use super::{Notice, field};
use crate::bounce::{Action, Bounce};
use crate::judge::{self, Seen};
use crate::{address, dsn, prose};

impl Notice {
    /// By the fields of its reports.
    pub(super) fn by_report(&self, report: &str) -> Vec<Bounce> {
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
                    certainty: judged.certainty,
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
                    is_doubtful: one.is_doubtful,
                    own: one.cause.as_deref().and_then(Code::from_name),
                    arrival: fields.arrival.clone(),
                    last_attempt: one.last_attempt.clone(),
                    ..plain_bounce(judged.reason, recipient.clone())
                });
            }
        }
        bounces
    }

    /// By what people read.
    pub(super) fn by_prose(&self, report: &str, returned: &str) -> Vec<Bounce> {
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
                certainty: judged.certainty,
                original_recipient: it.alias.clone(),
                remote: judged.remote,
                action: if is_delay { Action::Delayed } else { Action::Failed },
                status: judged.status,
                code: judged.code,
                diagnostic: judged.line,
                phase: judged.phase,
                ..plain_bounce(judged.reason, it.recipient.clone())
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
}

/// Every run of white space one space; the letters as they are.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
