//! Several processes, SIGKILL, a full disk.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    Outcome, again,
    engine::{Engine, Fault, Kind},
    workload::Bodies,
};

/// A check of one variant in a fresh directory; says what it found.
pub(crate) type Check = fn(&str, Kind, &Path) -> Outcome<String>;

const BATCH: u64 = 20;

/// Whether a second process reads and writes while this one has the store open.
pub(crate) fn share(name: &str, kind: Kind, dir: &Path) -> Outcome<String> {
    let bodies = Bodies::new();
    let mut engine = kind.open(dir)?;
    engine.accept(&bodies.batch(0, BATCH))?;
    let output = again(name, "peer", dir, &[0, 1_000])?.output()?;
    let peer = String::from_utf8(output.stdout)?;
    let missing = bodies.missing(&*engine, 1_000..1_000 + BATCH)?;
    Ok(format!("second process: {}; its messages missing here: {missing}", peer.trim()))
}

/// The second process of `share`.
pub(crate) fn peer(kind: Kind, dir: &Path, read: u64, first: u64) {
    let bodies = Bodies::new();
    match kind.open(dir) {
        Err(fault) => println!("open {fault:?}"),
        Ok(mut engine) => {
            let missing = bodies.missing(&*engine, read..read + BATCH);
            let write = engine.accept(&bodies.batch(first, BATCH));
            println!("missing {missing:?}, write {write:?}");
        }
    }
}

/// Kills a writing process five times and looks for every message it acknowledged.
pub(crate) fn kill(name: &str, kind: Kind, dir: &Path) -> Outcome<String> {
    let bodies = Bodies::new();
    let (mut acknowledged, mut missing, mut slowest, mut shared) = (0, 0, Duration::ZERO, 0);
    for round in 0..5 {
        let base = round * 1_000_000;
        let mut child = again(name, "write", dir, &[base])?
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let mut last: u64 = lines.next().ok_or("the writer said nothing")??.parse()?;
        let witness = kind.open(dir).ok();
        shared += u32::from(witness.is_some());
        sleep(Duration::from_millis(300 + 137 * round));
        child.kill()?;
        child.wait()?;
        for line in lines {
            last = line?.parse().unwrap_or(last);
        }
        let start = Instant::now();
        let mut engine = match witness {
            Some(engine) => engine,
            None => kind.open(dir)?,
        };
        engine.accept(&bodies.batch(base + 900_000, BATCH))?;
        slowest = slowest.max(start.elapsed());
        acknowledged += last - base;
        missing += bodies.missing(&*engine, base..last)?;
    }
    Ok(format!(
        "{acknowledged} acknowledged, {missing} missing, next write after at most {slowest:.0?}, \
         {shared} of 5 rounds with a second process open"
    ))
}

/// The writer that `kill` kills: says after each commit how far it came.
pub(crate) fn write(kind: Kind, dir: &Path, first: u64) -> Outcome {
    let bodies = Bodies::new();
    let mut engine = kind.open(dir)?;
    for first in (first..).step_by(usize::try_from(BATCH)?) {
        engine.accept(&bodies.batch(first, BATCH))?;
        println!("{}", first + BATCH);
    }
    Ok(())
}

/// Fills the disk, frees space, and goes on with the same handle, then with a new one.
pub(crate) fn fill(kind: Kind, dir: &Path) -> Outcome {
    let bodies = Bodies::new();
    let ballast = dir.join("ballast");
    fs::write(&ballast, vec![7; 96 << 20])?;
    File::open(&ballast)?.sync_all()?;
    let mut engine = kind.open(dir)?;
    let mut last = 0;
    let fault = loop {
        match engine.accept(&bodies.batch(last, BATCH)) {
            Ok(()) => last += BATCH,
            Err(fault) => break fault,
        }
    };
    println!("- after {last} messages: {fault:?}");
    println!("- again: {:?}", engine.accept(&bodies.batch(last, BATCH)));
    println!("- missing while full: {:?}", bodies.missing(&*engine, 0..last));
    fs::remove_file(&ballast)?;
    let same = try_for_a_while(&mut *engine, &bodies, last);
    println!("- space back, same handle: {same:?}");
    if same.is_ok() {
        last += BATCH;
    }
    drop(engine);
    let mut engine = kind.open(dir)?;
    println!("- reopened, missing: {:?}", bodies.missing(&*engine, 0..last));
    println!("- reopened, write: {:?}", engine.accept(&bodies.batch(1_000_000, BATCH)));
    Ok(())
}

/// An engine may need a moment to notice the space.
fn try_for_a_while(engine: &mut dyn Engine, bodies: &Bodies, first: u64) -> Result<(), Fault> {
    for _ in 0..5 {
        if engine.accept(&bodies.batch(first, BATCH)).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    engine.accept(&bodies.batch(first, BATCH))
}
