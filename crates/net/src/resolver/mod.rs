//! Questions to the DNS, with every way they can end told apart.

mod cache;
mod exchange;
mod inquiry;
mod line;
mod more;
mod secure;
mod servers;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence};
use hikyaku_mail::Domain;
use tokio::time::{Duration, Instant};

use cache::{Cache, Found};
use exchange::Question;
use line::{Line, Told, weight};
use secure::Prover;
pub use secure::{AnchorFault, Anchors, Proven, Security};

/// How long a lookup may take in all.
const WHOLE: Duration = Duration::from_secs(10);
/// How long one server is waited for the first, second and third time.
const WAITS: [Duration; 3] =
    [Duration::from_secs(2), Duration::from_secs(3), Duration::from_secs(5)];
/// The most aliases that are followed where the server does not follow them itself.
const ALIASES: usize = 8;

/// What came of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup<T> {
    /// How it ended.
    pub outcome: DnsOutcome,
    /// The records; none unless the outcome is [`DnsOutcome::Answer`].
    pub records: T,
    /// Every question and how it ended.
    pub evidence: Vec<Evidence>,
}

impl<T> Lookup<T> {
    /// Why there is no record, if there is none.
    pub fn cause(&self) -> Option<Cause> {
        let code = cause_of(self.outcome)?;
        Some(self.evidence.iter().cloned().fold(Cause::proven(code), Cause::with))
    }
}

/// What it means for mail to a domain that its lookup ended so; `None` for an answer.
pub fn cause_of(outcome: DnsOutcome) -> Option<Code> {
    match outcome {
        DnsOutcome::Answer => None,
        DnsOutcome::NxDomain => Some(Code::DnsDomainMissing),
        DnsOutcome::NoData => Some(Code::DnsMailNone),
        DnsOutcome::ServFail => Some(Code::DnsServfail),
        DnsOutcome::Refused => Some(Code::DnsRefused),
        DnsOutcome::Bogus => Some(Code::DnsBogus),
        DnsOutcome::TimedOut => Some(Code::DnsTimeout),
        DnsOutcome::Unreachable => Some(Code::DnsResolverUnreachable),
    }
}

/// Asks recursive servers and remembers what they said, for as long as they allow.
#[derive(Debug)]
pub struct Resolver {
    line: Arc<Line>,
    cache: Cache<Found>,
    whole: Duration,
    /// Absent where nothing is validated here.
    prover: Option<Prover>,
}

/// Whether a validating server may hide what it cannot prove (RFC 4035 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checking {
    Enabled,
    Disabled,
}

impl Resolver {
    /// Asks this server, or those of the system's `/etc/resolv.conf`, which is read again when it
    /// changes.
    pub fn new(server: Option<SocketAddr>) -> Self {
        let line = Arc::new(Line::new(server, WAITS));
        Self { line, cache: Cache::default(), whole: WHOLE, prover: None }
    }

    /// The same, for somebody who waits: a lookup takes no longer than this in all, and a silent
    /// server is asked twice.
    #[must_use]
    pub fn within(mut self, whole: Duration) -> Self {
        self.whole = whole;
        let waits = [whole.mul_f64(0.4), whole.mul_f64(0.6), Duration::ZERO];
        self.line = Arc::new(self.line.with(waits));
        self
    }

    /// The MX records of a domain: preference and name, `.` for the root. Their order means
    /// nothing.
    pub async fn mx(&self, domain: &Domain) -> Lookup<Vec<(u16, String)>> {
        self.mail_servers(domain.as_str()).await
    }

    /// The SRV records of a service (RFC 2782): priority, weight, port and target, `.` for none.
    pub async fn srv(&self, name: &str) -> Lookup<Vec<(u16, u16, u16, String)>> {
        let found = self.lookup(name, RecordType::SRV).await;
        let records = found.records.iter().filter_map(|data| match data {
            RData::SRV(srv) => Some((srv.priority, srv.weight, srv.port, text(&srv.target))),
            _ => None,
        });
        let records = records.collect();
        Lookup { outcome: found.outcome, records, evidence: found.evidence }
    }

    /// The addresses of a host, IPv6 and IPv4 in turn. One family is enough for an answer. An
    /// address stands for itself.
    pub async fn addresses(&self, name: &str) -> Lookup<Vec<IpAddr>> {
        if let Ok(ip) = name.parse() {
            let outcome = DnsOutcome::Answer;
            return Lookup { outcome, records: vec![ip], evidence: Vec::new() };
        }
        let (v6, v4) =
            tokio::join!(self.lookup(name, RecordType::AAAA), self.lookup(name, RecordType::A));
        let outcome = both(v6.outcome, v4.outcome);
        let mut v4_addresses = addresses(&v4.records);
        let mut records = Vec::new();
        for ip in addresses(&v6.records) {
            records.push(ip);
            records.extend(v4_addresses.next());
        }
        records.extend(v4_addresses);
        let evidence = v6.evidence.into_iter().chain(v4.evidence).collect();
        Lookup { outcome, records, evidence }
    }

    async fn lookup(&self, name: &str, record: RecordType) -> Found {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if let Some(found) = self.cache.find(&name, record) {
            return found;
        }
        let found = self.follow(&name, record).await;
        self.cache.keep(name, record, &found, found.holds);
        found
    }

    /// Asks for a name and, where the server leaves that to us, for what it is an alias of.
    async fn follow(&self, name: &str, record: RecordType) -> Found {
        let deadline = Instant::now() + self.whole;
        let mut evidence = Vec::new();
        let mut ttl = u32::MAX;
        let Ok(mut next) = Name::from_ascii(name) else {
            // A name that does not fit into a question does not exist.
            return Found::nothing(DnsOutcome::NxDomain, None, evidence);
        };
        for _ in 0..ALIASES {
            next.set_fqdn(true);
            let asked = Instant::now();
            let told = self.ask(&next, record, deadline).await;
            let read = told.message.map(|message| read(&message, &next, record));
            let outcome = match (&read, told.outcome) {
                // Aliases that end in nothing.
                (Some(Read::Nothing(_)), DnsOutcome::Answer) => DnsOutcome::NoData,
                (_, outcome) => outcome,
            };
            evidence.push(Evidence::Dns {
                name: text(&next),
                record: record.into(),
                outcome,
                server: told.server.map(|server| server.to_string()),
                milliseconds: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
            });
            match read {
                None => return Found::nothing(outcome, None, evidence),
                Some(Read::Records(records, own)) => {
                    return Found::records(records, ttl.min(own), evidence);
                }
                Some(Read::Nothing(own)) => return Found::nothing(outcome, own, evidence),
                Some(Read::Alias(target, own)) => {
                    ttl = ttl.min(own);
                    next = target;
                }
            }
        }
        Found::nothing(DnsOutcome::ServFail, None, evidence)
    }

    async fn ask(&self, name: &Name, record: RecordType, deadline: Instant) -> Told {
        let mut told = self.ask_servers((name, record), Checking::Enabled, deadline).await;
        if told.outcome != DnsOutcome::ServFail {
            return told;
        }
        // RFC 4035 §4.9.1 (and RFC 6840 §5.9): a server that validates answers when told not to
        // check. Asking once more as before tells a bad signature from a fault that has passed.
        let unchecked = self.ask_servers((name, record), Checking::Disabled, deadline).await;
        if unchecked.message.is_none() {
            return told;
        }
        let again = self.ask_servers((name, record), Checking::Enabled, deadline).await;
        if again.message.is_some() {
            return again;
        }
        if again.outcome == DnsOutcome::ServFail {
            told.outcome = DnsOutcome::Bogus;
        }
        told
    }

    async fn ask_servers(
        &self,
        (name, record): (&Name, RecordType),
        checking: Checking,
        deadline: Instant,
    ) -> Told {
        let checking_disabled = checking == Checking::Disabled;
        let question = Question { name, record, checking_disabled, dnssec_ok: false };
        self.line.ask(&question, deadline).await
    }
}

/// Two families as one: an answer is one, a missing name is missing for both, and that there is no
/// record is known only if both say so.
fn both(one: DnsOutcome, other: DnsOutcome) -> DnsOutcome {
    let (less, more) = if weight(one) < weight(other) { (one, other) } else { (other, one) };
    match more {
        DnsOutcome::NoData => less,
        _ => more,
    }
}

/// What a message holds for a question.
enum Read {
    Records(Vec<RData>, u32),
    Nothing(Option<u32>),
    Alias(Name, u32),
}

fn read(message: &Message, name: &Name, record: RecordType) -> Read {
    let mut name = name.clone();
    let mut ttl = u32::MAX;
    // RFC 1034 §3.6.2: a server puts the whole chain of aliases it knows into the answer.
    for _ in 0..=message.answers.len() {
        let own = message.answers.iter().filter(|answer| answer.name == name);
        let wanted: Vec<_> = own.clone().filter(|it| it.record_type() == record).collect();
        if !wanted.is_empty() {
            let ttl = wanted.iter().map(|it| it.ttl).min().unwrap_or(0).min(ttl);
            return Read::Records(wanted.into_iter().map(|it| it.data.clone()).collect(), ttl);
        }
        let mut alias = own.filter_map(|it| match &it.data {
            RData::CNAME(target) => Some((target.0.clone(), it.ttl)),
            _ => None,
        });
        let Some((target, own)) = alias.next_back() else { break };
        (name, ttl) = (target, ttl.min(own));
    }
    // RFC 2308 §5: how long "there is none" holds.
    let negative = message.authorities.iter().find_map(|it| match &it.data {
        RData::SOA(soa) => Some(it.ttl.min(soa.minimum)),
        _ => None,
    });
    let is_error = message.metadata.response_code != ResponseCode::NoError;
    if ttl == u32::MAX || negative.is_some() || is_error {
        return Read::Nothing(negative);
    }
    Read::Alias(name, ttl)
}

fn addresses(records: &[RData]) -> impl Iterator<Item = IpAddr> {
    records.iter().filter_map(|data| match data {
        RData::A(a) => Some(a.0.into()),
        RData::AAAA(aaaa) => Some(aaaa.0.into()),
        _ => None,
    })
}

/// A name as it is written, with its final dot left out unless it is the root.
fn text(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    match text.strip_suffix('.') {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
