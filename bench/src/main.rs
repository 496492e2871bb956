//! `hikyaku-bench`: the measurement, and its load programs and ceilings by themselves.

mod arguments;
mod single;
mod whole;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

#[expect(clippy::print_stderr, reason = "the one place that says why the program failed")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Load(load)) => single::load(load),
        Some(Command::Ceiling(ceiling)) => single::ceiling(ceiling),
        None => whole::measure(&arguments.suite),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hikyaku-bench: {why:#}");
            ExitCode::FAILURE
        }
    }
}
