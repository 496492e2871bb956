//! Sign-in, the same at every door.

mod scram;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hikyaku_cause::{Cause, Code, Evidence, PeerAddress};
use hikyaku_guard::{Attempt, Memory, Remembered, Throttle, Verdict};
use hikyaku_mail::Address;
use hikyaku_net::Exporter;
use hikyaku_sasl::{Credentials, prepared};
use hikyaku_store::password::{self, PasswordHash};
use hikyaku_store::{Account, Event, Service, Store};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::random::{NoRandom, random};
pub(crate) use scram::{Scram, ScramStep};

/// A name longer than any address is cut before it is kept (RFC 5321 §4.5.3.1).
const NAME_CHARACTERS: usize = 320;

/// Checks passwords: no more at a time than there are cores, slower for those who guess.
#[derive(Debug)]
pub struct SignIn {
    started: Instant,
    throttle_loopback: bool,
    throttle: Mutex<Throttle>,
    remembered: Mutex<Remembered>,
    /// One permit a core: a hash takes 19 MiB and all of a core.
    hashing: Arc<Semaphore>,
    /// Verified in place of an account's that does not exist, so that both take the same time.
    nobody: PasswordHash,
    /// Makes verifiers of accounts that have none for SCRAM.
    names: Vec<u8>,
}

/// At which door, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) service: Service,
    pub(crate) peer: PeerAddress,
    pub(crate) tls: Option<String>,
    /// What a sign-in can be bound to.
    pub(crate) exporter: Option<Exporter>,
}

impl Visit {
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        (self.peer.ip, self.peer.port).into()
    }
}

impl SignIn {
    /// `throttle_loopback`: whether delays hold for connections from this machine too. `names`:
    /// what makes up the salts of accounts that are not there; it stays the same, as real salts do.
    pub fn new(throttle_loopback: bool, names: Vec<u8>) -> Result<Self, Cause> {
        let secret = random().map_err(NoRandom::cause)?;
        let unguessed = random().map_err(NoRandom::cause)?;
        let unguessed = format!("{:x}", u128::from_be_bytes(unguessed));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            started: Instant::now(),
            throttle_loopback,
            throttle: Mutex::new(Throttle::new()),
            remembered: Mutex::new(Remembered::new(secret)),
            hashing: Arc::new(Semaphore::new(cores)),
            nobody: password::hash(&unguessed).map_err(|fault| fault.cause())?,
            names,
        })
    }

    /// Lets a person in, or says why not; every try is kept as an event.
    pub(crate) async fn check(
        &self,
        store: &Store,
        visit: &Visit,
        credentials: &Credentials,
    ) -> Result<Account, Cause> {
        let name: String = credentials.user.chars().take(NAME_CHARACTERS).collect();
        let (account, outcome) = match known(store, &name) {
            Ok((account, one)) => {
                let attempt = Attempt::by_password(visit.peer.ip, &one);
                let outcome = self.judge(attempt, account.as_ref(), credentials).await;
                (account, outcome)
            }
            Err(cause) => (None, Err(cause)),
        };
        Self::note(store, visit, &name, (account.as_ref(), &outcome));
        outcome?;
        account.ok_or_else(|| failed(&name))
    }

    /// Whether a sign-in still holds: since then the account may have been shut or taken away, and
    /// its password changed, by a command that knows of no connection.
    pub(crate) fn holds(store: &Store, account: &Account) -> Result<(), Cause> {
        if store.still_stands(account).map_err(|fault| fault.cause())? {
            return Ok(());
        }
        let name = account.address.to_string();
        Err(Cause::proven(Code::AuthEnded).with(Evidence::Account { name }))
    }

    /// Every try is kept as an event.
    fn note(
        store: &Store,
        visit: &Visit,
        name: &str,
        (account, outcome): (Option<&Account>, &Result<(), Cause>),
    ) {
        store.note(Event::SignIn {
            at: Timestamp::now(),
            service: visit.service,
            peer: visit.address(),
            tls: visit.tls.clone(),
            name: name.to_owned(),
            account: account.map(|account| account.id),
            refused: outcome.as_ref().err().map(|cause| cause.code.name().to_owned()),
        });
        match outcome {
            Ok(()) => tracing::debug!(account = name, peer = %visit.peer.ip, "signed in"),
            Err(cause) => {
                tracing::info!(account = name, peer = %visit.peer.ip, code = %cause.code, "sign-in refused");
            }
        }
    }

    async fn judge(
        &self,
        attempt: Attempt<'_>,
        account: Option<&Account>,
        credentials: &Credentials,
    ) -> Result<(), Cause> {
        acts_for_itself(credentials.authorization.as_deref(), &credentials.user)?;
        self.wait_in_line(attempt).await?;
        let right = self.verify(account, credentials).await?;
        let account = account.filter(|_| right);
        self.settle(attempt, account, credentials.password.expose())
    }

    /// Lets in the account whose password was right; counts the others by what they said.
    fn settle(
        &self,
        attempt: Attempt<'_>,
        right: Option<&Account>,
        said: &[u8],
    ) -> Result<(), Cause> {
        let now = self.started.elapsed();
        let Some(account) = right else {
            let fingerprint = lock(&self.remembered).fingerprint(attempt.account, said);
            lock(&self.throttle).refused(now, attempt, fingerprint);
            return Err(failed(attempt.account));
        };
        lock(&self.throttle).accepted(now, attempt);
        if account.disabled {
            // Said only to those who know the password.
            let name = attempt.account.to_owned();
            return Err(Cause::proven(Code::AuthDisabled).with(Evidence::Account { name }));
        }
        Ok(())
    }

    async fn wait_in_line(&self, attempt: Attempt<'_>) -> Result<(), Cause> {
        if attempt.network.is_loopback() && !self.throttle_loopback {
            return Ok(());
        }
        let verdict = lock(&self.throttle).before(self.started.elapsed(), attempt);
        match verdict {
            Verdict::Go => Ok(()),
            Verdict::Refuse { .. } => {
                Err(verdict.cause(attempt.account).unwrap_or_else(|| failed(attempt.account)))
            }
            Verdict::Delay(delay) => {
                let _waiting = Waiting { throttle: &self.throttle, attempt };
                tokio::time::sleep(delay).await;
                Ok(())
            }
        }
    }

    async fn verify(
        &self,
        account: Option<&Account>,
        credentials: &Credentials,
    ) -> Result<bool, Cause> {
        let stored = account.map_or(&self.nobody, |account| &account.password);
        let password = credentials.password.expose();
        if let Some(memory) = self.recall(stored, password) {
            return Ok(memory == Memory::Right);
        }
        let permit = Arc::clone(&self.hashing).acquire_owned().await;
        // While this one waited, another connection may have asked the same.
        if let Some(memory) = self.recall(stored, password) {
            return Ok(memory == Memory::Right);
        }
        let (hash, secret) = (stored.clone(), credentials.password.clone());
        let verified = tokio::task::spawn_blocking(move || {
            let right = password::verify(&hash, secret.expose());
            drop(permit);
            right
        });
        // The task is cut off only when the system stops.
        let right = verified.await.map_err(|_| Cause::proven(Code::NetStopping))?;
        let memory = if right { Memory::Right } else { Memory::Wrong };
        let now = self.started.elapsed();
        lock(&self.remembered).keep(now, stored.as_str(), password, memory);
        Ok(right && account.is_some())
    }

    fn recall(&self, stored: &PasswordHash, password: &[u8]) -> Option<Memory> {
        lock(&self.remembered).recall(self.started.elapsed(), stored.as_str(), password)
    }
}

/// A sign-in that is held up; counted out however its wait ends.
struct Waiting<'a> {
    throttle: &'a Mutex<Throttle>,
    attempt: Attempt<'a>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        lock(self.throttle).waited(self.attempt);
    }
}

/// The account of that name, and the one spelling that stands for all its spellings: guesses are
/// counted by it. RFC 4616 §2 and RFC 5802 §5.1 want names prepared (SASLprep); one that is known
/// as it was typed needs no more.
fn known(store: &Store, name: &str) -> Result<(Option<Account>, String), Cause> {
    let find = |name: &str| store.account(name).map_err(|fault| fault.cause());
    let one = one_spelling(name);
    let found = match find(name)? {
        None if one != name => find(&one)?,
        found => found,
    };
    let one = found.as_ref().map_or(one, |account| account.address.canonical());
    Ok((found, one))
}

fn one_spelling(name: &str) -> String {
    let prepared = prepared(name.as_bytes());
    let text = std::str::from_utf8(&prepared).unwrap_or(name).trim();
    Address::parse(text).map_or_else(|_| text.to_lowercase(), |address| address.canonical())
}

/// RFC 4422 §2: who acts for whom. Nobody does for another here; that is said before any password is
/// looked at, so it tells nothing of accounts and is no guess.
fn acts_for_itself(authorization: Option<&str>, user: &str) -> Result<(), Cause> {
    match authorization {
        Some(other) if one_spelling(other) != one_spelling(user) => {
            Err(Code::AuthOtherAccount.into())
        }
        _ => Ok(()),
    }
}

fn failed(name: &str) -> Cause {
    Cause::proven(Code::AuthFailed).with(Evidence::Account { name: name.to_owned() })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_is_no_other_account() {
        let table = [
            "taro@edo.test",
            " TARO@edo.test ",
            "\"taro\"@EDO.test",
            "ta\u{ad}ro@edo.test",
            "ＴＡＲＯ@edo.test",
        ];
        for spelling in table {
            assert_eq!(one_spelling(spelling), "taro@edo.test", "{spelling}");
        }
        assert_eq!(one_spelling(" Hanako"), "hanako");
    }
}
