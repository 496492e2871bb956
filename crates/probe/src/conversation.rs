//! A dialogue in lines, over any stream, with limits.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};

/// Any stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The most that is read of one answer.
const MOST: usize = 64 * 1024;

/// Why there is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The other side ended the connection.
    Closed,
    /// Nothing came in time.
    Mute,
}

/// A dialogue.
pub(crate) struct Conversation {
    stream: Box<dyn Stream>,
    unread: Vec<u8>,
    patience: Duration,
}

impl Conversation {
    pub(crate) fn over(stream: Box<dyn Stream>, patience: Duration) -> Self {
        Self { stream, unread: Vec::new(), patience }
    }

    /// The stream, for TLS; what was read and not used is dropped with the clear dialogue
    /// (RFC 3207 §4.2).
    pub(crate) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Says a line.
    pub(crate) async fn say(&mut self, line: &str) -> Result<(), Silence> {
        let line = format!("{line}\r\n");
        let until = Instant::now() + self.patience;
        let written = timeout_at(until, async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Silence::Closed),
            Err(_) => Err(Silence::Mute),
        }
    }

    /// A line without its end; octets that are no text are replaced.
    pub(crate) async fn line(&mut self) -> Result<String, Silence> {
        let until = Instant::now() + self.patience;
        loop {
            if let Some(end) = self.unread.iter().position(|octet| *octet == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let mut piece = [0; 4096];
            let read = timeout_at(until, self.stream.read(&mut piece)).await;
            match read {
                Ok(Ok(length)) if length > 0 && self.unread.len() < MOST => {
                    self.unread.extend_from_slice(piece.get(..length).unwrap_or_default());
                }
                Ok(_) => return Err(Silence::Closed),
                // What came without a line end is better than nothing.
                Err(_) if !self.unread.is_empty() => {
                    let rest = std::mem::take(&mut self.unread);
                    return Ok(String::from_utf8_lossy(&rest).trim_end().to_owned());
                }
                Err(_) => return Err(Silence::Mute),
            }
        }
    }

    /// All lines of a reply of SMTP (RFC 5321 §4.2.1).
    pub(crate) async fn reply(&mut self) -> Result<Vec<String>, Silence> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            let goes_on = line.as_bytes().get(3) == Some(&b'-') && lines.len() < 200;
            lines.push(line);
            if !goes_on {
                return Ok(lines);
            }
        }
    }

    /// Lines until one that is only a dot (RFC 1939 §3).
    pub(crate) async fn until_dot(&mut self) -> Result<Vec<String>, Silence> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            if line == "." || lines.len() > 200 {
                return Ok(lines);
            }
            lines.push(line);
        }
    }

    /// Lines until the one that answers a command (RFC 3501 §2.2.2), that one last.
    pub(crate) async fn until_tag(&mut self, tag: &str) -> Result<Vec<String>, Silence> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            let ends = line.starts_with(tag) || lines.len() > 200;
            lines.push(line);
            if ends {
                return Ok(lines);
            }
        }
    }
}
