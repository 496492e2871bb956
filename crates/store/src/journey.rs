//! What became of a message at other servers, put together from the queue and from events.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::event::{Event, Record};
use crate::incoming::MessageId;
use crate::queue::{Fate, QueueState, QueuedRecipient, waiting};
use crate::record::Key;
use crate::search::{Rows, rows};
use crate::trace::{Attempt, State, TracedRecipient};

/// The attempts made for one message, and who still waits.
pub(crate) struct Journey {
    waiting: HashMap<String, QueuedRecipient>,
    attempts: Rows,
}

impl Journey {
    pub(crate) fn of(connection: &Connection, message: MessageId) -> rusqlite::Result<Self> {
        let wanted = |record: &Record| matches!(record, Record::Event(Event::Attempted { message: of, .. }) if *of == message);
        let range = (message.0, usize::MAX);
        Ok(Self {
            waiting: waiting(connection, message)?,
            attempts: rows(connection, Key::Attempts(message), range, wanted)?,
        })
    }

    /// One recipient's part of it.
    pub(crate) fn recipient(&self, address: String) -> TracedRecipient {
        let mut traced = TracedRecipient {
            address,
            via: None,
            state: State::Queued,
            code: None,
            cause: None,
            attempts: Vec::new(),
            next: None,
            mailbox: None,
            history: Vec::new(),
        };
        for row in self.attempts.values() {
            let Record::Event(event) = &row.record else { continue };
            let Event::Attempted { recipients, fate, cause, .. } = event else { continue };
            if !recipients.contains(&traced.address) {
                continue;
            }
            traced.attempts.extend(attempt(event));
            traced.cause = if *fate == Some(Fate::Accepted) { None } else { cause.clone() };
            traced.state = match fate {
                None => State::Deferred,
                Some(Fate::Accepted) => State::Accepted,
                Some(Fate::Expired) => State::Expired,
                Some(Fate::Failed | Fate::Removed) => State::Failed,
            };
        }
        traced.code = traced.cause.as_ref().and_then(hikyaku_cause::KeptCause::code);
        if let Some(waiting) = self.waiting.get(&traced.address) {
            traced.next = waiting.next;
            traced.state = match waiting.state {
                QueueState::Queued => State::Queued,
                QueueState::Deferred => State::Deferred,
                QueueState::Held => State::Held,
            };
            traced.code = waiting.code.or(traced.code);
            traced.cause = waiting.cause.clone().or(traced.cause);
        }
        traced
    }
}

fn attempt(event: &Event) -> Option<Attempt> {
    let Event::Attempted {
        at,
        host,
        address,
        tls,
        no_tls,
        no_policy,
        outcome,
        cause,
        reply,
        plan,
        ..
    } = event
    else {
        return None;
    };
    Some(Attempt {
        time: *at,
        host: host.clone(),
        address: address.clone(),
        tls: tls.clone(),
        no_tls: no_tls.clone(),
        no_policy: no_policy.clone().map(|cause| *cause),
        outcome: *outcome,
        code: cause.as_ref().and_then(hikyaku_cause::KeptCause::code),
        reply: reply.clone(),
        cause: cause.clone(),
        plan: plan.clone(),
    })
}
