//! `account`: who has a mailbox.

use std::fmt::Write as _;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Language, visible};
use hikyaku_mail::Address;
use hikyaku_sasl::ScramVerifier;
use hikyaku_store::password::{self, PasswordHash};
use hikyaku_store::{Fault, NewAccount, Store, check_name, wait};
use serde_json::json;
use zeroize::Zeroizing;

use super::{one, store};
use crate::Outcome;
use crate::cli::{Account, AccountOf, ConfigFile, ReportLanguage, Switch};
use crate::nearest::nearest;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(command: Account, output: Output) -> Outcome {
    match command {
        Account::Add { of, quota, language } => add(&of, quota, language, output),
        Account::Passwd(of) => passwd(&of, output),
        Account::Language { of, language } => set_language(&of, language, output),
        Account::Scram { of, state } => scram(&of, state, output),
        Account::Disable(of) => set_disabled(&of, true, output),
        Account::Enable(of) => set_disabled(&of, false, output),
        Account::List(file) => list(&file, output),
    }
}

fn add(of: &AccountOf, quota: Option<u64>, language: ReportLanguage, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let address = address(&of.address)?;
    check_name(&address).map_err(one)?;
    // The domain first: nobody should think of a password for an account that cannot be.
    served(&store, &address)?;
    if store.account(&address.canonical()).map_err(one)?.is_some() {
        return Err(one(Fault::AccountExists { name: address.to_string() }));
    }
    let password = hashed(&address, output)?;
    let new = NewAccount { address: address.clone(), password, quota, language: language.kept() };
    wait(store.add_account(new)).map_err(one)?;
    done("account-added", "added", &address, output);
    Ok(())
}

fn passwd(of: &AccountOf, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let address = existing(&store, &of.address)?;
    let password = checked(&address, output)?;
    let account = store.account(&address.canonical()).map_err(one)?;
    // Who signs in by SCRAM goes on to, by the new password.
    let wants_scram = account.is_some_and(|account| account.scram.is_some());
    let scram = wants_scram.then(|| verifier(&password)).transpose()?;
    let hash = password::hash(&password).map_err(one)?;
    wait(store.set_password(&address, hash, scram)).map_err(one)?;
    done("account-password-set", "password_set", &address, output);
    Ok(())
}

fn scram(of: &AccountOf, state: Switch, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let address = existing(&store, &of.address)?;
    let scram = match state {
        Switch::Off => None,
        Switch::On => {
            let password = crate::password_input::read(output).map_err(|cause| vec![cause])?;
            let account = store.account(&address.canonical()).map_err(one)?;
            let is_right = account
                .is_some_and(|account| password::verify(&account.password, password.as_bytes()));
            if !is_right {
                let name = address.to_string();
                return Err(vec![Cause::proven(Code::AuthFailed).with(Evidence::Account { name })]);
            }
            Some(verifier(&password)?)
        }
    };
    wait(store.set_scram(&address, scram)).map_err(one)?;
    let id = if state == Switch::On { "account-scram-on" } else { "account-scram-off" };
    let name = address.to_string();
    output.result(&json!({ "address": name, "scram": state == Switch::On }), |language| {
        say(language, id, &[("address", &name)]) + "\n"
    });
    // It is offered to all as soon as one has it, and a program that prefers it fails with the rest.
    let accounts = store.accounts().map_err(one)?;
    let without = accounts.iter().filter(|it| it.scram.is_none() && !it.disabled).count();
    if without > 0 && accounts.iter().any(|it| it.scram.is_some()) {
        output.notice("account-scram-some", &[("accounts", &without.to_string())]);
    }
    Ok(())
}

/// What verifies a password by SCRAM.
fn verifier(password: &str) -> Result<String, Vec<Cause>> {
    let salt = hikyaku_server::random().map_err(|fault| vec![fault.cause()])?;
    Ok(ScramVerifier::new(password.as_bytes(), salt).to_string())
}

fn set_language(of: &AccountOf, language: ReportLanguage, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let address = existing(&store, &of.address)?;
    wait(store.set_language(&address, language.kept())).map_err(one)?;
    let name = address.to_string();
    let result = json!({ "address": name, "language": language.kept() });
    output.result(&result, |shown| {
        let word = language.kept().map_or("account-language-both", |it| match it {
            Language::Japanese => "account-language-ja",
            Language::English => "account-language-en",
        });
        let word = say(shown, word, &[]);
        say(shown, "account-language-set", &[("address", &name), ("language", &word)]) + "\n"
    });
    Ok(())
}

fn set_disabled(of: &AccountOf, disabled: bool, output: Output) -> Outcome {
    let (_, store) = store(&of.file)?;
    let address = existing(&store, &of.address)?;
    wait(store.set_disabled(&address, disabled)).map_err(one)?;
    let (id, key) =
        if disabled { ("account-disabled", "disabled") } else { ("account-enabled", "enabled") };
    done(id, key, &address, output);
    Ok(())
}

fn done(id: &str, key: &str, address: &Address, output: Output) {
    let name = address.to_string();
    output.result(&json!({ "address": name, key: true }), |language| {
        say(language, id, &[("address", &name)]) + "\n"
    });
}

fn list(file: &ConfigFile, output: Output) -> Outcome {
    let (_, store) = store(file)?;
    let accounts = store.accounts().map_err(one)?;
    let rows: serde_json::Value = accounts
        .iter()
        .map(|account| {
            json!({
                "address": account.address.to_string(),
                "disabled": account.disabled,
                "messages": account.messages,
                "bytes": account.used,
                "quota": account.quota,
                "created": account.created.to_string(),
                "language": account.language,
                "scram": account.scram.is_some(),
            })
        })
        .collect();
    output.result(&rows, |language| {
        accounts.iter().fold(String::new(), |mut text, account| {
            let state =
                if account.disabled { "account-state-disabled" } else { "account-state-active" };
            let _ = writeln!(
                text,
                "{:<32} {}  {}",
                visible(&account.address.to_string()),
                say(language, state, &[]),
                say(
                    language,
                    "account-holds",
                    &[
                        ("messages", &account.messages.to_string()),
                        ("bytes", &account.used.to_string()),
                    ],
                ),
            );
            text
        })
    });
    Ok(())
}

/// An address as it was typed, or where it is wrong.
pub(super) fn address(text: &str) -> Result<Address, Vec<Cause>> {
    Address::parse(text.trim()).map_err(|fault| {
        let raw = text.as_bytes().to_vec();
        vec![
            Cause::proven(Code::AccountAddressInvalid)
                .with(Evidence::Address { role: AddressRole::Account, raw })
                .with(Evidence::Syntax(fault)),
        ]
    })
}

fn served(store: &Store, address: &Address) -> Outcome {
    let domains = store.domains().map_err(one)?;
    let wanted = address.domain().map(ToString::to_string).unwrap_or_default();
    if domains.iter().any(|domain| domain.name.as_str() == wanted) {
        return Ok(());
    }
    let near = nearest(&wanted, domains.iter().map(|domain| domain.name.as_str()));
    let cause = Fault::DomainUnknown { name: wanted }.cause();
    Err(vec![with_nearest(cause, near)])
}

/// The address of an account that is there.
fn existing(store: &Store, text: &str) -> Result<Address, Vec<Cause>> {
    let address = address(text)?;
    if store.account(&address.canonical()).map_err(one)?.is_some() {
        return Ok(address);
    }
    let accounts = store.accounts().map_err(one)?;
    let names: Vec<_> = accounts.iter().map(|account| account.address.to_string()).collect();
    let near = nearest(&address.to_string(), names.iter().map(String::as_str));
    let cause = Fault::AccountUnknown { name: address.to_string() }.cause();
    Err(vec![with_nearest(cause, near)])
}

pub(super) fn with_nearest(cause: Cause, nearest: Option<String>) -> Cause {
    match nearest {
        Some(name) => cause.with(Evidence::Nearest { name }),
        None => cause,
    }
}

/// Reads a password and checks it against the rules.
fn checked(address: &Address, output: Output) -> Result<Zeroizing<String>, Vec<Cause>> {
    let password = crate::password_input::read(output).map_err(|cause| vec![cause])?;
    password::check(&password, address).map_err(|fault| vec![fault.cause()])?;
    Ok(password)
}

/// The same, hashed.
fn hashed(address: &Address, output: Output) -> Result<PasswordHash, Vec<Cause>> {
    password::hash(&checked(address, output)?).map_err(one)
}
