//! The keys that sign, and the DNS records that publish their other halves.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_mail::Domain;
use mail_auth::common::crypto::{Algorithm, Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::Writable;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use rsa::traits::PublicKeyParts as _;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Bits of a new RSA key: what RFC 8301 §3.2 asks signers for, and what fits a DNS answer.
const RSA_BITS: usize = 2048;
/// The least an RSA key may have (RFC 8301 §3.2).
const RSA_BITS_LEAST: usize = 1024;
/// The most octets of one string in a TXT record (RFC 1035 §3.3).
const STRING_OCTETS: usize = 255;

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The file holds no private key in PEM.
    #[error("no private key in PEM (PKCS #8)")]
    NoKey,
    /// Neither RSA nor Ed25519, or damaged.
    #[error("neither an RSA nor an Ed25519 key: {0}")]
    Kind(String),
    /// Verifiers take no RSA key below 1024 bits (RFC 8301 §3.2).
    #[error("an RSA key of {0} bits; verifiers want 1024 or more")]
    Short(usize),
    /// Not a name below `_domainkey`.
    #[error("a selector is one or more labels of letters, digits and hyphens")]
    Selector,
    /// The system gives no random numbers for a new key; what makes keys does not say why.
    #[error("no random numbers for a new key")]
    NoRandom,
    /// A new key cannot be written.
    #[error("no key could be made: {0}")]
    Made(String),
}

/// Which of a domain's keys signed (RFC 6376 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selector(String);

impl Selector {
    /// One or more labels, as in a domain name.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        };
        if text.len() <= 128 && text.split('.').all(is_label) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(KeyFault::Selector)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The algorithms that sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// rsa-sha256 (RFC 6376 §3.3.2).
    Rsa,
    /// ed25519-sha256 (RFC 8463).
    Ed25519,
}

/// A key just made.
pub struct NewKey {
    /// The private half, PKCS #8 in PEM. A secret.
    pub pem: String,
}

impl NewKey {
    /// Makes a key; RSA takes a second or so.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyFault> {
        let made = |error: &dyn fmt::Display| KeyFault::Made(error.to_string());
        let pem = match kind {
            KeyKind::Rsa => {
                let key = rsa::PrivateKey::new(&mut getrandom::SysRng, RSA_BITS);
                let key = key.map_err(|error| match error {
                    rsa::Error::Rng => KeyFault::NoRandom,
                    other => made(&other),
                })?;
                pem(key.to_pkcs8_der().map_err(|error| made(&error))?.as_bytes())
            }
            KeyKind::Ed25519 => {
                let source = ring::rand::SystemRandom::new();
                let key = Ed25519KeyPair::generate_pkcs8(&source);
                // There is nothing else that could fail.
                pem(key.map_err(|_| KeyFault::NoRandom)?.as_ref())
            }
        };
        Ok(Self { pem })
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewKey(…)")
    }
}

/// RFC 7468 §10.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem + "\n-----END PRIVATE KEY-----\n"
}

/// A key that signs for our domains.
#[derive(Clone)]
pub struct DkimKey {
    selector: Selector,
    kind: KeyKind,
    /// The public half as a record holds it, in base64.
    public: String,
    private: Arc<mail_auth::common::crypto::DkimKey>,
}

impl DkimKey {
    /// Reads a private key, PKCS #8 in PEM.
    pub fn parse(selector: Selector, pem: &[u8]) -> Result<Self, KeyFault> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| KeyFault::NoKey)?;
        let octets = der.secret_pkcs8_der();
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(octets) {
            let fault = |error: mail_auth::Error| KeyFault::Kind(error.to_string());
            let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(octets).map_err(fault)?;
            let public = STANDARD.encode(pair.public_key());
            return Ok(Self { selector, kind: KeyKind::Ed25519, public, private: shared(key) });
        }
        let fault = |error: &dyn fmt::Display| KeyFault::Kind(error.to_string());
        let key = rsa::PrivateKey::from_pkcs8_der(octets).map_err(|error| fault(&error))?;
        let bits = key.size() * 8;
        if bits < RSA_BITS_LEAST {
            return Err(KeyFault::Short(bits));
        }
        let public = key.to_public_key().to_public_key_der().map_err(|error| fault(&error))?;
        let public = STANDARD.encode(public.as_bytes());
        let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs8(der));
        let private = shared(key.map_err(|error| fault(&error))?);
        Ok(Self { selector, kind: KeyKind::Rsa, public, private })
    }

    /// Which of a domain's keys it is.
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    /// Its algorithm.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Where a domain publishes it, without the dot at the end (RFC 6376 §3.6.2.1).
    pub fn record_name(&self, domain: &Domain) -> String {
        format!("{}._domainkey.{domain}", self.selector)
    }

    /// The text of the record (RFC 6376 §3.6.1).
    pub fn record(&self) -> String {
        let kind = match self.kind {
            KeyKind::Rsa => "rsa",
            KeyKind::Ed25519 => "ed25519",
        };
        format!("v=DKIM1; k={kind}; p={}", self.public)
    }

    /// The record as a zone file writes it: strings of 255 octets at most, in quotes.
    pub fn record_strings(&self) -> String {
        let record = self.record();
        let mut rest = record.as_str();
        let mut strings = Vec::new();
        while !rest.is_empty() {
            let (string, left) = rest.split_at(rest.len().min(STRING_OCTETS));
            strings.push(format!("\"{string}\""));
            rest = left;
        }
        strings.join(" ")
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimKey")
            .field("selector", &self.selector)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

fn shared(
    key: impl Into<mail_auth::common::crypto::DkimKey>,
) -> Arc<mail_auth::common::crypto::DkimKey> {
    Arc::new(key.into())
}

impl SigningKey for DkimKey {
    type Hasher = Sha256;

    fn sign(&self, input: impl Writable) -> mail_auth::Result<Vec<u8>> {
        self.private.sign(input)
    }

    fn algorithm(&self) -> Algorithm {
        self.private.algorithm()
    }
}
