//! The subcommands `load` and `ceiling`.
#![expect(clippy::print_stdout, reason = "results go to standard output")]

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use hikyaku_bench::ceiling;
use hikyaku_bench::load::{Security, SignIn, Stop, Tally, Target, pop3, smtp};
use hikyaku_bench::tls;

use crate::arguments::{Ceiling, CeilingProtocol, Common, Load, Pop3, Protocol, Smtp, Tls};

/// Runs one load and prints what it did.
pub(crate) fn load(load: &Load) -> anyhow::Result<()> {
    let (tally, json) = match &load.protocol {
        Protocol::Smtp(smtp) => (send(smtp)?, smtp.common.json),
        Protocol::Pop3(pop3) => (fetch(pop3)?, pop3.common.json),
    };
    print(&tally, json)?;
    let failed = tally.failed();
    anyhow::ensure!(failed == 0, "{failed} connections failed: {:?}", tally.failures);
    Ok(())
}

/// Runs a ceiling until the process is killed.
pub(crate) fn ceiling(ceiling: &Ceiling) -> anyhow::Result<()> {
    let files = || {
        let chain = ceiling.chain.clone().context("TLS needs --chain and --key")?;
        anyhow::Ok((chain, ceiling.key.clone().context("TLS needs --key")?))
    };
    let security = match ceiling.tls {
        Tls::None => ceiling::Security::Clear,
        Tls::Start => files().map(|(chain, key)| ceiling::Security::StartTls(chain, key))?,
        Tls::Implicit => files().map(|(chain, key)| ceiling::Security::Tls(chain, key))?,
    };
    let kind = match ceiling.protocol {
        CeilingProtocol::Smtp => ceiling::Kind::Smtp,
        CeilingProtocol::Pop3 => ceiling::Kind::Pop3 { mails: ceiling.holds, size: ceiling.size },
    };
    let bound = ceiling::Ceiling::bind(ceiling.port, kind, security)?;
    println!("listening on {}", bound.address()?);
    bound.run()
}

fn send(arguments: &Smtp) -> anyhow::Result<Tally> {
    let common = &arguments.common;
    let passwords = passwords(common)?;
    let count = arguments.from.len().max(arguments.to.len());
    let party = |number: usize| {
        let sender = turn(&arguments.from, number);
        let sign_in = password(&passwords, number % arguments.from.len())
            .map(|password| SignIn { user: sender.clone(), password });
        smtp::Party { sign_in, ..smtp::Party::new(&sender, &turn(&arguments.to, number)) }
    };
    let mut load = smtp::Load::new(target(common)?, (0..count).map(party).collect());
    load.sessions = common.sessions;
    load.mails_per_connection = arguments.per_connection;
    load.size = arguments.size;
    load.stop = stop(common, 100);
    load.pipelining = arguments.pipelining;
    load.run()
}

fn fetch(arguments: &Pop3) -> anyhow::Result<Tally> {
    let common = &arguments.common;
    let passwords = passwords(common)?;
    let account = |(number, user): (usize, &String)| {
        let password = password(&passwords, number).context("POP3 needs --passwords")?;
        anyhow::Ok(SignIn { user: user.clone(), password })
    };
    let accounts: Result<Vec<_>, _> = arguments.user.iter().enumerate().map(account).collect();
    let load = pop3::Load {
        target: target(common)?,
        sessions: common.sessions,
        accounts: accounts?,
        mails: arguments.holds,
        stop: stop(common, arguments.holds),
    };
    load.run()
}

/// The item for a session when they are used in turn.
fn turn(all: &[String], number: usize) -> String {
    all.get(number % all.len().max(1)).cloned().unwrap_or_default()
}

fn passwords(common: &Common) -> anyhow::Result<Vec<String>> {
    let Some(file) = &common.passwords else { return Ok(Vec::new()) };
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn password(all: &[String], number: usize) -> Option<String> {
    all.get(number).or(all.last()).cloned()
}

fn stop(common: &Common, mails: u64) -> Stop {
    match common.seconds {
        Some(seconds) => Stop::After(Duration::from_secs_f64(seconds)),
        None => Stop::PerSession(common.mails.unwrap_or(mails)),
    }
}

fn target(common: &Common) -> anyhow::Result<Target> {
    let config = || {
        let ca = common.ca.as_deref().context("TLS needs --ca, the authority to trust")?;
        tls::client(ca)
    };
    let security = match common.tls {
        Tls::None => Security::Clear,
        Tls::Start => Security::StartTls(config()?),
        Tls::Implicit => Security::Tls(config()?),
    };
    let mut target = Target::new(common.server, security);
    target.name.clone_from(&common.name);
    Ok(target)
}

fn print(tally: &Tally, json: bool) -> anyhow::Result<()> {
    if json {
        let document = serde_json::json!({
            "mails": tally.done,
            "octets": tally.octets,
            "seconds": tally.elapsed().as_secs_f64(),
            "per_second": tally.per_second(),
            "latency": tally.latency(),
            "failures": tally.failures,
        });
        println!("{}", serde_json::to_string(&document)?);
        return Ok(());
    }
    let seconds = tally.elapsed().as_secs_f64();
    println!("{} mails in {seconds:.2} s: {:.0} a second", tally.done, tally.per_second());
    if let Some(latency) = tally.latency() {
        println!(
            "each: median {:.2} ms, 99 % below {:.2} ms, slowest {:.2} ms",
            latency.p50_ms, latency.p99_ms, latency.max_ms
        );
    }
    Ok(())
}
