//! The whole: everything a contributor needs, in order, and the long ones.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::cli::{Blows, Cases, Choice, Programs, StageName, Stories, Targets};
use crate::report::{Checked, Report, Verdict};
use crate::workspace::Workspace;
use crate::{
    acme, bounces, crash, dane, deny, exchange, flaps, forward, fuzz, interop, lab, line, needs,
    package, rfcs, roots, sts, talks, thunderbird, tiers, tracked, trust,
};

/// Seconds of each fuzz target in `test`; enough to repeat what was found before.
const SMOKE: u64 = 10;
/// Seconds of each fuzz target in `soak`.
const LONG: u64 = 600;

/// `cargo xtask test`.
pub(crate) fn test(workspace: &Workspace, choice: &Choice, report: &mut Report) {
    let roots = choice.wants(StageName::Interop);
    if roots || choice.wants(StageName::Crash) || choice.wants(StageName::Lab) {
        report.stage("tools", tools);
    }
    if choice.is_whole() {
        roots::begin();
    }
    for stage in STAGES {
        let name = stage_name(stage);
        if choice.wants(stage) {
            report.stage(name, |report| run(workspace, stage, report));
        } else {
            report.skip(name, "left out on the command line");
        }
    }
}

/// `cargo xtask soak`.
pub(crate) fn soak(workspace: &Workspace, report: &mut Report) {
    let blows = Blows {
        kills: Some(200),
        cuts: Some(100),
        backups: Some(20),
        full_disk: true,
        read_only: true,
        seed: None,
    };
    report.stage("crash", |report| crash::run(workspace, &blows, report));
    let targets = Targets { target: None, seconds: LONG };
    report.stage("fuzz", |report| fuzz::run(workspace, &targets, report));
}

const STAGES: [StageName; 22] = [
    StageName::Fmt,
    StageName::Clippy,
    StageName::Unit,
    StageName::Rfcs,
    StageName::Tiers,
    StageName::Deny,
    StageName::Fuzz,
    StageName::Interop,
    StageName::Exchange,
    StageName::Flaps,
    StageName::Bounces,
    StageName::Thunderbird,
    StageName::Trust,
    StageName::Dane,
    StageName::Sts,
    StageName::Forward,
    StageName::Acme,
    StageName::Package,
    StageName::Lab,
    StageName::Talks,
    StageName::Line,
    StageName::Crash,
];

fn stage_name(stage: StageName) -> &'static str {
    match stage {
        StageName::Fmt => "fmt",
        StageName::Clippy => "clippy",
        StageName::Unit => "unit",
        StageName::Rfcs => "rfcs",
        StageName::Tiers => "tiers",
        StageName::Deny => "deny",
        StageName::Fuzz => "fuzz",
        StageName::Interop => "interop",
        StageName::Exchange => "exchange",
        StageName::Flaps => "flaps",
        StageName::Bounces => "bounces",
        StageName::Thunderbird => "thunderbird",
        StageName::Trust => "trust",
        StageName::Dane => "dane",
        StageName::Sts => "sts",
        StageName::Forward => "forward",
        StageName::Acme => "acme",
        StageName::Package => "package",
        StageName::Lab => "lab",
        StageName::Talks => "talks",
        StageName::Line => "line",
        StageName::Crash => "crash",
    }
}

fn run(workspace: &Workspace, stage: StageName, report: &mut Report) {
    match stage {
        StageName::Fmt => {
            report.check("fmt", || {
                cargo(workspace, &["fmt", "--all", "--check"]).context("`cargo fmt` puts it right")
            });
            report.check("tracked", || tracked::check(workspace));
        }
        StageName::Clippy => report.check("clippy", || {
            cargo(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        }),
        StageName::Unit => {
            report.check("unit", || cargo(workspace, &["test", "--workspace", "--no-fail-fast"]));
        }
        StageName::Rfcs => report.check("rfcs", || rfcs::check(workspace)),
        StageName::Tiers => report.check("tiers", || tiers::check(workspace)),
        StageName::Deny => report.check("deny", || deny::check(workspace)),
        StageName::Fuzz => {
            fuzz::run(workspace, &Targets { target: None, seconds: SMOKE }, report);
        }
        StageName::Interop => interop::run(workspace, &Programs::default(), report),
        StageName::Exchange => exchange::run(workspace, &Programs::default(), report),
        StageName::Flaps => flaps::run(workspace, report),
        StageName::Bounces => bounces::run(workspace, &Programs::default(), report),
        StageName::Thunderbird => thunderbird::run(workspace, report),
        StageName::Trust => trust::run(workspace, report),
        StageName::Dane => dane::run(workspace, report),
        StageName::Sts => sts::run(workspace, report),
        StageName::Forward => forward::run(workspace, report),
        StageName::Acme => acme::run(workspace, report),
        StageName::Package => package::stage::run(workspace, report),
        StageName::Lab => lab::run(workspace, &Cases::default(), report),
        StageName::Talks => talks::run(workspace, &Stories::default(), report),
        StageName::Line => line::run(workspace, report),
        StageName::Crash => crash::run(workspace, &Blows::default(), report),
    }
}

/// What is missing here shows again, by name, at each check that is skipped for it.
fn tools(report: &mut Report) {
    report.check("tools", || match needs::ensure(&needs::all()) {
        Ok(()) => Ok(Verdict::passed()),
        Err(why) => Ok(Verdict::Skipped(why)),
    });
}

/// Output passes through, so that cargo's own closing lines are seen.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Checked {
    let mut command: Command = workspace.cargo();
    let status = command.args(arguments).status().context("cargo")?;
    ensure!(status.success(), "cargo {}: {status}", arguments.join(" "));
    Ok(Verdict::passed())
}
