//! SIGKILL at random moments.

use std::thread;
use std::time::Duration;

use super::ledger::Ledger;
use super::load::{progress, under_load};
use super::site::Site;
use super::verify::{delete_some, verify};
use super::{Scene, figures, nothing_refused};
use crate::report::{Checked, Verdict};

/// From the first acknowledgement to the kill.
const LOAD_MS: std::ops::Range<u64> = 0..1_200;
/// From the start of the program to the kill, where the start itself is struck.
const START_MS: std::ops::Range<u64> = 0..120;
/// The mailboxes are compared after so many kills, and half of the mail is deleted.
const COMPARE_EVERY: u32 = 10;

/// Kills the server so many times.
pub(super) fn run(scene: &mut Scene<'_>, kills: u32) -> Checked {
    let site = Site::set_up(scene.server, &scene.folder, &scene.folder.join("data"))?;
    let ledger = Ledger::default();
    for round in 1..=kills {
        // A crash while the last crash is being mended is a crash too.
        if round.is_multiple_of(4) {
            let running = site.launch()?;
            thread::sleep(Duration::from_millis(
                scene.chance.between(START_MS.start, START_MS.end),
            ));
            running.kill();
        } else {
            let delay = Duration::from_millis(scene.chance.between(LOAD_MS.start, LOAD_MS.end));
            let mut running = site.start()?;
            let seed = scene.chance.next();
            under_load(&site, &ledger, seed, || {
                let moved = progress(&ledger, 1);
                thread::sleep(delay);
                let alive = running.must_live();
                running.kill();
                alive.and(moved)
            })?;
        }
        nothing_refused(&ledger)?;
        if round.is_multiple_of(COMPARE_EVERY) || round == kills {
            let running = site.start()?;
            verify(&site, &ledger)?;
            delete_some(&site, &ledger, &mut scene.chance)?;
            running.kill();
        }
    }
    // What the last kill hit was a server that had just deleted.
    let running = site.start()?;
    verify(&site, &ledger)?;
    running.stop()?;
    Ok(Verdict::Passed(figures(&ledger)))
}
