//! Finding what is due, and taking it.

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_mail::{Address, Notify, OriginalRecipient, Return, ReversePath};
use jiff::Timestamp;
use rusqlite::Connection;

use super::{Forwarding, Leased, LeasedEntry, QueueId, Ready};
use crate::account::AccountId;
use crate::directory::timestamp;
use crate::event::Event;
use crate::fault::Fault;
use crate::incoming::{MessageId, Needs, TlsWish};
use crate::record;
use crate::store::Store;
use crate::trace::Outcome;
use crate::writer::{Call, Writing};

/// Rows looked at in the order of their time before the destinations are gone through one by one.
const FIRST: usize = 500;
/// Leases of an earlier run that are looked after in one transaction.
const STEP: usize = 500;

/// What may be leased.
const FREE: &str = "lease = 0 AND held = 0";

impl Store {
    /// The destinations that have something due at `now`, at most `most`, those left out that
    /// `is_busy` names. Reads an index, whatever the size of the queue.
    pub fn queue_ready(
        &self,
        now: Timestamp,
        most: usize,
        is_busy: impl Fn(&str) -> bool,
    ) -> Result<Ready, Fault> {
        let now = now.as_millisecond();
        self.read(|connection| {
            let next = next(connection)?;
            if next.is_none_or(|next| next > now) {
                return Ok(Ready { destinations: Vec::new(), next });
            }
            let (mut found, mut passed): (Vec<String>, Vec<String>) = Default::default();
            let mut looked_at = 0;
            let mut statement = connection.prepare_cached(&ready_text())?;
            let mut rows = statement.query((now,))?;
            while let Some(row) = rows.next()? {
                looked_at += 1;
                let destination = row.get_ref(0)?.as_str()?;
                if found.iter().chain(&passed).any(|it| it == destination) {
                    continue;
                }
                let free = found.len() < most && !is_busy(destination);
                if free { &mut found } else { &mut passed }.push(destination.to_owned());
            }
            if found.is_empty() && looked_at == FIRST {
                found = one_by_one(connection, now, most, &is_busy)?;
            }
            Ok(Ready { destinations: found, next })
        })
    }

    /// Destinations with recipients that somebody wants to be tried now, at most `most`.
    pub fn queue_urgent(&self, most: usize) -> Result<Vec<String>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&urgent_text(most))?;
            let rows = statement.query_map((), |row| row.get(0))?;
            rows.collect()
        })
    }

    /// Takes messages for one destination, so that nobody else tries them: at most `most`
    /// recipients. Durable, so that a later run can tell what was under way.
    pub async fn queue_lease(
        &self,
        destination: &str,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Leased>, Fault> {
        let (destination, now) = (destination.to_owned(), now.as_millisecond());
        let run = self.inner().disk.lease();
        let act = move |writing: &mut Writing<'_>| {
            let rows = due(writing.connection(), &destination, now, most)
                .map_err(|error| writing.fault(&error))?;
            take(writing, rows, run)
        };
        self.inner().writer.call(Call(act)).await
    }

    /// Takes messages taken in before `before`, whatever is said of their time: at most `most`
    /// recipients.
    pub async fn queue_lease_old(
        &self,
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<Leased>, Fault> {
        let before = before.as_millisecond();
        let run = self.inner().disk.lease();
        let act = move |writing: &mut Writing<'_>| {
            let rows =
                old(writing.connection(), before, most).map_err(|error| writing.fault(&error))?;
            take(writing, rows, run)
        };
        self.inner().writer.call(Call(act)).await
    }

    /// Gives back what was leased and not tried.
    pub async fn queue_give_back(&self, entries: Vec<QueueId>) -> Result<(), Fault> {
        let act = move |writing: &mut Writing<'_>| {
            entries.iter().try_for_each(|entry| {
                let sql = "UPDATE queue SET lease = 0 WHERE id = ?1";
                writing.execute(sql, (entry.0,)).map(drop)
            })
        };
        self.inner().writer.call(Call(act)).await
    }

    /// Frees what an earlier run had leased and did not settle: it was cut off. What it was handing
    /// over may have been accepted, and is tried again all the same; each such recipient gets an
    /// event that says so. Returns how many there were.
    pub async fn queue_recover(&self) -> Result<usize, Fault> {
        let run = self.inner().disk.lease();
        let mut recovered = 0;
        loop {
            let act = move |writing: &mut Writing<'_>| recover(writing, run);
            match self.inner().writer.call(Call(act)).await? {
                0 => return Ok(recovered),
                some => recovered += some,
            }
        }
    }
}

// A limit that is bound would have SQLite prepare the statement anew for each value.

fn ready_text() -> String {
    format!("SELECT destination FROM queue WHERE {FREE} AND due <= ?1 ORDER BY due LIMIT {FIRST}")
}

fn urgent_text(most: usize) -> String {
    format!(
        "SELECT DISTINCT destination FROM
         (SELECT destination FROM queue WHERE {FREE} AND due <= 0 LIMIT 500) LIMIT {most}"
    )
}

fn due_text(most: usize) -> String {
    format!(
        "SELECT id, message, recipient, attempts, notify, orcpt, via, return_path FROM queue
         WHERE {FREE} AND destination = ?1 AND due <= ?2 ORDER BY due LIMIT {most}"
    )
}

/// When the next row is due.
fn next(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT min(due) FROM queue WHERE {FREE}");
    connection.prepare_cached(&sql)?.query_row((), |row| row.get(0))
}

/// Steps from destination to destination, one look into the index for each.
fn one_by_one(
    connection: &Connection,
    now: i64,
    most: usize,
    is_busy: impl Fn(&str) -> bool,
) -> rusqlite::Result<Vec<String>> {
    let sql = format!(
        "SELECT destination, due FROM queue WHERE {FREE} AND destination > ?1
         ORDER BY destination, due LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = Vec::new();
    let mut last = String::new();
    while found.len() < most {
        let row = statement.query_row((&last,), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)));
        let (destination, due): (String, i64) = match row {
            Ok(row) => row,
            Err(rusqlite::Error::QueryReturnedNoRows) => break,
            Err(error) => return Err(error),
        };
        if due <= now && !is_busy(&destination) {
            found.push(destination.clone());
        }
        last = destination;
    }
    Ok(found)
}

/// Recipients by message, and what is different for those to whom an address of ours sends on.
type Rows = Vec<(MessageId, Option<Forwarding>, LeasedEntry)>;

fn due(
    connection: &Connection,
    destination: &str,
    now: i64,
    most: usize,
) -> rusqlite::Result<Rows> {
    let mut statement = connection.prepare_cached(&due_text(most))?;
    let rows = statement.query_map((destination, now), row)?;
    rows.collect()
}

fn old(connection: &Connection, before: i64, most: usize) -> rusqlite::Result<Rows> {
    let mut statement = connection.prepare_cached(
        "SELECT queue.id, queue.message, queue.recipient, queue.attempts, queue.notify,
                queue.orcpt, queue.via, queue.return_path
         FROM outgoing JOIN queue ON queue.message = outgoing.message
         WHERE outgoing.at < ?1 AND queue.lease = 0 AND queue.held = 0
         ORDER BY outgoing.at LIMIT ?2",
    )?;
    let rows = statement.query_map((before, most), row)?;
    rows.collect()
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(MessageId, Option<Forwarding>, LeasedEntry)> {
    let text = |at: usize| row.get::<_, Option<String>>(at);
    let entry = LeasedEntry {
        id: QueueId(row.get(0)?),
        recipient: row.get(2)?,
        notify: text(4)?.and_then(|it| Notify::parse(&it)),
        original: text(5)?.and_then(|it| OriginalRecipient::parse(&it)),
        attempts: row.get(3)?,
    };
    let sender = text(7)?;
    let forwarding = text(6)?.map(|via| {
        let sender = sender.as_deref().map_or(ReversePath::Null, reverse_path);
        Forwarding { via, sender }
    });
    Ok((MessageId(row.get(1)?), forwarding, entry))
}

fn take(writing: &Writing<'_>, rows: Rows, run: i64) -> Result<Vec<Leased>, Fault> {
    let mut leased: Vec<Leased> = Vec::new();
    for (message, forwarding, entry) in rows {
        let is_same = |it: &&mut Leased| it.message == message && it.forwarding == forwarding;
        writing.execute("UPDATE queue SET lease = ?2 WHERE id = ?1", (entry.id.0, run))?;
        match leased.iter_mut().rev().find(is_same) {
            Some(leased) => leased.entries.push(entry),
            None => {
                if let Some(mut new) = envelope(writing, message)? {
                    new.entries.push(entry);
                    new.forwarding = forwarding;
                    leased.push(new);
                }
            }
        }
    }
    Ok(leased)
}

/// What the recipients of a message share.
pub(super) fn envelope(writing: &Writing<'_>, message: MessageId) -> Result<Option<Leased>, Fault> {
    writing.first(
        "SELECT sender, account, octets, eight_bit, at, prepend, utf8, ret, envid, stands,
         require_tls
         FROM outgoing WHERE message = ?1",
        (message.0,),
        |row| {
            Ok(Leased {
                message,
                sender: reverse_path(&row.get::<_, String>(0)?),
                account: row.get::<_, Option<i64>>(1)?.map(AccountId),
                octets: row.get(2)?,
                needs: Needs {
                    eight_bit: row.get(3)?,
                    utf8: row.get(6)?,
                    tls: TlsWish::from_stored(row.get(10)?),
                },
                at: timestamp(row.get(4)?),
                prepend: row.get(5)?,
                returns: row.get::<_, Option<String>>(7)?.and_then(|it| Return::parse(&it)),
                envelope_id: row.get(8)?,
                stands: row.get(9)?,
                forwarding: None,
                entries: Vec::new(),
            })
        },
    )
}

/// A sender as it was written down.
fn reverse_path(text: &str) -> ReversePath {
    Address::parse_kept(text).map_or(ReversePath::Null, ReversePath::Address)
}

fn recover(writing: &mut Writing<'_>, run: i64) -> Result<usize, Fault> {
    let rows: rusqlite::Result<Vec<(i64, i64, String)>> = (|| {
        let mut statement = writing.connection().prepare_cached(
            "SELECT id, message, recipient FROM queue WHERE lease <> 0 AND lease <> ?1 LIMIT ?2",
        )?;
        let rows =
            statement.query_map((run, STEP), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    })();
    let rows = rows.map_err(|error| writing.fault(&error))?;
    let cause = KeptCause::from(&Cause::proven(Code::QueueInDoubt).with(Evidence::Detail {
        source: "queue",
        text: "the program ended while this was under way".to_owned(),
    }));
    for (id, message, recipient) in &rows {
        writing.execute("UPDATE queue SET lease = 0 WHERE id = ?1", (id,))?;
        let event = Event::Attempted {
            at: Timestamp::now(),
            message: MessageId(*message),
            recipients: vec![recipient.clone()],
            host: None,
            address: None,
            tls: None,
            no_tls: None,
            no_policy: None,
            outcome: Outcome::InDoubt,
            cause: Some(cause.clone()),
            reply: None,
            fate: None,
            next: None,
            plan: Vec::new(),
        };
        record::note(writing, &event)?;
    }
    Ok(rows.len())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rusqlite::StatementStatus;

    use super::*;

    /// SQLite prepares a statement anew for each value that it thinks its plan depends on; a bound
    /// `LIMIT` is one, and would cost more than what the statement does.
    #[test]
    fn statements_of_every_look_are_prepared_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::make(&mut connection, Path::new("memory")).unwrap();
        let texts = [ready_text(), urgent_text(64), due_text(50)];
        for text in texts {
            for run in 0..3_i64 {
                let mut statement = connection.prepare_cached(&text).unwrap();
                for parameter in 1..=statement.parameter_count() {
                    statement.raw_bind_parameter(parameter, run).unwrap();
                }
                assert!(statement.raw_query().next().unwrap().is_none());
                assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{text}");
            }
        }
    }
}
