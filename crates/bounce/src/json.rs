//! A bounce for programs.

use hikyaku_cause::{Language, render};
use serde_json::{Value, json as value};

use crate::bounce::Bounce;
use crate::cause::cause;

/// One recipient of one mail.
pub fn json(bounce: &Bounce, language: Language) -> Value {
    let cause = cause(bounce);
    let cure = render::user_cure(&cause, language);
    let remedies: Vec<&str> = cure.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    value!({
        "code": cause.code,
        "reason": bounce.reason.name(),
        "recipient": bounce.recipient,
        "original_recipient": bounce.original_recipient,
        "forwarded_to": bounce.forwarded_to,
        "status": bounce.status.as_deref().unwrap_or_default(),
        "reply_code": bounce.code,
        "action": bounce.action.word(),
        "certainty": bounce.certainty,
        "side": cause.code.side().word(),
        "diagnostic": bounce.diagnostic,
        "phase": bounce.phase,
        "reporting": bounce.reporting,
        "remote": bounce.remote,
        "message_id": bounce.message_id,
        "date": bounce.date,
        "through": bounce.through,
        "arrival": bounce.arrival,
        "last_attempt": bounce.last_attempt,
        "title": render::title(&cause, language),
        "explanation": render::user_why(&cause, language),
        "remedies": remedies,
    })
}
