//! The client's side of TLS: whom we trust, and what we saw where we need not.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
};
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::connection::Connection;
use crate::handshake::{HandshakeFault, TlsFacts};

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
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(&octets) {
                let certificate = certificate.map_err(|error| fault(error.to_string(), None))?;
                roots.add(certificate).map_err(|error| fault(error.to_string(), None))?;
            }
            if roots.len() == before {
                return Err(fault(pem::Error::NoItemsFound.to_string(), None));
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

impl Recorder {
    /// A certificate so odd that its key cannot be read proves nothing, and need not.
    fn tolerate(
        &self,
        valid: Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match valid {
            Err(rustls::Error::InvalidCertificate(_)) if !self.must_hold => {
                Ok(HandshakeSignatureValid::assertion())
            }
            valid => valid,
        }
    }
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
            None => Err(CertificateError::UnknownIssuer.into()),
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
        let valid =
            rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms);
        self.tolerate(valid)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.config.provider.signature_verification_algorithms;
        let valid =
            rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms);
        self.tolerate(valid)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.config.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Connection {
    /// Does the client's side of a handshake with the host of that name. `must_hold`: a certificate
    /// that does not hold ends it.
    pub(super) async fn start_client_tls(
        &mut self,
        config: &ClientTlsConfig,
        host: &str,
        must_hold: bool,
    ) -> Result<ClientTlsFacts, Cause> {
        let recorder =
            Arc::new(Recorder { config: config.clone(), must_hold, seen: Mutex::default() });
        let done = match self.client_tls(&recorder, host) {
            Ok(tls) => self.handshake(tls.into()).await,
            Err(error) => Err(HandshakeFault::Tls(error)),
        };
        let TlsFacts { version, cipher } = done.map_err(|fault| {
            let (code, evidence) = match fault {
                HandshakeFault::Io(error) => {
                    (Code::PeerTlsFailed, Evidence::io(IoOperation::Receive, None, &error))
                }
                HandshakeFault::Tls(error) => (code(&error), detail(&error)),
            };
            Cause::proven(code)
                .with(Evidence::Host { name: host.to_owned() })
                .with(Evidence::Peer(self.peer))
                .with(evidence)
        })?;
        let seen = recorder.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        let verified = seen.map_or(Ok(()), |error| Err(Unverified(error)));
        Ok(ClientTlsFacts { version, cipher, verified })
    }

    fn client_tls(
        &self,
        recorder: &Arc<Recorder>,
        host: &str,
    ) -> Result<ClientConnection, rustls::Error> {
        let name = match ServerName::try_from(host.to_owned()) {
            Ok(name) => name,
            // A name no certificate can have; then none is asked for (RFC 6066 §3), and whatever
            // comes does not hold for it.
            Err(_) if !recorder.must_hold => self.peer.ip.into(),
            Err(_) => return Err(CertificateError::NotValidForName.into()),
        };
        let provider = Arc::clone(&recorder.config.provider);
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(recorder) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        // What is said of a connection was seen on that connection.
        tls.resumption = Resumption::disabled();
        ClientConnection::new(Arc::new(tls), name)
    }
}

fn code(error: &rustls::Error) -> Code {
    match error {
        rustls::Error::InvalidCertificate(_) => Code::PeerTlsUntrusted,
        _ => Code::PeerTlsFailed,
    }
}

fn detail(error: &rustls::Error) -> Evidence {
    Evidence::Detail { source: "rustls", text: error.to_string() }
}
