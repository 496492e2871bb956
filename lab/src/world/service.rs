//! What runs on a host, as data: a file of `lab/services` for each program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::host::Host;
use super::machine::Machine;
use super::plan::{HostPlan, Mailbox};
use crate::fault::{At, Fault};
use crate::root::Root;
use crate::wait;

/// How long a program may take until all of its ports answer.
const START: Duration = Duration::from_secs(30);
/// Names the program that a service calls `{{hikyaku}}`.
pub const SERVER: &str = "HIKYAKU_SERVER";

/// A program and its configuration. Wherever text is, `{{name}}` stands for a value: `host`,
/// `domain`, `address4`, `address6`, what `set` holds, and, in text that is repeated for each
/// mailbox, `local`, `address` and `password`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[serde(skip)]
    name: String,
    /// What it does, for readers.
    pub about: String,
    /// The Debian packages it comes from.
    #[serde(default)]
    packages: Vec<String>,
    /// The release of Debian whose packages they are, where the host's own are too old.
    release: Option<String>,
    /// Whether it is the program of this project.
    #[serde(default)]
    hikyaku: bool,
    /// Values a plan may change.
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default, rename = "file")]
    files: Vec<FilePlan>,
    /// A script that runs before it starts, and before the DNS does.
    #[serde(default)]
    prepare: String,
    /// A script that runs for each mailbox, with its password on standard input.
    #[serde(default)]
    each_mailbox: String,
    /// A script that prints records for the DNS.
    #[serde(default)]
    records: String,
    /// The program and its arguments; it stays in the foreground.
    #[serde(default)]
    run: Vec<String>,
    /// TCP ports it answers when it is ready.
    #[serde(default)]
    ports: Vec<u16>,
    /// Its logs, for errors.
    #[serde(default)]
    logs: Vec<String>,
}

/// A file of its configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePlan {
    path: String,
    #[serde(default)]
    text: String,
    /// Repeated for each mailbox.
    #[serde(default)]
    each_mailbox: String,
}

impl Service {
    /// Reads `lab/services/NAME.toml`.
    pub fn read(name: &str) -> Result<Self, Fault> {
        let file = own(&format!("services/{name}.toml"));
        let text = fs::read_to_string(&file).at(&file)?;
        let wrong =
            |error: toml::de::Error| Fault::Plan { what: format!("{}: {error}", file.display()) };
        Ok(Self { name: name.to_owned(), ..toml::from_str(&text).map_err(wrong)? })
    }

    /// Writes its files and runs its scripts.
    pub(super) fn prepare(&self, machine: &Machine, plan: &HostPlan) -> Result<(), Fault> {
        if self.hikyaku {
            let server = std::env::var_os(SERVER);
            let what = || format!("{SERVER} does not name the program");
            let server = server.ok_or_else(|| Fault::Plan { what: what() })?;
            machine.install(Path::new(&server), "/usr/local/bin/hikyaku")?;
        }
        let values = plan.variables(&self.set);
        for file in &self.files {
            let mut text = fill(&file.text, &values);
            for mailbox in &plan.mailboxes {
                text.push_str(&fill(&file.each_mailbox, &of_mailbox(&values, plan, mailbox)));
            }
            machine.write(&fill(&file.path, &values), text)?;
        }
        if !self.prepare.is_empty() {
            machine.script(&fill(&self.prepare, &values))?;
        }
        if !self.each_mailbox.is_empty() {
            for mailbox in &plan.mailboxes {
                let mut command = machine.command("sh");
                let script = fill(&self.each_mailbox, &of_mailbox(&values, plan, mailbox));
                command.args(["-e", "-c", &script]);
                machine.run(command, format!("{}\n", mailbox.password).as_bytes())?;
            }
        }
        Ok(())
    }

    /// What it wants in the DNS, one record a line.
    pub(super) fn records(&self, machine: &Machine, plan: &HostPlan) -> Result<Vec<String>, Fault> {
        if self.records.is_empty() {
            return Ok(Vec::new());
        }
        let said = machine.script(&fill(&self.records, &plan.variables(&self.set)))?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// Starts it.
    pub(super) fn start(&self, machine: &mut Machine, plan: &HostPlan) -> Result<(), Fault> {
        let values = plan.variables(&self.set);
        let mut words = self.run.iter().map(|word| fill(word, &values));
        let Some(program) = words.next() else { return Ok(()) };
        let mut command = machine.command(&program);
        command.args(words);
        machine.start(&self.name, command)
    }

    /// Waits until it answers.
    pub(super) fn wait(&self, host: &Host, machine: &Machine) -> Result<(), Fault> {
        for port in &self.ports {
            let address = SocketAddr::new(host.address()?, *port);
            if !host.within(|| wait::for_port(address, START))? {
                let what = format!("{} answers at {address}", self.name);
                return Err(Fault::TimedOut { what, waited: START, log: machine.logs(&self.logs) });
            }
        }
        Ok(())
    }
}

/// The root in which these services live together.
pub(super) fn root(services: &[Service]) -> Result<Root, Fault> {
    let packages: BTreeSet<&str> =
        services.iter().flat_map(|service| service.packages.iter().map(String::as_str)).collect();
    let named: Vec<&str> = services
        .iter()
        .filter(|service| !service.packages.is_empty())
        .map(|service| service.name.as_str())
        .collect();
    let name = if named.is_empty() { "plain".to_owned() } else { named.join("-") };
    let release = services.iter().find_map(|service| service.release.as_deref());
    Ok(Root::ensure_of(&name, &packages.into_iter().collect::<Vec<_>>(), release)?)
}

/// A file of this crate; the lab is only ever run from a checkout.
pub(crate) fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn of_mailbox(
    values: &BTreeMap<String, String>,
    plan: &HostPlan,
    mailbox: &Mailbox,
) -> BTreeMap<String, String> {
    let mut values = values.clone();
    values.insert("local".to_owned(), mailbox.local.clone());
    values.insert("address".to_owned(), format!("{}@{}", mailbox.local, plan.domain()));
    values.insert("password".to_owned(), mailbox.password.clone());
    values
}

/// Puts values in the places of their names.
fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_of_the_lab_can_be_read() {
        let mut count = 0;
        for entry in fs::read_dir(own("services")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let service = Service::read(name).unwrap();
            assert!(!service.about.is_empty(), "{name} does not say what it is");
            count += 1;
        }
        assert!(count > 0);
    }

    #[test]
    fn values_take_the_places_of_their_names() {
        let values = BTreeMap::from([("host".to_owned(), "mx.edo.test".to_owned())]);
        assert_eq!(fill("a {{host}} {{other}}", &values), "a mx.edo.test {{other}}");
    }
}
