//! A cause in a letter to the sender of a mail: what happened, whose turn it is, what to do now, and
//! a paragraph to pass on.

use std::fmt::Write as _;

use super::terminal::{title, user_cure, user_why};
use crate::cause::Cause;
use crate::code::Side;
use crate::evidence::Evidence;
use crate::language::Language;
use crate::text::{Part, enum_id, sentence, word};

/// What became of the mail to one recipient, in plain words.
pub fn letter(recipient: &str, cause: &Cause, language: Language) -> String {
    let mut out = String::new();
    let cure = user_cure(cause, language);
    let turn = word(language, &enum_id("side", &cause.code.side()));
    let lines = [
        ("letter-recipient", recipient.to_owned()),
        ("letter-what", title(cause, language)),
        ("letter-why", user_why(cause, language)),
        ("letter-turn", turn),
        ("letter-do", cure.clone()),
    ];
    for (label, text) in lines {
        let text = text.replace('\n', "\n    ");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}: {text}", word(language, label));
    }
    let said = said(cause);
    if let Some(said) = &said {
        let _ = writeln!(out, "{}: {said}", word(language, "letter-said"));
    }
    let others = !matches!(cause.code.side(), Side::User | Side::Nobody);
    if others {
        let _ = writeln!(out, "\n{}", word(language, "letter-pass-on"));
        let own = sentence(cause, Part::Cure, language).replace('\n', "\n    ");
        let _ = writeln!(out, "    {recipient}: {} ({})", title(cause, language), cause.code);
        if let Some(said) = &said {
            let _ = writeln!(out, "    {said}");
        }
        // What the sender was told already is not said twice.
        if own != cure.replace('\n', "\n    ") {
            let _ = writeln!(out, "    {own}");
        }
    }
    out
}

/// The peer's own words.
fn said(cause: &Cause) -> Option<String> {
    cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { reply, .. } => Some(reply.to_string()),
        _ => None,
    })
}
