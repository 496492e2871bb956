//! Certificates that are not to be trusted any more, and the key of an account.

use anyhow::{Context as _, ensure};
use hikyaku_lab::world::World;
use serde_json::Value;

use super::handshakes::{Door, shown};
use super::suggestion::{AUTHORITY, FILE, UJI, file};
use super::{CONFIG, listed, renew};

const ACCOUNT: &str = "/srv/hikyaku/data/acme/account.json";
const NEXT: &str = "/srv/hikyaku/data/acme/account.next.json";

/// Revoked by a command: the authority says so, and another one with another key is in use.
pub(super) fn revocation(world: &World) -> anyhow::Result<String> {
    let machine = world.place(UJI)?.machine()?;
    let before = file(world)?;
    let command = format!("hikyaku certificates revoke --config {CONFIG} --json");
    let said = machine.script(&format!("{command} {UJI} 2>&1 && exit 1 || true"))?;
    ensure!(said.contains("--yes"), "nobody was there to ask: {said}");
    ensure!(status(world, &before)?.0 == "Valid", "revoked without a yes");
    let said = machine.script(&format!("{command} other.test --yes 2>&1 && exit 1 || true"))?;
    ensure!(said.contains("acme.certificate.absent"), "{said}");

    let superseded = superseded(world, &command, &before)?;
    ensure!(key(world, &before)? == key(world, &superseded)?, "the key is another one");
    let before = superseded;

    let revoke = format!("{command} {UJI} --yes --reason keyCompromise");
    let said = machine.script(&revoke).with_context(|| machine.logs(&[]))?;
    let told = status(world, &before)?;
    ensure!(told == ("Revoked".to_owned(), Some(1)), "{told:?}");
    let after = file(world)?;
    ensure!(key(world, &before)? != key(world, &after)?, "the key is the old one: {said}");
    let one: Value = serde_json::from_str(&said)?;
    ensure!(one.pointer("/certificates/0/revoked") == Some(&Value::Bool(false)), "{said}");
    let served = shown(world.place(UJI)?, Door::Tls(465), UJI, &[root(world)?])?;
    ensure!(served == of_file(world, &after)?, "another one is served than the new one");
    Ok("Pebble says Revoked, reason 4 after another came, and reason 1; that one's has a new key"
        .to_owned())
}

/// The one that is replaced first; the one that is in use then.
fn superseded(world: &World, command: &str, before: &str) -> anyhow::Result<String> {
    let machine = world.place(UJI)?.machine()?;
    let revoke = format!("{command} {UJI} --yes --reason superseded");
    machine.script(&revoke).with_context(|| machine.logs(&[]))?;
    let told = status(world, before)?;
    ensure!(told == ("Revoked".to_owned(), Some(4)), "{told:?}");
    let after = file(world)?;
    ensure!(status(world, &after)?.0 == "Valid", "the one in use is revoked");
    let served = shown(world.place(UJI)?, Door::Tls(465), UJI, &[root(world)?])?;
    ensure!(served == of_file(world, &after)?, "another one is served than the new one");
    Ok(after)
}

/// The account's key is changed: the new one is good for a certificate, with the old one there is
/// another account. Where nobody knows which one holds, the authority is asked.
pub(super) fn account_key(world: &World) -> anyhow::Result<String> {
    let machine = world.place(UJI)?.machine()?;
    let change = format!("hikyaku certificates new-account-key --config {CONFIG} --json");
    machine.script(&format!("cp -p {ACCOUNT} /srv/old.json"))?;
    let said = machine.script(&change)?;
    ensure!(said.contains("\"changed\":true"), "{said}");
    renewed(world).context("with the new key")?;
    machine.script(&format!("cp -p {ACCOUNT} /srv/new.json"))?;
    ensure!(id(world, "/srv/new.json")? == id(world, "/srv/old.json")?, "another account");
    // What a lost answer leaves on the disk: the authority may have agreed, or may not have.
    for (account, next) in [("old", "new"), ("new", "old")] {
        let put = format!("cp -p /srv/{account}.json {ACCOUNT}; cp -p /srv/{next}.json {NEXT}");
        machine.script(&put)?;
        renewed(world).with_context(|| format!("{account}, and {next} to be next"))?;
        machine.script(&format!("cmp /srv/new.json {ACCOUNT}"))?;
    }
    // Thrown away once no authority can be at the change any more.
    machine.script(&format!("touch -d '2 hours ago' {NEXT}"))?;
    renewed(world).context("with the new key again")?;
    machine.script(&format!("test ! -e {NEXT}"))?;
    // As a backup from before the change would have it.
    machine.script(&format!("cp -p /srv/old.json {ACCOUNT}"))?;
    renewed(world).context("with the old key alone")?;
    ensure!(id(world, ACCOUNT)? != id(world, "/srv/old.json")?, "the old key is still good");
    let log = machine.logs(&[]);
    ensure!(log.contains("knows no account with the key that is here"), "{log}");
    machine.script(&format!("cp -p /srv/new.json {ACCOUNT}"))?;
    renewed(world).context("with the new key at the end")?;
    Ok("certificates come with the key that Pebble knows; without one, of another account"
        .to_owned())
}

/// What the authority calls the account in a file.
fn id(world: &World, file: &str) -> anyhow::Result<String> {
    let text = world.place(UJI)?.machine()?.script(&format!("cat {file}"))?;
    let kept: Value = serde_json::from_str(&text)?;
    let id = kept.pointer("/credentials/id").and_then(Value::as_str);
    Ok(id.context("no account there")?.to_owned())
}

/// Another certificate than before is there.
fn renewed(world: &World) -> anyhow::Result<()> {
    let before = file(world)?;
    let said = renew(world, UJI)?;
    let found = listed(world, UJI)?;
    let failure = found.first().and_then(|it| it.get("failure")).cloned().unwrap_or_default();
    ensure!(failure.is_null() && file(world)? != before, "{failure} {said}");
    Ok(())
}

/// What the authority says of a certificate, and the reason (RFC 5280 §5.3.1).
fn status(world: &World, pem: &str) -> anyhow::Result<(String, Option<u64>)> {
    let serial = openssl(world, pem, "x509 -noout -serial")?;
    let serial = serial.trim().trim_start_matches("serial=").to_lowercase();
    let said = asked(world, &format!("cert-status-by-serial/{serial}"))?;
    let said: Value = serde_json::from_str(&said)?;
    let text = said.get("Status").and_then(Value::as_str).unwrap_or_default();
    Ok((text.to_owned(), said.get("Reason").and_then(Value::as_u64)))
}

fn root(world: &World) -> anyhow::Result<String> {
    asked(world, "roots/0")
}

fn asked(world: &World, path: &str) -> anyhow::Result<String> {
    let url = format!("https://{AUTHORITY}:15002/{path}");
    let script = format!("curl -sS --fail --cacert /etc/lab/ca.pem {url}");
    Ok(world.place(AUTHORITY)?.machine()?.script(&script)?)
}

fn key(world: &World, pem: &str) -> anyhow::Result<String> {
    openssl(world, pem, "x509 -noout -pubkey")
}

/// The certificate of a file with key and chain, as it is shown in a handshake.
fn of_file(world: &World, pem: &str) -> anyhow::Result<Vec<u8>> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;
    ensure!(file(world)? == pem, "{FILE} has changed meanwhile");
    Ok(CertificateDer::from_pem_slice(pem.as_bytes())?.to_vec())
}

fn openssl(world: &World, pem: &str, command: &str) -> anyhow::Result<String> {
    let machine = world.place(AUTHORITY)?.machine()?;
    machine.write("/srv/asked.pem", pem)?;
    Ok(machine.script(&format!("openssl {command} -in /srv/asked.pem"))?)
}
