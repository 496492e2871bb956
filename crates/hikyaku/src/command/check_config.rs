//! `check-config`: what the server would find wrong before it starts.

use hikyaku_cause::Cause;
use serde_json::json;

use crate::Outcome;
use crate::cli::ConfigFile;
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(file: &ConfigFile, output: Output) -> Outcome {
    let config = Config::load(&file.config)?;
    crate::run::tls(&config).map_err(|cause: Cause| vec![cause])?;
    crate::run::signer(&config).map_err(|cause| vec![cause])?;
    let path = file.config.display().to_string();
    output.result(&json!({ "file": path, "good": true }), |language| {
        say(language, "check-config-good", &[("file", &path)]) + "\n"
    });
    if config.certificates.is_empty() {
        output.notice("check-config-no-certificate", &[]);
    }
    Ok(())
}
