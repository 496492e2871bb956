//! How many recipients on other servers an account has sent to lately: what the hourly limit counts
//! and a restart must not forget.

use jiff::Timestamp;

use crate::account::AccountId;
use crate::fault::Fault;
use crate::store::Store;
use crate::writer::{Call, Writing};

/// Counts older than this are of no use to anybody.
const KEPT_MINUTES: i64 = 120;

/// The minute since 1970 of a moment.
pub fn minute(at: Timestamp) -> u64 {
    u64::try_from(at.as_second() / 60).unwrap_or_default()
}

impl Store {
    /// The recipients an account has sent to since a minute, by the minute, oldest first.
    pub fn sent(&self, account: AccountId, since: u64) -> Result<Vec<(u64, u64)>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT minute, recipients FROM sent WHERE account = ?1 AND minute >= ?2
                 ORDER BY minute",
            )?;
            let rows = statement.query_map((account.0, since.cast_signed()), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect()
        })
    }

    /// Drops counts that nobody asks for any more.
    pub(crate) async fn expire_counts(&self) -> Result<(), Fault> {
        let before = minute(Timestamp::now()).cast_signed() - KEPT_MINUTES;
        let drop = move |writing: &mut Writing<'_>| {
            writing.execute("DELETE FROM sent WHERE minute < ?1", (before,)).map(drop)
        };
        self.inner().writer.call(Call(drop)).await
    }
}

/// Counts what a message is sent to.
pub(crate) fn count(
    writing: &Writing<'_>,
    account: AccountId,
    at: Timestamp,
    recipients: usize,
) -> Result<(), Fault> {
    writing.execute(
        "INSERT INTO sent(account, minute, recipients) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET recipients = recipients + excluded.recipients",
        (account.0, minute(at).cast_signed(), recipients),
    )?;
    Ok(())
}
