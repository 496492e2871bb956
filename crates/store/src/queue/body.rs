//! The octets of what is sent.

use std::sync::Arc;

use rusqlite::OptionalExtension;
use tokio::task::spawn_blocking;

use crate::fault::Fault;
use crate::incoming::MessageId;
use crate::large::LargeReader;
use crate::maildrop::Content;
use crate::store::{Inner, Store};

/// What lies in the row of a message.
type Row = (Option<String>, Option<Vec<u8>>);

impl Store {
    /// The octets of messages, in the order asked for; `None` for one that is gone. A file that
    /// cannot be read is a fault of its own message alone.
    pub async fn queue_content(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<Result<Option<Content>, Fault>>, Fault> {
        let store = Arc::clone(self.inner());
        let read = spawn_blocking(move || {
            let rows = rows(&store, &messages)?;
            Ok(rows.into_iter().map(|row| content(&store, row)).collect())
        });
        read.await.unwrap_or(Err(Fault::Closed))
    }
}

/// All of them as they are at one moment, so that the database is locked for reading once.
fn rows(store: &Inner, messages: &[MessageId]) -> Result<Vec<Option<Row>>, Fault> {
    store.readers.read(|connection| {
        let moment = connection.unchecked_transaction()?;
        let sql = "SELECT file, body FROM message WHERE id = ?1";
        let mut statement = moment.prepare_cached(sql)?;
        let row = |message: &MessageId| {
            statement.query_row((message.0,), |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        messages.iter().map(row).collect()
    })
}

fn content(store: &Inner, row: Option<Row>) -> Result<Option<Content>, Fault> {
    match row {
        None => Ok(None),
        Some((Some(file), _)) => {
            LargeReader::open(&store.disk, &file).map(Content::Large).map(Some)
        }
        Some((None, body)) => Ok(Some(Content::Small(body.unwrap_or_default().into()))),
    }
}
