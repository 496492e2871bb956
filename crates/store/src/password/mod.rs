//! Passwords: which are refused, how they are hashed and verified.
//!
//! At least 15 characters, as NIST SP 800-63B-4 §3.1.1.2 wants of a password that is the only
//! factor; no rule on which kinds of characters; refused when guessable.

mod common;

use std::fmt;

use argon2::password_hash::{self, Output, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hikyaku_cause::{Cause, Code, Evidence, Limit};
use hikyaku_mail::Address;
use hikyaku_sasl::prepared;

use crate::fault::Fault;

/// The fewest characters a password may have.
pub const LEAST_CHARACTERS: usize = 15;
/// The most octets a password may have; more would only cost the server time.
pub const MOST_OCTETS: usize = 1024;
/// Names that differ from the password by at most this many letters are "close".
const CLOSE: usize = 3;

/// Argon2id with 19 MiB, two passes, one lane: the OWASP minimum, some 20 ms on one core.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
/// Address space, in octets, to ask for one hash; only what the hash needs is ever touched. The
/// allocator of glibc gives a block of more than 32 MiB back when it is freed; a smaller one it
/// keeps, and the server would hold 19 MiB a core after the first sign-in.
const MAPPED: usize = 33 << 20;

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
    if password.len() > MOST_OCTETS {
        return Err(PasswordFault::Long);
    }
    // What is compared is what is guessed: full-width letters make no word a rare one.
    let prepared = prepared(password.as_bytes());
    let password = std::str::from_utf8(&prepared).unwrap_or(password);
    let characters = password.chars().count();
    if characters < LEAST_CHARACTERS {
        return Err(PasswordFault::Short { characters });
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

/// Hashes a password, in the form in which it is compared, with a fresh salt. Takes some 20 ms and
/// 19 MiB: not for a network thread.
pub fn hash(password: &str) -> Result<PasswordHash, Fault> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| Fault::NoRandom { errno: error.raw_os_error() })?;
    let salt = SaltString::encode_b64(&salt).ok();
    let hash = salt.and_then(|salt| encoded(&prepared(password.as_bytes()), salt.as_salt()).ok());
    // A hash that no password matches, should a salt of sixteen octets ever be wrong.
    Ok(PasswordHash(hash.unwrap_or_else(|| "*".to_owned())))
}

/// Whether `password` is the one that was hashed, however the program that sent it writes it
/// (RFC 4616 §2: both are prepared). Takes as long as [`hash`]; twice as long where preparing changes
/// a password that is not right, as hashes of older versions were made without.
pub fn verify(hash: &PasswordHash, password: &[u8]) -> bool {
    let is_right = |password: &[u8]| matches!(matches_stored(&hash.0, password), Ok(true));
    let prepared = prepared(password);
    is_right(&prepared) || (*prepared != *password && is_right(password))
}

fn matches_stored(stored: &str, password: &[u8]) -> password_hash::Result<bool> {
    let stored = argon2::PasswordHash::new(stored)?;
    let (Some(salt), Some(wanted)) = (stored.salt, stored.hash) else { return Ok(false) };
    let version = stored.version.unwrap_or(u32::from(Version::V0x13)).try_into()?;
    let found = derive(version, &Params::try_from(&stored)?, password, salt)?;
    // `Output` compares in constant time.
    Ok(stored.algorithm == argon2::ARGON2ID_IDENT && found == wanted)
}

fn encoded(password: &[u8], salt: Salt<'_>) -> password_hash::Result<String> {
    let params = Params::new(MEMORY, PASSES, 1, None)?;
    let hash = argon2::PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: (&params).try_into()?,
        salt: Some(salt),
        hash: Some(derive(Version::V0x13, &params, password, salt)?),
    };
    Ok(hash.to_string())
}

fn derive(
    version: Version,
    params: &Params,
    password: &[u8],
    salt: Salt<'_>,
) -> password_hash::Result<Output> {
    let mut octets = [0; Salt::RECOMMENDED_LENGTH * 4];
    let salt = salt.decode_b64(&mut octets)?;
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(MAPPED / size_of::<Block>()));
    memory.resize(blocks, Block::default());
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |output| {
        let argon2 = Argon2::new(Algorithm::Argon2id, version, params.clone());
        Ok(argon2.hash_password_into_with_memory(password, salt, output, &mut memory)?)
    })
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
        [&bare, &reversed]
            .into_iter()
            .any(|text| strsim::levenshtein(text, name) <= CLOSE || is_made_of(text, name))
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
