//! Mail for addresses that lead to other servers: a sender whose domain publishes all it can, a
//! next server that looks closely, servers that send to each other in circles.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Plan, World};
use serde_json::Value;

use crate::here::{HERE, trace};
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

mod reports;
mod visits;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 10] = [
    ("a small Internet with aliases", Check::World),
    ("SPF, DKIM, DMARC and ARC hold at the next server", Check::Through),
    ("a chain of two forwarders", Check::Chain),
    ("what only SPF stood for is refused and explained", Check::OnlySpf),
    ("a target that is full, gone, or refuses", Check::Targets),
    ("a bounce comes back, a loop ends", Check::Loop),
    ("two servers that send to each other", Check::Ring),
    ("a sender too long for a return address", Check::Long),
    ("return addresses are good for nothing else", Check::Forged),
    ("nobody is written to for whom nobody stands", Check::Backscatter),
];

/// What writes and judges.
const PROGRAM: &str = include_str!("forward/letters.py");
const FILE: &str = "/srv/letters.py";
/// The sender's server, the next one, and another forwarder.
const SENDER: &str = "mx.kyoto.test";
const NEXT: &str = "mx.next.test";
const NARA: &str = "mx.nara.test";
/// How long mail may take.
const SOON: Duration = Duration::from_secs(40);

/// The addresses at each server that send mail on.
const ALIASES: [(&str, &str, &str); 13] = [
    (HERE, "info@edo.test", "hanako@next.test"),
    (HERE, "both@edo.test", "taro@edo.test"),
    (HERE, "both@edo.test", "hanako@next.test"),
    (HERE, "over@edo.test", "over@next.test"),
    (HERE, "later@edo.test", "later@next.test"),
    (HERE, "gone@edo.test", "gone@next.test"),
    (HERE, "shut@edo.test", "shut@next.test"),
    (HERE, "loop@edo.test", "loop@next.test"),
    (HERE, "mine@edo.test", "taro@edo.test"),
    (HERE, "mine@edo.test", "gone@next.test"),
    (HERE, "chain@edo.test", "chain@nara.test"),
    (NARA, "chain@nara.test", "hanako@next.test"),
    (NARA, "ring@nara.test", "ring@edo.test"),
];

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built, the addresses made.
    World,
    /// Mail arrives as if it had come directly, and in the mailbox here.
    Through,
    /// Two forwarders, two seals.
    Chain,
    /// Mail without a signature.
    OnlySpf,
    /// Recipients that are not there.
    Targets,
    /// The next server sends it back to where it came from.
    Loop,
    /// Another Hikyaku does.
    Ring,
    /// Its mail arrives, and a bounce finds the way back.
    Long,
    /// Made up and used up return addresses.
    Forged,
    /// Forged senders.
    Backscatter,
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Forward, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    inner::carry_out(folder, plan(), &CHECKS, |world, check| match check {
        Check::World => aliases(world),
        Check::Through => visits::through(world),
        Check::Chain => visits::chain(world),
        Check::OnlySpf => reports::only_spf(world),
        Check::Targets => reports::targets(world),
        Check::Loop => reports::came_back(world),
        Check::Ring => reports::ring(world),
        Check::Long => visits::long(world),
        Check::Forged => visits::forged(world),
        Check::Backscatter => reports::backscatter(world),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("forward")?)
}

fn aliases(world: &World) -> anyhow::Result<String> {
    let ring = (HERE, "ring@edo.test", "ring@nara.test");
    for (host, alias, target) in ALIASES.into_iter().chain([ring]) {
        hikyaku(world, host, &["alias", "add", alias, target])?;
    }
    Ok(world.names().collect::<Vec<_>>().join(", "))
}

/// Runs a command of Hikyaku on a host.
fn hikyaku(world: &World, host: &str, arguments: &[&str]) -> anyhow::Result<Value> {
    let machine = world.place(host)?.machine()?;
    let mut command = machine.command("hikyaku");
    command.args(arguments).args(["--json", "--config", "/srv/hikyaku/hikyaku.toml"]);
    Ok(serde_json::from_slice(&machine.run(command, b"")?)?)
}

/// Runs the program that writes and judges, at the sender.
fn letters(world: &World, arguments: &[&str]) -> anyhow::Result<String> {
    let machine = world.place(SENDER)?.machine()?;
    machine.write(FILE, PROGRAM)?;
    let mut command = machine.command("python3");
    command.arg(FILE).args(arguments);
    Ok(String::from_utf8_lossy(&machine.run(command, b"")?).trim().to_owned())
}

/// A mail in a Maildir, once it is there.
fn arrived(
    world: &World,
    host: &str,
    local: &str,
    is_it: impl Fn(&str) -> bool,
) -> anyhow::Result<String> {
    let maildir = world.place(host)?.machine()?.path(&format!("/srv/mail/{local}/new"));
    let mut found = None;
    let is_there = wait::until(SOON, || {
        let entries = std::fs::read_dir(&maildir).into_iter().flatten().flatten();
        let mut all = entries.filter_map(|entry| std::fs::read(entry.path()).ok());
        found = all
            .find_map(|it| Some(String::from_utf8_lossy(&it).into_owned()).filter(|it| is_it(it)));
        found.is_some()
    });
    ensure!(is_there, "{local} at {host} has no such mail within {SOON:?}");
    found.context("no mail")
}

/// The mail of this name in hanako's mailbox.
fn at_next(world: &World, name: &str) -> anyhow::Result<String> {
    let id = format!("\nMessage-ID: <{name}@forward.test>");
    arrived(world, NEXT, "hanako", |mail| mail.contains(&id))
}

/// The report about the mail of this name in the sender's mailbox.
fn report(world: &World, name: &str) -> anyhow::Result<String> {
    let id = format!("<{name}@forward.test>");
    let report =
        arrived(world, SENDER, "a", |mail| mail.contains("multipart/report") && mail.contains(&id));
    report.with_context(|| {
        let here = world.place(HERE).and_then(|place| place.machine());
        let traced = here.map(|it| trace(it, &id)).ok().and_then(Result::ok).unwrap_or_default();
        format!("{name}: {traced}")
    })
}
