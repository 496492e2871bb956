//! Servers as mail programs are told them, and how the right ones were looked for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ended, Missing, Trust};

/// A protocol of mail programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is named for its protocol")]
pub enum Protocol {
    Smtp,
    Pop3,
    Imap,
}

impl Protocol {
    /// As in the names of settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Pop3 => "pop3",
            Self::Imap => "imap",
        }
    }

    /// The ports of mail programs for it, the best first (RFC 8314 §3), with how TLS begins there.
    pub fn ports(self) -> &'static [(u16, TlsMode)] {
        match self {
            Self::Smtp => {
                &[(465, TlsMode::Implicit), (587, TlsMode::Starttls), (25, TlsMode::Starttls)]
            }
            Self::Pop3 => &[(995, TlsMode::Implicit), (110, TlsMode::Starttls)],
            Self::Imap => &[(993, TlsMode::Implicit), (143, TlsMode::Starttls)],
        }
    }
}

/// How TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TlsMode {
    /// From the first octet.
    #[serde(rename = "tls")]
    Implicit,
    /// By STARTTLS or STLS.
    #[serde(rename = "starttls")]
    Starttls,
    /// Never.
    #[serde(rename = "plain")]
    Plain,
}

impl fmt::Display for TlsMode {
    /// As mail programs call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Implicit => "SSL/TLS",
            Self::Starttls => "STARTTLS",
            Self::Plain => "-",
        })
    }
}

/// A server as a mail program is told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What is spoken there.
    pub protocol: Protocol,
    /// Its name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How TLS begins.
    pub tls: TlsMode,
}

/// A setting that can't be read: `HOST:PORT/tls`, `/starttls` or `/plain` is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASetting {
    /// As it was written.
    pub text: String,
}

impl fmt::Display for NotASetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text } = self;
        write!(f, "{text:?} is not HOST:PORT/tls, HOST:PORT/starttls or HOST:PORT/plain")
    }
}

impl std::error::Error for NotASetting {}

/// A host and a port.
pub(crate) fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().ok().filter(|port| *port > 0)?;
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), port))
}

impl Setting {
    /// Reads `HOST:PORT/tls`, `/starttls` or `/plain`; without the last part, as is usual at that
    /// port.
    pub fn parse(protocol: Protocol, text: &str) -> Result<Self, NotASetting> {
        let wrong = || NotASetting { text: text.to_owned() };
        let (place, mode) = match text.split_once('/') {
            Some((place, mode)) => (place, Some(mode)),
            None => (text, None),
        };
        let (host, port) = host_and_port(place).ok_or_else(wrong)?;
        let usual = || {
            let known = protocol.ports().iter().find(|(usual, _)| *usual == port);
            known.map_or(TlsMode::Starttls, |(_, mode)| *mode)
        };
        let tls = match mode {
            None => usual(),
            Some("tls") => TlsMode::Implicit,
            Some("starttls") => TlsMode::Starttls,
            Some("plain") => TlsMode::Plain,
            Some(_) => return Err(wrong()),
        };
        Ok(Self { protocol, host, port, tls })
    }
}

impl fmt::Display for Setting {
    /// For people: `mail.example.jp 465 (SSL/TLS)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.host, self.port, self.tls)
    }
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The command line, or the files of the mail program.
    Given,
    /// The built-in table of providers.
    Provider,
    /// The configuration file of the domain for mail programs.
    Autoconfig,
    /// The same at the domain's well-known address (RFC 8615).
    WellKnown,
    /// What servers of Microsoft's kind say of themselves, without a password.
    Autodiscover,
    /// SRV records (RFC 6186, RFC 8314 §5.1).
    Srv,
    /// What is known of the domain of the host that takes this domain's mail.
    Mx,
    /// A guess from the domain.
    Guess,
}

/// A server and where it is known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The server.
    pub setting: Setting,
    /// Where it is known from.
    pub source: Source,
    /// The user name there, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Server {
    /// A server of which no more is known.
    pub fn new(setting: Setting, source: Source) -> Self {
        Self { setting, source, user: None }
    }
}

/// A way in which the right servers were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The way.
    pub source: Source,
    /// The address or name that was asked; the domain for the table of providers.
    pub place: String,
    /// What came of it.
    pub outcome: StepOutcome,
    /// The servers it names, those that speak TLS.
    pub servers: Vec<Server>,
}

/// What came of looking for servers in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It names servers.
    Found,
    /// It answers, and names none.
    Nothing,
    /// It names only servers without TLS, which are never proposed.
    OnlyPlain,
    /// The name asked has no address.
    NoName(Missing),
    /// No connection came about.
    NotReached(Ended),
    /// TLS failed, in the library's words.
    TlsFailed(String),
    /// The certificate does not hold: what is said there is not believed.
    Untrusted(Trust),
    /// This status of HTTP was the answer.
    Status(u16),
    /// It wants a password, which is not given to a server that is not known yet.
    WantsPassword,
    /// What came cannot be read, in the library's words.
    Unreadable(String),
    /// No answer came in time.
    Late,
}
