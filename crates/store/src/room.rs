//! Whether a disk has so much room that it need not be asked for every message.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Octets to spare that nobody fills within [`Roomy::FOR`].
const PLENTY: u64 = 4 << 30;

/// A disk with plenty of room, which need not be asked for every message: to ask costs as much as to
/// read a mail of 4 KB.
#[derive(Debug)]
pub(crate) struct Roomy {
    since: Instant,
    /// Milliseconds from then until it has to be asked again.
    until: AtomicU64,
}

impl Default for Roomy {
    fn default() -> Self {
        Self { since: Instant::now(), until: AtomicU64::new(0) }
    }
}

impl Roomy {
    /// How long what was found holds.
    const FOR: Duration = Duration::from_millis(100);

    pub(crate) fn holds(&self, now: Instant) -> bool {
        self.millis(now) < self.until.load(Ordering::Relaxed)
    }

    pub(crate) fn found(&self, spare: u64, now: Instant) {
        if spare >= PLENTY {
            self.until.store(self.millis(now + Self::FOR), Ordering::Relaxed);
        }
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.since).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plenty_holds_for_a_moment_and_little_never() {
        let roomy = Roomy::default();
        let now = Instant::now();
        assert!(!roomy.holds(now));
        roomy.found(PLENTY - 1, now);
        assert!(!roomy.holds(now));
        roomy.found(PLENTY, now);
        assert!(roomy.holds(now));
        assert!(roomy.holds(now + Roomy::FOR / 2));
        assert!(!roomy.holds(now + Roomy::FOR));
    }
}
