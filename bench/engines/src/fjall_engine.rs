//! fjall: one atomic batch per commit, journal synced before it returns.

use std::{collections::HashMap, path::Path};

use fjall::{Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions, PersistMode};

use crate::engine::{CACHE, Engine, Fault, Message, entry_key, first, grown};

pub(crate) struct Fjall {
    database: Database,
    blob: Keyspace,
    entry: Keyspace,
    event: Keyspace,
    digest: Keyspace,
    usage: Keyspace,
}

impl Fjall {
    pub(crate) fn open(dir: &Path) -> Result<Self, Fault> {
        let database = Database::builder(dir.join("mail")).cache_size(CACHE as u64).open()?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(CACHE as u64);
        let blobs = || options().with_kv_separation(Some(KvSeparationOptions::default()));
        Ok(Self {
            blob: database.keyspace("blob", blobs)?,
            entry: database.keyspace("entry", options)?,
            event: database.keyspace("event", options)?,
            digest: database.keyspace("digest", options)?,
            usage: database.keyspace("usage", options)?,
            database,
        })
    }
}

impl Engine for Fjall {
    fn accept(&mut self, batch: &[Message<'_>]) -> Result<(), Fault> {
        let mut write = self.database.batch().durability(Some(PersistMode::SyncData));
        let mut usage: HashMap<u32, [u8; 16]> = HashMap::new();
        for message in batch {
            let id = message.id.to_be_bytes();
            write.insert(&self.blob, id, message.body);
            write.insert(&self.entry, message.entry_key(), message.entry());
            write.insert(&self.event, id, message.event);
            write.insert(&self.digest, message.hash_key(), []);
            let row = match usage.get(&message.account) {
                Some(row) => grown(Some(row), message.body.len()),
                None => grown(
                    self.usage.get(message.account.to_be_bytes())?.as_deref(),
                    message.body.len(),
                ),
            };
            usage.insert(message.account, row);
        }
        for (account, row) in usage {
            write.insert(&self.usage, account.to_be_bytes(), row);
        }
        Ok(write.commit()?)
    }

    fn body(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let Some(entry) = self.entry.get(entry_key(account, uid))? else { return Ok(false) };
        let Some(body) = self.blob.get(first(&entry).to_be_bytes())? else { return Ok(false) };
        out.clear();
        out.extend_from_slice(&body);
        Ok(true)
    }
}

impl From<fjall::Error> for Fault {
    fn from(error: fjall::Error) -> Self {
        let io = if let fjall::Error::Io(io) = &error { Some(io) } else { None };
        Self::sort(format!("{error:?}"), io)
    }
}
