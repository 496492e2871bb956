//! The report for a person at a terminal.

use std::fmt::Write as _;

use hikyaku_cause::{Evidence, Glossary, Language};

use crate::facts::Facts;
use crate::finding::{Change, Finding};
use crate::heard::Heard;
use crate::json::{flow, verdict};
use crate::report::{Report, Verdict};
use crate::view::{About, Known, Mark, Told, View};
use crate::words::say;

/// The whole report, readable without colour.
pub fn terminal(facts: &Facts, report: &Report, view: &View) -> String {
    let about = About {
        command: "doctor account",
        subject: &facts.address,
        account: &facts.address,
        known: Known::Seen,
    };
    page(&about, report, view)
}

/// The whole report about a text.
pub fn heard_terminal(heard: &Heard<'_>, report: &Report, view: &View) -> String {
    page(&heard.about(), report, view)
}

fn page(about: &About<'_>, report: &Report, view: &View) -> String {
    let language = view.language;
    let mut text = String::new();
    let title = about.heading(verdict(report.verdict), language);
    let _ = writeln!(text, "{}", view.marked(mark(report.verdict), &title));
    let word = |it| say(language, &format!("flow-{}", flow(it)), &[]);
    let (send, receive) = (word(report.send), word(report.receive));
    let _ = writeln!(text, "{}", say(language, "flows", &[("send", &send), ("receive", &receive)]));
    let (mut glossary, mut before) = (Glossary::new(language), Vec::new());
    for (number, finding) in report.findings.iter().enumerate() {
        let _ = writeln!(text);
        head(&mut text, number + 1, (about, finding), view);
        let told = Told::new(about, finding, view, &mut glossary);
        let guide = told.guide.as_ref();
        let steps = guide.map(|guide| guide.lines_after(&mut before, language));
        body(&mut text, (&told, &steps.unwrap_or_default()), finding, view);
    }
    if !report.findings.is_empty() {
        let command = about.verify();
        let _ = writeln!(text);
        let _ = writeln!(text, "{}", say(language, "label-verify", &[("command", &command)]));
    }
    text
}

fn mark(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Healthy => Mark::Good,
        Verdict::Degraded | Verdict::Unknown => Mark::Doubtful,
        Verdict::Broken => Mark::Bad,
    }
}

fn head(text: &mut String, number: usize, (about, finding): (&About<'_>, &Finding), view: &View) {
    let language = view.language;
    let cause = &finding.cause;
    let certainty = serde_json::to_value(cause.certainty).ok();
    let certainty = certainty.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    let certainty = say(language, &format!("certainty-{certainty}"), &[]);
    let title = about.title(cause, language);
    let _ = writeln!(
        text,
        "{number}. {} ({}; {certainty})",
        view.marked(Mark::Title, &title),
        cause.code
    );
    if let Some(code) = finding.follows_from {
        let _ = writeln!(text, "   {}", say(language, "label-follows", &[("code", code.name())]));
    }
}

fn body(text: &mut String, (told, steps): (&Told, &[String]), finding: &Finding, view: &View) {
    let language = view.language;
    for (label, words) in
        [("label-why", &told.why), ("label-who", &told.who), ("label-do", &told.cure)]
    {
        let words = words.replace('\n', "\n     ");
        let _ = writeln!(text, "   {}: {words}", say(language, label, &[]));
    }
    for line in steps {
        let _ = writeln!(text, "     {line}");
    }
    for line in proof(&finding.cause.evidence, language) {
        let _ = writeln!(text, "   {}: {line}", say(language, "label-proof", &[]));
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

/// What was seen, a line for each thing.
pub(crate) fn proof(evidence: &[Evidence], language: Language) -> Vec<String> {
    evidence.iter().filter_map(|it| seen(it, language)).collect()
}

fn seen(evidence: &Evidence, language: Language) -> Option<String> {
    match evidence {
        Evidence::Connect { peer, outcome, milliseconds } => {
            let peer = std::net::SocketAddr::new(peer.ip, peer.port).to_string();
            let seconds = format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100);
            let outcome = serde_json::to_value(outcome).ok()?;
            let id = format!("connect-{}", outcome.as_str()?);
            Some(say(language, &id, &[("peer", &peer), ("seconds", &seconds)]))
        }
        Evidence::Reply { reply, .. } if !reply.lines.is_empty() => {
            Some(say(language, "said", &[("reply", &reply.to_string())]))
        }
        Evidence::Certificate { names, issuer, not_before, not_after, .. } => {
            let names = names.join(", ");
            let day = |time: &String| time.get(..10).unwrap_or(time).to_owned();
            let (from, until) = (day(not_before), day(not_after));
            let values =
                [("names", names.as_str()), ("issuer", issuer), ("from", &from), ("until", &until)];
            Some(say(language, "certificate", &values))
        }
        Evidence::Dns { name, record, outcome, .. } => {
            let outcome = serde_json::to_value(outcome).ok()?;
            let id = format!("dns-{}", outcome.as_str()?);
            Some(say(language, &id, &[("name", name), ("record", record)]))
        }
        Evidence::Outbox { waiting, oldest, octets, recipients } => {
            let (count, octets) = (waiting.to_string(), octets.to_string());
            let date = oldest.clone().unwrap_or_else(|| say(language, "outbox-undated", &[]));
            let to = recipients.join(", ");
            let values =
                [("count", count.as_str()), ("date", &date), ("octets", &octets), ("to", &to)];
            Some(say(language, "outbox", &values))
        }
        Evidence::Words { part: "answer", text, .. } => {
            Some(say(language, "answered", &[("text", text)]))
        }
        Evidence::Words { text, .. } => Some(say(language, "words", &[("text", text)])),
        Evidence::Clock { with, .. } => Some(say(language, "clock-of", &[("host", with)])),
        _ => None,
    }
}

/// A change in the words of mail programs.
pub(crate) fn shown(change: &Change, language: Language) -> String {
    let (protocol, field) = change.field.split_once('.').unwrap_or_default();
    let of = say(language, &format!("field-of-{protocol}"), &[]);
    let field = say(language, &format!("field-{field}"), &[]);
    let mode = |value: &str| match value {
        "tls" => "SSL/TLS".to_owned(),
        "starttls" => "STARTTLS".to_owned(),
        "plain" => say(language, "mode-plain", &[]),
        other => other.to_owned(),
    };
    format!("{of} {field}: {} -> {}", mode(&change.from), mode(&change.to))
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::{ConnectOutcome, DnsOutcome, PeerAddress};

    use super::*;

    /// Every outcome; one that is missing here does not compile.
    macro_rules! every {
        ($name:ident: $($variant:ident)*) => {{
            let exhaustive = |it: &$name| match it { $($name::$variant => (),)* };
            let all = [$($name::$variant),*];
            all.iter().for_each(exhaustive);
            all
        }};
    }

    #[test]
    fn every_outcome_has_words() {
        let peer = PeerAddress { ip: [192, 0, 2, 1].into(), port: 25 };
        let name = "mx.edo.test".to_owned();
        let outcomes = every!(DnsOutcome: Answer NxDomain NoData ServFail Refused Bogus TimedOut
            Unreachable);
        let asked = outcomes.into_iter().flat_map(|outcome| {
            ["A", "AAAA", "MX"].map(|record| Evidence::Dns {
                name: name.clone(),
                record,
                outcome,
                server: None,
                milliseconds: 0,
            })
        });
        let outcomes = every!(ConnectOutcome: Open Refused TimedOut Unreachable Prohibited Other);
        let tried = outcomes.map(|outcome| Evidence::Connect { peer, outcome, milliseconds: 1500 });
        let all: Vec<Evidence> = asked.chain(tried).collect();
        for language in Language::ALL {
            for evidence in &all {
                let said = seen(evidence, language).unwrap();
                assert!(said.contains("mx.edo.test") || said.contains("192.0.2.1:25"), "{said}");
                assert!(!said.contains("{$"), "{said}");
            }
        }
    }
}
