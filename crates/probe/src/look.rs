//! Looks up what bounces name: chains of questions side by side, each bounded.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Certainty, Code};
use hikyaku_doctor::LookUp;
use hikyaku_net::Resolver;
use hikyaku_senderauth::Answers;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long one question may take.
const QUESTION: Duration = Duration::from_secs(3);
/// How long all questions of one look-up may take, which may need one another.
const CHAIN: Duration = Duration::from_secs(6);
/// The most look-ups side by side: a DNS server is a shared good.
const SIDE_BY_SIDE: usize = 32;

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
    let mut answers = Answers::default();
    let judged = resolver.inquire(&mut answers, Instant::now() + CHAIN, |it| look_up.judge(it));
    judged.await.unwrap_or_else(|| {
        vec![Cause { certainty: Certainty::Unknown, ..Cause::proven(Code::DnsUnchecked) }]
    })
}
