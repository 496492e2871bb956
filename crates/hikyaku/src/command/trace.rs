//! `trace`: what became of a message.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, Language, phrase};
use hikyaku_senderauth::Verdicts;
use hikyaku_store::{
    Act, Attempt, Handling, Outcome as Ended, State, Store, TlsField, Trace as Found,
    TracedRecipient,
};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{one, store};
use crate::Outcome;
use crate::cli::Trace;
use crate::nearest::nearest;
use crate::output::Output;
use crate::words::{say, with_cause};

pub(crate) fn run(arguments: &Trace, output: Output) -> Outcome {
    let (_, store) = store(&arguments.file)?;
    let found = store.trace_newest(&arguments.query, arguments.limit).map_err(one)?;
    if found.all == 0 {
        return Err(vec![nothing(&arguments.query, &store)?]);
    }
    let (newest, all) = (found.newest, found.all);
    if newest.len() < all {
        let values = [("shown", newest.len().to_string()), ("all", all.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        output.notice("trace-cut", &values);
    }
    output.result(&json!(newest), |language| {
        newest.iter().map(|trace| story(trace, language)).collect()
    });
    Ok(())
}

/// Nothing is known of it; perhaps an address of ours was meant.
fn nothing(query: &str, store: &Store) -> Result<Cause, Vec<Cause>> {
    let mut known: Vec<String> = Vec::new();
    if query.contains('@') {
        known.extend(store.accounts().map_err(one)?.iter().map(|it| it.address.to_string()));
        known.extend(store.aliases().map_err(one)?.into_iter().map(|it| it.address));
    }
    let key = query.to_owned();
    let nearest = nearest(query.trim(), known.iter().map(String::as_str));
    let place = ConfigPlace { file: "".into(), line: None, key, nearest };
    Ok(Cause::proven(Code::TraceNothing).with(Evidence::Config(place)))
}

/// One message's life in words.
fn story(trace: &Found, language: Language) -> String {
    let mut text = String::new();
    let received = &trace.received;
    let _ = writeln!(text, "{}", title(trace, language));
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
    for found in verdicts(received.verdicts.as_ref(), language) {
        let _ = writeln!(text, "  {}", say(language, "trace-verdict", &[("found", &found)]));
    }
    if let Some(field) = received.tls_field {
        let id = match field {
            TlsField::Heeded => "trace-tls-field-heeded",
            TlsField::Overruled => "trace-tls-field-overruled",
            TlsField::Several => "trace-tls-field-several",
            TlsField::Malformed => "trace-tls-field-malformed",
        };
        let _ = writeln!(text, "  {}", say(language, id, &[]));
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

/// Which message it is: by the id that the reply to its end gave out, and as its writer calls it.
fn title(trace: &Found, language: Language) -> String {
    let (id, message) = (trace.id.as_deref(), trace.message_id.as_deref());
    let values = [("id", id.unwrap_or_default()), ("message", message.unwrap_or_default())];
    let name = match (id, message) {
        (Some(_), Some(_)) => "trace-message",
        (Some(_), None) => "trace-message-unnamed",
        (None, Some(_)) => "trace-message-refused",
        (None, None) => "trace-message-refused-unnamed",
    };
    say(language, name, &values)
}

/// What was found of who stands for it, a line for each check.
fn verdicts(kept: Option<&Value>, language: Language) -> Vec<String> {
    let verdicts = kept.and_then(|kept| Verdicts::deserialize(kept).ok());
    verdicts.map(|verdicts| verdicts.told(language)).unwrap_or_default()
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
    let state = match &recipient.via {
        None => state,
        Some(via) => format!("{} {state}", say(language, "forwarded-from", &[("via", via)])),
    };
    match &recipient.cause {
        None => state,
        Some(cause) => with_cause(&state, cause, language),
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
        ("tls", attempt.tls.as_ref().map_or_else(no_tls, |it| phrase(it, language).into_owned())),
        ("reply", or_none(&attempt.reply)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let id = match attempt.outcome {
        Ended::Accepted => "attempt-accepted",
        Ended::Refused => match attempt.reply.as_deref() {
            None => "attempt-not-handed",
            // RFC 5321 §4.2.1: for now only.
            Some(reply) if reply.starts_with('4') => "attempt-put-off",
            Some(_) => "attempt-refused",
        },
        Ended::Broken if attempt.reply.is_some() => "attempt-turned-away",
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
    if let Some(cause) = &attempt.no_policy {
        let why = format!("{} ({})", cause.title(language), cause.code);
        let _ = write!(text, "\n      {}", say(language, "attempt-no-policy", &[("why", &why)]));
    }
    if let Some(cause) = &attempt.cause {
        let _ = write!(text, "\n      {} ({})", cause.title(language), cause.code);
    }
    if !attempt.plan.is_empty() {
        let plan = attempt.plan.iter().map(|it| phrase(it, language));
        let plan = plan.collect::<Vec<_>>().join(match language {
            Language::Japanese => "、",
            Language::English => ", ",
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As they stand in records on disk.
    #[test]
    fn verdicts_that_were_kept_are_told_in_words() {
        let kept = json!({
            "spf": {
                "result": "softfail", "identity": "mailfrom", "of": "a@edo.test",
                "domain": "edo.test", "ip": "192.0.2.7",
                "by": { "domain": "edo.test", "term": "~all" }, "why": { "kind": "absent" }
            },
            "dkim": [{
                "result": "permerror", "domain": "edo.test", "selector": "key1",
                "why": { "kind": "key-missing" }
            }],
            "dmarc": [{ "result": "none", "from": "edo.test" }]
        });
        let told = verdicts(Some(&kept), Language::Japanese);
        let begin = [
            "spf=softfail（edo.test）。サーバー192.0.2.7は、",
            "dkim=permerror（edo.test key1）。電子の署名（DKIM）を確かめる鍵が、",
            "dmarc=none（edo.test）。このドメインは、",
        ];
        assert_eq!(told.len(), begin.len(), "{told:#?}");
        assert!(told.iter().zip(begin).all(|(line, begin)| line.starts_with(begin)), "{told:#?}");
        assert_eq!(verdicts(Some(&kept), Language::English).len(), begin.len());
        assert!(verdicts(None, Language::English).is_empty());
    }
}
