//! How much memory a server takes.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::process::tree;

/// Octets of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Octets(pub u64);

impl Octets {
    /// In megabytes of 10^6 octets.
    #[expect(clippy::cast_precision_loss, reason = "memory stays far below 2^52 octets")]
    pub fn megabytes(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// What has come on top of `before`.
    #[must_use]
    pub fn above(self, before: Self) -> Self {
        Self(self.0.saturating_sub(before.0))
    }
}

/// The proportional set size of a process and all its descendants: memory several of them share is
/// counted once. Processes that end while they are looked at count nothing.
pub fn pss_of_tree(pid: u32) -> Octets {
    Octets(tree(pid).into_iter().filter_map(pss).sum::<u64>())
}

fn pss(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Looks at the memory of a process tree again and again, in a thread of its own.
#[derive(Debug)]
pub struct Watch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to look, every `pace`. Looking takes the server's time too, so this isn't done
    /// while its speed is measured.
    pub fn start(pid: u32, pace: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let peak = Arc::new(AtomicU64::new(0));
        let (stopped, highest) = (Arc::clone(&stop), Arc::clone(&peak));
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                highest.fetch_max(pss_of_tree(pid).0, Ordering::Relaxed);
                thread::sleep(pace);
            }
        });
        Self { stop, peak, thread: Some(thread) }
    }

    /// The most that was seen.
    pub fn finish(mut self) -> Octets {
        self.join();
        Octets(self.peak.load(Ordering::Relaxed))
    }

    fn join(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The thread does nothing that could panic.
        let _joined = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.join();
    }
}
