//! `queue`: mail that waits for other servers.

use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, Language};
use hikyaku_mail::Domain;
use hikyaku_store::{Changed, QueueState, QueuedMessage, QueuedRecipient, Selection, Store, wait};
use jiff::Timestamp;
use serde_json::json;

use super::{one, store};
use crate::Outcome;
use crate::cli::{Queue, QueueList, QueueOf, QueueRemove, QueueSelection};
use crate::consent::agreed;
use crate::output::Output;
use crate::words::{say, with_cause};

pub(crate) fn run(command: &Queue, output: Output) -> Outcome {
    match command {
        Queue::List(list) => self::list(list, output),
        Queue::Show(of) => show(of, output),
        Queue::Hold(of) => {
            change(of, "hold", output, |store, selection| wait(store.queue_hold(selection)))
        }
        Queue::Release(of) => {
            change(of, "release", output, |store, selection| wait(store.queue_release(selection)))
        }
        Queue::Retry(of) => {
            change(of, "retry", output, |store, selection| wait(store.queue_retry(selection)))
        }
        Queue::Remove(arguments) => remove(arguments, output),
    }
}

fn list(arguments: &QueueList, output: Output) -> Outcome {
    let (_, store) = store(&arguments.file)?;
    let selection = selection(&arguments.select, &store)?;
    let found = store.queue_list(&selection, arguments.limit).map_err(one)?;
    let verdicts = store.verdicts().map_err(one)?;
    let shown: usize = found.iter().map(|message| message.recipients.len()).sum();
    for verdict in &verdicts {
        eprint_cause(verdict, output);
    }
    let all = store.queue_count(&selection).map_err(one)?;
    if (shown as u64) < all {
        let values = [("shown", shown.to_string()), ("all", all.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        output.notice("queue-cut", &values);
    }
    output.result(&json!(found), |language| match found.as_slice() {
        [] if all == 0 && selection != Selection::All => say(language, "queue-none", &[]) + "\n",
        [] if all == 0 => say(language, "queue-empty", &[]) + "\n",
        found => found.iter().map(|message| text(message, language)).collect(),
    });
    Ok(())
}

fn eprint_cause(verdict: &hikyaku_cause::KeptCause, output: Output) {
    let title = verdict.title(output.language);
    output.notice("queue-verdict", &[("title", &title), ("code", &verdict.code)]);
}

fn show(of: &QueueOf, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let selection = selection(&of.select, &store)?;
    let found = store.queue_list(&selection, usize::MAX >> 1).map_err(one)?;
    if found.is_empty() && !of.select.all {
        return Err(vec![nothing(&of.select)]);
    }
    output.result(&json!(found), |language| match found.as_slice() {
        [] => say(language, "queue-empty", &[]) + "\n",
        found => found.iter().map(|message| text(message, language)).collect(),
    });
    Ok(())
}

/// Everything goes only after a yes: who waits for an answer, or waits to be read, is in there too.
fn remove(arguments: &QueueRemove, output: Output) -> Outcome {
    if arguments.of.select.all && !arguments.yes {
        let (_, store) = store(&arguments.of.file)?;
        let count = store.queue_length().map_err(one)?;
        let ask = || agreed(output, "queue-remove-ask", &[("count", &count.to_string())]);
        match if count == 0 { Some(true) } else { ask() } {
            Some(true) => {}
            Some(false) => {
                output.notice("queue-remove-declined", &[]);
                return Ok(());
            }
            None => {
                output.notice("queue-remove-unasked", &[]);
                return Err(Vec::new());
            }
        }
    }
    change(&arguments.of, "remove", output, |store, it| wait(store.queue_remove(it)))
}

fn change(
    of: &QueueOf,
    verb: &str,
    output: Output,
    act: impl FnOnce(&Store, Selection) -> Result<Changed, hikyaku_store::Fault>,
) -> Outcome {
    let (_, store) = store(&of.file)?;
    let selection = selection(&of.select, &store)?;
    let Changed { recipients } = act(&store, selection.clone()).map_err(one)?;
    // Nothing was changed: nobody is there, or all are as they should be.
    let there = match recipients {
        0 => store.queue_count(&selection).map_err(one)?,
        some => some as u64,
    };
    if there == 0 && !of.select.all {
        return Err(vec![nothing(&of.select)]);
    }
    output.result(&json!({ "done": verb, "recipients": recipients }), |language| {
        let id = match (there, recipients) {
            (0, _) => "queue-empty".to_owned(),
            (_, 0) if verb != "remove" => format!("queue-{verb}-already"),
            _ => format!("queue-{verb}"),
        };
        let count = if recipients == 0 { there } else { recipients as u64 }.to_string();
        say(language, &id, &[("count", &count)]) + "\n"
    });
    Ok(())
}

/// What the arguments name; all where nothing is named, which only `list` allows.
fn selection(select: &QueueSelection, store: &Store) -> Result<Selection, Vec<Cause>> {
    if let Some(account) = &select.account {
        let found = store.account(account).map_err(one)?;
        let found = found.ok_or_else(|| {
            vec![
                Cause::proven(Code::AccountUnknown)
                    .with(Evidence::Account { name: account.clone() }),
            ]
        })?;
        return Ok(Selection::Account(found.id));
    }
    if let Some(domain) = &select.domain {
        let name = if domain.starts_with('[') {
            domain.clone()
        } else {
            let parsed = Domain::parse(domain);
            parsed.map_or_else(|_| domain.clone(), |domain| domain.as_str().to_owned())
        };
        return Ok(Selection::Domain(name));
    }
    match &select.message {
        Some(message) => store.queue_find(message).map_err(one),
        None => Ok(Selection::All),
    }
}

fn nothing(select: &QueueSelection) -> Cause {
    let key = [&select.message, &select.account, &select.domain].into_iter().flatten().next();
    let key = key.cloned().unwrap_or_else(|| "--all".to_owned());
    let place = ConfigPlace { file: "".into(), line: None, key, nearest: None };
    Cause::proven(Code::QueueNothing).with(Evidence::Config(place))
}

fn text(message: &QueuedMessage, language: Language) -> String {
    let mut text = String::new();
    let values = [
        ("id", message.id.clone()),
        ("sender", message.sender.clone()),
        ("octets", message.octets.to_string()),
        ("time", message.received.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let _ = writeln!(text, "{}", say(language, "queue-message", &values));
    for recipient in &message.recipients {
        let _ = writeln!(text, "  {}", line(recipient, language));
    }
    text
}

fn line(recipient: &QueuedRecipient, language: Language) -> String {
    let next = match recipient.next {
        // Its time has come; that its server rests is known to the running server only.
        Some(next) if next <= Timestamp::now() => say(language, "queue-rests", &[]),
        Some(next) => next.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        None => say(language, "queue-now", &[]),
    };
    let attempts = recipient.attempts.to_string();
    let values =
        [("address", recipient.address.as_str()), ("attempts", &attempts), ("next", &next)];
    let id = match recipient.state {
        QueueState::Queued => "queue-queued",
        QueueState::Deferred => "queue-deferred",
        QueueState::Held => "queue-held",
    };
    let state = say(language, id, &values);
    let state = match &recipient.via {
        None => state,
        Some(via) => format!("{} {state}", say(language, "forwarded-from", &[("via", via)])),
    };
    match (&recipient.cause, recipient.code) {
        (Some(cause), _) => with_cause(&state, cause, language),
        (None, Some(code)) => format!("{state} ({code})"),
        (None, None) => state,
    }
}
