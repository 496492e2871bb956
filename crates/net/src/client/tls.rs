//! The client's side of TLS: whom we trust, and what we saw where we need not.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_tlspolicy::dane;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
};
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::trust::{Proof, Trust};
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

/// Why TLS does not hold, as far as reports tell it apart (RFC 8460 §4.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsTrouble {
    /// The certificate does not name the host.
    HostMismatch,
    /// The certificate has expired, or does not hold yet.
    Expired,
    /// The certificate is not by an authority we trust.
    NotTrusted,
    /// Anything else about the certificate.
    Certificate,
    /// No connection was agreed on.
    Handshake,
}

impl TlsTrouble {
    pub(crate) fn of(error: &rustls::Error) -> Self {
        let rustls::Error::InvalidCertificate(error) = error else { return Self::Handshake };
        match error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::HostMismatch
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::Expired,
            CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::Revoked => Self::NotTrusted,
            _ => Self::Certificate,
        }
    }
}

/// Why a certificate that was taken all the same does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Unverified(rustls::Error);

impl Unverified {
    /// The same, as far as reports tell it apart.
    pub fn trouble(&self) -> TlsTrouble {
        TlsTrouble::of(&self.0)
    }
}

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
    /// How the certificate was proven to be the right one, or why it was not.
    pub verified: Result<Proof, Unverified>,
}

impl fmt::Display for ClientTlsFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.cipher)?;
        match &self.verified {
            Ok(Proof::Name) => f.write_str(", certificate verified"),
            Ok(Proof::Record(proof)) => write!(f, ", certificate verified by {proof}"),
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

impl ClientTlsConfig {
    /// A configuration for whoever speaks another protocol over TLS: certificates must hold.
    pub fn verifying(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let none = || rustls::Error::General("no authority is trusted".to_owned());
        let verifier = self.verifier.as_ref().ok_or_else(none)?;
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_webpki_verifier(Arc::clone(verifier))
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

/// What is made of a certificate.
#[derive(Debug)]
enum Seen {
    Proven(Proof),
    Unverified(rustls::Error),
    /// No TLSA record fits; what would fit what was shown.
    Mismatch(dane::Refusal, Vec<dane::Record>),
}

/// Takes any certificate where it may, and remembers what it proves.
#[derive(Debug)]
struct Recorder {
    config: ClientTlsConfig,
    trust: Trust,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    /// A certificate so odd that its key cannot be read proves nothing, and need not.
    fn tolerate(
        &self,
        valid: Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match valid {
            Err(rustls::Error::InvalidCertificate(_)) if self.trust.is_anything() => {
                Ok(HandshakeSignatureValid::assertion())
            }
            valid => valid,
        }
    }

    fn note(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
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
        if let Trust::Records(demand) = &self.trust {
            let algorithms = &self.config.provider.signature_verification_algorithms;
            return match dane::judge(demand, end_entity, intermediates, now, algorithms) {
                Ok(proof) => {
                    self.note(Seen::Proven(Proof::Record(proof)));
                    Ok(ServerCertVerified::assertion())
                }
                Err(refusal) => {
                    let shown = dane::shown(end_entity, intermediates);
                    self.note(Seen::Mismatch(refusal, shown));
                    Err(CertificateError::ApplicationVerificationFailure.into())
                }
            };
        }
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
                self.note(Seen::Unverified(error.clone()));
                if self.trust.is_anything() {
                    Ok(ServerCertVerified::assertion())
                } else {
                    Err(error)
                }
            }
            Ok(verified) => {
                self.note(Seen::Proven(Proof::Name));
                Ok(verified)
            }
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
    /// Does the client's side of a handshake with the host of that name.
    pub(super) async fn start_client_tls(
        &mut self,
        config: &ClientTlsConfig,
        host: &str,
        trust: &Trust,
    ) -> Result<ClientTlsFacts, (Cause, TlsTrouble)> {
        let (config, trust) = (config.clone(), trust.clone());
        let recorder = Arc::new(Recorder { config, trust, seen: Mutex::default() });
        let done = match self.client_tls(&recorder, host) {
            Ok(tls) => self.handshake(tls.into()).await,
            Err(error) => Err(HandshakeFault::Tls(error)),
        };
        let seen = recorder.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (done, seen) {
            (Ok(TlsFacts { version, cipher, .. }), seen) => {
                let verified = match seen {
                    Some(Seen::Proven(proof)) => Ok(proof),
                    Some(Seen::Unverified(error)) => Err(Unverified(error)),
                    // Without a certificate there is no handshake.
                    Some(Seen::Mismatch(..)) | None => {
                        Err(Unverified(rustls::Error::NoCertificatesPresented))
                    }
                };
                Ok(ClientTlsFacts { version, cipher, verified })
            }
            (Err(_), Some(Seen::Mismatch(refusal, shown))) => {
                let cause = mismatch(host, &recorder.trust, &refusal, &shown);
                Err((cause.with(Evidence::Peer(self.peer)), TlsTrouble::Certificate))
            }
            (Err(fault), _) => {
                let (code, evidence, trouble) = match fault {
                    HandshakeFault::Io(error) => {
                        let evidence = Evidence::io(IoOperation::Receive, None, &error);
                        (Code::PeerTlsFailed, evidence, TlsTrouble::Handshake)
                    }
                    HandshakeFault::Tls(error) => {
                        (code(&error), detail(&error), TlsTrouble::of(&error))
                    }
                };
                let cause = Cause::proven(code)
                    .with(Evidence::Host { name: host.to_owned() })
                    .with(Evidence::Peer(self.peer))
                    .with(evidence);
                Err((cause, trouble))
            }
        }
    }

    fn client_tls(
        &self,
        recorder: &Arc<Recorder>,
        host: &str,
    ) -> Result<ClientConnection, rustls::Error> {
        let name = match ServerName::try_from(host.to_owned()) {
            Ok(name) => name,
            // A name no certificate can have; then none is asked for (RFC 6066 §3), and whatever
            // comes does not hold for it, though a TLSA record may say that it is the one.
            Err(_) if recorder.trust != Trust::Name => self.peer.ip.into(),
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

/// What was published, and what would fit what was shown.
fn mismatch(host: &str, trust: &Trust, refusal: &dane::Refusal, shown: &[dane::Record]) -> Cause {
    let shown: Vec<_> = shown.iter().map(ToString::to_string).collect();
    let text = format!("{refusal}; shown: {}", shown.join(", "));
    Cause::proven(Code::TlsDaneMismatch)
        .with(Evidence::Host { name: host.to_owned() })
        .with(trust.published(host))
        .with(Evidence::Detail { source: "tlsa", text })
}

fn detail(error: &rustls::Error) -> Evidence {
    Evidence::Detail { source: "rustls", text: error.to_string() }
}
