//! The report for a person at a terminal.

use std::fmt::Write as _;

use hikyaku_cause::{Language, render};

use crate::facts::Facts;
use crate::finding::{Change, Finding};
use crate::json::{flow, side, verdict};
use crate::report::Report;
use crate::words::say;

/// The whole report, readable without colour.
pub fn terminal(facts: &Facts, report: &Report, language: Language) -> String {
    let mut text = String::new();
    let id = format!("verdict-{}", verdict(report.verdict));
    let _ = writeln!(text, "{}", say(language, &id, &[("address", &facts.address)]));
    let word = |it| say(language, &format!("flow-{}", flow(it)), &[]);
    let (send, receive) = (word(report.send), word(report.receive));
    let _ = writeln!(text, "{}", say(language, "flows", &[("send", &send), ("receive", &receive)]));
    for (number, finding) in report.findings.iter().enumerate() {
        let _ = writeln!(text);
        one(&mut text, number + 1, finding, language);
    }
    if !report.findings.is_empty() {
        let command = format!("hikyaku doctor account {}", facts.address);
        let _ = writeln!(text);
        let _ = writeln!(text, "{}", say(language, "label-verify", &[("command", &command)]));
    }
    text
}

fn one(text: &mut String, number: usize, finding: &Finding, language: Language) {
    let cause = &finding.cause;
    let certainty = serde_json::to_value(cause.certainty).ok();
    let certainty = certainty.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    let certainty = say(language, &format!("certainty-{certainty}"), &[]);
    let title = render::title(cause, language);
    let _ = writeln!(text, "{number}. {title} ({}; {certainty})", cause.code);
    if let Some(code) = finding.follows_from {
        let _ = writeln!(text, "   {}", say(language, "label-follows", &[("code", code.name())]));
    }
    let who = say(language, &format!("side-{}", side(cause.code.side())), &[]);
    let lines = [
        ("label-why", render::user_why(cause, language)),
        ("label-who", who),
        ("label-do", render::user_cure(cause, language)),
    ];
    for (label, words) in lines {
        let words = words.replace('\n', "\n     ");
        let _ = writeln!(text, "   {}: {words}", say(language, label, &[]));
    }
    for change in &finding.changes {
        let _ = writeln!(
            text,
            "   {}: {}",
            say(language, "label-change", &[]),
            shown(change, language)
        );
    }
}

/// A change in the words of mail programs.
fn shown(change: &Change, language: Language) -> String {
    let (protocol, field) = change.field.split_once('.').unwrap_or_default();
    let of = say(language, &format!("field-of-{protocol}"), &[]);
    let field = say(language, &format!("field-{field}"), &[]);
    let mode = |value: &str| match value {
        "tls" => "SSL/TLS".to_owned(),
        "starttls" => "STARTTLS".to_owned(),
        "plain" => "-".to_owned(),
        other => other.to_owned(),
    };
    format!("{of} {field}: {} -> {}", mode(&change.from), mode(&change.to))
}
