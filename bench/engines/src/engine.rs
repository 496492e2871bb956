//! What every engine must do, and the variants compared.

use std::path::Path;

use crate::{fjall_engine::Fjall, lmdb_engine::Lmdb, redb_engine::Redb, sqlite_engine::Sqlite};

/// One accepted message with everything its acceptance writes.
pub(crate) struct Message<'a> {
    pub(crate) id: u64,
    pub(crate) account: u32,
    pub(crate) uid: u32,
    /// Hash of the Message-ID, in random order.
    pub(crate) hash: u64,
    pub(crate) body: &'a [u8],
    pub(crate) event: &'a [u8],
}

impl Message<'_> {
    /// The big-endian key of the mailbox entry.
    pub(crate) fn entry_key(&self) -> [u8; 8] {
        entry_key(self.account, self.uid)
    }

    /// The mailbox entry: message id, size.
    pub(crate) fn entry(&self) -> [u8; 16] {
        join(self.id, self.body.len() as u64)
    }

    /// The key of the Message-ID index.
    pub(crate) fn hash_key(&self) -> [u8; 16] {
        join(self.hash, self.id)
    }
}

/// A mailbox entry's key; big-endian, so that keys order as (account, uid).
pub(crate) fn entry_key(account: u32, uid: u32) -> [u8; 8] {
    (u64::from(account) << 32 | u64::from(uid)).to_be_bytes()
}

/// Two numbers as one big-endian value.
pub(crate) fn join(first: u64, second: u64) -> [u8; 16] {
    (u128::from(first) << 64 | u128::from(second)).to_be_bytes()
}

/// The first number of a joined value.
pub(crate) fn first(bytes: &[u8]) -> u64 {
    bytes.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// A usage row grown by one message: (count, bytes).
pub(crate) fn grown(usage: Option<&[u8]>, size: usize) -> [u8; 16] {
    let count = usage.map_or(0, first);
    let bytes = usage.and_then(|usage| usage.get(8..)).map_or(0, first);
    join(count + 1, bytes + size as u64)
}

/// Why an engine refused.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The engine's own error type says that space ran out.
    Full(String),
    /// Anything else, in the engine's words.
    Other(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full(text) => write!(f, "full: {text}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Sorts an error that may hold an operating system error.
    pub(crate) fn sort(text: String, io: Option<&std::io::Error>) -> Self {
        match io.map(std::io::Error::kind) {
            Some(std::io::ErrorKind::StorageFull) => Self::Full(text),
            _ => Self::Other(text),
        }
    }
}

/// An engine holding the mail store's rows.
pub(crate) trait Engine {
    /// Commits the batch; everything is on disk when this returns.
    fn accept(&mut self, batch: &[Message<'_>]) -> Result<(), Fault>;

    /// Reads the body behind a mailbox entry; false where there is none.
    fn body(&self, account: u32, uid: u32, out: &mut Vec<u8>) -> Result<bool, Fault>;
}

/// Cache given to every engine that has one of its own.
pub(crate) const CACHE: usize = 16 << 20;

/// What is compared, by name.
pub(crate) const VARIANTS: &[(&str, Kind)] = &[
    ("sqlite 4K pages, checkpoint at 1000", Kind::Sqlite(4096, 1000, CACHE, true)),
    ("sqlite 4K, 1000, not cached", Kind::Sqlite(4096, 1000, CACHE, false)),
    ("sqlite 4K, 1000, 2 MiB cache", Kind::Sqlite(4096, 1000, 2 << 20, true)),
    ("sqlite 4K, 16384", Kind::Sqlite(4096, 16384, CACHE, true)),
    ("sqlite 8K, 8192", Kind::Sqlite(8192, 8192, CACHE, true)),
    ("sqlite 16K, 1000", Kind::Sqlite(16384, 1000, CACHE, true)),
    ("sqlite 16K, 4096", Kind::Sqlite(16384, 4096, CACHE, true)),
    ("sqlite 16K, 16384", Kind::Sqlite(16384, 16384, CACHE, true)),
    ("redb, MultiWriter", Kind::Redb(redb::ConcurrencyMode::MultiWriter)),
    ("redb, ExclusiveWriter", Kind::Redb(redb::ConcurrencyMode::ExclusiveWriter)),
    ("fjall", Kind::Fjall),
    ("lmdb (heed)", Kind::Lmdb),
];

/// An engine with its settings.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Page size, checkpoint in pages, cache in bytes, statements kept.
    Sqlite(u32, u32, usize, bool),
    /// How processes share the file.
    Redb(redb::ConcurrencyMode),
    Fjall,
    Lmdb,
}

impl Kind {
    /// Opens the engine in a directory, creating its files where there are none.
    pub(crate) fn open(self, dir: &Path) -> Result<Box<dyn Engine>, Fault> {
        Ok(match self {
            Self::Sqlite(page, checkpoint, cache, kept) => {
                Box::new(Sqlite::open(dir, page, checkpoint, cache, kept)?)
            }
            Self::Redb(mode) => Box::new(Redb::open(dir, mode)?),
            Self::Fjall => Box::new(Fjall::open(dir)?),
            Self::Lmdb => Box::new(Lmdb::open(dir)?),
        })
    }
}
