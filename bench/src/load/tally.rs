//! What a load counts.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Stop;

/// Kept of different failures; more only repeat themselves.
const FAILURE_KINDS: usize = 8;

/// What a load did.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Mails taken or handed out, within the time.
    pub done: u64,
    /// Octets of them.
    pub octets: u64,
    /// Connections that ended otherwise than they should, by the reason.
    pub failures: BTreeMap<String, u64>,
    stop: Stop,
    start: Instant,
    last: Instant,
    latencies: Vec<u32>,
}

/// How long single mails took.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Latency {
    /// The median, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 were faster than this, in milliseconds.
    pub p99_ms: f64,
    /// The slowest, in milliseconds.
    pub max_ms: f64,
}

impl Tally {
    pub(super) fn new(stop: Stop) -> Self {
        let start = Instant::now();
        Self {
            done: 0,
            octets: 0,
            failures: BTreeMap::new(),
            stop,
            start,
            last: start,
            latencies: Vec::new(),
        }
    }

    /// Counts one mail that was begun at `begun` and is finished now.
    pub(super) fn finish(&mut self, begun: Instant, octets: usize) -> Instant {
        let now = Instant::now();
        if let Stop::After(limit) = self.stop
            && now - self.start > limit
        {
            return now;
        }
        self.done += 1;
        self.octets += octets as u64;
        self.last = now;
        let micros = u32::try_from((now - begun).as_micros()).unwrap_or(u32::MAX);
        self.latencies.push(micros);
        now
    }

    /// Whether a session that has finished `done` mails shall begin no other.
    pub(super) fn is_over(&self, done: u64) -> bool {
        match self.stop {
            Stop::After(limit) => self.start.elapsed() >= limit,
            Stop::PerSession(wanted) => done >= wanted,
        }
    }

    pub(super) fn fail(&mut self, why: String) {
        if self.failures.len() < FAILURE_KINDS || self.failures.contains_key(&why) {
            *self.failures.entry(why).or_default() += 1;
        } else {
            *self.failures.entry("others".to_owned()).or_default() += 1;
        }
    }

    /// How many connections failed.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// The time the count belongs to.
    pub fn elapsed(&self) -> Duration {
        match self.stop {
            Stop::After(limit) => limit,
            Stop::PerSession(_) => self.last - self.start,
        }
    }

    /// Mails a second.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn per_second(&self) -> f64 {
        let seconds = self.elapsed().as_secs_f64();
        if seconds > 0.0 { self.done as f64 / seconds } else { 0.0 }
    }

    /// How long single mails took, or nothing when there was none.
    pub fn latency(&self) -> Option<Latency> {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = |hundredths: usize| {
            let index = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
            sorted.get(index).map(|micros| f64::from(*micros) / 1000.0)
        };
        Some(Latency { p50_ms: at(50)?, p99_ms: at(99)?, max_ms: at(100)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_latencies() {
        let mut tally = Tally::new(Stop::PerSession(1));
        assert_eq!(tally.latency(), None);
        tally.latencies = (1..=200).map(|ms| ms * 1000).collect();
        let latency = tally.latency().unwrap();
        assert_eq!(latency, Latency { p50_ms: 101.0, p99_ms: 199.0, max_ms: 200.0 });
    }
}
