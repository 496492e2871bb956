//! The report as one page that needs nothing else: for a help desk to keep, or to print.

use std::fmt::Write as _;

use hikyaku_cause::render::escaped;
use hikyaku_cause::{Glossary, Language};

use crate::facts::Facts;
use crate::finding::Finding;
use crate::json::{flow, verdict};
use crate::report::{Report, Verdict};
use crate::terminal::{proof, shown};
use crate::view::{About, Known, Told, View};
use crate::words::say;

const STYLE: &str = "body{font-family:sans-serif;line-height:1.7;max-width:46rem;margin:2rem auto;\
padding:0 1rem;color:#222}h1{font-size:1.3rem;border-left:.4rem solid #888;padding-left:.6rem}\
h1.broken{border-color:#b00}h1.degraded{border-color:#c80}h1.healthy{border-color:#080}\
h2{font-size:1.1rem;margin-top:2rem}dt{font-weight:bold;margin-top:.6rem}dd{margin:0;\
white-space:pre-line}code{color:#555}li{overflow-wrap:anywhere}";

/// The whole report of one account or of several, in one page.
pub fn html(all: &[(&Facts, &Report)], view: &View) -> String {
    let language = view.language;
    let heading = |(facts, report): (&Facts, &Report)| {
        let id = format!("verdict-{}", verdict(report.verdict));
        say(language, &id, &[("address", &facts.address)])
    };
    let title = match all {
        [one] => heading(*one),
        all => all.iter().map(|it| it.0.address.as_str()).collect::<Vec<_>>().join(", "),
    };
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>{STYLE}</style>",
        language.tag(),
        escaped(&title),
    );
    let (mut glossary, mut before) = (Glossary::new(language), Vec::new());
    for (facts, report) in all {
        let title = heading((facts, report));
        account(&mut text, (facts, report, &title), view, (&mut glossary, &mut before));
    }
    let _ = writeln!(text, "</html>");
    text
}

fn account(
    text: &mut String,
    (facts, report, title): (&Facts, &Report, &str),
    view: &View,
    (glossary, before): (&mut Glossary, &mut Vec<String>),
) {
    let language = view.language;
    let word = |it| say(language, &format!("flow-{}", flow(it)), &[]);
    let (send, receive) = (word(report.send), word(report.receive));
    let flows = say(language, "flows", &[("send", &send), ("receive", &receive)]);
    let _ = writeln!(
        text,
        "<h1 class=\"{}\">{}</h1>\n<p>{}</p>",
        verdict(report.verdict),
        escaped(title),
        escaped(&flows),
    );
    let about = About {
        command: "doctor account",
        subject: &facts.address,
        account: &facts.address,
        known: Known::Seen,
    };
    for (number, finding) in report.findings.iter().enumerate() {
        let title = about.title(&finding.cause, language);
        let code = finding.cause.code;
        let _ = writeln!(text, "<h2>{}. {} <code>{code}</code></h2>", number + 1, escaped(&title));
        let told = Told::new(&about, finding, view, glossary);
        one(text, finding, (&told, before), language);
    }
    if report.verdict != Verdict::Healthy {
        let verify = say(language, "label-verify", &[("command", &about.verify())]);
        let _ = writeln!(text, "<p>{}</p>", escaped(&verify));
    }
    let when = facts.now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let _ = writeln!(text, "<p><small>{}</small></p>", escaped(&when));
}

fn one(
    text: &mut String,
    finding: &Finding,
    (told, before): (&Told, &mut Vec<String>),
    language: Language,
) {
    let cause = &finding.cause;
    let _ = writeln!(text, "<dl>");
    for (label, words) in
        [("label-why", &told.why), ("label-who", &told.who), ("label-do", &told.cure)]
    {
        let label = say(language, label, &[]);
        let _ = writeln!(text, "<dt>{}</dt><dd>{}</dd>", escaped(&label), escaped(words));
    }
    if let Some(guide) = &told.guide {
        let lines = guide.lines_after(before, language).join("\n");
        let _ = writeln!(text, "<dd>{}</dd>", escaped(&lines));
    }
    list(
        text,
        &say(language, "label-change", &[]),
        finding.changes.iter().map(|it| shown(it, language)),
    );
    list(text, &say(language, "label-proof", &[]), proof(&cause.evidence, language).into_iter());
    let _ = writeln!(text, "</dl>");
}

fn list(text: &mut String, label: &str, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.map(|item| format!("<li>{}</li>", escaped(&item))).collect();
    if !items.is_empty() {
        let _ = writeln!(text, "<dt>{}</dt><dd><ul>{}</ul></dd>", escaped(label), items.concat());
    }
}
