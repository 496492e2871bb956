//! The writer's answers on their way to whoever asked.
//!
//! A flush answers many at once. To wake each of them by itself costs a call into the kernel and,
//! often enough, a change of threads; so a thread that runs an event loop of its own may gather what
//! comes for those who ask from it ([`gather_answers`]) and is woken once.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What waits to be said to somebody.
pub(super) trait Answer: Send {
    /// Says it.
    fn give(self: Box<Self>);
}

thread_local! {
    /// Where those who ask on this thread are answered.
    static HERE: RefCell<Option<Arc<Desk>>> = const { RefCell::new(None) };
}

/// Answers for the askers of one thread.
#[derive(Default)]
pub(super) struct Desk {
    tray: Mutex<Tray>,
    bell: Notify,
}

#[derive(Default)]
struct Tray {
    answers: Vec<Box<dyn Answer>>,
    is_closed: bool,
}

impl Desk {
    /// That of this thread, if there is one.
    pub(super) fn here() -> Option<Arc<Self>> {
        HERE.with_borrow(Clone::clone)
    }

    /// Takes an answer; gives it back where nobody gathers any more.
    pub(super) fn put(&self, answer: Box<dyn Answer>) -> Result<(), Box<dyn Answer>> {
        let mut tray = self.tray();
        if tray.is_closed {
            return Err(answer);
        }
        tray.answers.push(answer);
        Ok(())
    }

    /// Tells the thread that there are answers.
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    fn tray(&self) -> MutexGuard<'_, Tray> {
        self.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the gathering with the event loop that ran it.
struct Gathering(Arc<Desk>);

impl Gathering {
    fn begin() -> Self {
        let desk = Arc::new(Desk::default());
        HERE.set(Some(Arc::clone(&desk)));
        Self(desk)
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        let rest = {
            let mut tray = self.0.tray();
            tray.is_closed = true;
            std::mem::take(&mut tray.answers)
        };
        rest.into_iter().for_each(Answer::give);
        // Where the thread itself is at its end, nobody asks any more.
        let _ended = HERE.try_with(|here| {
            here.borrow_mut().take_if(|here| Arc::ptr_eq(here, &self.0));
        });
    }
}

/// Gathers the answers of every store to those who ask it on this thread, for as long as it is
/// polled. To be spawned once in an event loop that stays on one thread, before anybody asks.
pub async fn gather_answers() {
    let gathering = Gathering::begin();
    let mut answers = Vec::new();
    loop {
        gathering.0.bell.notified().await;
        std::mem::swap(&mut gathering.0.tray().answers, &mut answers);
        answers.drain(..).for_each(Answer::give);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    struct Said(mpsc::Sender<thread::ThreadId>);

    impl Answer for Said {
        fn give(self: Box<Self>) {
            self.0.send(thread::current().id()).ok();
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn answers_are_given_on_the_thread_that_gathers_them() {
        let (say, said) = mpsc::channel();
        let runtime = runtime();
        runtime.block_on(async {
            assert!(Desk::here().is_none());
            let gathering = tokio::spawn(gather_answers());
            tokio::task::yield_now().await;
            let desk = Desk::here().unwrap();
            let writer = thread::spawn(move || {
                for _ in 0..3 {
                    assert!(desk.put(Box::new(Said(say.clone()))).is_ok());
                }
                desk.ring();
            });
            tokio::task::spawn_blocking(|| writer.join().unwrap()).await.unwrap();
            tokio::task::yield_now().await;
            gathering.abort();
        });
        assert_eq!(said.iter().collect::<Vec<_>>(), [thread::current().id(); 3]);
    }

    #[test]
    fn what_waits_where_nobody_gathers_any_more_is_given_all_the_same() {
        let (say, said) = mpsc::channel();
        let (early, late) = (Said(say.clone()), Said(say));
        let runtime = runtime();
        let desk = runtime.block_on(async {
            tokio::spawn(gather_answers());
            tokio::task::yield_now().await;
            Desk::here().unwrap()
        });
        assert!(desk.put(Box::new(early)).is_ok());
        drop(runtime);
        assert!(Desk::here().is_none());
        desk.put(Box::new(late)).err().unwrap().give();
        assert_eq!(said.iter().count(), 2);
    }
}
