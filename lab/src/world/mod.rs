//! A small Internet: hosts as network namespaces with addresses, names and real programs.
//!
//! A [`World`] is built from a [`Plan`], which is data (a TOML file). Every host is a namespace of
//! its own behind one router; the router is the namespace this process runs in, so firewall rules
//! made here act between hosts, as a provider's would. One host answers for all zones (nsd), one
//! looks names up for everybody (unbound). Services are real programs from Debian packages, each
//! host with a root of its own that is thrown away with the world.
//!
//! [`isolated`] starts this program again in namespaces of its own: nothing of the world is seen
//! outside, and all of it ends with that process.

mod certificate;
mod dns;
mod host;
mod internet;
mod machine;
mod plan;
pub mod script;
mod service;
mod signing;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use certificate::{Authority, Key, Kind, Pair};
pub use dns::Dns;
pub use host::Host;
pub use internet::{Internet, RESOLVER, RESOLVER_6};
pub use machine::Machine;
pub use plan::{HostPlan, Mailbox, Plan, ZonePlan};
pub(crate) use service::own;
pub use service::{SERVER, Service};
pub use signing::Signed;

use self::script::Scripted;
use self::signing::Certificates;
use crate::fault::{At, Fault};

/// A command that runs this very program with `arguments` in namespaces of its own: network,
/// mounts and processes. When it ends, however it ends, everything started in it has ended.
pub fn isolated<I>(arguments: I) -> Result<Command, Fault>
where
    I: IntoIterator,
    I::Item: AsRef<OsStr>,
{
    let program = std::env::current_exe()
        .map_err(|source| Fault::Start { program: "this program".to_owned(), source })?;
    let mut command = crate::child::tied("unshare");
    command.args(["--net", "--mount", "--propagation", "private", "--pid", "--fork"]);
    command.args(["--kill-child", "--mount-proc", "--"]).arg(program).args(arguments);
    Ok(command)
}

/// A running small Internet.
#[derive(Debug)]
pub struct World {
    internet: Internet,
    /// The authority that has signed the certificates of all hosts.
    authority: Authority,
    places: BTreeMap<String, Place>,
    dns: Dns,
    folder: PathBuf,
}

/// A host with what runs on it.
#[derive(Debug)]
pub struct Place {
    /// Its namespace and addresses.
    pub host: Host,
    /// Its root; absent for a host on which nothing of its own runs.
    pub machine: Option<Machine>,
    /// Its servers that follow scripts.
    scripted: Vec<Scripted>,
    services: Vec<Service>,
    /// The certificates it shows, PEM.
    chain: String,
    plan: HostPlan,
}

impl World {
    /// Makes the hosts, prepares and starts what runs on them, and waits until all of it answers.
    /// Only in the namespaces of [`isolated`]; `folder` is kept for reading.
    pub fn build(plan: &Plan, folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).at(folder)?;
        let internet = Internet::begin(folder)?;
        let authority = Authority::new("Lab Authority")?;
        let mut places = BTreeMap::new();
        for plan in &plan.hosts {
            places.insert(plan.name.clone(), Place::prepare(&internet, &authority, plan)?);
        }
        let mut records = Vec::new();
        for place in places.values() {
            records.extend(place.records()?);
        }
        let hosts = places.iter().map(|(name, place)| (name.clone(), place.chain.clone()));
        let certificates = Certificates { hosts: hosts.collect(), authority: authority.pem() };
        let dns = Dns::start(&internet, plan, &records, &certificates)?;
        if let Some(anchor) = dns.anchor() {
            for machine in places.values().filter_map(|place| place.machine.as_ref()) {
                machine.write("/etc/lab/root.key", anchor)?;
            }
        }
        let mut world = Self { internet, authority, places, dns, folder: folder.to_owned() };
        for place in world.places.values_mut() {
            place.start()?;
        }
        for place in world.places.values() {
            place.wait()?;
        }
        Ok(world)
    }

    /// The host of this name.
    pub fn place(&self, name: &str) -> Result<&Place, Fault> {
        self.places.get(name).ok_or_else(|| Fault::Plan { what: format!("no host {name:?}") })
    }

    /// The names of all hosts, but those of the DNS.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The line between the hosts.
    pub fn internet(&self) -> &Internet {
        &self.internet
    }

    /// The servers of the DNS.
    pub fn dns(&mut self) -> &mut Dns {
        &mut self.dns
    }

    /// The authority that has signed the certificates of all hosts.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Ends what runs on a host; its addresses stay.
    pub fn stop(&mut self, name: &str) -> Result<(), Fault> {
        if let Some(machine) = &mut self.place_mut(name)?.machine {
            machine.stop();
        }
        Ok(())
    }

    /// Starts it again, and waits until it answers.
    pub fn start(&mut self, name: &str) -> Result<(), Fault> {
        let place = self.place_mut(name)?;
        place.start()?;
        place.wait()
    }

    fn place_mut(&mut self, name: &str) -> Result<&mut Place, Fault> {
        self.places.get_mut(name).ok_or_else(|| Fault::Plan { what: format!("no host {name:?}") })
    }

    /// Copies the logs of all hosts below the world's folder, for reading once it is gone.
    pub fn keep_logs(&self) {
        for (name, place) in &self.places {
            if let Some(machine) = &place.machine {
                machine.keep_logs(&self.folder.join("logs").join(name));
            }
        }
        self.dns.keep_logs(&self.folder.join("logs"));
    }
}

impl Place {
    fn prepare(internet: &Internet, authority: &Authority, plan: &HostPlan) -> Result<Self, Fault> {
        let host = internet.host(&plan.name, &plan.addresses)?;
        let (services, scripted) = (plan.services()?, Vec::new());
        let mut pair =
            authority.certify_as(&plan.certificate_names(), plan.key, plan.certificate)?;
        if plan.sends_authority {
            pair.chain.push_str(&authority.pem());
        }
        let (chain, plan_of_it) = (pair.chain.clone(), plan.clone());
        let mut place = Self { host, machine: None, scripted, services, chain, plan: plan_of_it };
        for script in plan.scripts() {
            place.scripted.push(Scripted::start(&place.host, script, Some(&pair))?);
        }
        if place.services.is_empty() {
            return Ok(place);
        }
        let root = service::root(&place.services)?;
        let machine = internet.machine(&place.host, &root)?;
        machine.write("/etc/lab/chain.pem", &pair.chain)?;
        machine.write("/etc/lab/key.pem", &pair.key)?;
        machine.write("/etc/lab/ca.pem", authority.pem())?;
        for service in &place.services {
            service.prepare(&machine, plan)?;
        }
        place.machine = Some(machine);
        Ok(place)
    }

    fn records(&self) -> Result<Vec<String>, Fault> {
        let Some(machine) = &self.machine else { return Ok(Vec::new()) };
        let all = self.services.iter().map(|service| service.records(machine, &self.plan));
        Ok(all.collect::<Result<Vec<_>, _>>()?.concat())
    }

    fn start(&mut self) -> Result<(), Fault> {
        let Some(machine) = &mut self.machine else { return Ok(()) };
        self.services.iter().try_for_each(|service| service.start(machine, &self.plan))
    }

    fn wait(&self) -> Result<(), Fault> {
        let Some(machine) = &self.machine else { return Ok(()) };
        self.services.iter().try_for_each(|service| service.wait(&self.host, machine))
    }

    /// What it was made from.
    pub fn plan(&self) -> &HostPlan {
        &self.plan
    }

    /// The root of a host on which something runs.
    pub fn machine(&self) -> Result<&Machine, Fault> {
        let what = || format!("nothing runs on {:?}", self.plan.name);
        self.machine.as_ref().ok_or_else(|| Fault::Plan { what: what() })
    }

    /// The host's first address.
    pub fn address(&self) -> Result<IpAddr, Fault> {
        self.host.address()
    }
}
