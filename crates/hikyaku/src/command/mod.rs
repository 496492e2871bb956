//! One file per command.

pub(crate) mod account;
pub(crate) mod alias;
pub(crate) mod backup;
pub(crate) mod certificates;
pub(crate) mod check_config;
pub(crate) mod doctor;
pub(crate) mod domain;
pub(crate) mod explain;
pub(crate) mod man;
pub(crate) mod queue;
mod records;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod tls_reports;
pub(crate) mod trace;
pub(crate) mod r#try;

use hikyaku_cause::Cause;
use hikyaku_store::{Fault, Options, Store};

use crate::cli::ConfigFile;
use crate::config::Config;

/// The store a configuration names, for a command beside or without the server.
fn store(file: &ConfigFile) -> Result<(Config, Store), Vec<Cause>> {
    let config = Config::load(&file.config)?;
    let store = Store::create(&config.data, options(&config)).map_err(one)?;
    Ok((config, store))
}

pub(crate) fn options(config: &Config) -> Options {
    Options { domains: config.domains.clone(), keep_days: config.keep_days }
}

/// A fault of the store as what kept a command from its end.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` is given")]
pub(crate) fn one(fault: Fault) -> Vec<Cause> {
    vec![fault.cause()]
}
