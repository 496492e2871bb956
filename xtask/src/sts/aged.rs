//! A policy that no mail uses is fetched again before it ends (RFC 8461 §3.3).

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::World;

use crate::here::HERE;

/// The database of the server, and what SQLite keeps beside it.
const DATABASE: &str = "/srv/hikyaku/data/store.db";
const BESIDE: [&str; 2] = ["-wal", "-shm"];
/// Where another machine, which has Python, looks at a copy.
const COPY: &str = "/srv/copy/store.db";
/// The server looks once a minute.
const PATIENCE: Duration = Duration::from_mins(3);
/// So much older a policy is made, in seconds: more than half of the day for which those of the lab
/// hold, and the moment of its own that each domain has.
const OLDER: u64 = 60_000;

/// Makes the policy of a domain older and waits until it is fetched anew, without any mail.
pub(super) fn fetched_again(world: &mut World, domain: &str) -> anyhow::Result<String> {
    world.stop(HERE)?;
    let before = asked(world, domain, "SELECT fetched")?;
    let older =
        format!("UPDATE sts_policy SET fetched = fetched - {OLDER}, until = until - {OLDER}");
    copied(world, &format!("{older} WHERE domain = '{domain}'"))?;
    give_back(world)?;
    world.start(HERE)?;
    let aged = asked(world, domain, "SELECT fetched")?;
    ensure!(aged == before.saturating_sub(OLDER), "not made older: {before}, then {aged}");
    let is_new = wait::until(PATIENCE, || {
        asked(world, domain, "SELECT fetched").is_ok_and(|fetched| fetched > before)
    });
    ensure!(is_new, "not fetched again");
    Ok(format!("{domain}: fetched again without mail"))
}

/// What a question about a domain's policy is answered by a copy of the database.
fn asked(world: &World, domain: &str, select: &str) -> anyhow::Result<u64> {
    let said = copied(world, &format!("{select} FROM sts_policy WHERE domain = '{domain}'"))?;
    said.trim().parse().with_context(|| format!("no number: {said}"))
}

/// Runs SQL over a copy of the database; the first value it gives.
fn copied(world: &World, sql: &str) -> anyhow::Result<String> {
    let here = world.place(HERE)?.machine()?;
    let judge = world.place("judge.lab.test")?.machine()?;
    judge.write(COPY, fs::read(here.path(DATABASE))?)?;
    for beside in BESIDE {
        let _absent = fs::remove_file(judge.path(&format!("{COPY}{beside}")));
    }
    if let Ok(log) = fs::read(here.path(&format!("{DATABASE}-wal"))) {
        judge.write(&format!("{COPY}-wal"), log)?;
    }
    let program = "import sqlite3, sys\n\
        store = sqlite3.connect(sys.argv[1])\n\
        print(*(store.execute(sys.argv[2]).fetchone() or [''])[:1])\n\
        store.commit()\n\
        store.execute('PRAGMA wal_checkpoint(TRUNCATE)')";
    let mut command = judge.command("python3");
    command.args(["-c", program, COPY, sql]);
    Ok(String::from_utf8_lossy(&judge.run(command, b"")?).into_owned())
}

/// Puts the copy in the place of the database of a server that does not run; the file stays the
/// same one, with its owner.
fn give_back(world: &World) -> anyhow::Result<()> {
    let here = world.place(HERE)?.machine()?;
    let judge = world.place("judge.lab.test")?.machine()?;
    for beside in BESIDE {
        let _absent = fs::remove_file(here.path(&format!("{DATABASE}{beside}")));
    }
    fs::write(here.path(DATABASE), fs::read(judge.path(COPY))?)?;
    Ok(())
}
