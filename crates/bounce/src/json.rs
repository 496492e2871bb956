//! A bounce for programs.

use hikyaku_cause::{Certainty, Code, Language, Phase, render};
use serde::Serialize;

use crate::bounce::Bounce;
use crate::cause::{cause, standing};

/// One recipient of one mail, as it is given to programs.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    code: Code,
    reason: &'static str,
    recipient: &'a str,
    original_recipient: Option<&'a str>,
    forwarded_to: Option<&'a str>,
    status: &'a str,
    reply_code: Option<u16>,
    action: &'static str,
    certainty: Certainty,
    side: &'static str,
    diagnostic: &'a str,
    phase: Option<Phase>,
    reporting: Option<&'a str>,
    remote: Option<&'a str>,
    message_id: Option<&'a str>,
    date: Option<&'a str>,
    through: &'a [String],
    arrival: Option<&'a str>,
    last_attempt: Option<&'a str>,
    title: String,
    explanation: String,
    remedies: Vec<String>,
}

/// One recipient of one mail.
pub fn record(bounce: &Bounce, language: Language) -> Record<'_> {
    let cause = cause(bounce);
    let (why, cure) = render::told(&cause, standing(bounce), language);
    let lines = cure.lines().map(str::trim).filter(|line| !line.is_empty());
    Record {
        code: cause.code,
        reason: bounce.reason.name(),
        recipient: &bounce.recipient,
        original_recipient: bounce.original_recipient.as_deref(),
        forwarded_to: bounce.forwarded_to.as_deref(),
        status: bounce.status.as_deref().unwrap_or_default(),
        reply_code: bounce.code,
        action: bounce.action.word(),
        certainty: bounce.certainty,
        side: cause.code.side().word(),
        diagnostic: &bounce.diagnostic,
        phase: bounce.phase,
        reporting: bounce.reporting.as_deref(),
        remote: bounce.remote.as_deref(),
        message_id: bounce.message_id.as_deref(),
        date: bounce.date.as_deref(),
        through: &bounce.through,
        arrival: bounce.arrival.as_deref(),
        last_attempt: bounce.last_attempt.as_deref(),
        title: render::title(&cause, language),
        explanation: why,
        remedies: lines.map(str::to_owned).collect(),
    }
}
