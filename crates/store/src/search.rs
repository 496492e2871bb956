//! Finding events again.

use std::collections::BTreeMap;

use hikyaku_cause::Code;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::account::AccountId;
use crate::directory::timestamp;
use crate::event::{AcceptedRecord, Event, Record};
use crate::fault::Fault;
use crate::incoming::{MessageId, Origin, Visitor};
use crate::record::{self, Key, bare_message_id, folded};
use crate::store::Store;
use crate::trace::{Act, Handling, Received, State, Trace, TracedRecipient};

/// The most messages one search returns; the newest are kept.
const MOST: usize = 1000;

impl Store {
    /// The life of each message with that Message-ID (with or without angle brackets), or from or
    /// to that address; oldest first, the newest 1,000 at most.
    pub fn trace(&self, query: &str) -> Result<Vec<Trace>, Fault> {
        let (id, address) = (bare_message_id(query), folded(query.trim()));
        self.read(|connection| {
            let mut rows = rows(connection, Key::Message(id))?;
            rows.extend(self::rows(connection, Key::Address(&address))?);
            let newest = rows.into_iter().rev();
            let mut traces: Vec<Trace> = newest
                .filter_map(|(event, row)| {
                    trace(connection, event, row, |found| found.is(id, &address)).transpose()
                })
                .take(MOST)
                .collect::<Result<_, _>>()?;
            traces.reverse();
            Ok(traces)
        })
    }

    /// Sign-ins, fetches and deletions of an account, newest first, `most` at most.
    pub fn visits(&self, account: AccountId, most: usize) -> Result<Vec<Event>, Fault> {
        self.read(|connection| {
            let mut rows = rows(connection, Key::Visits(account))?;
            rows.extend(self::rows(connection, Key::SignIns(account))?);
            let events = rows.into_values().rev().filter_map(|row| match row.record {
                Record::Event(event) if whose(&event) == Some(account) => Some(event),
                _ => None,
            });
            Ok(events.take(most).collect())
        })
    }
}

struct EventRow {
    at: Timestamp,
    record: Record,
}

/// What a search may be about.
struct Names<'a> {
    message_id: Option<&'a str>,
    addresses: Vec<&'a str>,
}

impl Names<'_> {
    fn is(&self, id: &str, address: &str) -> bool {
        self.message_id == Some(id) || self.addresses.iter().any(|found| folded(found) == address)
    }
}

/// All events under a key, by number.
fn rows(connection: &Connection, key: Key<'_>) -> rusqlite::Result<BTreeMap<i64, EventRow>> {
    let mut next =
        connection.prepare_cached("SELECT min(bucket) FROM event_key WHERE bucket > ?1")?;
    let mut keys =
        connection.prepare_cached("SELECT event FROM event_key WHERE bucket = ?1 AND hash = ?2")?;
    let mut events = connection.prepare_cached("SELECT at, detail FROM event WHERE id = ?1")?;
    let mut found = BTreeMap::new();
    let mut bucket: Option<i64> = next.query_row((-1,), |row| row.get(0))?;
    while let Some(number) = bucket {
        for event in keys.query_map((number, key.hash()), |row| row.get::<_, i64>(0))? {
            let event = event?;
            let row = events
                .query_row((event,), |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
                .optional()?;
            let row = row.and_then(|(at, detail)| {
                Some(EventRow { at: timestamp(at), record: record::parse(&detail)? })
            });
            found.extend(row.map(|row| (event, row)));
        }
        bucket = next.query_row((number,), |row| row.get(0))?;
    }
    Ok(found)
}

/// One event as a trace, if it is one of a message, and the message is wanted.
fn trace(
    connection: &Connection,
    event: i64,
    row: EventRow,
    wanted: impl Fn(&Names<'_>) -> bool,
) -> rusqlite::Result<Option<Trace>> {
    match row.record {
        Record::Accepted(record) if wanted(&names_of_accepted(&record)) => {
            accepted(connection, MessageId(event), row.at, record).map(Some)
        }
        Record::Event(Event::Refused { origin, sender, recipients, message_id, code, .. })
            if wanted(&Names {
                message_id: message_id.as_deref().map(bare_message_id),
                addresses: recipients.iter().chain([&sender]).map(String::as_str).collect(),
            }) =>
        {
            let code = Code::from_name(&code);
            Ok(Some(Trace {
                id: None,
                message_id: message_id.as_deref().map(bare_message_id).map(str::to_owned),
                sender,
                received: received(connection, row.at, origin, None)?,
                recipients: recipients.into_iter().map(|it| failed(it, code)).collect(),
            }))
        }
        _ => Ok(None),
    }
}

fn names_of_accepted(record: &AcceptedRecord) -> Names<'_> {
    let recipients = record.recipients.iter();
    let recipients = recipients.flat_map(|it| [it.address.as_str(), it.stored.address.as_str()]);
    Names {
        message_id: record.message_id.as_deref(),
        addresses: recipients.chain([record.sender.as_str()]).collect(),
    }
}

fn accepted(
    connection: &Connection,
    id: MessageId,
    at: Timestamp,
    record: AcceptedRecord,
) -> rusqlite::Result<Trace> {
    let received = received(connection, at, record.origin, Some(record.octets))?;
    let recipients = record.recipients.into_iter().map(|recipient| {
        Ok(TracedRecipient {
            address: recipient.address,
            state: State::Stored,
            code: None,
            attempts: Vec::new(),
            history: history(connection, recipient.stored.account, id)?,
            mailbox: Some(recipient.stored.address),
        })
    });
    Ok(Trace {
        id: Some(id.to_string()),
        message_id: record.message_id,
        sender: record.sender,
        received,
        recipients: recipients.collect::<rusqlite::Result<_>>()?,
    })
}

fn failed(address: String, code: Option<Code>) -> TracedRecipient {
    let (attempts, history) = (Vec::new(), Vec::new());
    TracedRecipient { address, state: State::Failed, code, attempts, mailbox: None, history }
}

fn received(
    connection: &Connection,
    time: Timestamp,
    origin: Origin,
    octets: Option<u64>,
) -> rusqlite::Result<Received> {
    let name = |account: AccountId| {
        let sql = "SELECT address FROM account WHERE id = ?1";
        connection.prepare_cached(sql)?.query_row((account.0,), |row| row.get(0)).optional()
    };
    Ok(Received {
        time,
        service: origin.service,
        peer: origin.peer.to_string(),
        helo: origin.helo,
        tls: origin.tls,
        account: origin.account.map(name).transpose()?.flatten(),
        octets,
    })
}

/// What was done with a message in one mailbox.
fn history(
    connection: &Connection,
    account: AccountId,
    message: MessageId,
) -> rusqlite::Result<Vec<Handling>> {
    let visits = rows(connection, Key::Visits(account))?;
    let handling = visits.into_values().filter_map(|row| match row.record {
        Record::Event(Event::Fetched { at, account: whose, messages, by }) => {
            handling(at, Act::Fetched, by, whose == account && messages.contains(&message))
        }
        Record::Event(Event::Deleted { at, account: whose, messages, by }) => {
            handling(at, Act::Deleted, by, whose == account && messages.contains(&message))
        }
        _ => None,
    });
    let mut handling: Vec<Handling> = handling.collect();
    handling.sort_by_key(|handling| handling.time);
    Ok(handling)
}

fn handling(time: Timestamp, act: Act, by: Visitor, concerned: bool) -> Option<Handling> {
    concerned.then_some(Handling { time, act, by })
}

fn whose(event: &Event) -> Option<AccountId> {
    match event {
        Event::SignIn { account, .. } => *account,
        Event::Fetched { account, .. } | Event::Deleted { account, .. } => Some(*account),
        Event::Refused { .. } => None,
    }
}
