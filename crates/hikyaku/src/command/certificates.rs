//! `certificates`: what there is, until when, and why it does not come.

mod revoke;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hikyaku_acme::{Listed, Origin};
use hikyaku_cause::{Cause, Code, Evidence, KeptCause, Language, render};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Outcome;
use crate::cli::{Certificates, CertificatesAct};
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

/// How long a running server may take to see the wish.
const SEEN: Duration = Duration::from_secs(10);
/// How long the authority may take for all names.
const ALLOWED: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(crate) fn run(arguments: &Certificates, output: Output) -> Outcome {
    match (&arguments.act, &arguments.config) {
        (Some(CertificatesAct::Renew(file)), _) => renew(&file.config, output),
        (Some(CertificatesAct::Revoke(arguments)), _) => revoke::revoke(arguments, output),
        (Some(CertificatesAct::NewAccountKey(file)), _) => revoke::new_account_key(file, output),
        (None, Some(file)) => {
            show(&Config::load(file)?, output);
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

fn show(config: &Config, output: Output) {
    let plan = crate::run::certificates(config);
    let listed = hikyaku_acme::list(&config.data, &plan, Timestamp::now());
    let shown: Vec<Value> = listed.iter().map(|it| one(it, output.language)).collect();
    output.result(&json!({ "certificates": shown }), |language| match listed.as_slice() {
        [] => say(language, "certificates-none", &[]) + "\n",
        listed => listed.iter().map(|it| text(it, language)).collect(),
    });
}

/// Asks the server, waits for what comes of it, and shows it.
fn renew(file: &Path, output: Output) -> Outcome {
    let config = Config::load(file)?;
    let plan = crate::run::certificates(&config);
    let asked = Timestamp::now();
    if plan.settings.is_none() {
        show(&config, output);
        return Ok(());
    }
    hikyaku_acme::wish(&config.data).map_err(|cause| vec![cause])?;
    let is_done = |it: &Listed| is_limited(it) || it.last.is_some_and(|last| last >= asked);
    let is_seen = || !hikyaku_acme::is_wished(&config.data);
    let wait = Awaited { is_seen: &is_seen, concerns: &|_| true, is_done: &is_done };
    let came = awaited(&config, &wait)?;
    show(&config, output);
    if came == Came::Unseen {
        output.notice("certificates-not-running", &[]);
    }
    Ok(())
}

/// What a running server is to do.
struct Awaited<'a> {
    /// Whether it knows.
    is_seen: &'a dyn Fn() -> bool,
    /// Which ones it is about.
    concerns: &'a dyn Fn(&Listed) -> bool,
    /// Whether it has tried for one of these.
    is_done: &'a dyn Fn(&Listed) -> bool,
}

/// What came of it, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// All of it.
    Done,
    /// Nothing yet: a server has seen it, and is at work.
    Pending,
    /// Nothing: no server is there.
    Unseen,
}

/// Waits for what comes of it.
fn awaited(config: &Config, wait: &Awaited<'_>) -> Result<Came, Vec<Cause>> {
    let plan = crate::run::certificates(config);
    let began = Instant::now();
    while !(wait.is_seen)() {
        // A server that is at work for another name sees it when that is done.
        let is_late = began.elapsed() > SEEN && !hikyaku_acme::is_busy(&config.data);
        if is_late || began.elapsed() > ALLOWED {
            return Ok(Came::Unseen);
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let of = || {
        let mut all = hikyaku_acme::list(&config.data, &plan, Timestamp::now());
        all.retain(|it| it.origin == Origin::Acme && (wait.concerns)(it));
        all
    };
    while !of().iter().all(wait.is_done) && began.elapsed() < ALLOWED {
        std::thread::sleep(LOOK_EVERY);
    }
    outcome(&of(), wait.is_done)
}

/// By what there is when the wait is over, whatever ended it.
fn outcome(all: &[Listed], is_done: &dyn Fn(&Listed) -> bool) -> Result<Came, Vec<Cause>> {
    let failures: Vec<Cause> = all.iter().filter_map(|it| again(it.failure.as_ref()?)).collect();
    if !failures.is_empty() {
        return Err(failures);
    }
    Ok(if all.iter().all(is_done) { Came::Done } else { Came::Pending })
}

/// Whether the authority has set a limit, which holds whoever wishes.
fn is_limited(listed: &Listed) -> bool {
    listed.failure.as_ref().and_then(KeptCause::code) == Some(Code::AcmeRateLimited)
}

/// A cause as it was before it was written down, as far as its words need it.
fn again(kept: &KeptCause) -> Option<Cause> {
    let seen = |name: &str| kept.seen.get(name).cloned();
    let evidence = [
        seen("host").map(|name| Evidence::Host { name }),
        seen("path").map(|path| Evidence::File { path: path.into() }),
        seen("found").map(|found| Evidence::Found { raw: found.into_bytes() }),
        seen("until").map(|at| Evidence::Until { at }),
        seen("detail").map(|text| Evidence::Detail { source: "acme", text }),
    ];
    Some(evidence.into_iter().flatten().fold(Cause::proven(kept.code()?), Cause::with))
}

fn one(listed: &Listed, language: Language) -> Value {
    let mut value = json!(listed);
    if let Some(object) = value.as_object_mut() {
        for (key, cause) in [("failure", &listed.failure), ("warning", &listed.warning)] {
            let finding = cause.as_ref().map(|cause| render::kept_finding(cause, language));
            object.insert(key.to_owned(), json!(finding));
        }
    }
    value
}

fn text(listed: &Listed, language: Language) -> String {
    let names = listed.names.join(", ");
    let file = listed.file.display().to_string();
    let names = if names.is_empty() { file.as_str() } else { names.as_str() };
    let mut text = format!("{names}\n");
    let mut line = |id: &str, value: &str| {
        let _ = writeln!(text, "  {}", say(language, id, &[("value", value)]));
    };
    match (&listed.issuer, listed.not_after) {
        (Some(issuer), Some(end)) => {
            line("certificates-issuer", issuer);
            line("certificates-until", &moment(end));
        }
        _ => line("certificates-absent", ""),
    }
    match listed.origin {
        Origin::HandMade => line("certificates-hand-made", &file),
        Origin::Acme => line("certificates-acme", &file),
    }
    if let Some(next) = listed.next {
        let fails = listed.failure.is_some();
        line(if fails { "certificates-again" } else { "certificates-next" }, &moment(next));
    }
    if let Some(window) = &listed.window {
        let span = [("start", moment(window.start)), ("end", moment(window.end))];
        let span = span.each_ref().map(|(name, value)| (*name, value.as_str()));
        let _ = writeln!(text, "  {}", say(language, "certificates-window", &span));
        if let Some(page) = &window.explanation {
            let page = [("value", page.as_str())];
            let _ = writeln!(text, "  {}", say(language, "certificates-explanation", &page));
        }
    }
    for cause in listed.failure.iter().chain(&listed.warning) {
        text.push_str(&words(cause, language));
    }
    text
}

/// A cause in a list or beside a result.
fn words(cause: &KeptCause, language: Language) -> String {
    let mut text = format!("  ! {} ({})\n", cause.title(language), cause.code);
    for part in [cause.administrators_why(language), cause.administrators_cure(language)] {
        for line in part.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// Says it on standard error.
pub(super) fn aside(cause: &KeptCause, output: Output) {
    output.aside(&words(cause, output.language));
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use hikyaku_acme::Plan;
    use hikyaku_net::CertificateFiles;

    use super::*;

    #[test]
    fn what_has_not_come_when_the_wait_is_over_is_not_taken_for_done() {
        let file = CertificateFiles { chain: "none.pem".into(), key: "none.pem".into() };
        let plan = Plan { hand_made: vec![file], settings: None };
        let mut all = hikyaku_acme::list(Path::new("none"), &plan, Timestamp::now());
        let is_done = |it: &Listed| !it.revoked;
        assert_eq!(outcome(&all, &is_done), Ok(Came::Done));
        all[0].revoked = true;
        assert_eq!(outcome(&all, &is_done), Ok(Came::Pending));
        all[0].failure = Some((&Cause::proven(Code::AcmeOrderFailed)).into());
        assert_eq!(outcome(&all, &is_done).unwrap_err()[0].code, Code::AcmeOrderFailed);
    }
}
