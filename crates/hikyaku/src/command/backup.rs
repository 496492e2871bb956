//! `backup`, `restore`, `verify`: a copy of all there is, the way back, and whether it is whole.

use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, render};
use hikyaku_store::{Fault, Manifest, Progress, Restored, Store, Verified, wait};
use serde_json::json;

use super::{one, options};
use crate::Outcome;
use crate::cli::{Backup, Restore, Verify};
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
    let lost = manifest.lost(&config.data);
    tell("backup", ("backup-done", &dir), &manifest, &lost, output);
    Ok(())
}

pub(crate) fn restore(arguments: &Restore, output: Output) -> Outcome {
    let Restore { backup, salvage } = arguments;
    let config = Config::load(&backup.file.config)?;
    let Restored { manifest, faults } = if *salvage {
        hikyaku_store::salvage(&backup.dir, &config.data, said(output)).map_err(one)?
    } else {
        let restored = hikyaku_store::restore(&backup.dir, &config.data, said(output));
        Restored { manifest: restored.map_err(one)?, faults: Vec::new() }
    };
    let dir = config.data.display().to_string();
    let is_whole = faults.is_empty();
    let damaged = [faults, manifest.lost(&config.data)].concat();
    tell("restore", ("backup-restored", &dir), &manifest, &damaged, output);
    if manifest.waiting > 0 {
        output.notice("backup-waiting", &[("count", &manifest.waiting.to_string())]);
    }
    if is_whole { Ok(()) } else { Err(Vec::new()) }
}

/// Tells what was copied, and what of it is damaged.
fn tell(
    verb: &str,
    (id, dir): (&str, &str),
    manifest: &Manifest,
    damaged: &[Fault],
    output: Output,
) {
    let causes: Vec<Cause> = damaged.iter().map(Fault::cause).collect();
    let findings = causes.iter().map(|cause| render::finding(cause, output.language));
    let mut summary = summary(verb, dir, manifest);
    if let Some(summary) = summary.as_object_mut().filter(|_| !causes.is_empty()) {
        summary.insert("causes".to_owned(), json!(findings.collect::<Vec<_>>()));
    }
    output.result(&summary, |language| {
        let values = values(dir, manifest);
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(language, id, &values) + "\n"
    });
    for cause in &causes {
        output.aside(&render::terminal(cause, output.language));
    }
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
    let Verified { messages, octets, files, lost, .. } = verified;
    // Of the bodies in the server's own data none are kept.
    let has_checksums = arguments.backup.is_some();
    let lost: Vec<Cause> = lost.iter().map(Fault::cause).collect();
    let findings: Vec<_> =
        lost.iter().map(|cause| render::finding(cause, output.language)).collect();
    let sound = json!({
        "sound": true,
        "messages": messages,
        "bytes": octets,
        "files": files,
        "checksums": has_checksums,
        "lost": findings,
    });
    output.result(&sound, |language| {
        let values = [
            ("messages", messages.to_string()),
            ("bytes", octets.to_string()),
            ("files", files.to_string()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut text = say(language, "verify-sound", &values) + "\n";
        if !has_checksums {
            text += &say(language, "verify-no-checksums", &[]);
            text.push('\n');
        }
        text
    });
    // Those were lost before the backup was made, and it says so itself.
    for cause in &lost {
        output.aside(&render::terminal(cause, output.language));
    }
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
