//! Reports to other domains on how encryption with their mail hosts went (RFC 8460): made of what
//! was counted, and sent by mail or to the web.

mod daily;
mod send;

use std::collections::BTreeMap;

use hikyaku_mail::Domain;
use hikyaku_store::{Fault, Store, TlsSessions};
use hikyaku_tlspolicy::report::{DateRange, Failure, Part, PolicyFacts, Report, Summary};
use jiff::{SignedDuration, Timestamp};

pub(crate) use daily::{Daily, round};
pub(crate) use send::log;
pub use send::{Reporter, Sent, SentOutcome};

/// The report to one domain on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingReport {
    /// The domain.
    pub domain: String,
    /// The day, in days since 1970, UTC.
    pub day: u64,
    /// What it will say.
    pub report: Report,
}

/// The reports on all that was counted up to a day, that day included.
pub fn outgoing_reports(
    store: &Store,
    hostname: &Domain,
    last: u64,
    now: Timestamp,
) -> Result<Vec<OutgoingReport>, Fault> {
    let mut days: BTreeMap<(u64, String), Vec<TlsSessions>> = BTreeMap::new();
    for row in store.tls_sessions(last)? {
        days.entry((row.day, row.domain.clone())).or_default().push(row);
    }
    let made = days.into_iter().map(|((day, domain), rows)| {
        let date_range = range(day, now);
        let end = date_range.end_datetime.as_second();
        let report = Report {
            organization_name: hostname.to_string(),
            date_range,
            contact_info: format!("postmaster@{hostname}"),
            // The same for the same time, so that one that came twice is seen to be one.
            report_id: format!("{day}.{end:x}.{domain}@{hostname}"),
            policies: parts(rows),
        };
        OutgoingReport { domain, day, report }
    });
    Ok(made.collect())
}

/// RFC 8460 §4.1: a day from midnight to midnight, UTC; one that is not over ends now.
fn range(day: u64, now: Timestamp) -> DateRange {
    let second = day.cast_signed().saturating_mul(86_400);
    let start = Timestamp::from_second(second).unwrap_or_default();
    let end = start.saturating_add(SignedDuration::from_secs(86_399)).unwrap_or(Timestamp::MAX);
    let now = Timestamp::from_second(now.as_second()).unwrap_or_default();
    DateRange { start_datetime: start, end_datetime: end.min(now.max(start)) }
}

fn parts(rows: Vec<TlsSessions>) -> Vec<Part> {
    let mut parts: Vec<(String, Part)> = Vec::new();
    for row in rows {
        // They come in the order of their policies.
        if parts.last().is_none_or(|(policy, _)| *policy != row.policy) {
            let Ok(policy) = serde_json::from_str::<PolicyFacts>(&row.policy) else { continue };
            let (summary, failure_details) = (Summary::default(), Vec::new());
            parts.push((row.policy.clone(), Part { policy, summary, failure_details }));
        }
        let Some((_, part)) = parts.last_mut() else { continue };
        if row.result.is_empty() {
            part.summary.successful += row.sessions;
        } else if let Ok(failure) = serde_json::from_str::<Failure>(&row.result) {
            part.summary.failed += row.sessions;
            part.failure_details.push(Failure { failed_session_count: row.sessions, ..failure });
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_becomes_a_report() {
        let policy = r#"{"policy-type":"no-policy-found","policy-domain":"a.test"}"#;
        let row = |policy: &str, result: &str, sessions| {
            let (domain, policy) = ("a.test".to_owned(), policy.to_owned());
            TlsSessions { day: 20_000, domain, policy, result: result.to_owned(), sessions }
        };
        let failure = r#"{"result-type":"starttls-not-supported","failed-session-count":0}"#;
        let other = policy.replace("no-policy-found", "sts");
        let rows = vec![row(policy, "", 5), row(policy, failure, 2), row(&other, failure, 1)];
        let parts = parts(rows);
        let counts = parts.iter().map(|it| (it.summary.successful, it.summary.failed));
        assert_eq!(counts.collect::<Vec<_>>(), [(5, 2), (0, 1)]);
        assert_eq!(parts[0].failure_details[0].failed_session_count, 2);
    }

    #[test]
    fn a_day_that_is_not_over_ends_now() {
        let now = Timestamp::from_second(20_000 * 86_400 + 100).unwrap();
        let today = range(20_000, now);
        assert_eq!(today.end_datetime, now);
        let before = range(19_999, now);
        assert_eq!(before.end_datetime.to_string(), "2024-10-03T23:59:59Z");
        assert_eq!(before.start_datetime.to_string(), "2024-10-03T00:00:00Z");
    }
}
