//! TLS that takes any certificate to look at it, and says whether it holds.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_doctor::{Certificate, Secured, Trust};
use hikyaku_net::{Authorities, AuthoritiesFault, Beholder, Judge, Shown};
use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate, X509Name};

use crate::PATIENCE;
use crate::conversation::Stream;

/// The authorities that are trusted.
#[derive(Debug, Clone)]
pub(crate) struct Roots {
    authorities: Authorities,
    /// The organisations behind them.
    organisations: Arc<Vec<String>>,
}

impl Roots {
    /// The system's authorities, and those of a PEM file.
    pub(crate) fn load(extra: Option<&Path>) -> Result<Self, AuthoritiesFault> {
        let authorities = Authorities::load(extra)?;
        let all = authorities.certificates().iter();
        let organisations = Arc::new(all.filter_map(|it| organisation_of(it)).collect());
        Ok(Self { authorities, organisations })
    }
}

fn organisation_of(der: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    organisation(certificate.subject())
}

fn organisation(name: &X509Name<'_>) -> Option<String> {
    name.iter_organization().next().and_then(|it| it.as_str().ok()).map(str::to_owned)
}

/// Why a handshake did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failed {
    /// Only TLS 1.1 or older is spoken there.
    OldVersion,
    /// Nothing came in time.
    Mute,
    /// Something else, in the library's words.
    Otherwise(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldVersion => f.write_str("only TLS 1.1 or older"),
            Self::Mute => f.write_str("no answer"),
            Self::Otherwise(words) => f.write_str(words),
        }
    }
}

/// Does the handshake with the host of this name.
pub(crate) async fn secure(
    roots: &Roots,
    stream: Box<dyn Stream>,
    host: &str,
) -> Result<(Box<dyn Stream>, Secured), Failed> {
    let words = |error: &dyn fmt::Display| Failed::Otherwise(error.to_string());
    let name = ServerName::try_from(host.to_owned()).map_err(|error| words(&error))?;
    let organisations = Arc::clone(&roots.organisations);
    let judge = Onlooker { organisations, seen: Mutex::default() };
    let beholder = Arc::new(Beholder { authorities: roots.authorities.clone(), judge });
    let config = beholder.config().map_err(|error| words(&error))?;
    let connector = TlsConnector::from(Arc::new(config));
    let done = timeout(PATIENCE, connector.connect(name, stream)).await;
    let stream = match done {
        Err(_) => return Err(Failed::Mute),
        Ok(Err(error)) => return Err(failure(&error)),
        Ok(Ok(stream)) => stream,
    };
    let version = stream.get_ref().1.protocol_version();
    let version = version.map(|it| format!("{it:?}").replace('_', ".")).unwrap_or_default();
    let seen = beholder.judge.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (chain, trust) = seen.unwrap_or_else(|| (Vec::new(), Trust::Otherwise(String::new())));
    Ok((Box::new(stream), Secured { version, chain, trust }))
}

fn failure(error: &std::io::Error) -> Failed {
    let inner = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>());
    match inner {
        Some(
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(
                rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13
                | rustls::PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ),
        ) => Failed::OldVersion,
        _ => Failed::Otherwise(error.to_string()),
    }
}

/// Takes any certificate, and remembers whether it holds.
#[derive(Debug)]
struct Onlooker {
    /// Those behind the authorities.
    organisations: Arc<Vec<String>>,
    seen: Mutex<Option<(Vec<Certificate>, Trust)>>,
}

impl Judge for Onlooker {
    fn judge(&self, authorities: &Authorities, shown: &Shown<'_>) -> Result<(), rustls::Error> {
        let all = [shown.end_entity].into_iter().chain(shown.intermediates);
        let chain: Vec<Certificate> = all.filter_map(|it| certificate(it)).collect();
        let trust = match authorities.verify(shown) {
            Ok(()) => Trust::Holds,
            Err(error) => self.trust(&error, shown.end_entity, chain.first()),
        };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((chain, trust));
        Ok(())
    }

    fn takes_anything(&self) -> bool {
        false
    }
}

impl Onlooker {
    fn trust(
        &self,
        error: &rustls::Error,
        end_entity: &CertificateDer<'_>,
        leaf: Option<&Certificate>,
    ) -> Trust {
        let rustls::Error::InvalidCertificate(error) = error else {
            return Trust::Otherwise(error.to_string());
        };
        let own = leaf.is_some_and(|leaf| leaf.subject == leaf.issuer);
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Trust::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Trust::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Trust::OtherName
            }
            _ if own => Trust::SelfSigned,
            CertificateError::UnknownIssuer if self.is_known(end_entity) => Trust::Incomplete,
            CertificateError::UnknownIssuer => Trust::UnknownAuthority,
            other => Trust::Otherwise(other.to_string()),
        }
    }

    /// Whether the issuer belongs to an organisation whose authority is trusted: then what lies
    /// between was not sent.
    fn is_known(&self, end_entity: &[u8]) -> bool {
        let Ok((_, leaf)) = X509Certificate::from_der(end_entity) else { return false };
        organisation(leaf.issuer()).is_some_and(|issuer| self.organisations.contains(&issuer))
    }
}

fn certificate(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let time = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let names = parsed.subject_alternative_name().ok().flatten();
    let names = names.map(|extension| {
        extension.value.general_names.iter().filter_map(alternative_name).collect()
    });
    Some(Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        names: names.unwrap_or_default(),
        not_before: time(parsed.validity().not_before.timestamp()),
        not_after: time(parsed.validity().not_after.timestamp()),
    })
}

fn alternative_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => match octets.len() {
            4 => <[u8; 4]>::try_from(*octets).ok().map(|it| std::net::IpAddr::from(it).to_string()),
            16 => {
                <[u8; 16]>::try_from(*octets).ok().map(|it| std::net::IpAddr::from(it).to_string())
            }
            _ => None,
        },
        _ => None,
    }
}
