//! `domain`: which domains are served.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence};
use hikyaku_mail::Domain;
use hikyaku_store::wait;
use serde_json::json;

use super::{one, records, store};
use crate::Outcome;
use crate::cli::DomainCommand;
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(command: DomainCommand, output: Output) -> Outcome {
    match command {
        DomainCommand::Add { file, domain, catch_all } => {
            let (_, store) = store(&file)?;
            let domain = parse(&domain)?;
            let catch_all = catch_all.as_deref().map(super::account::address).transpose()?;
            wait(store.add_domain(&domain)).map_err(one)?;
            if let Some(address) = catch_all {
                wait(store.set_catch_all(&domain, Some(&address))).map_err(one)?;
            }
            let name = domain.as_str();
            output.result(&json!({ "domain": name, "added": true }), |language| {
                say(language, "domain-added", &[("domain", name)]) + "\n"
            });
        }
        DomainCommand::Records { file, domain } => {
            let config = Config::load(&file.config)?;
            let domain = parse(&domain)?;
            let signer = crate::run::signer(&config).map_err(|cause| vec![cause])?;
            let records = records::of(&domain, &config.hostname, signer.keys());
            let list = records::json(&records, output.language);
            output.result(&list, |language| records::text(&records, language));
        }
        DomainCommand::List(file) => {
            let (_, store) = store(&file)?;
            let domains = store.domains().map_err(one)?;
            let list: serde_json::Value = domains
                .iter()
                .map(|domain| {
                    json!({
                        "domain": domain.name.as_str(),
                        "unicode": domain.name.to_unicode(),
                        "configured": domain.configured,
                        "catch_all": domain.catch_all,
                    })
                })
                .collect();
            output.result(&list, |_| {
                domains
                    .iter()
                    .fold(String::new(), |text, domain| text + domain.name.as_str() + "\n")
            });
        }
    }
    Ok(())
}

pub(super) fn parse(name: &str) -> Result<Domain, Vec<Cause>> {
    Domain::parse(name).map_err(|fault| {
        let raw = name.as_bytes().to_vec();
        vec![
            Cause::proven(Code::DomainInvalid)
                .with(Evidence::Address { role: AddressRole::Account, raw })
                .with(Evidence::Syntax(fault)),
        ]
    })
}
