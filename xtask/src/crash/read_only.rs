//! A disk that can be read but not written.

use std::thread;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::disk::{Access, Disk};
use super::full::{SOME, check_refusals, recovers};
use super::ledger::Ledger;
use super::load::{progress, under_load};
use super::site::Site;
use super::verify::verify;
use super::{Scene, figures};
use crate::report::{Checked, Verdict};

const MEGABYTES: u64 = 192;
/// How long the load goes on while nothing can be written.
const UNWRITABLE: Duration = Duration::from_secs(2);

/// The kernel finds an error on the disk and allows no more writing. Until it is repaired (and
/// mounted again, which the server can't do) mail is refused for now, and the server lives.
pub(super) fn fails(scene: &mut Scene<'_>) -> Checked {
    let mut disk = Disk::make(&scene.folder, MEGABYTES)?;
    let site = Site::set_up(scene.server, &scene.folder, &disk.path().join("data"))?;
    let ledger = Ledger::default();
    let mut running = site.start()?;
    let seed = scene.chance.next();
    under_load(&site, &ledger, seed, || -> anyhow::Result<()> {
        progress(&ledger, SOME)?;
        disk.fail()?;
        thread::sleep(UNWRITABLE);
        running.must_live()
    })?;
    let refused = refusals(&ledger)?;
    ledger.doubt_refusals();
    running.kill();
    disk.mount_again(Access::Write)?;
    let running = site.start()?;
    verify(&site, &ledger).context("after the repair")?;
    running.stop()?;
    Ok(Verdict::Passed(format!("{refused} refused; {}", figures(&ledger))))
}

/// The server starts on a disk mounted read-only: it says so to everyone who brings mail, lets
/// people read what is there, and takes mail in as soon as the disk is writable.
pub(super) fn starts(scene: &mut Scene<'_>) -> Checked {
    let mut disk = Disk::make(&scene.folder, MEGABYTES)?;
    let site = Site::set_up(scene.server, &scene.folder, &disk.path().join("data"))?;
    let ledger = Ledger::default();
    let running = site.start()?;
    under_load(&site, &ledger, scene.chance.next(), || progress(&ledger, SOME))?;
    running.stop()?;
    disk.mount_again(Access::Read)?;
    let mut running = site.start().context("on a read-only disk")?;
    let seed = scene.chance.next();
    under_load(&site, &ledger, seed, || thread::sleep(UNWRITABLE));
    let refused = refusals(&ledger)?;
    running.must_live()?;
    scene.reading = Some(verify(&site, &ledger).context("while the disk is read-only"));
    disk.make_writable()?;
    recovers(scene, &site, &ledger)?;
    running.must_live()?;
    verify(&site, &ledger).context("writable again")?;
    running.stop()?;
    Ok(Verdict::Passed(format!("{refused} refused; {}", figures(&ledger))))
}

fn refusals(ledger: &Ledger) -> anyhow::Result<usize> {
    let refusals = ledger.take_refusals();
    ensure!(!refusals.is_empty(), "nothing was refused though nothing can be written");
    check_refusals(&refusals)?;
    Ok(refusals.len())
}
