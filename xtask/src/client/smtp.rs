//! SMTP, as a client that hands over one message after another.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::line::{Lines, Stream, connect};
use super::{Login, Service};

/// A reply of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The three digits.
    pub(crate) code: u16,
    /// All lines after the code, joined.
    pub(crate) text: String,
}

impl Reply {
    /// RFC 3463: the enhanced code at the start of the text, where there is one.
    pub(crate) fn enhanced(&self) -> Option<&str> {
        let word = self.text.split_whitespace().next()?;
        let mut parts = word.split('.');
        let three = parts.by_ref().take(3).filter(|part| part.parse::<u16>().is_ok()).count() == 3;
        (three && parts.next().is_none()).then_some(word)
    }

    fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

/// Why a message was not acknowledged.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The server said no.
    Replied(Reply),
    /// The connection broke before the last line of the message was sent; it can't have arrived.
    Broken(io::Error),
    /// The connection broke after the message was sent whole; it may have arrived.
    Unknown(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replied(reply) => write!(out, "the server said {} {}", reply.code, reply.text),
            Self::Broken(error) => write!(out, "the connection broke: {error}"),
            Self::Unknown(error) => write!(out, "the connection broke after the message: {error}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// A session in which a message can be handed over.
pub(crate) struct Smtp {
    lines: Lines,
}

impl Smtp {
    /// Connects in clear, as another server would on port 25.
    pub(crate) fn in_clear(address: SocketAddr) -> Result<Self, Refusal> {
        Self::greet(Stream::Clear(connect(address)?))
    }

    /// Connects over TLS and signs in (RFC 8314 §3.3, RFC 4954 §4).
    pub(crate) fn signed_in(service: &Service, login: &Login) -> Result<Self, Refusal> {
        let mut session = Self::greet(service.authority.connect(service.address)?)?;
        let plain = format!("\0{}\0{}", login.address, login.password);
        session.positive(&format!("AUTH PLAIN {}", STANDARD.encode(plain)))?;
        Ok(session)
    }

    /// Hands over one message to all recipients. The message is in CRLF lines and ends with one.
    pub(crate) fn send(
        &mut self,
        from: &str,
        to: &[&str],
        message: &[u8],
    ) -> Result<Reply, Refusal> {
        let to: Vec<String> = to.iter().map(|recipient| format!("<{recipient}>")).collect();
        self.hand_over(&format!("<{from}> BODY=8BITMIME"), &to, message)
    }

    /// The same with paths and parameters as they stand in MAIL and RCPT.
    pub(crate) fn hand_over(
        &mut self,
        from: &str,
        to: &[String],
        message: &[u8],
    ) -> Result<Reply, Refusal> {
        self.positive(&format!("MAIL FROM:{from}"))?;
        for recipient in to {
            self.positive(&format!("RCPT TO:{recipient}"))?;
        }
        self.positive("DATA")?;
        // The last line is written apart: only when it is out may the message have arrived.
        self.lines.write(&stuffed(message))?;
        self.lines.say(".").map_err(Refusal::Unknown)?;
        let reply = self.reply().map_err(Refusal::Unknown)?;
        if reply.is_positive() { Ok(reply) } else { Err(Refusal::Replied(reply)) }
    }

    /// Forgets a transaction that was refused half-way.
    pub(crate) fn reset(&mut self) -> Result<(), Refusal> {
        self.positive("RSET").map(drop)
    }

    /// Says goodbye; whether the server answers no longer matters.
    pub(crate) fn quit(mut self) {
        let _ended = self.positive("QUIT");
    }

    fn greet(stream: Stream) -> Result<Self, Refusal> {
        let mut session = Self { lines: Lines::over(stream) };
        let greeting = session.reply()?;
        if !greeting.is_positive() {
            return Err(Refusal::Replied(greeting));
        }
        session.positive("EHLO client.test")?;
        Ok(session)
    }

    fn positive(&mut self, command: &str) -> Result<Reply, Refusal> {
        self.lines.say(command)?;
        let reply = self.reply()?;
        if reply.is_positive() { Ok(reply) } else { Err(Refusal::Replied(reply)) }
    }

    /// RFC 5321 §4.2.1: `code-text` until `code text`.
    fn reply(&mut self) -> io::Result<Reply> {
        let mut text = Vec::new();
        loop {
            let line = self.lines.read()?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let code = line.get(..3).and_then(|digits| digits.parse().ok());
            let code = code.ok_or_else(|| io::Error::other(format!("no reply: {line}")))?;
            text.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, text: text.join("\n") });
            }
        }
    }
}

/// RFC 5321 §4.5.2: a dot before each line that begins with one.
pub(crate) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_at_the_start_of_lines_only() {
        assert_eq!(stuffed(b"a.\r\n.\r\n..b\r\n"), b"a.\r\n..\r\n...b\r\n");
    }

    #[test]
    fn enhanced_codes() {
        let reply = |text: &str| Reply { code: 452, text: text.to_owned() };
        assert_eq!(reply("4.3.1 disk is full").enhanced(), Some("4.3.1"));
        assert_eq!(reply("disk is full").enhanced(), None);
        assert_eq!(reply("1.2.3.4 said no").enhanced(), None);
    }
}
