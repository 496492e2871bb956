//! Looking a store or a backup through: everything is there, whole, and fits together.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::backup::{Manifest, Progress, Sum, is_unreadable, owners, sum};
use crate::disk::{Disk, Purpose};
use crate::fault::Fault;
use crate::incoming::MessageId;
use crate::store::Store;

/// So many faults are named; more are not looked for.
const MOST: usize = 100;
/// Messages read between two looks at the progress.
const STEP: u64 = 1000;

/// Each finds the rows that break what `docs/queue.md` says is always true: what is said of a row,
/// and the query for it, whose columns are a number, what was found, and what should be.
const RULES: [(&str, &str); 6] = [
    (
        "message",
        "SELECT message.id, refs, coalesce(copies, 0) + EXISTS(
             SELECT 1 FROM outgoing WHERE outgoing.message = message.id) AS wanted
         FROM message LEFT JOIN
             (SELECT message, count(*) AS copies FROM entry GROUP BY message) AS used
             ON used.message = message.id
         WHERE refs <> wanted",
    ),
    (
        "entry of a message that is not there",
        "SELECT message, count(*), 0 FROM entry
         WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.id = entry.message)
         GROUP BY message",
    ),
    (
        "messages of mailbox",
        "SELECT account, messages, (
             SELECT count(*) FROM entry WHERE entry.account = mailbox.account) AS wanted
         FROM mailbox WHERE messages <> wanted",
    ),
    (
        "octets of mailbox",
        "SELECT account, octets, (SELECT coalesce(sum(octets), 0) FROM entry
             WHERE entry.account = mailbox.account) AS wanted
         FROM mailbox WHERE octets <> wanted",
    ),
    (
        "recipients left of message",
        "SELECT message, left, (
             SELECT count(*) FROM queue WHERE queue.message = outgoing.message) AS wanted
         FROM outgoing WHERE left <> wanted",
    ),
    (
        "recipient of a message that is not there",
        "SELECT message, count(*), 0 FROM queue
         WHERE NOT EXISTS (SELECT 1 FROM outgoing WHERE outgoing.message = queue.message)
            OR NOT EXISTS (SELECT 1 FROM message WHERE message.id = queue.message)
         GROUP BY message",
    ),
];

/// What was looked through, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Messages read.
    pub messages: u64,
    /// Octets of these messages.
    pub octets: u64,
    /// Large bodies among them that lie in files.
    pub files: u64,
    /// What is wrong, at most a hundred things.
    pub faults: Vec<Fault>,
    /// Messages that were lost before this backup was made. It is sound without them.
    pub lost: Vec<Fault>,
    /// Whether SQLite finds its file whole: with that much wrong nothing else was looked at.
    pub(crate) is_readable: bool,
}

impl Store {
    /// Looks the store through while it is in use. Blocks.
    ///
    /// # Errors
    /// The store cannot be opened, or not be read at all.
    pub fn verify(&self, mut progress: impl FnMut(Progress)) -> Result<Verified, Fault> {
        let disk = &self.inner().disk;
        let connection = disk.reader()?;
        let kept = disk.keep_files()?;
        let verified = look_through(disk, &connection, None, &mut progress);
        drop(kept);
        verified
    }
}

/// Looks a backup through: every file by its checksum, and the store in it. Blocks.
///
/// # Errors
/// [`Fault::NoBackup`]; the database in it cannot be opened.
pub fn verify_backup(folder: &Path, mut progress: impl FnMut(Progress)) -> Result<Verified, Fault> {
    let manifest = Manifest::read(folder)?;
    verify_files(folder, &manifest, &mut progress)
}

/// The same with what is known of it.
pub(crate) fn verify_files(
    folder: &Path,
    manifest: &Manifest,
    progress: &mut impl FnMut(Progress),
) -> Result<Verified, Fault> {
    let mut faults = changed(manifest.small(folder));
    let disk = Disk::new(folder, Purpose::Use);
    if !disk.database().exists() {
        faults.extend(changed(manifest.large(folder)));
        faults.truncate(MOST);
        return Ok(Verified { faults, ..Verified::default() });
    }
    let mut verified = look_through(&disk, &disk.still()?, Some(manifest), progress)?;
    faults.append(&mut verified.faults);
    if !verified.is_readable {
        faults.extend(changed(manifest.large(folder)));
    }
    faults.truncate(MOST);
    Ok(Verified { faults, lost: manifest.lost(folder), ..verified })
}

/// The files that are not what they were.
fn changed<'a>(files: impl Iterator<Item = (PathBuf, &'a Sum)>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, wanted) in files {
        match sum(&path) {
            Ok(found) if found == *wanted => {}
            Ok(_) => faults.push(Fault::FileChanged { path }),
            Err(fault) => faults.push(fault),
        }
    }
    faults
}

fn look_through(
    disk: &Disk,
    connection: &Connection,
    manifest: Option<&Manifest>,
    progress: &mut impl FnMut(Progress),
) -> Result<Verified, Fault> {
    let database = |error: rusqlite::Error| Fault::database(disk.database(), &error);
    let mut verified = Verified::default();
    connection.execute_batch("BEGIN").map_err(database)?;
    for text in integrity(connection).map_err(database)? {
        verified.faults.push(Fault::IndexWrong { path: disk.database().to_owned(), text });
    }
    verified.is_readable = verified.faults.is_empty();
    if verified.is_readable {
        progress(Progress::Begun);
        for (what, sql) in RULES {
            contradictions(disk, connection, (what, sql), &mut verified.faults)
                .map_err(database)?;
        }
        bodies(disk, connection, manifest, (&mut verified, progress)).map_err(database)?;
    }
    connection.execute_batch("COMMIT").map_err(database)?;
    verified.faults.truncate(MOST);
    Ok(verified)
}

/// What SQLite itself finds wrong with its file.
fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({MOST})"))?;
    let lines: Vec<String> =
        statement.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(if lines == ["ok"] { Vec::new() } else { lines })
}

fn contradictions(
    disk: &Disk,
    connection: &Connection,
    (what, sql): (&str, &str),
    faults: &mut Vec<Fault>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("{sql} LIMIT {MOST}"))?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (number, found, wanted): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let text = format!("{what} {}: {found}, not {wanted}", MessageId(number));
        faults.push(Fault::IndexWrong { path: disk.database().to_owned(), text });
    }
    Ok(())
}

/// Reads every message, and compares its length with what is noted of it.
fn bodies(
    disk: &Disk,
    connection: &Connection,
    manifest: Option<&Manifest>,
    (verified, progress): (&mut Verified, &mut impl FnMut(Progress)),
) -> rusqlite::Result<()> {
    let of = connection.query_row("SELECT count(*) FROM message", (), |row| row.get(0))?;
    // The length stands with a mailbox's entry, or with what leaves and is not in a mailbox.
    let mut statement = connection.prepare(
        "SELECT message.id, file, body, coalesce(
             (SELECT octets - length(CAST(prepend AS BLOB)) FROM outgoing
              WHERE outgoing.message = message.id),
             noted.octets)
         FROM message LEFT JOIN
             (SELECT message, max(octets) AS octets FROM entry GROUP BY message) AS noted
             ON noted.message = message.id",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let noted: Option<u64> = row.get(3)?;
        let file: Option<String> = row.get(1)?;
        let length = if let Some(name) = &file {
            verified.files += 1;
            let body = Large { message: MessageId(row.get(0)?), name, noted, manifest };
            body.look_at(disk, connection, &mut verified.faults)?
        } else {
            let body = row.get_ref(2)?.as_blob_or_null()?;
            let length = body.map(|body| body.len() as u64);
            if length.is_none() || noted.is_some_and(|noted| Some(noted) != length) {
                let number = MessageId(row.get(0)?);
                let text = format!("body of message {number}: {length:?}, not {noted:?}");
                let path = disk.database().to_owned();
                verified.faults.push(Fault::IndexWrong { path, text });
            }
            length.unwrap_or_default()
        };
        verified.messages += 1;
        verified.octets += length;
        if verified.messages.is_multiple_of(STEP) {
            progress(Progress::Step { done: verified.messages, of });
        }
        if verified.faults.len() >= MOST {
            break;
        }
    }
    Ok(())
}

/// A body that lies in a file, and what is known of it.
struct Large<'a> {
    message: MessageId,
    name: &'a str,
    /// The length by the database.
    noted: Option<u64>,
    /// What a backup says of its files.
    manifest: Option<&'a Manifest>,
}

impl Large<'_> {
    /// Reads it to its end, and returns its length.
    fn look_at(
        &self,
        disk: &Disk,
        connection: &Connection,
        faults: &mut Vec<Fault>,
    ) -> rusqlite::Result<u64> {
        let path = disk.large().join(self.name);
        let found = sum(&path);
        let octets = match &found {
            Ok(sum) => sum.octets,
            Err(_) => fs::metadata(&path).map_or(0, |file| file.len()),
        };
        let is_known = self.manifest.is_some_and(|it| it.lost.contains_key(self.name));
        let wanted = self.manifest.and_then(|it| it.files.get(self.name));
        let message = self.message;
        match found {
            // Nor is it missed; it is told with the backup.
            Err(fault) if is_known && is_unreadable(&fault, &path) => {}
            Err(fault) if is_unreadable(&fault, &path) => {
                let accounts = owners(connection, message)?;
                if fault.is_disk() {
                    faults.push(fault);
                }
                faults.push(Fault::MessageLost { path, message, accounts });
            }
            Err(fault) => faults.push(fault),
            Ok(sum)
                if self.noted.is_some_and(|noted| noted != sum.octets)
                    || wanted.is_some_and(|wanted| *wanted != sum) =>
            {
                let accounts = owners(connection, message)?;
                faults.push(Fault::MessageChanged { path, message, accounts });
            }
            Ok(_) => {}
        }
        Ok(octets)
    }
}
