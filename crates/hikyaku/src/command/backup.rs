//! `backup`, `restore`, `verify`: a copy of all there is, the way back, and whether it is whole.

use std::time::{Duration, Instant};

use hikyaku_cause::Cause;
use hikyaku_store::{Fault, Manifest, Progress, Store, Verified, wait};
use serde_json::json;

use super::{one, options};
use crate::Outcome;
use crate::cli::{Backup, Verify};
use crate::config::Config;
use crate::output::Output;
use crate::words::say;

/// How often it is said how far it is.
const SAID_EVERY: Duration = Duration::from_secs(2);

pub(crate) fn backup(arguments: &Backup, output: Output) -> Outcome {
    let config = Config::load(&arguments.file.config)?;
    let store = Store::open(&config.data, options(&config)).map_err(one)?;
    let mut said = said(output);
    let done = store.backup(&arguments.dir, |progress| {
        if progress == Progress::Begun {
            output.notice("backup-begun", &[]);
        }
        said(progress);
    });
    wait(store.close());
    let manifest = done.map_err(one)?;
    let dir = arguments.dir.display().to_string();
    let summary = summary("backup", &dir, &manifest);
    output.result(&summary, |language| {
        let values = values(&dir, &manifest);
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(language, "backup-done", &values) + "\n"
    });
    Ok(())
}

pub(crate) fn restore(arguments: &Backup, output: Output) -> Outcome {
    let config = Config::load(&arguments.file.config)?;
    let restored = hikyaku_store::restore(&arguments.dir, &config.data, said(output));
    let manifest = restored.map_err(one)?;
    let dir = config.data.display().to_string();
    let summary = summary("restore", &dir, &manifest);
    output.result(&summary, |language| {
        let values = values(&dir, &manifest);
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(language, "backup-restored", &values) + "\n"
    });
    if manifest.waiting > 0 {
        output.notice("backup-waiting", &[("count", &manifest.waiting.to_string())]);
    }
    Ok(())
}

pub(crate) fn verify(arguments: &Verify, output: Output) -> Outcome {
    let verified = match (&arguments.backup, &arguments.config) {
        (Some(backup), _) => hikyaku_store::verify_backup(backup, said(output)).map_err(one)?,
        (None, Some(file)) => {
            let config = Config::load(file)?;
            let store = Store::open(&config.data, options(&config)).map_err(one)?;
            let verified = store.verify(said(output));
            wait(store.close());
            verified.map_err(one)?
        }
        // One of the two is given, clap sees to that.
        (None, None) => return Ok(()),
    };
    if !verified.faults.is_empty() {
        return Err(verified.faults.iter().map(Fault::cause).collect::<Vec<Cause>>());
    }
    let Verified { messages, octets, files, .. } = verified;
    let sound = json!({ "sound": true, "messages": messages, "bytes": octets, "files": files });
    output.result(&sound, |language| {
        let values = [
            ("messages", messages.to_string()),
            ("bytes", octets.to_string()),
            ("files", files.to_string()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        say(language, "verify-sound", &values) + "\n"
    });
    Ok(())
}

/// Says on standard error how far it is.
fn said(output: Output) -> impl FnMut(Progress) {
    let mut last = Instant::now();
    move |progress| {
        if let Progress::Step { done, of } = progress
            && last.elapsed() >= SAID_EVERY
        {
            last = Instant::now();
            let percent = (done * 100).checked_div(of).unwrap_or(100).to_string();
            output.notice("backup-step", &[("percent", &percent)]);
        }
    }
}

fn bytes(manifest: &Manifest) -> u64 {
    manifest.database.octets + manifest.files.values().map(|sum| sum.octets).sum::<u64>()
}

fn summary(verb: &str, dir: &str, manifest: &Manifest) -> serde_json::Value {
    json!({
        "done": verb,
        "dir": dir,
        "time": manifest.at,
        "accounts": manifest.accounts,
        "messages": manifest.messages,
        "waiting": manifest.waiting,
        "files": manifest.files.len(),
        "bytes": bytes(manifest),
    })
}

fn values(dir: &str, manifest: &Manifest) -> Vec<(&'static str, String)> {
    vec![
        ("dir", dir.to_owned()),
        ("time", manifest.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        ("accounts", manifest.accounts.to_string()),
        ("messages", manifest.messages.to_string()),
        ("waiting", manifest.waiting.to_string()),
        ("bytes", bytes(manifest).to_string()),
    ]
}
