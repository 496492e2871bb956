//! Power cuts: the disk stops in the middle of the work, with its log unflushed.

use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use super::disk::{Access, Disk};
use super::ledger::Ledger;
use super::load::{progress, under_load};
use super::site::Site;
use super::verify::{delete_some, verify};
use super::{Scene, figures, nothing_refused};
use crate::report::{Checked, Verdict};

const MEGABYTES: u64 = 2_048;
/// From the first acknowledgement to the cut.
const LOAD_MS: std::ops::Range<u64> = 0..1_200;
/// From the cut to the end of the server, which may not acknowledge anything in between.
const AFTER_MS: std::ops::Range<u64> = 0..50;

/// Cuts the power so many times.
pub(super) fn run(scene: &mut Scene<'_>, cuts: u32) -> Checked {
    let mut disk = Disk::make(&scene.folder, MEGABYTES)?;
    let site = Site::set_up(scene.server, &scene.folder, &disk.path().join("data"))?;
    let ledger = Ledger::default();
    for round in 1..=cuts {
        let mut chance = |range: &std::ops::Range<u64>| {
            Duration::from_millis(scene.chance.between(range.start, range.end))
        };
        let (delay, after) = (chance(&LOAD_MS), chance(&AFTER_MS));
        let running = site.start().with_context(|| format!("after {} cuts", round - 1))?;
        let seed = scene.chance.next();
        under_load(&site, &ledger, seed, || {
            let moved = progress(&ledger, 1);
            thread::sleep(delay);
            let cut = disk.cut();
            thread::sleep(after);
            running.kill();
            cut.and(moved)
        })?;
        // Between the cut and the end the server may well say that its disk is gone.
        ledger.take_refusals();
        ledger.doubt_refusals();
        disk.mount_again(Access::Write)?;
        let running = site.start().with_context(|| format!("after {round} cuts"))?;
        verify(&site, &ledger).with_context(|| format!("after {round} cuts"))?;
        if round.is_multiple_of(5) {
            delete_some(&site, &ledger, &mut scene.chance)?;
        }
        nothing_refused(&ledger)?;
        running.kill();
    }
    Ok(Verdict::Passed(figures(&ledger)))
}
