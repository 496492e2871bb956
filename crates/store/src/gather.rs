//! One flush for all who wait for the same folder.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::fault::Fault;

/// Lets one caller flush for all who came before it began.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Flushes begun.
    begun: u64,
    /// Flushes ended; they do not overlap.
    ended: u64,
    /// The last one that failed.
    failed: Option<(u64, Fault)>,
}

impl Gather {
    /// Returns when a flush that began after this call has ended.
    pub(crate) fn flush(&self, act: impl Fn() -> Result<(), Fault>) -> Result<(), Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A flush that runs now may have begun too early for us; the next one has not.
        let wanted = state.begun + 1;
        loop {
            if state.ended >= wanted {
                let failed = state.failed.as_ref().filter(|(number, _)| *number >= wanted);
                return failed.map_or(Ok(()), |(_, fault)| Err(fault.clone()));
            }
            if state.begun == state.ended {
                state.begun += 1;
                drop(state);
                let outcome = act();
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.ended = state.begun;
                if let Err(fault) = outcome {
                    state.failed = Some((state.ended, fault));
                }
                self.done.notify_all();
            } else {
                state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn those_who_wait_share_a_flush_that_began_after_they_came() {
        let (gather, flushes) = (Gather::default(), AtomicUsize::new(0));
        let act = || {
            thread::sleep(Duration::from_millis(20));
            flushes.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        thread::scope(|scope| {
            for _ in 0..30 {
                scope.spawn(|| gather.flush(act).unwrap());
            }
        });
        assert!((1..30).contains(&flushes.load(Ordering::Relaxed)));
        gather.flush(act).unwrap();
    }

    #[test]
    fn a_failed_flush_fails_those_it_was_for_only() {
        let gather = Gather::default();
        assert_eq!(gather.flush(|| Err(Fault::Closed)), Err(Fault::Closed));
        assert_eq!(gather.flush(|| Ok(())), Ok(()));
    }
}
