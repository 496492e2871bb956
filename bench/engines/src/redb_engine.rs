//! redb with its default durability: every commit is synced.

use std::path::Path;

use redb::{
    Builder, ConcurrencyMode, Database, Error, ReadableDatabase, ReadableTable, StorageError,
    TableDefinition,
};

use crate::engine::{CACHE, Engine, Fault, Message, entry_key, first, grown};

const BLOB: TableDefinition<u64, &[u8]> = TableDefinition::new("blob");
const ENTRY: TableDefinition<&[u8], &[u8]> = TableDefinition::new("entry");
const EVENT: TableDefinition<u64, &[u8]> = TableDefinition::new("event");
const DIGEST: TableDefinition<&[u8], ()> = TableDefinition::new("digest");
const USAGE: TableDefinition<u32, &[u8]> = TableDefinition::new("usage");

pub(crate) struct Redb {
    database: Database,
}

impl Redb {
    pub(crate) fn open(dir: &Path, mode: ConcurrencyMode) -> Result<Self, Fault> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE).set_concurrency_mode(mode);
        Ok(Self { database: builder.create(dir.join("mail.redb")).map_err(Error::from)? })
    }

    fn write(&self, batch: &[Message<'_>]) -> Result<(), Error> {
        let txn = self.database.begin_write()?;
        {
            let mut blob = txn.open_table(BLOB)?;
            let mut entry = txn.open_table(ENTRY)?;
            let mut event = txn.open_table(EVENT)?;
            let mut digest = txn.open_table(DIGEST)?;
            let mut usage = txn.open_table(USAGE)?;
            for message in batch {
                blob.insert(message.id, message.body)?;
                entry.insert(&message.entry_key()[..], &message.entry()[..])?;
                event.insert(message.id, message.event)?;
                digest.insert(&message.hash_key()[..], ())?;
                let row = grown(
                    usage.get(message.account)?.as_ref().map(redb::AccessGuard::value),
                    message.body.len(),
                );
                usage.insert(message.account, &row[..])?;
            }
        }
        Ok(txn.commit()?)
    }

    fn read(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Error> {
        let txn = self.database.begin_read()?;
        let Some(entry) = txn.open_table(ENTRY)?.get(&entry_key(account, uid)[..])? else {
            return Ok(false);
        };
        let Some(body) = txn.open_table(BLOB)?.get(first(entry.value()))? else {
            return Ok(false);
        };
        out.clear();
        out.extend_from_slice(body.value());
        Ok(true)
    }
}

impl Engine for Redb {
    fn accept(&mut self, batch: &[Message<'_>]) -> Result<(), Fault> {
        Ok(self.write(batch)?)
    }

    fn body(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Fault> {
        Ok(self.read(account, uid, out)?)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let io = if let Error::Io(io) = &error { Some(io) } else { None };
        Self::sort(format!("{error:?}"), io)
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Error::from(error).into()
    }
}
