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
    /// The octets of messages, in the order asked for; `None` for one that is gone.
    pub async fn queue_content(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<Option<Content>>, Fault> {
        let store = Arc::clone(self.inner());
        let read = spawn_blocking(move || {
            messages.into_iter().map(|message| content(&store, message)).collect()
        });
        read.await.unwrap_or(Err(Fault::Closed))
    }
}

fn content(store: &Inner, message: MessageId) -> Result<Option<Content>, Fault> {
    let row: Option<Row> = store.readers.read(|connection| {
        connection
            .prepare_cached("SELECT file, body FROM message WHERE id = ?1")?
            .query_row((message.0,), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    })?;
    match row {
        None => Ok(None),
        Some((Some(file), _)) => {
            LargeReader::open(&store.disk, &file).map(Content::Large).map(Some)
        }
        Some((None, body)) => Ok(Some(Content::Small(body.unwrap_or_default().into()))),
    }
}
