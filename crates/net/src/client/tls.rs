//! The client's side of TLS: whom we trust, and what we saw where we need not.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use super::dial::{ClientConnection, flush_tls};

/// How long a handshake may take in all.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_mins(1);

/// Whom we trust: the system's authorities, and those of the configuration.
#[derive(Debug, Clone)]
pub struct ClientTlsConfig {
    provider: Arc<CryptoProvider>,
    /// Absent where there is no authority at all.
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

/// Authorities that cannot be read.
#[derive(Debug)]
pub struct ClientTlsFault {
    path: PathBuf,
    detail: String,
    io: Option<(io::ErrorKind, Option<i32>)>,
}

impl ClientTlsFault {
    /// The same as a cause.
    pub fn cause(&self) -> Cause {
        let cause = Cause::proven(Code::TlsCertificateUnreadable)
            .with(Evidence::File { path: self.path.clone() });
        match self.io {
            Some((error, errno)) => cause.with(Evidence::Io {
                operation: IoOperation::Read,
                path: Some(self.path.clone()),
                error,
                errno,
            }),
            None => cause.with(Evidence::Detail { source: "rustls", text: self.detail.clone() }),
        }
    }
}

/// Why a certificate that was taken all the same does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Unverified(rustls::Error);

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What was agreed in a handshake.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientTlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its registered name.
    pub cipher: &'static str,
    /// Whether the certificate holds for the name that was asked for.
    pub verified: Result<(), Unverified>,
}

impl fmt::Display for ClientTlsFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.cipher)?;
        match &self.verified {
            Ok(()) => f.write_str(", certificate verified"),
            Err(why) => write!(f, ", certificate not verified: {why}"),
        }
    }
}

impl ClientTlsConfig {
    /// The system's authorities and those of a PEM file.
    pub fn load(extra: Option<&Path>) -> Result<Self, ClientTlsFault> {
        let mut roots = RootCertStore::empty();
        // An authority of the system that cannot be read makes its servers unverified, no more.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = extra {
            let fault = |detail: String, io| ClientTlsFault { path: path.to_owned(), detail, io };
            let octets = std::fs::read(path).map_err(|error| {
                fault(error.to_string(), Some((error.kind(), error.raw_os_error())))
            })?;
            for certificate in CertificateDer::pem_slice_iter(&octets) {
                let certificate = certificate.map_err(|error| fault(error.to_string(), None))?;
                roots.add(certificate).map_err(|error| fault(error.to_string(), None))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        Ok(Self { verifier: verifier.build().ok(), provider })
    }
}

/// Takes any certificate where it may, and remembers whether it holds.
#[derive(Debug)]
struct Recorder {
    config: ClientTlsConfig,
    must_hold: bool,
    seen: Mutex<Option<rustls::Error>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = match &self.config.verifier {
            Some(verifier) => verifier.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        };
        match verified {
            Err(error) => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                *seen = Some(error.clone());
                if self.must_hold { Err(error) } else { Ok(ServerCertVerified::assertion()) }
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.config.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.config.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.config.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientConnection {
    /// Does the client's side of a handshake with the host of that name. `must_hold`: a certificate
    /// that does not hold ends it.
    pub(super) async fn start_tls(
        &mut self,
        config: &ClientTlsConfig,
        host: &str,
        must_hold: bool,
    ) -> Result<ClientTlsFacts, Cause> {
        let recorder =
            Arc::new(Recorder { config: config.clone(), must_hold, seen: Mutex::default() });
        let failed = |code, text: String| {
            Cause::proven(code)
                .with(Evidence::Host { name: host.to_owned() })
                .with(Evidence::Detail { source: "rustls", text })
        };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| failed(Code::PeerTlsFailed, error.to_string()))?;
        let tls = ClientConfig::builder_with_provider(Arc::clone(&config.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(Code::PeerTlsFailed, error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        let tls = rustls::ClientConnection::new(Arc::new(tls), name)
            .map_err(|error| failed(Code::PeerTlsFailed, error.to_string()))?;
        self.tls = Some(Box::new(tls));
        let done = timeout(HANDSHAKE_TIMEOUT, self.handshakes()).await;
        let done = done.unwrap_or_else(|_| Err(Broken::Io(io::ErrorKind::TimedOut.into())));
        done.map_err(|broken| match broken {
            Broken::Io(error) => failed(Code::PeerTlsFailed, error.to_string()),
            Broken::Tls(error @ rustls::Error::InvalidCertificate(_)) => {
                failed(Code::PeerTlsUntrusted, error.to_string())
            }
            Broken::Tls(error) => failed(Code::PeerTlsFailed, error.to_string()),
        })?;
        let seen = recorder.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(self.facts(seen))
    }

    async fn handshakes(&mut self) -> Result<(), Broken> {
        let Self { stream, tls: Some(tls), .. } = self else { return Ok(()) };
        let mut sealed = vec![0; 8 * 1024];
        loop {
            flush_tls(tls, stream).await.map_err(Broken::Io)?;
            if !tls.is_handshaking() {
                return Ok(());
            }
            let count = stream.read(&mut sealed).await.map_err(Broken::Io)?;
            let mut rest = sealed.get(..count).unwrap_or_default();
            if rest.is_empty() {
                return Err(Broken::Io(io::ErrorKind::UnexpectedEof.into()));
            }
            while !rest.is_empty() {
                tls.read_tls(&mut rest).map_err(Broken::Io)?;
                if let Err(error) = tls.process_new_packets() {
                    // The alert tells the peer why.
                    let _ = flush_tls(tls, stream).await;
                    return Err(Broken::Tls(error));
                }
            }
        }
    }

    fn facts(&self, seen: Option<rustls::Error>) -> ClientTlsFacts {
        let tls = self.tls.as_ref();
        let version = match tls.and_then(|tls| tls.protocol_version()) {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
            _ => "TLS",
        };
        let suite = tls.and_then(|tls| tls.negotiated_cipher_suite());
        let cipher = suite.and_then(|suite| suite.suite().as_str()).unwrap_or("unknown");
        let verified = seen.map_or(Ok(()), |error| Err(Unverified(error)));
        ClientTlsFacts { version, cipher, verified }
    }
}

/// How a handshake fails.
enum Broken {
    Io(io::Error),
    Tls(rustls::Error),
}
