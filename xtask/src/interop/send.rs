//! Programs that send: swaks, Python's smtplib, msmtp; and two whole mail servers.

use std::fs;
use std::time::Duration;

use anyhow::{bail, ensure};
use hikyaku_lab::peer::{self, NextHop, Outcome, Trust};

use super::letters::Letter;
use super::post::{Post, SERVER, inside};
use super::{CLIENTS, Method};
use crate::client::{Smtp, stuffed};

/// How long a whole mail server may take for one message.
const LIMIT: Duration = Duration::from_mins(1);

impl Method {
    /// The submission listener that speaks TLS this way.
    fn submission(self) -> &'static str {
        match self {
            Self::Implicit => "submissions",
            Self::Upgrade => "submission",
        }
    }
}

/// Our own client on port 25, so that there is something to fetch whatever else runs.
pub(super) fn own(post: &mut Post<'_>) -> anyhow::Result<String> {
    let letters = with_large(Letter::small());
    let mut session = Smtp::in_clear(post.trial.address("smtp")?)?;
    for letter in &letters {
        let message = letter.message("own", &post.taro.address, &post.hanako.address);
        session.send("", &[&post.hanako.address], &message)?;
    }
    session.quit();
    post.arrived("own", &letters)
}

/// swaks sends each letter as it is, without mending it.
pub(super) fn swaks(post: &mut Post<'_>, method: Method) -> anyhow::Result<String> {
    let carrier = format!("swaks-{}", method.word());
    let letters = Letter::small();
    for letter in &letters {
        let (name, message) = post.letter(letter, &carrier)?;
        let raw = [stuffed(&message).as_slice(), b".\r\n"].concat();
        fs::write(post.shared(&name), raw)?;
        let mut command = swaks_command(post, method)?;
        command.args(["--tls-ca-path", &inside("ca.pem"), "--no-data-fixup"]);
        command.arg("--data").arg(format!("@{}", inside(&name)));
        post.succeed(&carrier, command)?;
    }
    post.arrived(&carrier, &letters)
}

/// swaks with the system's authorities, which don't know ours: nothing may be sent.
pub(super) fn swaks_distrusts(post: &Post<'_>) -> anyhow::Result<()> {
    let command = swaks_command(post, Method::Implicit)?;
    post.refused("swaks distrusts", command, "certificate")
}

fn swaks_command(post: &Post<'_>, method: Method) -> anyhow::Result<std::process::Command> {
    let mut command = post.command("swaks");
    command.args(["--server", SERVER, "--port", &post.port(method.submission())?.to_string()]);
    command.args(["--from", &post.taro.address, "--to", &post.hanako.address]);
    command.args(["--auth", "PLAIN", "--auth-user", &post.taro.address]);
    command.args(["--auth-password", &post.taro.password, "--auth-hide-password"]);
    command.args(["--tls-verify", "--suppress-data"]);
    command.arg(match method {
        Method::Implicit => "--tls-on-connect",
        Method::Upgrade => "--tls",
    });
    Ok(command)
}

/// smtplib sends all letters over one connection.
pub(super) fn python(post: &mut Post<'_>, method: Method) -> anyhow::Result<String> {
    let carrier = format!("smtplib-{}", method.word());
    let letters = match method {
        Method::Implicit => with_large(Letter::small()),
        Method::Upgrade => Letter::small(),
    };
    let mut command = post.command("python3");
    command.args([&inside(CLIENTS), "send", method.word()]);
    command.arg(post.port(method.submission())?.to_string());
    command.args([&post.taro.address, &post.hanako.address]);
    for letter in &letters {
        let (name, _) = post.letter(letter, &carrier)?;
        command.arg(inside(&name));
    }
    post.succeed(&carrier, command)?;
    post.arrived(&carrier, &letters)
}

/// What Python is refused: sign-in in clear, a wrong password.
pub(super) fn python_refused(post: &Post<'_>) -> anyhow::Result<()> {
    let mut command = post.command("python3");
    command.args([&inside(CLIENTS), "refuse"]);
    command.args([post.port("submission")?.to_string(), post.port("pop3")?.to_string()]);
    command.arg(&post.taro.address);
    post.succeed("python refused", command)
}

/// msmtp reads each letter from its standard input.
pub(super) fn msmtp(post: &mut Post<'_>, method: Method) -> anyhow::Result<String> {
    let carrier = format!("msmtp-{}", method.word());
    let starttls = match method {
        Method::Implicit => "off",
        Method::Upgrade => "on",
    };
    let config = format!(
        "account default\nhost {SERVER}\nport {}\nfrom {user}\nauth on\nuser {user}\n\
         passwordeval cat {}\ntls on\ntls_starttls {starttls}\ntls_trust_file {}\n",
        post.port(method.submission())?,
        inside("taro.password"),
        inside("ca.pem"),
        user = post.taro.address,
    );
    let config_name = format!("{carrier}.conf");
    post.write(&config_name, &config)?;
    let letters = with_large(Letter::small());
    for letter in &letters {
        let (name, _) = post.letter(letter, &carrier)?;
        let mut command = post.command("msmtp");
        command.args(["-C", &inside(&config_name), "--", &post.hanako.address]);
        command.stdin(post.input(&name)?);
        post.succeed(&carrier, command)?;
    }
    post.arrived(&carrier, &letters)
}

/// Postfix relays to port 25 with STARTTLS, having checked who it speaks to.
pub(super) fn postfix(post: &mut Post<'_>) -> anyhow::Result<String> {
    let sender = peer::postfix::Sender::start(&next_hop(post)?)?;
    relay(post, "postfix", |from, to, message| Ok(sender.send(from, &[to], message, LIMIT)?))
}

/// Exim does the same.
pub(super) fn exim(post: &mut Post<'_>) -> anyhow::Result<String> {
    let sender = peer::exim::Sender::new(&next_hop(post)?)?;
    relay(post, "exim", |from, to, message| Ok(sender.send(from, &[to], message)?))
}

fn relay(
    post: &mut Post<'_>,
    carrier: &str,
    send: impl Fn(&str, &str, &[u8]) -> anyhow::Result<peer::Report>,
) -> anyhow::Result<String> {
    let letters = with_large(Letter::small());
    let mut session = String::new();
    for letter in &letters {
        let (_, message) = post.letter(letter, carrier)?;
        let report = send(&post.taro.address, &post.hanako.address, &message)?;
        post.log(carrier, &report.log)?;
        for handover in &report.handovers {
            ensure!(handover.outcome == Outcome::Sent, "{}: {}", letter.name, handover.said);
        }
        ensure!(!report.handovers.is_empty(), "{}: no outcome in the log", letter.name);
        match report.tls {
            Some(tls) => session = tls,
            None => bail!("{}: handed over without TLS", letter.name),
        }
    }
    let arrived = post.arrived(carrier, &letters)?;
    Ok(format!("{arrived}, {session}"))
}

fn next_hop(post: &Post<'_>) -> anyhow::Result<NextHop> {
    let trust = Trust::Verified(post.trial.ca.clone());
    Ok(NextHop { name: SERVER.to_owned(), address: post.trial.address("smtp")?, trust })
}

fn with_large(mut letters: Vec<Letter>) -> Vec<Letter> {
    letters.push(Letter::large());
    letters
}
