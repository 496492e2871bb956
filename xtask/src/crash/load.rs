//! Sessions that hand over mail until they are told to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use hikyaku_lab::wait;

use super::ledger::Ledger;
use super::site::{ACCOUNTS, Site, login};
use crate::chance::Chance;
use crate::client::{Refusal, Reply, Smtp};

/// Sessions in clear on port 25, and sessions that sign in over TLS.
const SESSIONS: [Kind; 6] =
    [Kind::Relay, Kind::Relay, Kind::Relay, Kind::Relay, Kind::Submission, Kind::Submission];

/// A server that acknowledges next to nothing for so long is no longer working.
const STANDSTILL: Duration = Duration::from_secs(15);

/// After so many messages a session makes a new connection.
const PER_CONNECTION: u32 = 20;

/// Keeps a run to some thousand messages, which can all be fetched and compared.
const PAUSE_MS: std::ops::Range<u64> = 0..10;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Relay,
    Submission,
}

/// Runs `meanwhile` while mail is being handed over; returns when every session has ended.
pub(super) fn under_load<T>(
    site: &Site,
    ledger: &Ledger,
    seed: u64,
    meanwhile: impl FnOnce() -> T,
) -> T {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for (number, kind) in (0_u64..).zip(SESSIONS) {
            let chance = Chance::from_seed(seed.wrapping_add(number.wrapping_mul(0x1_0001)));
            let session = Session { site, ledger, kind, chance };
            let stop = &stop;
            scope.spawn(move || session.run(stop));
        }
        // Also when `meanwhile` panics the sessions must end, or the scope would wait for ever.
        let _stopper = Stopper(&stop);
        meanwhile()
    })
}

/// Waits until so many more messages are acknowledged, however busy the machine is.
pub(super) fn progress(ledger: &Ledger, more: usize) -> anyhow::Result<()> {
    let before = ledger.acknowledged();
    let moved = wait::until(STANDSTILL, || ledger.acknowledged() >= before + more);
    let last = ledger.last_refusal().map_or_else(String::new, |said| format!("; it said {said}"));
    ensure!(moved, "the server acknowledged fewer than {more} messages in {STANDSTILL:?}{last}");
    Ok(())
}

struct Stopper<'a>(&'a AtomicBool);

impl Drop for Stopper<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Session<'a> {
    site: &'a Site,
    ledger: &'a Ledger,
    kind: Kind,
    chance: Chance,
}

impl Session<'_> {
    fn run(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            match self.connect() {
                Ok(smtp) => self.hand_over(smtp, stop),
                Err(refusal) => {
                    self.ledger.turned_away(&refusal);
                    thread::sleep(Duration::from_millis(20));
                }
            }
        }
    }

    fn connect(&self) -> Result<Smtp, Refusal> {
        match self.kind {
            Kind::Relay => Smtp::in_clear(self.site.smtp),
            Kind::Submission => Smtp::signed_in(&self.site.submissions, &login(0)),
        }
    }

    fn hand_over(&mut self, mut smtp: Smtp, stop: &AtomicBool) {
        for _ in 0..PER_CONNECTION {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let outcome = self.send_one(&mut smtp);
            let goes_on = match &outcome {
                Ok(_) => true,
                Err(Refusal::Replied(reply)) => reply.code != 421 && smtp.reset().is_ok(),
                Err(_) => false,
            };
            if !goes_on {
                return;
            }
            let pause = self.chance.between(PAUSE_MS.start, PAUSE_MS.end);
            thread::sleep(Duration::from_millis(pause));
        }
        smtp.quit();
    }

    fn send_one(&mut self, smtp: &mut Smtp) -> Result<Reply, Refusal> {
        let from = match self.kind {
            Kind::Relay => "sender@elsewhere.test".to_owned(),
            Kind::Submission => login(0).address,
        };
        let first = usize::try_from(self.chance.between(0, ACCOUNTS as u64)).unwrap_or(0);
        // Copies for several local recipients belong to one transaction.
        let to =
            if self.chance.one_in(4) { (0..ACCOUNTS).collect::<Vec<_>>() } else { vec![first] };
        let parcel = self.ledger.enter(&from, &to, &mut self.chance);
        let addresses: Vec<String> = to.iter().map(|to| login(*to).address).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let outcome = smtp.send(&from, &addresses, &parcel.message());
        self.ledger.settle(&parcel, &outcome);
        outcome
    }
}
