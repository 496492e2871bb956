//! Domains that promise encryption (MTA-STS, RFC 8461), real Postfix and nginx behind them, and the
//! reports on how it went (RFC 8460).

mod aged;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Plan, World};
use serde_json::Value;

use crate::client::Smtp;
use crate::here::{HERE, TARO, login, service, settled, text};
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 15] = [
    ("a small Internet", Check::World),
    ("a promise that is kept", Check::Arrives { at: "good.test", said: "MTA-STS enforce of good" }),
    ("a certificate for another name", Check::HeldBack("wrong.test", "peer.sts.certificate")),
    ("a mail host that is not named", Check::HeldBack("unlisted.test", "peer.sts.host")),
    ("a mail host without encryption", Check::HeldBack("clear.test", "peer.sts.missing")),
    ("not named, TLS-Required: No", Check::Regardless("unlisted.test")),
    ("without encryption, TLS-Required: No", Check::Regardless("clear.test")),
    ("a promise on trial", Check::Arrives { at: "testing.test", said: "MTA-STS testing of" }),
    (
        "a policy by a host that cannot be trusted",
        Check::Unfetched("broken.test", "web.certificate.untrusted"),
    ),
    ("a policy host that does not answer", Check::Silent),
    ("a promise outlives its host and a restart", Check::Kept),
    ("a policy that no mail uses is fetched again", Check::Aged),
    ("hikyaku's own policy", Check::Own),
    ("hikyaku's own policy by postfix-mta-sts-resolver", Check::Judged),
    ("reports", Check::Reports),
];

/// The host that gives out most policies.
const WEB: &str = "web.lab.test";
/// The other host of Hikyaku.
const OSAKA: &str = "mx.osaka.test";
/// How long mail may take.
const SOON: Duration = Duration::from_secs(40);
/// Prints the numbers of messages with a report in the mailbox of hanako.
const COUNT_REPORTS: &str = "grep -l 'report-type=\"tlsrpt\"' /srv/mail/hanako/new/* | wc -l";

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built.
    World,
    /// Mail to a domain arrives, and the trace says which promise held.
    Arrives { at: &'static str, said: &'static str },
    /// Mail to a domain arrives, and the trace has the cause why its policy was not fetched.
    Unfetched(&'static str, &'static str),
    /// Mail to a domain waits for this cause.
    HeldBack(&'static str, &'static str),
    /// Mail to a domain whose promise does not hold arrives where its sender wants that.
    Regardless(&'static str),
    /// Mail waits a moment for a policy host that is not there, and the next one not at all.
    Silent,
    /// A promise holds without its host, and after a restart.
    Kept,
    /// A policy is fetched again before it ends, without any mail.
    Aged,
    /// What Hikyaku promises is found and read by Hikyaku.
    Own,
    /// The same by another program.
    Judged,
    /// What was seen is reported, and read at the other end.
    Reports,
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Sts, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    inner::carry_out(folder, plan(), &CHECKS, |world, check| match check {
        Check::World => Ok(world.names().collect::<Vec<_>>().join(", ")),
        Check::Arrives { at, said } => arrives(world, &format!("hanako@{at}"), said),
        Check::Unfetched(domain, code) => unfetched(world, domain, code),
        Check::HeldBack(domain, code) => held_back(world, domain, code),
        Check::Regardless(domain) => regardless(world, domain),
        Check::Silent => silent(world),
        Check::Kept => kept(world),
        Check::Aged => aged::fetched_again(world, "good.test"),
        Check::Own => own(world),
        Check::Judged => judged(world),
        Check::Reports => reports(world),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("sts")?)
}

/// Sends a message and waits for what comes of it; its last attempt.
fn send(world: &World, to: &str, state: &str) -> anyhow::Result<Value> {
    send_with(world, to, "", state)
}

/// The same with another header field in front.
fn send_with(world: &World, to: &str, field: &str, state: &str) -> anyhow::Result<Value> {
    let here = world.place(HERE)?;
    let authority = here.machine()?.path("/etc/lab/ca.pem");
    let (service, login) = (service(here, 465, &authority)?, login(here, "taro")?);
    let mut smtp = here
        .host
        .within(|| Smtp::signed_in(&service, &login))?
        .map_err(|refusal| anyhow!("signing in: {refusal}"))?;
    let id = format!(
        "<{}.{}@edo.test>",
        to.replace('@', "."),
        here.machine()?.script("date +%N")?.trim()
    );
    let message = format!(
        "{field}From: <{TARO}>\r\nTo: <{to}>\r\nSubject: promised\r\nMessage-ID: {id}\r\n\r\nhello\r\n"
    );
    smtp.send(TARO, &[to], message.as_bytes()).map_err(|refusal| anyhow!("{to}: {refusal}"))?;
    smtp.quit();
    settled(here.machine()?, &id, state, SOON)
}

fn plan_of(attempt: &Value) -> String {
    attempt.get("plan").map(ToString::to_string).unwrap_or_default()
}

fn arrives(world: &World, to: &str, said: &str) -> anyhow::Result<String> {
    let attempt = send(world, to, "accepted")?;
    let plan = plan_of(&attempt);
    ensure!(plan.contains(said), "nothing of the promise: {attempt}");
    ensure!(!said.is_empty() || !plan.contains("MTA-STS"), "a promise: {attempt}");
    Ok(plan)
}

fn unfetched(world: &World, domain: &str, code: &str) -> anyhow::Result<String> {
    let attempt = send(world, &format!("hanako@{domain}"), "accepted")?;
    let found = attempt.pointer("/no_policy/code").and_then(Value::as_str).unwrap_or_default();
    ensure!(found == code, "another cause: {attempt}");
    Ok(found.to_owned())
}

fn held_back(world: &World, domain: &str, code: &str) -> anyhow::Result<String> {
    let attempt = send(world, &format!("hanako@{domain}"), "deferred")?;
    let found = attempt.pointer("/cause/code").and_then(Value::as_str).unwrap_or_default();
    ensure!(found == code, "another cause: {attempt}");
    let evidence = attempt.pointer("/cause/evidence").and_then(Value::as_array);
    let is_promise = |it: &&Value| it.get("kind").is_some_and(|kind| kind == "tls-policy");
    let promise = evidence.and_then(|all| all.iter().find(is_promise));
    let promise = promise.with_context(|| format!("no promise: {attempt}"))?;
    ensure!(text(promise, "domain") == domain && text(promise, "mode") == "enforce", "{promise}");
    let waiting = hikyaku(world, HERE, &["queue", "list", "--domain", domain])?;
    ensure!(waiting.as_array().is_some_and(|all| !all.is_empty()), "not in the queue: {waiting}");
    let place = world.place(&format!("mx.{domain}"))?.machine()?;
    let came = place.script("ls /srv/mail/hanako/new 2>/dev/null | wc -l")?;
    ensure!(came.trim() == "0", "it was delivered");
    Ok(format!("{found}: {}", text(promise, "fetched")))
}

/// RFC 8689 §4.2.2: what its sender wants to arrive at any rate waits for no promise, and the field
/// that says so goes on with it.
fn regardless(world: &World, domain: &str) -> anyhow::Result<String> {
    let place = world.place(&format!("mx.{domain}"))?.machine()?;
    let attempt =
        send_with(world, &format!("hanako@{domain}"), "TLS-Required: No\r\n", "accepted")?;
    let plan = plan_of(&attempt);
    ensure!(plan.contains("TLS-Required: No"), "nothing of the wish: {attempt}");
    let count = "grep -l '^TLS-Required: No' /srv/mail/hanako/new/* | wc -l";
    let came = || place.script(count).is_ok_and(|count| count.trim() == "1");
    ensure!(wait::until(SOON, came), "in no Maildir, or without its field");
    let all = place.script("ls /srv/mail/hanako/new | wc -l")?;
    ensure!(all.trim() == "1", "the one without the field arrived too");
    Ok(format!("{plan}, {}", text(&attempt, "tls")))
}

fn silent(world: &World) -> anyhow::Result<String> {
    world.internet().rule("ip daddr 192.0.2.26 tcp dport 443 drop")?;
    let mut seconds = Vec::new();
    for _ in 0..2 {
        let began = Instant::now();
        arrives(world, "hanako@silent.test", "")?;
        seconds.push(began.elapsed());
    }
    let [first, second] = seconds.as_slice() else { bail!("not two") };
    Ok(format!("{first:.1?}, then {second:.1?}"))
}

fn kept(world: &mut World) -> anyhow::Result<String> {
    world.stop(WEB)?;
    world.stop(HERE)?;
    world.start(HERE)?;
    let held = held_back(world, "wrong.test", "peer.sts.certificate");
    let good = arrives(world, "hanako@good.test", "MTA-STS enforce of good");
    world.start(WEB)?;
    good?;
    held
}

fn own(world: &World) -> anyhow::Result<String> {
    let osaka = world.place(OSAKA)?.machine()?;
    osaka.script("hikyaku domain add --config /srv/hikyaku/hikyaku.toml tokyo.test")?;
    arrives(world, "hanako@osaka.test", "MTA-STS testing of osaka.test")?;
    arrives(world, "postmaster@tokyo.test", "not named by MTA-STS testing of tokyo.test")
}

fn judged(world: &World) -> anyhow::Result<String> {
    let judge = world.place("judge.lab.test")?.machine()?;
    let script = "export SSL_CERT_FILE=/etc/lab/ca.pem; mta-sts-query osaka.test 2>&1";
    let said = judge.script(script)?;
    let is_read = said.contains("VALID") && said.contains("testing") && said.contains(OSAKA);
    ensure!(is_read, "{said}");
    Ok(said.trim().replace('\n', " "))
}

/// What a command of Hikyaku says on a host, as JSON.
fn hikyaku(world: &World, host: &str, arguments: &[&str]) -> anyhow::Result<Value> {
    let machine = world.place(host)?.machine()?;
    let mut command = machine.command("hikyaku");
    command.args(arguments).args(["--json", "--config", "/srv/hikyaku/hikyaku.toml"]);
    Ok(serde_json::from_slice(&machine.run(command, b"")?)?)
}

/// The failures of the report on a domain: words of RFC 8460 §4.3.
fn failures(reports: &Value, domain: &str) -> Vec<String> {
    let of = |it: &&Value| text(it, "domain") == domain;
    let found = reports.as_array().into_iter().flatten().filter(of);
    let parts = found.filter_map(|it| it.pointer("/report/policies")?.as_array()).flatten();
    let details = parts.filter_map(|it| it.get("failure-details")?.as_array()).flatten();
    details.map(|it| text(it, "result-type")).collect()
}

fn reports(world: &World) -> anyhow::Result<String> {
    let expected = [
        ("testing.test", "certificate-expired"),
        ("wrong.test", "certificate-host-mismatch"),
        ("broken.test", "sts-webpki-invalid"),
        ("silent.test", "sts-policy-fetch-error"),
        ("tokyo.test", "validation-failure"),
    ];
    let mut counted = Value::Null;
    let are_there = wait::until(SOON, || {
        counted = hikyaku(world, HERE, &["tls-reports", "--outgoing"]).unwrap_or_default();
        expected.iter().all(|(domain, word)| failures(&counted, domain).iter().any(|it| it == word))
    });
    ensure!(are_there, "not counted: {counted}");
    ensure!(!counted.to_string().contains("good.test"), "good.test wants no reports: {counted}");
    let sent = hikyaku(world, HERE, &["tls-reports", "--send-now"])?;
    let posted = sent.as_array().into_iter().flatten().any(|it| text(it, "outcome") == "posted");
    ensure!(posted, "nothing was posted: {sent}");
    let mut received = Value::Null;
    let are_read = wait::until(SOON, || {
        received = hikyaku(world, OSAKA, &["tls-reports"]).unwrap_or_default();
        failures(&received, "tokyo.test").iter().any(|it| it == "validation-failure")
            && received.to_string().contains("osaka.test")
    });
    ensure!(are_read, "not received: {received}; sent: {sent}");
    let signed =
        received.as_array().into_iter().flatten().all(|it| text(it, "signed_by") == "edo.test");
    ensure!(signed, "not signed by edo.test: {received}");
    let left = hikyaku(world, HERE, &["tls-reports", "--outgoing"])?;
    ensure!(failures(&left, "tokyo.test").is_empty(), "it would be sent twice: {left}");
    // The one at whose host no other mail arrives hears of it all the same.
    let wrong = world.place("mx.wrong.test")?.machine()?;
    let came =
        wait::until(SOON, || wrong.script(COUNT_REPORTS).is_ok_and(|count| count.trim() != "0"));
    ensure!(came, "no report at wrong.test: {sent}");
    let osaka = world.place(OSAKA)?.machine()?;
    let words = osaka
        .script("hikyaku tls-reports tokyo.test --lang ja --config /srv/hikyaku/hikyaku.toml")?;
    ensure!(words.contains("約束どおりの暗号化した接続ができませんでした"), "{words}");
    Ok(words.trim().replace('\n', " "))
}
