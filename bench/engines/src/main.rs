//! Compares embedded storage engines under the mail store's workload.
//!
//! Without arguments it measures every variant and checks sharing and SIGKILL, in the system's
//! temporary directory; a directory may be named instead. `full DIR` checks a full disk: DIR must
//! be an empty file system of about 256 MiB of its own.

mod checks;
mod engine;
mod fjall_engine;
mod lmdb_engine;
mod measure;
mod redb_engine;
mod sqlite_engine;
mod workload;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
};

use engine::{Kind, VARIANTS};

/// What goes wrong ends the run.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The variants checked for sharing, SIGKILL and a full disk; of SQLite the settings chosen.
fn checked() -> impl Iterator<Item = &'static (&'static str, Kind)> {
    VARIANTS.iter().filter(|(_, kind)| match kind {
        Kind::Sqlite(page, checkpoint, cache, _) => {
            (*page, *checkpoint, *cache) == (4096, 1000, 2 << 20)
        }
        _ => true,
    })
}

/// This program again, as a process of its own.
fn again(name: &str, role: &str, dir: &Path, numbers: &[u64]) -> Outcome<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(role).arg(name).arg(dir).args(numbers.iter().map(u64::to_string));
    Ok(command)
}

/// Runs `work` in a fresh directory and removes it.
fn fresh<T>(root: &Path, work: impl FnOnce(&Path) -> Outcome<T>) -> Outcome<T> {
    let dir = root.join(format!("engines-{}", process::id()));
    fs::create_dir_all(&dir)?;
    let outcome = work(&dir);
    fs::remove_dir_all(&dir)?;
    outcome
}

/// The table: the middle one of three runs by messages per second. The three runs of a variant
/// lie apart, so that a passing disturbance spoils one at most.
fn table(root: &Path) -> Outcome {
    const SIZES: [(u64, u64); 3] = [(1, 3_000), (20, 15_000), (50, 30_000)];
    let mut runs: BTreeMap<(usize, u64), Vec<(u64, String)>> = BTreeMap::new();
    for _ in 0..3 {
        for (variant, (name, _)) in VARIANTS.iter().enumerate() {
            for (batch, count) in SIZES {
                let numbers = [batch, count];
                let output =
                    fresh(root, |dir| Ok(again(name, "measure", dir, &numbers)?.output()?))?;
                let cells = String::from_utf8(output.stdout)?;
                let rate = cells.split_whitespace().next().ok_or("no figures")?.parse()?;
                runs.entry((variant, batch)).or_default().push((rate, cells));
            }
        }
    }
    println!("\n{}", measure::HEAD);
    for (variant, (name, _)) in VARIANTS.iter().enumerate() {
        print!("| {name} |");
        for (_, runs) in runs.range_mut((variant, 0)..(variant + 1, 0)) {
            runs.sort();
            print!("{}", runs[1].1);
        }
        println!();
    }
    Ok(())
}

fn everything(root: &Path) -> Outcome {
    fresh(root, measure::floor)?;
    table(root)?;
    for (title, check) in [("Sharing", checks::share as checks::Check), ("SIGKILL", checks::kill)] {
        println!("\n{title}:");
        for (name, kind) in checked() {
            println!("- {name}: {}", fresh(root, |dir| check(name, *kind, dir))?);
        }
    }
    Ok(())
}

fn full(root: &Path) -> Outcome {
    for (name, _) in checked() {
        println!("{name}:");
        fresh(root, |dir| Ok(again(name, "fill", dir, &[])?.status()?))?;
    }
    Ok(())
}

fn main() -> Outcome {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => everything(&env::temp_dir()),
        [dir] => everything(&PathBuf::from(dir)),
        ["full", dir] => full(Path::new(dir)),
        [role, name, dir, ref numbers @ ..] => {
            let (_, kind) =
                VARIANTS.iter().find(|(known, _)| *known == name).ok_or("no such variant")?;
            let numbers: Vec<u64> = numbers.iter().map(|n| n.parse()).collect::<Result<_, _>>()?;
            match (role, &numbers[..]) {
                ("measure", &[batch, count]) => measure::run(*kind, Path::new(dir), batch, count),
                ("write", &[first]) => checks::write(*kind, Path::new(dir), first),
                ("peer", &[read, first]) => {
                    checks::peer(*kind, Path::new(dir), read, first);
                    Ok(())
                }
                ("fill", []) => checks::fill(*kind, Path::new(dir)),
                _ => Err("unknown role".into()),
            }
        }
        _ => Err("usage: [DIR] | full DIR".into()),
    }
}
