//! POP3 over TLS, as a client that fetches and deletes.

use std::io;

use super::line::Lines;
use super::{Login, Service};

/// A signed-in session.
pub(crate) struct Pop3 {
    lines: Lines,
}

/// A message as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its number in this session.
    pub(crate) number: u32,
    /// Its unique-id (RFC 1939 §7).
    pub(crate) uid: String,
}

impl Pop3 {
    /// Connects over TLS and signs in.
    pub(crate) fn sign_in(service: &Service, login: &Login) -> io::Result<Self> {
        let mut session = Self { lines: Lines::over(service.authority.connect(service.address)?) };
        session.ok()?;
        session.command(&format!("USER {}", login.address))?;
        session.command(&format!("PASS {}", login.password))?;
        Ok(session)
    }

    /// Everything in the mailbox.
    pub(crate) fn list(&mut self) -> io::Result<Vec<Listed>> {
        self.command("UIDL")?;
        let body = self.body()?;
        let text = String::from_utf8_lossy(&body);
        let entry = |line: &str| {
            let (number, uid) = line.split_once(' ')?;
            Some(Listed { number: number.parse().ok()?, uid: uid.to_owned() })
        };
        text.lines().map(|line| entry(line).ok_or_else(|| wrong(line))).collect()
    }

    /// One message, whole.
    pub(crate) fn fetch(&mut self, number: u32) -> io::Result<Vec<u8>> {
        self.command(&format!("RETR {number}"))?;
        self.body()
    }

    /// Marks one message for deletion.
    pub(crate) fn delete(&mut self, number: u32) -> io::Result<()> {
        self.command(&format!("DELE {number}"))
    }

    /// Ends the session; only now are messages deleted (RFC 1939 §6).
    pub(crate) fn quit(mut self) -> io::Result<()> {
        self.command("QUIT")
    }

    fn command(&mut self, command: &str) -> io::Result<()> {
        self.lines.say(command)?;
        self.ok()
    }

    fn ok(&mut self) -> io::Result<()> {
        let line = self.lines.read()?;
        if line.starts_with(b"+OK") { Ok(()) } else { Err(wrong(&String::from_utf8_lossy(&line))) }
    }

    /// RFC 1939 §3: until a line that is only a dot; other leading dots lose one.
    fn body(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.lines.read()?;
            match line.strip_prefix(b".") {
                Some(b"") => return Ok(body),
                Some(rest) => body.extend_from_slice(rest),
                None => body.extend_from_slice(&line),
            }
            body.extend_from_slice(b"\r\n");
        }
    }
}

fn wrong(line: &str) -> io::Error {
    io::Error::other(format!("the server said: {line}"))
}
