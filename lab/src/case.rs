//! A case: a world, what is wrong in it, what is asked of the doctor, and what it must find.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fault::{At, Fault};
use crate::world::script::{Tls, Turn};
use crate::world::{HostPlan, Kind, Plan, ZonePlan};

/// A case, as its file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub about: String,
    /// One of `lab/worlds`, to which hosts and zones below are added.
    pub world: Option<String>,
    /// Further hosts; one of a name that the world has takes its place.
    #[serde(default, rename = "host")]
    hosts: Vec<HostPlan>,
    /// Further zones; likewise.
    #[serde(default, rename = "zone")]
    zones: Vec<ZonePlan>,
    /// What is wrong with the certificate of the host under diagnosis.
    #[serde(default)]
    certificate: Option<Kind>,
    /// The host under diagnosis, to which `certificate`, `turn` and `door` apply.
    #[serde(default = "patient")]
    pub patient: String,
    /// Where a scripted server of that host does not do what is lawful.
    #[serde(default, rename = "turn")]
    turns: Vec<TurnAt>,
    /// Ports of that host that are otherwise than in the world.
    #[serde(default, rename = "door")]
    doors: Vec<DoorAt>,
    /// Rules of the firewall between all hosts, in the words of nft(8).
    #[serde(default)]
    pub rules: Vec<String>,
    /// Whether the servers of the DNS go away before the doctor comes.
    #[serde(default)]
    pub dns_down: bool,
    /// What is asked.
    pub doctor: Question,
    /// What must come.
    pub expect: Expect,
}

/// A turn, and the port whose server takes it.
#[derive(Debug, Clone, Deserialize)]
struct TurnAt {
    port: u16,
    #[serde(flatten)]
    turn: Turn,
}

/// How a port differs from the world's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DoorAt {
    port: u16,
    /// Nobody listens there.
    #[serde(default)]
    closed: bool,
    /// How TLS begins there.
    tls: Option<Tls>,
}

/// What is asked of the doctor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The mail address.
    #[serde(default = "address")]
    pub address: String,
    /// The password; none is given where absent.
    pub password: Option<String>,
    /// A mail that came back, whose look-ups are asked for instead of an account.
    pub bounce: Option<String>,
    /// Further arguments, as on the command line.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The host that asks.
    #[serde(default = "client")]
    pub from: String,
    /// Seconds by which its clock is ahead.
    #[serde(default)]
    pub clock: i64,
}

/// What must come of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The first code; none at all where empty.
    #[serde(default)]
    pub first: String,
    /// Codes that must be there too.
    #[serde(default)]
    pub must: Vec<String>,
    /// Codes that must not be there.
    #[serde(default)]
    pub never: Vec<String>,
    /// How sure the first one must be.
    pub certainty: Option<String>,
    /// The verdict.
    pub verdict: Option<String>,
    /// Whether mail goes out.
    pub send: Option<String>,
    /// Whether mail comes in.
    pub receive: Option<String>,
    /// Changes that the first one must ask for: `smtp.port 25 465`.
    #[serde(default)]
    pub change: Vec<String>,
    /// What ways of finding the servers must have come to: `autoconfig found`.
    #[serde(default)]
    pub discovered: Vec<String>,
    /// What a mail that came back says itself: the code of its first recipient.
    pub refused: Option<String>,
    /// Lines for a zone file that must be proposed.
    #[serde(default)]
    pub publish: Vec<String>,
    /// Whose mail it was that came back.
    pub origin: Option<String>,
    /// The most seconds.
    #[serde(default = "seconds")]
    pub seconds: f64,
}

fn patient() -> String {
    "mail.edo.test".to_owned()
}

fn address() -> String {
    "taro@edo.test".to_owned()
}

fn client() -> String {
    "client.home.test".to_owned()
}

fn seconds() -> f64 {
    10.0
}

impl Case {
    /// Reads one.
    pub fn read(file: &Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(file).at(file)?;
        let wrong =
            |error: toml::de::Error| Fault::Plan { what: format!("{}: {error}", file.display()) };
        toml::from_str(&text).map_err(wrong)
    }

    /// The files of all cases of this repository, by their names.
    pub fn files() -> Result<Vec<PathBuf>, Fault> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        let entries = fs::read_dir(&folder).at(&folder)?.flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> =
            entries.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
        files.sort();
        Ok(files)
    }

    /// The world it happens in.
    pub fn plan(&self) -> Result<Plan, Fault> {
        let mut plan = match &self.world {
            Some(name) => Plan::named(name)?,
            None => Plan::default(),
        };
        for host in &self.hosts {
            plan.hosts.retain(|it| it.name != host.name);
            plan.hosts.push(host.clone());
        }
        for zone in &self.zones {
            plan.zones.retain(|it| it.name != zone.name);
            plan.zones.push(zone.clone());
        }
        let patient = plan.hosts.iter_mut().find(|host| host.name == self.patient);
        let Some(patient) = patient else { return Ok(plan) };
        if let Some(kind) = self.certificate {
            patient.certificate = kind;
        }
        for door in &self.doors {
            if door.closed {
                patient.scripts.retain(|script| script.port != door.port);
            }
            let own = patient.scripts.iter_mut().filter(|script| script.port == door.port);
            own.for_each(|script| script.tls = door.tls.unwrap_or(script.tls));
        }
        for TurnAt { port, turn } in &self.turns {
            let own = patient.scripts.iter_mut().filter(|script| script.port == *port);
            own.for_each(|script| script.turns.push(turn.clone()));
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_can_be_read() {
        for file in Case::files().unwrap() {
            let case = Case::read(&file).unwrap();
            let plan = case.plan().unwrap();
            assert!(!case.about.is_empty(), "{}", file.display());
            assert!(plan.hosts.iter().any(|host| host.name == case.doctor.from));
        }
    }
}
