//! `serve`: the mail system.

use serde_json::json;

use crate::Outcome;
use crate::cli::Serve;
use crate::config::Config;
use crate::output::Output;

pub(crate) fn run(arguments: &Serve, output: Output) -> Outcome {
    crate::log::start(arguments.log.log);
    let config = Config::load(&arguments.file.config)?;
    crate::run::run(&config, output, |listening| {
        output.result(&json!({ "ready": true, "listen": listening.json() }), |language| {
            listening.text(language)
        });
    })
}
