//! A cause for a person at a terminal.

use std::fmt::Write as _;

use crate::cause::Cause;
use crate::code::{Code, Verify};
use crate::glossary::Glossary;
use crate::language::Language;
use crate::retry::Retry;
use crate::standing::Standing;
use crate::text::{Part, enum_id, or, sentence, sentence_for, word, word_with};

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
    terminal_for(cause, Standing::Open, language)
}

/// The same, of a mail of which this has become.
pub fn terminal_for(cause: &Cause, standing: Standing, language: Language) -> String {
    with_body(cause, standing, language, str::to_owned)
}

/// Why, and what to do, of a mail of which this has become.
pub fn told(cause: &Cause, standing: Standing, language: Language) -> (String, String) {
    let say = |part| sentence_for(cause, part, standing, language);
    let why = [Some(say(Part::Why)), standing.said(language)];
    let why: Vec<_> = why.into_iter().flatten().collect();
    (why.join("\n"), standing.with_cure(say(Part::Cure), language))
}

/// The same as one of several in a report whose
/// terms are explained where it says them first.
pub fn terminal_explained(
    cause: &Cause,
    standing: Standing,
    language: Language,
    glossary: &mut Glossary,
) -> String {
    let quoted = cause.quoted();
    with_body(cause, standing, language, |text| glossary.explain(text, &quoted))
}

fn with_body(
    cause: &Cause,
    standing: Standing,
    language: Language,
    explained: impl FnMut(&str) -> String,
) -> String {
    let mut out = String::new();
    let severity = word(language, &enum_id("severity", &cause.code.severity()));
    let _ = writeln!(out, "{severity}: {} ({})", title(cause, language), cause.code);
    body(&mut out, cause, standing, language, explained);
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
    body(&mut out, &cause, Standing::Open, language, str::to_owned);
    out
}

fn body(
    out: &mut String,
    cause: &Cause,
    standing: Standing,
    language: Language,
    mut explained: impl FnMut(&str) -> String,
) {
    let code = cause.code;
    let (why, cure) = told(cause, standing, language);
    let (verify, retry) = match standing {
        Standing::Open | Standing::Refused => (code.verify(), cause.retry()),
        Standing::Delayed => (Verify::Nothing, Retry::Later),
        Standing::GivenUp(_) | Standing::Doubtful(_) => (Verify::SendAgain, Retry::AfterChange),
    };
    let lines = [
        ("label-why", why),
        ("label-side", word(language, &enum_id("side", &code.side()))),
        ("label-cure", cure),
        ("label-verify", word(language, &enum_id("verify", &verify))),
        ("label-retry", word(language, &enum_id("retry", &retry))),
    ];
    for (label, text) in lines {
        let indented = explained(&text).replace('\n', "\n    ");
        let _ = writeln!(out, "  {}: {indented}", word(language, label));
    }
    let command = format!("hikyaku explain {code} --lang {}", language.tag());
    let _ = writeln!(out, "  {}", word_with(language, "label-more", "command", &command));
}
