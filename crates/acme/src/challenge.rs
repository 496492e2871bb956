//! Answers to an authority that checks whether a name is ours.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_net::ServerTls;
use instant_acme::{ChallengeHandle, KeyAuthorization};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::ring;
use rustls::sign::CertifiedKey;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::hook;
use crate::settings::Challenge;

/// What is answered over HTTP, by token.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<BTreeMap<String, String>>);

impl Answers {
    pub(crate) fn of(&self, token: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    fn put(&self, token: &str, answer: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(token.to_owned(), answer.to_owned());
    }

    fn remove(&self, token: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }
}

/// An answer that stands until it is taken away.
pub(crate) enum Standing {
    Http { answers: Arc<Answers>, token: String },
    TlsAlpn { tls: Arc<ServerTls>, name: String },
    Dns { program: std::path::PathBuf, record: String, value: String },
}

/// Lets the answer stand.
pub(crate) async fn stand(
    challenge: &Challenge,
    handle: &ChallengeHandle<'_>,
    name: &str,
    answers: &Arc<Answers>,
    tls: &Arc<ServerTls>,
) -> Result<Standing, Cause> {
    let key = handle.key_authorization();
    match challenge {
        Challenge::Http => {
            let (answers, token) = (Arc::clone(answers), handle.token.clone());
            answers.put(&token, key.as_str());
            Ok(Standing::Http { answers, token })
        }
        Challenge::TlsAlpn => {
            let certificate = certificate(name, &key).map_err(|text| {
                Cause::proven(Code::AcmeOrderFailed)
                    .with(Evidence::Host { name: name.to_owned() })
                    .with(Evidence::Detail { source: "rcgen", text })
            })?;
            tls.answer_challenge(name, certificate).map_err(|fault| fault.cause())?;
            Ok(Standing::TlsAlpn { tls: Arc::clone(tls), name: name.to_owned() })
        }
        Challenge::Dns(program) => {
            let (record, value) = (format!("_acme-challenge.{name}"), key.dns_value());
            hook::run(program, "add", &record, &value).await?;
            Ok(Standing::Dns { program: program.clone(), record, value })
        }
    }
}

impl Standing {
    /// Takes it away. A record that stays is in nobody's way; that it does is worth a line.
    pub(crate) async fn end(self) {
        match self {
            Self::Http { answers, token } => answers.remove(&token),
            Self::TlsAlpn { tls, name } => tls.end_challenge(&name),
            Self::Dns { program, record, value } => {
                if let Err(cause) = hook::run(&program, "remove", &record, &value).await {
                    tracing::warn!(code = %cause.code, evidence = ?cause.evidence, record,
                        "a record of the DNS was not removed");
                }
            }
        }
    }
}

/// The certificate that answers by itself (RFC 8737 §3): the name, and a digest.
fn certificate(name: &str, key: &KeyAuthorization) -> Result<CertifiedKey, String> {
    let make = || -> Result<_, rcgen::Error> {
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        params.distinguished_name = DistinguishedName::new();
        let digest = CustomExtension::new_acme_identifier(key.digest().as_ref());
        params.custom_extensions = vec![digest];
        let certificate = params.self_signed(&pair)?;
        Ok((certificate.der().clone(), pair.serialize_der()))
    };
    let (certificate, key) = make().map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key));
    // Both were made for one another just now; the extension is one that rustls does not know.
    let key = ring::sign::any_supported_type(&key).map_err(|error| error.to_string())?;
    Ok(CertifiedKey::new(vec![certificate], key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_until_it_is_taken_away() {
        let answers = Answers::default();
        answers.put("token", "token.thumb");
        assert_eq!(answers.of("token").as_deref(), Some("token.thumb"));
        assert_eq!(answers.of("other"), None);
        answers.remove("token");
        assert_eq!(answers.of("token"), None);
    }
}
