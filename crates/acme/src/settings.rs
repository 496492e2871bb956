//! What is wanted, and from whom.

use std::net::SocketAddr;
use std::path::PathBuf;

use hikyaku_mail::Domain;

/// Certificates from an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The address of the authority's directory (RFC 8555 §7.1.1).
    pub directory: String,
    /// Where the authority writes to (RFC 8555 §7.3).
    pub contact: Vec<String>,
    /// The names; each gets a certificate of its own.
    pub names: Vec<Domain>,
    /// How the authority sees that they are ours.
    pub challenge: Challenge,
    /// Further authorities trusted for the directory's own certificate, a PEM file.
    pub ca: Option<PathBuf>,
    /// An account with the authority that was there before (RFC 8555 §7.3.4).
    pub binding: Option<Binding>,
    /// The DNS server asked; the system's where absent.
    pub resolver: Option<SocketAddr>,
}

/// How an authority sees that a name is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// A document at port 80 (RFC 8555 §8.3).
    Http,
    /// A handshake at port 443 (RFC 8737 §3).
    TlsAlpn,
    /// A record of the DNS (RFC 8555 §8.4), published by this program.
    Dns(PathBuf),
}

impl Challenge {
    /// Its name in the registry (RFC 8555 §9.7.8).
    pub fn name(&self) -> &'static str {
        match self {
            Self::Http => "http-01",
            Self::TlsAlpn => "tls-alpn-01",
            Self::Dns(_) => "dns-01",
        }
    }

    /// Where an authority looks, for people who have to make it reachable.
    pub(crate) fn place(&self, name: &str) -> String {
        match self {
            Self::Http => format!("http://{name}:80/.well-known/acme-challenge/"),
            Self::TlsAlpn => format!("{name}:443 (TLS, acme-tls/1)"),
            Self::Dns(_) => self.record(name),
        }
    }

    /// What an authority looks up in the DNS.
    pub(crate) fn record(&self, name: &str) -> String {
        match self {
            Self::Http | Self::TlsAlpn => format!("{name} A, AAAA"),
            Self::Dns(_) => format!("_acme-challenge.{name} TXT"),
        }
    }
}

/// What ties a new account to one that the authority knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The key's identifier.
    pub id: String,
    /// The file with the key, in base64url as authorities give it out.
    pub key: PathBuf,
}
