//! Speed, CPU time, bytes written and memory of one variant, in a process of its own.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::MetadataExt,
    path::Path,
    time::Instant,
};

use rustix::time::{ClockId, clock_gettime};

use crate::{
    Outcome,
    engine::Kind,
    workload::{Bodies, place, scatter},
};

const READS: u64 = 1_000;
const ROUNDS: u64 = 10;

/// The columns: three per batch size, then those of the largest store.
pub(crate) const HEAD: &str = "\
| variant | msg/s @1 | CPU µs | KB written | msg/s @20 | CPU µs | KB written \
| msg/s @50 | CPU µs | KB written | read µs | PSS MiB (anonymous) | worst commit ms |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

/// Measures one variant; the largest batch also reads and weighs.
pub(crate) fn run(kind: Kind, dir: &Path, batch: u64, count: u64) -> Outcome {
    let bodies = Bodies::new();
    let mut engine = kind.open(dir)?;
    let (cpu, before, start) = (cpu_micros()?, written(dir)?, Instant::now());
    let mut worst = 0.0_f64;
    for first in (0..count).step_by(usize::try_from(batch)?) {
        let commit = Instant::now();
        engine.accept(&bodies.batch(first, batch))?;
        worst = worst.max(commit.elapsed().as_secs_f64() * 1e3);
    }
    let (seconds, n) = (start.elapsed().as_secs_f64(), count as f64);
    let [process, device] = written(dir)?.map(|bytes| bytes as f64);
    print!(
        " {:.0} | {:.0} | {:.1} / {:.1} |",
        n / seconds,
        (cpu_micros()? - cpu) as f64 / n,
        (process - before[0] as f64) / n / 1e3,
        (device - before[1] as f64) / n / 1e3,
    );
    if batch == 50 {
        let start = Instant::now();
        let mut body = Vec::new();
        for round in 0..ROUNDS {
            for read in 0..READS {
                let (account, uid) = place(scatter(round * READS + read) % count);
                if !engine.body(account, uid, &mut body)? {
                    return Err("a message is missing".into());
                }
            }
        }
        let micros = start.elapsed().as_secs_f64() * 1e6 / (ROUNDS * READS) as f64;
        let (pss, anonymous) = (rollup("Pss:")?, rollup("Pss_Anon:")?);
        print!(" {micros:.1} | {pss:.0} ({anonymous:.0}) | {worst:.0} |");
    }
    Ok(())
}

/// What the disk itself allows: an append of one page, then a sync.
pub(crate) fn floor(dir: &Path) -> Outcome {
    let mut file = File::create(dir.join("floor"))?;
    let count = 1_000_u32;
    for (name, sync) in
        [("fsync", File::sync_all as fn(&File) -> _), ("fdatasync", File::sync_data)]
    {
        let start = Instant::now();
        for _ in 0..count {
            file.write_all(&[7; 4096])?;
            sync(&file)?;
        }
        let micros = start.elapsed().as_micros() / u128::from(count);
        println!("append of 4 KiB and {name}: {micros} µs");
    }
    Ok(())
}

/// CPU time of every thread, user and system.
fn cpu_micros() -> Outcome<u64> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Ok(u64::try_from(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000)?)
}

/// Bytes written, as accounted to this process and as counted by the block device.
///
/// The first counts whole folios of a file's cache, the second other processes too.
fn written(dir: &Path) -> Outcome<[u64; 2]> {
    let device = fs::metadata(dir)?.dev();
    let stat = format!("/sys/dev/block/{}:{}/stat", device >> 8 & 0xfff, device & 0xff);
    let stat = fs::read_to_string(stat)?;
    let sectors: u64 = stat.split_whitespace().nth(6).ok_or("no such field")?.parse()?;
    Ok([field("/proc/self/io", "write_bytes:")?, sectors * 512])
}

/// A figure of the process's memory in MiB.
fn rollup(name: &str) -> Outcome<f64> {
    Ok(field("/proc/self/smaps_rollup", name)? as f64 / 1024.0)
}

fn field(path: &str, name: &str) -> Outcome<u64> {
    let text = fs::read_to_string(path)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
    Ok(line.split_whitespace().next().ok_or("empty field")?.parse()?)
}
