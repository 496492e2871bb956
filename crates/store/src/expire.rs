//! Events are dropped after their time.

use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::record::BUCKET_BITS;
use crate::store::Store;
use crate::writer::{Call, Writing};

/// So many events are dropped in one transaction, so that nobody waits long.
const STEP: i64 = 512;

impl Store {
    /// Drops the events that are older than `keep_days`, old pages, old counts of what was sent,
    /// ways back that no address names any more and what was kept of encryption, in small steps;
    /// returns how many. The server calls it hourly.
    pub async fn expire_events(&self) -> Result<u64, Fault> {
        let days = i64::from(self.inner().options.keep_days);
        let kept = SignedDuration::from_hours(days.saturating_mul(24));
        let before = Timestamp::now().saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let before = before.as_millisecond();
        let mut dropped = self.expire_pages().await?;
        self.expire_counts().await?;
        self.expire_tls().await?;
        self.expire_ways_back().await?;
        loop {
            let step = self
                .inner()
                .writer
                .call(Call(move |writing: &mut Writing<'_>| drop_some(writing, before)));
            match step.await? {
                0 => return Ok(dropped),
                step => dropped += step as u64,
            }
        }
    }
}

/// Drops old events from the oldest on; stops at the first that is young.
fn drop_some(writing: &Writing<'_>, before: i64) -> Result<usize, Fault> {
    let dropped = writing.execute(
        "DELETE FROM event WHERE at < ?1
         AND id IN (SELECT id FROM event ORDER BY id LIMIT ?2)",
        (before, STEP),
    )?;
    let oldest: Option<i64> = writing.row("SELECT min(id) FROM event", (), |row| row.get(0))?;
    let bucket = oldest.map_or(i64::MAX, |oldest| oldest >> BUCKET_BITS);
    writing.execute("DELETE FROM event_key WHERE bucket < ?1", (bucket,))?;
    Ok(dropped)
}
