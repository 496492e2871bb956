//! SQLite through rusqlite: write-ahead log, `synchronous=FULL`.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use crate::engine::{Engine, Fault, Message};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS blob (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entry (account INTEGER, uid INTEGER, message INTEGER, size INTEGER,
    PRIMARY KEY (account, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS digest (hash INTEGER, message INTEGER,
    PRIMARY KEY (hash, message)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS usage (account INTEGER PRIMARY KEY, count INTEGER, bytes INTEGER);
";
const BLOB: &str = "INSERT INTO blob VALUES (?1, ?2)";
const ENTRY: &str = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4)";
const EVENT: &str = "INSERT INTO event VALUES (?1, ?2)";
const DIGEST: &str = "INSERT INTO digest VALUES (?1, ?2)";
const USAGE: &str = "INSERT INTO usage VALUES (?1, 1, ?2) ON CONFLICT (account)
    DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes";
const BODY: &str = "SELECT data FROM entry JOIN blob ON blob.id = entry.message
    WHERE account = ?1 AND uid = ?2";

pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub(crate) fn open(
        dir: &Path,
        page: u32,
        checkpoint: u32,
        cache: usize,
        kept: bool,
    ) -> Result<Self, Fault> {
        let connection = Connection::open(dir.join("mail.db"))?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(&format!(
            "PRAGMA page_size={page}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             PRAGMA wal_autocheckpoint={checkpoint}; PRAGMA cache_size=-{};",
            cache >> 10
        ))?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(if kept { 16 } else { 0 });
        Ok(Self { connection })
    }
}

impl Engine for Sqlite {
    fn accept(&mut self, batch: &[Message<'_>]) -> Result<(), Fault> {
        let txn = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for message in batch {
            let (id, size) = (message.id, message.body.len());
            txn.prepare_cached(BLOB)?.execute(params![id, message.body])?;
            txn.prepare_cached(ENTRY)?.execute(params![message.account, message.uid, id, size])?;
            txn.prepare_cached(EVENT)?.execute(params![id, message.event])?;
            txn.prepare_cached(DIGEST)?.execute(params![message.hash.cast_signed(), id])?;
            txn.prepare_cached(USAGE)?.execute(params![message.account, size])?;
        }
        Ok(txn.commit()?)
    }

    fn body(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let mut statement = self.connection.prepare_cached(BODY)?;
        let found = statement.query_row([account, uid], |row| {
            out.clear();
            out.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        });
        Ok(found.optional()?.is_some())
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(format!("{error:?}")),
            _ => Self::Other(format!("{error:?}")),
        }
    }
}
