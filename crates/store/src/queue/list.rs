//! Looking at the queue.

use std::collections::HashMap;

use hikyaku_cause::{Code, KeptCause};
use hikyaku_mail::{Notify, OriginalRecipient};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::admin::Selection;
use crate::directory::timestamp;
use crate::fault::Fault;
use crate::incoming::{MessageId, TlsWish};
use crate::store::Store;
use crate::writer::{Call, Writing};

/// Whether something keeps a recipient from being tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// Nothing.
    No = 0,
    /// The administrator.
    Administrator = 1,
    /// The sender's account is shut.
    Account = 2,
}

impl Held {
    fn from_stored(number: i64) -> Self {
        match number {
            0 => Self::No,
            2 => Self::Account,
            _ => Self::Administrator,
        }
    }
}

/// Where a recipient in the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueState {
    /// Not tried yet.
    Queued,
    /// Tried, and to be tried again.
    Deferred,
    /// Not to be tried for now.
    Held,
}

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueuedMessage {
    /// Its queue id.
    pub id: String,
    /// The envelope sender, `<>` for none.
    pub sender: String,
    /// The account that sent it.
    pub account: Option<String>,
    /// Its size.
    pub octets: u64,
    /// When it was taken in.
    pub received: Timestamp,
    /// What the sender calls it, as it stood in ENVID (RFC 3461 §4.4).
    #[serde(skip)]
    pub envelope_id: Option<String>,
    /// What its sender asks of encryption.
    #[serde(skip)]
    pub tls: TlsWish,
    /// The recipients that wait.
    pub recipients: Vec<QueuedRecipient>,
}

/// A recipient in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueuedRecipient {
    /// Its address.
    pub address: String,
    /// The address of ours that sends the mail on to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Where it stands.
    pub state: QueueState,
    /// Who holds it.
    pub held: Held,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next; absent when now.
    pub next: Option<Timestamp>,
    /// The last cause.
    pub code: Option<Code>,
    /// That cause with its evidence.
    pub cause: Option<KeptCause>,
    /// Of what the sender wants to hear (RFC 3461 §4.1).
    #[serde(skip)]
    pub notify: Option<Notify>,
    /// To whom it was sent first (RFC 3461 §4.2).
    #[serde(skip)]
    pub original: Option<OriginalRecipient>,
}

impl Store {
    /// The messages in the queue with the recipients selected, oldest first, at most `most`
    /// recipients.
    pub fn queue_list(
        &self,
        selection: &Selection,
        most: usize,
    ) -> Result<Vec<QueuedMessage>, Fault> {
        let (condition, parameter) = selection.condition();
        self.read(|connection| {
            let sql = format!(
                "SELECT message, recipient, due, held, attempts, last, notify, orcpt, via FROM queue
                 WHERE {condition} ORDER BY message, id LIMIT ?2"
            );
            let mut statement = connection.prepare(&sql)?;
            let rows =
                statement.query_map((parameter, most), |row| Ok((row.get(0)?, recipient(row)?)))?;
            let mut messages: Vec<QueuedMessage> = Vec::new();
            let mut last = None;
            for row in rows {
                let (message, recipient): (i64, QueuedRecipient) = row?;
                if last != Some(message) {
                    messages.extend(self::message(connection, message)?);
                    last = Some(message);
                }
                if let Some(message) = messages.last_mut() {
                    message.recipients.push(recipient);
                }
            }
            Ok(messages)
        })
    }

    /// What is wrong for all mail that leaves, as the server found it last.
    pub fn verdicts(&self) -> Result<Vec<KeptCause>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT cause FROM verdict ORDER BY name")?;
            let rows = statement.query_map((), |row| row.get::<_, String>(0))?;
            let rows: Vec<String> = rows.collect::<Result<_, _>>()?;
            Ok(rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect())
        })
    }

    /// Keeps what is wrong for all mail that leaves under a name, or that it is over.
    pub async fn set_verdict(&self, name: &str, cause: Option<KeptCause>) -> Result<(), Fault> {
        let name = name.to_owned();
        let cause = cause.and_then(|cause| serde_json::to_string(&cause).ok());
        let act = move |writing: &mut Writing<'_>| {
            match &cause {
                None => writing.execute("DELETE FROM verdict WHERE name = ?1", (&name,))?,
                Some(cause) => {
                    let sql = "INSERT OR REPLACE INTO verdict(name, cause) VALUES (?1, ?2)";
                    writing.execute(sql, (&name, cause))?
                }
            };
            Ok(())
        };
        self.inner().writer.call(Call(act)).await
    }

    /// How many recipients wait in all, and since when the oldest message among theirs.
    pub fn queue_age(&self) -> Result<(u64, Option<Timestamp>), Fault> {
        let oldest: Option<i64> = self.read(|connection| {
            connection
                .prepare_cached("SELECT min(at) FROM outgoing")?
                .query_row((), |row| row.get(0))
        })?;
        Ok((self.queue_length()?, oldest.map(timestamp)))
    }

    /// How many of the recipients selected wait.
    pub fn queue_count(&self, selection: &Selection) -> Result<u64, Fault> {
        let (condition, parameter) = selection.condition();
        let sql = format!("SELECT count(*) FROM queue WHERE {condition}");
        self.read(|connection| connection.query_row(&sql, (parameter,), |row| row.get(0)))
    }

    /// How many recipients wait in all.
    pub fn queue_length(&self) -> Result<u64, Fault> {
        self.read(|connection| {
            connection.prepare_cached("SELECT count(*) FROM queue")?.query_row((), |row| row.get(0))
        })
    }
}

fn message(connection: &Connection, message: i64) -> rusqlite::Result<Option<QueuedMessage>> {
    let mut statement = connection.prepare_cached(
        "SELECT outgoing.sender, outgoing.octets, outgoing.at, account.address, outgoing.envid,
         outgoing.require_tls
         FROM outgoing LEFT JOIN account ON account.id = outgoing.account WHERE message = ?1",
    )?;
    let found = statement.query_row((message,), |row| {
        Ok(QueuedMessage {
            id: MessageId(message).to_string(),
            sender: row.get(0)?,
            octets: row.get(1)?,
            received: timestamp(row.get(2)?),
            account: row.get(3)?,
            envelope_id: row.get(4)?,
            tls: TlsWish::from_stored(row.get(5)?),
            recipients: Vec::new(),
        })
    });
    found.optional()
}

/// The recipients of a message that still wait, by address.
pub(crate) fn waiting(
    connection: &Connection,
    message: MessageId,
) -> rusqlite::Result<HashMap<String, QueuedRecipient>> {
    let mut statement = connection.prepare_cached(
        "SELECT message, recipient, due, held, attempts, last, notify, orcpt, via FROM queue
         WHERE message = ?1",
    )?;
    let rows = statement.query_map((message.0,), recipient)?;
    rows.map(|row| row.map(|row| (row.address.clone(), row))).collect()
}

fn recipient(row: &rusqlite::Row<'_>) -> rusqlite::Result<QueuedRecipient> {
    let held = Held::from_stored(row.get(3)?);
    let attempts: u32 = row.get(4)?;
    let last: Option<String> = row.get(5)?;
    let cause: Option<KeptCause> = last.and_then(|last| serde_json::from_str(&last).ok());
    let due: i64 = row.get(2)?;
    let code = match held {
        Held::No => cause.as_ref().and_then(KeptCause::code),
        Held::Administrator => Some(Code::QueueHeld),
        Held::Account => Some(Code::QueueAccountDisabled),
    };
    Ok(QueuedRecipient {
        address: row.get(1)?,
        via: row.get(8)?,
        state: match (held, attempts) {
            (Held::No, 0) => QueueState::Queued,
            (Held::No, _) => QueueState::Deferred,
            _ => QueueState::Held,
        },
        held,
        attempts,
        next: (due > 0).then(|| timestamp(due)),
        code,
        cause,
        notify: row.get::<_, Option<String>>(6)?.and_then(|it| Notify::parse(&it)),
        original: row.get::<_, Option<String>>(7)?.and_then(|it| OriginalRecipient::parse(&it)),
    })
}
