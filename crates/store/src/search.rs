//! Finding events again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hikyaku_cause::KeptCause;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::account::AccountId;
use crate::directory::timestamp;
use crate::event::{AcceptedRecord, Event, Record};
use crate::fault::Fault;
use crate::incoming::{MessageId, Origin, Visitor};
use crate::journey::Journey;
use crate::record::{self, BUCKET_BITS, Key, bare_message_id, folded};
use crate::store::Store;
use crate::trace::{Act, Handling, Received, State, Trace, TracedRecipient};

/// The most messages a search returns where nothing else is asked for; the newest are kept.
const MOST: usize = 1000;

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traces {
    /// The newest messages, oldest first.
    pub newest: Vec<Trace>,
    /// How many there are in all.
    pub all: usize,
}

/// Events by number; the number of an acceptance is the message's.
pub(crate) type Rows = BTreeMap<i64, Row>;

pub(crate) struct Row {
    at: Timestamp,
    pub(crate) record: Record,
}

impl Store {
    /// The life of the message with that queue id, or of each with that Message-ID (with or without
    /// angle brackets), or from or to that address; oldest first, the newest 1,000 at most.
    pub fn trace(&self, query: &str) -> Result<Vec<Trace>, Fault> {
        self.trace_newest(query, MOST).map(|found| found.newest)
    }

    /// The same for the newest `most`, and how many there are.
    pub fn trace_newest(&self, query: &str, most: usize) -> Result<Traces, Fault> {
        let (id, address) = (bare_message_id(query), folded(query.trim()));
        let keys = [Key::Message(id), Key::Address(&address)];
        let wanted = |record: &Record| is_about(record, id, &address);
        self.read(|connection| {
            let mut rows = by_queue_id(connection, query.trim())?;
            let keys = if rows.is_empty() { keys.as_slice() } else { &[] };
            for key in keys.iter().copied() {
                rows.append(&mut self::rows(connection, key, (0, most), wanted)?);
            }
            let mut all = rows.len();
            // Fewer than that under both keys together: none was left out under either.
            if !keys.is_empty() && all >= most {
                let mut found = BTreeSet::new();
                for key in keys.iter().copied() {
                    found.extend(numbers(connection, key, 0, wanted)?);
                }
                all = found.len();
            }
            while rows.len() > most {
                rows.pop_first();
            }
            let oldest = rows.keys().next().copied().unwrap_or_default();
            let mut tracer = Tracer { connection, oldest, visits: HashMap::new() };
            let newest: Vec<Option<Trace>> = rows
                .into_iter()
                .map(|(event, row)| tracer.trace(event, row))
                .collect::<rusqlite::Result<_>>()?;
            Ok(Traces { newest: newest.into_iter().flatten().collect(), all })
        })
    }

    /// Sign-ins, fetches and deletions of an account, newest first, `most` at most.
    pub fn visits(&self, account: AccountId, most: usize) -> Result<Vec<Event>, Fault> {
        let wanted = |record: &Record| match record {
            Record::Event(event) => whose(event) == Some(account),
            Record::Accepted(_) => false,
        };
        self.read(|connection| {
            let mut rows = rows(connection, Key::Visits(account), (0, most), wanted)?;
            rows.append(&mut self::rows(connection, Key::SignIns(account), (0, most), wanted)?);
            let events = rows.into_values().rev().filter_map(|row| match row.record {
                Record::Event(event) => Some(event),
                Record::Accepted(_) => None,
            });
            Ok(events.take(most).collect())
        })
    }
}

/// The acceptance of a message, by the number that the reply to its end gave out.
fn by_queue_id(connection: &Connection, text: &str) -> rusqlite::Result<Rows> {
    let Ok(number) = i64::from_str_radix(text, 16) else { return Ok(Rows::new()) };
    let row = connection
        .prepare_cached("SELECT at, detail FROM event WHERE id = ?1")?
        .query_row((number,), |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let row = row.and_then(|(at, detail)| {
        let record = record::parse(&detail)?;
        matches!(record, Record::Accepted(_)).then(|| Row { at: timestamp(at), record })
    });
    Ok(row.into_iter().map(|row| (number, row)).collect())
}

/// The events under a key with the numbers from `first` on: the newest `most` that are wanted.
pub(crate) fn rows(
    connection: &Connection,
    key: Key<'_>,
    (first, most): (i64, usize),
    wanted: impl Fn(&Record) -> bool,
) -> rusqlite::Result<Rows> {
    let mut found = Rows::new();
    each(connection, key, first, |event, row| {
        if wanted(&row.record) {
            found.insert(event, row);
        }
        found.len() < most
    })?;
    Ok(found)
}

/// The numbers of all events under a key that are wanted, from `first` on, newest first.
pub(crate) fn numbers(
    connection: &Connection,
    key: Key<'_>,
    first: i64,
    wanted: impl Fn(&Record) -> bool,
) -> rusqlite::Result<Vec<i64>> {
    let mut found = Vec::new();
    each(connection, key, first, |event, row| {
        if wanted(&row.record) {
            found.push(event);
        }
        true
    })?;
    Ok(found)
}

/// Gives out the events under a key with the numbers from `first` on, newest first, until they are
/// wanted no more. Other events may stand among them: two names may share a hash.
fn each(
    connection: &Connection,
    key: Key<'_>,
    first: i64,
    mut goes_on: impl FnMut(i64, Row) -> bool,
) -> rusqlite::Result<()> {
    let mut before = connection
        .prepare_cached("SELECT max(bucket) FROM event_key WHERE bucket < ?1 AND bucket >= ?2")?;
    let mut keys = connection.prepare_cached(
        "SELECT event FROM event_key WHERE bucket = ?1 AND hash = ?2 ORDER BY event DESC",
    )?;
    let mut events = connection.prepare_cached("SELECT at, detail FROM event WHERE id = ?1")?;
    let mut limit = i64::MAX;
    while let Some(bucket) =
        before.query_row((limit, first >> BUCKET_BITS), |row| row.get::<_, Option<i64>>(0))?
    {
        for event in keys.query_map((bucket, key.hash()), |row| row.get::<_, i64>(0))? {
            let event = event?;
            let row = events
                .query_row((event,), |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
                .optional()?;
            if let Some((at, detail)) = row.filter(|_| event >= first)
                && let Some(record) = record::parse(&detail)
                && !goes_on(event, Row { at: timestamp(at), record })
            {
                return Ok(());
            }
        }
        limit = bucket;
    }
    Ok(())
}

/// Whether an event is of a message with that identifier or address: two names may share a hash.
fn is_about(record: &Record, id: &str, address: &str) -> bool {
    let (message_id, addresses): (_, Vec<&String>) = match record {
        Record::Accepted(record) => {
            let recipients = record.recipients.iter();
            let recipients = recipients.flat_map(|it| {
                let stored = it.stored.as_ref().map(|stored| &stored.address);
                [Some(&it.address), it.via.as_ref(), stored]
            });
            let recipients = recipients.flatten();
            (&record.message_id, recipients.chain([&record.sender]).collect())
        }
        Record::Event(Event::Refused { message_id, recipients, sender, .. }) => {
            (message_id, recipients.iter().chain([sender]).collect())
        }
        Record::Event(_) => return false,
    };
    message_id.as_deref().map(bare_message_id) == Some(id)
        || addresses.into_iter().any(|found| folded(found) == address)
}

/// What was done in a mailbox, by message.
type Visits = HashMap<MessageId, Vec<Handling>>;

/// Words events as traces.
struct Tracer<'c> {
    connection: &'c Connection,
    /// The oldest message asked for: nothing was done with it before it came.
    oldest: i64,
    visits: HashMap<AccountId, Visits>,
}

impl Tracer<'_> {
    fn trace(&mut self, event: i64, row: Row) -> rusqlite::Result<Option<Trace>> {
        match row.record {
            Record::Accepted(record) => self.accepted(MessageId(event), row.at, record).map(Some),
            Record::Event(Event::Refused {
                origin, sender, recipients, message_id, cause, ..
            }) => Ok(Some(Trace {
                id: None,
                message_id: message_id.as_deref().map(bare_message_id).map(str::to_owned),
                sender,
                received: self.received(row.at, origin, None)?,
                recipients: recipients.into_iter().map(|it| failed(it, &cause)).collect(),
            })),
            Record::Event(_) => Ok(None),
        }
    }

    fn accepted(
        &mut self,
        id: MessageId,
        at: Timestamp,
        record: AcceptedRecord,
    ) -> rusqlite::Result<Trace> {
        let received = self.received(at, record.origin, Some(record.octets))?;
        let received = Received { tls_field: record.tls_field, ..received };
        let mut recipients = Vec::with_capacity(record.recipients.len());
        let goes_out = record.recipients.iter().any(|recipient| recipient.stored.is_none());
        let journey = if goes_out { Some(Journey::of(self.connection, id)?) } else { None };
        for recipient in record.recipients {
            recipients.push(match (recipient.stored, &journey) {
                (Some(stored), _) => TracedRecipient {
                    address: recipient.address,
                    via: None,
                    state: State::Stored,
                    code: None,
                    cause: None,
                    attempts: Vec::new(),
                    next: None,
                    history: self.history(stored.account, id)?,
                    mailbox: Some(stored.address),
                },
                (None, Some(journey)) => {
                    TracedRecipient { via: recipient.via, ..journey.recipient(recipient.address) }
                }
                (None, None) => continue,
            });
        }
        let (id, message_id) = (Some(id.to_string()), record.message_id);
        Ok(Trace { id, message_id, sender: record.sender, received, recipients })
    }

    fn received(
        &self,
        time: Timestamp,
        origin: Origin,
        octets: Option<u64>,
    ) -> rusqlite::Result<Received> {
        let name = |account: AccountId| {
            let sql = "SELECT address FROM account WHERE id = ?1";
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_row((account.0,), |row| row.get(0)).optional()
        };
        Ok(Received {
            time,
            service: origin.service,
            peer: origin.peer.to_string(),
            helo: origin.helo,
            tls: origin.tls,
            account: origin.account.map(name).transpose()?.flatten(),
            octets,
            verdicts: origin.verdicts,
            tls_field: None,
        })
    }

    /// What was done with a message in one mailbox.
    fn history(
        &mut self,
        account: AccountId,
        message: MessageId,
    ) -> rusqlite::Result<Vec<Handling>> {
        if !self.visits.contains_key(&account) {
            let visits = visits(self.connection, account, self.oldest)?;
            self.visits.insert(account, visits);
        }
        let visits = self.visits.get(&account).and_then(|visits| visits.get(&message));
        Ok(visits.cloned().unwrap_or_default())
    }
}

fn visits(connection: &Connection, account: AccountId, first: i64) -> rusqlite::Result<Visits> {
    let wanted = |record: &Record| match record {
        Record::Event(event) => whose(event) == Some(account),
        Record::Accepted(_) => false,
    };
    let mut visits = Visits::new();
    for row in rows(connection, Key::Visits(account), (first, usize::MAX), wanted)?.into_values() {
        match row.record {
            Record::Event(Event::Fetched { at, messages, by, .. }) => {
                enter(&mut visits, at, Act::Fetched, &messages, &by);
            }
            Record::Event(Event::Deleted { at, messages, by, .. }) => {
                enter(&mut visits, at, Act::Deleted, &messages, &by);
            }
            _ => {}
        }
    }
    for handlings in visits.values_mut() {
        handlings.sort_by_key(|handling| handling.time);
    }
    Ok(visits)
}

fn enter(visits: &mut Visits, time: Timestamp, act: Act, messages: &[MessageId], by: &Visitor) {
    for message in messages {
        visits.entry(*message).or_default().push(Handling { time, act, by: by.clone() });
    }
}

fn failed(address: String, cause: &KeptCause) -> TracedRecipient {
    TracedRecipient {
        address,
        via: None,
        state: State::Failed,
        code: cause.code(),
        cause: Some(cause.clone()),
        attempts: Vec::new(),
        next: None,
        mailbox: None,
        history: Vec::new(),
    }
}

fn whose(event: &Event) -> Option<AccountId> {
    match event {
        Event::SignIn { account, .. } => *account,
        Event::Fetched { account, .. } | Event::Deleted { account, .. } => Some(*account),
        Event::Refused { .. } | Event::Attempted { .. } => None,
    }
}
