//! Sign-in, the same at every door.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hikyaku_cause::{Cause, Code, Evidence, PeerAddress};
use hikyaku_guard::{Attempt, Memory, Remembered, Throttle, Verdict};
use hikyaku_sasl::Credentials;
use hikyaku_store::password::{self, PasswordHash};
use hikyaku_store::{Account, Event, Service, Store};
use jiff::Timestamp;
use tokio::sync::Semaphore;

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
}

/// At which door, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) service: Service,
    pub(crate) peer: PeerAddress,
    pub(crate) tls: Option<String>,
}

impl Visit {
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        (self.peer.ip, self.peer.port).into()
    }
}

impl SignIn {
    /// `throttle_loopback`: whether delays hold for connections from this machine too.
    pub fn new(throttle_loopback: bool) -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let unguessed = format!("{:x}", u128::from_be_bytes(random()?));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            started: Instant::now(),
            throttle_loopback,
            throttle: Mutex::new(Throttle::new()),
            remembered: Mutex::new(Remembered::new(secret)),
            hashing: Arc::new(Semaphore::new(cores)),
            nobody: password::hash(&unguessed),
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
        let attempt = Attempt { network: visit.peer.ip, account: &name };
        let found = store.account(&name).map_err(|fault| fault.cause());
        let outcome = match &found {
            Ok(account) => self.judge(attempt, account.as_ref(), credentials).await,
            Err(cause) => Err(cause.clone()),
        };
        let account = found.ok().flatten();
        store.note(Event::SignIn {
            at: Timestamp::now(),
            service: visit.service,
            peer: visit.address(),
            tls: visit.tls.clone(),
            name: name.clone(),
            account: account.as_ref().map(|account| account.id),
            refused: outcome.as_ref().err().map(|cause| cause.code.name().to_owned()),
        });
        match &outcome {
            Ok(()) => tracing::debug!(account = name, peer = %visit.peer.ip, "signed in"),
            Err(cause) => {
                tracing::info!(account = name, peer = %visit.peer.ip, code = %cause.code, "sign-in refused");
            }
        }
        outcome?;
        account.ok_or_else(|| failed(&name))
    }

    async fn judge(
        &self,
        attempt: Attempt<'_>,
        account: Option<&Account>,
        credentials: &Credentials,
    ) -> Result<(), Cause> {
        self.wait_in_line(attempt).await?;
        let acts_for_itself = credentials
            .authorization
            .as_deref()
            .is_none_or(|other| other.eq_ignore_ascii_case(&credentials.user));
        let right = self.verify(account, credentials).await?;
        let now = self.started.elapsed();
        let Some(account) = account.filter(|_| right && acts_for_itself) else {
            let password = credentials.password.expose();
            let fingerprint = lock(&self.remembered).fingerprint(attempt.account, password);
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

fn random() -> Result<[u8; 16], getrandom::Error> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).map(|()| octets)
}

fn failed(name: &str) -> Cause {
    Cause::proven(Code::AuthFailed).with(Evidence::Account { name: name.to_owned() })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
