//! `certificates revoke` and `certificates new-account-key`.

use hikyaku_acme::{Former, Listed, Origin, Settings};
use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;
use jiff::Timestamp;
use serde_json::json;

use super::{Awaited, Came, awaited, is_limited, show};
use crate::Outcome;
use crate::cli::{ConfigFile, RevocationReason, Revoke};
use crate::config::Config;
use crate::consent::agreed;
use crate::output::Output;
use crate::runtime;
use crate::words::say;

pub(super) fn revoke(arguments: &Revoke, output: Output) -> Outcome {
    let config = Config::load(&arguments.file.config)?;
    let (settings, name) = wanted(&config, &arguments.name).map_err(|cause| vec![cause])?;
    let shown = [("name", name.as_str())];
    let is_superseded = arguments.reason == Some(RevocationReason::Superseded);
    let question = if is_superseded {
        "certificates-revoke-ask-superseded"
    } else {
        "certificates-revoke-ask"
    };
    let agreed = if arguments.yes { Some(true) } else { agreed(output, question, &shown) };
    match agreed {
        Some(true) => {}
        Some(false) => {
            output.notice("certificates-revoke-declined", &shown);
            return Ok(());
        }
        None => {
            output.notice("certificates-revoke-unasked", &shown);
            return Err(Vec::new());
        }
    }
    if arguments.reason == Some(RevocationReason::Superseded)
        && let Some(former) = replaced(&config, output, &name)?
    {
        block_on(former.revoke(&config.data, settings, &name))?;
        show(&config, output);
        output.notice("certificates-revoke-former", &shown);
        return Ok(());
    }
    let asked = Timestamp::now();
    let reason = arguments.reason.map(Into::into);
    block_on(hikyaku_acme::revoke(&config.data, settings, &name, reason))?;
    output.notice("certificates-revoke-done", &shown);
    let is_seen = || !hikyaku_acme::is_revocation_unseen(&config.data, &name);
    let concerns = |it: &Listed| names(it, &name);
    let has_failed = |it: &Listed| {
        is_limited(it) || it.failure.is_some() && it.last.is_some_and(|last| last >= asked)
    };
    let is_done = |it: &Listed| !it.revoked || has_failed(it);
    let wait = Awaited { is_seen: &is_seen, concerns: &concerns, is_done: &is_done };
    let came = awaited(&config, &wait);
    if came.is_ok() {
        show(&config, output);
    }
    let is_there = matches!(came, Ok(Came::Done));
    let id = if is_there { "certificates-revoke-new-key" } else { "certificates-revoke-served" };
    output.notice(id, &shown);
    came.map(|_| ())
}

/// The certificate of now, once another one is in its place: superseded is only what was replaced.
/// Nothing where no server runs, so that none is in use. Where none comes, nothing is revoked.
fn replaced(config: &Config, output: Output, name: &Domain) -> Result<Option<Former>, Vec<Cause>> {
    let shown = [("name", name.as_str())];
    let asked = Timestamp::now();
    let former = hikyaku_acme::supersede(&config.data, name).map_err(|cause| vec![cause])?;
    output.notice("certificates-revoke-replacing", &shown);
    let is_seen = || !hikyaku_acme::is_supersession_unseen(&config.data, name);
    let concerns = |it: &Listed| names(it, name);
    let is_done = |it: &Listed| is_limited(it) || it.last.is_some_and(|last| last >= asked);
    let wait = Awaited { is_seen: &is_seen, concerns: &concerns, is_done: &is_done };
    let came = awaited(config, &wait);
    if former.is_replaced(&config.data, name) {
        return Ok(Some(former));
    }
    let is_withdrawn = hikyaku_acme::withdraw_supersession(&config.data, name);
    if came == Ok(Came::Unseen) && is_withdrawn {
        return Ok(None);
    }
    output.notice("certificates-revoke-not-replaced", &shown);
    Err(came.err().unwrap_or_default())
}

pub(super) fn new_account_key(file: &ConfigFile, output: Output) -> Outcome {
    let config = Config::load(&file.config)?;
    let Some(settings) = &config.acme else {
        show(&config, output);
        return Ok(());
    };
    let is_changed = block_on(hikyaku_acme::new_account_key(&config.data, settings))?;
    let id = if is_changed { "certificates-account-key" } else { "certificates-account-none" };
    let directory = settings.directory.as_str();
    output.result(&json!({ "directory": directory, "changed": is_changed }), |language| {
        say(language, id, &[("value", directory)]) + "\n"
    });
    Ok(())
}

/// The name as it is asked for, and from whom; only one that has a certificate.
fn wanted<'a>(config: &'a Config, name: &str) -> Result<(&'a Settings, Domain), Cause> {
    let settings = config.acme.as_ref();
    let known = settings.and_then(|settings| {
        let name = Domain::parse(name).ok()?;
        let plan = crate::run::certificates(config);
        let all = hikyaku_acme::list(&config.data, &plan, Timestamp::now());
        let is_there = |it: &Listed| it.issuer.is_some() && names(it, &name);
        let is_ours = settings.names.contains(&name) && all.iter().any(is_there);
        is_ours.then_some((settings, name))
    });
    known.ok_or_else(|| {
        Cause::proven(Code::AcmeCertificateAbsent).with(Evidence::Host { name: name.to_owned() })
    })
}

/// Whether it comes from the authority, for this name.
fn names(listed: &Listed, name: &Domain) -> bool {
    listed.origin == Origin::Acme && listed.names.iter().any(|it| it == name.as_str())
}

fn block_on<T>(errand: impl Future<Output = Result<T, Cause>>) -> Result<T, Vec<Cause>> {
    let runtime = runtime::single().map_err(|cause| vec![cause])?;
    runtime.block_on(errand).map_err(|cause| vec![cause])
}
