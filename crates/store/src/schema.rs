//! The tables, and how a store comes to have them. `docs/queue.md` says what each row means.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::fault::Fault;

/// The version written into `PRAGMA user_version`.
pub(crate) const VERSION: u64 = 7;

/// The version before there was a queue.
const WITHOUT_QUEUE: u64 = 1;
/// The version before refusals had pages and accounts a language.
const WITHOUT_PAGES: u64 = 2;
/// The version before the queue knew what senders want to hear (RFC 3461), and SMTPUTF8.
const WITHOUT_WISHES: u64 = 3;
/// The version before it was counted how much accounts send.
const WITHOUT_COUNTS: u64 = 4;
/// The version before policies and reports of encryption were kept (RFC 8461, RFC 8460), before
/// mailboxes knew which messages have UTF-8 in their header, and before mail was forwarded.
const WITHOUT_FORWARDING: u64 = 5;
/// The version before ways back were kept that fit into no return address.
const WITHOUT_WAYS_BACK: u64 = 6;

/// `hkyk`, so that `file` and others can tell what the file is.
const APPLICATION: i64 = 0x686b_796b;

const TABLES: &str = "
CREATE TABLE account(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE mailbox(
    account INTEGER PRIMARY KEY,
    next_uid INTEGER NOT NULL DEFAULT 1,
    messages INTEGER NOT NULL DEFAULT 0,
    octets INTEGER NOT NULL DEFAULT 0,
    quota INTEGER
) STRICT;
CREATE TABLE domain(name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE alias(
    address TEXT NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY(address, target)
) STRICT, WITHOUT ROWID;
CREATE TABLE catch_all(domain TEXT PRIMARY KEY, target TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE message(
    id INTEGER PRIMARY KEY,
    refs INTEGER NOT NULL,
    file TEXT,
    body BLOB
) STRICT;
CREATE INDEX message_file ON message(file) WHERE file IS NOT NULL;
CREATE TABLE entry(
    account INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    message INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    PRIMARY KEY(account, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE event(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE TABLE event_key(
    bucket INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY(bucket, hash, event)
) STRICT, WITHOUT ROWID;
";

/// What version 2 added. `lease` is the run of the program that works on a row, 0 for none.
const QUEUE_TABLES: &str = "
CREATE TABLE outgoing(
    message INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    account INTEGER,
    octets INTEGER NOT NULL,
    eight_bit INTEGER NOT NULL,
    at INTEGER NOT NULL,
    left INTEGER NOT NULL,
    notified INTEGER NOT NULL,
    prepend TEXT NOT NULL
) STRICT;
CREATE INDEX outgoing_at ON outgoing(at);
CREATE INDEX outgoing_late ON outgoing(at) WHERE notified = 0;
CREATE INDEX outgoing_account ON outgoing(account) WHERE account IS NOT NULL;
CREATE TABLE queue(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    destination TEXT NOT NULL,
    due INTEGER NOT NULL,
    lease INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    last TEXT
) STRICT;
CREATE INDEX queue_message ON queue(message);
CREATE INDEX queue_due ON queue(due) WHERE lease = 0 AND held = 0;
CREATE INDEX queue_destination ON queue(destination, due) WHERE lease = 0 AND held = 0;
CREATE TABLE verdict(name TEXT PRIMARY KEY, cause TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX queue_lease ON queue(lease) WHERE lease <> 0;
";

/// What version 3 added. Pages are numbered in their order, so that the oldest go first.
const PAGE_TABLES: &str = "
ALTER TABLE account ADD COLUMN language TEXT;
CREATE TABLE page(
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;
";

/// What version 4 added.
const WISH_COLUMNS: &str = "
ALTER TABLE outgoing ADD COLUMN utf8 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outgoing ADD COLUMN ret TEXT;
ALTER TABLE outgoing ADD COLUMN envid TEXT;
ALTER TABLE queue ADD COLUMN notify TEXT;
ALTER TABLE queue ADD COLUMN orcpt TEXT;
";

/// What version 5 added: how many recipients on other servers an account has sent to, by the minute
/// since 1970.
const COUNT_TABLES: &str = "
CREATE TABLE sent(
    account INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    PRIMARY KEY(account, minute)
) STRICT, WITHOUT ROWID;
";

/// What version 6 added: which messages old mail programs get in another form (RFC 6858).
const UTF8_COLUMN: &str = "
ALTER TABLE entry ADD COLUMN utf8 INTEGER NOT NULL DEFAULT 0;
";

/// What version 6 added: MTA-STS policies of other domains, sessions with their mail hosts by the day
/// since 1970, and reports of others on sessions with ours, numbered in their order, so that the
/// oldest go first.
const TLS_TABLES: &str = "
CREATE TABLE sts_policy(
    domain TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    fetched INTEGER NOT NULL,
    until INTEGER NOT NULL,
    policy TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tls_session(
    day INTEGER NOT NULL,
    domain TEXT NOT NULL,
    policy TEXT NOT NULL,
    result TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    PRIMARY KEY(day, domain, policy, result)
) STRICT, WITHOUT ROWID;
CREATE TABLE tls_report(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL,
    organisation TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    signed_by TEXT,
    report TEXT NOT NULL,
    UNIQUE(domain, organisation, id)
) STRICT;
";

/// What version 6 added: how accounts that want it sign in by SCRAM.
const SCRAM_COLUMN: &str = "
ALTER TABLE account ADD COLUMN scram TEXT;
CREATE INDEX account_scram ON account(id) WHERE scram IS NOT NULL;
";

/// What version 6 added. `stands` is 0 where nobody stands for the sender of what is forwarded, so
/// that no report may go there; `require_tls` is 1 for mail that goes on over proven TLS only, 2 for
/// mail that goes whatever was promised; `via` is the address of ours that leads to the recipient,
/// `return_path` the sender that goes onto the wire instead of the message's. Secrets are made once
/// and kept with all else, so that a backup has them.
const FORWARDING_TABLES: &str = "
ALTER TABLE outgoing ADD COLUMN stands INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outgoing ADD COLUMN require_tls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue ADD COLUMN via TEXT;
ALTER TABLE queue ADD COLUMN return_path TEXT;
CREATE TABLE secret(name TEXT PRIMARY KEY, octets BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

/// What version 7 added: to whom return addresses lead that only name the way, and when that was
/// last written into one.
const WAYS_BACK: &str = "
CREATE TABLE way_back(
    token TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX way_back_at ON way_back(at);
UPDATE queue SET destination = replace(destination, '#tls-report', '#regardless');
";

/// Makes the tables in an empty database, adds those that an older program did not know; leaves a
/// finished one alone.
pub(crate) fn make(connection: &mut Connection, path: &Path) -> Result<(), Fault> {
    let database = |error| Fault::database(path, &error);
    // The page size counts only before the first page is written.
    connection.execute_batch("PRAGMA page_size = 4096").map_err(database)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(database)?;
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(database)?;
    let found = version(&transaction, path)?;
    if found == 0 {
        transaction.execute_batch(TABLES).map_err(database)?;
    }
    if found <= WITHOUT_QUEUE {
        transaction.execute_batch(QUEUE_TABLES).map_err(database)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(database)?;
    }
    if found <= WITHOUT_PAGES {
        transaction.execute_batch(PAGE_TABLES).map_err(database)?;
    }
    if found <= WITHOUT_WISHES {
        transaction.execute_batch(WISH_COLUMNS).map_err(database)?;
    }
    if found <= WITHOUT_COUNTS {
        transaction.execute_batch(COUNT_TABLES).map_err(database)?;
    }
    if found <= WITHOUT_FORWARDING {
        for more in [UTF8_COLUMN, TLS_TABLES, SCRAM_COLUMN, FORWARDING_TABLES] {
            transaction.execute_batch(more).map_err(database)?;
        }
    }
    if found <= WITHOUT_WAYS_BACK {
        transaction.execute_batch(WAYS_BACK).map_err(database)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(database)?;
    }
    transaction.commit().map_err(database)?;
    check(connection, path)
}

/// Whether the database is one that an older program made.
pub(crate) fn is_old(connection: &Connection, path: &Path) -> Result<bool, Fault> {
    version(connection, path).map(|found| (WITHOUT_QUEUE..VERSION).contains(&found))
}

/// Whether this program knows the schema.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<(), Fault> {
    match version(connection, path)? {
        0 => Err(Fault::Missing { path: path.to_owned() }),
        VERSION => Ok(()),
        found => Err(Fault::Version { path: path.to_owned(), found, expected: VERSION }),
    }
}

fn version(connection: &Connection, path: &Path) -> Result<u64, Fault> {
    connection
        .query_row("PRAGMA user_version", (), |row| row.get(0))
        .map_err(|error| Fault::database(path, &error))
}
