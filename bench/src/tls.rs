//! TLS for both sides of a measurement, and the certificate all servers of a run share.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::client::Resumption;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The name every certificate of a run bears.
pub const SERVER_NAME: &str = "mx.bench.test";

/// The files of a certificate from an authority of its own.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The authority (PEM).
    pub authority: PathBuf,
    /// The server's chain (PEM).
    pub chain: PathBuf,
    /// The server's key (PEM).
    pub key: PathBuf,
}

/// Makes an authority and a server certificate (ECDSA P-256) in `folder`.
pub fn issue(folder: &Path) -> anyhow::Result<Issued> {
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // With equal names OpenSSL would take the leaf for its own issuer.
    authority.distinguished_name.push(DnType::CommonName, "bench authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let names = [SERVER_NAME, "localhost", "127.0.0.1"].map(str::to_owned);
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    let issued = Issued {
        authority: folder.join("authority.pem"),
        chain: folder.join("chain.pem"),
        key: folder.join("key.pem"),
    };
    write(&issued.authority, &authority.pem())?;
    write(&issued.chain, &leaf.pem())?;
    write(&issued.key, &key.serialize_pem())?;
    Ok(issued)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// A client that trusts `authority` alone.
///
/// Sessions are never resumed: each connection stands for another sender, and pays in full.
pub fn client(authority: &Path) -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).context("the authority")? {
        roots.add(certificate?)?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// A server with the given chain and key.
pub(crate) fn server(chain: &Path, key: &Path) -> anyhow::Result<Arc<ServerConfig>> {
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(chain).context("the certificate chain")?.collect();
    let key = PrivateKeyDer::from_pem_file(key).context("the key")?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain?, key)?;
    // Our clients would only throw the tickets away.
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}
