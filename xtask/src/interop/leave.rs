//! Mail that leaves Hikyaku for a real server, over STARTTLS whose certificate must hold.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::peer::{Account, Certificate, postfix};
use hikyaku_lab::wait;
use serde_json::Value;

use super::letters::{Fetched, Letter, with_lf};
use crate::client::Smtp;
use crate::crash::site::{Site, login};

const DOMAIN: &str = "kyoto.test";
/// One as everybody has it, and one that carriers gave out and strict servers refuse
/// (RFC 5321 §4.1.2 allows no empty atom).
const NAMES: [&str; 2] = ["hanako", "hana..ko"];
/// How long the largest may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// Stands in the configuration until the peer's port is known.
const LATER: &str = "# how mail leaves\n";

/// Sends every letter to Postfix, and compares what lies in its Maildirs.
pub(super) fn to_postfix(server: &Path, folder: &Path) -> anyhow::Result<String> {
    let _absent = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let site = Site::that_sends(server, folder, &folder.join("data"), LATER)?;
    let accounts = NAMES.map(|local| Account { local: local.into(), password: "unused".into() });
    let certificate = Certificate { chain: folder.join("chain.pem"), key: folder.join("key.pem") };
    let peer = postfix::Receiver::start(&postfix::Receive {
        domain: DOMAIN,
        accounts: &accounts,
        certificate: &certificate,
        message_bytes: 52_428_800,
        relay: None,
        home: Some(&folder.join("postfix")),
    })?;
    let port = peer.smtp.port();
    site.rewrite(
        LATER,
        &format!(
            "[delivery]\nca = \"ca.pem\"\n[[delivery.route]]\ndomains = [\"{DOMAIN}\"]\n\
             relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"starttls\" }}\n"
        ),
    )?;
    let running = site.start()?;
    let letters: Vec<Letter> = Letter::small().into_iter().chain([Letter::huge()]).collect();
    let from = login(0).address;
    for name in NAMES {
        let to = format!("{name}@{DOMAIN}");
        let carrier = format!("hikyaku-{}", name.len());
        for letter in &letters {
            let mut smtp = Smtp::signed_in(&site.submissions, &login(0))
                .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
            smtp.send(&from, &[&to], &letter.message(&carrier, &from, &to))
                .map_err(|refusal| anyhow::anyhow!("{}: {refusal:?}", letter.name))?;
            smtp.quit();
        }
        for letter in &letters {
            accepted(&site, &letter.message_id(&carrier), &to)?;
        }
        wait::until(PATIENCE, || files(&peer.maildir(name)).len() >= letters.len());
        let arrived: Vec<Fetched> =
            files(&peer.maildir(name)).iter().map(|it| Fetched::parse(it)).collect();
        for letter in &letters {
            let id = letter.message_id(&carrier);
            let found = arrived.iter().find(|fetched| fetched.message_id == id);
            let found = found.with_context(|| format!("{id} is not in the Maildir of {name}"))?;
            ensure!(found.body == with_lf(&letter.body), "{id}: other octets");
        }
    }
    running.stop()?;
    let _gone = fs::remove_dir_all(folder);
    Ok(format!("{} messages, one of 25 MB", letters.len() * NAMES.len()))
}

/// Waits until the trace says that the peer has accepted it, over TLS.
fn accepted(site: &Site, id: &str, to: &str) -> anyhow::Result<()> {
    let mut last = Value::Null;
    let done = wait::until(PATIENCE, || {
        last = site.ask(&["trace", id, "--json"]).unwrap_or_default();
        last.pointer("/0/recipients/0/state").is_some_and(|state| state == "accepted")
    });
    ensure!(done, "{id} to {to} was not accepted within {PATIENCE:?}: {last}");
    let attempts = last.pointer("/0/recipients/0/attempts").and_then(Value::as_array);
    let attempt = attempts.and_then(|all| all.last()).cloned().unwrap_or_default();
    let text = |key: &str| attempt.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    ensure!(text("tls").starts_with("TLSv1.3"), "{id}: not encrypted: {attempt}");
    ensure!(text("reply").contains("queued as"), "{id}: {attempt}");
    ensure!(text("host") == "127.0.0.1", "{id}: {attempt}");
    Ok(())
}

fn files(maildir: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(maildir.join("new")) else { return Vec::new() };
    entries.flatten().filter_map(|entry| fs::read(entry.path()).ok()).collect()
}
