//! What domains promise of the encryption of their mail hosts (MTA-STS, RFC 8461), what came of
//! sessions with them, and what others report of sessions with us (TLS reporting, RFC 8460).
//!
//! Policies and reports are kept as whoever read them wrote them down, in JSON.

use std::fs::File;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Row};

use crate::fault::Fault;
use crate::store::Store;
use crate::writer::{Call, Writing};

/// Counts of sessions are dropped after so many days, sent or not (RFC 8460 §4.1 asks for a report
/// each day).
const SESSION_DAYS: u64 = 3;
/// Reports of others are kept for so many days, or as long as events are, where that is shorter.
const REPORT_DAYS: i64 = 90;
/// So many reports are kept at most: strangers send them.
const MOST_REPORTS: i64 = 5000;

/// The MTA-STS policy of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPolicy {
    /// Whose.
    pub domain: String,
    /// The identifier that its record had.
    pub id: String,
    /// When it was fetched, in seconds since 1970.
    pub fetched: u64,
    /// Until when it holds, in seconds since 1970.
    pub until: u64,
    /// What it says.
    pub policy: String,
}

/// Sessions of one day with the mail hosts of one domain that went alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSessions {
    /// The day, in days since 1970, UTC.
    pub day: u64,
    /// The recipients' domain.
    pub domain: String,
    /// What was promised.
    pub policy: String,
    /// What failed, where and why; empty where nothing did.
    pub result: String,
    /// How many.
    pub sessions: u64,
}

/// A report of another server on sessions with ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReport {
    /// The domain of ours that it is about.
    pub domain: String,
    /// Who reports, in their own words.
    pub organisation: String,
    /// What they call the report.
    pub id: String,
    /// When it came.
    pub at: Timestamp,
    /// Whose signature (DKIM) on the mail with it held; none where no one's did.
    pub signed_by: Option<String>,
    /// The report.
    pub report: String,
}

/// The turn to send reports on encryption: at one time one round of them runs, whichever process
/// it is in, so that nothing leaves twice. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub struct ReportsTurn(#[expect(dead_code, reason = "the lock ends with the file")] File);

impl Store {
    /// Takes the turn to send reports on encryption; none while another round runs.
    pub fn try_reports_turn(&self) -> Result<Option<ReportsTurn>, Fault> {
        Ok(self.inner().disk.try_reports()?.map(ReportsTurn))
    }

    /// The same, once a round that runs is over. Blocks.
    pub fn await_reports_turn(&self) -> Result<ReportsTurn, Fault> {
        self.inner().disk.await_reports().map(ReportsTurn)
    }

    /// The policy of a domain, whether or not it still holds.
    pub fn sts_policy(&self, domain: &str) -> Result<Option<KeptPolicy>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT domain, id, fetched, until, policy FROM sts_policy WHERE domain = ?1",
            )?;
            statement.query_row((domain,), policy).optional()
        })
    }

    /// Keeps the policy of a domain, in place of an older one.
    pub async fn keep_sts_policy(&self, kept: KeptPolicy) -> Result<(), Fault> {
        let keep = move |writing: &mut Writing<'_>| {
            let KeptPolicy { domain, id, fetched, until, policy } = &kept;
            let (fetched, until) = (fetched.cast_signed(), until.cast_signed());
            writing
                .execute(
                    "INSERT OR REPLACE INTO sts_policy(domain, id, fetched, until, policy)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    (domain, id, fetched, until, policy),
                )
                .map(drop)
        };
        self.inner().writer.call(Call(keep)).await
    }

    /// Writes down that mail went by a domain's policy: as `used` in what it says.
    pub async fn note_sts_use(&self, domain: String, at: u64) -> Result<(), Fault> {
        let note = move |writing: &mut Writing<'_>| {
            let sql = "UPDATE sts_policy SET policy = json_set(policy, '$.used', ?2)
                       WHERE domain = ?1";
            writing.execute(sql, (&domain, at.cast_signed())).map(drop)
        };
        self.inner().writer.call(Call(note)).await
    }

    /// The policies that hold and were fetched so long ago that they may be fetched again: at least
    /// a day, or half of their time; the oldest first.
    pub fn stale_sts_policies(&self, now: u64) -> Result<Vec<KeptPolicy>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT domain, id, fetched, until, policy FROM sts_policy
                 WHERE until > ?1 AND fetched + min(86400, (until - fetched) / 2) <= ?1
                 ORDER BY fetched",
            )?;
            statement.query_map((now.cast_signed(),), policy)?.collect()
        })
    }

    /// Adds to the counts of sessions.
    pub async fn add_tls_sessions(&self, counts: Vec<TlsSessions>) -> Result<(), Fault> {
        let add = move |writing: &mut Writing<'_>| {
            for count in &counts {
                let TlsSessions { day, domain, policy, result, sessions } = count;
                writing.execute(
                    "INSERT INTO tls_session(day, domain, policy, result, sessions)
                     VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET sessions = sessions + excluded.sessions",
                    (day.cast_signed(), domain, policy, result, sessions.cast_signed()),
                )?;
            }
            Ok(())
        };
        self.inner().writer.call(Call(add)).await
    }

    /// The counts of sessions up to a day, that day included, by day, domain and policy.
    pub fn tls_sessions(&self, last: u64) -> Result<Vec<TlsSessions>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT day, domain, policy, result, sessions FROM tls_session WHERE day <= ?1
                 ORDER BY day, domain, policy, result",
            )?;
            statement.query_map((last.cast_signed(),), sessions)?.collect()
        })
    }

    /// Forgets the sessions of a day with a domain: their report is on its way.
    pub async fn drop_tls_sessions(&self, day: u64, domain: String) -> Result<(), Fault> {
        let drop_them = move |writing: &mut Writing<'_>| {
            let sql = "DELETE FROM tls_session WHERE day = ?1 AND domain = ?2";
            writing.execute(sql, (day.cast_signed(), &domain)).map(drop)
        };
        self.inner().writer.call(Call(drop_them)).await
    }

    /// Keeps a report; one that came before under the same name is replaced.
    pub async fn keep_tls_report(&self, kept: KeptReport) -> Result<(), Fault> {
        let keep = move |writing: &mut Writing<'_>| {
            let KeptReport { domain, organisation, id, at, signed_by, report } = &kept;
            let number: i64 = writing.row(
                "INSERT OR REPLACE INTO tls_report(domain, organisation, id, at, signed_by, report)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING number",
                (domain, organisation, id, at.as_millisecond(), signed_by, report),
                |row| row.get(0),
            )?;
            let old = number - MOST_REPORTS;
            writing.execute("DELETE FROM tls_report WHERE number <= ?1", (old,)).map(drop)
        };
        self.inner().writer.call(Call(keep)).await
    }

    /// The reports on one domain of ours, or on all, newest first.
    pub fn tls_reports(&self, domain: Option<&str>) -> Result<Vec<KeptReport>, Fault> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT domain, organisation, id, at, signed_by, report FROM tls_report
                 WHERE ?1 IS NULL OR domain = ?1 ORDER BY number DESC",
            )?;
            statement.query_map((domain,), report)?.collect()
        })
    }

    /// Drops what is too old to be of use.
    pub(crate) async fn expire_tls(&self) -> Result<(), Fault> {
        let now = Timestamp::now();
        let days = REPORT_DAYS.min(i64::from(self.inner().options.keep_days));
        let reports = now.saturating_sub(SignedDuration::from_hours(days * 24));
        let reports = reports.unwrap_or(Timestamp::MIN).as_millisecond();
        let day = day(now).saturating_sub(SESSION_DAYS).cast_signed();
        let drop_them = move |writing: &mut Writing<'_>| {
            writing.execute("DELETE FROM sts_policy WHERE until < ?1", (now.as_second(),))?;
            writing.execute("DELETE FROM tls_session WHERE day < ?1", (day,))?;
            writing.execute("DELETE FROM tls_report WHERE at < ?1", (reports,)).map(drop)
        };
        self.inner().writer.call(Call(drop_them)).await
    }
}

/// The day of a moment, in days since 1970, UTC.
pub fn day(at: Timestamp) -> u64 {
    u64::try_from(at.as_second() / 86_400).unwrap_or_default()
}

fn policy(row: &Row<'_>) -> rusqlite::Result<KeptPolicy> {
    Ok(KeptPolicy {
        domain: row.get(0)?,
        id: row.get(1)?,
        fetched: row.get(2)?,
        until: row.get(3)?,
        policy: row.get(4)?,
    })
}

fn sessions(row: &Row<'_>) -> rusqlite::Result<TlsSessions> {
    Ok(TlsSessions {
        day: row.get(0)?,
        domain: row.get(1)?,
        policy: row.get(2)?,
        result: row.get(3)?,
        sessions: row.get(4)?,
    })
}

fn report(row: &Row<'_>) -> rusqlite::Result<KeptReport> {
    Ok(KeptReport {
        domain: row.get(0)?,
        organisation: row.get(1)?,
        id: row.get(2)?,
        at: Timestamp::from_millisecond(row.get(3)?).unwrap_or_default(),
        signed_by: row.get(4)?,
        report: row.get(5)?,
    })
}
