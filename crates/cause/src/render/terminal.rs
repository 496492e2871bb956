//! A cause for a person at a terminal.

use std::fmt::Write as _;

use crate::cause::Cause;
use crate::code::Code;
use crate::glossary::Glossary;
use crate::language::Language;
use crate::text::{Part, enum_id, or, sentence, word, word_with};

/// The one-line name of the fault, with the values seen.
pub fn title(cause: &Cause, language: Language) -> String {
    sentence(cause, Part::Title, language)
}

/// Why it happened and what it means, for somebody with a mail program.
pub fn user_why(cause: &Cause, language: Language) -> String {
    or(sentence(cause, Part::UserWhy, language), || sentence(cause, Part::Why, language))
}

/// What to do, for somebody with a mail program.
pub fn user_cure(cause: &Cause, language: Language) -> String {
    or(sentence(cause, Part::UserCure, language), || sentence(cause, Part::Cure, language))
}

/// The name of the fault, where only the words on somebody's screen are known.
pub fn heard_title(cause: &Cause, language: Language) -> String {
    or(sentence(cause, Part::HeardTitle, language), || title(cause, language))
}

/// Why, where only the words on somebody's screen are known.
pub fn heard_why(cause: &Cause, language: Language) -> String {
    or(sentence(cause, Part::HeardWhy, language), || user_why(cause, language))
}

/// What to do, where only the words on somebody's screen are known.
pub fn heard_cure(cause: &Cause, language: Language) -> String {
    or(sentence(cause, Part::HeardCure, language), || user_cure(cause, language))
}

/// What happened, why, what to do, and how to see that it worked.
pub fn terminal(cause: &Cause, language: Language) -> String {
    with_body(cause, language, str::to_owned)
}

/// The same as one of several in a report, whose terms are explained where it says them first.
pub fn terminal_explained(cause: &Cause, language: Language, glossary: &mut Glossary) -> String {
    let quoted = cause.quoted();
    with_body(cause, language, |text| glossary.explain(text, &quoted))
}

fn with_body(cause: &Cause, language: Language, told: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let severity = word(language, &enum_id("severity", &cause.code.severity()));
    let _ = writeln!(out, "{severity}: {} ({})", title(cause, language), cause.code);
    body(&mut out, cause, language, told);
    out
}

/// Everything known of a code: what `hikyaku explain` prints.
pub fn explain(code: Code, language: Language) -> String {
    let cause = Cause::proven(code);
    let mut out = String::new();
    let _ = writeln!(out, "{code}");
    let _ = writeln!(out, "  {}", title(&cause, language));
    let severity = word(language, &enum_id("severity", &code.severity()));
    let _ = writeln!(out, "  {}: {severity}", word(language, "label-severity"));
    if let (Some(basic), Some(status)) = (code.reply_code(), code.status()) {
        let _ = writeln!(out, "  {}: {basic} {status}", word(language, "label-reply"));
    }
    body(&mut out, &cause, language, str::to_owned);
    out
}

fn body(out: &mut String, cause: &Cause, language: Language, mut told: impl FnMut(&str) -> String) {
    let code = cause.code;
    let lines = [
        ("label-why", sentence(cause, Part::Why, language)),
        ("label-side", word(language, &enum_id("side", &code.side()))),
        ("label-cure", sentence(cause, Part::Cure, language)),
        ("label-verify", word(language, &enum_id("verify", &code.verify()))),
        ("label-retry", word(language, &enum_id("retry", &cause.retry()))),
    ];
    for (label, text) in lines {
        let indented = told(&text).replace('\n', "\n    ");
        let _ = writeln!(out, "  {}: {indented}", word(language, label));
    }
    let command = format!("hikyaku explain {code} --lang {}", language.tag());
    let _ = writeln!(out, "  {}", word_with(language, "label-more", "command", &command));
}
