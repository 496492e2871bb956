//! Policies of MTA-STS: kept in the store, fetched when a domain's record names another (RFC 8461
//! §3.3), and fetched again before they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;
use hikyaku_net::{WebClient, WebFault, WebRequest, refused};
use hikyaku_store::KeptPolicy;
use hikyaku_tlspolicy::report::ResultType;
use hikyaku_tlspolicy::sts::{self, Kept, Policy, PolicyFault, Record, Step, Tried};
use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Records, now};
use crate::send::Shared;

/// So long mail waits for a policy that is fetched for the first time. A host that takes longer is
/// waited for beside the mail, which goes as if there were no policy (RFC 8461 §3.3).
const WAIT: Duration = Duration::from_secs(5);
/// So many domains are remembered as failed.
const DOMAINS: usize = 10_000;
/// So many policies are fetched again at a time.
const AT_ONCE: usize = 8;

/// What is going on with policies.
#[derive(Debug, Default)]
pub(in crate::send) struct Policies(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failed: HashMap<String, Failed>,
    /// Those being fetched.
    fetching: HashMap<String, Fetching>,
}

/// A fetch that came to nothing.
#[derive(Debug, Clone)]
struct Failed {
    tried: Tried,
    cause: Cause,
}

/// Why there is no policy: for the reports of RFC 8460, and for people.
struct Missed {
    result: ResultType,
    cause: Cause,
}

/// A fetch that goes on.
#[derive(Debug, Clone)]
struct Fetching {
    /// Until when mail waits for it: all that came meanwhile waits no longer than the first.
    until: Instant,
    /// Ends with the fetch.
    ended: watch::Receiver<()>,
}

impl Policies {
    fn tried(&self, domain: &str) -> Option<Tried> {
        self.state().failed.get(domain).map(|it| it.tried.clone())
    }

    /// Remembers a fetch that came to nothing.
    fn failed(&self, domain: &str, id: String, cause: Cause) {
        let mut state = self.state();
        let times = state.failed.get(domain).map_or(1, |it| it.tried.times.saturating_add(1));
        if state.failed.len() >= DOMAINS {
            state.failed.retain(|_, it| !sts::may_try_again(&it.tried, now()));
        }
        if state.failed.len() < DOMAINS {
            let tried = Tried { id, at: now(), times };
            state.failed.insert(domain.to_owned(), Failed { tried, cause });
        }
    }

    /// A domain has no record by which its policy could be fetched again.
    fn rest(&self, domain: &str, id: String) {
        let cause = Cause::proven(Code::DnsUnchecked);
        self.failed(domain, id, cause);
    }

    /// Why the last fetch of a domain's policy came to nothing, if it did.
    pub(super) fn missed(&self, domain: &str) -> Option<Cause> {
        self.state().failed.get(domain).map(|it| it.cause.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The policy that holds for a domain now.
pub(super) async fn find(shared: &Arc<Shared>, domain: &str, records: Records) -> Option<Kept> {
    let kept = read(shared, domain);
    let failed = shared.policies.tried(domain);
    let record = records.sts.as_ref();
    match sts::step(record, kept.as_ref(), failed.as_ref(), now()) {
        Step::Without => return None,
        Step::Hold => {
            if let Some(kept) = &kept {
                note_use(shared, domain, kept);
                if let Some(record) = records.sts
                    && sts::is_due(kept, domain, failed.as_ref(), now())
                {
                    begin(shared, domain, record, (records.wants_reports, now()));
                }
            }
            return kept;
        }
        Step::Fetch => {}
    }
    let mut fetching = begin(shared, domain, records.sts?, (records.wants_reports, now()));
    // The sender is dropped at the end: that is the signal.
    let _ = tokio::time::timeout_at(fetching.until, fetching.ended.changed()).await;
    let kept = read(shared, domain).filter(|kept| kept.holds(now()));
    kept.inspect(|kept| note_use(shared, domain, kept))
}

/// Writes down that mail goes by a policy, beside the mail and once a day at most.
fn note_use(shared: &Arc<Shared>, domain: &str, kept: &Kept) {
    let now = now();
    if !kept.is_use_new(now) {
        return;
    }
    let (shared, domain) = (Arc::clone(shared), domain.to_owned());
    tokio::spawn(async move {
        if let Err(fault) = shared.setup.store.note_sts_use(domain.clone(), now).await {
            tracing::warn!(code = %fault.cause().code, domain, "the use of a policy is not kept");
        }
    });
}

/// A policy as it is written down, with the moment when mail last went by it.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    #[serde(flatten)]
    policy: Policy,
    /// Policies of older versions were written down when mail wanted them.
    #[serde(default)]
    used: Option<u64>,
}

fn kept(row: &KeptPolicy) -> Option<Kept> {
    let Written { policy, used } = serde_json::from_str(&row.policy).ok()?;
    let used = used.unwrap_or(row.fetched);
    Some(Kept { policy, id: row.id.clone(), fetched: row.fetched, used })
}

/// The policy in the store, holding or not. A fault of the disk leaves the domain without one: mail
/// that could not be kept back could not be kept at all.
fn read(shared: &Shared, domain: &str) -> Option<Kept> {
    let found = shared.setup.store.sts_policy(domain).inspect_err(|fault| {
        tracing::warn!(code = %fault.cause().code, domain, "a policy cannot be read");
    });
    kept(&found.ok().flatten()?)
}

/// Fetches a policy beside the mail, unless it is being fetched already. `used` is when mail last
/// went by it.
fn begin(
    shared: &Arc<Shared>,
    domain: &str,
    record: Record,
    (wants_reports, used): (bool, u64),
) -> Fetching {
    let mut state = shared.policies.state();
    if let Some(fetching) = state.fetching.get(domain) {
        return fetching.clone();
    }
    let (ending, ended) = watch::channel(());
    let fetching = Fetching { until: Instant::now() + WAIT, ended };
    state.fetching.insert(domain.to_owned(), fetching.clone());
    drop(state);
    let (shared, domain) = (Arc::clone(shared), domain.to_owned());
    tokio::spawn(async move {
        carry_out(&shared, &domain, record, (wants_reports, used)).await;
        shared.policies.state().fetching.remove(&domain);
        drop(ending);
    });
    fetching
}

async fn carry_out(
    shared: &Arc<Shared>,
    domain: &str,
    record: Record,
    (wants_reports, used): (bool, u64),
) {
    match fetch(shared, domain).await {
        Ok(policy) => {
            tracing::info!(domain, id = record.id, mode = policy.mode.word(), "policy fetched");
            let kept = Kept { policy, id: record.id, fetched: now(), used };
            keep(shared, domain, &kept).await;
            shared.policies.state().failed.remove(domain);
        }
        Err(Missed { result, cause }) => {
            tracing::info!(domain, id = record.id, %result, code = %cause.code,
                evidence = ?cause.evidence, "policy not fetched");
            if wants_reports {
                shared.journal.fetch_failed(domain, result, &cause);
            }
            shared.policies.failed(domain, record.id, cause);
        }
    }
}

/// RFC 8461 §3.3.
async fn fetch(shared: &Shared, domain: &str) -> Result<Policy, Missed> {
    let url = format!("https://{}{}", sts::policy_host(domain), sts::PATH);
    let client = WebClient { resolver: &shared.setup.resolver, tls: &shared.setup.tls };
    let request = WebRequest {
        url: &url,
        post: None,
        most: sts::MOST_OCTETS,
        whole: Duration::from_secs(sts::LONGEST_SECONDS),
    };
    let answer = client.ask(request).await.map_err(|fault| {
        let result = match fault {
            WebFault::Untrusted(..) => ResultType::StsWebpkiInvalid,
            _ => ResultType::StsPolicyFetchError,
        };
        Missed { result, cause: fault.cause(&url) }
    })?;
    if answer.status() != StatusCode::OK {
        // Redirections among them: they must not be followed.
        let cause = refused(&url, answer.status().as_u16());
        return Err(Missed { result: ResultType::StsPolicyFetchError, cause });
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    read_answer(kind.unwrap_or_default(), answer.body()).map_err(|cause| {
        let cause = cause.with(Evidence::Host { name: sts::policy_host(domain) });
        Missed { result: ResultType::StsPolicyInvalid, cause }
    })
}

/// What was given out: of which media type, and what.
fn read_answer(kind: &[u8], body: &[u8]) -> Result<Policy, Cause> {
    let essence = kind.split(|octet| *octet == b';').next().unwrap_or_default();
    if !essence.trim_ascii().eq_ignore_ascii_case(b"text/plain") {
        // A host where strangers may put files would let them set the policy.
        let raw = kind.to_vec();
        return Err(Cause::proven(Code::StsPolicyType).with(Evidence::Found { raw }));
    }
    Policy::parse(body).map_err(PolicyFault::cause)
}

async fn keep(shared: &Shared, domain: &str, kept: &Kept) {
    let written = Written { policy: kept.policy.clone(), used: Some(kept.used) };
    let row = KeptPolicy {
        domain: domain.to_owned(),
        id: kept.id.clone(),
        fetched: kept.fetched,
        until: kept.until(),
        // Our own types always have a form in JSON.
        policy: serde_json::to_string(&written).unwrap_or_default(),
    };
    if let Err(fault) = shared.setup.store.keep_sts_policy(row).await {
        tracing::warn!(code = %fault.cause().code, domain, "a policy cannot be kept");
    }
}

/// Fetches again what is due, whether or not there is mail for it (RFC 8461 §3.3); called now and
/// then.
pub(in crate::send) async fn refresh(shared: Arc<Shared>) {
    let shared = &shared;
    let stale = shared.setup.store.stale_sts_policies(now()).inspect_err(|fault| {
        tracing::warn!(code = %fault.cause().code, "policies cannot be read");
    });
    let stale = stale.unwrap_or_default();
    let stale = stale.iter().filter_map(|row| Some((row.domain.as_str(), kept(row)?)));
    let due = stale.filter(|(domain, kept)| {
        sts::is_due(kept, domain, shared.policies.tried(domain).as_ref(), now())
    });
    for (domain, kept) in due.take(AT_ONCE) {
        let Ok(name) = Domain::parse_ascii(domain.as_bytes()) else { continue };
        let records = super::records(shared, &name).await;
        match records.sts {
            Some(record) => {
                drop(begin(shared, domain, record, (records.wants_reports, kept.used)));
            }
            // The domain has ended its policy, or the DNS does not say; what is kept holds until it
            // expires, and is asked for again like after a failure.
            None => shared.policies.rest(domain, kept.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_is_read() {
        let text = "version: STSv1\nmode: enforce\nmx: mx.a.test\nmax_age: 600\n";
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let old = serde_json::to_string(&policy).unwrap();
        let row = |policy| {
            let (domain, id) = ("a.test".to_owned(), "1".to_owned());
            KeptPolicy { domain, id, fetched: 1000, until: 1600, policy }
        };
        assert_eq!(kept(&row(old)).unwrap().used, 1000);
        let written = Written { policy: policy.clone(), used: Some(1234) };
        let new = kept(&row(serde_json::to_string(&written).unwrap())).unwrap();
        assert_eq!((new.used, new.policy), (1234, policy));
    }

    #[test]
    fn only_plain_text_is_a_policy() {
        let text = b"version: STSv1\nmode: none\nmax_age: 600\n";
        assert!(read_answer(b"Text/Plain; charset=utf-8", text).is_ok());
        for kind in [b"".as_slice(), b"text/html", b"text/plainer", b"\xff"] {
            let cause = read_answer(kind, text).unwrap_err();
            assert_eq!(cause.code, Code::StsPolicyType);
            assert_eq!(cause.evidence, [Evidence::Found { raw: kind.to_vec() }]);
        }
        let cause = read_answer(b"text/plain", b"version: STSv1\n").unwrap_err();
        assert_eq!(cause.code, Code::StsPolicyIncomplete);
    }
}
