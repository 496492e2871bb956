//! Whether port 25 of the world can be reached from here at all, by address family.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, ConnectOutcome, Evidence, KeptCause};
use hikyaku_route::{Attempt, Family, PathJudge, PathSettings};
use hikyaku_store::Selection;

use super::Shared;

/// How long a control host may take.
const CONTROL_TIMEOUT: Duration = Duration::from_secs(10);

/// The judge of the way out, and its clock.
#[derive(Debug)]
pub(super) struct Path {
    started: Instant,
    port: u16,
    judge: Mutex<PathJudge>,
}

impl Path {
    pub(super) fn new(port: u16) -> Self {
        let judge = PathJudge::new(PathSettings::new(port));
        Self { started: Instant::now(), port, judge: Mutex::new(judge) }
    }

    /// The verdict that keeps an address from being tried now; `None`: it may be tried. A relay at
    /// another port is the way round a blocked one.
    pub(super) fn blocked(&self, address: SocketAddr) -> Option<Cause> {
        if address.port() != self.port {
            return None;
        }
        self.judge().verdict(Family::from(address.ip())).cloned()
    }

    /// The addresses that tell whether the verdicts still hold, where it is time to try one.
    fn to_probe(&self) -> Vec<SocketAddr> {
        let now = self.started.elapsed();
        let mut judge = self.judge();
        let peers = [Family::V4, Family::V6].map(|family| judge.probe(now, family));
        peers.into_iter().flatten().map(|peer| SocketAddr::new(peer.ip, peer.port)).collect()
    }

    /// The verdicts that stand, by the name they are kept under.
    pub(super) fn verdicts(&self) -> Vec<(&'static str, Option<Cause>)> {
        let judge = self.judge();
        [("path.v4", Family::V4), ("path.v6", Family::V6)]
            .map(|(name, family)| (name, judge.verdict(family).cloned()))
            .to_vec()
    }

    fn judge(&self) -> MutexGuard<'_, PathJudge> {
        self.judge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the judge of an attempt that has ended, and asks the control hosts where that is due.
pub(super) async fn attempted(shared: &Arc<Shared>, evidence: &[Evidence]) {
    let Some(attempt) = attempt(evidence) else { return };
    let path = &shared.path;
    let changed = path.judge().attempt(path.started.elapsed(), attempt);
    if changed {
        announce(shared).await;
    }
    let wanted = path.judge().wants_control(path.started.elapsed());
    if let Some(family) = wanted {
        let attempts = ask_control(shared, family).await;
        let changed = path.judge().control(family, &attempts);
        if changed {
            announce(shared).await;
        }
    }
}

/// Sees whether the verdicts that stand still hold; what they kept back is due once one does not.
pub(super) fn probe(shared: &Arc<Shared>) {
    for address in shared.path.to_probe() {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let evidence = match hikyaku_net::dial(address, shared.setup.limits.connect).await {
                Ok(connection) => vec![connection.opened()],
                Err(cause) => cause.evidence,
            };
            attempted(&shared, &evidence).await;
        });
    }
}

fn attempt(evidence: &[Evidence]) -> Option<Attempt> {
    evidence.iter().find_map(|evidence| match evidence {
        Evidence::Connect { peer, outcome, milliseconds } => {
            Some(Attempt { peer: *peer, outcome: *outcome, milliseconds: *milliseconds })
        }
        _ => None,
    })
}

/// Connects to each control host of a family, and closes.
async fn ask_control(shared: &Shared, family: Family) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for control in &shared.setup.control {
        let Some((host, port)) = control.rsplit_once(':') else { continue };
        let (Ok(port), host) = (port.parse(), host.trim_matches(['[', ']'])) else { continue };
        let found = match host.parse::<IpAddr>() {
            Ok(ip) => vec![ip],
            Err(_) => shared.setup.resolver.addresses(host).await.records,
        };
        let Some(ip) = found.into_iter().find(|ip| Family::from(*ip) == family) else { continue };
        let dialled = hikyaku_net::dial(SocketAddr::new(ip, port), CONTROL_TIMEOUT).await;
        let evidence = match dialled {
            Ok(connection) => vec![connection.opened()],
            Err(cause) => cause.evidence,
        };
        let answered = attempt(&evidence);
        let is_open = answered.as_ref().is_some_and(|it| it.outcome == ConnectOutcome::Open);
        attempts.extend(answered);
        if is_open {
            break;
        }
    }
    attempts
}

/// Says in the log what has changed, and keeps it where commands find it.
async fn announce(shared: &Arc<Shared>) {
    let verdicts = shared.path.verdicts();
    let is_free = verdicts.iter().any(|(_, verdict)| verdict.is_none());
    for (name, verdict) in verdicts {
        if let Some(cause) = &verdict {
            tracing::error!(code = %cause.code, path = name, evidence = ?cause.evidence,
                "mail to other servers is kept");
        } else {
            tracing::info!(path = name, "nothing stands against this way out");
        }
        let kept = verdict.as_ref().map(KeptCause::from);
        if let Err(fault) = shared.setup.store.set_verdict(name, kept).await {
            tracing::warn!(code = %fault.cause().code, "a verdict cannot be kept");
        }
    }
    if is_free {
        retry(shared, Selection::Unreached).await;
    }
}

/// Makes what waits due now.
pub(super) async fn retry(shared: &Shared, selection: Selection) {
    match shared.setup.store.queue_retry(selection).await {
        Ok(changed) => {
            tracing::info!(recipients = changed.recipients, "due now: the way out has changed");
        }
        Err(fault) => {
            tracing::warn!(code = %fault.cause().code, "what waits is tried as it was planned");
        }
    }
    shared.wake.notify_one();
}

/// At the start nothing is known: what an earlier run found may be over.
pub(super) async fn forget(shared: &Arc<Shared>) {
    for (name, _) in shared.path.verdicts() {
        if shared.setup.store.set_verdict(name, None).await.is_err() {
            return;
        }
    }
}
