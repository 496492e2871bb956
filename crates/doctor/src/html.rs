//! The report as one page that needs nothing else: for a help desk to keep, or to print.

use std::fmt::Write as _;

use hikyaku_cause::render::{self, escaped};

use crate::facts::Facts;
use crate::finding::Finding;
use crate::json::{flow, verdict};
use crate::report::{Report, Verdict};
use crate::terminal::{proof, shown};
use crate::view::View;
use crate::words::say;

const STYLE: &str = "body{font-family:sans-serif;line-height:1.7;max-width:46rem;margin:2rem auto;\
padding:0 1rem;color:#222}h1{font-size:1.3rem;border-left:.4rem solid #888;padding-left:.6rem}\
h1.broken{border-color:#b00}h1.degraded{border-color:#c80}h1.healthy{border-color:#080}\
h2{font-size:1.1rem;margin-top:2rem}dt{font-weight:bold;margin-top:.6rem}dd{margin:0;\
white-space:pre-line}code{color:#555}li{overflow-wrap:anywhere}";

/// The whole report.
pub fn html(facts: &Facts, report: &Report, view: &View) -> String {
    let language = view.language;
    let id = format!("verdict-{}", verdict(report.verdict));
    let title = say(language, &id, &[("address", &facts.address)]);
    let word = |it| say(language, &format!("flow-{}", flow(it)), &[]);
    let (send, receive) = (word(report.send), word(report.receive));
    let flows = say(language, "flows", &[("send", &send), ("receive", &receive)]);
    let mut text = String::new();
    let _ = write!(
        text,
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n<h1 class=\"{}\">{}</h1>\n<p>{}</p>\n",
        language.tag(),
        escaped(&title),
        verdict(report.verdict),
        escaped(&title),
        escaped(&flows),
    );
    for (number, finding) in report.findings.iter().enumerate() {
        one(&mut text, number + 1, finding, view);
    }
    let when = facts.now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    if report.verdict != Verdict::Healthy {
        let command = format!("hikyaku doctor account {}", facts.address);
        let verify = say(language, "label-verify", &[("command", &command)]);
        let _ = writeln!(text, "<p>{}</p>", escaped(&verify));
    }
    let _ = writeln!(text, "<p><small>{}</small></p>\n</html>", escaped(&when));
    text
}

fn one(text: &mut String, number: usize, finding: &Finding, view: &View) {
    let language = view.language;
    let cause = &finding.cause;
    let title = render::title(cause, language);
    let _ =
        writeln!(text, "<h2>{number}. {} <code>{}</code></h2>\n<dl>", escaped(&title), cause.code);
    let who = say(language, &format!("side-{}", finding.who().word()), &[]);
    let lines = [
        ("label-why", render::user_why(cause, language)),
        ("label-who", who),
        (
            "label-do",
            [vec![render::user_cure(cause, language)], view.steps(finding)].concat().join("\n"),
        ),
    ];
    for (label, words) in lines {
        let label = say(language, label, &[]);
        let _ = writeln!(text, "<dt>{}</dt><dd>{}</dd>", escaped(&label), escaped(&words));
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
