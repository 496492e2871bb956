//! The checks, in their namespace.
#![expect(clippy::indexing_slicing, reason = "what is not in a JSON value is null")]

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::{wait, world};
use serde_json::{Value, json};

use super::program::{Running, Thunderbird};
use super::root;
use crate::client::{Login, Pop3};
use crate::inner;
use crate::interop::trial::Trial;
use crate::line::{ip, nft};

/// A host whose certificate `hikyaku try` has.
const HOST: &str = "127.0.0.1";
/// Nobody listens there.
const WRONG: u16 = 456;
const RIGHT: u16 = 465;
const SUBJECT: &str = "滞留していたメール";
/// The ports of mail programs, and who answers there.
const PORTS: [(u16, &str); 4] =
    [(465, "submissions"), (587, "submission"), (995, "pop3s"), (110, "pop3")];
/// How long a mail may take within this machine.
const ARRIVAL: Duration = Duration::from_secs(10);

type Check = fn(&mut Scene) -> anyhow::Result<String>;

/// One for each name.
const CHECKS: [Check; 6] = [
    Scene::cannot_send,
    Scene::refused_while_running,
    Scene::diagnosed,
    Scene::not_without_a_yes,
    Scene::put_right,
    Scene::arrives,
];

/// Runs them one after the other; where one fails, those after it fail too.
pub(crate) fn run(folder: &Path) {
    let mut scene = Scene::set_up(folder).map_err(|error| format!("{error:#}"));
    for check in CHECKS {
        let ended = match &mut scene {
            Ok(scene) => check(scene),
            Err(why) => Err(anyhow::anyhow!("{why}")),
        };
        if let (Err(error), true) = (&ended, scene.is_ok()) {
            scene = Err(format!("what came before failed: {error:#}"));
        }
        inner::say(ended);
    }
}

/// The server, the mail program and the doctor.
struct Scene {
    server: PathBuf,
    trial: Trial,
    taro: Login,
    thunderbird: Thunderbird,
    running: Option<Running>,
    /// The settings before they are put right.
    before: Vec<u8>,
}

impl Scene {
    fn set_up(folder: &Path) -> anyhow::Result<Self> {
        ip(&["link", "set", "lo", "up"])?;
        let server: PathBuf = std::env::var_os(world::SERVER).context("no server")?.into();
        let trial = Trial::start(&server, &folder.join("try"), &folder.join("try.log"))?;
        nft("add table ip mail")?;
        nft("add chain ip mail out { type nat hook output priority -100; }")?;
        for (port, service) in PORTS {
            let own = trial.address(service)?.port();
            nft(&format!(
                "add rule ip mail out ip daddr {HOST} tcp dport {port} redirect to :{own}"
            ))?;
        }
        let thunderbird = Thunderbird::new(root()?, folder, &trial.ca)?;
        let taro = trial.taro()?;
        Ok(Self { server, trial, taro, thunderbird, running: None, before: Vec::new() })
    }

    fn cannot_send(&mut self) -> anyhow::Result<String> {
        let mut running = self.thunderbird.start()?;
        let session = &mut running.session;
        let account = json!([self.taro.address, self.taro.password, HOST, 995, WRONG]);
        let version = session.run(include_str!("set_up.js"), &account)?;
        let mail = json!([self.trial.hanako()?.address, SUBJECT, "本文です。\r\n"]);
        session.run(include_str!("queue.js"), &mail).context("queueing")?;
        let sent = session.run(include_str!("send.js"), &json!([])).context("sending")?;
        ensure!(sent["total"] == 1 && sent["successful"] == 0, "it could send: {sent}");
        ensure!(self.mailbox()?.is_empty(), "something arrived");
        self.running = Some(running);
        Ok(format!("Thunderbird {}: {}", version.as_str().unwrap_or_default(), sent["faults"]))
    }

    fn refused_while_running(&mut self) -> anyhow::Result<String> {
        let said = self.doctor(&["--fix", "--yes"])?;
        let (outcome, code) = (&said["fix"]["outcome"], &said["fix"]["cause"]["code"]);
        ensure!(outcome == "refused" && code == "client.profile.in_use", "{}", said["fix"]);
        // While it runs it writes its settings itself, at any moment.
        let prefs = String::from_utf8(self.prefs()?)?;
        ensure!(!prefs.contains(&smtp_port(RIGHT)), "the settings were changed");
        ensure!(self.copies()?.is_empty(), "a copy was made");
        self.running.take().context("it does not run")?.quit()?;
        Ok("client.profile.in_use".to_owned())
    }

    fn diagnosed(&mut self) -> anyhow::Result<String> {
        let said = self.doctor(&[])?;
        let codes = codes(&said);
        let expected = ["setting.port.closed", "client.outbox.stuck"];
        ensure!(codes == expected, "{codes:?}");
        let change = &said["findings"][0]["remedies"][0]["change"];
        let expected =
            json!({ "field": "smtp.port", "from": WRONG.to_string(), "to": RIGHT.to_string() });
        ensure!(*change == expected, "{change}");
        ensure!(said["send"] == "fails" && said["receive"] == "ok", "{said}");
        let stuck = &said["findings"][1];
        ensure!(stuck["follows_from"] == "setting.port.closed", "{stuck}");
        ensure!(stuck["evidence"][0]["waiting"] == 1, "{}", stuck["evidence"]);
        Ok(format!("setting.port.closed, smtp.port {WRONG} -> {RIGHT}, 1 mail stuck"))
    }

    fn not_without_a_yes(&mut self) -> anyhow::Result<String> {
        let before = self.prefs()?;
        let said = self.doctor(&["--fix"])?;
        ensure!(said["fix"]["outcome"] == "unasked", "{}", said["fix"]);
        ensure!(self.prefs()? == before, "the settings were changed");
        ensure!(self.copies()?.is_empty(), "a copy was made");
        Ok(String::new())
    }

    fn put_right(&mut self) -> anyhow::Result<String> {
        self.before = self.prefs()?;
        let said = self.doctor(&["--fix", "--yes"])?;
        ensure!(said["fix"]["outcome"] == "done", "{}", said["fix"]);
        let (before, after) = (String::from_utf8(self.before.clone())?, self.prefs()?);
        let after = String::from_utf8(after)?;
        let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
        let (wrong, right) = (smtp_port(WRONG), smtp_port(RIGHT));
        ensure!(changed == [(wrong.as_str(), right.as_str())], "{changed:?}");
        ensure!(before.len() == after.len(), "something was added");
        let copies = self.copies()?;
        ensure!(copies.len() == 1, "{copies:?}");
        for copy in &copies {
            ensure!(fs::read(copy)? == self.before, "the copy is not the old file");
        }
        Ok("one line changed, the old file kept".to_owned())
    }

    fn arrives(&mut self) -> anyhow::Result<String> {
        let mut running = self.thunderbird.start()?;
        let sent = running.session.run(include_str!("send.js"), &json!([]))?;
        ensure!(sent["successful"] == 1, "{sent}");
        let mut mails = Vec::new();
        let arrived = wait::until(ARRIVAL, || {
            mails = self.mailbox().unwrap_or_default();
            !mails.is_empty()
        });
        ensure!(arrived && mails.len() == 1, "{} mails arrived", mails.len());
        let text = mails.first().map(|mail| String::from_utf8_lossy(mail).into_owned());
        let text = text.unwrap_or_default();
        ensure!(text.contains("本文です。") && text.contains("Mozilla Thunderbird"), "{text}");
        running.quit()?;
        let said = self.doctor(&[])?;
        ensure!(codes(&said).is_empty() && said["verdict"] == "healthy", "{said}");
        Ok("read by POP3; the doctor finds nothing more".to_owned())
    }

    /// What the doctor says of the profile.
    fn doctor(&self, more: &[&str]) -> anyhow::Result<Value> {
        let mut command = Command::new(&self.server);
        command.args(["doctor", "account", "taro@edo.test", "--json", "--password-stdin"]);
        command.arg("--thunderbird").arg(self.thunderbird.profiles());
        command.arg("--ca").arg(&self.trial.ca).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let password = format!("{}\n", self.taro.password);
        child.stdin.take().context("no input")?.write_all(password.as_bytes())?;
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(!String::from_utf8_lossy(&output.stdout).contains(&self.taro.password), "password");
        serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
    }

    fn prefs(&self) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(self.thunderbird.profile().join("prefs.js"))?)
    }

    /// The copies of the settings beside them.
    fn copies(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut copies = Vec::new();
        for entry in fs::read_dir(self.thunderbird.profile())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("prefs.js.hikyaku-") {
                copies.push(path);
            }
        }
        Ok(copies)
    }

    /// Everything in hanako's mailbox.
    fn mailbox(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut service = self.trial.service("pop3s")?;
        service.address = SocketAddr::new(HOST.parse()?, 995);
        let mut session = Pop3::sign_in(&service, &self.trial.hanako()?)?;
        let listed = session.list()?;
        let all = listed.iter().map(|it| session.fetch(it.number)).collect::<Result<_, _>>()?;
        session.quit()?;
        Ok(all)
    }
}

/// The line of the port for sending.
fn smtp_port(port: u16) -> String {
    format!("user_pref(\"mail.smtpserver.smtp1.port\", {port});")
}

fn codes(said: &Value) -> Vec<String> {
    let findings = said["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter_map(|it| it["code"].as_str().map(str::to_owned)).collect()
}
