//! What can be found out about a bounce beyond its own words: whose mail it was, and what the live
//! world says of what it names.

use std::collections::BTreeMap;
use std::path::Path;

use hikyaku_bounce::{Bounce, Origin, OriginVerdict, Own, Returned, cause, origin};
use hikyaku_cause::{Cause, Certainty, Code, Evidence, Language, render};
use hikyaku_doctor::{Blacklists, plan};
use hikyaku_probe::LookUps;
use hikyaku_store::{Fault, Store};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::table;
use crate::cli::DoctorBounce;
use crate::command::{one, options};
use crate::config::Config;

/// So many look-ups are worth a word to whoever waits.
const MANY: usize = 10;

/// A mail with what it says, waiting for what can be found out.
#[derive(Debug)]
pub(crate) struct Letter {
    /// Its file.
    pub(crate) file: String,
    pub(crate) bounces: Vec<Bounce>,
    pub(crate) returned: Returned,
}

/// What was found out about one recipient.
#[derive(Debug, Clone)]
pub(crate) struct Beyond {
    /// Whose mail it was; absent where nobody said what is theirs.
    pub(crate) origin: Option<OriginVerdict>,
    /// What was found, in the order to read it in.
    pub(crate) checks: Vec<Cause>,
}

/// Finds things out.
pub(crate) struct Seeker {
    /// With the runtime that its questions need.
    look_ups: Option<(tokio::runtime::Runtime, LookUps)>,
    lists: Blacklists,
    own: Own,
    sent: Option<Sent>,
    /// How many mails were whose.
    pub(crate) origins: BTreeMap<Origin, u64>,
}

/// What our accounts sent.
struct Sent {
    store: Store,
    keep: SignedDuration,
}

impl Seeker {
    pub(crate) fn new(arguments: &DoctorBounce) -> Result<Self, Vec<Cause>> {
        let mut own = Own::default();
        arguments.own.iter().for_each(|text| own.add(text));
        let sent = match &arguments.config {
            Some(file) => Some(configured(file, &mut own)?),
            None => None,
        };
        let lists = match &arguments.blacklists {
            Some(file) => {
                table(file, "blacklists", Blacklists::parse).map_err(|cause| vec![cause])?
            }
            None => Blacklists::built_in(),
        };
        let look_ups = if arguments.check {
            let runtime = crate::runtime::many().map_err(|cause| vec![cause])?;
            Some((runtime, LookUps::new(arguments.resolver)))
        } else {
            None
        };
        Ok(Self { look_ups, lists, own, sent, origins: BTreeMap::new() })
    }

    /// Whether there is anything to find out.
    pub(crate) fn is_wanted(&self) -> bool {
        self.look_ups.is_some() || !self.own.is_empty()
    }

    /// Whether anybody said what is theirs.
    pub(crate) fn knows_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Finds out what can be found for every recipient of some mails, all of it side by side.
    /// `many` is told how much there is to look up, where that is much.
    pub(crate) fn seek(&mut self, letters: &[Letter], many: impl Fn(usize)) -> Vec<Vec<Beyond>> {
        let plans: Vec<Vec<_>> = letters
            .iter()
            .map(|letter| {
                let one = |it: &Bounce| plan(it, &letter.returned, cause(it).code, &self.lists);
                letter.bounces.iter().map(one).collect()
            })
            .collect();
        if let Some((runtime, look_ups)) = &mut self.look_ups {
            let mut wanted = Vec::new();
            for look_up in plans.iter().flatten().flat_map(|plan| &plan.look_ups) {
                if !wanted.contains(look_up) {
                    wanted.push(look_up.clone());
                }
            }
            if wanted.len() > MANY {
                many(wanted.len());
            }
            runtime.block_on(look_ups.look_up(wanted));
        }
        let mut all = Vec::with_capacity(letters.len());
        for (letter, plans) in letters.iter().zip(&plans) {
            let found = plans.iter().map(|plan| match &self.look_ups {
                Some((_, look_ups)) => plan.findings(|look_up| look_ups.found(look_up)),
                None => Vec::new(),
            });
            let found: Vec<_> = found.collect();
            all.push(
                found.into_iter().map(|checks| self.beyond(&letter.returned, checks)).collect(),
            );
        }
        all
    }

    fn beyond(&mut self, returned: &Returned, mut checks: Vec<Cause>) -> Beyond {
        if self.own.is_empty() {
            return Beyond { origin: None, checks };
        }
        let mut unread = None;
        let mut verdict = origin(returned, &self.own, |id| {
            self.was_sent(id, returned).unwrap_or_else(|fault| {
                unread = Some(fault.cause());
                None
            })
        });
        let is_verified = |cause: &Cause| {
            cause.code == Code::DkimPasses
                && cause.evidence.iter().any(|evidence| {
                    matches!(evidence, Evidence::Record { name, .. } if self.own.has_name(name))
                })
        };
        // Our signature, which nobody else can make, fits the mail.
        if verdict.origin == Origin::Ours && checks.iter().any(is_verified) {
            verdict.certainty = Certainty::Proven;
        }
        *self.origins.entry(verdict.origin).or_default() += 1;
        checks.splice(0..0, verdict.cause());
        // Where the store could not be asked, that is a finding of its own.
        checks.extend(unread);
        Beyond { origin: Some(verdict), checks }
    }

    /// Whether an account of ours sent a mail of that Message-ID. Of mails older than what is kept
    /// nothing can be said.
    fn was_sent(&self, id: &str, returned: &Returned) -> Result<Option<bool>, Fault> {
        let Some(sent) = &self.sent else { return Ok(None) };
        let bare = id.trim().trim_matches(['<', '>']);
        let is_it = |trace: &hikyaku_store::Trace| {
            trace.message_id.as_deref() == Some(bare) && trace.received.account.is_some()
        };
        if sent.store.trace(bare)?.iter().any(is_it) {
            return Ok(Some(true));
        }
        let date = returned.field("date").and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
        let oldest = Timestamp::now().checked_sub(sent.keep).ok();
        let is_kept = date.zip(oldest).is_some_and(|(date, oldest)| date.timestamp() > oldest);
        Ok(is_kept.then_some(false))
    }
}

/// The names and the store of a configuration.
fn configured(file: &Path, own: &mut Own) -> Result<Sent, Vec<Cause>> {
    let config = Config::load(file)?;
    let store = Store::open(&config.data, options(&config)).map_err(one)?;
    own.add_server(config.hostname.as_str());
    for domain in store.domains().map_err(one)? {
        own.add(domain.name.as_str());
    }
    let listen = &config.listen;
    for address in listen.smtp.iter().chain(&listen.submission).chain(&listen.submissions) {
        let ip = address.ip();
        if !ip.is_unspecified() && !ip.is_loopback() {
            own.add(&ip.to_string());
        }
    }
    let hours = i64::from(config.keep_days) * 24;
    Ok(Sent { store, keep: SignedDuration::from_hours(hours) })
}

impl Beyond {
    /// For programs, beside what is said of the recipient.
    pub(crate) fn told(&self, language: Language) -> Told<'_> {
        Told {
            origin: self.origin.as_ref().map(|it| it.origin.word()),
            origin_certainty: self.origin.as_ref().map(|it| it.certainty),
            origin_evidence: self.origin.as_ref().map(|it| it.evidence.as_slice()),
            checks: self.checks.iter().map(|cause| render::finding(cause, language)).collect(),
        }
    }
}

/// What was found out about one recipient, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_certainty: Option<Certainty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_evidence: Option<&'a [String]>,
    checks: Vec<Value>,
}
