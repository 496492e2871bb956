//! Kills, power cuts, full and read-only disks, all under load: what was acknowledged stays.
//!
//! Every run prints its seed; the same seed sends the same messages and strikes at the same delays.

mod backups;
mod cuts;
mod disk;
mod full;
mod kills;
mod ledger;
mod load;
mod parcel;
mod read_only;
mod relay;
pub(crate) mod sink;
pub(crate) mod site;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use self::ledger::{Fate, Ledger};
use crate::chance::Chance;
use crate::cli::Blows;
use crate::needs;
use crate::report::{Checked, Report, Verdict};
use crate::workspace::Workspace;

/// How often without options, which is what `test` runs.
const KILLS: u32 = 20;
const CUTS: u32 = 10;
const BACKUPS: u32 = 3;

/// Everything one kind of blow needs.
struct Scene<'a> {
    server: &'a Path,
    /// Empty at first; removed when nothing went wrong.
    folder: PathBuf,
    chance: Chance,
    /// Whether people could read their mail while none could be stored: a check of its own.
    reading: Option<anyhow::Result<()>>,
}

/// Runs the chosen blows.
pub(crate) fn run(workspace: &Workspace, blows: &Blows, report: &mut Report) {
    let counts = [blows.kills, blows.cuts, blows.backups];
    let all = counts.iter().all(Option::is_none) && !blows.full_disk && !blows.read_only;
    let count = |given: Option<u32>, usual| given.unwrap_or(if all { usual } else { 0 });
    let (kill_count, cut_count) = (count(blows.kills, KILLS), count(blows.cuts, CUTS));
    let seed = blows.seed.unwrap_or_else(Chance::fresh_seed);
    println!("seed {seed}");
    let mut server = PathBuf::new();
    report.check("crash build", || {
        server = workspace.build_server()?;
        Ok(Verdict::passed())
    });
    if server.as_os_str().is_empty() {
        return;
    }
    let arena = Arena { folder: workspace.target.join("crash"), server, seed };
    if kill_count > 0 {
        arena.enact(&format!("{kill_count} kills"), report, |scene| kills::run(scene, kill_count));
    }
    if kill_count > 0 {
        let name = format!("{kill_count} kills while mail leaves");
        arena.enact(&name, report, |scene| relay::kills(scene, kill_count));
    }
    let backup_count = count(blows.backups, BACKUPS);
    if backup_count > 0 {
        let name = format!("{backup_count} backups under load, restored");
        arena.enact(&name, report, |scene| backups::run(scene, backup_count));
    }
    let disks = disks();
    let mut on_disk = |is_wanted: bool,
                       name: &str,
                       act: &mut dyn FnMut(&mut Scene<'_>) -> Checked| {
        match &disks {
            _ if !is_wanted => {}
            Ok(()) => arena.enact(name, report, act),
            Err(why) => report.skip(name, why),
        }
    };
    let cuts_name = format!("{cut_count} power cuts");
    on_disk(cut_count > 0, &cuts_name, &mut |scene| cuts::run(scene, cut_count));
    let cuts_name = format!("{cut_count} power cuts while mail leaves");
    on_disk(cut_count > 0, &cuts_name, &mut |scene| relay::cuts(scene, cut_count));
    on_disk(all || blows.full_disk, "full disk", &mut |scene| full::run(scene));
    on_disk(all || blows.read_only, "disk fails", &mut |scene| read_only::fails(scene));
    on_disk(all || blows.read_only, "read-only disk", &mut |scene| read_only::starts(scene));
}

struct Arena {
    folder: PathBuf,
    server: PathBuf,
    seed: u64,
}

impl Arena {
    /// Runs one kind of blow in a folder of its own.
    fn enact(&self, name: &str, report: &mut Report, act: impl FnOnce(&mut Scene<'_>) -> Checked) {
        let (folder, failures) = (self.folder(name), report.failures());
        let mut reading = None;
        report.check(name, || {
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
            }
            fs::create_dir_all(&folder)?;
            let chance = Chance::from_seed(self.seed);
            let folder = folder.clone();
            let mut scene = Scene { server: &self.server, folder, chance, reading: None };
            let verdict = act(&mut scene).with_context(|| self.see(name));
            reading = scene.reading;
            verdict
        });
        if let Some(result) = reading {
            let result = result.with_context(|| self.see(name));
            report.check(&format!("reading, {name}"), || result.map(|()| Verdict::passed()));
        }
        // What failed stays for a look.
        if report.failures() == failures {
            let _gone = fs::remove_dir_all(&folder);
        }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.folder.join(name.replace(' ', "-"))
    }

    fn see(&self, name: &str) -> String {
        format!("see {}", self.folder(name).display())
    }
}

/// Why there can be no disk of our own, if so.
fn disks() -> Result<(), String> {
    if !needs::is_root() {
        return Err("mounting needs root".to_owned());
    }
    if !crate::own_mounts::are_ours() {
        return Err("this machine does not allow mount namespaces".to_owned());
    }
    needs::ensure(&needs::DISKS)
}

/// What a run came to, for its line in the report.
fn figures(ledger: &Ledger) -> String {
    let book_size = ledger.open().entries.len();
    let deleted = ledger.open().deleted.len();
    format!(
        "{book_size} messages: {} acknowledged, {} refused, {} unknown, {} never sent whole; \
         {deleted} copies deleted",
        ledger.count(Fate::Acknowledged),
        ledger.count(Fate::Refused),
        ledger.count(Fate::Unknown),
        ledger.count(Fate::NotTaken),
    )
}

/// Under an ordinary load nothing may be refused; with what the server said, if it did.
fn nothing_refused(ledger: &Ledger) -> anyhow::Result<()> {
    let refusals = ledger.take_refusals();
    match refusals.first() {
        None => Ok(()),
        Some(reply) => {
            anyhow::bail!("{} refused, first: {} {}", refusals.len(), reply.code, reply.text)
        }
    }
}
