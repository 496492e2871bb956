//! Bounces by construction: scripted servers play a chosen reply at a chosen phase to real programs,
//! and what those write back is read with the cause that was played. Hikyaku's own reports are among
//! them, and are read by other programs as well.

mod inside;
mod others;

use std::path::Path;

use hikyaku_lab::reply::{self, Reply};
use hikyaku_lab::world::Plan;

use crate::cli::Programs;
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 8] = [
    ("a small Internet of refusals", Check::World),
    ("bounces of postfix", Check::Of("postfix.kyoto.test")),
    ("bounces of exim", Check::Of("exim.osaka.test")),
    ("bounces of opensmtpd", Check::Of("opensmtpd.nara.test")),
    ("bounces of sendmail", Check::Of("sendmail.kobe.test")),
    ("bounces of dma", Check::Of("dma.ise.test")),
    ("reports of hikyaku", Check::Own),
    ("reports of hikyaku, read by others", Check::Others),
];

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// The world can be built, and all programs have written their letters.
    World,
    /// What the program on this host writes.
    Of(&'static str),
    /// What Hikyaku writes.
    Own,
    /// The same, by Python's email package and by sisimai.
    Others,
}

/// Runs the chosen checks.
pub(crate) fn run(workspace: &Workspace, choice: &Programs, report: &mut Report) {
    let is_wanted = |(name, check): &&(&'static str, Check)| {
        choice.wants(name) || matches!(check, Check::World)
    };
    let names: Vec<&str> = CHECKS.iter().filter(is_wanted).map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Bounces, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    let wanted = inner::wanted(folder);
    let hosts = CHECKS.iter().filter(|(name, _)| wanted.iter().any(|it| it == name));
    let hosts = hosts.filter_map(|(_, check)| match check {
        Check::Of(host) => Some(*host),
        _ => None,
    });
    let mut run = inside::Run::new(folder, hosts.collect());
    inner::carry_out(folder, plan(), &CHECKS, |world, check| run.check(world, check));
}

fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan::named("bounces")?;
    reply::play(&mut plan, &Reply::all()?)?;
    Ok(plan)
}
