//! The questions of a validation: asked of our own servers, written down, remembered.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, Stream};
use hickory_net::proto::dnssec::rdata::DNSSECRData;
use hickory_net::proto::op::{DnsRequest, DnsResponse};
use hickory_net::runtime::TokioRuntimeProvider;
use hickory_net::{DnsHandle, NetError};
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hikyaku_cause::{DnsOutcome, Evidence};
use tokio::time::{Duration, Instant};

use super::super::cache::Cache;
use super::super::exchange::Question;
use super::super::line::Line;
use super::super::text;

/// The longest that keys and delegations are remembered.
const LONGEST: Duration = Duration::from_hours(1);

tokio::task_local! {
    /// What the questions of this task belong to.
    static ERRAND: Arc<Errand>;
}

/// One look-up with all the questions that its validation takes.
#[derive(Debug)]
pub(super) struct Errand {
    deadline: Instant,
    trail: Mutex<Trail>,
}

/// What was asked, and the worst that came of it.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) evidence: Vec<Evidence>,
    /// That a question got no answer.
    pub(super) failed: Option<DnsOutcome>,
}

impl Errand {
    /// Does `work`, whose questions are over at `deadline`; returns what was asked as well.
    pub(super) async fn run<T>(deadline: Instant, work: impl Future<Output = T>) -> (T, Trail) {
        let errand = Arc::new(Self { deadline, trail: Mutex::default() });
        let done = ERRAND.scope(Arc::clone(&errand), work).await;
        let trail = std::mem::take(&mut *errand.trail());
        (done, trail)
    }

    fn trail(&self) -> std::sync::MutexGuard<'_, Trail> {
        self.trail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks what a validation wants to know.
#[derive(Clone)]
pub(super) struct Asker {
    line: Arc<Line>,
    /// Keys and delegations, which belong to many look-ups.
    kept: Arc<Cache<Arc<Message>>>,
}

impl Asker {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, kept: Arc::default() }
    }

    /// The answer as it came, less what plays no part in it.
    pub(super) async fn ask(&self, query: &Query) -> Result<Arc<Message>, NetError> {
        let (name, record) = (text(query.name()), query.query_type());
        if let Some(message) = self.kept.find(&name, record) {
            return Ok(message);
        }
        let errand = ERRAND.try_with(Arc::clone);
        let errand = errand.map_err(|_| NetError::Message("a question of no look-up"))?;
        // RFC 4035 §3.2.2, RFC 6840 §5.9: what does not hold is to be seen, and judged here.
        let question =
            Question { name: query.name(), record, checking_disabled: true, dnssec_ok: true };
        let asked = Instant::now();
        let told = self.line.ask(&question, errand.deadline).await;
        let mut trail = errand.trail();
        trail.evidence.push(Evidence::Dns {
            name: name.clone(),
            record: record.into(),
            outcome: told.outcome,
            server: told.server.map(|server| server.to_string()),
            milliseconds: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
        });
        let Some(mut message) = told.message else {
            trail.failed = Some(told.outcome);
            return Err(NetError::Message("no answer"));
        };
        drop(trail);
        trim(&mut message, query);
        let message = Arc::new(message);
        if matches!(record, RecordType::DNSKEY | RecordType::DS | RecordType::NS) {
            self.kept.keep(name, record, &message, holds(&message));
        }
        Ok(message)
    }
}

impl DnsHandle for Asker {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, request: DnsRequest) -> Self::Response {
        let asker = self.clone();
        Box::pin(stream::once(async move {
            let query = request.queries.first().ok_or(NetError::Message("no question"))?;
            let message = asker.ask(query).await?;
            Ok(DnsResponse::from_message(Message::clone(&message))?)
        }))
    }
}

/// Leaves what the question is about: each record that stays costs a validation of its own, and
/// what stands there beside (RFC 4035 §3.1.1) is asked for where it is wanted.
fn trim(message: &mut Message, query: &Query) {
    let (name, wanted) = (query.name(), query.query_type());
    message.additionals.clear();
    let is_wanted = |record: RecordType| record == wanted || record == RecordType::CNAME;
    message.answers.retain(|it| it.name == *name && is_wanted(covered(it)));
    let has_answer = message.answers.iter().any(|it| is_wanted(it.record_type()));
    // RFC 4035 §5.3.4: only what a wildcard made needs the proof that nothing else is there.
    if has_answer && !message.answers.iter().any(|it| is_expanded(it, name)) {
        message.authorities.clear();
    }
    // What says that there is nothing is of a zone that the name lies in.
    message.authorities.retain(|it| {
        let by_hash_or_gap = matches!(covered(it), RecordType::NSEC | RecordType::NSEC3);
        by_hash_or_gap || (covered(it) == RecordType::SOA && it.name.zone_of(name))
    });
}

/// The type of a record, of a signature that of what it signs.
fn covered(record: &Record) -> RecordType {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => signature.input().type_covered,
        data => data.record_type(),
    }
}

/// Whether a signature says that its record was made by a wildcard (RFC 4034 §3.1.3).
pub(super) fn is_expanded(record: &Record, name: &Name) -> bool {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => {
            signature.input().num_labels < name.num_labels()
        }
        _ => false,
    }
}

fn holds(message: &Message) -> Duration {
    let all = message.answers.iter().chain(&message.authorities);
    let least = all.map(|it| it.ttl).min().unwrap_or(0);
    Duration::from_secs(least.into()).min(LONGEST)
}
