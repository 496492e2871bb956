//! The client's side of TLS: whom we trust, and what we saw where we need not.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_tlspolicy::dane;
use rustls::{CertificateError, ClientConnection};
use rustls_pki_types::ServerName;

use super::authorities::{Authorities, Beholder, Judge, Shown};
use super::trust::{Proof, Trust};
use crate::connection::Connection;
use crate::handshake::{HandshakeFault, TlsFacts};

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
    trust: Trust,
    seen: Mutex<Option<Seen>>,
}

impl Recorder {
    fn note(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

impl Judge for Recorder {
    fn judge(&self, authorities: &Authorities, shown: &Shown<'_>) -> Result<(), rustls::Error> {
        let Shown { end_entity, intermediates, now, .. } = *shown;
        if let Trust::Records(demand) = &self.trust {
            let algorithms = authorities.algorithms();
            return match dane::judge(demand, end_entity, intermediates, now, algorithms) {
                Ok(proof) => {
                    self.note(Seen::Proven(Proof::Record(proof)));
                    Ok(())
                }
                Err(refusal) => {
                    let shown = dane::shown(end_entity, intermediates);
                    self.note(Seen::Mismatch(refusal, shown));
                    Err(CertificateError::ApplicationVerificationFailure.into())
                }
            };
        }
        match authorities.verify(shown) {
            Ok(()) => {
                self.note(Seen::Proven(Proof::Name));
                Ok(())
            }
            Err(error) => {
                self.note(Seen::Unverified(error.clone()));
                if self.trust.is_anything() { Ok(()) } else { Err(error) }
            }
        }
    }

    fn takes_anything(&self) -> bool {
        self.trust.is_anything()
    }
}

impl Connection {
    /// Does the client's side of a handshake with the host of that name.
    pub(super) async fn start_client_tls(
        &mut self,
        authorities: &Authorities,
        host: &str,
        trust: &Trust,
    ) -> Result<ClientTlsFacts, (Cause, TlsTrouble)> {
        let judge = Recorder { trust: trust.clone(), seen: Mutex::default() };
        let beholder = Arc::new(Beholder { authorities: authorities.clone(), judge });
        let recorder = &beholder.judge;
        let done = match self.client_tls(&beholder, host) {
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
        beholder: &Arc<Beholder<Recorder>>,
        host: &str,
    ) -> Result<ClientConnection, rustls::Error> {
        let name = match ServerName::try_from(host.to_owned()) {
            Ok(name) => name,
            // A name no certificate can have; then none is asked for (RFC 6066 §3), and whatever
            // comes does not hold for it, though a TLSA record may say that it is the one.
            Err(_) if beholder.judge.trust != Trust::Name => self.peer.ip.into(),
            Err(_) => return Err(CertificateError::NotValidForName.into()),
        };
        ClientConnection::new(Arc::new(beholder.config()?), name)
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
