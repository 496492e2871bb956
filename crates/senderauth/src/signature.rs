//! Whether the signatures of a message that came in hold, and why not (RFC 6376 §6).

use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use hikyaku_cause::DnsOutcome;
use mail_auth::common::crypto::{Algorithm, CryptoError};
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{ResolveHosts, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::{DkimResult as Held, Error, MessageAuthenticator, Parameters};
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Kind, Needed, Question};
use crate::dkim::{DkimKeyState, Known, dkim_key};
use crate::passing::{Passed, SIGNATURES, signature_count};

/// A result of DKIM (RFC 8601 §2.7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum DkimResult {
    Pass,
    Fail,
    Policy,
    Neutral,
    TempError,
    PermError,
}

impl DkimResult {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Policy => "policy",
            Self::Neutral => "neutral",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SignatureFault {
    /// The body is not the one that was signed.
    Body,
    /// The header fields are not, or the key is another.
    Header,
    /// It was good until then (seconds of the Unix era).
    Expired {
        /// `x=`.
        at: u64,
    },
    /// There is no key under its name.
    KeyMissing,
    /// The key was taken back (RFC 6376 §3.6.1).
    KeyRevoked,
    /// What is there is no key, too short a one (RFC 8301 §3.2), or one for something else.
    KeyInvalid {
        /// Why, in the words of the library.
        why: String,
    },
    /// The question for the key was not answered.
    KeyUnanswered {
        /// How it ended instead.
        outcome: DnsOutcome,
    },
    /// An algorithm that is no longer good (RFC 8301 §3.1), or not that of the key.
    Algorithm,
    /// Something was added behind the part of the body that is signed (`l=`, RFC 6376 §8.2).
    Partial {
        /// Octets signed.
        signed: u64,
        /// Octets there.
        octets: u64,
    },
    /// It is not about the author: From is not signed (RFC 6376 §6.1.1).
    FromUnsigned,
    /// The agent or user that it names is none of the domain's (RFC 6376 §3.10).
    Identity,
    /// It cannot be read.
    Unreadable {
        /// Why, in the words of the library.
        why: String,
    },
    /// There are more than are looked at.
    TooMany {
        /// So many in all.
        seen: usize,
    },
}

impl SignatureFault {
    fn result(&self) -> DkimResult {
        match self {
            Self::Body | Self::Header | Self::Expired { .. } => DkimResult::Fail,
            Self::KeyMissing
            | Self::KeyRevoked
            | Self::KeyInvalid { .. }
            | Self::Algorithm
            | Self::FromUnsigned
            | Self::Identity => DkimResult::PermError,
            Self::KeyUnanswered { .. } => DkimResult::TempError,
            Self::Partial { .. } => DkimResult::Policy,
            Self::Unreadable { .. } | Self::TooMany { .. } => DkimResult::Neutral,
        }
    }

    /// In a few words for those who look after mail servers.
    pub fn words(&self) -> String {
        match self {
            Self::Body => "the body was changed after it was signed".to_owned(),
            Self::Header => "the signature does not fit the header and the key".to_owned(),
            Self::Expired { .. } => "the signature has expired".to_owned(),
            Self::KeyMissing => "no key is published under this name".to_owned(),
            Self::KeyRevoked => "the key was revoked".to_owned(),
            Self::KeyInvalid { why } => format!("the key cannot be used: {why}"),
            Self::KeyUnanswered { outcome } => format!("the key could not be asked: {outcome:?}"),
            Self::Algorithm => "the algorithm is not allowed, or not that of the key".to_owned(),
            Self::Partial { signed, octets } => {
                format!("only {signed} of {octets} octets of the body are signed")
            }
            Self::FromUnsigned => "From is not signed".to_owned(),
            Self::Identity => "i= is not within d=".to_owned(),
            Self::Unreadable { why } => format!("the signature cannot be read: {why}"),
            Self::TooMany { seen } => format!("{seen} signatures, {SIGNATURES} are looked at"),
        }
    }
}

/// What a signature comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureVerdict {
    /// The result.
    pub result: DkimResult,
    /// The domain that signed (`d=`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub domain: String,
    /// Which of its keys (`s=`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub selector: String,
    /// The algorithm (`a=`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub algorithm: String,
    /// The beginning of the signature itself, which tells several apart (RFC 6008).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub start: String,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<SignatureFault>,
}

/// The library, which here asks nobody: no server is named, no file of hosts read, and no authority
/// trusted, so that nothing of the system is needed.
pub(crate) static LIBRARY: LazyLock<Option<MessageAuthenticator>> = LazyLock::new(|| {
    let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    let mut options = ResolverOpts::default();
    options.use_hosts_file = ResolveHosts::Never;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = TokioResolver::builder_with_config(nobody, TokioRuntimeProvider::default());
    builder.with_options(options).with_tls_config(tls).build().ok().map(MessageAuthenticator)
});

/// The value of something of the library's that has all its answers and so waits for nothing.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

pub(crate) fn key_question(signature: &Signature) -> Question {
    Question::new(&format!("{}._domainkey.{}", signature.s, signature.d), Kind::Txt)
}

impl Passed {
    /// What every signature comes to, the newest first.
    pub fn signatures(&self, answers: &Answers) -> Result<Vec<SignatureVerdict>, Needed> {
        let Some(message) = self.parsed() else { return Ok(Vec::new()) };
        let keys: Vec<Question> =
            message.dkim_headers.iter().map(|it| key_question(&it.header)).collect();
        answers.want_all(&keys)?;
        let known = Known(answers);
        let parameters = Parameters::new(&message).with_txt_cache(&known);
        let held = LIBRARY.as_ref().and_then(|it| at_once(it.verify_dkim(parameters)));
        let mut verdicts = Vec::new();
        for output in held.iter().flatten() {
            let Some(signature) = output.signature() else { continue };
            let why = self.fault(signature, output.result(), answers);
            verdicts.push(verdict(signature, why));
        }
        if held.is_none() {
            let why = || SignatureFault::Unreadable { why: "no library".to_owned() };
            let all = message.dkim_headers.iter();
            verdicts.extend(all.map(|it| verdict(&it.header, Some(why()))));
        }
        for error in message.errors.iter().filter(|it| it.name.eq_ignore_ascii_case(NAME)) {
            if verdicts.len() < SIGNATURES {
                let why = SignatureFault::Unreadable { why: error.header.to_string() };
                verdicts.push(unread(why));
            }
        }
        let seen = signature_count(&self.header);
        if seen > SIGNATURES {
            verdicts.push(unread(SignatureFault::TooMany { seen }));
        }
        Ok(verdicts)
    }

    /// Why a signature does not count; what the library says comes after what it does not look at.
    fn fault(
        &self,
        signature: &Signature,
        held: &Held,
        answers: &Answers,
    ) -> Option<SignatureFault> {
        if signature.a == Algorithm::RsaSha1 {
            return Some(SignatureFault::Algorithm);
        }
        if !signature.h.iter().any(|name| name.trim().eq_ignore_ascii_case("from")) {
            return Some(SignatureFault::FromUnsigned);
        }
        if let Some(fault) = key_fault(&key_question(signature), answers) {
            return Some(fault);
        }
        if let Some(fault) = held_fault(held, signature) {
            return Some(fault);
        }
        let hashed = self.hashed((signature.cb, signature.l))?;
        if hashed.counted < hashed.octets {
            let (signed, octets) = (hashed.counted, hashed.octets);
            return Some(SignatureFault::Partial { signed, octets });
        }
        // RFC 6376 §3.5: `l=` must not be more than there is.
        (signature.l > hashed.octets).then_some(SignatureFault::Body)
    }
}

const NAME: &[u8] = b"DKIM-Signature";

/// What is wrong with the key, by itself.
pub(crate) fn key_fault(question: &Question, answers: &Answers) -> Option<SignatureFault> {
    let answer = answers.get(question)?;
    if !answer.is_known() {
        return Some(SignatureFault::KeyUnanswered { outcome: answer.outcome });
    }
    match dkim_key(answer.texts()) {
        DkimKeyState::Found => None,
        DkimKeyState::Missing => Some(SignatureFault::KeyMissing),
        DkimKeyState::Revoked { .. } => Some(SignatureFault::KeyRevoked),
        DkimKeyState::Invalid { why, .. } => Some(SignatureFault::KeyInvalid { why }),
    }
}

fn held_fault(held: &Held, signature: &Signature) -> Option<SignatureFault> {
    let error = match held {
        Held::Pass => return None,
        Held::None => return Some(SignatureFault::Unreadable { why: String::new() }),
        Held::Fail(error)
        | Held::Neutral(error)
        | Held::PermError(error)
        | Held::TempError(error) => error,
    };
    Some(match error {
        Error::Dkim(DkimError::FailedBodyHashMatch) => SignatureFault::Body,
        Error::Dkim(DkimError::SignatureExpired) => SignatureFault::Expired { at: signature.x },
        Error::Dkim(DkimError::FailedAuidMatch) => SignatureFault::Identity,
        Error::Crypto(CryptoError::FailedVerification) => SignatureFault::Header,
        Error::Crypto(CryptoError::IncompatibleAlgorithms) => SignatureFault::Algorithm,
        other => SignatureFault::Unreadable { why: other.to_string() },
    })
}

fn verdict(signature: &Signature, why: Option<SignatureFault>) -> SignatureVerdict {
    use base64::Engine as _;
    let start = base64::engine::general_purpose::STANDARD.encode(&signature.b);
    SignatureVerdict {
        result: why.as_ref().map_or(DkimResult::Pass, SignatureFault::result),
        domain: name(&signature.d),
        selector: name(&signature.s),
        algorithm: signature.a.name().to_owned(),
        start: start.chars().take(8).collect(),
        why,
    }
}

/// A name in lower case, no longer than one can be (RFC 1035 §2.3.4).
pub(crate) fn name(text: &str) -> String {
    text.chars().take(253).collect::<String>().to_ascii_lowercase()
}

fn unread(why: SignatureFault) -> SignatureVerdict {
    let nothing = String::new;
    SignatureVerdict {
        result: why.result(),
        domain: nothing(),
        selector: nothing(),
        algorithm: nothing(),
        start: nothing(),
        why: Some(why),
    }
}
