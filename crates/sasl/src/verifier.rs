//! What a server keeps of a password for SCRAM (RFC 5802 §3).

use std::fmt;
use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};

use crate::prepare;

/// How often the password is hashed for a new verifier; RFC 7677 §4 wants 4,096 at least.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(65_536).unwrap();
const OCTETS: usize = 32;

pub(crate) type Key = [u8; OCTETS];

/// What is kept of a password (RFC 5802 §3). Its text is the form that PostgreSQL has made common:
/// `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`.
///
/// RFC 5802 §5.1 has the client prepare the password (SASLprep). Programs that don't do so prove
/// other octets wherever preparing changes them, so a second pair of keys follows there, of the
/// password as it was typed: `$StoredKey:ServerKey` once more. It costs whoever guesses as much to
/// try as the first.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramVerifier {
    pub(crate) iterations: NonZeroU32,
    pub(crate) salt: Vec<u8>,
    prepared: Keys,
    typed: Option<Keys>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    stored: Key,
    server: Key,
}

impl Keys {
    fn of(password: &[u8], salt: &[u8], iterations: NonZeroU32) -> Self {
        let mut salted = [0; OCTETS];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password, &mut salted);
        let client_key = mac(&salted, b"Client Key");
        Self { stored: hash(&client_key), server: mac(&salted, b"Server Key") }
    }

    /// Reads `StoredKey:ServerKey`.
    fn parse(text: &str) -> Option<Self> {
        let (stored, server) = text.split_once(':')?;
        let key = |text| STANDARD.decode(text).ok()?.try_into().ok();
        Some(Self { stored: key(stored)?, server: key(server)? })
    }

    /// What proves that the server knows the password (RFC 5802 §3, `ServerSignature`); nothing
    /// where the client's proof of the same messages is not right.
    fn answer(&self, messages: &[u8], proof: &Key) -> Option<Key> {
        let signature = mac(&self.stored, messages);
        let mut client_key = [0; OCTETS];
        for ((octet, proof), signature) in client_key.iter_mut().zip(proof).zip(signature) {
            *octet = proof ^ signature;
        }
        is_same(&hash(&client_key), &self.stored).then(|| mac(&self.server, messages))
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", STANDARD.encode(self.stored), STANDARD.encode(self.server))
    }
}

impl ScramVerifier {
    /// Of a password, with a salt that was never used before.
    pub fn new(password: &[u8], salt: [u8; 16]) -> Self {
        Self::with(password, &salt, ITERATIONS)
    }

    pub(crate) fn with(password: &[u8], salt: &[u8], iterations: NonZeroU32) -> Self {
        let (prepared, typed) = prepare::forms(password);
        let keys = |password: &[u8]| Keys::of(password, salt, iterations);
        let (prepared, typed) = (keys(&prepared), typed.map(keys));
        Self { iterations, salt: salt.to_vec(), prepared, typed }
    }

    /// In place of an account's that has none or does not exist: always the same for a name, so
    /// that nobody can tell, and right for no password.
    pub fn nobody(name: &str, secret: &[u8]) -> Self {
        let of = |what: &str| mac(secret, format!("{what} {name}").as_bytes());
        let salt = of("salt").get(..16).unwrap_or_default().to_vec();
        let prepared = Keys { stored: of("stored"), server: of("server") };
        Self { iterations: ITERATIONS, salt, prepared, typed: None }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("SCRAM-SHA-256$")?.split('$');
        let (iterations, salt) = parts.next()?.split_once(':')?;
        let (iterations, salt) = (iterations.parse().ok()?, STANDARD.decode(salt).ok()?);
        let prepared = Keys::parse(parts.next()?)?;
        let typed = match parts.next() {
            None => None,
            Some(text) => Some(Keys::parse(text)?),
        };
        let is_whole = parts.next().is_none();
        is_whole.then_some(Self { iterations, salt, prepared, typed })
    }

    /// See [`Keys::answer`]: for either form of the password.
    pub(crate) fn answer(&self, messages: &[u8], proof: &Key) -> Option<Key> {
        let typed = || self.typed.as_ref()?.answer(messages, proof);
        self.prepared.answer(messages, proof).or_else(typed)
    }
}

impl fmt::Display for ScramVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let salt = STANDARD.encode(&self.salt);
        write!(f, "SCRAM-SHA-256${}:{salt}${}", self.iterations, self.prepared)?;
        self.typed.iter().try_for_each(|typed| write!(f, "${typed}"))
    }
}

impl fmt::Debug for ScramVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramVerifier")
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

fn mac(key: &[u8], octets: &[u8]) -> Key {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), octets);
    tag.as_ref().try_into().unwrap_or_default()
}

fn hash(octets: &[u8]) -> Key {
    digest::digest(&digest::SHA256, octets).as_ref().try_into().unwrap_or_default()
}

/// Compared in the same time wherever they differ.
fn is_same(one: &Key, other: &Key) -> bool {
    one.iter().zip(other).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const FEW: NonZeroU32 = NonZeroU32::new(4096).unwrap();

    pub(crate) fn few(password: &str) -> ScramVerifier {
        ScramVerifier::with(password.as_bytes(), b"salt", FEW)
    }

    /// What a client proves that knows these octets.
    pub(crate) fn proof(password: &[u8], salt: &[u8], messages: &[u8]) -> Key {
        let mut salted = [0; OCTETS];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, FEW, salt, password, &mut salted);
        let key = mac(&salted, b"Client Key");
        let signature = mac(&hash(&key), messages);
        std::array::from_fn(|place| key[place] ^ signature[place])
    }

    #[test]
    fn texts() {
        for password in ["kirin-no-hige-1603", "ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ"] {
            let verifier = few(password);
            let text = verifier.to_string();
            assert_eq!(ScramVerifier::parse(&text), Some(verifier), "{text}");
            assert_eq!(ScramVerifier::parse(&format!("{text}$")), None);
            assert_eq!(ScramVerifier::parse(&format!("{text}$a:b$c:d")), None);
        }
        assert_eq!(few("kirin-no-hige-1603").to_string().matches('$').count(), 2);
    }

    #[test]
    fn a_password_is_right_as_it_was_typed_and_as_it_is_prepared() {
        let verifier = few("ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ");
        let is_right = |password: &str| {
            verifier.answer(b"all", &proof(password.as_bytes(), b"salt", b"all")).is_some()
        };
        assert!(is_right("ｷﾘﾝﾉﾋｹﾞﾊﾅｶﾞｲ") && is_right("キリンノヒゲハナガイ"));
        assert!(!is_right("キリンノヒケ\u{3099}ハナガイ") && !is_right("きりんのひげはながい"));
    }

    #[test]
    fn nobody_is_always_the_same_and_right_for_nothing() {
        let nobody = ScramVerifier::nobody("a@b.test", b"secret");
        assert_eq!(nobody, ScramVerifier::nobody("a@b.test", b"secret"));
        assert_ne!(nobody, ScramVerifier::nobody("a@b.test", b"other"));
        assert!(!format!("{nobody:?}").contains("key"));
    }
}
