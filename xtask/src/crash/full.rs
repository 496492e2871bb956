//! A full disk: refusals with their cause, no loss, and no restart when there is room again.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::disk::Disk;
use super::ledger::Ledger;
use super::load::{progress, under_load};
use super::site::{Running, Site};
use super::verify::{delete_some, verify};
use super::{Scene, figures, nothing_refused};
use crate::client::Reply;
use crate::report::{Checked, Verdict};

const MEGABYTES: u64 = 192;
/// How long the load goes on while the disk is full.
const FULL: Duration = Duration::from_secs(3);
/// So many messages show that mail is being taken in.
pub(super) const SOME: usize = 25;

/// Fills the disk under load, twice, and makes room again.
pub(super) fn run(scene: &mut Scene<'_>) -> Checked {
    let disk = Disk::make(&scene.folder, MEGABYTES)?;
    let site = Site::set_up(scene.server, &scene.folder, &disk.path().join("data"))?;
    let ledger = Ledger::default();
    let mut running = site.start()?;
    let mut refused = 0;
    for _ in 0..2 {
        refused += fill_and_empty(scene, &disk, &site, &ledger, &mut running)?;
        verify(&site, &ledger).context("with room again")?;
        delete_some(&site, &ledger, &mut scene.chance)?;
    }
    running.kill();
    let running = site.start()?;
    verify(&site, &ledger).context("after a restart")?;
    running.stop()?;
    Ok(Verdict::Passed(format!("{refused} refused; {}", figures(&ledger))))
}

fn fill_and_empty(
    scene: &mut Scene<'_>,
    disk: &Disk,
    site: &Site,
    ledger: &Ledger,
    running: &mut Running<'_>,
) -> anyhow::Result<usize> {
    let ballast = disk.path().join("ballast");
    let seed = scene.chance.next();
    under_load(site, ledger, seed, || -> anyhow::Result<()> {
        progress(ledger, SOME)?;
        nothing_refused(ledger).context("before the disk was full")?;
        fill(&ballast)?;
        thread::sleep(FULL);
        running.must_live()
    })?;
    let refusals = ledger.take_refusals();
    ensure!(!refusals.is_empty(), "nothing was refused though the disk was full");
    check_refusals(&refusals)?;
    scene.reading = Some(verify(site, ledger).context("while the disk is full"));
    fs::remove_file(&ballast)?;
    recovers(scene, site, ledger)?;
    running.must_live()?;
    Ok(refusals.len())
}

/// Every refusal is for now, and says that it is the system's storage (RFC 3463 §3.4: X.3.1 is
/// "mail system full").
pub(super) fn check_refusals(refusals: &[Reply]) -> anyhow::Result<()> {
    for reply in refusals {
        let enhanced = reply.enhanced().unwrap_or_default();
        if !(400..500).contains(&reply.code) || !enhanced.starts_with("4.3.") {
            bail!("refused with {} {}", reply.code, reply.text);
        }
    }
    Ok(())
}

/// Mail is taken in again, by the same process, and none is refused any more.
pub(super) fn recovers(scene: &mut Scene<'_>, site: &Site, ledger: &Ledger) -> anyhow::Result<()> {
    let seed = scene.chance.next();
    under_load(site, ledger, seed, || -> anyhow::Result<()> {
        progress(ledger, SOME).context("after the repair")?;
        // The first ones may still have met the old state.
        ledger.take_refusals();
        progress(ledger, SOME).context("after the repair")?;
        nothing_refused(ledger).context("after recovery")
    })
}

/// Writes until the disk is full, and goes on for what others give back meanwhile.
fn fill(ballast: &Path) -> anyhow::Result<()> {
    let mut file = File::create(ballast)?;
    let block = vec![0x5a_u8; 1024 * 1024];
    let mut piece = block.as_slice();
    while !piece.is_empty() {
        match file.write_all(piece) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                // Down to single blocks, so that the last room is gone too.
                piece = piece.get(..piece.len() / 4).unwrap_or_default();
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
