//! A mail server that says no where it is told to, and throws away what it takes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::failure::{At, DOMAIN, Failure};

/// The longest line that is read at once.
const LINE_OCTETS: u64 = 64 * 1024;

/// What one server does.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// By the part before the @.
    recipients: HashMap<String, Failure>,
    greeting: Option<Failure>,
    sender: Option<Failure>,
    is_silent: bool,
    /// How often each recipient was refused.
    refused: Mutex<HashMap<String, u32>>,
}

impl Peer {
    /// The server that takes mail, though not for everybody.
    pub(crate) fn of_all(failures: &[Failure]) -> Self {
        let own = failures.iter().filter(|it| matches!(it.at, At::Rcpt | At::Content));
        let recipients = own.map(|failure| (failure.name.clone(), failure.clone())).collect();
        Self { recipients, ..Self::default() }
    }

    /// The server that refuses everybody in the same way.
    pub(crate) fn of_one(failure: &Failure) -> Self {
        let when = |at| (failure.at == at).then(|| failure.clone());
        Self {
            greeting: when(At::Greeting),
            sender: when(At::Mail),
            is_silent: failure.at == At::Silent,
            ..Self::default()
        }
    }

    /// What is said to a recipient, and what will be said to the content; `None`: it is taken.
    fn recipient(&self, address: &str) -> (Option<String>, Option<String>) {
        let (local, _) = address.rsplit_once('@').unwrap_or((address, ""));
        let Some(failure) = self.recipients.get(&local.to_ascii_lowercase()) else {
            let text = format!("550 5.1.1 <{address}>: no such failure at {DOMAIN}\r\n");
            return (Some(text), None);
        };
        if let Some(times) = failure.times {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            let count = refused.entry(address.to_ascii_lowercase()).or_default();
            *count += 1;
            if *count > times {
                *count = 0;
                return (None, None);
            }
        }
        let reply = Some(failure.reply(address));
        if failure.at == At::Content { (None, reply) } else { (reply, None) }
    }
}

/// Serves whoever connects.
pub(crate) async fn serve(listener: TcpListener, peer: Arc<Peer>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let peer = Arc::clone(&peer);
                tokio::spawn(async move {
                    if let Err(error) = talk(stream, &peer).await {
                        tracing::debug!(%error, "the rehearsal's server");
                    }
                });
            }
            Err(error) => {
                tracing::debug!(%error, "the rehearsal's server");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn talk(mut stream: TcpStream, peer: &Peer) -> io::Result<()> {
    if peer.is_silent {
        // Until who waits goes away.
        return tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.map(drop);
    }
    let mut stream = BufReader::new(stream);
    if let Some(failure) = &peer.greeting {
        return stream.write_all(failure.reply("").as_bytes()).await;
    }
    stream.write_all(format!("220 mx.{DOMAIN} ESMTP\r\n").as_bytes()).await?;
    let mut accepted = 0;
    let mut verdict = None;
    loop {
        let Some(line) = line(&mut stream).await? else { return Ok(()) };
        let verb: String = line.chars().take(4).collect::<String>().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => format!(
                "250-mx.{DOMAIN}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
            ),
            "MAIL" => {
                (accepted, verdict) = (0, None);
                let refusal = peer.sender.as_ref().map(|failure| failure.reply(""));
                refusal.unwrap_or_else(|| "250 2.1.0 OK\r\n".to_owned())
            }
            "RCPT" => {
                let (refusal, later) = peer.recipient(path(&line));
                accepted += u32::from(refusal.is_none());
                verdict = verdict.or(later);
                refusal.unwrap_or_else(|| "250 2.1.5 OK\r\n".to_owned())
            }
            "DATA" if accepted == 0 => "554 5.5.1 No valid recipients\r\n".to_owned(),
            "DATA" => {
                stream.write_all(b"354 Go ahead\r\n").await?;
                while line_of(&mut stream).await?.is_some_and(|line| line != b".\r\n") {}
                verdict.take().unwrap_or_else(|| "250 2.0.0 Taken, and thrown away\r\n".to_owned())
            }
            "QUIT" => return stream.write_all(b"221 2.0.0 Bye\r\n").await,
            "HELO" | "RSET" | "NOOP" => "250 2.0.0 OK\r\n".to_owned(),
            _ => "502 5.5.1 Not known here\r\n".to_owned(),
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}

/// The address between angle brackets.
fn path(line: &str) -> &str {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(address, _)| address)
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    Ok(line_of(stream).await?.map(|line| String::from_utf8_lossy(&line).into_owned()))
}

async fn line_of(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    stream.take(LINE_OCTETS).read_until(b'\n', &mut line).await?;
    Ok((!line.is_empty()).then_some(line))
}
