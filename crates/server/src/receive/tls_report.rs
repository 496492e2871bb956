//! Reports of other servers on encryption with ours (RFC 8460): recognised among the mail that comes
//! in, and kept for `hikyaku tls-reports`. The mail itself goes where it goes anyway.

use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence, Limit};
use hikyaku_mail::{Domain, Field, HeaderScan};
use hikyaku_senderauth::{DkimResult, Verdicts};
use hikyaku_store::{Content, Fault, KeptReport, MessageId, Store};
use hikyaku_tlspolicy::report::{self, ReadFault};
use jiff::Timestamp;

use crate::house::House;

/// The largest mail that is read; a report of a day is a few kilobytes.
const MOST: usize = 2 << 20;

/// What is known of a report before the mail with it is kept.
pub(super) struct Announced {
    signed_by: Option<String>,
}

/// Whether a message may be a report.
pub(super) fn announced(
    scan: &HeaderScan,
    verdicts: Option<&serde_json::Value>,
) -> Option<Announced> {
    let is_report = scan.value(Field::ContentType).is_some_and(report::is_report);
    is_report.then(|| Announced { signed_by: verdicts.and_then(signed_by) })
}

/// The domain whose signature holds.
fn signed_by(verdicts: &serde_json::Value) -> Option<String> {
    let verdicts: Verdicts = serde_json::from_value(verdicts.clone()).ok()?;
    let held = verdicts.dkim.into_iter().find(|it| it.result == DkimResult::Pass);
    held.map(|it| it.domain)
}

/// Why a report is not kept.
#[derive(Debug)]
enum Unusable {
    /// What was kept cannot be read, or the report not be kept.
    Store(Fault),
    /// The mail was deleted meanwhile.
    Gone(MessageId),
    /// The mail is larger than what is read.
    TooLarge {
        /// So much of it was seen.
        seen: u64,
    },
    /// The mail holds no report that can be read.
    Unread(ReadFault),
    /// The system stops.
    Stopped,
    /// It is about a domain that is not served here, or about no domain at all.
    Foreign {
        /// What the report calls it.
        domain: String,
    },
}

impl Unusable {
    fn cause(&self) -> Cause {
        match self {
            Self::Store(fault) => fault.cause(),
            Self::Gone(message) => Cause::proven(Code::StoreMessageGone)
                .with(Evidence::Message { id: message.to_string() }),
            Self::TooLarge { seen } => {
                Cause::proven(Code::ReportTlsTooLarge).with(Evidence::Limit {
                    limit: Limit::ReportOctets,
                    most: MOST as u64,
                    seen: Some(*seen),
                })
            }
            Self::Unread(fault) => fault.cause(),
            Self::Stopped => Cause::proven(Code::NetStopping),
            Self::Foreign { domain } => Cause::proven(Code::ReportTlsForeign)
                .with(Evidence::Found { raw: domain.clone().into_bytes() }),
        }
    }
}

impl From<Fault> for Unusable {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

/// Reads a report out of a message that was kept, beside all else.
pub(super) fn read(house: &Arc<House>, message: MessageId, announced: Announced) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        let done = carry_out(&house.store, message, announced).await;
        let Err(fault) = done else { return };
        let cause = fault.cause();
        if matches!(fault, Unusable::Store(_)) {
            tracing::warn!(id = %message, code = %cause.code, evidence = ?cause.evidence,
                "a report on encryption could not be kept");
        } else {
            tracing::info!(id = %message, code = %cause.code, evidence = ?cause.evidence,
                "no report on encryption that can be used");
        }
    });
}

async fn carry_out(
    store: &Store,
    message: MessageId,
    announced: Announced,
) -> Result<(), Unusable> {
    let octets = octets(store, message).await?;
    let read = tokio::task::spawn_blocking(move || report::read_mail(&octets)).await;
    let read = read.map_err(|_| Unusable::Stopped)?.map_err(Unusable::Unread)?;
    let domain = read.policies.first().map(|part| part.policy.domain.clone()).unwrap_or_default();
    let Ok(own) = Domain::parse(&domain) else { return Err(Unusable::Foreign { domain }) };
    if !store.domains()?.iter().any(|served| served.name == own) {
        return Err(Unusable::Foreign { domain });
    }
    let kept = KeptReport {
        domain: own.as_str().to_owned(),
        organisation: read.organization_name.clone(),
        id: read.report_id.clone(),
        at: Timestamp::now(),
        signed_by: announced.signed_by,
        report: read.json(),
    };
    Ok(store.keep_tls_report(kept).await?)
}

/// The mail as it was kept.
async fn octets(store: &Store, message: MessageId) -> Result<Vec<u8>, Unusable> {
    let content = store.queue_content(vec![message]).await?;
    let mut octets = Vec::new();
    match content.into_iter().next().transpose()?.flatten() {
        Some(Content::Small(body)) => octets.extend_from_slice(&body),
        Some(Content::Large(mut reader)) => {
            let mut chunk = Vec::new();
            while reader.next_chunk(&mut chunk).await? {
                octets.append(&mut chunk);
                if octets.len() > MOST {
                    return Err(Unusable::TooLarge { seen: octets.len() as u64 });
                }
            }
        }
        None => return Err(Unusable::Gone(message)),
    }
    Ok(octets)
}

#[cfg(test)]
#[path = "tls_report_tests.rs"]
mod tests;
