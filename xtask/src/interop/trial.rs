//! A running `hikyaku try`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use hikyaku_lab::child::{Guard, tied};
use hikyaku_lab::wait;
use serde::Deserialize;

use crate::chance::Chance;
use crate::client::{Authority, Login, Service};
use crate::ports;

/// From the start of the program to its line of JSON; it makes keys and accounts in between.
const START: Duration = Duration::from_mins(1);

/// The ports of `try` before the offset.
const PORTS: [u16; 6] = [2525, 2587, 2465, 2110, 2995, 8080];

/// The server and what it said of itself.
pub(crate) struct Trial {
    /// Its authority's certificate.
    pub(crate) ca: PathBuf,
    said: Said,
    guard: Guard,
}

/// The line of JSON; a contract with everyone who scripts `try`.
#[derive(Debug, Deserialize)]
struct Said {
    ready: bool,
    ca: PathBuf,
    accounts: Vec<Account>,
    listen: BTreeMap<String, SocketAddr>,
}

#[derive(Debug, Deserialize)]
struct Account {
    address: String,
    password: String,
}

impl Trial {
    /// Starts one in `folder`, which must be empty or an earlier one's; its standard error is kept
    /// in `log`.
    pub(crate) fn start(server: &Path, folder: &Path, log: &Path) -> anyhow::Result<Self> {
        let line = folder.with_extension("json");
        let mut command = tied(&server.display().to_string());
        command.args(["try", "--json", "--dir"]).arg(folder);
        command.args(["--port-offset", &free_offset()?.to_string()]);
        command.stdin(Stdio::null()).stdout(File::create(&line)?).stderr(File::create(log)?);
        let mut guard = Guard::start(command)?;
        let mut text = String::new();
        let ready = wait::until(START, || {
            text = fs::read_to_string(&line).unwrap_or_default();
            text.contains('\n') || guard.ended().is_some()
        });
        if let Some(status) = guard.ended() {
            bail!("hikyaku try ended at once ({status}): {}", end_of(log));
        }
        if !ready {
            bail!("hikyaku try was not ready within {START:?}: {}", end_of(log));
        }
        let said: Said = serde_json::from_str(text.trim())
            .with_context(|| format!("the line of `try --json`: {text}"))?;
        if !said.ready {
            bail!("hikyaku try says that it is not ready");
        }
        let ca = std::path::absolute(&said.ca)?;
        Ok(Self { ca, said, guard })
    }

    /// The account that sends.
    pub(crate) fn taro(&self) -> anyhow::Result<Login> {
        self.login("taro@edo.test")
    }

    /// The account that receives.
    pub(crate) fn hanako(&self) -> anyhow::Result<Login> {
        self.login("hanako@kyoto.test")
    }

    /// Where a service listens, by its name in the configuration.
    pub(crate) fn address(&self, service: &str) -> anyhow::Result<SocketAddr> {
        let found = self.said.listen.get(service);
        found.copied().ok_or_else(|| anyhow!("`try --json` names no listener {service}"))
    }

    /// A service that speaks TLS at once.
    pub(crate) fn service(&self, name: &str) -> anyhow::Result<Service> {
        let authority = Authority::from_pem_file(&self.ca)?;
        Ok(Service { address: self.address(name)?, authority })
    }

    /// Asks it to stop, as `systemctl stop` would, within the five seconds it has.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        let limit = Duration::from_secs(5);
        let status = self.guard.stop(limit);
        if status.success() {
            return Ok(());
        }
        bail!("after SIGTERM: {status} (five seconds are allowed)")
    }

    fn login(&self, address: &str) -> anyhow::Result<Login> {
        let found = self.said.accounts.iter().find(|account| account.address == address);
        let account = found.with_context(|| format!("`try --json` names no account {address}"))?;
        Ok(Login { address: account.address.clone(), password: account.password.clone() })
    }
}

/// An offset at which all ports are free now.
fn free_offset() -> anyhow::Result<u16> {
    let mut chance = Chance::from_seed(Chance::fresh_seed());
    for _ in 0..100 {
        // Everything stays below the ports that outgoing connections are given.
        let offset = u16::try_from(chance.between(2_000, 24_000))?;
        if PORTS.iter().all(|port| ports::is_free(port + offset)) {
            return Ok(offset);
        }
    }
    bail!("no offset with all ports free")
}

fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" / ")
}
