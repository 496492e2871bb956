//! Marionette, the protocol by which programs of Mozilla are driven: over TCP, each message its
//! length, a colon and JSON; a command is `[0, number, name, parameters]`, its answer
//! `[1, number, fault, result]`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::wait;
use serde_json::{Value, json};

/// Where it listens.
const PORT: u16 = 2828;
/// How long the program may take to start.
const START: Duration = Duration::from_secs(40);
/// How long a script may take, in milliseconds; the answer has a little longer.
const SCRIPT: u64 = 20_000;
const ANSWER: Duration = Duration::from_mins(1);

/// A session with a running program.
pub(super) struct Marionette {
    stream: BufReader<TcpStream>,
    number: u64,
}

impl Marionette {
    /// Connects as soon as the program listens; scripts run with all that the program itself may.
    pub(super) fn connect() -> anyhow::Result<Self> {
        let mut stream = None;
        wait::until(START, || {
            stream = TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)).ok();
            stream.is_some()
        });
        let stream = stream.context("Thunderbird does not listen for Marionette")?;
        stream.set_read_timeout(Some(ANSWER))?;
        let mut session = Self { stream: BufReader::new(stream), number: 0 };
        session.read().context("no greeting")?;
        session.command("WebDriver:NewSession", &json!({ "capabilities": {} }))?;
        session.command("Marionette:SetContext", &json!({ "value": "chrome" }))?;
        session.command("WebDriver:SetTimeouts", &json!({ "script": SCRIPT }))?;
        Ok(session)
    }

    /// Runs a script, which gets the arguments and, after them, a function for its result.
    pub(super) fn run(&mut self, script: &str, arguments: &Value) -> anyhow::Result<Value> {
        let parameters = json!({ "script": script, "args": arguments, "newSandbox": true });
        let answer = self.command("WebDriver:ExecuteAsyncScript", &parameters)?;
        let value = answer.get("value").cloned().unwrap_or_default();
        if let Some(error) = value.get("error") {
            bail!("the script ended with {error}");
        }
        Ok(value)
    }

    /// Ends the program.
    pub(super) fn quit(mut self) -> anyhow::Result<()> {
        self.command("Marionette:Quit", &json!({ "flags": ["eForceQuit"] })).map(drop)
    }

    fn command(&mut self, name: &str, parameters: &Value) -> anyhow::Result<Value> {
        self.number += 1;
        let text = json!([0, self.number, name, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{text}", text.len())?;
        let answer = self.read().with_context(|| name.to_owned())?;
        let part = |at: usize| answer.get(at).cloned().unwrap_or_default();
        ensure!(part(1) == json!(self.number), "{name}: an answer to something else: {answer}");
        ensure!(part(2).is_null(), "{name}: {}", part(2));
        Ok(part(3))
    }

    fn read(&mut self) -> anyhow::Result<Value> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length)?;
        let digits = length.strip_suffix(b":").context("the connection ended")?;
        let length: usize = std::str::from_utf8(digits)?.parse()?;
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}
