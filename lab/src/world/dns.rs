//! The DNS of the world: nsd answers for all zones, unbound looks names up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::Duration;

use super::internet::{Internet, NAME_SERVER, RESOLVER, RESOLVER_6};
use super::machine::Machine;
use super::plan::Plan;
use super::signing::{self, Certificates};
use crate::fault::Fault;
use crate::root::Root;
use crate::wait;

/// How long each may take to answer.
const START: Duration = Duration::from_secs(20);
/// The name of the only name server, which serves the root zone as well.
const SERVER: &str = "ns.servers.lab";

/// The two servers.
#[derive(Debug)]
pub struct Dns {
    names: Machine,
    resolver: Machine,
    /// The key of the root as a record; absent where nothing is signed.
    anchor: Option<String>,
}

impl Dns {
    /// The root of both.
    pub(super) fn root(plan: &Plan) -> Result<Root, Fault> {
        Ok(if plan.is_signed() {
            Root::ensure("dns-signed", &["nsd", "unbound", "ldnsutils", "openssl"])?
        } else {
            Root::ensure("dns", &["nsd", "unbound"])?
        })
    }

    /// The key of the root as a DNSKEY record; absent where nothing is signed.
    pub fn anchor(&self) -> Option<&str> {
        self.anchor.as_deref()
    }

    pub(super) fn start(
        internet: &Internet,
        plan: &Plan,
        records: &[String],
        certificates: &Certificates,
    ) -> Result<Self, Fault> {
        let root = Self::root(plan)?;
        let mut zones = zones(plan, records);
        let names = internet.host(SERVER, &[NAME_SERVER])?;
        let resolver = internet.host("resolver.lab", &[RESOLVER, RESOLVER_6])?;
        let mut dns = Self {
            names: internet.machine(&names, &root)?,
            resolver: internet.machine(&resolver, &root)?,
            anchor: None,
        };
        if plan.is_signed() {
            signing::tlsa(&dns.names, &mut zones, certificates)?;
            let wanted = signing::wanted(plan, &zones);
            dns.anchor = Some(signing::sign(&dns.names, &mut zones, &wanted)?);
        }
        dns.write(&zones)?;
        dns.start_names()?;
        dns.start_resolver()?;
        for (host, machine) in [(&names, &dns.names), (&resolver, &dns.resolver)] {
            let server = SocketAddr::new(host.address()?, 53);
            if !host.within(|| wait::until(START, || answers(server)))? {
                let what = format!("{} answers", host.name());
                return Err(Fault::TimedOut { what, waited: START, log: machine.logs(&[]) });
            }
        }
        Ok(dns)
    }

    /// The server that answers for all zones goes away, until [`Dns::start_names`].
    pub fn stop_names(&mut self) {
        self.names.kill();
    }

    /// It comes back.
    pub fn start_names(&mut self) -> Result<(), Fault> {
        let mut command = self.names.command("nsd");
        command.args(["-d", "-c", "/etc/nsd/lab.conf"]);
        self.names.start("nsd", command)
    }

    /// The server that looks names up goes away, until [`Dns::start_resolver`].
    pub fn stop_resolver(&mut self) {
        self.resolver.kill();
    }

    /// It comes back, having forgotten everything.
    pub fn start_resolver(&mut self) -> Result<(), Fault> {
        let mut command = self.resolver.command("unbound");
        command.args(["-d", "-p", "-c", "/etc/unbound/lab.conf"]);
        self.resolver.start("unbound", command)
    }

    /// The questions asked so far by a host of this address, where zones are signed: name and type.
    pub fn questions(&self, by: IpAddr) -> Vec<String> {
        let asked = format!(" info: {by} ");
        let said = self.resolver.said("unbound");
        let lines = said.lines().filter_map(|line| line.split_once(&asked));
        lines.map(|(_, question)| question.trim_end_matches(" IN").to_owned()).collect()
    }

    pub(super) fn keep_logs(&self, folder: &Path) {
        self.names.keep_logs(&folder.join(SERVER));
        self.resolver.keep_logs(&folder.join("resolver.lab"));
    }

    fn write(&self, zones: &BTreeMap<String, String>) -> Result<(), Fault> {
        let mut nsd = NSD.to_owned();
        let mut unbound = UNBOUND.to_owned();
        if let Some(anchor) = &self.anchor {
            self.resolver.write("/etc/unbound/lab.key", anchor)?;
            unbound.push_str(VALIDATES);
        } else {
            unbound.push_str(ITERATES);
        }
        for (zone, records) in zones {
            let file = format!("/etc/nsd/zones/{zone}zone");
            self.names.write(&file, records)?;
            let _infallible = write!(nsd, "zone:\n  name: \"{zone}\"\n  zonefile: \"{file}\"\n");
            if zone != "." {
                // Names that resolvers answer by themselves elsewhere (RFC 6303, RFC 6761).
                let _infallible = writeln!(unbound, "  local-zone: \"{zone}\" nodefault");
            }
        }
        self.names.write("/etc/nsd/lab.conf", &nsd)?;
        self.resolver.write("/etc/unbound/lab.conf", &unbound)?;
        let hints = format!(". NS {SERVER}.\n{SERVER}. A {NAME_SERVER}\n");
        self.resolver.write("/etc/unbound/lab.hints", hints)
    }
}

/// Every zone with its records, by its name with a final dot.
fn zones(plan: &Plan, records: &[String]) -> BTreeMap<String, String> {
    let mut zones: BTreeMap<String, String> = BTreeMap::new();
    for name in [".", "test.", "in-addr.arpa.", "ip6.arpa."] {
        zones.insert(name.to_owned(), head(name));
    }
    for host in &plan.hosts {
        // A host's domain has a zone even where the plan says nothing of it.
        let zone = format!("{}.", host.domain());
        zones.entry(zone.clone()).or_insert_with(|| head(&zone));
    }
    for zone in &plan.zones {
        let name = format!("{}.", zone.name.trim_end_matches('.'));
        let text = zones.entry(name.clone()).or_insert_with(|| head(&name));
        let _infallible = writeln!(text, "{}", zone.records);
    }
    let mut all: Vec<String> = records.to_vec();
    all.push(format!("{SERVER}. A {NAME_SERVER}"));
    let named: Vec<String> = plan.zones.iter().map(|zone| zone.records.clone()).collect();
    for host in &plan.hosts {
        for address in &host.addresses {
            let kind = if address.is_ipv4() { "A" } else { "AAAA" };
            all.push(format!("{}. {kind} {address}", host.name));
            let reverse = reverse(*address);
            // A plan may say that an address has another name, or none.
            if !named.iter().any(|records| records.contains(reverse.trim_end_matches('.'))) {
                all.push(format!("{reverse} PTR {}.", host.name));
            }
        }
    }
    for zone in zones.keys().cloned().collect::<Vec<_>>() {
        if zone != "." {
            let parent = enclosing(&zones, zone.split_once('.').map_or(".", |(_, rest)| rest));
            add(&mut zones, &parent, &format!("{zone} NS {SERVER}."));
        }
    }
    for record in all {
        let owner = record.split_whitespace().next().unwrap_or_default().to_owned();
        let zone = enclosing(&zones, &owner);
        add(&mut zones, &zone, &record);
    }
    zones
}

fn add(zones: &mut BTreeMap<String, String>, zone: &str, record: &str) {
    if let Some(text) = zones.get_mut(zone) {
        let _infallible = writeln!(text, "{record}");
    }
}

/// The closest zone that holds a name.
pub(super) fn enclosing(zones: &BTreeMap<String, String>, name: &str) -> String {
    let mut rest = name;
    while !rest.is_empty() {
        if zones.contains_key(rest) {
            return rest.to_owned();
        }
        rest = rest.split_once('.').map_or("", |(_, rest)| rest);
    }
    ".".to_owned()
}

/// Short times to live: what changes in a world is seen soon.
fn head(zone: &str) -> String {
    format!(
        "$ORIGIN {zone}\n$TTL 5\n@ SOA {SERVER}. hostmaster.servers.lab. 1 3600 600 86400 1\n\
         @ NS {SERVER}.\n"
    )
}

/// RFC 1035 §3.5, RFC 3596 §2.5.
fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(address) => {
            let digits: String =
                address.octets().iter().rev().fold(String::new(), |mut text, octet| {
                    let _infallible = write!(text, "{:x}.{:x}.", octet & 15, octet >> 4);
                    text
                });
            format!("{digits}ip6.arpa.")
        }
    }
}

/// Whether a server answers the question for the root's name server.
fn answers(server: SocketAddr) -> bool {
    let question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01";
    let Ok(socket) = UdpSocket::bind("0.0.0.0:0") else { return false };
    let _default = socket.set_read_timeout(Some(Duration::from_millis(300)));
    let mut answer = [0; 512];
    // QR set, no error.
    socket.send_to(question, server).is_ok()
        && socket.recv(&mut answer).is_ok_and(|length| length > 12)
        && answer.get(3).is_some_and(|flags| flags % 16 == 0)
}

const NSD: &str = "\
server:
  username: \"\"
  database: \"\"
  pidfile: \"/run/nsd.pid\"
  xfrdfile: \"/var/tmp/xfrd.state\"
  zonelistfile: \"/var/tmp/zone.list\"
  server-count: 1
  hide-version: no
remote-control:
  control-enable: no
";

/// Failures are forgotten at once, so that a test that puts something right need not wait.
const UNBOUND: &str = "\
server:
  interface: 0.0.0.0
  interface: ::0
  access-control: 0.0.0.0/0 allow
  access-control: ::0/0 allow
  username: \"\"
  chroot: \"\"
  pidfile: \"\"
  use-syslog: no
  root-hints: \"/etc/unbound/lab.hints\"
  module-config: \"iterator\"
  num-threads: 1
  infra-host-ttl: 1
  infra-keep-probing: yes
  cache-max-negative-ttl: 1
";
const ITERATES: &str = "  module-config: \"iterator\"\n";
const VALIDATES: &str = "\
  module-config: \"validator iterator\"
  trust-anchor-file: \"/etc/unbound/lab.key\"
  val-bogus-ttl: 1
  log-queries: yes
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_addresses() {
        assert_eq!(reverse("203.0.113.7".parse().unwrap()), "7.113.0.203.in-addr.arpa.");
        let six = reverse("2001:db8::7".parse().unwrap());
        assert!(six.starts_with("7.0.0.0.0.0."), "{six}");
        assert!(six.ends_with("8.b.d.0.1.0.0.2.ip6.arpa."), "{six}");
    }

    #[test]
    fn every_record_lies_in_its_closest_zone() {
        let plan: Plan = toml::from_str(
            "[[host]]\nname = \"mx.edo.test\"\naddresses = [\"203.0.113.7\"]\n\
             [[zone]]\nname = \"sub.edo.test\"\nrecords = \"@ MX 10 mx.edo.test.\"\n",
        )
        .unwrap();
        let zones = zones(&plan, &["x.sub.edo.test. TXT \"x\"".to_owned()]);
        assert!(zones["edo.test."].contains("mx.edo.test. A 203.0.113.7"));
        assert!(zones["edo.test."].contains("sub.edo.test. NS"));
        assert!(zones["sub.edo.test."].contains("x.sub.edo.test. TXT"));
        assert!(zones["in-addr.arpa."].contains("7.113.0.203.in-addr.arpa. PTR mx.edo.test."));
    }
}
