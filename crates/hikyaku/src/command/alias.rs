//! `alias`: further addresses, and where their mail goes.

use std::fmt::Write as _;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, visible};
use hikyaku_mail::Address;
use hikyaku_store::{Store, wait};
use serde_json::json;

use super::account::address;
use super::{one, store};
use crate::Outcome;
use crate::cli::{Alias, AliasOf, ConfigFile};
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(command: Alias, output: Output) -> Outcome {
    match command {
        Alias::Add(of) => add(&of, output),
        Alias::Remove(of) => remove(&of, output),
        Alias::List(file) => list(&file, output),
    }
}

fn add(of: &AliasOf, output: Output) -> Outcome {
    let (config, store) = store(&of.file)?;
    let (alias, target) = (address(&of.address)?, address(&of.target)?);
    leads_out(&config, &store, &target)?;
    wait(store.add_alias(&alias, &target)).map_err(one)?;
    done("alias-added", "added", (&alias, &target), output);
    Ok(())
}

fn remove(of: &AliasOf, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let (alias, target) = (address(&of.address)?, address(&of.target)?);
    wait(store.remove_alias(&alias, &target)).map_err(one)?;
    done("alias-removed", "removed", (&alias, &target), output);
    Ok(())
}

fn done(id: &str, key: &str, (alias, target): (&Address, &Address), output: Output) {
    let (address, target) = (alias.to_string(), target.to_string());
    output.result(&json!({ "address": address, "target": target, key: true }), |language| {
        say(language, id, &[("address", &address), ("target", &target)]) + "\n"
    });
}

fn list(file: &ConfigFile, output: Output) -> Outcome {
    let (_, store) = store(file)?;
    let aliases = store.aliases().map_err(one)?;
    let rows: serde_json::Value = aliases
        .iter()
        .map(|it| json!({ "address": it.address, "target": it.target, "away": it.is_away }))
        .collect();
    output.result(&rows, |language| {
        aliases.iter().fold(String::new(), |mut text, alias| {
            let id = if alias.is_away { "alias-away" } else { "alias-here" };
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:<32} {}  {}",
                visible(&alias.address),
                visible(&alias.target),
                say(language, id, &[])
            );
            text
        })
    });
    Ok(())
}

/// Whether a target on another server can be reached as the configuration stands.
pub(super) fn leads_out(config: &Config, store: &Store, target: &Address) -> Outcome {
    let domains = store.domains().map_err(one)?;
    let is_here = target.domain().is_some_and(|it| domains.iter().any(|own| own.name == *it));
    let delivery = &config.delivery;
    let reaches = || {
        let host = target.host.to_string();
        delivery.only.is_empty() || delivery.only.iter().any(|pattern| pattern.matches(&host))
    };
    if is_here || delivery.enabled && reaches() {
        return Ok(());
    }
    let raw = target.to_string().into_bytes();
    Err(vec![
        Cause::proven(Code::AccountForward)
            .with(Evidence::Address { role: AddressRole::Recipient, raw }),
    ])
}
