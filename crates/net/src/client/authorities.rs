//! Whom we trust, and how the certificate that a server shows is looked at.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Authorities that cannot be read.
#[derive(Debug)]
pub struct AuthoritiesFault {
    path: PathBuf,
    detail: String,
    io: Option<(io::ErrorKind, Option<i32>)>,
}

impl AuthoritiesFault {
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

/// Authorities that are trusted: the system's, and those of a PEM file.
#[derive(Clone)]
pub struct Authorities {
    certificates: Arc<Vec<CertificateDer<'static>>>,
    provider: Arc<CryptoProvider>,
    /// Absent where there is no authority at all.
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.certificates.len();
        f.debug_struct("Authorities").field("certificates", &count).finish_non_exhaustive()
    }
}

impl Authorities {
    /// The system's authorities and those of a PEM file, which must hold at least one.
    pub fn load(extra: Option<&Path>) -> Result<Self, AuthoritiesFault> {
        let mut certificates = rustls_native_certs::load_native_certs().certs;
        let mut roots = RootCertStore::empty();
        // An authority of the system that cannot be read makes its servers unverified, no more.
        roots.add_parsable_certificates(certificates.iter().cloned());
        if let Some(path) = extra {
            let fault = |detail: String, io| AuthoritiesFault { path: path.to_owned(), detail, io };
            let octets = std::fs::read(path).map_err(|error| {
                fault(error.to_string(), Some((error.kind(), error.raw_os_error())))
            })?;
            let before = roots.len();
            for certificate in CertificateDer::pem_slice_iter(&octets) {
                let certificate = certificate.map_err(|error| fault(error.to_string(), None))?;
                roots.add(certificate.clone()).map_err(|error| fault(error.to_string(), None))?;
                certificates.push(certificate);
            }
            if roots.len() == before {
                return Err(fault("no certificate in PEM form".to_owned(), None));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = verifier.build().ok();
        Ok(Self { certificates: Arc::new(certificates), provider, verifier })
    }

    /// All of them, those that could not be read too.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }

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

    /// Whether what was shown is the certificate of that name, by one of these authorities.
    pub fn verify(&self, shown: &Shown<'_>) -> Result<(), rustls::Error> {
        let Some(verifier) = &self.verifier else {
            return Err(CertificateError::UnknownIssuer.into());
        };
        verifier
            .verify_server_cert(
                shown.end_entity,
                shown.intermediates,
                shown.server_name,
                shown.ocsp_response,
                shown.now,
            )
            .map(drop)
    }

    /// The signatures that can be checked.
    pub fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.provider.signature_verification_algorithms
    }
}

/// What a server shows of itself.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "as in `ServerCertVerifier::verify_server_cert`")]
pub struct Shown<'a> {
    pub end_entity: &'a CertificateDer<'a>,
    pub intermediates: &'a [CertificateDer<'a>],
    pub server_name: &'a ServerName<'a>,
    pub ocsp_response: &'a [u8],
    pub now: UnixTime,
}

/// Who decides on a certificate and remembers what it was.
pub trait Judge: fmt::Debug + Send + Sync {
    /// Whether the handshake goes on.
    fn judge(&self, authorities: &Authorities, shown: &Shown<'_>) -> Result<(), rustls::Error>;

    /// Whether it goes on with a certificate so odd that its key cannot be read: it proves nothing.
    fn takes_anything(&self) -> bool;
}

/// A handshake's verifier that leaves the decision to a judge.
#[derive(Debug)]
pub struct Beholder<J> {
    /// Whom we trust.
    pub authorities: Authorities,
    /// Who decides.
    pub judge: J,
}

impl<J: Judge + 'static> Beholder<J> {
    /// The configuration of one connection: what is said of it was seen on it, so none is resumed.
    pub fn config(self: &Arc<Self>) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::clone(&self.authorities.provider);
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(self) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Ok(config)
    }

    fn tolerate(
        &self,
        valid: Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match valid {
            Err(rustls::Error::InvalidCertificate(_)) if self.judge.takes_anything() => {
                Ok(HandshakeSignatureValid::assertion())
            }
            valid => valid,
        }
    }
}

impl<J: Judge + 'static> ServerCertVerifier for Beholder<J> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = Shown { end_entity, intermediates, server_name, ocsp_response, now };
        self.judge.judge(&self.authorities, &shown).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = self.authorities.algorithms();
        self.tolerate(rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            algorithms,
        ))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = self.authorities.algorithms();
        self.tolerate(rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            algorithms,
        ))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.algorithms().supported_schemes()
    }
}
