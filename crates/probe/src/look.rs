//! Looks up what bounces name: chains of questions side by side, each bounded.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Certainty, Code, DnsOutcome};
use hikyaku_doctor::LookUp;
use hikyaku_net::{Lookup, Resolver};
use hikyaku_senderauth::{Answer, Answers, Kind, Needed, Question, Records};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// How long one question may take.
const QUESTION: Duration = Duration::from_secs(3);
/// How long all questions of one look-up may take, which may need one another.
const CHAIN: Duration = Duration::from_secs(6);
/// The most look-ups side by side: a DNS server is a shared good.
const SIDE_BY_SIDE: usize = 32;
/// The most rounds of questions; no lawful record needs so many.
const ROUNDS: usize = 64;

/// Looks things up, each only once.
#[derive(Debug)]
pub struct LookUps {
    resolver: Arc<Resolver>,
    found: HashMap<LookUp, Vec<Cause>>,
}

impl LookUps {
    /// Asks this DNS server, or the system's.
    pub fn new(resolver: Option<SocketAddr>) -> Self {
        let resolver = Resolver::new(resolver).within(QUESTION);
        Self { resolver: Arc::new(resolver), found: HashMap::new() }
    }

    /// What was found, where it was looked up.
    pub fn found(&self, look_up: &LookUp) -> Vec<Cause> {
        self.found.get(look_up).cloned().unwrap_or_default()
    }

    /// Looks up all that was not looked up yet, side by side; says how many those were.
    pub async fn look_up(&mut self, wanted: impl IntoIterator<Item = LookUp>) -> usize {
        let gate = Arc::new(Semaphore::new(SIDE_BY_SIDE));
        let mut chains = JoinSet::new();
        let mut count = 0;
        for look_up in wanted {
            if self.found.contains_key(&look_up) {
                continue;
            }
            count += 1;
            self.found.insert(look_up.clone(), Vec::new());
            let (resolver, gate) = (Arc::clone(&self.resolver), Arc::clone(&gate));
            chains.spawn(async move {
                // The gate is never closed.
                let _open = gate.acquire().await;
                let causes = chain(&look_up, &resolver).await;
                (look_up, causes)
            });
        }
        self.found.extend(chains.join_all().await);
        count
    }
}

/// One look-up: what it needs is asked until it needs no more. After its time every question is
/// one that was not answered.
async fn chain(look_up: &LookUp, resolver: &Arc<Resolver>) -> Vec<Cause> {
    let until = Instant::now() + CHAIN;
    let mut answers = Answers::default();
    for _ in 0..ROUNDS {
        let Needed(questions) = match look_up.judge(&answers) {
            Ok(causes) => return causes,
            Err(needed) => needed,
        };
        let mut asked = JoinSet::new();
        for question in questions {
            let resolver = Arc::clone(resolver);
            asked.spawn(async move {
                let answer = timeout_at(until, ask(&resolver, &question)).await;
                let answer = answer.unwrap_or_else(|_| Answer::without(DnsOutcome::TimedOut));
                (question, answer)
            });
        }
        for (question, answer) in asked.join_all().await {
            answers.put(question, answer);
        }
    }
    vec![Cause { certainty: Certainty::Unknown, ..Cause::proven(Code::DnsUnchecked) }]
}

async fn ask(resolver: &Resolver, question: &Question) -> Answer {
    let name = question.name.as_str();
    match question.kind {
        Kind::Txt => answer(resolver.texts(name).await, Records::Texts),
        Kind::Mx => answer(resolver.mail_servers(name).await, Records::Names),
        Kind::A => answer(resolver.v4(name).await, Records::Addresses),
        Kind::Aaaa => answer(resolver.v6(name).await, Records::Addresses),
        Kind::Ptr => answer(resolver.names(name).await, |names| {
            Records::Names(names.into_iter().map(|name| (0, name)).collect())
        }),
    }
}

fn answer<T>(found: Lookup<T>, records: impl FnOnce(T) -> Records) -> Answer {
    let records =
        if found.outcome == DnsOutcome::Answer { records(found.records) } else { Records::None };
    Answer { outcome: found.outcome, records, evidence: found.evidence }
}
