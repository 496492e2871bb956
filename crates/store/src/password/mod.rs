//! Passwords: which are refused, how they are hashed and verified.
//!
//! At least 15 characters, as NIST SP 800-63B-4 §3.1.1.2 wants of a password that is the only
//! factor; no rule on which kinds of characters; refused when guessable.

mod common;

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use hikyaku_cause::{Cause, Code, Evidence, Limit};
use hikyaku_mail::Address;

/// The fewest characters a password may have.
pub const LEAST_CHARACTERS: usize = 15;
/// The most octets a password may have; more would only cost the server time.
pub const MOST_OCTETS: usize = 1024;
/// Names that differ from the password by at most this many letters are "close".
const CLOSE: usize = 3;

/// Argon2id with 19 MiB, two passes, one lane: the OWASP minimum, some 20 ms on one core.
static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// Why a password is refused, or cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// There is none.
    #[error("no password")]
    Missing,
    /// Too few characters.
    #[error("{characters} characters, {LEAST_CHARACTERS} needed")]
    Short {
        /// How many it has.
        characters: usize,
    },
    /// Too many octets.
    #[error("more than {MOST_OCTETS} octets")]
    Long,
    /// Among the first that are guessed: repetitions, runs on the keyboard, common words.
    #[error("too easily guessed")]
    Common,
    /// Equal or close to the account's name.
    #[error("too close to the name {account}")]
    LikeAccount {
        /// The account.
        account: String,
    },
}

impl PasswordFault {
    /// The fault as a cause.
    pub fn cause(&self) -> Cause {
        let limit = |most: usize, seen| Evidence::Limit {
            limit: Limit::PasswordCharacters,
            most: most as u64,
            seen,
        };
        match self {
            Self::Missing => Code::PasswordMissing.into(),
            Self::Short { characters } => Cause::proven(Code::PasswordShort)
                .with(limit(LEAST_CHARACTERS, Some(*characters as u64))),
            Self::Long => Cause::proven(Code::PasswordLong).with(limit(MOST_OCTETS, None)),
            Self::Common => Code::PasswordCommon.into(),
            Self::LikeAccount { account } => Cause::proven(Code::PasswordLikeAccount)
                .with(Evidence::Account { name: account.clone() }),
        }
    }
}

/// A password in the form in which it is kept: a PHC string. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// From the store.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password hash]")
    }
}

/// Whether `password` may be the password of the account `address`.
pub fn check(password: &str, address: &Address) -> Result<(), PasswordFault> {
    if password.is_empty() {
        return Err(PasswordFault::Missing);
    }
    let characters = password.chars().count();
    if characters < LEAST_CHARACTERS {
        return Err(PasswordFault::Short { characters });
    }
    if password.len() > MOST_OCTETS {
        return Err(PasswordFault::Long);
    }
    let folded = password.to_lowercase();
    if is_like(&folded, address) {
        return Err(PasswordFault::LikeAccount { account: address.canonical() });
    }
    if common::is_common(&folded) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}

/// Hashes a password with a fresh salt. Takes some 20 ms and 19 MiB: not for a network thread.
pub fn hash(password: &str) -> PasswordHash {
    // Without a source of randomness no server can be run; getrandom fails on no system in use.
    let mut salt = [0; 16];
    let salt = getrandom::fill(&mut salt).ok().and_then(|()| SaltString::encode_b64(&salt).ok());
    let hash = salt.and_then(|salt| {
        let hash = ARGON2.hash_password(password.as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    });
    // A hash that no password matches, should that ever happen.
    PasswordHash(hash.unwrap_or_else(|| "*".to_owned()))
}

/// Whether `password` is the one that was hashed. Takes as long as [`hash`].
pub fn verify(hash: &PasswordHash, password: &[u8]) -> bool {
    argon2::PasswordHash::new(&hash.0)
        .is_ok_and(|stored| ARGON2.verify_password(password, &stored).is_ok())
}

/// Whether the password is little more than the account's name, its domain, or both.
fn is_like(folded: &str, address: &Address) -> bool {
    let whole = address.canonical();
    let local = address.local.as_str().to_lowercase();
    let domain = address.host.to_string().to_lowercase();
    let bare = letters(folded);
    let names = [&whole, &local, &domain].map(|name| letters(name));
    let reversed: String = bare.chars().rev().collect();
    if names.iter().any(|name| {
        [&bare, &reversed].into_iter().any(|text| {
            strsim::levenshtein(text, name) <= CLOSE || is_made_of(text, name)
        })
    }) {
        return true;
    }
    // What is left once the names are taken out: `taro@edo.test2026` leaves four digits.
    let mut rest = bare;
    for name in names.iter().filter(|name| name.chars().count() >= 4) {
        rest = rest.replace(name.as_str(), "");
        let backwards: String = name.chars().rev().collect();
        rest = rest.replace(backwards.as_str(), "");
    }
    rest.chars().count() < 8 && rest.len() < folded.len() && rest != letters(folded)
}

/// Whether `text` is `name` over and over, with at most a few letters besides.
fn is_made_of(text: &str, name: &str) -> bool {
    !name.is_empty() && text.replace(name, "").chars().count() <= CLOSE
}

/// Letters and digits only.
fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests;
