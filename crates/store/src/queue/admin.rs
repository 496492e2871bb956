//! What an administrator does with the queue.

use hikyaku_cause::{Cause, Code, KeptCause};
use jiff::Timestamp;
use rusqlite::types::Value;

use super::QueueId;
use super::list::Held;
use super::settle::{Fate, leave};
use crate::account::AccountId;
use crate::event::Event;
use crate::fault::Fault;
use crate::incoming::MessageId;
use crate::record;
use crate::store::Store;
use crate::trace::Outcome;
use crate::writer::{Call, Writing};

/// Recipients removed in one transaction.
const STEP: usize = 1000;

/// Which recipients in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// Those of one message, by its queue id.
    Message(MessageId),
    /// Those of what an account has sent.
    Account(AccountId),
    /// Those at one destination, whichever way they go.
    Domain(String),
    /// Those that the line kept back: a blocked port, no network, nobody there.
    Unreached,
    /// Single ones, as `Store::queue_find` finds them.
    Recipients(Vec<QueueId>),
}

/// What a call has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// The recipients concerned.
    pub recipients: usize,
}

impl Selection {
    /// The condition for rows of `queue`, and its parameter `?1`.
    pub(super) fn condition(&self) -> (&'static str, Value) {
        match self {
            Self::All => ("?1 = 0", Value::Integer(0)),
            Self::Unreached => {
                ("json_extract(last, '$.code') LIKE ?1", Value::Text("path.%".to_owned()))
            }
            Self::Message(message) => ("message = ?1", Value::Integer(message.0)),
            Self::Account(account) => (
                "message IN (SELECT message FROM outgoing WHERE account = ?1)",
                Value::Integer(account.0),
            ),
            Self::Domain(domain) => {
                ("destination IN (?1, ?1 || '#regardless')", Value::Text(domain.clone()))
            }
            // Rows are never numbered twice: who has left meanwhile is not taken for another.
            Self::Recipients(rows) => (
                "id IN (SELECT value FROM json_each(?1))",
                Value::Text(serde_json::to_string(rows).unwrap_or_default()),
            ),
        }
    }
}

impl Store {
    /// Keeps recipients from being tried, until they are released.
    pub async fn queue_hold(&self, selection: Selection) -> Result<Changed, Fault> {
        self.update(selection, "UPDATE queue SET held = 1 WHERE held = 0 AND ").await
    }

    /// Lets recipients that were held be tried again, now.
    pub async fn queue_release(&self, selection: Selection) -> Result<Changed, Fault> {
        self.update(selection, "UPDATE queue SET held = 0, due = 0 WHERE held = 1 AND ").await
    }

    /// Makes recipients due now, whatever was planned; those under way are left alone. In small
    /// transactions: mail goes on coming in meanwhile.
    pub async fn queue_retry(&self, selection: Selection) -> Result<Changed, Fault> {
        let (condition, parameter) = selection.condition();
        let count = format!("SELECT count(*) FROM queue WHERE held = 0 AND {condition}");
        let recipients = self.read(|connection| {
            connection.prepare_cached(&count)?.query_row((&parameter,), |row| row.get(0))
        })?;
        let sql = format!(
            "UPDATE queue SET due = 0 WHERE id IN (SELECT id FROM queue
             WHERE lease = 0 AND held = 0 AND due > 0 AND {condition} LIMIT {STEP})"
        );
        loop {
            let (sql, parameter) = (sql.clone(), parameter.clone());
            let act = move |writing: &mut Writing<'_>| writing.execute(&sql, (&parameter,));
            if self.inner().writer.call(Call(act)).await? == 0 {
                return Ok(Changed { recipients });
            }
        }
    }

    /// Takes recipients out of the queue for good. An event keeps who they were.
    pub async fn queue_remove(&self, selection: Selection) -> Result<Changed, Fault> {
        let mut recipients = 0;
        for selection in steps(selection) {
            loop {
                let selection = selection.clone();
                let act = move |writing: &mut Writing<'_>| remove(writing, &selection);
                match self.inner().writer.call(Call(act)).await? {
                    0 => break,
                    some => recipients += some,
                }
            }
        }
        Ok(Changed { recipients })
    }

    async fn update(&self, selection: Selection, sql: &'static str) -> Result<Changed, Fault> {
        let act = move |writing: &mut Writing<'_>| {
            let (condition, parameter) = selection.condition();
            let recipients = writing.execute(&format!("{sql}{condition}"), (parameter,))?;
            Ok(Changed { recipients })
        };
        self.inner().writer.call(Call(act)).await
    }
}

/// Holds what an account has in the queue when it is shut, and frees it when it is opened.
pub(crate) fn account_enabled(
    writing: &Writing<'_>,
    address: &str,
    disabled: bool,
) -> Result<(), Fault> {
    let (from, to) = if disabled { (Held::No, Held::Account) } else { (Held::Account, Held::No) };
    writing.execute(
        "UPDATE queue SET held = ?3 WHERE held = ?2 AND message IN (SELECT message FROM outgoing
         WHERE account = (SELECT id FROM account WHERE address = ?1))",
        (address, from as i64, to as i64),
    )?;
    Ok(())
}

/// A long list in pieces, so that no transaction has to look through all of it.
fn steps(selection: Selection) -> Vec<Selection> {
    match selection {
        Selection::Recipients(rows) => {
            rows.chunks(STEP).map(|rows| Selection::Recipients(rows.to_vec())).collect()
        }
        selection => vec![selection],
    }
}

fn remove(writing: &mut Writing<'_>, selection: &Selection) -> Result<usize, Fault> {
    let (condition, parameter) = selection.condition();
    let sql = format!("SELECT id, message, recipient FROM queue WHERE {condition} LIMIT ?2");
    let rows: rusqlite::Result<Vec<(i64, i64, String)>> = (|| {
        let mut statement = writing.connection().prepare_cached(&sql)?;
        let rows = statement
            .query_map((parameter, STEP), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    })();
    let rows = rows.map_err(|error| writing.fault(&error))?;
    let cause = KeptCause::from(&Cause::proven(Code::QueueRemoved));
    for (id, message, recipient) in &rows {
        writing.execute("DELETE FROM queue WHERE id = ?1", (id,))?;
        leave(writing, MessageId(*message), 1)?;
        let event = Event::Attempted {
            at: Timestamp::now(),
            message: MessageId(*message),
            recipients: vec![recipient.clone()],
            host: None,
            address: None,
            tls: None,
            no_tls: None,
            no_policy: None,
            outcome: Outcome::Removed,
            cause: Some(cause.clone()),
            reply: None,
            fate: Some(Fate::Removed),
            next: None,
            plan: Vec::new(),
        };
        record::note(writing, &event)?;
    }
    Ok(rows.len())
}
