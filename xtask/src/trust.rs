//! Who stands for what comes in: mail in many names, right and forged, judged by Hikyaku and, over
//! the same DNS, by pyspf and dkimpy.

pub(crate) mod suite;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Plan, World};

use crate::here::{HERE, mailbox, trace};
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 5] = [
    ("a small Internet", Check::World),
    ("mail in many names", Check::Send),
    ("pyspf, dkimpy and authres agree", Check::Compare),
    ("what the trace keeps", Check::Trace),
    ("a DNS that does not answer", Check::Silence),
];

/// What sends and judges.
const PROGRAM: &str = include_str!("trust/verdicts.py");
const FILE: &str = "/srv/verdicts.py";
/// Where it runs.
const JUDGE: &str = "judge.lab.test";
/// How long mail may take into the mailbox.
const SOON: Duration = Duration::from_secs(20);

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built.
    World,
    /// Every case is handed over.
    Send,
    /// The verdicts and replies are those of the judges.
    Compare,
    /// Verdicts are found again with their reasons.
    Trace,
    /// Without a DNS nothing is refused.
    Silence,
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Trust, &plan(), &names);
    report.check("the public SPF suite", || suite::check(workspace));
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    inner::carry_out(folder, plan(), &CHECKS, |world, check| match check {
        Check::World => Ok(world.names().collect::<Vec<_>>().join(", ")),
        Check::Send => send(world),
        Check::Compare => compare(world),
        Check::Trace => kept(world),
        Check::Silence => silence(world),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("trust")?)
}

/// Runs the program of the judges.
fn judges(world: &World, act: &str) -> anyhow::Result<String> {
    let judge = world.place(JUDGE)?.machine()?;
    judge.write(FILE, PROGRAM)?;
    let mut command = judge.command("python3");
    command.args([FILE, act]);
    Ok(String::from_utf8_lossy(&judge.run(command, b"")?).trim().to_owned())
}

fn send(world: &World) -> anyhow::Result<String> {
    judges(world, "send")?;
    let judge = world.place(JUDGE)?.machine()?;
    let said = std::fs::read(judge.path("/srv/said.json"))?;
    let said: Vec<serde_json::Value> = serde_json::from_slice(&said)?;
    let taken = said.iter().filter(|case| case.get("got").is_some_and(|it| it == 250)).count();
    let mut found = 0;
    let are_there = wait::until(SOON, || {
        found = mailbox(world).map_or(0, |all| all.len());
        found >= taken
    });
    ensure!(are_there, "{found} of {taken} are in the mailbox");
    for (number, message) in mailbox(world)?.iter().enumerate() {
        judge.write(&format!("/srv/got/{number}.eml"), message)?;
    }
    Ok(format!("{taken} of {} taken in", said.len()))
}

fn compare(world: &World) -> anyhow::Result<String> {
    Ok(format!("{} cases", judges(world, "compare")?))
}

fn kept(world: &World) -> anyhow::Result<String> {
    let here = world.place(HERE)?.machine()?;
    let taken = trace(here, "<dkim-rsa@trust.test>")?;
    let verdicts = taken.pointer("/0/received/verdicts").context("no verdicts are kept")?;
    let holds = verdicts.pointer("/dkim/0/result").is_some_and(|it| it == "pass")
        && verdicts.pointer("/dmarc/0/result").is_some_and(|it| it == "pass")
        && verdicts.pointer("/dmarc/0/record/domain").is_some_and(|it| it == "good.test")
        && verdicts.pointer("/asked/0/name").is_some();
    ensure!(holds, "{verdicts}");
    let let_in = trace(here, "<arc-2@trust.test>")?;
    let by = let_in.pointer("/0/received/verdicts/let_in_by/0");
    ensure!(by.is_some_and(|it| it == "lists.test"), "{let_in}");
    let refused = trace(here, "<dkim-body@trust.test>")?;
    let code = refused.pointer("/0/recipients/0/code");
    ensure!(code.is_some_and(|it| it == "smtp.data.dmarc"), "{refused}");
    let evidence = refused.pointer("/0/recipients/0/cause/evidence").context("no evidence")?;
    let evidence = evidence.as_array().context("no list")?;
    let verdict = evidence.iter().find(|it| it.get("method").is_some_and(|it| it == "dkim"));
    let why = verdict.and_then(|it| it.get("why")).and_then(|it| it.as_str()).unwrap_or_default();
    ensure!(why.contains("body"), "{refused}");
    Ok("verdicts, whose word let mail in, why it was refused".to_owned())
}

fn silence(world: &mut World) -> anyhow::Result<String> {
    world.dns().stop_resolver();
    let said = judges(world, "silence");
    world.dns().start_resolver()?;
    let said = said?;
    let arrived = wait::until(SOON, || {
        let all = mailbox(world).unwrap_or_default();
        all.iter().any(|message| {
            let text = String::from_utf8_lossy(message);
            text.contains("<silence@trust.test>") && text.contains("dmarc=temperror")
        })
    });
    ensure!(arrived, "not in the mailbox with dmarc=temperror: {said}");
    Ok(format!("taken in after {said} s"))
}
