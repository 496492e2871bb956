//! `check-config`: what the server would find wrong before it starts.

use hikyaku_cause::{KeptCause, render};
use hikyaku_store::Astray;
use jiff::Timestamp;
use serde_json::json;

use crate::Outcome;
use crate::cli::ConfigFile;
use crate::config::{self, Config};
use crate::output::Output;
use crate::words::say;

pub(crate) fn run(file: &ConfigFile, output: Output) -> Outcome {
    let config = Config::load(&file.config)?;
    let plan = crate::run::certificates(&config);
    let unusable = hikyaku_acme::unusable(&plan, &config.hostname, Timestamp::now());
    if !unusable.is_empty() {
        return Err(unusable);
    }
    crate::run::signer(&config).map_err(|cause| vec![cause])?;
    crate::run::anchors(&config)?;
    let path = file.config.display().to_string();
    let exposed = config::exposed(&config);
    let listed = hikyaku_acme::list(&config.data, &plan, Timestamp::now());
    // A store that cannot be looked at says so; what is in it is no part of the configuration.
    let astray = hikyaku_store::astray_in(&config.data, &config.domains);
    let astray = astray.map_or_else(
        |fault| vec![fault.cause()],
        |found| found.iter().map(Astray::cause).collect(),
    );
    let unwise = config.warnings.iter().chain(&exposed).chain(&astray).map(KeptCause::from);
    let warnings: Vec<_> = unwise.chain(listed.into_iter().filter_map(|it| it.warning)).collect();
    let shown: Vec<_> =
        warnings.iter().map(|it| render::kept_finding(it, output.language)).collect();
    let good = json!({ "file": path, "good": true, "warnings": shown });
    output.result(&good, |language| say(language, "check-config-good", &[("file", &path)]) + "\n");
    for warning in &warnings {
        super::certificates::aside(warning, output);
    }
    if config.certificates.is_empty() && config.acme.is_none() {
        output.notice("check-config-no-certificate", &[]);
    }
    Ok(())
}
