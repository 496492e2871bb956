//! Slows down those who guess passwords, and as few others as can be told from them.
//!
//! What counts is *different* wrong passwords: a telephone that sends one stale password fifty
//! times guesses nothing. Guesses are counted for the network they come from and for the account
//! they aim at. A network from which the account's owner signed in before is never slowed for
//! that account, whatever others do there or elsewhere. Whoever comes from a network for the first
//! time waits like a guesser while somebody guesses there or at that account: nothing tells the two
//! apart before the password is checked, and to check it first would tell a guesser which is right.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, PeerAddress};

/// Who tries to sign in.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// From where.
    pub network: IpAddr,
    /// To which account, as it was given.
    pub account: &'a str,
    /// By what.
    pub means: Means,
}

/// By what somebody signs in. Failed proofs slow down proofs alone: a mail program that tries SCRAM
/// first fails with every account that has no verifier, and there is no password to guess there.
/// They count the same for all accounts, so that nobody can tell which have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// The password itself.
    Password,
    /// A proof of it (SCRAM).
    Proof,
}

impl<'a> Attempt<'a> {
    /// By a password that was sent.
    pub fn by_password(network: IpAddr, account: &'a str) -> Self {
        Self { network, account, means: Means::Password }
    }

    /// By a proof of it.
    pub fn by_proof(network: IpAddr, account: &'a str) -> Self {
        Self { network, account, means: Means::Proof }
    }
}

/// What to do with a sign-in before its password is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Check it.
    Go,
    /// Check it after this long.
    Delay(Duration),
    /// Refuse it unseen; too many wait already.
    Refuse {
        /// When to come back.
        after: Duration,
    },
}

impl Verdict {
    /// The cause of a refusal.
    pub fn cause(self, account: &str) -> Option<Cause> {
        let Self::Refuse { after } = self else { return None };
        Some(
            Cause::proven(Code::AuthThrottled)
                .with(Evidence::Account { name: account.to_owned() })
                .with(Evidence::Wait { seconds: after.as_secs() }),
        )
    }
}

/// Guesses that cost nothing: people mistype, and programs try several mechanisms.
const FREE_GUESSES: usize = 6;
/// The longest delay.
const LONGEST: Duration = Duration::from_secs(8);
/// How many delayed sign-ins may wait at a time for one network or account.
const WAITING: usize = 4;
/// Guesses older than this are forgotten.
const FORGOTTEN: Duration = Duration::from_mins(30);
/// How long a good sign-in speaks for its network.
const TRUSTED: Duration = Duration::from_hours(24 * 30);
/// The most entries of each kind; beyond, the forgotten ones are swept.
const MOST: usize = 50_000;
/// The most guesses remembered for one network or account: more change nothing.
const MOST_GUESSES: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Network(IpAddr, Means),
    Account(String, Means),
}

#[derive(Debug, Default)]
struct Record {
    guesses: HashSet<u64>,
    last: Duration,
    waiting: usize,
}

/// The memory of sign-ins.
#[derive(Debug, Default)]
pub struct Throttle {
    records: HashMap<Target, Record>,
    trusted: HashMap<(IpAddr, String), Duration>,
}

impl Throttle {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Before a password is checked. After [`Verdict::Delay`], [`waited`](Self::waited) must be
    /// called when the wait is over, however it ended.
    pub fn before(&mut self, now: Duration, attempt: Attempt<'_>) -> Verdict {
        if self.is_trusted(now, attempt) {
            return Verdict::Go;
        }
        let targets = targets(attempt);
        let guesses = targets.iter().map(|target| self.guesses(now, target)).max().unwrap_or(0);
        let delay = delay(guesses);
        if delay.is_zero() {
            return Verdict::Go;
        }
        let crowded = targets
            .iter()
            .any(|target| self.records.get(target).is_some_and(|record| record.waiting >= WAITING));
        if crowded {
            return Verdict::Refuse { after: LONGEST * 2 };
        }
        self.count_waiting(&targets, 1);
        Verdict::Delay(delay)
    }

    /// A delayed sign-in goes on, or its connection is gone.
    pub fn waited(&mut self, attempt: Attempt<'_>) {
        self.count_waiting(&targets(attempt), -1);
    }

    /// The password was right.
    pub fn accepted(&mut self, now: Duration, attempt: Attempt<'_>) {
        if self.trusted.len() >= MOST {
            self.trusted.retain(|_, since| now.saturating_sub(*since) < TRUSTED);
        }
        if self.trusted.len() < MOST {
            self.trusted
                .insert((PeerAddress::network(attempt.network), folded(attempt.account)), now);
        }
    }

    /// The password, known by its fingerprint, was wrong.
    pub fn refused(&mut self, now: Duration, attempt: Attempt<'_>, fingerprint: u64) {
        if self.records.len() >= MOST {
            self.records.retain(|_, record| {
                record.waiting > 0 || now.saturating_sub(record.last) < FORGOTTEN
            });
        }
        for target in targets(attempt) {
            if self.records.len() >= MOST && !self.records.contains_key(&target) {
                continue;
            }
            let record = self.records.entry(target).or_default();
            if now.saturating_sub(record.last) >= FORGOTTEN {
                record.guesses.clear();
            }
            let is_full = record.guesses.len() >= MOST_GUESSES;
            if is_full || record.guesses.insert(fingerprint) {
                record.last = now;
            }
        }
    }

    fn is_trusted(&self, now: Duration, attempt: Attempt<'_>) -> bool {
        let key = (PeerAddress::network(attempt.network), folded(attempt.account));
        self.trusted.get(&key).is_some_and(|since| now.saturating_sub(*since) < TRUSTED)
    }

    fn guesses(&self, now: Duration, target: &Target) -> usize {
        let record = self.records.get(target);
        let fresh = record.filter(|record| now.saturating_sub(record.last) < FORGOTTEN);
        fresh.map_or(0, |record| record.guesses.len())
    }

    fn count_waiting(&mut self, targets: &[Target], by: isize) {
        for target in targets {
            let record = self.records.entry(target.clone()).or_default();
            record.waiting = record.waiting.saturating_add_signed(by);
        }
    }
}

/// Doubles with every guess over the free ones: 0.5 s, 1 s, 2 s, 4 s, 8 s.
fn delay(guesses: usize) -> Duration {
    match guesses.checked_sub(FREE_GUESSES) {
        None => Duration::ZERO,
        Some(over) => {
            let doublings = u32::try_from(over.min(8)).unwrap_or(8);
            (Duration::from_millis(500) * 2_u32.pow(doublings)).min(LONGEST)
        }
    }
}

fn targets(attempt: Attempt<'_>) -> [Target; 2] {
    [
        Target::Network(PeerAddress::network(attempt.network), attempt.means),
        Target::Account(folded(attempt.account), attempt.means),
    ]
}

/// An account's name for counting; one that is too long to be an address is cut.
fn folded(account: &str) -> String {
    account.chars().take(320).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    fn attempt(ip: &str, account: &'static str) -> Attempt<'static> {
        Attempt::by_password(ip.parse().unwrap(), account)
    }

    #[test]
    fn one_stale_password_fifty_times_slows_nobody() {
        let mut throttle = Throttle::new();
        for second in 0..50 {
            let now = START + Duration::from_secs(second);
            let phone = attempt("192.0.2.1", "taro@edo.test");
            assert_eq!(throttle.before(now, phone), Verdict::Go);
            throttle.refused(now, phone, 1);
        }
        let colleague = attempt("192.0.2.1", "hanako@edo.test");
        assert_eq!(throttle.before(START, colleague), Verdict::Go);
    }

    #[test]
    fn guesses_are_slowed_more_and_more_then_refused() {
        let mut throttle = Throttle::new();
        let attacker = attempt("198.51.100.9", "taro@edo.test");
        (0..FREE_GUESSES as u64).for_each(|guess| throttle.refused(START, attacker, guess));
        assert_eq!(throttle.before(START, attacker), Verdict::Delay(Duration::from_millis(500)));
        (10..30).for_each(|guess| throttle.refused(START, attacker, guess));
        for _ in 1..WAITING {
            assert_eq!(throttle.before(START, attacker), Verdict::Delay(LONGEST));
        }
        let verdict = throttle.before(START, attacker);
        assert_eq!(verdict.cause("taro@edo.test").unwrap().code, Code::AuthThrottled);
        (0..WAITING).for_each(|_| throttle.waited(attacker));
        assert_eq!(throttle.before(START, attacker), Verdict::Delay(LONGEST));
        assert_eq!(throttle.before(START + FORGOTTEN, attempt("198.51.100.9", "x")), Verdict::Go);
    }

    #[test]
    fn the_owners_network_is_never_slowed() {
        let mut throttle = Throttle::new();
        throttle.accepted(START, attempt("203.0.113.5", "Taro@edo.test"));
        for guess in 0..1000 {
            let from = format!("198.51.100.{}", guess % 250);
            let network = from.parse().unwrap();
            let attacker = Attempt::by_password(network, "taro@edo.test");
            throttle.refused(START, attacker, guess);
        }
        let owner = attempt("203.0.113.5", "taro@edo.test");
        assert_eq!(throttle.before(START, owner), Verdict::Go);
        // From a new place the owner waits a little, and gets in.
        let travelling = attempt("203.0.113.77", "taro@edo.test");
        assert_eq!(throttle.before(START, travelling), Verdict::Delay(LONGEST));
    }

    #[test]
    fn failed_proofs_slow_down_no_password() {
        let mut throttle = Throttle::new();
        let network = "192.0.2.1".parse().unwrap();
        let (proof, password) = (
            Attempt::by_proof(network, "taro@edo.test"),
            Attempt::by_password(network, "taro@edo.test"),
        );
        (0..30).for_each(|guess| throttle.refused(START, proof, guess));
        assert_eq!(throttle.before(START, proof), Verdict::Delay(LONGEST));
        assert_eq!(throttle.before(START, password), Verdict::Go);
        // Whoever was let in by either is not slowed by any.
        throttle.accepted(START, password);
        assert_eq!(throttle.before(START, proof), Verdict::Go);
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::new();
        for number in 0..(MOST as u128 + 1000) {
            let network = IpAddr::V6((number << 64).into());
            throttle.refused(START, Attempt::by_password(network, "a"), 1);
        }
        assert!(throttle.records.len() <= MOST);
    }
}
