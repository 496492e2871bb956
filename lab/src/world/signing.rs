//! Signed zones: a chain from the root's key down (RFC 4035 §2), made by ldns; and the TLSA records
//! of hosts, made by OpenSSL from their certificates.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::machine::Machine;
use super::plan::Plan;
use crate::fault::{At, Fault};

/// How a zone is signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signed {
    /// Not at all.
    #[default]
    No,
    /// Well, with NSEC (RFC 4034 §4).
    Nsec,
    /// Well, with NSEC3 (RFC 5155).
    Nsec3,
    /// Well, with NSEC3 that leaves out what is not signed below (RFC 5155 §6).
    OptOut,
    /// By signatures that ran out years ago.
    Expired,
}

impl Signed {
    fn arguments(self) -> &'static str {
        match self {
            Self::No | Self::Nsec => "",
            Self::Nsec3 => "-n -t 0",
            Self::OptOut => "-n -t 0 -p",
            Self::Expired => "-i 20200101000000 -e 20200201000000",
        }
    }
}

/// The zones to be signed and how. Every zone above a signed one is signed as well, as registries
/// do it.
pub(super) fn wanted(plan: &Plan, zones: &BTreeMap<String, String>) -> BTreeMap<String, Signed> {
    let mut all = BTreeMap::new();
    for zone in plan.zones.iter().filter(|zone| zone.signed != Signed::No) {
        let name = format!("{}.", zone.name.trim_end_matches('.'));
        let mut above = name.as_str();
        while let Some((_, rest)) = above.split_once('.') {
            if zones.contains_key(rest) {
                all.entry(rest.to_owned()).or_insert(Signed::OptOut);
            }
            above = rest;
        }
        all.insert(".".to_owned(), Signed::Nsec);
        all.insert(name, zone.signed);
    }
    all
}

/// Signs the zones, from the lowest up; returns the key of the root.
pub(super) fn sign(
    machine: &Machine,
    zones: &mut BTreeMap<String, String>,
    wanted: &BTreeMap<String, Signed>,
) -> Result<String, Fault> {
    let mut order: Vec<_> = wanted.iter().collect();
    let labels = |zone: &str| zone.trim_matches('.').split('.').filter(|it| !it.is_empty()).count();
    order.sort_by_key(|(zone, _)| std::cmp::Reverse(labels(zone)));
    let mut key = String::new();
    for (zone, how) in order {
        let text = zones.get(zone).cloned().unwrap_or_default();
        machine.write("/etc/nsd/sign/in", text)?;
        let script = format!(
            "cd /etc/nsd/sign; key=$(ldns-keygen -a ECDSAP256SHA256 -k -r /dev/urandom {zone}); \
             ldns-signzone {} -o {zone} -f out in $key; cat $key.ds; echo; cat $key.key >key",
            how.arguments()
        );
        let delegation = machine.script(&script)?;
        let read = |name: &str| {
            let path = machine.path(&format!("/etc/nsd/sign/{name}"));
            std::fs::read_to_string(&path).at(&path)
        };
        zones.insert(zone.clone(), read("out")?);
        key = read("key")?;
        if zone != "." {
            let parent = super::dns::enclosing(zones, zone.split_once('.').map_or(".", |it| it.1));
            if let Some(text) = zones.get_mut(&parent) {
                let _infallible = writeln!(text, "{delegation}");
            }
        }
    }
    Ok(key)
}

/// Puts the data of TLSA records in the places that ask for it: `{{3 1 1 mx.edo.test}}` is that
/// host's certificate, `{{2 …}}` that of its authority.
pub(super) fn tlsa(
    machine: &Machine,
    zones: &mut BTreeMap<String, String>,
    certificates: &Certificates,
) -> Result<(), Fault> {
    for text in zones.values_mut() {
        while let Some((before, rest)) = text.split_once("{{") {
            let Some((wanted, after)) = rest.split_once("}}") else { break };
            let data = data(machine, wanted, certificates)?;
            *text = format!("{before}{data}{after}");
        }
    }
    Ok(())
}

/// The certificates of all hosts by their names, and that of their authority; PEM.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    pub(super) hosts: BTreeMap<String, String>,
    pub(super) authority: String,
}

fn data(machine: &Machine, wanted: &str, all: &Certificates) -> Result<String, Fault> {
    let wrong = || Fault::Plan { what: format!("a TLSA record {wanted:?}") };
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let [usage, selector, matching, host] = words[..] else { return Err(wrong()) };
    let chain = if usage == "2" { Some(&all.authority) } else { all.hosts.get(host) };
    machine.write("/etc/nsd/sign/pem", chain.ok_or_else(wrong)?)?;
    let select = match selector {
        "0" => "openssl x509 -in pem -outform DER",
        _ => "openssl x509 -in pem -noout -pubkey | openssl pkey -pubin -outform DER",
    };
    let hash = match matching {
        "0" => "od -An -v -tx1 | tr -d ' \\n'",
        "1" => "openssl dgst -sha256 -r | cut -d ' ' -f 1",
        _ => "openssl dgst -sha512 -r | cut -d ' ' -f 1",
    };
    let hash = machine.script(&format!("cd /etc/nsd/sign; {select} | {hash}"))?;
    Ok(format!("{usage} {selector} {matching} {}", hash.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_above_is_signed_too() {
        let plan: Plan = toml::from_str(
            "[[zone]]\nname = \"good.test\"\nsigned = \"nsec3\"\n[[zone]]\nname = \"plain.test\"\n",
        )
        .unwrap();
        let zones = [".", "test.", "good.test.", "plain.test."];
        let zones = zones.map(|zone| (zone.to_owned(), String::new())).into();
        let wanted = wanted(&plan, &zones);
        let expected =
            [(".", Signed::Nsec), ("good.test.", Signed::Nsec3), ("test.", Signed::OptOut)];
        assert_eq!(wanted, expected.map(|(zone, how)| (zone.to_owned(), how)).into());
    }
}
