//! Who is meant: recipients in the queue by what a person has in hand.

use std::collections::HashSet;

use rusqlite::Connection;

use super::QueueId;
use super::admin::Selection;
use crate::event::Record;
use crate::fault::Fault;
use crate::incoming::MessageId;
use crate::record::{Key, bare_message_id, folded};
use crate::search::numbers;
use crate::store::Store;

impl Store {
    /// The recipients in the queue that are meant, however many: all of a message by its queue id;
    /// those with an address, written to directly or sent on by it, and those of what it has sent;
    /// and where there are none of these, all of the messages with that Message-ID.
    pub fn queue_find(&self, query: &str) -> Result<Selection, Fault> {
        let query = query.trim();
        self.read(|connection| {
            if let Ok(id) = i64::from_str_radix(query, 16)
                && waits(connection, id)?
            {
                return Ok(Selection::Message(MessageId(id)));
            }
            let mut found = by_address(connection, &folded(query))?;
            // Who writes a mail chooses its Message-ID: it must not pass for an address.
            if found.is_empty() {
                found = by_message_id(connection, bare_message_id(query))?;
            }
            Ok(Selection::Recipients(found))
        })
    }
}

fn waits(connection: &Connection, message: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM queue WHERE message = ?1)";
    connection.query_row(sql, (message,), |row| row.get(0))
}

/// SQLite knows nothing of how addresses are compared, so all are looked at.
fn by_address(connection: &Connection, address: &str) -> rusqlite::Result<Vec<QueueId>> {
    let is_it = |text: &str| folded(text) == address;
    let mut senders = connection.prepare("SELECT message, sender FROM outgoing")?;
    let senders =
        senders.query_map((), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut sent = HashSet::new();
    for row in senders {
        let (message, sender) = row?;
        if is_it(&sender) {
            sent.insert(message);
        }
    }
    let mut found = Vec::new();
    let mut rows = connection.prepare("SELECT id, message, recipient, via FROM queue")?;
    let mut rows = rows.query(())?;
    while let Some(row) = rows.next()? {
        let (recipient, via): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        if sent.contains(&row.get(1)?) || is_it(&recipient) || via.is_some_and(|via| is_it(&via)) {
            found.push(QueueId(row.get(0)?));
        }
    }
    Ok(found)
}

fn by_message_id(connection: &Connection, id: &str) -> rusqlite::Result<Vec<QueueId>> {
    let oldest = "SELECT min(message) FROM queue";
    let oldest: Option<i64> = connection.query_row(oldest, (), |row| row.get(0))?;
    let Some(oldest) = oldest else { return Ok(Vec::new()) };
    let wanted = |record: &Record| match record {
        Record::Accepted(record) => record.message_id.as_deref().map(bare_message_id) == Some(id),
        Record::Event(_) => false,
    };
    let mut found = Vec::new();
    let mut rows = connection.prepare("SELECT id FROM queue WHERE message = ?1")?;
    for message in numbers(connection, Key::Message(id), oldest, wanted)? {
        for row in rows.query_map((message,), |row| row.get(0))? {
            found.push(QueueId(row?));
        }
    }
    Ok(found)
}
