//! LMDB through heed, with its default (synchronous) flags.

use std::path::Path;

use heed::{
    Database, Env, EnvOpenOptions, Error, MdbError, PutFlags,
    byteorder::BigEndian,
    types::{Bytes, U32, U64, Unit},
};

use crate::engine::{Engine, Fault, Message, entry_key, first, grown};

/// Address space reserved; the file grows as it is written.
const MAP: usize = 8 << 30;

pub(crate) struct Lmdb {
    env: Env,
    blob: Database<U64<BigEndian>, Bytes>,
    entry: Database<Bytes, Bytes>,
    event: Database<U64<BigEndian>, Bytes>,
    digest: Database<Bytes, Unit>,
    usage: Database<U32<BigEndian>, Bytes>,
}

impl Lmdb {
    pub(crate) fn open(dir: &Path) -> Result<Self, Fault> {
        let mut options = EnvOpenOptions::new();
        options.map_size(MAP).max_dbs(5);
        // SAFETY: the directory is this program's own and nothing but LMDB writes its files.
        let env = unsafe { options.open(dir) }?;
        let mut txn = env.write_txn()?;
        let (blob, entry, event, digest, usage) = (
            env.create_database(&mut txn, Some("blob"))?,
            env.create_database(&mut txn, Some("entry"))?,
            env.create_database(&mut txn, Some("event"))?,
            env.create_database(&mut txn, Some("digest"))?,
            env.create_database(&mut txn, Some("usage"))?,
        );
        txn.commit()?;
        Ok(Self { env, blob, entry, event, digest, usage })
    }
}

impl Engine for Lmdb {
    fn accept(&mut self, batch: &[Message<'_>]) -> Result<(), Fault> {
        let mut txn = self.env.write_txn()?;
        for message in batch {
            let id = &message.id;
            self.blob.put_with_flags(&mut txn, PutFlags::APPEND, id, message.body).or_else(
                |error| match error {
                    // Another process may have written a higher id.
                    Error::Mdb(MdbError::KeyExist) => self.blob.put(&mut txn, id, message.body),
                    error => Err(error),
                },
            )?;
            self.entry.put(&mut txn, &message.entry_key(), &message.entry())?;
            self.event.put(&mut txn, id, message.event)?;
            self.digest.put(&mut txn, &message.hash_key(), &())?;
            let row = grown(self.usage.get(&txn, &message.account)?, message.body.len());
            self.usage.put(&mut txn, &message.account, &row)?;
        }
        Ok(txn.commit()?)
    }

    fn body(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let txn = self.env.read_txn()?;
        let Some(entry) = self.entry.get(&txn, &entry_key(account, uid))? else { return Ok(false) };
        let Some(body) = self.blob.get(&txn, &first(entry))? else { return Ok(false) };
        out.clear();
        out.extend_from_slice(body);
        Ok(true)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let text = format!("{error:?}");
        match &error {
            Error::Mdb(MdbError::MapFull) => Self::Full(text),
            Error::Io(io) => Self::sort(text, Some(io)),
            _ => Self::sort(text, None),
        }
    }
}
