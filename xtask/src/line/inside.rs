//! One case, in a network namespace of its own: every address is on its loopback.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum;
use hikyaku_lab::wait;
use serde_json::Value;

use crate::chance::Chance;
use crate::client::Smtp;
use crate::crash::sink::Sink;
use crate::crash::site::{Site, login};

/// Hosts in three networks of each family.
const FOUR: [&str; 3] = ["10.1.0.1", "10.2.0.1", "10.3.0.1"];
const SIX: [&str; 3] = ["2001:db8::1", "2001:db9::1", "2001:dba::1"];
/// Who must answer before the port is called blocked.
const CONTROLS: [&str; 2] = ["10.9.0.1:443", "[fd00::9]:443"];
/// Where the relay listens.
const RELAY: &str = "127.0.0.1:2626";
/// How long anything may take: a verdict is put to the proof every ten seconds at first.
const PATIENCE: Duration = Duration::from_mins(1);

const DELIVERY: &str = "[delivery]\nfirst_wait_seconds = 2\nconnect_seconds = 2\n\
    control = [\"10.9.0.1:443\", \"[fd00::9]:443\"]\n";

/// What is done to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    Dropped,
    Reset,
    Relay,
    SixOnly,
    OneHost,
    Down,
}

impl Case {
    /// Its name on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Reset => "reset",
            Self::Relay => "relay",
            Self::SixOnly => "six-only",
            Self::OneHost => "one-host",
            Self::Down => "down",
        }
    }

    /// The rule that makes it so.
    fn rule(self) -> &'static str {
        match self {
            Self::Dropped | Self::Relay => "tcp dport 25 drop",
            Self::Reset => "tcp dport 25 reject with tcp reset",
            Self::SixOnly => "meta nfproto ipv6 tcp dport 25 drop",
            Self::OneHost => "ip daddr 10.1.0.1 tcp dport 25 drop",
            Self::Down => "ip daddr 10.0.0.0/8 drop",
        }
    }
}

/// The server, and the hosts it sends to.
struct Scene {
    site: Site,
    sink: Sink,
    _controls: Vec<TcpListener>,
}

/// Runs a case; returns a figure worth reading.
pub(crate) fn run(case: Case, server: &Path, folder: &Path) -> anyhow::Result<String> {
    let scene = Scene::set_up(server, folder)?;
    nft("add table inet line")?;
    nft("add chain inet line out { type filter hook output priority 0; }")?;
    nft(&format!("add rule inet line out {}", case.rule()))?;
    let running = scene.site.start()?;
    let note = match case {
        Case::Dropped | Case::Reset => scene.blocked_then_open(),
        Case::Relay => scene.blocked_then_relay(),
        Case::SixOnly => scene.six_only(),
        Case::OneHost => scene.one_host(),
        Case::Down => scene.down(),
    };
    let note = note.with_context(|| format!("the log ends: {}", scene.end_of_log()))?;
    running.stop()?;
    Ok(note)
}

impl Scene {
    fn set_up(server: &Path, folder: &Path) -> anyhow::Result<Self> {
        ip(&["link", "set", "lo", "up"])?;
        for address in FOUR.into_iter().chain(["10.9.0.1"]) {
            ip(&["addr", "add", &format!("{address}/32"), "dev", "lo"])?;
        }
        for address in SIX.into_iter().chain(["fd00::9"]) {
            ip(&["-6", "addr", "add", &format!("{address}/128"), "dev", "lo", "nodad"])?;
        }
        let mut hosts: Vec<SocketAddr> = vec![RELAY.parse()?];
        for address in FOUR.into_iter().chain(SIX) {
            hosts.push(SocketAddr::new(address.parse()?, 25));
        }
        let sink = Sink::on(&hosts, Duration::ZERO)?;
        let controls = CONTROLS.iter().map(TcpListener::bind).collect::<Result<_, _>>()?;
        let site = Site::that_sends(server, folder, &folder.join("data"), DELIVERY)?;
        Ok(Self { site, sink, _controls: controls })
    }

    fn blocked_then_open(&self) -> anyhow::Result<String> {
        self.submit(&FOUR)?;
        self.until("the verdict", || self.codes().iter().any(|code| code == BLOCKED))?;
        ensure!(self.sink.book().is_empty(), "something came through");
        let said = self.site.said(&["queue", "list"])?;
        ensure!(said.contains(BLOCKED), "`queue list` does not say it: {said}");
        let health = self.site.health()?;
        ensure!(health.contains(BLOCKED), "the health address does not say it: {health}");
        ensure!(self.site.log().contains(BLOCKED), "the log does not say it");
        let began = std::time::Instant::now();
        nft("flush ruleset")?;
        self.drained(3)?;
        Ok(format!("{BLOCKED}; drained {:.0} s after it opened", began.elapsed().as_secs_f64()))
    }

    fn blocked_then_relay(&self) -> anyhow::Result<String> {
        self.submit(&FOUR)?;
        self.until("the verdict", || self.codes().iter().any(|code| code == BLOCKED))?;
        let began = std::time::Instant::now();
        let relay = "relay = { host = \"127.0.0.1\", port = 2626, tls = \"none\" }\n";
        self.site.rewrite(DELIVERY, &format!("{DELIVERY}{relay}"))?;
        self.drained(3)?;
        Ok(format!("drained {:.0} s after the relay was set", began.elapsed().as_secs_f64()))
    }

    fn six_only(&self) -> anyhow::Result<String> {
        self.submit(&FOUR)?;
        self.submit(&SIX)?;
        self.until("the verdict", || self.codes().iter().any(|code| code == BLOCKED))?;
        self.arrived(3)?;
        self.submit(&FOUR)?;
        self.arrived(6)?;
        let left = self.codes().len();
        ensure!(left == 3, "{left} wait");
        nft("flush ruleset")?;
        self.drained(9)?;
        Ok(format!("{BLOCKED} for IPv6 alone, IPv4 went on"))
    }

    fn one_host(&self) -> anyhow::Result<String> {
        for _ in 0..3 {
            self.submit(&FOUR)?;
        }
        self.arrived(6)?;
        self.until("attempts", || self.attempts().iter().all(|count| *count >= 2))?;
        let codes = self.codes();
        ensure!(codes.iter().all(|code| code == "path.connect.timeout"), "{codes:?}");
        ensure!(!self.site.log().contains(BLOCKED), "the port is called blocked");
        Ok("path.connect.timeout, never the verdict".to_owned())
    }

    fn down(&self) -> anyhow::Result<String> {
        self.submit(&FOUR)?;
        self.until("attempts", || self.attempts().iter().all(|count| *count >= 3))?;
        ensure!(!self.site.log().contains(BLOCKED), "the port is called blocked");
        let codes = self.codes();
        nft("flush ruleset")?;
        self.drained(3)?;
        Ok(format!("{}, never the verdict", codes.join(" ")))
    }

    /// One message to somebody at each host.
    fn submit(&self, hosts: &[&str]) -> anyhow::Result<()> {
        let from = login(0).address;
        for host in hosts {
            let literal =
                if host.contains(':') { format!("IPv6:{host}") } else { (*host).to_owned() };
            let mut smtp = Smtp::signed_in(&self.site.submissions, &login(0))
                .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
            let id = Chance::fresh_seed();
            let message = format!("From: <{from}>\r\nMessage-ID: <{id:x}@crash.test>\r\n\r\nx\r\n");
            smtp.send(&from, &[&format!("somebody@[{literal}]")], message.as_bytes())
                .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
            smtp.quit();
        }
        Ok(())
    }

    fn waiting(&self) -> Vec<Value> {
        let list = self.site.ask(&["queue", "list", "--json"]).unwrap_or_default();
        let messages = list.as_array().cloned().unwrap_or_default();
        let recipients = messages.iter().filter_map(|it| it["recipients"].as_array());
        recipients.flatten().cloned().collect()
    }

    /// The last cause of each recipient that waits.
    fn codes(&self) -> Vec<String> {
        let text = |it: &Value| it["code"].as_str().unwrap_or("-").to_owned();
        self.waiting().iter().map(text).collect()
    }

    fn attempts(&self) -> Vec<u64> {
        self.waiting().iter().map(|it| it["attempts"].as_u64().unwrap_or_default()).collect()
    }

    fn arrived(&self, messages: usize) -> anyhow::Result<()> {
        self.until("arrival", || self.sink.book().len() >= messages)
    }

    fn drained(&self, messages: usize) -> anyhow::Result<()> {
        self.arrived(messages)?;
        self.until("an empty queue", || self.waiting().is_empty())
    }

    fn until(&self, what: &str, is_so: impl FnMut() -> bool) -> anyhow::Result<()> {
        if wait::until(PATIENCE, is_so) {
            return Ok(());
        }
        bail!("no {what} within {PATIENCE:?}; waiting: {:?}", self.waiting())
    }

    fn end_of_log(&self) -> String {
        let log = self.site.log();
        let lines: Vec<&str> = log.lines().rev().take(8).collect();
        lines.join("\n")
    }
}

const BLOCKED: &str = "path.port25.blocked";

/// Runs `ip`.
pub(crate) fn ip(arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("ip").args(arguments).output().context("ip")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {}: {said}", arguments.join(" "));
    Ok(())
}

/// Runs one command of `nft`.
pub(crate) fn nft(command: &str) -> anyhow::Result<()> {
    let output = Command::new("nft").arg(command).output().context("nft")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "nft {command}: {said}");
    Ok(())
}
