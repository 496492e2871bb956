//! Certificates and the TLS configuration made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_tlspolicy::dane;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCertUsingSni};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A chain and its key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate and those between it and the authority, in that order.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What a certificate says of itself. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The names it holds for.
    pub names: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// The first moment it holds.
    pub not_before: i64,
    /// The last moment.
    pub not_after: i64,
}

impl CertificateFacts {
    /// Whether it is for that host (RFC 9525 §6.3).
    pub fn holds_for(&self, host: &str) -> bool {
        self.names.iter().any(|name| dane::stands_for(name, host))
    }
}

impl CertificateFiles {
    /// What the certificate says of itself, once chain and key are seen to be of use together.
    pub fn facts(&self) -> Result<CertificateFacts, TlsFault> {
        let certified = certified(&self.chain, &self.key)?;
        let first = certified.cert.first();
        first
            .and_then(facts)
            .ok_or_else(|| TlsFault::Chain(self.chain.clone(), pem::Error::NoItemsFound))
    }

    /// The certificate itself, without those above it; `None` where it cannot be read.
    pub fn own(&self) -> Option<CertificateDer<'static>> {
        CertificateDer::from_pem_file(&self.chain).ok()
    }
}

fn facts(certificate: &CertificateDer<'_>) -> Option<CertificateFacts> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension.iter().flat_map(|it| &it.value.general_names);
    let names = names.filter_map(|name| match name {
        x509_parser::extensions::GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    Some(CertificateFacts {
        names: names.collect(),
        issuer: certificate.issuer().to_string(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
    })
}

/// Why there is no TLS.
#[derive(Debug)]
pub enum TlsFault {
    /// No certificate in the file.
    Chain(PathBuf, pem::Error),
    /// No private key in the file.
    Key(PathBuf, pem::Error),
    /// The key does not belong to the certificate, or is of no use.
    Pair(PathBuf, rustls::Error),
}

impl TlsFault {
    /// The cause, unchanged.
    pub fn cause(&self) -> Cause {
        let (code, path, text) = match self {
            Self::Chain(path, error) => (Code::TlsCertificateUnreadable, path, error.to_string()),
            Self::Key(path, error) => (Code::TlsKeyUnreadable, path, error.to_string()),
            Self::Pair(path, error) => (Code::TlsKeyMismatch, path, error.to_string()),
        };
        Cause::proven(code)
            .with(Evidence::File { path: path.clone() })
            .with(Evidence::Detail { source: "rustls", text })
    }
}

/// The TLS of all listeners; reads its certificates anew when their files change. There may be no
/// certificate yet: then no handshake succeeds, and nothing should offer one.
#[derive(Debug)]
pub struct ServerTls {
    current: RwLock<Current>,
    /// Answers to who checks whether a name is ours, by name (RFC 8737 §3).
    challenges: RwLock<BTreeMap<String, Arc<ServerConfig>>>,
}

/// The protocol of who checks whether a name is ours (RFC 8737 §6.2).
const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

#[derive(Debug)]
struct Current {
    files: Vec<CertificateFiles>,
    config: Arc<ServerConfig>,
    /// When the files had been written that the configuration was made of.
    stamps: Vec<Option<SystemTime>>,
    facts: Vec<(CertificateFiles, CertificateFacts)>,
}

impl Current {
    fn read(files: Vec<CertificateFiles>) -> Result<Self, TlsFault> {
        // The times before the content: what is written meanwhile is read once more.
        let stamps = stamps(&files);
        let keys = files.iter().map(|pair| Ok(Arc::new(certified(&pair.chain, &pair.key)?)));
        let keys = keys.collect::<Result<Vec<_>, TlsFault>>()?;
        let facts = files
            .iter()
            .zip(&keys)
            .filter_map(|(files, key)| Some((files.clone(), facts(key.cert.first()?)?)));
        let facts = facts.collect();
        Ok(Self { config: configuration(Arc::new(ByName { keys }))?, stamps, facts, files })
    }
}

impl ServerTls {
    /// Reads the certificates. The first is for clients that name no host or one we do not know.
    pub fn load(files: Vec<CertificateFiles>) -> Result<Arc<Self>, TlsFault> {
        let current = RwLock::new(Current::read(files)?);
        Ok(Arc::new(Self { current, challenges: RwLock::default() }))
    }

    /// Whether there is a certificate at all.
    pub fn has_certificate(&self) -> bool {
        !self.current.read().unwrap_or_else(PoisonError::into_inner).files.is_empty()
    }

    /// Every certificate with its files.
    pub fn certificates(&self) -> Vec<(CertificateFiles, CertificateFacts)> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).facts.clone()
    }

    /// From now on, who checks whether `name` is ours is shown this certificate (RFC 8737 §3).
    pub fn answer_challenge(&self, name: &str, certificate: CertifiedKey) -> Result<(), TlsFault> {
        let config = configuration(Arc::new(Always(Arc::new(certificate))))?;
        let mut config = Arc::unwrap_or_clone(config);
        config.alpn_protocols = vec![CHALLENGE_PROTOCOL.to_vec()];
        let mut challenges = self.challenges.write().unwrap_or_else(PoisonError::into_inner);
        challenges.insert(name.to_owned(), Arc::new(config));
        Ok(())
    }

    /// Nobody checks the name any more.
    pub fn end_challenge(&self, name: &str) {
        self.challenges.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// The configuration for somebody who does nothing but check whether a name is ours: their
    /// handshake is all there is to their connection (RFC 8737 §4). None for anybody else.
    pub fn challenged(&self, hello: &ClientHello<'_>) -> Option<Arc<ServerConfig>> {
        let mut protocols = hello.alpn()?;
        if protocols.next() != Some(CHALLENGE_PROTOCOL) || protocols.next().is_some() {
            return None;
        }
        let challenges = self.challenges.read().unwrap_or_else(PoisonError::into_inner);
        challenges.get(hello.server_name()?).cloned()
    }

    /// The configuration for a new connection.
    pub fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).config)
    }

    /// Reads the certificates again if a file changed. With a fault the old ones stay in use.
    /// Returns whether they were read.
    pub fn refresh(&self) -> Result<bool, TlsFault> {
        let files = {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            if current.stamps == stamps(&current.files) {
                return Ok(false);
            }
            current.files.clone()
        };
        self.replace(files)
    }

    /// Takes other certificates from now on. With a fault the old ones stay in use. Returns whether
    /// they are others.
    pub fn use_files(&self, files: Vec<CertificateFiles>) -> Result<bool, TlsFault> {
        if self.current.read().unwrap_or_else(PoisonError::into_inner).files == files {
            return Ok(false);
        }
        self.replace(files)
    }

    /// When each certificate expires, in seconds since 1970, by its file.
    pub fn expiries(&self) -> Vec<(PathBuf, i64)> {
        let certificates = self.certificates().into_iter();
        certificates.map(|(files, facts)| (files.chain, facts.not_after)).collect()
    }

    fn replace(&self, files: Vec<CertificateFiles>) -> Result<bool, TlsFault> {
        let next = Current::read(files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(true)
    }
}

fn stamps(files: &[CertificateFiles]) -> Vec<Option<SystemTime>> {
    let paths = files.iter().flat_map(|pair| [&pair.chain, &pair.key]);
    paths.map(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok()).collect()
}

fn configuration(
    certificates: Arc<dyn rustls::server::ResolvesServerCert>,
) -> Result<Arc<ServerConfig>, TlsFault> {
    // TLS 1.2 and 1.3 (RFC 8997); RFC 9325 §4 for the cipher suites, which are rustls's own.
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsFault::Pair(PathBuf::new(), error))?
        .with_no_client_auth();
    Ok(Arc::new(builder.with_cert_resolver(certificates)))
}

/// One certificate, whatever is asked for.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl rustls::server::ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// Picks the certificate that names the host asked for (RFC 6066 §3), else the first.
#[derive(Debug)]
struct ByName {
    keys: Vec<Arc<CertifiedKey>>,
}

impl rustls::server::ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asked = hello.server_name();
        let named = self.keys.iter().find(|key| asked.is_some_and(|name| names(key, name)));
        named.or(self.keys.first()).cloned()
    }
}

/// Whether a certificate names a host; rustls's own resolver knows how to match names.
fn names(key: &CertifiedKey, name: &str) -> bool {
    ResolvesServerCertUsingSni::new().add(name, key.clone()).is_ok()
}

fn certified(chain: &Path, key: &Path) -> Result<CertifiedKey, TlsFault> {
    let in_chain = |error| TlsFault::Chain(chain.to_owned(), error);
    let certificates = CertificateDer::pem_file_iter(chain)
        .map_err(in_chain)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(in_chain)?;
    if certificates.is_empty() {
        return Err(in_chain(pem::Error::NoItemsFound));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| TlsFault::Key(key.to_owned(), error))?;
    CertifiedKey::from_der(certificates, private, &ring::default_provider())
        .map_err(|error| TlsFault::Pair(key.to_owned(), error))
}
