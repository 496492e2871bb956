//! Ways back that fit into no return address: kept as long as an address may name them.

use jiff::{SignedDuration, Timestamp};
use rusqlite::OptionalExtension as _;

use crate::fault::Fault;
use crate::store::Store;
use crate::writer::{Call, Writing};

/// A return address holds good for 21 days, the one on which it was written not counted.
const DAYS: i64 = 22;
/// So many are dropped in one transaction.
const STEP: i64 = 512;

/// To whom a return address leads that names the way by a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// Its name.
    pub token: String,
    /// The address.
    pub to: String,
}

impl Store {
    /// To whom the way of this name leads; nothing where its time is over.
    pub fn way_back(&self, token: &str) -> Result<Option<String>, Fault> {
        let since = oldest();
        self.read(|connection| {
            let sql = "SELECT address FROM way_back WHERE token = ?1 AND at >= ?2";
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row((token, since), |row| row.get(0)).optional()
        })
    }

    /// Drops the ways whose time is over, in small steps.
    pub(crate) async fn expire_ways_back(&self) -> Result<(), Fault> {
        let before = oldest();
        let act = move |writing: &mut Writing<'_>| {
            writing.execute(
                "DELETE FROM way_back WHERE token IN
                 (SELECT token FROM way_back WHERE at < ?1 ORDER BY at LIMIT ?2)",
                (before, STEP),
            )
        };
        while self.inner().writer.call(Call(act)).await? > 0 {}
        Ok(())
    }
}

/// Writes a way down, or that it was written into an address once more.
pub(crate) fn write(writing: &Writing<'_>, way: &WayBack, at: i64) -> Result<(), Fault> {
    writing.execute(
        "INSERT INTO way_back(token, address, at) VALUES (?1, ?2, ?3)
         ON CONFLICT(token) DO UPDATE SET at = max(at, excluded.at)",
        (&way.token, &way.to, at),
    )?;
    Ok(())
}

/// When the oldest one that counts was written, in milliseconds.
fn oldest() -> i64 {
    let kept = SignedDuration::from_hours(DAYS * 24);
    Timestamp::now().saturating_sub(kept).unwrap_or(Timestamp::MIN).as_millisecond()
}
