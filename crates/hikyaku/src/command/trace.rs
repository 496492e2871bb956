//! `trace`: what became of a message.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, Language, SenderVerdict};
use hikyaku_senderauth::Verdicts;
use hikyaku_store::{
    Act, Attempt, Handling, Outcome as Ended, State, Trace as Found, TracedRecipient,
};
use serde_json::json;

use super::{one, store};
use crate::Outcome;
use crate::cli::Trace;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(arguments: &Trace, output: Output) -> Outcome {
    let (_, store) = store(&arguments.file)?;
    let found = store.trace(&arguments.query).map_err(one)?;
    if found.is_empty() && !output.json {
        let key = arguments.query.clone();
        let place = ConfigPlace { file: "".into(), line: None, key, nearest: None };
        return Err(vec![Cause::proven(Code::TraceNothing).with(Evidence::Config(place))]);
    }
    output.result(&json!(found), |language| {
        found.iter().map(|trace| story(trace, language)).collect()
    });
    Ok(())
}

/// One message's life in words.
fn story(trace: &Found, language: Language) -> String {
    let mut text = String::new();
    let received = &trace.received;
    let id = trace.message_id.as_deref().unwrap_or("-");
    let _ = writeln!(text, "{}", say(language, "trace-message", &[("id", id)]));
    let service = json!(received.service);
    let values = [
        ("time", received.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        ("sender", trace.sender.clone()),
        ("peer", received.peer.clone()),
        ("service", service.as_str().unwrap_or_default().to_owned()),
        ("tls", received.tls.clone().unwrap_or_else(|| say(language, "trace-no-tls", &[]))),
        ("account", received.account.clone().unwrap_or_default()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let came = if received.account.is_some() { "trace-came-from-account" } else { "trace-came" };
    let _ = writeln!(text, "  {}", say(language, came, &values));
    for found in verdicts(trace) {
        let _ = writeln!(text, "  {}", say(language, "trace-verdict", &[("found", &found)]));
    }
    for recipient in &trace.recipients {
        let _ = writeln!(text, "  {}", fate(recipient, language));
        for attempt in &recipient.attempts {
            let _ = writeln!(text, "    {}", tried(attempt, language));
        }
        for handling in &recipient.history {
            let _ = writeln!(text, "    {}", handled(handling, language));
        }
    }
    text
}

/// What was found of who stands for it, a line for each check.
fn verdicts(trace: &Found) -> Vec<String> {
    let kept = trace.received.verdicts.clone();
    let verdicts = kept.and_then(|kept| serde_json::from_value::<Verdicts>(kept).ok());
    let facts = verdicts.map(|verdicts| verdicts.facts()).unwrap_or_default();
    let line = |fact: SenderVerdict| {
        let why = fact.why.map(|why| format!(": {why}")).unwrap_or_default();
        let selector = fact.selector.map(|selector| format!(" {selector}")).unwrap_or_default();
        format!("{} {} ({}{selector}){why}", fact.method, fact.result, fact.domain)
    };
    facts.into_iter().map(line).collect()
}

fn fate(recipient: &TracedRecipient, language: Language) -> String {
    let mailbox = recipient.mailbox.as_deref().unwrap_or_default();
    let next = recipient.next.map(time).unwrap_or_default();
    let values =
        [("address", recipient.address.as_str()), ("mailbox", mailbox), ("next", next.as_str())];
    let state = match recipient.state {
        State::Stored => say(language, "trace-stored", &values),
        State::Failed if recipient.attempts.is_empty() => say(language, "trace-failed", &values),
        State::Failed => say(language, "trace-given-up", &values),
        State::Queued => say(language, "trace-queued", &values),
        State::Deferred => say(language, "trace-deferred", &values),
        State::Held => say(language, "trace-held", &values),
        State::Accepted => say(language, "trace-accepted", &values),
        State::Expired => say(language, "trace-expired", &values),
    };
    match &recipient.cause {
        None => state,
        Some(cause) => format!("{state} {} ({})", cause.title(language), cause.code),
    }
}

/// One attempt: where and why there, how it ended, what was said.
fn tried(attempt: &Attempt, language: Language) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let no_tls = || say(language, "trace-no-tls", &[]);
    let values = [
        ("time", time(attempt.time)),
        ("host", or_none(&attempt.host)),
        ("peer", or_none(&attempt.address)),
        ("tls", attempt.tls.clone().unwrap_or_else(no_tls)),
        ("reply", or_none(&attempt.reply)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let id = match attempt.outcome {
        Ended::Accepted => "attempt-accepted",
        Ended::Refused => "attempt-refused",
        Ended::Broken => "attempt-broken",
        Ended::NotTried => "attempt-not-tried",
        Ended::InDoubt if attempt.host.is_none() => "attempt-cut-off",
        Ended::InDoubt => "attempt-in-doubt",
        Ended::Removed => "attempt-removed",
    };
    let mut text = say(language, id, &values);
    if let Some(cause) = &attempt.no_tls {
        let _ = write!(text, "\n      {} ({})", cause.title(language), cause.code);
    }
    if let Some(cause) = &attempt.cause {
        let _ = write!(text, "\n      {} ({})", cause.title(language), cause.code);
    }
    if !attempt.plan.is_empty() {
        let plan = attempt.plan.join(", ");
        let _ = write!(text, "\n      {}", say(language, "attempt-plan", &[("plan", &plan)]));
    }
    text
}

fn time(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn handled(handling: &Handling, language: Language) -> String {
    let id = match handling.act {
        Act::Fetched => "trace-fetched",
        Act::Deleted => "trace-deleted",
    };
    say(
        language,
        id,
        &[("time", &time(handling.time)), ("peer", &handling.by.peer.ip().to_string())],
    )
}
