//! Looks after all certificates of a running server.

mod asking;
mod obtaining;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, KeptCause, Retry};
use hikyaku_mail::Domain;
use hikyaku_net::{CertificateFiles, ServerTls, TlsFault};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

use crate::challenge::Answers;
use crate::folder::Folder;
use crate::kept::Kept;
use crate::list::{expiring, misnamed, revoked};
use crate::schedule::{Warning, chance, renewal, wait, warning};
use crate::settings::Settings;
use crate::suggestion::Suggestion;

/// How often it is looked whether something is due, or wished for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often the ends of certificates are looked at.
const WARN_EVERY: Duration = Duration::from_hours(1);
/// A failure that may pass by itself is written about when it has not.
const LASTING: u32 = 2;

/// Which certificates there are to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Those put there by hand.
    pub hand_made: Vec<CertificateFiles>,
    /// Those that come from an authority; they go before the others.
    pub settings: Option<Settings>,
}

/// Looks after the certificates of one server.
#[derive(Debug)]
pub struct Keeper {
    folder: Folder,
    tls: Arc<ServerTls>,
    answers: Arc<Answers>,
    state: Mutex<State>,
    changed: Notify,
    /// Whether certificates could not be taken up; it is tried again.
    behind: AtomicBool,
    /// Why the files that are there now are not in use, and whether that was logged.
    unusable: Mutex<Option<(Cause, bool)>>,
}

#[derive(Debug)]
struct State {
    plan: Plan,
    kept: Kept,
}

impl Keeper {
    /// Takes the certificates up that are there. What was got before lies below `data`.
    pub fn new(data: &Path, tls: Arc<ServerTls>, plan: Plan) -> Result<Arc<Self>, TlsFault> {
        let folder = Folder::within(data);
        let mut kept = Kept::read(&folder);
        kept.take_over(&plan);
        for name in plan.names() {
            let files = folder.files(&name);
            if let Some(attempts) = kept.names.get_mut(name.as_str())
                && attempts.failure.is_none()
                && !is_usable(&files)
            {
                attempts.next = None;
            }
        }
        let state = Mutex::new(State { plan, kept });
        let (changed, behind) = (Notify::new(), AtomicBool::new(false));
        let unusable = Mutex::default();
        let answers = Arc::default();
        let keeper = Self { folder, tls, answers, state, changed, behind, unusable };
        keeper.take_up()?;
        Ok(Arc::new(keeper))
    }

    /// Goes by another plan from now on. With a fault the certificates in use stay. Returns whether
    /// other certificates are in use.
    pub fn use_plan(&self, plan: Plan) -> Result<bool, TlsFault> {
        {
            let mut state = self.state();
            if state.plan == plan {
                return Ok(false);
            }
            state.kept.take_over(&plan);
            state.plan = plan;
        }
        self.changed.notify_one();
        self.noted(self.take_up())
    }

    /// Reads certificates again whose files changed, or which could not be taken up before.
    pub fn refresh(&self) -> Result<bool, TlsFault> {
        let is_behind = self.behind.load(Ordering::Relaxed);
        self.noted(if is_behind { self.take_up() } else { self.tls.refresh() })
    }

    /// Why the files that are there now are not in use, where nobody was told yet: once for each
    /// fault, however often they are looked at.
    pub fn news(&self) -> Option<Cause> {
        let mut unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
        let (cause, is_told) = unusable.as_mut()?;
        (!std::mem::replace(is_told, true)).then(|| cause.clone())
    }

    fn noted(&self, read: Result<bool, TlsFault>) -> Result<bool, TlsFault> {
        let cause = read.as_ref().err().map(TlsFault::cause);
        let mut unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
        if unusable.as_ref().map(|(known, _)| known) != cause.as_ref() {
            *unusable = cause.map(|cause| (cause, false));
        }
        read
    }

    /// What is answered to an authority that asks for this token (RFC 8555 §8.3).
    pub fn answer(&self, token: &str) -> Option<String> {
        self.answers.of(token)
    }

    /// What is wrong with the certificates of the server of that name, or soon will be.
    pub fn findings(&self, hostname: &Domain, now: Timestamp) -> Vec<KeptCause> {
        let unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let unusable = unusable.map(|(cause, _)| KeptCause::from(&cause));
        let state = self.state();
        let names = state.plan.names();
        let failures = names.iter().filter_map(|name| state.kept.names.get(name.as_str()));
        let failures = failures.filter_map(|attempts| attempts.failure.clone());
        let is_revoked =
            |name: &&Domain| state.kept.names.get(name.as_str()).is_some_and(|it| it.revoked);
        let revoked = names
            .iter()
            .filter(is_revoked)
            .map(|name| KeptCause::from(&revoked(&self.folder.files(name).chain, name)));
        let ends = self.ends(&state.plan, now).into_iter().map(|(_, _, cause)| (&cause).into());
        let misnamed = misnamed(&self.tls.certificates(), &state.plan, hostname);
        let misnamed = misnamed.map(|cause| KeptCause::from(&cause));
        unusable.into_iter().chain(failures).chain(revoked).chain(ends).chain(misnamed).collect()
    }

    /// Failures in a row, by name.
    pub fn failures(&self) -> Vec<(String, u32)> {
        let state = self.state();
        let names = state.plan.names().into_iter();
        let of = |name: &Domain| state.kept.names.get(name.as_str()).map_or(0, |it| it.failures);
        names.map(|name| (name.to_string(), of(&name))).collect()
    }

    /// Gets and renews certificates until it is dropped. What somebody should be written about goes
    /// to `letters`.
    pub async fn run(self: Arc<Self>, letters: UnboundedSender<Vec<KeptCause>>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut warn = tokio::time::interval(WARN_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = self.changed.notified() => {}
                _ = warn.tick() => self.warn(&letters),
            }
            if self.folder.take_wish() {
                self.renew_all();
            }
            let Some(settings) = self.state().plan.settings.clone() else { continue };
            // While a command speaks with the authority, all of this waits.
            let Some(_held) = self.folder.hold() else { continue };
            for name in &settings.names {
                self.see_to_revocation(name);
                if self.folder.take_wish_for(name) {
                    self.renew(name);
                }
                if self.is_due(name, Timestamp::now()) {
                    self.attempt(&settings, name, &letters).await;
                }
                self.ask(&settings, name).await;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what there is under the server.
    fn take_up(&self) -> Result<bool, TlsFault> {
        let plan = self.state().plan.clone();
        let ours = plan.names().into_iter().map(|name| self.folder.files(&name));
        let usable = ours.filter(is_usable);
        let files = usable.chain(plan.hand_made).collect();
        let others = self.tls.use_files(files);
        self.behind.store(others.is_err(), Ordering::Relaxed);
        let others = others?;
        Ok(self.tls.refresh()? || others)
    }

    fn renew_all(&self) {
        let names = self.state().plan.names();
        for name in &names {
            self.renew(name);
        }
    }

    fn renew(&self, name: &Domain) {
        let mut state = self.state();
        let attempts = state.kept.names.entry(name.to_string()).or_default();
        // A limit of the authority's holds, whoever wishes.
        if attempts.failure.as_ref().and_then(KeptCause::code) != Some(Code::AcmeRateLimited) {
            attempts.next = Some(Timestamp::now());
        }
    }

    fn is_due(&self, name: &Domain, now: Timestamp) -> bool {
        let attempts = self.state().kept.names.get(name.as_str()).cloned().unwrap_or_default();
        let files = self.folder.files(name);
        if let Some(next) = attempts.next {
            let is_gone = attempts.failure.is_none() && !files.chain.exists();
            return is_gone || next <= now;
        }
        // What was planned is not known any more, or the file is of no use.
        let Ok(facts) = files.facts() else { return true };
        let next = renewal(facts.not_before, facts.not_after, 0.0);
        self.state().kept.names.entry(name.to_string()).or_default().next = Some(next);
        next <= now
    }

    async fn attempt(
        &self,
        settings: &Settings,
        name: &Domain,
        letters: &UnboundedSender<Vec<KeptCause>>,
    ) {
        let began = Timestamp::now();
        let outcome = self.obtain_somehow(settings, name).await;
        let now = Timestamp::now();
        let told = {
            let mut state = self.state();
            let directory = state.plan.directory();
            let is_other = directory.is_some_and(|it| *it != settings.directory);
            let attempts = state.kept.names.entry(name.to_string()).or_default();
            attempts.last = Some(began);
            let told = match outcome {
                Ok(facts) => {
                    tracing::info!(name = %name, issuer = facts.issuer, "certificate obtained");
                    attempts.failures = 0;
                    (attempts.failure, attempts.told) = (None, None);
                    attempts.next = Some(renewal(facts.not_before, facts.not_after, chance()));
                    attempts.suggestion = Suggestion::default();
                    if std::mem::take(&mut attempts.revoked) {
                        // The note is still there where the disk did not take what it led to.
                        self.folder.forget_revocation(name);
                    }
                    None
                }
                Err(failed) => {
                    attempts.failures = attempts.failures.saturating_add(1);
                    let code = failed.cause.code;
                    let pause = wait(code, attempts.failures, failed.asked, chance());
                    attempts.next = now.checked_add(pause).ok();
                    attempts.failure = Some((&failed.cause).into());
                    tracing::error!(name = %name, code = %code, evidence = ?failed.cause.evidence,
                        next_seconds = pause.as_secs(), "no certificate");
                    let passes = matches!(code.retry(), Retry::Now | Retry::Later);
                    let lasts = !passes || attempts.failures >= LASTING;
                    let is_told = attempts.told.as_deref() == Some(code.name());
                    (lasts && !is_told).then(|| {
                        attempts.told = Some(code.name().to_owned());
                        KeptCause::from(&failed.cause)
                    })
                }
            };
            if is_other {
                // Another authority is wanted since; this one's outcome plans nothing for it.
                attempts.next = Some(now);
            }
            told
        };
        self.remember();
        if let Some(cause) = told {
            // With nobody there to write letters, the log and the health address tell.
            let _ = letters.send(vec![cause]);
        }
    }

    /// Whether it is on the disk.
    fn remember(&self) -> bool {
        let kept = self.state().kept.clone();
        let written = kept.write(&self.folder);
        if let Err(cause) = &written {
            tracing::error!(code = %cause.code, evidence = ?cause.evidence,
                "what was tried could not be written down");
        }
        written.is_ok()
    }

    /// Every certificate of whose end there is something to say.
    fn ends(&self, plan: &Plan, now: Timestamp) -> Vec<(CertificateFiles, (i64, i64), Cause)> {
        let ours: Vec<_> = plan.names().iter().map(|name| self.folder.files(name)).collect();
        let all = self.tls.certificates().into_iter();
        let all = all.filter_map(|(files, facts)| {
            let renews = ours.contains(&files);
            let warning = warning(facts.not_before, facts.not_after, now.as_second(), renews)?;
            let cause = expiring(&files.chain, &facts, warning);
            let days = match warning {
                Warning::Early => i64::MAX,
                Warning::Within(days) => days,
                Warning::Lapsed => 0,
            };
            Some((files, (facts.not_after, days), cause))
        });
        all.collect()
    }

    /// Says what has not been said yet of the ends of certificates.
    fn warn(&self, letters: &UnboundedSender<Vec<KeptCause>>) {
        let plan = self.state().plan.clone();
        let mut fresh = Vec::new();
        for (files, (end, days), cause) in self.ends(&plan, Timestamp::now()) {
            let key = files.chain.display().to_string();
            let mut state = self.state();
            let said = state.kept.told.get(&key);
            if said.is_some_and(|(said_end, said_days)| *said_end == end && *said_days <= days) {
                continue;
            }
            state.kept.told.insert(key, (end, days));
            tracing::warn!(code = %cause.code, evidence = ?cause.evidence, days, "certificate");
            fresh.push((&cause).into());
        }
        if !fresh.is_empty() {
            self.remember();
            let _ = letters.send(fresh);
        }
    }
}

impl Plan {
    fn directory(&self) -> Option<&String> {
        self.settings.as_ref().map(|settings| &settings.directory)
    }

    pub(crate) fn names(&self) -> Vec<Domain> {
        self.settings.iter().flat_map(|settings| settings.names.clone()).collect()
    }
}

impl Kept {
    /// After a change of the settings what failed is tried anew at once; with another authority
    /// everything is.
    fn take_over(&mut self, plan: &Plan) {
        let Some(settings) = &plan.settings else { return };
        let other = !self.directory.is_empty() && self.directory != settings.directory;
        self.directory.clone_from(&settings.directory);
        let with = format!("{:?}", Settings { names: Vec::new(), ..settings.clone() });
        let is_same = self.with == with;
        self.with = with;
        for attempts in self.names.values_mut() {
            if other || !is_same && attempts.failure.is_some() {
                attempts.next = Some(Timestamp::now());
            }
            if other {
                attempts.suggestion = Suggestion::default();
            }
        }
    }
}

/// A file that is of no use, whatever has happened to it, must not keep the others from theirs.
fn is_usable(files: &CertificateFiles) -> bool {
    let facts = files.facts();
    if let Err(fault) = &facts
        && files.chain.exists()
    {
        let cause = fault.cause();
        tracing::error!(code = %cause.code, evidence = ?cause.evidence, "certificate not usable");
    }
    facts.is_ok()
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
