//! One way to one destination: plan, connect, lease, hand over, as long as there is more.

use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_net::{ClientConnection, Handshake, drive_client};
use hikyaku_smtp::{Client, ClientTls};
use hikyaku_store::{Outcome, REGARDLESS};
use jiff::Timestamp;

use super::Shared;
use super::board::Place as Slot;
use super::dane::{self, Reach};
use super::fate::{self, Place};
use super::handover::World;
use super::own;
use super::path;
use super::plan::{self, Route, Stop};
use super::promise::{Promise, Seen};

/// Recipients leased at once.
pub(super) const LEASE: usize = 50;

/// How a courier came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A host took up the dialogue, or there was nothing to do.
    Served,
    /// No host did.
    Failed,
    /// All places at the hosts are taken.
    Full,
}

/// Goes to a destination and comes back.
pub(super) async fn run(shared: Arc<Shared>, destination: String) {
    let arrival = go(&shared, &destination).await;
    shared.board.arrive(&destination, arrival);
    shared.wake.notify_one();
}

async fn go(shared: &Arc<Shared>, destination: &str) -> Arrival {
    let route = match plan::route(shared, destination).await {
        Ok(route) => route,
        Err(cause) => {
            let place = Place::default();
            give_up(shared, destination, cause, Outcome::NotTried, place).await;
            return Arrival::Failed;
        }
    };
    if let Some(cause) = route.refusal {
        let no_policy = route.promise.as_ref().and_then(Promise::missed);
        let place = Place { plan: route.plan, no_policy, ..Place::default() };
        give_up(shared, destination, cause, Outcome::NotTried, place).await;
        return Arrival::Failed;
    }
    let mut full = false;
    let (mut last, mut circle) = (None, None);
    let (fresh, avoided): (Vec<_>, Vec<_>) =
        route.stops.iter().partition(|stop| !shared.board.is_avoided(&stop.host));
    // RFC 5321 §5.1: from the host that turns out to be us on, mail would not come nearer.
    let mut nearer = route.stops.len();
    let rank = |stop: &Stop| route.stops.iter().position(|it| it.host == stop.host);
    for stop in fresh.into_iter().chain(avoided) {
        if rank(stop).is_none_or(|rank| rank >= nearer) {
            continue;
        }
        if shared.board.enter(&stop.host) == Slot::Full {
            full = true;
            continue;
        }
        let visited = visit(shared, destination, stop, &route).await;
        shared.board.leave(&stop.host);
        match visited {
            Ok(()) => return Arrival::Served,
            Err((cause, place)) if cause.code == Code::DnsMxLoop => {
                nearer = rank(stop).unwrap_or(0);
                circle = Some((cause, place));
            }
            Err(failed) => {
                shared.board.avoid(&stop.host);
                last = Some(failed);
            }
        }
    }
    if full && last.is_none() && nearer > 0 {
        return Arrival::Full;
    }
    match last.or(circle) {
        Some((cause, place)) => {
            give_up(shared, destination, cause, Outcome::Broken, place).await;
            Arrival::Failed
        }
        None if full => Arrival::Full,
        None => Arrival::Served,
    }
}

/// Postpones what is due, or gives it up, without any host having taken up the dialogue. What is
/// known of the destination before a host was asked is the same for all who are due there; a host
/// that was asked may take up the dialogue for the next ones.
async fn give_up(
    shared: &Arc<Shared>,
    destination: &str,
    cause: Cause,
    outcome: Outcome,
    place: Place,
) {
    let now = Timestamp::now();
    loop {
        let all = match shared.setup.store.queue_lease(destination, now, LEASE).await {
            Ok(all) => all,
            Err(fault) => {
                tracing::warn!(code = %fault.cause().code, "the queue cannot be read");
                return;
            }
        };
        let recipients: usize = all.iter().map(|leased| leased.entries.len()).sum();
        for leased in all {
            let (cause, place) = (cause.clone(), place.clone());
            fate::unreached(shared, leased, cause, outcome, place).await;
        }
        if recipients < LEASE || outcome != Outcome::NotTried || shared.board.is_closed() {
            return;
        }
    }
}

/// Tries the addresses of a host in turn.
async fn visit(
    shared: &Arc<Shared>,
    destination: &str,
    stop: &Stop,
    route: &Route,
) -> Result<(), (Cause, Place)> {
    let mut place = Place {
        host: Some(stop.host.clone()),
        no_policy: route.promise.as_ref().and_then(Promise::missed),
        plan: route.plan.clone(),
        ..Place::default()
    };
    let reach = match dane::reach(shared, stop).await {
        Ok(reach) => reach,
        Err(cause) => {
            if let Some(promise) = route.promise.as_ref() {
                shared.journal.unproven(promise, &stop.host, &cause);
            }
            return Err((cause, place));
        }
    };
    let addresses = plan::ordered(reach.addresses.clone(), stop.port());
    if !stop.is_relay
        && let Some(ours) = addresses.iter().find(|it| own::is_own(&shared.setup.listeners, **it))
    {
        place.address = Some(ours.to_string());
        let domain = destination.strip_suffix(REGARDLESS).unwrap_or(destination);
        return Err((own::circle(domain, &stop.host), place));
    }
    let mut last = None;
    for address in addresses {
        place.address = Some(address.to_string());
        if let Some(cause) = shared.path.blocked(address) {
            last = Some((cause, place.clone()));
            continue;
        }
        let mut tls = reach.tls;
        place.no_tls = None;
        loop {
            let connection = match hikyaku_net::dial(address, shared.setup.limits.connect).await {
                Ok(connection) => {
                    path::attempted(shared, &[connection.opened()]).await;
                    connection
                }
                Err(cause) => {
                    path::attempted(shared, &cause.evidence).await;
                    let cause = cause.with(Evidence::Host { name: stop.host.clone() });
                    last = Some((cause, place.clone()));
                    break;
                }
            };
            let session = Session { destination, stop, route, reach: &reach, tls, place: &place };
            match session.run(shared, connection).await {
                None => return Ok(()),
                // RFC 7435: opportunistic encryption must not keep mail from going where none is
                // to be had. What was seen is kept with the attempt.
                Some(cause) if is_tls(&cause) && tls == ClientTls::Opportunistic => {
                    tracing::info!(host = stop.host, code = %cause.code, "goes on without TLS");
                    place.no_tls = Some(KeptCause::from(&cause));
                    tls = ClientTls::Never;
                }
                Some(cause) => {
                    stop.note_refusal(shared, &cause);
                    last = Some((cause, place.clone()));
                    break;
                }
            }
        }
    }
    Err(last.unwrap_or_else(|| (Code::DnsMxUnusable.into(), place)))
}

/// One connection to a mail host.
struct Session<'a> {
    destination: &'a str,
    stop: &'a Stop,
    route: &'a Route,
    reach: &'a Reach,
    tls: ClientTls,
    place: &'a Place,
}

impl Session<'_> {
    /// Drives the connection to its end. Returns why nothing could be handed over, if that is so.
    async fn run(self, shared: &Arc<Shared>, connection: ClientConnection) -> Option<Cause> {
        let Self { destination, stop, route, reach, tls, place } = self;
        let mut world = World::new(shared, destination, place.clone());
        world.seen =
            Seen::of(&stop.host, reach.records().map(|it| (&*reach.name, it)), &connection);
        world.is_proven = route.is_proven(stop);
        let wire = Client::new(stop.settings(shared, tls));
        let handshake = Handshake {
            authorities: &shared.setup.tls,
            host: &reach.name,
            implicit: tls == ClientTls::Implicit,
            trust: reach.trust.clone(),
        };
        let broken = match drive_client(connection, wire, &mut world, handshake).await {
            hikyaku_net::Ended::Closed => None,
            hikyaku_net::Ended::Failed(cause) => Some(cause),
        };
        let seen = world.take_seen();
        let failed = world.finish(broken).await;
        let Some(promise) = &route.promise else { return failed.map(|it| reach.explain(it)) };
        // What goes without TLS because TLS had failed is no second session.
        if place.no_tls.is_none() {
            shared.journal.session(promise, &seen, failed.as_ref());
        }
        failed.map(|cause| match reach.records() {
            // RFC 8461 §2: where there are TLSA records, they count.
            Some(_) => reach.explain(cause),
            None => promise.broken(cause),
        })
    }
}

fn is_tls(cause: &Cause) -> bool {
    matches!(cause.code, Code::PeerTlsFailed | Code::PeerTlsUntrusted)
}
