//! `domain`: which domains are served.

use std::fmt::Write as _;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence};
use hikyaku_mail::{Address, Domain};
use hikyaku_store::{Fault, ServedDomain, Store, wait};
use serde_json::json;

use super::account::{address, with_nearest};
use super::{one, options, records, store};
use crate::Outcome;
use crate::cli::{ConfigFile, DomainCommand};
use crate::config::Config;
use crate::nearest::nearest;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(command: DomainCommand, output: Output) -> Outcome {
    match command {
        DomainCommand::Add { file, domain, catch_all } => {
            add(&file, &domain, catch_all.as_deref(), output)
        }
        DomainCommand::Remove { file, domain } => remove(&file, &domain, output),
        DomainCommand::CatchAll { file, domain, address, .. } => {
            catch_all(&file, &domain, address.as_deref(), output)
        }
        DomainCommand::Records { file, domain } => show_records(&file, &domain, output),
        DomainCommand::List(file) => list(&file, output),
    }
}

fn add(file: &ConfigFile, name: &str, catch_all: Option<&str>, output: Output) -> Outcome {
    let domain = parse_public(name)?;
    let (config, store) = store(file)?;
    let target = catch_all.map(address).transpose()?;
    if let Some(address) = target.as_ref().filter(|it| it.domain() != Some(&domain)) {
        super::alias::leads_out(&config, &store, address)?;
    }
    wait(store.add_domain(&domain, target.as_ref())).map_err(one)?;
    let name = domain.as_str();
    output.result(&json!({ "domain": name, "added": true }), |language| {
        say(language, "domain-added", &[("domain", name)]) + "\n"
    });
    Ok(())
}

fn remove(file: &ConfigFile, name: &str, output: Output) -> Outcome {
    let (_, store) = store(file)?;
    let domain = served(&store, name)?;
    wait(store.remove_domain(&domain)).map_err(one)?;
    let name = domain.as_str();
    output.result(&json!({ "domain": name, "removed": true }), |language| {
        say(language, "domain-removed", &[("domain", name)]) + "\n"
    });
    Ok(())
}

fn catch_all(file: &ConfigFile, name: &str, target: Option<&str>, output: Output) -> Outcome {
    let (config, store) = store(file)?;
    let domain = served(&store, name)?;
    let target = target.map(address).transpose()?;
    if let Some(target) = &target {
        super::alias::leads_out(&config, &store, target)?;
    }
    wait(store.set_catch_all(&domain, target.as_ref())).map_err(one)?;
    let (name, target) = (domain.as_str(), target.as_ref().map(Address::to_string));
    output.result(&json!({ "domain": name, "catch_all": target }), |language| {
        let values = [("domain", name), ("target", target.as_deref().unwrap_or_default())];
        let id = if target.is_some() { "domain-catch-all" } else { "domain-catch-all-none" };
        say(language, id, &values) + "\n"
    });
    Ok(())
}

fn show_records(file: &ConfigFile, name: &str, output: Output) -> Outcome {
    let config = Config::load(&file.config)?;
    let domain = kept(&config, name)?;
    let signer = crate::run::signer(&config).map_err(|cause| vec![cause])?;
    let mut records = records::of(&domain, &config, signer.keys());
    records.extend(records::tlsa(&config));
    let list = records::json(&records, output.language);
    output.result(&list, |language| records::text(&records, language));
    Ok(())
}

fn list(file: &ConfigFile, output: Output) -> Outcome {
    let (_, store) = store(file)?;
    let domains = store.domains().map_err(one)?;
    let row = |domain: &ServedDomain| {
        json!({
            "domain": domain.name.as_str(),
            "unicode": domain.name.to_unicode(),
            "configured": domain.configured,
            "catch_all": domain.catch_all,
        })
    };
    output.result(&domains.iter().map(row).collect::<serde_json::Value>(), |language| {
        domains.iter().fold(String::new(), |mut text, domain| {
            let name = domain.name.as_str();
            // Writing to a string cannot fail.
            let _ = match &domain.catch_all {
                None => writeln!(text, "{name}"),
                Some(target) => {
                    let rest = say(language, "domain-list-catch-all", &[("target", target)]);
                    writeln!(text, "{name:<32} {rest}")
                }
            };
            text
        })
    });
    Ok(())
}

/// A domain that is served, whether or not there is a store yet.
fn kept(config: &Config, name: &str) -> Result<Domain, Vec<Cause>> {
    let domain = parse(name)?;
    if config.domains.contains(&domain) {
        return Ok(domain);
    }
    match Store::open(&config.data, options(config)) {
        Ok(store) => served(&store, name),
        Err(Fault::Missing { .. }) => among(domain, config.domains.iter()),
        Err(fault) => Err(one(fault)),
    }
}

/// A domain that is served.
fn served(store: &Store, name: &str) -> Result<Domain, Vec<Cause>> {
    let domains = store.domains().map_err(one)?;
    among(parse(name)?, domains.iter().map(|it| &it.name))
}

fn among<'a>(
    domain: Domain,
    served: impl Iterator<Item = &'a Domain> + Clone,
) -> Result<Domain, Vec<Cause>> {
    if served.clone().any(|it| *it == domain) {
        return Ok(domain);
    }
    let near = nearest(domain.as_str(), served.map(Domain::as_str));
    let cause = Fault::DomainUnknown { name: domain.to_string() }.cause();
    Err(vec![with_nearest(cause, near)])
}

/// A domain that other servers can send mail to.
pub(super) fn parse_public(name: &str) -> Result<Domain, Vec<Cause>> {
    let domain = parse(name)?;
    if domain.is_public() { Ok(domain) } else { Err(vec![invalid(name)]) }
}

/// The name of a host: of this machine alone too, but no address of the network.
pub(super) fn parse_host(name: &str) -> Result<Domain, Vec<Cause>> {
    let domain = parse(name)?;
    let is_name = !domain.is_numeric() && domain.has_sound_labels();
    if is_name { Ok(domain) } else { Err(vec![invalid(name)]) }
}

pub(super) fn parse(name: &str) -> Result<Domain, Vec<Cause>> {
    Domain::parse(name).map_err(|fault| vec![invalid(name).with(Evidence::Syntax(fault))])
}

fn invalid(name: &str) -> Cause {
    let raw = name.as_bytes().to_vec();
    Cause::proven(Code::DomainInvalid).with(Evidence::Address { role: AddressRole::Account, raw })
}
