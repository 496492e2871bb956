//! `try`: the whole system on this machine, with two domains and two accounts.

use std::fmt::Write as _;
use std::path::Path;

use hikyaku_cause::{Cause, Code, Evidence, Language};
use hikyaku_mail::Address;
use hikyaku_store::{NewAccount, Store, password, wait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{one, options};
use crate::cli::Try;
use crate::config::Config;
use crate::output::Output;
use crate::run::Listening;
use crate::words::say;
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
    crate::log::start(arguments.log.log);
    let dir = std::path::absolute(&arguments.dir)
        .map_err(|error| vec![secret_file::fault(&arguments.dir, &error)])?;
    let files = prepare(&dir, arguments.port_offset).map_err(|cause| vec![cause])?;
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
fn prepare(dir: &Path, offset: u16) -> Result<certificate::Files, Cause> {
    let config = dir.join("hikyaku.toml");
    let mut listen = String::new();
    for (service, port) in PORTS {
        let Some(port) = port.checked_add(offset) else {
            return Err(Cause::proven(Code::ConfigValueInvalid)
                .with(Evidence::File { path: config })
                .with(Evidence::Wanted { expected: "--port-offset of at most 57455" })
                .with(Evidence::Found { raw: offset.to_string().into_bytes() }));
        };
        let _ = writeln!(listen, "{service} = [\"127.0.0.1:{port}\"]");
    }
    secret_file::folder(dir)?;
    let files = certificate::ensure(dir, NAMES.map(str::to_owned).to_vec())?;
    let text = format!(
        "# Written by `hikyaku try` at every start.\n\
         hostname = \"mx.edo.test\"\ndata = \"data\"\ndomains = [\"edo.test\", \"kyoto.test\"]\n\n\
         [listen]\n{listen}\n\
         [tls]\ncertificates = [{{ chain = \"certificate.pem\", key = \"certificate.key\" }}]\n\n\
         # Nothing leaves this machine.\n[delivery]\nenabled = false\n"
    );
    secret_file::write(&config, text.as_bytes())?;
    Ok(files)
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
            let password = password::hash(&trial.password);
            wait(store.add_account(NewAccount { address, password, quota: None })).map_err(one)?;
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
    let _ = writeln!(text, "\n{}", say(language, "try-example", &[("dir", &shown)]));
    text
}
