//! Hikyaku as a host of a small Internet: who writes there, and what its commands say.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Machine, Place, World};
use serde_json::Value;

use crate::client::{Authority, Login, Pop3, Service, Smtp};

/// The host of Hikyaku.
pub(crate) const HERE: &str = "mx.edo.test";
/// Who writes and reads there.
pub(crate) const TARO: &str = "taro@edo.test";
/// A service of a host, whose certificate must name it.
pub(crate) fn service(place: &Place, port: u16, authority: &Path) -> anyhow::Result<Service> {
    let authority = Authority::from_pem_file(authority)?.naming(place.host.name())?;
    Ok(Service { address: SocketAddr::new(place.address()?, port), authority })
}

pub(crate) fn login(place: &Place, local: &str) -> anyhow::Result<Login> {
    let mailbox = place.plan().mailboxes.iter().find(|mailbox| mailbox.local == local);
    let mailbox = mailbox.with_context(|| format!("no mailbox {local}"))?;
    let address = format!("{local}@{}", place.plan().domain());
    Ok(Login { address, password: mailbox.password.clone() })
}

/// A session in which taro writes.
pub(crate) fn taro_writes(world: &World) -> anyhow::Result<Smtp> {
    let here = world.place(HERE)?;
    let authority = here.machine()?.path("/srv/hikyaku/authority.pem");
    let service = service(here, 465, &authority)?;
    let login = login(here, "taro")?;
    here.host
        .within(|| Smtp::signed_in(&service, &login))?
        .map_err(|refusal| anyhow!("signing in: {refusal}"))
}

/// Everything in taro's mailbox.
pub(crate) fn mailbox(world: &World) -> anyhow::Result<Vec<Vec<u8>>> {
    let here = world.place(HERE)?;
    let service = service(here, 995, &here.machine()?.path("/srv/hikyaku/authority.pem"))?;
    let login = login(here, "taro")?;
    let mut session = here.host.within(|| Pop3::sign_in(&service, &login))??;
    let listed = session.list()?;
    let all = listed.iter().map(|entry| session.fetch(entry.number)).collect::<Result<_, _>>()?;
    session.quit()?;
    Ok(all)
}

/// Waits until the only recipient of a message is in this state; its last attempt.
pub(crate) fn settled(
    here: &Machine,
    id: &str,
    state: &str,
    limit: Duration,
) -> anyhow::Result<Value> {
    let recipient = recipient(here, id, state, limit)?;
    let attempts = recipient.get("attempts").and_then(|all| all.as_array()?.last()).cloned();
    attempts.with_context(|| format!("{id}: no attempt: {recipient}"))
}

pub(crate) fn recipient(
    here: &Machine,
    id: &str,
    state: &str,
    limit: Duration,
) -> anyhow::Result<Value> {
    let mut last = Value::Null;
    let done = wait::until(limit, || {
        last = trace(here, id).unwrap_or_default();
        last.pointer("/0/recipients/0/state").is_some_and(|it| it == state)
    });
    ensure!(done, "{id} was not {state} within {limit:?}: {last}");
    last.pointer("/0/recipients/0").cloned().context("no recipient")
}

pub(crate) fn trace(here: &Machine, id: &str) -> anyhow::Result<Value> {
    let mut command = here.command("hikyaku");
    command.args(["trace", id, "--json", "--config", "/srv/hikyaku/hikyaku.toml"]);
    Ok(serde_json::from_slice(&here.run(command, b"")?)?)
}

pub(crate) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
