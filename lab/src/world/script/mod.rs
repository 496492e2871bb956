//! A server that follows a script: any dialogue, any TLS state, any delay, from data.
//!
//! Without a turn it is a lawful, small server of its protocol, to which those who have a mailbox can
//! sign in; each turn changes what it does at one point.

mod session;

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;

use self::session::Session;
use super::certificate::Pair;
use super::host::Host;
use crate::fault::Fault;

/// What a server does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Where it listens; all addresses of its host where absent.
    pub address: Option<IpAddr>,
    /// The TCP port.
    pub port: u16,
    /// What it speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// How it speaks TLS.
    #[serde(default)]
    pub tls: Tls,
    /// Who may sign in: user names and passwords. Those of its host's mailboxes where absent.
    #[serde(default)]
    pub accounts: Vec<(String, String)>,
    /// Where it does not do what a lawful server does; the first that fits counts.
    #[serde(default, rename = "turn")]
    pub turns: Vec<Turn>,
    /// What a server of HTTP shows; where there is none, every path is an empty page.
    #[serde(default, rename = "page")]
    pub pages: Vec<Page>,
}

/// A page of a server of HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its path, without what stands after a question mark.
    pub path: String,
    /// The status code (RFC 9110 §15).
    #[serde(default = "ok")]
    pub status: u16,
    /// Where it sends who asks, for a redirection.
    pub location: Option<String>,
    /// What it holds.
    #[serde(default)]
    pub text: String,
}

fn ok() -> u16 {
    200
}

/// What a server speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is named for its protocol")]
pub enum Protocol {
    #[default]
    Smtp,
    Pop3,
    Imap,
    /// HTTP, as far as to say the time and to show its pages.
    Http,
}

/// How a server speaks TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all.
    #[default]
    None,
    /// From the first octet.
    Implicit,
    /// After STARTTLS.
    Starttls,
}

/// One point of the dialogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// When: `connect`, `content` (the end of the message), or the beginning of a command.
    pub on: String,
    /// How often; always where absent.
    pub times: Option<u32>,
    /// What it says, in lines; what a lawful server says where absent, nothing where empty.
    pub say: Option<String>,
    /// Seconds before that.
    #[serde(default)]
    pub wait: f64,
    /// What follows.
    #[serde(default)]
    pub then: Then,
}

/// What a server does after it has spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// It goes on.
    #[default]
    Listen,
    /// It ends the connection.
    Close,
    /// It ends it with a reset.
    Reset,
    /// It never says anything again.
    Hang,
    /// What it says comes octet by octet, from now on.
    Drip,
}

/// What came whole and was answered with a positive reply, once for each recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// As in RCPT.
    pub recipient: String,
    /// The message as it came, without the last dot.
    pub message: Vec<u8>,
}

/// A server that runs.
#[derive(Debug)]
pub struct Scripted {
    shared: Arc<Shared>,
    bound: Vec<SocketAddr>,
    host: Host,
}

#[derive(Debug)]
struct Shared {
    name: String,
    script: Script,
    tls: Option<Arc<ServerConfig>>,
    /// How often each turn was taken.
    counts: Mutex<Vec<u32>>,
    taken: Mutex<Vec<Taken>>,
    closed: AtomicBool,
}

impl Scripted {
    /// Starts it on a host.
    pub fn start(host: &Host, script: Script, pair: Option<&Pair>) -> Result<Self, Fault> {
        let wrong = |what: String| Fault::Plan { what: format!("{}: {what}", host.name()) };
        let tls = match (script.tls, pair) {
            (Tls::None, _) => None,
            (_, Some(pair)) => Some(config(pair).map_err(wrong)?),
            (_, None) => return Err(wrong("TLS wants a certificate".to_owned())),
        };
        let addresses =
            script.address.map_or_else(|| host.addresses().to_vec(), |address| vec![address]);
        let port = script.port;
        let counts = Mutex::new(vec![0; script.turns.len()]);
        let shared = Arc::new(Shared {
            name: host.name().to_owned(),
            script,
            tls,
            counts,
            taken: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let mut bound = Vec::new();
        for address in addresses {
            let at = SocketAddr::new(address, port);
            let listener = host.within(|| TcpListener::bind(at))?;
            let listener = listener.map_err(|error| wrong(format!("{at}: {error}")))?;
            bound.push(at);
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&shared, &listener));
        }
        Ok(Self { shared, bound, host: host.clone() })
    }

    /// What it has taken so far.
    pub fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        for address in &self.bound {
            // Wakes the thread that accepts.
            let wake = || TcpStream::connect_timeout(address, Duration::from_millis(200)).is_ok();
            let _woken = self.host.within(wake);
        }
    }
}

fn config(pair: &Pair) -> Result<Arc<ServerConfig>, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pair.chain.as_bytes()).collect();
    let chain = chain.map_err(|error| format!("{error:?}"))?;
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes());
    let key = key.map_err(|error| format!("{error:?}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    Ok(Arc::new(config.map_err(|error| error.to_string())?))
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    for socket in listener.incoming() {
        if shared.closed.load(Ordering::Relaxed) {
            return;
        }
        let Ok(socket) = socket else { continue };
        let shared = Arc::clone(shared);
        // How a connection ends is the other side's matter.
        thread::spawn(move || drop(Session::serve(&shared, &socket)));
    }
}

impl Shared {
    /// The turn that counts here, which is then counted.
    fn at(&self, point: &str) -> Option<Turn> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (index, turn) = self.open_turn(&counts, point)?;
        if let Some(count) = counts.get_mut(index) {
            *count += 1;
        }
        Some(turn.clone())
    }

    /// The turn that would count here.
    fn at_first(&self, point: &str) -> Option<Turn> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        self.open_turn(&counts, point).map(|(_, turn)| turn.clone())
    }

    fn open_turn(&self, counts: &[u32], point: &str) -> Option<(usize, &Turn)> {
        let mut turns = self.script.turns.iter().zip(counts).enumerate();
        let fits = |turn: &Turn| point.starts_with(turn.on.as_str());
        let found = turns.find(|(_, (turn, count))| {
            fits(turn) && turn.times.is_none_or(|times| **count < times)
        });
        found.map(|(index, (turn, _))| (index, turn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_can_be_written_in_a_few_words() {
        let script: Script = toml::from_str(
            "port = 25\n[[turn]]\non = \"RCPT\"\ntimes = 1\nsay = \"451 4.7.1 later\"\n\
             [[turn]]\non = \"content\"\nwait = 0.5\nthen = \"reset\"\n",
        )
        .unwrap();
        assert_eq!(script.turns.len(), 2);
        assert_eq!(script.turns[1].then, Then::Reset);
    }
}
