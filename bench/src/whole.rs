//! The whole measurement.
#![expect(clippy::print_stdout, reason = "results go to standard output")]

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hikyaku_bench::suite::{self, Options};

use crate::arguments::Suite;

/// Runs the measurement and prints what it found.
pub(crate) fn measure(arguments: &Suite) -> anyhow::Result<()> {
    let options = options(arguments)?;
    if arguments.list {
        println!("{}", suite::names(&options).join("\n"));
        return Ok(());
    }
    let report = suite::run(&options)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", suite::render(&report));
    }
    Ok(())
}

fn options(arguments: &Suite) -> anyhow::Result<Options> {
    let bench = env::current_exe().context("the path of this program")?;
    let release = bench.parent().unwrap_or(Path::new("."));
    let target = release.parent().unwrap_or(release);
    let given = |path: &Option<PathBuf>, otherwise: PathBuf| path.clone().unwrap_or(otherwise);
    Ok(Options {
        quick: arguments.quick,
        only: arguments.only.clone(),
        skip_peers: arguments.skip_peers,
        skip_hikyaku: arguments.skip_hikyaku,
        hikyaku: given(&arguments.hikyaku, release.join("hikyaku")),
        before: arguments.before.clone(),
        dir: given(&arguments.dir, target.join("bench")),
        bench,
    })
}
