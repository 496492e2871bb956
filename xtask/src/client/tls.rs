//! TLS whose certificates are always checked.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use super::line::{Stream, connect};

/// Trusts one authority and nobody else.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    config: Arc<ClientConfig>,
    /// Whom the certificate must name; the address where absent.
    name: Option<ServerName<'static>>,
}

impl Authority {
    /// Reads the authority's certificate.
    pub(crate) fn from_pem_file(path: &Path) -> anyhow::Result<Self> {
        let certificate = CertificateDer::from_pem_file(path)
            .with_context(|| format!("no certificate in {}", path.display()))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), name: None })
    }

    /// The same, for a server whose certificate must name this host.
    pub(crate) fn naming(&self, host: &str) -> anyhow::Result<Self> {
        let name = Some(ServerName::try_from(host.to_owned())?);
        Ok(Self { config: Arc::clone(&self.config), name })
    }

    /// Connects and makes TLS at once; the certificate must name whom it should.
    pub(crate) fn connect(&self, address: SocketAddr) -> io::Result<Stream> {
        self.over(connect(address)?, address)
    }

    fn over(&self, stream: TcpStream, address: SocketAddr) -> io::Result<Stream> {
        let name = self.name.clone().unwrap_or_else(|| ServerName::from(address.ip()));
        let connection =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        Ok(Stream::Tls(Box::new(StreamOwned::new(connection, stream))))
    }
}
