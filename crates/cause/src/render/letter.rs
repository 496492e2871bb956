//! A cause in a letter to the sender of a mail: what happened, whose turn it is, what to do now,
//! until when it is tried, the other server's own words, and a paragraph to pass on.

use std::fmt::Write as _;

use crate::code::Side;
use crate::kept::KeptCause;
use crate::language::Language;
use crate::standing::Standing;
use crate::text::{enum_id, word, words_with};

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Recipients were given up.
    Failed,
    /// The same, told to whoever forwards, since the sender may not be told.
    FailedForward,
    /// Recipients are still being tried.
    Delayed,
    /// Recipients have it, which the sender wanted to hear (RFC 3461 §4.1).
    Delivered,
    /// It was handed to a server that will not report (RFC 3461 §5.2.2).
    Relayed,
}

impl Notice {
    /// The subject in these languages.
    pub fn subject(self, languages: &[Language]) -> String {
        let id = match self {
            Self::Failed => "letter-failed-subject",
            Self::FailedForward => "letter-owner-subject",
            Self::Delayed => "letter-delayed-subject",
            Self::Delivered => "letter-delivered-subject",
            Self::Relayed => "letter-relayed-subject",
        };
        let subjects: Vec<_> = languages.iter().map(|language| word(*language, id)).collect();
        subjects.join(" / ")
    }

    /// The sentence that a letter begins with.
    pub fn opening(self, language: Language) -> String {
        word(
            language,
            match self {
                Self::Failed => "letter-failed",
                Self::FailedForward => "letter-owner",
                Self::Delayed => "letter-delayed",
                Self::Delivered => "letter-delivered",
                Self::Relayed => "letter-relayed",
            },
        )
    }
}

/// What those who look after the system are told of causes: the subject, and the letter.
pub fn caution(causes: &[KeptCause], languages: &[Language]) -> (String, String) {
    let subject = |language: &Language| match causes {
        [one] => one.title(*language),
        _ => word(*language, "letter-caution-subject"),
    };
    let text = |language: &Language| {
        let mut out = word(*language, "letter-caution") + "\n";
        for cause in causes {
            out.push('\n');
            let mut item = |label: &str, text: &str| {
                let text = text.replace('\n', "\n    ");
                // Writing to a string cannot fail.
                let _ = writeln!(out, "{}: {text}", word(*language, label));
            };
            item("letter-what", &format!("{} ({})", cause.title(*language), cause.code));
            item("letter-why", &cause.administrators_why(*language));
            item("letter-do", &cause.administrators_cure(*language));
        }
        out
    };
    let subjects: Vec<_> = languages.iter().map(subject).collect();
    let texts: Vec<_> = languages.iter().map(text).collect();
    (subjects.join(" / "), texts.join("\n----\n\n"))
}

/// A recipient of whom there is nothing more to say.
pub fn letter_line(recipient: &str, language: Language) -> String {
    format!("{}: {recipient}\n", word(language, "letter-recipient"))
}

/// That the message itself does not come back with the letter.
pub fn letter_unread(language: Language) -> String {
    word(language, "letter-unread") + "\n"
}

/// The hop that the letter is about: mail for `via`, an address of this server, went on to `to`.
pub fn letter_forwarded(via: &str, to: &str, language: Language) -> String {
    let label = word(language, "letter-forwarded");
    let text = words_with(language, "letter-forwarded-from", &[("via", via), ("to", to)]);
    format!("{label}: {text}\n")
}

/// What became of the mail to one recipient, in plain words. `until` says when it is given up,
/// where it is still being tried ([`Standing::Delayed`]).
pub fn letter(
    recipient: &str,
    cause: &KeptCause,
    (standing, until): (Standing, Option<&str>),
    language: Language,
) -> String {
    let mut out = String::new();
    let mut item = |label: &str, text: &str| {
        let text = text.replace('\n', "\n    ");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}: {text}", word(language, label));
    };
    let side = cause.code().map(crate::Code::side);
    let turn = side.map(|side| word(language, &enum_id("side", &side))).unwrap_or_default();
    let (why, cure) = cause.told_sender(standing, language);
    item("letter-recipient", recipient);
    item("letter-what", &cause.title(language));
    item("letter-why", &why);
    // That it is still tried stands beside the time until which it is.
    if let Some(said) = standing.said(language).filter(|_| standing.is_over()) {
        item("letter-standing", &said);
    }
    if let Some(until) = until {
        // While it is tried, it is nobody's turn; what can be done all the same is said.
        item("letter-turn", &word(language, "letter-nobody-yet"));
        item("letter-until", until);
        item("letter-may-do", &cure);
    } else {
        item("letter-turn", &turn);
        item("letter-do", &cure);
    }
    if let Some(said) = cause.reply() {
        item("letter-said", &said);
    }
    if !matches!(side, None | Some(Side::User | Side::Nobody)) {
        pass_on(&mut out, recipient, cause, (standing, &cure), language);
    }
    out
}

/// The paragraph for those who have to act.
fn pass_on(
    out: &mut String,
    recipient: &str,
    cause: &KeptCause,
    (standing, told): (Standing, &str),
    language: Language,
) {
    let _ = writeln!(out, "\n{}", word(language, "letter-pass-on"));
    let _ = writeln!(out, "    {recipient}: {} ({})", cause.title(language), cause.code);
    if let Some(said) = cause.reply() {
        let _ = writeln!(out, "    {said}");
    }
    // What the sender was told already is not said twice.
    let own = cause.own_cure(standing, language);
    if !told.ends_with(&own) {
        let _ = writeln!(out, "    {}", own.replace('\n', "\n    "));
    }
}
