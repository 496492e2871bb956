//! The report for programs. Its schema is `docs/doctor.schema.json`.

use hikyaku_cause::{Glossary, Severity};
use serde_json::{Value, json};

use crate::facts::{Facts, Server, Source, Step};
use crate::finding::Finding;
use crate::heard::Heard;
use crate::report::{Check, CheckOutcome, Flow, Report, Verdict};
use crate::sign_in::best_door;
use crate::view::{About, Known, Told, View};

/// The version of its form.
const SCHEMA: u32 = 1;

/// The whole report about an account.
pub fn json(facts: &Facts, report: &Report, view: &View, seconds: f64) -> Value {
    let about = About {
        command: "doctor account",
        subject: &facts.address,
        account: &facts.address,
        known: Known::Seen,
    };
    let settings = json!({
        "discovered": discovered(facts), "recommended": recommended(facts), "set": set(facts),
    });
    document(&about, report, view, (seconds, settings))
}

/// The whole report about a text.
pub fn heard_json(heard: &Heard<'_>, report: &Report, view: &View, seconds: f64) -> Value {
    let settings = json!({ "discovered": [], "recommended": {} });
    document(&heard.about(), report, view, (seconds, settings))
}

fn document(
    about: &About<'_>,
    report: &Report,
    view: &View,
    (seconds, settings): (f64, Value),
) -> Value {
    let language = view.language;
    let mut glossary = Glossary::new(language);
    let told = |finding| one(about, finding, view, &mut glossary);
    let findings: Vec<Value> = report.findings.iter().map(told).collect();
    let checks: Vec<Value> = report.checks.iter().map(check).collect();
    json!({
        "schema": SCHEMA,
        "command": about.command,
        "subject": about.subject,
        "language": language,
        "seconds": seconds,
        "client": view.client.as_ref().map(|client| client.json(language)),
        "verdict": verdict(report.verdict),
        "send": flow(report.send),
        "receive": flow(report.receive),
        "findings": findings,
        "settings": settings,
        "checks": checks,
    })
}

fn one(about: &About<'_>, finding: &Finding, view: &View, glossary: &mut Glossary) -> Value {
    let language = view.language;
    let cause = &finding.cause;
    let side = cause.code.side().word();
    let Told { why, cure, guide, .. } = Told::new(about, finding, view, glossary);
    let mut steps = steps(&cure);
    steps.extend(guide.iter().flat_map(|guide| guide.lines(language)));
    let who = finding.who().word();
    let verify = about.verify();
    let mut remedies: Vec<Value> = finding
        .changes
        .iter()
        .map(|change| {
            json!({
                "who": who, "text": cure, "steps": steps, "verify": verify,
                "change": { "field": change.field, "from": change.from, "to": change.to },
            })
        })
        .collect();
    if remedies.is_empty() {
        remedies.push(json!({
            "who": who, "text": cure, "steps": steps, "verify": verify, "change": null,
        }));
    }
    json!({
        "code": cause.code,
        "certainty": cause.certainty,
        "severity": severity(finding.severity()),
        "direction": finding.direction.word(),
        "side": side,
        "follows_from": finding.follows_from,
        "title": about.title(cause, language),
        "explanation": why,
        "evidence": cause.evidence,
        "remedies": remedies,
        "guide": guide.map(|guide| guide.json()),
    })
}

fn steps(cure: &str) -> Vec<String> {
    let lines = cure.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error | Severity::Critical => "error",
    }
}

/// The verdict as the report names it.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Healthy => "healthy",
        Verdict::Degraded => "degraded",
        Verdict::Broken => "broken",
        Verdict::Unknown => "unknown",
    }
}

/// A flow as the report names it.
pub(crate) fn flow(flow: Flow) -> &'static str {
    match flow {
        Flow::Ok => "ok",
        Flow::Fails => "fails",
        Flow::Unknown => "unknown",
    }
}

fn check(check: &Check) -> Value {
    let outcome = match check.outcome {
        CheckOutcome::Ok => "ok",
        CheckOutcome::Failed => "failed",
        CheckOutcome::Skipped => "skipped",
    };
    json!({ "name": check.name, "outcome": outcome, "seconds": check.seconds })
}

/// Every way in which servers were looked for, with its outcome.
fn discovered(facts: &Facts) -> &[Step] {
    &facts.discovery
}

/// The servers as they are set, where that is known.
fn set(facts: &Facts) -> Vec<&Server> {
    facts.servers.iter().filter(|server| server.source == Source::Given).collect()
}

/// For each protocol the port at which everything was sound.
fn recommended(facts: &Facts) -> Value {
    let mut all = serde_json::Map::new();
    for server in &facts.servers {
        let word = server.setting.protocol.word();
        if let (false, Some(best)) = (all.contains_key(word), best_door(facts, &server.setting)) {
            all.insert(word.to_owned(), json!(best));
        }
    }
    Value::Object(all)
}
