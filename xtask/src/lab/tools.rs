//! What other tools say of the same case: swaks, `openssl s_client`, testssl.sh.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use hikyaku_lab::Root;
use hikyaku_lab::case::Case;
use hikyaku_lab::world::{Machine, World};
use serde::{Deserialize, Serialize};

/// Set where they are to be run too.
pub(super) const WANTED: &str = "HIKYAKU_LAB_TOOLS";
/// Their names, in the order of the table.
pub(super) const NAMES: [&str; 3] = ["swaks", "openssl s_client", "testssl.sh"];
/// Seconds that each may take.
const PATIENCE: &str = "60";
const CA: &str = "/etc/lab/ca.pem";

/// What a tool made of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tool {
    pub(crate) name: String,
    /// Whether its output names the cause; for a healthy case, whether it found nothing wrong.
    pub(crate) names: bool,
    pub(crate) seconds: f64,
}

#[derive(Deserialize)]
struct Table {
    words: BTreeMap<String, Vec<String>>,
}

/// The root they live in.
pub(super) fn root() -> anyhow::Result<Root> {
    Ok(Root::ensure(
        "tools",
        &["swaks", "openssl", "testssl.sh", "libnet-ssleay-perl", "libnet-dns-perl"],
    )?)
}

/// A server as the doctor was told it: `--smtp HOST:PORT/MODE`.
struct Told<'a> {
    protocol: &'a str,
    place: &'a str,
    mode: &'a str,
}

fn told(case: &Case) -> Vec<Told<'_>> {
    let arguments = &case.doctor.arguments;
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let one = |(flag, value): (&'_ String, &'_ String)| -> Option<(usize, usize)> {
        let protocol = ["--smtp", "--pop3", "--imap"].iter().position(|it| flag == it)?;
        arguments.iter().position(|it| std::ptr::eq(it, value)).map(|at| (protocol, at))
    };
    let found: Vec<(usize, usize)> = pairs.filter_map(one).collect();
    let words = ["smtp", "pop3", "imap"];
    let told = found.into_iter().filter_map(|(protocol, at)| {
        let (place, mode) = arguments.get(at)?.split_once('/')?;
        Some(Told { protocol: words.get(protocol)?, place, mode })
    });
    told.collect()
}

/// Runs all that can be run; nothing where no server is given, which all of them want.
pub(super) fn run(case: &Case, world: &World) -> anyhow::Result<Vec<Tool>> {
    let told = told(case);
    let Some(first) = told.first() else { return Ok(Vec::new()) };
    let host = &world.place(&case.doctor.from)?.host;
    let machine = world.internet().machine(host, &root()?)?;
    machine.write(CA, world.authority().pem())?;
    let smtp = told.iter().find(|it| it.protocol == "smtp");
    let mut tools = Vec::new();
    if let Some(smtp) = smtp {
        tools.push(one(case, NAMES[0], swaks(case, &machine, smtp))?);
    }
    tools.push(one(case, NAMES[1], s_client(&machine, first))?);
    tools.push(one(case, NAMES[2], testssl(&machine, first))?);
    Ok(tools)
}

fn one(case: &Case, name: &str, mut command: Command) -> anyhow::Result<Tool> {
    let begun = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let seconds = begun.elapsed().as_secs_f64();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).to_lowercase();
    let names = if case.expect.first.is_empty() {
        output.status.success()
    } else {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../lab/tools.toml");
        let table: Table = toml::from_str(&fs::read_to_string(file)?)?;
        let words = table.words.get(&case.expect.first);
        words.into_iter().flatten().any(|word| said.contains(word.as_str()))
    };
    Ok(Tool { name: name.to_owned(), names, seconds })
}

fn patient(machine: &Machine, program: &str) -> Command {
    let mut command = machine.command("timeout");
    command.args([PATIENCE, program]);
    command
}

fn swaks(case: &Case, machine: &Machine, told: &Told<'_>) -> Command {
    let (host, port) = told.place.rsplit_once(':').unwrap_or((told.place, "25"));
    let address = case.doctor.address.as_str();
    let mut command = patient(machine, "swaks");
    command.args(["--server", host, "--port", port, "--to", address, "--from", address]);
    command.args(["--timeout", "10", "--tls-verify", "--tls-ca-path", CA]);
    command.args(match told.mode {
        "tls" => ["--tls-on-connect"].as_slice(),
        "starttls" => ["--tls"].as_slice(),
        _ => [].as_slice(),
    });
    if let Some(password) = &case.doctor.password {
        // A password of the lab, which is no secret.
        command.args(["--auth", "PLAIN", "--auth-user", address, "--auth-password", password]);
    }
    if !case.doctor.arguments.iter().any(|it| it == "--send") {
        command.args(["--quit-after", "AUTH"]);
    }
    command
}

fn s_client(machine: &Machine, told: &Told<'_>) -> Command {
    let host = told.place.rsplit_once(':').map_or(told.place, |(host, _)| host);
    let mut command = patient(machine, "openssl");
    command.args(["s_client", "-brief", "-connect", told.place, "-CAfile", CA]);
    command.args(["-verify_hostname", host, "-verify_return_error"]);
    if told.mode != "tls" {
        command.args(["-starttls", told.protocol]);
    }
    command
}

fn testssl(machine: &Machine, told: &Told<'_>) -> Command {
    let mut command = patient(machine, "testssl");
    command.args(["--quiet", "--warnings", "batch", "--color", "0", "--ip", "one", "--fast"]);
    command.args(["--connect-timeout", "5", "--openssl-timeout", "5", "--add-ca", CA]);
    command.args(["--protocols", "--server-defaults"]);
    if told.mode != "tls" {
        command.args(["--starttls", told.protocol]);
    }
    command.arg(told.place);
    command
}
