//! Look-ups whose answers are validated here, alias by alias.

use std::sync::Arc;

use hickory_net::dnssec::DnssecDnsHandle;
use hickory_net::proto::dnssec::Proof;
use hickory_net::proto::dnssec::rdata::{DNSKEY, DNSSECRData};
use hickory_net::proto::op::{DnsRequestOptions, DnsResponse};
use hickory_net::xfer::FirstAnswer as _;
use hickory_net::{DnsError, DnsHandle as _, NetError};
use hickory_proto::op::{Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hikyaku_cause::{DnsOutcome, Evidence};
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant};

use super::super::cache::{Cache, Found};
use super::super::line::Line;
use super::super::{ALIASES, text};
use super::Security;
use super::anchors::Anchors;
use super::asker::{Asker, Errand, Trail, is_expanded};

/// How long it is believed that the root's keys are those we trust.
const ABLE: Duration = Duration::from_hours(1);
/// How long it is believed that the servers asked know no signatures.
const UNABLE: Duration = Duration::from_mins(5);
/// How long the root's keys are waited for, and how long it is believed that nobody tells them.
const SILENT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(30));
/// How many validated sets of records are remembered by the validator.
const VALIDATED: usize = 8192;
/// The longest that what did not hold is remembered: whoever mends it waits for us.
const BOGUS: Duration = Duration::from_secs(5);

type Validator = DnssecDnsHandle<Asker>;

/// What came of a look-up, and what it is worth.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) found: Found,
    pub(super) security: Security,
    /// That of the answer for the name itself.
    pub(super) entry: Security,
    /// The name at the end of all aliases.
    pub(super) name: String,
}

/// Validates.
pub(in super::super) struct Prover {
    anchors: Anchors,
    asker: Asker,
    /// Until when it is known whether validation is possible; the validator where it is.
    state: Mutex<Option<(Instant, Option<Arc<Validator>>)>>,
    judged: Cache<Judged>,
}

impl std::fmt::Debug for Prover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prover").field("anchors", &self.anchors).finish_non_exhaustive()
    }
}

/// What one answer says of a name.
struct Step {
    outcome: DnsOutcome,
    records: Vec<RData>,
    alias: Option<Name>,
    ttl: Option<u32>,
    security: Security,
}

impl Prover {
    pub(super) fn new(anchors: Anchors, line: Arc<Line>) -> Self {
        let (state, judged) = (Mutex::default(), Cache::default());
        Self { anchors, asker: Asker::new(line), state, judged }
    }

    /// What a name has of a type, and what that is worth; `None` where nothing can be validated,
    /// because the servers asked hand out no signatures of the root.
    pub(super) async fn prove(
        &self,
        name: &str,
        record: RecordType,
        whole: Duration,
    ) -> Option<Judged> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if let Some(judged) = self.judged.find(&name, record) {
            return Some(judged);
        }
        let validator = self.validator(whole).await?;
        let judged = self.follow(&validator, &name, record, Instant::now() + whole).await;
        self.judged.keep(name, record, &judged, judged.found.holds);
        Some(judged)
    }

    /// The validator, where the root's keys are there, signed, and those we trust. What was found
    /// out once stays in force while the servers are away: silence must not switch checks off.
    async fn validator(&self, whole: Duration) -> Option<Arc<Validator>> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        if let Some((until, validator)) = &*state
            && *until > now
        {
            return validator.clone();
        }
        let (made, trail) = Errand::run(now + whole.min(SILENT.0), self.make()).await;
        let known = state.take().and_then(|(_, validator)| validator);
        let (validator, holds) = match made {
            Some(made) => (Some(Arc::new(made)), ABLE),
            None if trail.failed.is_some() => (known, SILENT.1),
            None => {
                self.tell_unable();
                (None, UNABLE)
            }
        };
        *state = Some((Instant::now() + holds, validator.clone()));
        validator
    }

    /// Who names a trust anchor expects that it is used.
    fn tell_unable(&self) {
        let what = "the DNS servers asked hand out no signatures that begin with the trust anchor; \
                    DANE is not used";
        if self.anchors.is_given() {
            tracing::warn!("{what}");
        } else {
            tracing::info!("{what}");
        }
    }

    async fn make(&self) -> Option<Validator> {
        let query = Query::query(Name::root(), RecordType::DNSKEY);
        let message = self.asker.ask(&query).await.ok()?;
        let keys: Vec<DNSKEY> = message.answers.iter().filter_map(key).collect();
        if keys.is_empty() {
            return None;
        }
        let anchors = Arc::new(self.anchors.keys(&keys));
        let validator = DnssecDnsHandle::with_trust_anchor(self.asker.clone(), anchors)
            .validation_cache_size(VALIDATED)
            .negative_validation_ttl(Duration::from_secs(1)..=BOGUS);
        let answer = validator.lookup(query, options()).first_answer().await.ok()?;
        let keys: Vec<&Record> = answer.answers.iter().filter(|it| key(it).is_some()).collect();
        let are_ours = !keys.is_empty() && keys.iter().all(|it| it.proof.is_secure());
        are_ours.then_some(validator)
    }

    /// Asks for a name and for what it is an alias of. Each alias is a question of its own, so
    /// that nothing is believed of a name that was not asked for.
    async fn follow(
        &self,
        validator: &Validator,
        name: &str,
        record: RecordType,
        deadline: Instant,
    ) -> Judged {
        let (mut worth, mut ttl, mut evidence) = (Vec::new(), u32::MAX, Vec::new());
        let judged = |found, worth: &[Security], name| {
            let least = worth.iter().min().copied().unwrap_or(Security::Insecure);
            let entry = worth.first().copied().unwrap_or(least);
            Judged { found, security: least, entry, name }
        };
        let Ok(mut next) = Name::from_ascii(name) else {
            // A name that does not fit into a question does not exist.
            let found = Found::nothing(DnsOutcome::NxDomain, None, evidence);
            return judged(found, &[], name.to_owned());
        };
        for _ in 0..ALIASES {
            next.set_fqdn(true);
            let (step, mut trail) = Errand::run(deadline, step(validator, &next, record)).await;
            let step = weigh(step, &mut trail, &next, record);
            evidence.append(&mut trail.evidence);
            worth.push(step.security);
            let at = text(&next);
            match (step.outcome, step.alias) {
                (DnsOutcome::Answer, Some(target)) => {
                    ttl = ttl.min(step.ttl.unwrap_or(0));
                    next = target;
                }
                (DnsOutcome::Answer, None) => {
                    let ttl = ttl.min(step.ttl.unwrap_or(0));
                    return judged(Found::records(step.records, ttl, evidence), &worth, at);
                }
                (outcome, _) => {
                    return judged(Found::nothing(outcome, step.ttl, evidence), &worth, at);
                }
            }
        }
        judged(Found::nothing(DnsOutcome::ServFail, None, evidence), &worth, text(&next))
    }
}

fn key(record: &Record) -> Option<DNSKEY> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key.clone()),
        _ => None,
    }
}

fn options() -> DnsRequestOptions {
    DnsRequestOptions::default()
}

/// Tells "does not hold" from "a question was not answered", and writes it down at the question
/// that it is about.
fn weigh(mut step: Step, trail: &mut Trail, name: &Name, record: RecordType) -> Step {
    if step.outcome == DnsOutcome::Bogus
        && let Some(failed) = trail.failed
    {
        (step.outcome, step.security) = (failed, Security::Indeterminate);
    }
    let (asked, of) = (text(name), <&'static str>::from(record));
    for evidence in &mut trail.evidence {
        if let Evidence::Dns { name, record, outcome, .. } = evidence
            && (name.as_str(), *record) == (asked.as_str(), of)
            && step.outcome != DnsOutcome::Answer
        {
            *outcome = step.outcome;
        }
    }
    step
}

async fn step(validator: &Validator, name: &Name, record: RecordType) -> Step {
    let query = Query::query(name.clone(), record);
    let answer = match validator.lookup(query, options()).first_answer().await {
        Ok(answer) => answer,
        // RFC 5155 §10.3, RFC 9276 §3.2: signed, but in a way that counts as not signed.
        Err(NetError::Dns(DnsError::Nsec { response, proof: Proof::Insecure, .. })) => {
            return read(&response, name, record, Some(Security::Insecure));
        }
        Err(_) => return bogus(),
    };
    let is_alias = answer.answers.iter().any(|it| it.record_type() == RecordType::CNAME);
    if is_alias && answer.answers.iter().any(|it| is_expanded(it, name)) {
        // Of an alias that a wildcard made the proof is in the answer to the question for it.
        let query = Query::query(name.clone(), RecordType::CNAME);
        return match validator.lookup(query, options()).first_answer().await {
            Ok(answer) => read(&answer, name, record, None),
            Err(_) => bogus(),
        };
    }
    read(&answer, name, record, None)
}

fn bogus() -> Step {
    let (outcome, security) = (DnsOutcome::Bogus, Security::Bogus);
    Step { outcome, records: Vec::new(), alias: None, ttl: None, security }
}

/// What a validated answer says; `known` is what it is worth where that is clear.
fn read(answer: &DnsResponse, name: &Name, record: RecordType, known: Option<Security>) -> Step {
    let of = |wanted: RecordType| {
        let found = answer.answers.iter();
        found.filter(move |it| it.record_type() == wanted && it.name == *name)
    };
    let is_alias = of(record).next().is_none();
    let found: Vec<&Record> =
        if is_alias { of(RecordType::CNAME).collect() } else { of(record).collect() };
    let ttl = found.iter().map(|it| it.ttl).min();
    let worth = found.iter().map(|it| Security::from(it.proof)).min();
    let Some(security) = known.filter(|_| !found.is_empty()).or(worth) else {
        return nothing(answer, name, known);
    };
    if matches!(security, Security::Bogus | Security::Indeterminate) {
        return bogus();
    }
    let alias = found.iter().find_map(|it| match &it.data {
        RData::CNAME(target) if is_alias => Some(target.0.clone()),
        _ => None,
    });
    let records = found.iter().map(|it| it.data.clone()).collect();
    Step { outcome: DnsOutcome::Answer, records, alias, ttl, security }
}

/// What it is worth that there is nothing.
fn nothing(answer: &DnsResponse, name: &Name, known: Option<Security>) -> Step {
    let outcome = match answer.metadata.response_code {
        ResponseCode::NXDomain => DnsOutcome::NxDomain,
        _ => DnsOutcome::NoData,
    };
    let authorities = &answer.authorities;
    let is_proof = |it: &&Record| matches!(it.record_type(), RecordType::NSEC | RecordType::NSEC3);
    let is_secure = authorities.iter().filter(is_proof).any(|it| it.proof.is_secure());
    // Without proof it is believed only where the zone that says so is known to be unsigned, and
    // the name lies in it.
    let is_unsigned =
        |it: &Record| it.proof.is_insecure() && !is_proof(&it) && it.name.zone_of(name);
    let is_insecure = authorities.is_empty() || authorities.iter().any(is_unsigned);
    let security = match known {
        Some(known) => known,
        None if is_secure => Security::Secure,
        None if is_insecure => Security::Insecure,
        None => return bogus(),
    };
    let ttl = authorities.iter().find_map(|it| match &it.data {
        RData::SOA(soa) => Some(it.ttl.min(soa.minimum)),
        _ => None,
    });
    Step { outcome, records: Vec::new(), alias: None, ttl, security }
}
