//! Another key for an account (RFC 8555 §7.3.5), one that is there before the authority is asked.
//!
//! The library would make it itself and show it after the authority's yes: with that answer the
//! account would be lost. So what is signed for it is put together here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::body::Bytes;
use hyper::http::request::Builder;
use hyper::{Method, Request, header};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient as _, Problem};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::word;
use crate::line::Line;

/// How often a nonce may be no good (RFC 8555 §6.5).
const TRIES: u32 = 3;
/// RFC 8555 §6.1.
const USER_AGENT: &str = concat!("hikyaku/", env!("CARGO_PKG_VERSION"));

/// What is needed of the authority's directory (RFC 8555 §7.1.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directory {
    new_nonce: String,
    key_change: Option<String>,
}

/// An authority that is there and can be asked; nothing of the change has been sent.
pub(crate) struct Change<'a> {
    line: &'a Line,
    url: String,
    new_nonce: String,
    nonce: String,
}

impl<'a> Change<'a> {
    pub(crate) async fn begin(line: &'a Line, directory: &str) -> Result<Self, Error> {
        let (_, octets) = asked(line, Request::get(directory), Vec::new()).await?;
        let found: Directory = serde_json::from_slice(&octets)?;
        let url = found.key_change.ok_or(Error::Unsupported("keyChange"))?;
        let nonce = fresh(line, &found.new_nonce).await?;
        Ok(Self { line, url, new_nonce: found.new_nonce, nonce })
    }

    /// Has the account know `new` in the place of `old`.
    pub(crate) async fn ask(mut self, account: &str, old: &Key, new: &Key) -> Result<(), Error> {
        // Whoever has the new key agrees as well.
        let head = json!({ "alg": "ES256", "jwk": new.public(), "url": self.url });
        let inner = new.signed(&head, &json!({ "account": account, "oldKey": old.public() }))?;
        for _ in 1..TRIES {
            match self.attempt(account, old, &inner).await {
                Err(Error::Api(problem)) if word(&problem) == Some("badNonce") => {
                    self.nonce = fresh(self.line, &self.new_nonce).await?;
                }
                outcome => return outcome,
            }
        }
        self.attempt(account, old, &inner).await
    }

    async fn attempt(&self, account: &str, old: &Key, inner: &Value) -> Result<(), Error> {
        let head = json!({ "alg": "ES256", "kid": account, "nonce": self.nonce, "url": self.url });
        let body = old.signed(&head, inner)?.to_string();
        let request =
            Request::post(&self.url).header(header::CONTENT_TYPE, "application/jose+json");
        asked(self.line, request, body.into()).await.map(|_| ())
    }
}

/// A nonce that has not been used (RFC 8555 §7.2).
async fn fresh(line: &Line, url: &str) -> Result<String, Error> {
    let (response, _) =
        asked(line, Request::builder().method(Method::HEAD).uri(url), Vec::new()).await?;
    let nonce = response.parts.headers.get("replay-nonce").and_then(|it| it.to_str().ok());
    nonce.map(str::to_owned).ok_or(Error::Str("no nonce in the answer"))
}

/// Asks, and gives what is not a refusal.
async fn asked(
    line: &Line,
    request: Builder,
    body: Vec<u8>,
) -> Result<(BytesResponse, Bytes), Error> {
    let request = request.header(header::USER_AGENT, USER_AGENT);
    let mut response = line.request(request.body(BodyWrapper::from(body))?).await?;
    let octets = response.body.into_bytes().await.map_err(Error::Other)?;
    if response.parts.status.is_success() {
        return Ok((response, octets));
    }
    let mut problem: Problem = serde_json::from_slice(&octets)?;
    problem.status.get_or_insert(response.parts.status.as_u16());
    Err(Error::Api(problem))
}

/// A key that can sign (RFC 7518 §3.4).
pub(crate) struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Key {
    pub(crate) fn read(key: &PrivatePkcs8KeyDer<'_>) -> Result<Self, Error> {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, key.secret_pkcs8_der(), &random);
        Ok(Self { pair: pair.map_err(|_| Error::KeyRejected)?, random })
    }

    /// What others may know of it (RFC 7518 §6.2.1): after the octet that says so, both halves of
    /// the point.
    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = point.split_at(point.len() / 2);
        let text = |half| URL_SAFE_NO_PAD.encode(half);
        json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
    }

    /// A text and its signature (RFC 7515 §7.2.2).
    fn signed(&self, head: &Value, payload: &Value) -> Result<Value, Error> {
        let [head, payload] = [head, payload].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
        let text = format!("{head}.{payload}");
        let signature = self.pair.sign(&self.random, text.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.map_err(|_| Error::Crypto)?);
        Ok(json!({ "protected": head, "payload": payload, "signature": signature }))
    }
}
