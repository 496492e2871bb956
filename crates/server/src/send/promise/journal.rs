//! What came of sessions, counted for the reports of the day (RFC 8460 §4).
//!
//! Gathered in memory and written down a few times a minute: a crash loses a moment's counts, and no
//! message waits for them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hikyaku_cause::{Cause, Code};
use hikyaku_net::{ClientConnection, ClientTlsFacts, TlsTrouble, Unverified};
use hikyaku_store::{Store, TlsSessions, day};
use hikyaku_tlspolicy::dane::Demand;
use hikyaku_tlspolicy::report::{Failure, PolicyFacts, PolicyKind, Reason, ResultType};
use jiff::Timestamp;

use super::Promise;
use crate::tls_reports::Daily;

/// So many kinds of outcome are told apart between two writings; further ones are not counted.
const MOST: usize = 10_000;

/// The counts that are not written down yet.
#[derive(Debug, Default)]
pub(in crate::send) struct Journal {
    counts: Mutex<HashMap<Key, u64>>,
    /// What is known of reports that wait; held while they are sent.
    pub(super) daily: tokio::sync::Mutex<Daily>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    day: u64,
    domain: String,
    policy: String,
    result: String,
}

/// What was seen of one session.
#[derive(Debug, Clone, Default)]
pub(in crate::send) struct Seen {
    host: String,
    /// The TLSA records that held for it, and below which name.
    records: Option<(String, Arc<Demand>)>,
    peer: Option<IpAddr>,
    local: Option<IpAddr>,
    /// What was agreed, where TLS came up.
    pub(in crate::send) tls: Option<ClientTlsFacts>,
    /// Why it did not, where it was tried.
    pub(in crate::send) trouble: Option<TlsTrouble>,
    /// Whether a message was begun.
    served: bool,
}

/// How a session went: well, or why not.
type Verdict = Result<(), (ResultType, Option<String>)>;

impl Seen {
    /// The same, once it is known whether a message was begun.
    pub(in crate::send) fn ended(self, served: bool) -> Self {
        Self { served, ..self }
    }

    /// Of a connection that was just made.
    pub(in crate::send) fn of(
        host: &str,
        records: Option<(&str, &Arc<Demand>)>,
        connection: &ClientConnection,
    ) -> Self {
        let (peer, local) = (Some(connection.peer().ip), connection.local());
        let records = records.map(|(base, demand)| (base.to_owned(), Arc::clone(demand)));
        Self { host: host.to_owned(), records, peer, local, ..Self::default() }
    }

    /// Whether the host has proven who it is.
    pub(in crate::send) fn is_verified(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.verified.is_ok())
    }

    /// Nothing where the session ended before encryption was a question.
    fn verdict(&self, promise: &Promise, ended: Option<&Cause>) -> Option<Verdict> {
        let is_promised = promise.kept.is_some();
        if let Some(trouble) = self.trouble {
            return Some(Err((result_of(trouble), None)));
        }
        let Some(tls) = &self.tls else {
            let is_missing = ended.is_some_and(|cause| cause.code == Code::PeerTlsMissing);
            let is_clear = is_missing || self.served;
            return is_clear.then_some(Err((ResultType::StarttlsNotSupported, None)));
        };
        if !is_promised && self.records.is_none() {
            return Some(Ok(()));
        }
        // RFC 8461 §2: where there are TLSA records, they count.
        if self.records.is_none() && !promise.names(&self.host) {
            return Some(Err((ResultType::ValidationFailure, Some(NOT_NAMED.to_owned()))));
        }
        Some(
            tls.verified
                .as_ref()
                .map(|_| ())
                .map_err(|it: &Unverified| (result_of(it.trouble()), Some(it.to_string()))),
        )
    }
}

impl Seen {
    /// The policy that held, as it stands in a report (RFC 8460 §4.2).
    fn facts(&self, promise: &Promise) -> PolicyFacts {
        let Some((base, demand)) = &self.records else { return promise.facts() };
        let strings = demand.records.iter().map(ToString::to_string).collect();
        PolicyFacts { kind: PolicyKind::Tlsa, strings, domain: base.clone(), mx: Vec::new() }
    }
}

/// The reason we give where a mail host is not among those of the policy; the RFC has no word.
const NOT_NAMED: &str = "mx-not-in-policy";

fn result_of(trouble: TlsTrouble) -> ResultType {
    match trouble {
        TlsTrouble::HostMismatch => ResultType::CertificateHostMismatch,
        TlsTrouble::Expired => ResultType::CertificateExpired,
        TlsTrouble::NotTrusted => ResultType::CertificateNotTrusted,
        TlsTrouble::Certificate | TlsTrouble::Handshake => ResultType::ValidationFailure,
    }
}

impl Journal {
    /// Counts a session that has ended.
    pub(in crate::send) fn session(&self, promise: &Promise, seen: &Seen, ended: Option<&Cause>) {
        if !promise.wants_reports {
            return;
        }
        let result = match seen.verdict(promise, ended) {
            None => return,
            Some(Ok(())) => None,
            Some(Err((result, reason))) => Some(Failure {
                receiving_mx_hostname: Some(seen.host.clone()),
                receiving_ip: seen.peer.map(|it| it.to_string()),
                sending_mta_ip: seen.local.map(|it| it.to_string()),
                failure_reason_code: reason,
                ..failure(result)
            }),
        };
        self.count(&promise.domain, &seen.facts(promise), result.as_ref());
    }

    /// Counts a mail host whose TLSA records could not be had or do not hold (RFC 8460 §4.3.2.1).
    pub(in crate::send) fn unproven(&self, promise: &Promise, host: &str, cause: &Cause) {
        if !promise.wants_reports || cause.code != Code::TlsDaneLookup {
            return;
        }
        let (strings, mx) = (Vec::new(), Vec::new());
        let (kind, domain) = (PolicyKind::Tlsa, host.to_owned());
        let policy = PolicyFacts { kind, strings, domain, mx };
        let receiving_mx_hostname = Some(host.to_owned());
        let failure = Failure { receiving_mx_hostname, ..failure(ResultType::DnssecInvalid) };
        self.count(&promise.domain, &policy, Some(&failure));
    }

    /// Counts a mail host that was passed over because the policy does not name it.
    pub(in crate::send) fn passed_over(&self, promise: &Promise, host: &str) {
        if !promise.wants_reports {
            return;
        }
        let failure = Failure {
            receiving_mx_hostname: Some(host.to_owned()),
            failure_reason_code: Some(NOT_NAMED.to_owned()),
            ..failure(ResultType::ValidationFailure)
        };
        self.count(&promise.domain, &promise.facts(), Some(&failure));
    }

    /// Counts a policy that could not be had (RFC 8460 §4.3.2.2).
    pub(super) fn fetch_failed(&self, domain: &str, result: ResultType, cause: &Cause) {
        let (strings, mx) = (Vec::new(), Vec::new());
        let (kind, owner) = (PolicyKind::Sts, domain.to_owned());
        let policy = PolicyFacts { kind, strings, domain: owner, mx };
        let why = Some(Reason::of(cause).to_string());
        let failure = Failure { failure_reason_code: why, ..failure(result) };
        self.count(domain, &policy, Some(&failure));
    }

    fn count(&self, domain: &str, policy: &PolicyFacts, failure: Option<&Failure>) {
        // Our own types always have a form in JSON.
        let json = |failure| serde_json::to_string(failure).unwrap_or_default();
        let key = Key {
            day: day(Timestamp::now()),
            domain: domain.to_owned(),
            policy: serde_json::to_string(policy).unwrap_or_default(),
            result: failure.map(json).unwrap_or_default(),
        };
        let mut counts = self.counts();
        if counts.len() < MOST || counts.contains_key(&key) {
            *counts.entry(key).or_default() += 1;
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Key, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what was counted. What cannot be written now is counted on.
    pub(in crate::send) async fn write(&self, store: &Store) {
        let counts = std::mem::take(&mut *self.counts());
        if counts.is_empty() {
            return;
        }
        let row = |(key, sessions): (&Key, &u64)| {
            let Key { day, domain, policy, result } = key.clone();
            TlsSessions { day, domain, policy, result, sessions: *sessions }
        };
        let rows = counts.iter().map(row).collect();
        if let Err(fault) = store.add_tls_sessions(rows).await {
            tracing::warn!(code = %fault.cause().code, "counts of sessions cannot be kept yet");
            let mut current = self.counts();
            for (key, sessions) in counts {
                *current.entry(key).or_default() += sessions;
            }
        }
    }
}

fn failure(result: ResultType) -> Failure {
    Failure {
        result_type: result.word().to_owned(),
        sending_mta_ip: None,
        receiving_mx_hostname: None,
        receiving_ip: None,
        failed_session_count: 0,
        additional_information: None,
        failure_reason_code: None,
    }
}

#[cfg(test)]
mod tests {
    use hikyaku_tlspolicy::sts::{Kept, Policy};

    use hikyaku_net::Proof;

    use super::*;

    fn promise(mode: Option<&str>) -> Promise {
        let kept = mode.map(|mode| {
            let text = format!("version: STSv1\nmode: {mode}\nmx: mx.a.test\nmax_age: 60\n");
            let policy = Policy::parse(text.as_bytes()).unwrap();
            Kept { policy, id: "1".to_owned(), fetched: 0, used: 0 }
        });
        Promise { domain: "a.test".to_owned(), kept, missed: None, wants_reports: true }
    }

    fn seen(host: &str) -> Seen {
        Seen { host: host.to_owned(), ..Seen::default() }
    }

    fn over_tls(host: &str) -> Seen {
        let tls = ClientTlsFacts { version: "TLSv1.3", cipher: "X", verified: Ok(Proof::Name) };
        Seen { tls: Some(tls), served: true, ..seen(host) }
    }

    #[test]
    fn verdicts() {
        let clear = Seen { served: true, ..seen("mx.a.test") };
        let broken = Seen { trouble: Some(TlsTrouble::Expired), ..seen("mx.a.test") };
        let missing = Cause::proven(Code::PeerTlsMissing);
        let closed = Cause::proven(Code::PeerClosed);
        let good = || Some(Ok(()));
        let bad = |result| Some(Err((result, None)));
        let table = [
            (None, over_tls("mx.a.test"), None, good()),
            (None, over_tls("mx.b.test"), None, good()),
            (None, clear.clone(), None, bad(ResultType::StarttlsNotSupported)),
            // It ended before encryption was a question.
            (None, seen("mx.a.test"), Some(&closed), None),
            (Some("enforce"), over_tls("mx.a.test"), None, good()),
            (Some("enforce"), seen("mx.a.test"), Some(&closed), None),
            (
                Some("enforce"),
                seen("mx.a.test"),
                Some(&missing),
                bad(ResultType::StarttlsNotSupported),
            ),
            (Some("testing"), clear, None, bad(ResultType::StarttlsNotSupported)),
            (Some("testing"), broken, None, bad(ResultType::CertificateExpired)),
            (
                Some("testing"),
                over_tls("mx.b.test"),
                None,
                Some(Err((ResultType::ValidationFailure, Some(NOT_NAMED.to_owned())))),
            ),
        ];
        for (mode, seen, ended, expected) in table {
            assert_eq!(seen.verdict(&promise(mode), ended), expected, "{mode:?} {seen:?}");
        }
    }

    #[test]
    fn alike_sessions_share_a_count() {
        let journal = Journal::default();
        let promise = promise(Some("testing"));
        for _ in 0..3 {
            journal.session(&promise, &over_tls("mx.a.test"), None);
        }
        journal.session(&promise, &over_tls("mx.b.test"), None);
        let silent = Promise { wants_reports: false, ..promise };
        journal.session(&silent, &over_tls("mx.a.test"), None);
        let mut counts: Vec<u64> = journal.counts().values().copied().collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 3]);
    }
}
