//! Pages that explain refusals: kept for those who were given their names, and not for long.

use std::net::SocketAddr;

use hikyaku_cause::KeptCause;
use jiff::{SignedDuration, Timestamp};
use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::incoming::Service;
use crate::store::Store;
use crate::writer::{Call, Note, Writing};

/// A page is kept for so many days, or as long as events are, where that is shorter: longer than
/// mail is tried anywhere, so that who reads of a refusal in a report still finds it.
const DAYS: i64 = 30;
/// So many pages are kept at most; who makes us refuse more loses the oldest, not our disk.
const MOST: i64 = 50_000;
/// So many are dropped in one transaction.
const STEP: i64 = 512;

/// What explains one refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The name it is asked for by; nobody can guess it.
    pub name: String,
    /// When it was refused.
    pub at: Timestamp,
    /// At which door.
    pub service: Service,
    /// To whom.
    pub peer: SocketAddr,
    /// Why.
    pub cause: KeptCause,
}

/// What a row holds beside name and time.
#[derive(Debug, Serialize, Deserialize)]
struct Detail {
    service: Service,
    peer: SocketAddr,
    cause: KeptCause,
}

impl Store {
    /// Keeps a page soon. Never blocks; a fault loses it, as it loses events.
    pub fn keep_page(&self, page: Page) {
        self.inner().writer.note(Note::Page(page));
    }

    /// The page of this name, if there is one and its time is not over.
    pub fn page(&self, name: &str) -> Result<Option<Page>, Fault> {
        let since = self.oldest_page();
        let found = self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT at, detail FROM page WHERE name = ?1 AND at >= ?2")?;
            let row = statement.query_row((name, since), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            });
            row.optional()
        })?;
        Ok(found.and_then(|(at, detail)| {
            let Detail { service, peer, cause } = serde_json::from_str(&detail).ok()?;
            let at = Timestamp::from_millisecond(at).unwrap_or_default();
            Some(Page { name: name.to_owned(), at, service, peer, cause })
        }))
    }

    /// Drops the pages whose time is over, in small steps.
    pub(crate) async fn expire_pages(&self) -> Result<u64, Fault> {
        let before = self.oldest_page();
        let mut dropped = 0;
        loop {
            let step = self.inner().writer.call(Call(move |writing: &mut Writing<'_>| {
                writing.execute(
                    "DELETE FROM page WHERE number IN
                     (SELECT number FROM page WHERE at < ?1 ORDER BY number LIMIT ?2)",
                    (before, STEP),
                )
            }));
            match step.await? {
                0 => return Ok(dropped),
                step => dropped += step as u64,
            }
        }
    }

    /// The time of the oldest page that counts, in milliseconds.
    fn oldest_page(&self) -> i64 {
        let days = DAYS.min(i64::from(self.inner().options.keep_days));
        let kept = SignedDuration::from_hours(days * 24);
        let oldest = Timestamp::now().saturating_sub(kept).unwrap_or(Timestamp::MIN);
        oldest.as_millisecond()
    }
}

/// Writes a page; the oldest beyond the most that are kept goes.
pub(crate) fn write(writing: &Writing<'_>, page: &Page) -> Result<(), Fault> {
    let detail = Detail { service: page.service, peer: page.peer, cause: page.cause.clone() };
    // Our own types always have a form in JSON.
    let detail = serde_json::to_string(&detail).unwrap_or_default();
    let sql = "INSERT INTO page(name, at, detail) VALUES (?1, ?2, ?3) RETURNING number";
    let parameters = (&page.name, page.at.as_millisecond(), detail);
    let number: i64 = writing.row(sql, parameters, |row| row.get(0))?;
    writing.execute("DELETE FROM page WHERE number <= ?1", (number - MOST,))?;
    Ok(())
}
