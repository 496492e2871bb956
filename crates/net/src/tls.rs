//! Certificates and the TLS configuration made of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use hikyaku_cause::{Cause, Code, Evidence};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::ResolvesServerCertUsingSni;
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

/// The TLS of all listeners; reads its certificates anew when their files change.
#[derive(Debug)]
pub struct ServerTls {
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    files: Vec<CertificateFiles>,
    config: Arc<ServerConfig>,
    /// When the files had been written that the configuration was made of.
    stamps: Vec<Option<SystemTime>>,
    expiries: Vec<(PathBuf, i64)>,
}

impl Current {
    fn read(files: Vec<CertificateFiles>) -> Result<Self, TlsFault> {
        // The times before the content: what is written meanwhile is read once more.
        let stamps = stamps(&files);
        let config = configuration(&files)?;
        let expiries = files.iter().filter_map(|pair| Some((pair.chain.clone(), expiry(pair)?)));
        Ok(Self { config, stamps, expiries: expiries.collect(), files })
    }
}

/// When the first certificate of a chain expires.
fn expiry(pair: &CertificateFiles) -> Option<i64> {
    let first = CertificateDer::pem_file_iter(&pair.chain).ok()?.next()?.ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&first).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

impl ServerTls {
    /// Reads the certificates. The first is for clients that name no host or one we do not know.
    pub fn load(files: Vec<CertificateFiles>) -> Result<Arc<Self>, TlsFault> {
        Ok(Arc::new(Self { current: RwLock::new(Current::read(files)?) }))
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
        self.current.read().unwrap_or_else(PoisonError::into_inner).expiries.clone()
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

fn configuration(files: &[CertificateFiles]) -> Result<Arc<ServerConfig>, TlsFault> {
    let mut keys = Vec::new();
    for pair in files {
        keys.push(Arc::new(certified(&pair.chain, &pair.key)?));
    }
    // TLS 1.2 and 1.3 (RFC 8997); RFC 9325 §4 for the cipher suites, which are rustls's own.
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsFault::Pair(PathBuf::new(), error))?
        .with_no_client_auth();
    Ok(Arc::new(builder.with_cert_resolver(Arc::new(ByName { keys }))))
}

/// Picks the certificate that names the host asked for (RFC 6066 §3), else the first.
#[derive(Debug)]
struct ByName {
    keys: Vec<Arc<CertifiedKey>>,
}

impl rustls::server::ResolvesServerCert for ByName {
    fn resolve(&self, hello: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
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
