//! What a domain promises of the encryption of its mail hosts (MTA-STS, RFC 8461), and what came
//! of sessions with them (RFC 8460).

mod journal;
mod policies;
mod reports;

use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_mail::Domain;
use hikyaku_tlspolicy::report::{self, PolicyFacts, PolicyKind};
use hikyaku_tlspolicy::sts::{self, Kept, Mode};
use jiff::Timestamp;

use super::Shared;
pub(super) use journal::{Journal, Seen};
pub(super) use policies::{Policies, refresh};
pub(super) use reports::report_if_due;

/// How long the records may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What holds for one domain while a courier is on the way.
#[derive(Debug, Clone)]
pub(super) struct Promise {
    /// Whose promise it is.
    domain: String,
    /// The policy, unless there is none or its mode is none.
    kept: Option<Kept>,
    /// Why there is none, where it could not be fetched.
    missed: Option<Cause>,
    /// Whether the domain wants reports.
    wants_reports: bool,
}

/// What the DNS says of a domain's encryption: asked for beside its mail hosts.
pub(super) struct Records {
    sts: Option<sts::Record>,
    wants_reports: bool,
}

/// Asks the DNS; what has no answer is as if there were no record (RFC 8461 §3.1), and one that is
/// late delays no mail.
pub(super) async fn records(shared: &Shared, domain: &Domain) -> Records {
    let resolver = &shared.setup.resolver;
    let (sts_name, report_name) =
        (sts::record_name(domain.as_str()), report::record_name(domain.as_str()));
    let both = async { tokio::join!(resolver.texts(&sts_name), resolver.texts(&report_name)) };
    match tokio::time::timeout(PATIENCE, both).await {
        Ok((policies, reports)) => Records {
            sts: sts::record(&policies.records).ok().flatten(),
            wants_reports: report::record(&reports.records).is_ok_and(|it| !it.is_empty()),
        },
        Err(_) => Records { sts: None, wants_reports: false },
    }
}

/// The promise of a domain with these records.
pub(super) async fn find(shared: &Arc<Shared>, domain: &Domain, records: Records) -> Promise {
    let wants_reports = records.wants_reports;
    let is_promised = records.sts.is_some();
    let domain = domain.as_str().to_owned();
    let kept = policies::find(shared, &domain, records).await;
    let missed = shared.policies.missed(&domain).filter(|_| is_promised && kept.is_none());
    let kept = kept.filter(|kept| kept.policy.mode != Mode::None);
    Promise { domain, kept, missed, wants_reports }
}

impl Promise {
    /// Whether mail goes to the hosts it names only, over TLS that holds.
    pub(super) fn is_enforced(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.policy.mode == Mode::Enforce)
    }

    /// Whether a mail host is one that it names; any is where there is no policy.
    pub(super) fn names(&self, host: &str) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.policy.names(host))
    }

    /// Whether there is a policy, and it names this host.
    pub(super) fn vouches_for(&self, host: &str) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.policy.names(host))
    }

    /// Why there is none, where it could not be fetched.
    pub(super) fn missed(&self) -> Option<KeptCause> {
        self.missed.as_ref().map(KeptCause::from)
    }

    /// What it is, for the plan of an attempt.
    pub(super) fn words(&self) -> Option<String> {
        let kept = self.kept.as_ref()?;
        let (mode, id) = (kept.policy.mode.word(), &kept.id);
        let fetched = moment(kept.fetched);
        Some(format!("MTA-STS {mode} of {}, id {id}, fetched {fetched}", self.domain))
    }

    /// That no mail host is one that it names.
    pub(super) fn refusal(&self, evidence: Vec<Evidence>) -> Cause {
        let cause = Cause::proven(Code::PeerStsHost);
        let cause = self.evidence().into_iter().fold(cause, Cause::with);
        evidence.into_iter().fold(cause, Cause::with)
    }

    /// A fault of TLS as what it is where the domain has promised better.
    pub(super) fn broken(&self, mut cause: Cause) -> Cause {
        if !self.is_enforced() {
            return cause;
        }
        cause.code = match cause.code {
            Code::PeerTlsMissing => Code::PeerStsMissing,
            Code::PeerTlsFailed => Code::PeerStsFailed,
            Code::PeerTlsUntrusted => Code::PeerStsCertificate,
            _ => return cause,
        };
        self.evidence().into_iter().fold(cause, Cause::with)
    }

    fn evidence(&self) -> Option<Evidence> {
        let kept = self.kept.as_ref()?;
        Some(Evidence::TlsPolicy {
            standard: "mta-sts",
            domain: self.domain.clone(),
            mode: kept.policy.mode.word(),
            id: kept.id.clone(),
            fetched: moment(kept.fetched),
        })
    }

    /// The same as it stands in a report (RFC 8460 §4.2).
    fn facts(&self) -> PolicyFacts {
        let domain = self.domain.clone();
        let Some(Kept { policy, .. }) = &self.kept else {
            let (strings, mx) = (Vec::new(), Vec::new());
            return PolicyFacts { kind: PolicyKind::NoPolicyFound, strings, domain, mx };
        };
        let mx = policy.mx.iter().map(ToString::to_string).collect();
        PolicyFacts { kind: PolicyKind::Sts, strings: policy.lines(), domain, mx }
    }
}

/// A moment in seconds since 1970, for a person.
fn moment(second: u64) -> String {
    let time = Timestamp::from_second(second.cast_signed()).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Now, in seconds since 1970.
fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or_default()
}
