//! Causes for programs.

use serde_json::{Value, json};

use crate::cause::Cause;
use crate::code::Code;
use crate::kept::KeptCause;
use crate::language::Language;
use crate::text::{Part, sentence};

/// A cause with its evidence and words.
pub fn finding(cause: &Cause, language: Language) -> Value {
    let mut value = explanation_of(cause, language);
    if let Some(object) = value.as_object_mut() {
        object.insert("certainty".into(), json!(cause.certainty));
        object.insert("evidence".into(), json!(cause.evidence));
    }
    value
}

/// The same of a cause that was written down.
pub fn kept_finding(cause: &KeptCause, language: Language) -> Value {
    let mut value =
        cause.code().map_or_else(|| json!({ "code": cause.code }), |it| explanation(it, language));
    if let Some(object) = value.as_object_mut() {
        object.insert("title".into(), json!(cause.title(language)));
        object.insert("why".into(), json!(cause.administrators_why(language)));
        if let Some(remedy) = object.get_mut("remedy").and_then(Value::as_object_mut) {
            remedy.insert("text".into(), json!(cause.administrators_cure(language)));
        }
        object.insert("certainty".into(), json!(cause.certainty));
        object.insert("evidence".into(), cause.evidence.clone());
    }
    value
}

/// Everything known of a code.
pub fn explanation(code: Code, language: Language) -> Value {
    explanation_of(&Cause::proven(code), language)
}

/// All codes: one object each with its code, side, severity, reply and status.
pub fn catalogue(language: Language) -> Value {
    Code::ALL.iter().map(|code| row(&Cause::proven(*code), language)).collect()
}

fn row(cause: &Cause, language: Language) -> Value {
    let code = cause.code;
    json!({
        "code": code,
        "side": code.side(),
        "severity": code.severity(),
        "reply": code.reply_code(),
        "status": code.status(),
        "retry": cause.retry(),
        "title": sentence(cause, Part::Title, language),
    })
}

fn explanation_of(cause: &Cause, language: Language) -> Value {
    let mut value = row(cause, language);
    if let Some(object) = value.as_object_mut() {
        object.insert("language".into(), json!(language));
        object.insert("why".into(), json!(sentence(cause, Part::Why, language)));
        object.insert(
            "remedy".into(),
            json!({
                "who": cause.code.side(),
                "act": cause.code.act(),
                "text": sentence(cause, Part::Cure, language),
                "verify": cause.code.verify(),
            }),
        );
    }
    value
}
