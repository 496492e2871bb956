//! A server that follows a script: any dialogue, any TLS state, any delay, from data.
//!
//! Without a turn it is a lawful, small server of its protocol, to which those who have a mailbox can
//! sign in; each turn changes what it does at one point.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use socket2::SockRef;

use super::certificate::Pair;
use super::host::Host;
use crate::fault::Fault;

/// A connection on which nothing comes for so long is given up.
const IDLE: Duration = Duration::from_mins(2);
/// Between two octets of a server that drips.
const DRIP: Duration = Duration::from_millis(40);

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
    /// HTTP, as far as to say the time.
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

/// User name and password of a PLAIN response (RFC 4616).
fn plain(text: &str) -> (String, String) {
    use base64::Engine as _;
    let octets = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap_or_default();
    let text = String::from_utf8_lossy(&octets).into_owned();
    let mut parts = text.split('\0').skip(1).map(str::to_owned);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
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

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// One connection.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of the dialogue so far")]
struct Session<'a> {
    shared: &'a Shared,
    socket: &'a TcpStream,
    stream: BufReader<Box<dyn Stream>>,
    has_sender: bool,
    recipients: Vec<String>,
    is_tls: bool,
    drips: bool,
    /// The user named, and whether the last password was right.
    user: String,
    is_right: bool,
}

impl<'a> Session<'a> {
    fn serve(shared: &'a Shared, socket: &'a TcpStream) -> io::Result<()> {
        socket.set_read_timeout(Some(IDLE))?;
        let stream: Box<dyn Stream> = Box::new(socket.try_clone()?);
        let mut session = Self {
            shared,
            socket,
            stream: BufReader::new(stream),
            has_sender: false,
            recipients: Vec::new(),
            is_tls: false,
            drips: false,
            user: String::new(),
            is_right: false,
        };
        if shared.script.tls == Tls::Implicit {
            session.encrypt()?;
        }
        if !session.turn("connect")? {
            return Ok(());
        }
        while let Some(line) = session.line()? {
            let line = String::from_utf8_lossy(&line).into_owned();
            if !session.command(&line)? {
                break;
            }
        }
        Ok(())
    }

    /// Answers a command; false when the connection is over.
    fn command(&mut self, line: &str) -> io::Result<bool> {
        // A command of IMAP has a tag, which its answer repeats (RFC 3501 §2.2.1).
        let (tag, line) = match (self.shared.script.protocol, line.split_once(' ')) {
            (Protocol::Imap, Some((tag, rest))) => (tag, rest),
            _ => ("", line),
        };
        let upper = line.to_ascii_uppercase();
        self.credentials(line, &upper)?;
        Ok(self.turn_tagged(&upper, tag)?
            && !upper.starts_with("QUIT")
            && !upper.starts_with("LOGOUT"))
    }

    /// Reads who signs in, in the forms that clients use.
    fn credentials(&mut self, line: &str, upper: &str) -> io::Result<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let word = |at: usize| words.get(at).map(|it| it.trim_matches('"')).unwrap_or_default();
        let (user, password) = if upper.starts_with("AUTH PLAIN") && words.len() > 2 {
            plain(word(2))
        } else if upper.starts_with("AUTHENTICATE PLAIN") {
            self.say("+ ")?;
            let answer = self.line()?.unwrap_or_default();
            plain(&String::from_utf8_lossy(&answer))
        } else if upper.starts_with("LOGIN ") {
            let rest = line.split_once(' ').map(|(_, rest)| rest).unwrap_or_default();
            let (user, password) = rest.split_once(' ').unwrap_or_default();
            (user.trim_matches('"').to_owned(), password.trim_matches('"').to_owned())
        } else if upper.starts_with("USER ") {
            word(1).clone_into(&mut self.user);
            return Ok(());
        } else if upper.starts_with("PASS ") {
            (self.user.clone(), line.get(5..).unwrap_or_default().to_owned())
        } else {
            return Ok(());
        };
        self.is_right =
            self.shared.script.accounts.iter().any(|it| *it == (user.clone(), password.clone()));
        Ok(())
    }

    /// Says and does what the script wants here, else what a lawful server does; false when the
    /// connection is over.
    fn turn(&mut self, point: &str) -> io::Result<bool> {
        self.turn_tagged(point, "")
    }

    fn turn_tagged(&mut self, point: &str, tag: &str) -> io::Result<bool> {
        let turn = self.shared.at(point);
        let lawful = match self.shared.script.protocol {
            Protocol::Smtp => self.lawful(point),
            Protocol::Pop3 => self.lawful_pop3(point),
            Protocol::Imap => self.lawful_imap(point),
            Protocol::Http => Self::lawful_http(point),
        };
        let said = turn.as_ref().and_then(|turn| turn.say.clone()).unwrap_or(lawful);
        let said = said.replace("{tag}", tag).replace("{host}", &self.shared.name);
        let then = turn.as_ref().map_or(Then::Listen, |turn| turn.then);
        if let Some(turn) = &turn {
            thread::sleep(Duration::from_secs_f64(turn.wait));
        }
        self.drips |= then == Then::Drip;
        self.say(&said)?;
        match then {
            Then::Close => return Ok(false),
            Then::Reset => {
                // Zero seconds: the connection ends with RST.
                SockRef::from(self.socket).set_linger(Some(Duration::ZERO))?;
                return Ok(false);
            }
            Then::Hang => {
                while self.line()?.is_some() {}
                return Ok(false);
            }
            Then::Listen | Then::Drip => {}
        }
        self.after(point, &said)
    }

    /// What a positive reply brings about.
    fn after(&mut self, point: &str, said: &str) -> io::Result<bool> {
        let positive = said.starts_with('2') || said.starts_with('3');
        let begins = positive || said.starts_with("+OK") || said.contains(" OK ");
        if (point.starts_with("STARTTLS") || point.starts_with("STLS")) && begins {
            self.encrypt()?;
        } else if point.starts_with("MAIL") || point.starts_with("RSET") {
            self.recipients.clear();
            self.has_sender = positive && point.starts_with("MAIL");
        } else if point.starts_with("RCPT") && positive {
            let path = point.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
            self.recipients.extend(path.map(|(path, _)| path.to_ascii_lowercase()));
        } else if point.starts_with("DATA") && positive {
            return self.content();
        }
        Ok(true)
    }

    fn content(&mut self) -> io::Result<bool> {
        let mut message = Vec::new();
        loop {
            let Some(line) = self.line()? else { return Ok(false) };
            if line == b"." {
                break;
            }
            // RFC 5321 §4.5.2.
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            message.extend_from_slice(b"\r\n");
        }
        let turn = self.shared.at_first("content");
        // A message counts as taken when the reply says so, whether it gets through or not.
        let is_taken = turn.is_none_or(|turn| turn.say.is_none_or(|say| say.starts_with('2')));
        if is_taken {
            let recipients = self.recipients.iter();
            let taken =
                recipients.map(|it| Taken { recipient: it.clone(), message: message.clone() });
            let taken: Vec<Taken> = taken.collect();
            self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner).extend(taken);
        }
        let goes_on = self.turn("content");
        self.recipients.clear();
        self.has_sender = false;
        goes_on
    }

    /// What RFC 5321 makes a small server say.
    fn lawful(&self, point: &str) -> String {
        let name = &self.shared.name;
        let has_starttls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split([' ', ':']).next().unwrap_or_default();
        match verb {
            "connect" => format!("220 {name} ESMTP"),
            "EHLO" => {
                let starttls = if has_starttls { "250-STARTTLS\n" } else { "" };
                let auth = if self.is_tls { "250-AUTH PLAIN LOGIN\n" } else { "" };
                format!(
                    "250-{name}\n250-PIPELINING\n250-SIZE 52428800\n{starttls}{auth}250 8BITMIME"
                )
            }
            "HELO" => format!("250 {name}"),
            "STARTTLS" if has_starttls => "220 2.0.0 go ahead".to_owned(),
            "AUTH" if self.is_right => "235 2.7.0 welcome".to_owned(),
            "AUTH" => "535 5.7.8 Error: authentication failed".to_owned(),
            "MAIL" => "250 2.1.0 ok".to_owned(),
            "RCPT" if !self.has_sender => "503 5.5.1 MAIL first".to_owned(),
            "RCPT" => "250 2.1.5 ok".to_owned(),
            "DATA" if self.recipients.is_empty() => "554 5.5.1 no valid recipients".to_owned(),
            "DATA" => "354 go ahead".to_owned(),
            "content" => "250 2.0.0 ok: queued as SCRIPT".to_owned(),
            "RSET" | "NOOP" => "250 2.0.0 ok".to_owned(),
            "QUIT" => "221 2.0.0 bye".to_owned(),
            _ => "500 5.5.2 what?".to_owned(),
        }
    }

    /// What RFC 1939, 2449 and 2595 make a small server say.
    fn lawful_pop3(&self, point: &str) -> String {
        let has_stls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split(' ').next().unwrap_or_default();
        match verb {
            "connect" => "+OK ready",
            "CAPA" if has_stls => "+OK\nUIDL\nTOP\nSTLS\n.",
            "CAPA" => "+OK\nUIDL\nTOP\nUSER\n.",
            "STLS" if has_stls => "+OK begin",
            "USER" | "NOOP" => "+OK",
            "PASS" if self.is_right => "+OK welcome",
            "PASS" => "-ERR [AUTH] Authentication failed.",
            "QUIT" => "+OK bye",
            _ => "-ERR what?",
        }
        .to_owned()
    }

    /// What RFC 3501 makes a small server say.
    fn lawful_imap(&self, point: &str) -> String {
        let has_starttls = self.shared.script.tls == Tls::Starttls && !self.is_tls;
        let verb = point.split(' ').next().unwrap_or_default();
        match verb {
            "connect" => "* OK ready",
            "CAPABILITY" if has_starttls => {
                "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\n{tag} OK done"
            }
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n{tag} OK done",
            "STARTTLS" if has_starttls => "{tag} OK begin",
            "AUTHENTICATE" | "LOGIN" if self.is_right => "{tag} OK welcome",
            "AUTHENTICATE" | "LOGIN" => "{tag} NO [AUTHENTICATIONFAILED] Authentication failed.",
            "LOGOUT" => "* BYE\n{tag} OK bye",
            "NOOP" => "{tag} OK done",
            _ => "{tag} BAD what?",
        }
        .to_owned()
    }

    /// A page that holds nothing but the time (RFC 9110 §6.6.1); said once the request has ended.
    fn lawful_http(point: &str) -> String {
        if !point.is_empty() {
            return String::new();
        }
        let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
        format!("HTTP/1.0 200 OK\nDate: {now}\nContent-Length: 0\n\n")
    }

    fn encrypt(&mut self) -> io::Result<()> {
        let Some(config) = &self.shared.tls else { return Ok(()) };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let stream = StreamOwned::new(connection, self.socket.try_clone()?);
        self.stream = BufReader::new(Box::new(stream));
        self.is_tls = true;
        Ok(())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        for line in text.lines() {
            let line = format!("{line}\r\n");
            if self.drips {
                for octet in line.as_bytes() {
                    self.stream.get_mut().write_all(&[*octet])?;
                    self.stream.get_mut().flush()?;
                    thread::sleep(DRIP);
                }
            } else {
                self.stream.get_mut().write_all(line.as_bytes())?;
            }
        }
        self.stream.get_mut().flush()
    }

    /// A line without its end; nothing at the end of the stream.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let end = line.iter().rposition(|octet| !matches!(octet, b'\r' | b'\n'));
        line.truncate(end.map_or(0, |at| at + 1));
        Ok(Some(line))
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
