//! Certificates that come and renew by themselves, from Pebble, which looks for itself whether a
//! name is who asks.

mod handshakes;
mod revocation;
mod suggestion;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Plan, World};
use serde_json::Value;

use crate::here::HERE;
use crate::inner::{self, Stage};
use crate::needs;
use crate::report::Report;
use crate::workspace::Workspace;
use handshakes::{Door, handshakes, shown};

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 12] = [
    ("a small Internet", Check::World),
    ("a server without a certificate gets two (http-01)", Check::Http),
    ("at port 443 with a bound account (tls-alpn-01)", Check::TlsAlpn),
    ("by a program that publishes records (dns-01)", Check::Dns),
    ("renewals under handshakes", Check::Renewals),
    ("names that cannot be had", Check::Refused),
    ("health, figures and a letter say so", Check::Told),
    ("a program that fails", Check::Hook),
    ("an authority that is not there", Check::Gone),
    ("an authority that says when (ARI)", Check::Suggestion),
    ("a certificate that is revoked", Check::Revocation),
    ("another key for the account", Check::AccountKey),
];

/// Who issues.
const AUTHORITY: &str = "ca.lab.test";
const OSAKA: &str = "mx.osaka.test";
const ELSEWHERE: &str = "elsewhere.osaka.test";
const MISSING: &str = "missing.osaka.test";
const FORBIDDEN: &str = "forbidden.osaka.test";
const KOBE: &str = "mx.kobe.test";
const CONFIG: &str = "/srv/hikyaku/hikyaku.toml";
/// How long a certificate may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built.
    World,
    /// Checked at port 80.
    Http,
    /// Checked by a handshake.
    TlsAlpn,
    /// Checked by a record.
    Dns,
    /// Nobody notices a renewal.
    Renewals,
    /// Why there is no certificate, with the authority's own words.
    Refused,
    /// Those who have to act hear of it.
    Told,
    /// The program that publishes records is not there.
    Hook,
    /// The authority is not there.
    Gone,
    /// The authority says when to renew.
    Suggestion,
    /// One that is not to be trusted any more.
    Revocation,
    /// The account's key is changed.
    AccountKey,
}

impl Check {
    /// Whether it needs an authority that only a newer Debian has.
    fn wants_newer(self) -> bool {
        matches!(self, Self::Suggestion | Self::Revocation | Self::AccountKey)
    }
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let (mut names, mut newer): (Vec<_>, Vec<_>) =
        CHECKS.iter().partition(|(_, check)| !check.wants_newer());
    let mut plan = plan();
    match lacks_newer(&plan) {
        Some(why) => {
            for (name, _) in newer {
                report.skip(name, &why);
            }
            plan = plan.map(older);
        }
        None => names.append(&mut newer),
    }
    let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
    inner::run(workspace, report, Stage::Acme, &plan, &names);
}

/// Why there is no authority that a newer Debian has, where its packages cannot be had; all else
/// that is missing is said for all checks.
fn lacks_newer(plan: &anyhow::Result<Plan>) -> Option<String> {
    needs::ensure(&needs::ROOTS).ok()?;
    let plan = plan.as_ref().ok()?;
    let missing = plan.make_roots().err()?;
    older(plan.clone()).make_roots().ok().map(|()| missing.to_string())
}

/// The hosts without those of that authority.
fn older(mut plan: Plan) -> Plan {
    plan.hosts.retain(|host| ![suggestion::AUTHORITY, suggestion::UJI].contains(&&*host.name));
    plan
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    let wanted = inner::wanted(folder);
    let is_wanted = |name| wanted.iter().any(|it| it == name);
    let newer = CHECKS.iter().any(|(name, check)| check.wants_newer() && is_wanted(*name));
    let plan = if newer { plan() } else { plan().map(older) };
    inner::carry_out(folder, plan, &CHECKS, |world, check| match check {
        Check::World => Ok(world.names().collect::<Vec<_>>().join(", ")),
        Check::Http => http(world),
        Check::TlsAlpn => tls_alpn(world),
        Check::Dns => dns(world),
        Check::Renewals => handshakes(world, &roots(world)?),
        Check::Refused => refused(world),
        Check::Told => told(world),
        Check::Hook => hook(world),
        Check::Gone => gone(world),
        Check::Suggestion => suggestion::suggestion(world),
        Check::Revocation => revocation::revocation(world),
        Check::AccountKey => revocation::account_key(world),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("acme")?)
}

/// The authorities of both Pebbles, which are others at every start, as PEM.
fn roots(world: &World) -> anyhow::Result<Vec<String>> {
    let authority = world.place(AUTHORITY)?.machine()?;
    let one = |port: u16| {
        let url = format!("https://{AUTHORITY}:{port}/roots/0");
        Ok(authority.script(&format!("curl -sS --fail --cacert /etc/lab/ca.pem {url}"))?)
    };
    [15000, 15001].into_iter().map(one).collect()
}

/// What `hikyaku certificates` says.
fn listed(world: &World, host: &str) -> anyhow::Result<Vec<Value>> {
    let machine = world.place(host)?.machine()?;
    let said = machine.script(&format!("hikyaku certificates --config {CONFIG} --json"))?;
    let said: Value = serde_json::from_str(&said)?;
    let all = said.get("certificates").and_then(Value::as_array).cloned();
    all.with_context(|| said.to_string())
}

/// Asks the running server to renew, whatever comes of it.
fn renew(world: &World, host: &str) -> anyhow::Result<String> {
    let script = format!("hikyaku certificates renew --config {CONFIG} --json 2>&1 || true");
    Ok(world.place(host)?.machine()?.script(&script)?)
}

/// All certificates of a host are there; asks for those that are not.
fn obtained(world: &World, host: &str) -> anyhow::Result<Vec<Value>> {
    let said = renew(world, host)?;
    let mut found = Vec::new();
    let are_there = wait::until(PATIENCE, || {
        found = listed(world, host).unwrap_or_default();
        let is_there = |it: &Value| it.get("issuer").is_some_and(Value::is_string);
        !found.is_empty() && found.iter().all(is_there)
    });
    let log = || world.place(host).and_then(|it| Ok(it.machine()?.logs(&[]))).unwrap_or_default();
    ensure!(are_there, "{said}\n{found:?}\n{}", log());
    Ok(found)
}

fn http(world: &World) -> anyhow::Result<String> {
    let found = obtained(world, HERE)?;
    let (roots, place) = (roots(world)?, world.place(HERE)?);
    for (name, door) in
        [(HERE, Door::Tls(465)), ("www.edo.test", Door::Tls(443)), (HERE, Door::Starttls(25))]
    {
        shown(place, door, name, &roots).with_context(|| format!("{name} at {door:?}"))?;
    }
    let machine = place.machine()?;
    let modes = machine.script("cd /srv/hikyaku/data/acme && stat -c '%a %n' . *")?;
    let is_private = |line: &str| line.starts_with("600 ") || line == "700 .";
    ensure!(modes.lines().all(is_private), "{modes}");
    Ok(format!("{} certificates, one for each name", found.len()))
}

fn tls_alpn(world: &World) -> anyhow::Result<String> {
    let host = "mx.nara.test";
    obtained(world, host)?;
    shown(world.place(host)?, Door::Tls(443), host, &roots(world)?)?;
    Ok("nothing is served at port 80".to_owned())
}

fn dns(world: &World) -> anyhow::Result<String> {
    obtained(world, KOBE)?;
    let place = world.place(KOBE)?;
    shown(place, Door::Tls(465), KOBE, &roots(world)?)?;
    // A renewal may have begun meanwhile: what it adds is removed as well.
    let mut log = String::new();
    let is_removed = wait::until(PATIENCE, || {
        let machine = place.machine();
        log = machine.and_then(|it| it.script("cat /srv/hook.log")).unwrap_or_default();
        let acts = || log.lines().filter_map(|line| line.split(' ').next());
        acts().any(|act| act == "add") && acts().next_back() == Some("remove")
    });
    ensure!(is_removed, "{log}");
    Ok("the record was published and removed".to_owned())
}

/// The code and the authority's words of a name's failure.
fn failure(found: &[Value], name: &str) -> anyhow::Result<(String, String)> {
    let named = |it: &&Value| it.pointer("/names/0").is_some_and(|it| it == name);
    let one = found.iter().find(named).with_context(|| format!("{name} is not listed"))?;
    let failure = one.get("failure").cloned().unwrap_or_default();
    let code = failure.get("code").and_then(Value::as_str).unwrap_or_default();
    Ok((code.to_owned(), failure.to_string()))
}

fn refused(world: &World) -> anyhow::Result<String> {
    let said = renew(world, OSAKA)?;
    let found = listed(world, OSAKA)?;
    let page = |name: &str| format!("http://{name}:80/.well-known/acme-challenge/");
    let table = [
        (OSAKA, "acme.challenge.unreachable", "error:connection", page(OSAKA)),
        (ELSEWHERE, "acme.challenge.answer", "error:unauthorized", page(ELSEWHERE)),
        // Pebble takes a name without an address for a matter of the connection.
        (MISSING, "acme.challenge.dns", "no such host", format!("{MISSING} A, AAAA")),
        (FORBIDDEN, "acme.name.refused", "error:rejectedIdentifier", FORBIDDEN.to_owned()),
    ];
    for (name, expected, words, place) in table {
        let (code, failure) = failure(&found, name)?;
        ensure!(code == expected && failure.contains(words), "{name}: {failure}\n{said}");
        ensure!(failure.contains(&place), "{name}: not where the authority looked: {failure}");
        ensure!(said.contains(expected), "{said}");
    }
    Ok("four names, four causes".to_owned())
}

fn told(world: &World) -> anyhow::Result<String> {
    let place = world.place(OSAKA)?;
    let machine = place.machine()?;
    let health = place.host.within(|| get("127.0.0.1:8080", "/health"))??;
    let metrics = place.host.within(|| get("127.0.0.1:8080", "/metrics"))??;
    ensure!(health.contains("acme.challenge.unreachable"), "{health}");
    ensure!(health.contains("\"healthy\":true"), "mail flows: {health}");
    ensure!(metrics.contains("hikyaku_certificate_failures{name=\"mx.osaka.test\"}"), "{metrics}");
    let trace = format!("hikyaku trace postmaster@osaka.test --config {CONFIG} --json");
    let mut letters = String::new();
    let wrote = wait::until(PATIENCE, || {
        letters = machine.script(&trace).unwrap_or_default();
        letters.matches("\"received\"").count() >= 4
    });
    ensure!(wrote, "{letters}\n{}", machine.logs(&[]));
    Ok("the postmaster has a letter for each name".to_owned())
}

/// A page in clear.
fn get(address: &str, path: &str) -> anyhow::Result<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

fn hook(world: &World) -> anyhow::Result<String> {
    let machine = world.place(KOBE)?.machine()?;
    machine.script("mv /srv/hook /srv/hook.away")?;
    let said = renew(world, KOBE)?;
    machine.script("mv /srv/hook.away /srv/hook")?;
    let (code, failure) = failure(&listed(world, KOBE)?, KOBE)?;
    ensure!(code == "acme.hook.failed" && failure.contains("/srv/hook"), "{failure}\n{said}");
    Ok("the certificate that is there stays in use".to_owned())
}

fn gone(world: &World) -> anyhow::Result<String> {
    let place = world.place(KOBE)?;
    let machine = place.machine()?;
    // Taken up without a restart: with another authority everything is asked for anew.
    machine.script(&format!("sed -i 's|:14000/dir|:9/dir|' {CONFIG}"))?;
    let mut found = String::new();
    let is_told = wait::until(PATIENCE, || {
        let listed = listed(world, KOBE).unwrap_or_default();
        let failure = failure(&listed, KOBE);
        found = failure.map(|(code, text)| format!("{code} {text}")).unwrap_or_default();
        found.starts_with("acme.directory.unreachable")
    });
    ensure!(is_told && found.contains("192.0.2.70:9"), "{found}");
    machine.script(&format!("sed -i 's|:9/dir|:14000/dir|' {CONFIG}"))?;
    let is_back = wait::until(PATIENCE, || {
        let listed = listed(world, KOBE).unwrap_or_default();
        let is_well = |it: &Value| it.get("failure").is_some_and(Value::is_null);
        !listed.is_empty() && listed.iter().all(is_well)
    });
    ensure!(is_back, "{:?}", listed(world, KOBE));
    Ok("refused at 192.0.2.70:9, and back without a restart".to_owned())
}
