//! The only entry for every check a developer or CI runs: `cargo xtask help`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what this program finds out is read from its standard output"
)]

mod acme;
mod bench;
mod bounces;
mod chance;
mod cli;
mod client;
mod crash;
mod dane;
mod deny;
mod exchange;
mod flaps;
mod forward;
mod fuzz;
mod here;
mod inner;
mod interop;
mod lab;
mod line;
mod needs;
mod own_mounts;
mod package;
mod ports;
mod program;
mod report;
mod rfcs;
mod roots;
mod source;
mod sts;
mod suite;
mod talks;
mod thunderbird;
mod tiers;
mod tracked;
mod trust;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Arguments, Task};
use crate::report::Report;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.task.mounts_disks() {
        own_mounts::take();
    }
    if let Task::LineInside { case, server, folder } = &arguments.task {
        return match line::run_inside(*case, server, folder) {
            Ok(note) => {
                println!("{note}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    if let Task::LabInside { file, folder } = &arguments.task {
        return match lab::run_inside(file, folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    if let Task::TalkInside { file, folder } = &arguments.task {
        return match talks::run_inside(file, folder) {
            Ok(screen) => {
                print!("{screen}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        };
    }
    if let Task::Inside { stage, folder } = &arguments.task {
        inner::inside(*stage, folder);
        return ExitCode::SUCCESS;
    }
    match carry_out(&arguments.task) {
        Ok(report) => report.close(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn carry_out(task: &Task) -> anyhow::Result<Report> {
    let workspace = Workspace::read()?;
    let mut report = Report::default();
    match task {
        Task::Test(choice) => suite::test(&workspace, choice, &mut report),
        Task::Soak => suite::soak(&workspace, &mut report),
        Task::Interop(choice) => interop::run(&workspace, choice, &mut report),
        Task::Crash(plan) => crash::run(&workspace, plan, &mut report),
        Task::Line => line::run(&workspace, &mut report),
        // Runs before a workspace is looked for.
        Task::LineInside { .. }
        | Task::Inside { .. }
        | Task::LabInside { .. }
        | Task::TalkInside { .. } => {}
        Task::Talks(choice) => talks::run(&workspace, choice, &mut report),
        Task::Lab(choice) => lab::run(&workspace, choice, &mut report),
        Task::Thunderbird => thunderbird::run(&workspace, &mut report),
        Task::Flaps => flaps::run(&workspace, &mut report),
        Task::Sts => sts::run(&workspace, &mut report),
        Task::Acme => acme::run(&workspace, &mut report),
        Task::Package { binary, check: false } => {
            report.check("package", || package::make(&workspace, binary.as_deref()));
        }
        Task::Package { check: true, .. } => package::stage::run(&workspace, &mut report),
        Task::Trust => trust::run(&workspace, &mut report),
        Task::Dane => dane::run(&workspace, &mut report),
        Task::Forward => forward::run(&workspace, &mut report),
        Task::Bounces(choice) => bounces::run(&workspace, choice, &mut report),
        Task::Exchange(choice) => exchange::run(&workspace, choice, &mut report),
        Task::Rfcs => report.check("rfcs", || rfcs::check(&workspace)),
        Task::Tiers => report.check("tiers", || tiers::check(&workspace)),
        Task::Fuzz(choice) => fuzz::run(&workspace, choice, &mut report),
        Task::Deny => report.check("deny", || deny::check(&workspace)),
        Task::Bench { arguments } => bench::run(&workspace, arguments, &mut report),
    }
    Ok(report)
}
