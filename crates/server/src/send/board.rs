//! Who is on the way where: couriers by destination, connections by mail host.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::SendingLimits;
use super::courier::Arrival;

/// A host that could not be reached is passed over for so long, if there are others.
const AVOID: Duration = Duration::from_mins(1);
/// A host that does not know the chunks it announces is sent none for so long.
const WITHOUT_CHUNKS: Duration = Duration::from_hours(24);
/// The longest a destination rests after an attempt at its hosts failed.
const LONGEST_REST: Duration = Duration::from_mins(10);
/// A destination rests so long when all places at its hosts are taken.
const FULL: Duration = Duration::from_millis(200);
/// What `connections_per_minute` counts in.
const MINUTE: Duration = Duration::from_mins(1);

/// Shared by all couriers.
#[derive(Debug)]
pub(super) struct Board {
    limits: SendingLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    destinations: HashMap<String, Destination>,
    hosts: HashMap<String, Host>,
    couriers: usize,
    closed: bool,
}

#[derive(Debug, Default)]
struct Destination {
    couriers: usize,
    /// A courier found as much as it could take: there may be more.
    more: bool,
    failures: u32,
    rests_until: Option<Instant>,
}

#[derive(Debug, Default)]
struct Host {
    connections: usize,
    /// When connections of the last minute were made.
    made: VecDeque<Instant>,
    avoid_until: Option<Instant>,
    without_chunks_until: Option<Instant>,
}

/// Whether a connection to a host may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Yes; give it back.
    Taken,
    /// As many as are allowed stand already; they will take what is due.
    Full,
}

impl Board {
    pub(super) fn new(limits: SendingLimits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    /// No courier takes up anything new.
    pub(super) fn close(&self) {
        self.state().closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Couriers on their way.
    pub(super) fn couriers(&self) -> usize {
        self.state().couriers
    }

    /// Whether another courier would do nothing for this destination.
    pub(super) fn is_busy(&self, destination: &str) -> bool {
        let state = self.state();
        state.couriers >= self.limits.connections
            || state.destinations.get(destination).is_some_and(|found| {
                found.rests_until.is_some_and(|until| until > Instant::now())
                    || found.couriers >= self.limits.connections_per_host
                    || (found.couriers > 0 && !found.more)
            })
    }

    /// A courier sets out.
    pub(super) fn depart(&self, destination: &str) {
        let mut state = self.state();
        state.couriers += 1;
        let found = state.destinations.entry(destination.to_owned()).or_default();
        found.couriers += 1;
        found.more = false;
    }

    /// A courier has leased as much as it could take.
    pub(super) fn more(&self, destination: &str) {
        if let Some(found) = self.state().destinations.get_mut(destination) {
            found.more = true;
        }
    }

    /// A courier is back.
    pub(super) fn arrive(&self, destination: &str, arrival: Arrival) {
        let mut state = self.state();
        state.couriers = state.couriers.saturating_sub(1);
        let Some(found) = state.destinations.get_mut(destination) else { return };
        found.couriers = found.couriers.saturating_sub(1);
        match arrival {
            Arrival::Served => {
                found.failures = 0;
                found.rests_until = None;
            }
            // Those who have the places take what is due, or a place becomes free.
            Arrival::Full => found.rests_until = Instant::now().checked_add(FULL),
            Arrival::Failed => {
                found.failures += 1;
                let rest = self.limits.first_wait.saturating_mul(1 << found.failures.min(8)) / 2;
                found.rests_until = Instant::now().checked_add(rest.min(LONGEST_REST));
            }
        }
        if found.couriers == 0 && found.rests_until.is_none() {
            state.destinations.remove(destination);
        }
    }

    /// Somebody wants these tried now, whatever happened before.
    pub(super) fn disturb(&self, destination: &str) {
        let mut state = self.state();
        if let Some(found) = state.destinations.get_mut(destination) {
            found.rests_until = None;
        }
        // Which hosts the destination has is not known here; giving all another chance costs
        // one attempt each.
        state.hosts.values_mut().for_each(|host| host.avoid_until = None);
    }

    /// Wants to connect to a host.
    pub(super) fn enter(&self, host: &str) -> Place {
        let mut state = self.state();
        let now = Instant::now();
        let found = state.hosts.entry(host.to_owned()).or_default();
        while found.made.front().is_some_and(|made| now.duration_since(*made) > MINUTE) {
            found.made.pop_front();
        }
        let per_minute = self.limits.connections_per_minute;
        if found.connections >= self.limits.connections_per_host
            || (per_minute > 0 && found.made.len() >= per_minute)
        {
            return Place::Full;
        }
        found.connections += 1;
        if per_minute > 0 {
            found.made.push_back(now);
        }
        Place::Taken
    }

    /// A connection to a host is over.
    pub(super) fn leave(&self, host: &str) {
        if let Some(found) = self.state().hosts.get_mut(host) {
            found.connections = found.connections.saturating_sub(1);
        }
    }

    /// A host did not take up the dialogue.
    pub(super) fn avoid(&self, host: &str) {
        let until = Instant::now().checked_add(AVOID);
        self.state().hosts.entry(host.to_owned()).or_default().avoid_until = until;
    }

    /// Whether a host is passed over while there are others.
    pub(super) fn is_avoided(&self, host: &str) -> bool {
        let now = Instant::now();
        let state = self.state();
        state.hosts.get(host).is_some_and(|it| it.avoid_until.is_some_and(|until| until > now))
    }

    /// A host announces CHUNKING (RFC 3030) and refuses chunks.
    pub(super) fn avoid_chunks(&self, host: &str) {
        let until = Instant::now().checked_add(WITHOUT_CHUNKS);
        self.state().hosts.entry(host.to_owned()).or_default().without_chunks_until = until;
    }

    /// Whether a host may be sent chunks, if it announces that it takes them.
    pub(super) fn takes_chunks(&self, host: &str) -> bool {
        let now = Instant::now();
        let state = self.state();
        let until = state.hosts.get(host).and_then(|it| it.without_chunks_until);
        until.is_none_or(|until| until <= now)
    }

    /// Forgets what is over.
    pub(super) fn tidy(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.hosts.retain(|_, host| {
            host.connections > 0
                || host.avoid_until.is_some_and(|until| until > now)
                || host.without_chunks_until.is_some_and(|until| until > now)
                || host.made.back().is_some_and(|made| now.duration_since(*made) < MINUTE)
        });
        state.destinations.retain(|_, it| {
            // A destination that rests keeps its count of failures a while longer.
            it.couriers > 0 || it.rests_until.is_some_and(|until| until + 2 * LONGEST_REST > now)
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn couriers_are_added_only_where_there_is_more() {
        let board = Board::new(SendingLimits { connections_per_host: 2, ..Default::default() });
        assert!(!board.is_busy("a.test"));
        board.depart("a.test");
        assert!(board.is_busy("a.test"));
        board.more("a.test");
        assert!(!board.is_busy("a.test"));
        board.depart("a.test");
        board.more("a.test");
        assert!(board.is_busy("a.test"), "two are enough");
        board.arrive("a.test", Arrival::Served);
        board.arrive("a.test", Arrival::Failed);
        assert!(board.is_busy("a.test"), "it rests");
        board.disturb("a.test");
        assert!(!board.is_busy("a.test"));
    }

    #[test]
    fn a_host_has_so_many_places() {
        let limits = SendingLimits {
            connections_per_host: 2,
            connections_per_minute: 3,
            ..Default::default()
        };
        let board = Board::new(limits);
        assert_eq!(board.enter("mx.test"), Place::Taken);
        assert_eq!(board.enter("mx.test"), Place::Taken);
        assert_eq!(board.enter("mx.test"), Place::Full);
        board.leave("mx.test");
        assert_eq!(board.enter("mx.test"), Place::Taken);
        board.leave("mx.test");
        assert_eq!(board.enter("mx.test"), Place::Full, "three in a minute");
        assert_eq!(board.enter("other.test"), Place::Taken);
        board.avoid("mx.test");
        assert!(board.is_avoided("mx.test") && !board.is_avoided("other.test"));
    }

    #[test]
    fn who_refuses_chunks_is_remembered() {
        let board = Board::new(SendingLimits::default());
        board.avoid_chunks("mx.test");
        board.tidy();
        board.disturb("a.test");
        assert!(!board.takes_chunks("mx.test") && board.takes_chunks("other.test"));
        assert!(!board.is_avoided("mx.test"));
    }
}
