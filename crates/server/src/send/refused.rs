//! Passwords that a relay has refused: none of them is tried again.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use hikyaku_cause::Cause;
use hikyaku_sasl::Secret;

/// What was refused, by a hash that only this run can make; the passwords themselves are not kept.
#[derive(Debug, Default)]
pub(super) struct Refused {
    state: RandomState,
    causes: Mutex<HashMap<u64, Cause>>,
}

impl Refused {
    /// Remembers a refusal.
    pub(super) fn note(&self, relay: &str, sign_in: &(String, Secret), cause: Cause) {
        let mut causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        causes.insert(self.hash(relay, sign_in), cause);
    }

    /// Why these were refused, if they were. Another password, or another name, is another matter.
    pub(super) fn find(&self, relay: &str, sign_in: &(String, Secret)) -> Option<Cause> {
        let causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        causes.get(&self.hash(relay, sign_in)).cloned()
    }

    fn hash(&self, relay: &str, (user, secret): &(String, Secret)) -> u64 {
        self.state.hash_one((relay, user, secret.expose()))
    }
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::Code;

    use super::*;

    #[test]
    fn only_what_was_refused_is() {
        let refused = Refused::default();
        let with = |user: &str, word: &str| (user.to_owned(), Secret::new(word.as_bytes()));
        refused.note("relay.test:587", &with("u", "wrong"), Code::PeerAuthRefused.into());
        let code = |relay, pair| refused.find(relay, &pair).map(|cause| cause.code);
        assert_eq!(code("relay.test:587", with("u", "wrong")), Some(Code::PeerAuthRefused));
        assert_eq!(code("relay.test:587", with("u", "right")), None);
        assert_eq!(code("relay.test:587", with("v", "wrong")), None);
        assert_eq!(code("other.test:587", with("u", "wrong")), None);
        assert!(!format!("{refused:?}").contains("wrong"));
    }
}
