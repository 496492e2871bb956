//! What a world shall be, as data.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::certificate::{Key, Kind};
use super::dns::Dns;
use super::script::Script;
use super::service::Service;
use super::signing::Signed;
use crate::fault::{At, Fault};

/// A small Internet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its hosts, but for those of the DNS, which every world has.
    #[serde(default, rename = "host")]
    pub hosts: Vec<HostPlan>,
    /// What its zones hold beyond the addresses of the hosts.
    #[serde(default, rename = "zone")]
    pub zones: Vec<ZonePlan>,
}

/// A host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostPlan {
    /// Its name in the DNS.
    pub name: String,
    /// Its addresses; the first one is the one it sends from.
    pub addresses: Vec<IpAddr>,
    /// The domain its services serve; its name without the first label where absent.
    domain: Option<String>,
    /// What runs on it: names of files in `lab/services`.
    #[serde(default)]
    pub services: Vec<String>,
    /// Mailboxes of its domain.
    #[serde(default, rename = "mailbox")]
    pub mailboxes: Vec<Mailbox>,
    /// Settings of its services that differ from their files.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Further names for its certificate.
    #[serde(default)]
    pub also: Vec<String>,
    /// The key of its certificate.
    #[serde(default)]
    pub key: Key,
    /// What is wrong with its certificate, if anything.
    #[serde(default)]
    pub certificate: Kind,
    /// Whether it sends the certificate of its authority as well (RFC 7672 §3.1.2).
    #[serde(default)]
    pub sends_authority: bool,
    /// Its servers that follow scripts.
    #[serde(default, rename = "script")]
    pub scripts: Vec<Script>,
}

/// A mailbox and who may open it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// What stands before the `@`.
    pub local: String,
    /// The password.
    #[serde(default = "password")]
    pub password: String,
}

/// A zone of the DNS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZonePlan {
    /// Its name, without a final dot.
    pub name: String,
    /// Records in master file format (RFC 1035 §5), names relative to the zone.
    #[serde(default)]
    pub records: String,
    /// How it is signed.
    #[serde(default)]
    pub signed: Signed,
}

fn password() -> String {
    "seven couriers ran to Kyoto in three days".to_owned()
}

impl Plan {
    /// Reads a plan.
    pub fn read(file: &Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(file).at(file)?;
        Self::parse(&text, &file.display().to_string())
    }

    /// Reads a plan from its text; `name` stands in what is said of mistakes.
    pub fn parse(text: &str, name: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| Fault::Plan { what: format!("{name}: {error}") })
    }

    /// Makes the roots of all its hosts; only outside the world is there a mirror to make them from.
    pub fn make_roots(&self) -> Result<(), Fault> {
        Dns::root(self)?;
        for host in &self.hosts {
            super::service::root(&host.services()?)?;
        }
        Ok(())
    }

    /// Whether any of its zones is signed.
    pub(super) fn is_signed(&self) -> bool {
        self.zones.iter().any(|zone| zone.signed != Signed::No)
    }

    /// The names of the plans in `lab/worlds`.
    pub fn names() -> Result<Vec<String>, Fault> {
        let folder = super::service::own("worlds");
        let files = fs::read_dir(&folder).at(&folder)?.flatten().map(|entry| entry.path());
        let stem = |file: PathBuf| Some(file.file_stem()?.to_str()?.to_owned());
        let mut names: Vec<String> = files.filter_map(stem).collect();
        names.sort();
        Ok(names)
    }

    /// Reads one of the plans in `lab/worlds`.
    pub fn named(name: &str) -> Result<Self, Fault> {
        Self::read(&super::service::own(&format!("worlds/{name}.toml")))
    }
}

impl HostPlan {
    /// The domain its services serve.
    pub fn domain(&self) -> &str {
        let of_name = || self.name.split_once('.').map_or(self.name.as_str(), |(_, rest)| rest);
        self.domain.as_deref().unwrap_or_else(of_name)
    }

    /// Its scripts, in which the owners of its mailboxes can sign in.
    pub(super) fn scripts(&self) -> Vec<Script> {
        let mut scripts = self.scripts.clone();
        for script in scripts.iter_mut().filter(|script| script.accounts.is_empty()) {
            let account =
                |it: &Mailbox| (format!("{}@{}", it.local, self.domain()), it.password.clone());
            script.accounts = self.mailboxes.iter().map(account).collect();
        }
        scripts
    }

    /// What runs on it.
    pub(super) fn services(&self) -> Result<Vec<Service>, Fault> {
        self.services.iter().map(|name| Service::read(name)).collect()
    }

    /// The names its certificate holds.
    pub(super) fn certificate_names(&self) -> Vec<String> {
        [vec![self.name.clone()], self.also.clone()].concat()
    }

    /// What `{{name}}` stands for in the files of its services; `set` comes before all.
    pub(super) fn variables(
        &self,
        defaults: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut all = defaults.clone();
        all.insert("host".to_owned(), self.name.clone());
        all.insert("domain".to_owned(), self.domain().to_owned());
        for (name, is) in
            [("address4", IpAddr::is_ipv4 as fn(&IpAddr) -> bool), ("address6", IpAddr::is_ipv6)]
        {
            let address = self.addresses.iter().find(|address| is(address));
            all.insert(name.to_owned(), address.map(ToString::to_string).unwrap_or_default());
        }
        all.extend(self.set.clone());
        all
    }
}
