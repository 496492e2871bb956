//! One case, inside its namespaces.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use hikyaku_lab::case::{Case, Expect};
use hikyaku_lab::world::{RESOLVER, RESOLVER_6, SERVER, World};
use serde_json::Value;

use super::{Ended, tools};

/// Builds the world, asks the doctor, and compares.
pub(crate) fn run(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let case = Case::read(file)?;
    let mut world = World::build(&case.plan()?, folder)?;
    for rule in &case.rules {
        world.internet().rule(rule)?;
    }
    if case.dns_down {
        world.dns().stop_names();
        world.dns().stop_resolver();
    }
    let begun = Instant::now();
    let report = match &case.doctor.bounce {
        Some(mail) => ask_of_bounce(mail, &case, &world, folder)?,
        None => ask(&case, &world, folder)?,
    };
    let seconds = begun.elapsed().as_secs_f64();
    let codes = codes(&report);
    let first = codes.first().cloned().unwrap_or_default();
    let wrong = wrong(&case.expect, &report, &codes, seconds);
    if !wrong.is_empty() {
        world.keep_logs();
    }
    let tools = match std::env::var_os(tools::WANTED) {
        Some(_) => tools::run(&case, &world)?,
        None => Vec::new(),
    };
    let case = super::name(file);
    let ended = Ended { case, pass: wrong.is_empty(), first, codes, seconds, tools, wrong };
    println!("{}", serde_json::to_string(&ended)?);
    Ok(())
}

fn ask(case: &Case, world: &World, folder: &Path) -> anyhow::Result<Value> {
    let ca = folder.join("ca.pem");
    fs::write(&ca, world.authority().pem())?;
    let server = std::env::var(SERVER).context(SERVER)?;
    let from = &world.place(&case.doctor.from)?.host;
    let mut command = from.command(&server);
    if case.doctor.clock != 0 {
        wrong_clock(&mut command, case.doctor.clock)?;
    }
    command.args(["doctor", "account", &case.doctor.address, "--json", "--resolver"]);
    let has_4 = from.addresses().iter().any(IpAddr::is_ipv4);
    let resolver = SocketAddr::new(if has_4 { RESOLVER } else { RESOLVER_6 }, 53);
    command.arg(resolver.to_string());
    command.arg("--ca").arg(&ca).args(&case.doctor.arguments);
    command.arg("--record").arg(folder.join("facts.json"));
    if case.doctor.password.is_some() {
        command.arg("--password-stdin");
    }
    // The system's own authorities vouch for nobody here.
    command.env("SSL_CERT_FILE", &ca).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("hikyaku")?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "{}", case.doctor.password.as_deref().unwrap_or_default())?;
    }
    let output = child.wait_with_output()?;
    fs::write(folder.join("report.json"), &output.stdout)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!output.stdout.is_empty(), "the doctor said nothing: {said}");
    let report: Value = serde_json::from_slice(&output.stdout).context("no JSON")?;
    let wants = match report.get("verdict").and_then(Value::as_str) {
        Some("healthy") => 0,
        Some("unknown") => 2,
        _ => 1,
    };
    ensure!(output.status.code() == Some(wants), "exit status {}: {said}", output.status);
    Ok(report)
}

/// What is found out about a mail that came back, in the form of a report: its findings are the
/// look-ups of the first recipient.
fn ask_of_bounce(mail: &str, case: &Case, world: &World, folder: &Path) -> anyhow::Result<Value> {
    let file = folder.join("bounce.eml");
    fs::write(&file, mail)?;
    let server = std::env::var(SERVER).context(SERVER)?;
    let from = &world.place(&case.doctor.from)?.host;
    let mut command = from.command(&server);
    command.args(["doctor", "bounce"]).arg(&file).args(["--check", "--json", "--resolver"]);
    let has_4 = from.addresses().iter().any(IpAddr::is_ipv4);
    let resolver = SocketAddr::new(if has_4 { RESOLVER } else { RESOLVER_6 }, 53);
    command.arg(resolver.to_string()).args(&case.doctor.arguments).stdin(Stdio::null());
    let output = command.output().context("hikyaku")?;
    fs::write(folder.join("report.json"), &output.stdout)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "exit status {}: {said}", output.status);
    let line: Value = serde_json::from_slice(&output.stdout).context("no JSON")?;
    let mut report = line.pointer("/results/0").cloned().context("the mail is no bounce")?;
    if let Some(object) = report.as_object_mut() {
        let checks = object.get("checks").cloned().context("no checks")?;
        object.insert("findings".to_owned(), checks);
    }
    Ok(report)
}

/// A clock of its own for the doctor.
fn wrong_clock(command: &mut Command, seconds: i64) -> anyhow::Result<()> {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    ensure!(Path::new(library).exists(), "libfaketime is not installed");
    command.env("LD_PRELOAD", library).env("FAKETIME", format!("{seconds:+}"));
    // Waits go by the clock that cannot be set.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Ok(())
}

fn codes(report: &Value) -> Vec<String> {
    let findings = report.get("findings").and_then(Value::as_array);
    let code = |finding: &Value| finding.get("code")?.as_str().map(str::to_owned);
    findings.into_iter().flatten().filter_map(code).collect()
}

/// What does not hold.
fn wrong(expect: &Expect, report: &Value, codes: &[String], seconds: f64) -> Vec<String> {
    let mut wrong = Vec::new();
    let first = codes.first().map(String::as_str).unwrap_or_default();
    if first != expect.first {
        wrong.push(format!("first {first:?}, not {:?} (all: {})", expect.first, codes.join(" ")));
    }
    let missing = expect.must.iter().filter(|code| !codes.contains(code));
    wrong.extend(missing.map(|code| format!("{code} is missing (all: {})", codes.join(" "))));
    let unwanted = expect.never.iter().filter(|code| codes.contains(code));
    wrong.extend(unwanted.map(|code| format!("{code} is there")));
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let fields = [
        ("/verdict", &expect.verdict),
        ("/send", &expect.send),
        ("/receive", &expect.receive),
        ("/findings/0/certainty", &expect.certainty),
        ("/code", &expect.refused),
        ("/origin", &expect.origin),
    ];
    for (pointer, wanted) in fields {
        if let Some(wanted) = wanted
            && text(pointer) != wanted
        {
            wrong.push(format!("{pointer} is {:?}, not {wanted:?}", text(pointer)));
        }
    }
    let changes = changes(report);
    let missing = expect.change.iter().filter(|change| !changes.contains(change));
    wrong.extend(missing.map(|change| format!("no change {change:?} (all: {changes:?})")));
    let found = discovered(report);
    let missing = expect.discovered.iter().filter(|it| !found.contains(it));
    wrong.extend(missing.map(|it| format!("no discovery {it:?} (all: {found:?})")));
    let proposed = proposed(report);
    let missing = expect.publish.iter().filter(|line| !proposed.contains(line));
    wrong.extend(missing.map(|line| format!("{line:?} is not proposed (all: {proposed:?})")));
    if seconds > expect.seconds {
        wrong.push(format!("took {seconds:.2} s, {} at most", expect.seconds));
    }
    wrong
}

/// Each way of finding the servers, and what it came to.
fn discovered(report: &Value) -> Vec<String> {
    let steps = report.pointer("/settings/discovered").and_then(Value::as_array);
    let one = |step: &Value| {
        let outcome = step.get("outcome")?;
        // An outcome with details is an object of one key.
        let name = outcome.as_str().map(str::to_owned);
        let name = name.or_else(|| outcome.as_object()?.keys().next().cloned())?;
        Some(format!("{} {name}", step.get("source")?.as_str()?))
    };
    steps.into_iter().flatten().filter_map(one).collect()
}

/// The lines for a zone file that are proposed.
fn proposed(report: &Value) -> Vec<String> {
    let findings = report.get("findings").and_then(Value::as_array);
    let evidence = findings.into_iter().flatten().filter_map(|it| it.get("evidence")?.as_array());
    let publish = |it: &Value| it.get("publish")?.as_str().map(str::to_owned);
    evidence.flatten().filter_map(publish).collect()
}

/// The changes of the first finding: field, from, to.
fn changes(report: &Value) -> Vec<String> {
    let remedies = report.pointer("/findings/0/remedies").and_then(Value::as_array);
    let change = |remedy: &Value| {
        let change = remedy.get("change")?;
        let part = |name: &str| change.get(name)?.as_str().map(str::to_owned);
        Some([part("field")?, part("from")?, part("to")?].join(" "))
    };
    remedies.into_iter().flatten().filter_map(change).collect()
}
