//! An authority that says when certificates are to be renewed (RFC 9773).

use anyhow::ensure;
use hikyaku_lab::wait;
use hikyaku_lab::world::World;
use serde_json::Value;

use super::{PATIENCE, listed, obtained};

pub(super) const UJI: &str = "mx.uji.test";
pub(super) const AUTHORITY: &str = "ari.lab.test";
pub(super) const FILE: &str = "/srv/hikyaku/data/acme/mx.uji.test.pem";
const ATTEMPTS: &str = "/srv/hikyaku/data/acme/attempts.json";

/// It is asked, its window is shown and followed; one revoked behind our back is replaced at once;
/// and one whose successor the authority knows already is no reason to be without.
pub(super) fn suggestion(world: &mut World) -> anyhow::Result<String> {
    let found = obtained(world, UJI)?;
    let mut one = found.first().cloned().unwrap_or_default();
    let is_asked = wait::until(PATIENCE, || {
        one = listed(world, UJI).ok().and_then(|it| it.first().cloned()).unwrap_or_default();
        one.pointer("/window/start").is_some_and(Value::is_string)
    });
    ensure!(is_asked, "{one}\n{}", logs(world));
    // Moments in UTC, to the second: their order is that of their letters.
    let moment = |path: &str| one.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let (start, end, next) = (moment("/window/start"), moment("/window/end"), moment("/next"));
    ensure!(start <= next && next <= end, "not within the window: {one}");

    let first = file(world)?;
    revoked_by_somebody_else(world, &first)?;
    let second = renewed(world, &first)?;
    // The old one again: the authority knows its successor.
    let third = renewed(world, &first)?;
    ensure!(third != second, "nothing came");
    let said = world.place(UJI)?.machine()?.logs(&[]);
    let is_refused = said.contains("without a predecessor");
    ensure!(is_refused, "the first successor was not named to the authority: {said}");
    Ok(format!("between {start} and {end}; at once when revoked; replaces was refused once"))
}

fn logs(world: &World) -> String {
    world.place(UJI).and_then(|it| Ok(it.machine()?.logs(&[]))).unwrap_or_default()
}

pub(super) fn file(world: &World) -> anyhow::Result<String> {
    Ok(world.place(UJI)?.machine()?.script(&format!("cat {FILE}"))?)
}

/// By who has the certificate's key, as after a theft of it (RFC 8555 §7.6).
fn revoked_by_somebody_else(world: &World, pem: &str) -> anyhow::Result<()> {
    let machine = world.place(AUTHORITY)?.machine()?;
    machine.write("/srv/stolen.pem", pem)?;
    machine.script(
        "openssl x509 -in /srv/stolen.pem -out /srv/stolen.crt
         openssl pkey -in /srv/stolen.pem -out /srv/stolen.key
         REQUESTS_CA_BUNDLE=/etc/lab/ca.pem certbot revoke --non-interactive \
           --no-delete-after-revoke --reason superseded \
           --server https://ari.lab.test:14002/dir \
           --cert-path /srv/stolen.crt --key-path /srv/stolen.key >/srv/certbot.log 2>&1 \
           || { cat /srv/certbot.log >&2; exit 1; }",
    )?;
    Ok(())
}

/// Starts with this certificate, of which nothing is known, and waits for another one.
fn renewed(world: &mut World, before: &str) -> anyhow::Result<String> {
    world.stop(UJI)?;
    let machine = world.place(UJI)?.machine()?;
    machine.script(&format!("rm -f {ATTEMPTS}"))?;
    machine.write(FILE, before)?;
    world.start(UJI)?;
    let mut now = String::new();
    let is_another = wait::until(PATIENCE, || {
        now = file(world).unwrap_or_default();
        !now.is_empty() && now != before
    });
    ensure!(is_another, "{}", logs(world));
    Ok(now)
}
