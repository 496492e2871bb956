//! Checks inside a small Internet: this program runs once more, in namespaces of its own, and says
//! line by line how each check came out.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum;
use hikyaku_lab::world::{self, Plan, World};
use serde::{Deserialize, Serialize};

use crate::report::{Report, Verdict};
use crate::workspace::Workspace;
use crate::{
    acme, bounces, dane, exchange, flaps, forward, line, needs, package, sts, thunderbird, trust,
};

/// Which checks run inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Certificates from a real authority.
    Acme,
    /// Mail to and from real servers.
    Exchange,
    /// The Debian package.
    Package,
    /// Servers and names that fail.
    Flaps,
    /// What real programs write when mail is refused.
    Bounces,
    /// A real mail program whose settings are put right.
    Thunderbird,
    /// Who stands for what comes in.
    Trust,
    /// Mail to hosts known by TLSA records.
    Dane,
    /// Domains that promise encryption.
    Sts,
    /// Addresses that lead to other servers.
    Forward,
}

/// How a check came out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Passed(String),
    Failed(String),
}

/// A check by its name, and what it does in the world.
pub(crate) type Check<'a, T> = (&'a str, T);

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Acme => "acme",
            Self::Exchange => "exchange",
            Self::Package => "package",
            Self::Flaps => "flaps",
            Self::Bounces => "bounces",
            Self::Thunderbird => "thunderbird",
            Self::Trust => "trust",
            Self::Dane => "dane",
            Self::Sts => "sts",
            Self::Forward => "forward",
        }
    }
}

/// Runs the checks of these names, outside; the first one builds the world and always runs.
pub(crate) fn run(
    workspace: &Workspace,
    report: &mut Report,
    stage: Stage,
    plan: &anyhow::Result<Plan>,
    names: &[&str],
) {
    if let Err(why) = ready(plan) {
        names.iter().copied().for_each(|name| report.skip(name, &why));
        return;
    }
    start(workspace, report, stage, names);
}

/// Runs the checks of these names inside, where all that they need is there.
pub(crate) fn start(workspace: &Workspace, report: &mut Report, stage: Stage, names: &[&str]) {
    let folder = workspace.target.join(stage.word());
    let mut started = None;
    report.check(&format!("{} build", stage.word()), || {
        let server = workspace.build_server()?;
        let _absent = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(ONLY), names.join("\n"))?;
        let mut command =
            world::isolated(["inside".as_ref(), stage.word().as_ref(), folder.as_os_str()])?;
        let mut child =
            command.env(world::SERVER, server).stdout(Stdio::piped()).spawn().context("unshare")?;
        let stdout = child.stdout.take().context("no output")?;
        started = Some((child, BufReader::new(stdout).lines()));
        Ok(Verdict::passed())
    });
    let Some((mut child, mut lines)) = started else { return };
    for name in names {
        let mut has_ended = false;
        report.check(name, || {
            let line = lines.next().transpose()?;
            has_ended = line.is_none();
            let line = line.context("the small Internet ended early")?;
            match serde_json::from_str(&line).with_context(|| line.clone())? {
                Said::Passed(note) => Ok(Verdict::Passed(note)),
                Said::Failed(why) => bail!("{why}; see {}", folder.display()),
            }
        });
        if has_ended {
            break;
        }
    }
    let _ended = child.wait();
}

/// Runs a stage inside.
pub(crate) fn inside(stage: Stage, folder: &Path) {
    match stage {
        Stage::Acme => acme::inside(folder),
        Stage::Exchange => exchange::inside(folder),
        Stage::Package => package::stage::inside(folder),
        Stage::Flaps => flaps::inside(folder),
        Stage::Bounces => bounces::inside(folder),
        Stage::Thunderbird => thunderbird::inside(folder),
        Stage::Trust => trust::inside(folder),
        Stage::Dane => dane::inside(folder),
        Stage::Sts => sts::inside(folder),
        Stage::Forward => forward::inside(folder),
    }
}

/// Builds the world and runs those of the checks that are wanted, inside.
pub(crate) fn carry_out<T: Copy>(
    folder: &Path,
    plan: anyhow::Result<Plan>,
    checks: &[Check<'_, T>],
    mut check: impl FnMut(&mut World, T) -> anyhow::Result<String>,
) {
    let wanted = wanted(folder);
    let built = plan.and_then(|plan| Ok(World::build(&plan, folder)?));
    let mut world = match built {
        Ok(world) => world,
        Err(fault) => return say(Err(anyhow!("no small Internet: {fault:#}"))),
    };
    let mut has_failed = false;
    for (name, what) in checks {
        if !wanted.iter().any(|it| it == name) {
            continue;
        }
        let ended = check(&mut world, *what);
        has_failed |= ended.is_err();
        say(ended);
    }
    if has_failed {
        world.keep_logs();
    }
}

/// The names of the checks that are wanted, inside.
pub(crate) fn wanted(folder: &Path) -> Vec<String> {
    let names = fs::read_to_string(folder.join(ONLY)).unwrap_or_default();
    names.lines().map(str::to_owned).collect()
}

/// Names the checks that are wanted, to the program inside.
const ONLY: &str = "checks";

/// Says how a check came out, inside.
pub(crate) fn say(ended: anyhow::Result<String>) {
    let said = match ended {
        Ok(note) => Said::Passed(note),
        Err(error) => Said::Failed(format!("{error:#}")),
    };
    println!("{}", serde_json::to_string(&said).unwrap_or_default());
}

/// Whether worlds can be made here, and the roots for this one.
fn ready(plan: &anyhow::Result<Plan>) -> Result<(), String> {
    line::possible()?;
    needs::ensure(&needs::ROOTS)?;
    let plan = plan.as_ref().map_err(|error| format!("{error:#}"))?;
    // Inside there is no mirror to make roots from.
    plan.make_roots().map_err(|fault| fault.to_string())
}
