//! Passwords that were checked a moment ago, as keyed hashes.

use std::collections::HashMap;
use std::time::Duration;

use ring::hmac;

/// What is remembered of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong,
}

/// How long a password stays remembered.
const KEPT: Duration = Duration::from_mins(5);
/// The most passwords remembered; an attack must not fill the memory.
const MOST: usize = 20_000;

/// Remembers passwords that were checked, for at most five minutes.
///
/// What is kept is a keyed hash over the account's stored password hash and the password given:
/// the key is new at every start, and a changed password no longer matches what was kept.
#[derive(Debug)]
pub struct Remembered {
    key: hmac::Key,
    kept: HashMap<[u8; 32], (Memory, Duration)>,
}

impl Remembered {
    /// Remembers nothing yet. `secret` must be random and new at each start.
    pub fn new(secret: [u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &secret), kept: HashMap::new() }
    }

    /// What is known of this password against this stored hash.
    pub fn recall(&self, now: Duration, stored: &str, password: &[u8]) -> Option<Memory> {
        let (memory, until) = self.kept.get(&self.tag(stored, password))?;
        (now < *until).then_some(*memory)
    }

    /// Keeps the outcome of a check.
    pub fn keep(&mut self, now: Duration, stored: &str, password: &[u8], memory: Memory) {
        if self.kept.len() >= MOST {
            self.kept.retain(|_, (_, until)| now < *until);
        }
        if self.kept.len() < MOST {
            self.kept.insert(self.tag(stored, password), (memory, now + KEPT));
        }
    }

    /// A short name for a password, to tell repeats of one from guesses of many.
    pub fn fingerprint(&self, account: &str, password: &[u8]) -> u64 {
        let tag = self.tag(account, password);
        tag.iter().take(8).fold(0, |number, octet| number << 8 | u64::from(*octet))
    }

    fn tag(&self, stored: &str, password: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&(stored.len() as u64).to_be_bytes());
        context.update(stored.as_bytes());
        context.update(password);
        let mut tag = [0; 32];
        tag.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_password_is_forgotten_and_so_is_an_old_one() {
        let mut remembered = Remembered::new([7; 32]);
        let start = Duration::from_secs(100);
        remembered.keep(start, "$argon2id$one", b"open sesame", Memory::Right);
        let recall = |after, stored, password: &[u8]| {
            remembered.recall(start + Duration::from_secs(after), stored, password)
        };
        assert_eq!(recall(299, "$argon2id$one", b"open sesame"), Some(Memory::Right));
        assert_eq!(recall(300, "$argon2id$one", b"open sesame"), None);
        assert_eq!(recall(1, "$argon2id$two", b"open sesame"), None);
        assert_eq!(recall(1, "$argon2id$one", b"open sesam"), None);
    }
}
