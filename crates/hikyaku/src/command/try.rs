//! `try`: the whole system on this machine, with two domains and two accounts.

use std::fmt::Write as _;
use std::path::Path;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation, Language, render};
use hikyaku_mail::Address;
use hikyaku_rehearsal::{DOMAIN, Rehearsal, failures};
use hikyaku_server::DoorKind;
use hikyaku_store::{NewAccount, Store, password, wait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{one, options};
use crate::cli::Try;
use crate::config::Config;
use crate::output::Output;
use crate::run::{Listening, Served};
use crate::words::{in_shell, say};
use crate::{Outcome, certificate, secret_file};

const ACCOUNTS: [&str; 2] = ["taro@edo.test", "hanako@kyoto.test"];
const NAMES: [&str; 5] = ["localhost", "127.0.0.1", "::1", "mx.edo.test", "mx.kyoto.test"];
const PORTS: [(&str, u16); 6] = [
    ("smtp", 2525),
    ("submission", 2587),
    ("submissions", 2465),
    ("pop3", 2110),
    ("pop3s", 2995),
    ("http", 8080),
];

/// An account to try, as it stands in the file beside the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Trial {
    address: String,
    password: String,
}

pub(crate) fn run(arguments: &Try, output: Output) -> Outcome {
    if arguments.list_failures {
        return list_failures(output);
    }
    crate::log::start(arguments.log.log);
    let dir = std::path::absolute(&arguments.dir)
        .map_err(|error| vec![secret_file::fault(&arguments.dir, &error)])?;
    let rehearsal = rehearse().map_err(|cause| vec![cause])?;
    let files = prepare(&dir, arguments, &rehearsal).map_err(|cause| vec![cause])?;
    let config = Config::load(&dir.join("hikyaku.toml"))?;
    let accounts = accounts(&dir, &config)?;
    crate::run::run(&config, output, |listening| {
        let ready = json!({
            "ready": true,
            "ca": files.authority,
            "accounts": accounts,
            "listen": listening.json(),
            "config": dir.join("hikyaku.toml"),
        });
        output.result(&ready, |language| welcome(language, &dir, &accounts, listening));
    })
}

/// Folder, certificate and configuration.
fn prepare(dir: &Path, arguments: &Try, rehearsal: &Place) -> Result<certificate::Files, Cause> {
    let offset = arguments.port_offset;
    let config = dir.join("hikyaku.toml");
    let (mut listen, mut links) = (String::new(), String::new());
    for (service, port) in PORTS {
        // The command line lets none through that is too large.
        let port = port.saturating_add(offset);
        let _ = writeln!(listen, "{service} = [\"127.0.0.1:{port}\"]");
        if service == "http" && arguments.links {
            links = format!("public_url = \"http://127.0.0.1:{port}\"\n");
        }
    }
    secret_file::folder(dir)?;
    let files = certificate::ensure(dir, NAMES.map(str::to_owned).to_vec())?;
    let text = format!(
        "# Written by `hikyaku try` at every start.\n\
         hostname = \"mx.edo.test\"\ndata = \"data\"\ndomains = [\"edo.test\", \"kyoto.test\"]\n\
         {links}\n\
         [listen]\n{listen}\n\
         [tls]\ncertificates = [{{ chain = \"certificate.pem\", key = \"certificate.key\" }}]\n\n\
         # Whoever tries things out sends as much as they like.\n\
         [limits]\nsending_per_hour = 0\n\n\
         # Nothing leaves this machine: mail goes to {DOMAIN} alone, where it fails on cue, and\n\
         # soon enough to be watched.\n\
         [delivery]\nonly_domains = [\"{DOMAIN}\", \"*.{DOMAIN}\"]\nresolver = \"{}\"\n\
         port = {}\nfirst_wait_seconds = 2\nnotice_seconds = 20\nexpire_seconds = 60\n\
         connect_seconds = 5\nreply_seconds = 10\n",
        rehearsal.resolver, rehearsal.port,
    );
    secret_file::write(&config, text.as_bytes())?;
    Ok(files)
}

/// Where mail that fails on cue goes.
struct Place {
    resolver: std::net::SocketAddr,
    port: u16,
}

/// Starts the servers at which mail fails, on a thread of their own, for as long as the program runs.
fn rehearse() -> Result<Place, Cause> {
    let runtime = crate::runtime::single()?;
    let bound = runtime.block_on(Rehearsal::bind()).and_then(|rehearsal| {
        let place = Place { resolver: rehearsal.resolver()?, port: rehearsal.port() };
        Ok((rehearsal, place))
    });
    let (rehearsal, place) = bound.map_err(|error| not_rehearsed(&error))?;
    let run = move || runtime.block_on(rehearsal.run());
    let started = std::thread::Builder::new().name("rehearsal".to_owned()).spawn(run);
    started.map_err(|error| Cause::no_resources(&error))?;
    Ok(place)
}

fn not_rehearsed(error: &std::io::Error) -> Cause {
    Cause::proven(Code::NetListenFailed).with(Evidence::io(IoOperation::Listen, None, error))
}

fn list_failures(output: Output) -> Outcome {
    let all = failures().map_err(|error| {
        let text = error.message().to_owned();
        let detail = Evidence::Detail { source: "toml", text };
        vec![Cause::proven(Code::ConfigSyntax).with(detail)]
    })?;
    let rows: serde_json::Value = all
        .iter()
        .map(|failure| {
            json!({
                "address": failure.address(),
                "code": failure.cause(),
                "says": failure.say.trim(),
                "times": failure.times,
            })
        })
        .collect();
    output.result(&rows, |language| {
        let mut text = say(language, "try-failures", &[]) + "\n";
        for failure in &all {
            let Some(code) = failure.cause() else { continue };
            let title = render::title(&Cause::proven(code), language);
            let _ = writeln!(text, "  {:<30} {code}\n      {title}", failure.address());
        }
        text
    });
    Ok(())
}

/// The accounts, made if they are not there, with the passwords of the file.
fn accounts(dir: &Path, config: &Config) -> Result<Vec<Trial>, Vec<Cause>> {
    let file = dir.join("accounts.json");
    let written = std::fs::read(&file).ok();
    let known = written.and_then(|octets| serde_json::from_slice::<Vec<Trial>>(&octets).ok());
    let trials = if let Some(trials) = known {
        trials
    } else {
        let trials = ACCOUNTS.map(trial).into_iter().collect::<Result<Vec<_>, _>>()?;
        let text = json!(trials).to_string();
        secret_file::write(&file, text.as_bytes()).map_err(|cause| vec![cause])?;
        trials
    };
    // When the disk is at fault, the system starts all the same and says so at its doors.
    let store = Store::create(&config.data, options(config)).map_err(one)?;
    for trial in &trials {
        let address = super::account::address(&trial.address)?;
        if store.account(&trial.address).map_err(one)?.is_none() {
            let password = password::hash(&trial.password).map_err(one)?;
            wait(store.add_account(NewAccount { address, password, quota: None, language: None }))
                .map_err(one)?;
        }
    }
    wait(store.close());
    Ok(trials)
}

fn trial(address: &str) -> Result<Trial, Vec<Cause>> {
    Address::parse(address).map_err(|fault| {
        vec![Cause::proven(Code::AccountAddressInvalid).with(Evidence::Syntax(fault))]
    })?;
    let password = super::setup::random_password().map_err(|cause| vec![cause])?;
    Ok(Trial { address: address.to_owned(), password })
}

fn welcome(language: Language, dir: &Path, accounts: &[Trial], listening: &Listening) -> String {
    let shown = dir.display().to_string();
    let mut text = listening.text(language);
    let _ = writeln!(text, "\n{}", say(language, "try-accounts", &[]));
    for trial in accounts {
        let _ = writeln!(text, "  {}", trial.address);
    }
    let _ = writeln!(text, "{}", say(language, "try-files", &[("dir", &shown)]));
    let _ = writeln!(text, "{}", say(language, "try-fails", &[]));
    let server = listening.first(Served::Mail(DoorKind::Submissions));
    if let Some(server) = server.map(|it| it.to_string()) {
        let folder = in_shell(dir);
        let values = [("dir", folder.as_str()), ("server", &server)];
        let _ = writeln!(text, "\n{}", say(language, "try-example", &values));
    }
    text
}
