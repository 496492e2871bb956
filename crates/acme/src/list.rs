//! What there is, for people and programs: by the files alone, so that it works beside a running
//! server and without one.

use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_mail::Domain;
use hikyaku_net::{CertificateFacts, CertificateFiles};
use jiff::Timestamp;
use serde::Serialize;

use crate::folder::Folder;
use crate::keeper::Plan;
use crate::kept::Kept;
use crate::schedule::{Warning, renewal, warning};
use crate::suggestion::{Window, identifier};

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Put there by hand.
    HandMade,
    /// From an authority; renews itself.
    Acme,
}

/// A certificate, or one that has not come yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// The names it holds for, or shall hold for.
    pub names: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Its file.
    pub file: PathBuf,
    /// Who issued it; absent where it is not there.
    pub issuer: Option<String>,
    /// The first moment it holds.
    pub not_before: Option<Timestamp>,
    /// The last moment.
    pub not_after: Option<Timestamp>,
    /// When it is renewed, or tried for again.
    pub next: Option<Timestamp>,
    /// When the authority would like it renewed, where it says so.
    pub window: Option<Window>,
    /// Whether it was revoked, and is in use until another one comes.
    pub revoked: bool,
    /// When the last attempt to get it began.
    pub last: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Why the last attempt failed, where it did.
    pub failure: Option<KeptCause>,
    /// Why it is no use, or will not be for long.
    pub warning: Option<KeptCause>,
}

/// Everything of a plan, those that come by themselves first.
pub fn list(data: &Path, plan: &Plan, now: Timestamp) -> Vec<Listed> {
    let folder = Folder::within(data);
    let kept = Kept::read(&folder);
    let names = plan.settings.iter().flat_map(|settings| &settings.names);
    let ours = names.map(|name| {
        let files = folder.files(name);
        let mut listed = listed(&files, Origin::Acme, now);
        if listed.names.is_empty() {
            listed.names = vec![name.to_string()];
        }
        let attempts = kept.names.get(name.as_str()).cloned().unwrap_or_default();
        let natural = files.facts().ok().map(|it| renewal(it.not_before, it.not_after, 0.0));
        listed.next = attempts.next.or(natural).or(Some(now));
        (listed.last, listed.failures) = (attempts.last, attempts.failures);
        listed.failure = attempts.failure;
        let own = files.own().and_then(|it| identifier(&it)).map(|it| it.to_string());
        listed.revoked = attempts.revoked || folder.has_revocation(name);
        if listed.revoked {
            listed.warning = Some((&revoked(&files.chain, name)).into());
        }
        let suggestion = attempts.suggestion;
        listed.window = suggestion.window.filter(|_| own == Some(suggestion.certificate));
        listed
    });
    let by_hand = plan.hand_made.iter().map(|files| listed(files, Origin::HandMade, now));
    ours.chain(by_hand).collect()
}

fn listed(files: &CertificateFiles, origin: Origin, now: Timestamp) -> Listed {
    let mut listed = Listed {
        names: Vec::new(),
        origin,
        file: files.chain.clone(),
        issuer: None,
        not_before: None,
        not_after: None,
        next: None,
        window: None,
        revoked: false,
        last: None,
        failures: 0,
        failure: None,
        warning: None,
    };
    match files.facts() {
        Ok(facts) => {
            let renews = origin == Origin::Acme;
            let end = warning(facts.not_before, facts.not_after, now.as_second(), renews);
            listed.warning = end.map(|it| (&expiring(&files.chain, &facts, it)).into());
            listed.not_before = Timestamp::from_second(facts.not_before).ok();
            listed.not_after = Timestamp::from_second(facts.not_after).ok();
            (listed.names, listed.issuer) = (facts.names, Some(facts.issuer));
        }
        // One that has not come yet says so by its absence.
        Err(_) if origin == Origin::Acme && !files.chain.exists() => {}
        Err(fault) => listed.warning = Some((&fault.cause()).into()),
    }
    listed
}

/// A certificate that nobody should trust any more is still in use.
pub(crate) fn revoked(file: &Path, name: &Domain) -> Cause {
    Cause::proven(Code::TlsCertificateRevoked)
        .with(Evidence::Host { name: name.to_string() })
        .with(Evidence::File { path: file.to_owned() })
}

/// What keeps those that were put there by hand from being of use to the server of that name.
/// One that runs out soon is of use.
pub fn unusable(plan: &Plan, hostname: &Domain, now: Timestamp) -> Vec<Cause> {
    let (mut causes, mut usable) = (Vec::new(), Vec::new());
    for files in &plan.hand_made {
        match files.facts() {
            Err(fault) => causes.push(fault.cause()),
            Ok(facts) => {
                let end = warning(facts.not_before, facts.not_after, now.as_second(), false);
                let end = end.filter(|it| !matches!(it, Warning::Within(_)));
                causes.extend(end.map(|it| expiring(&files.chain, &facts, it)));
                usable.push((files.clone(), facts));
            }
        }
    }
    let all_read = usable.len() == plan.hand_made.len();
    causes.extend(misnamed(&usable, plan, hostname).filter(|_| all_read));
    causes
}

/// Certificates none of which is for the server's own name, by which other servers and most people
/// know it (RFC 9525 §6.1). One that an authority is asked for by that name will be.
pub(crate) fn misnamed(
    certificates: &[(CertificateFiles, CertificateFacts)],
    plan: &Plan,
    hostname: &Domain,
) -> Option<Cause> {
    let (files, _) = certificates.first()?;
    let has_name = certificates.iter().any(|(_, facts)| facts.holds_for(hostname.as_str()));
    if has_name || plan.names().contains(hostname) {
        return None;
    }
    let names: Vec<_> = certificates.iter().flat_map(|(_, facts)| facts.names.clone()).collect();
    let found = Evidence::Found { raw: names.join(", ").into_bytes() };
    Some(
        Cause::proven(Code::TlsCertificateMisnamed)
            .with(Evidence::Host { name: hostname.to_string() })
            .with(Evidence::File { path: files.chain.clone() })
            .with(found),
    )
}

/// The cause behind a warning.
pub(crate) fn expiring(file: &Path, facts: &CertificateFacts, warning: Warning) -> Cause {
    let (code, at) = match warning {
        Warning::Early => (Code::TlsCertificateEarly, facts.not_before),
        Warning::Within(_) => (Code::TlsCertificateExpiring, facts.not_after),
        Warning::Lapsed => (Code::TlsCertificateLapsed, facts.not_after),
    };
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::MAX);
    Cause::proven(code)
        .with(Evidence::Host { name: facts.names.join(", ") })
        .with(Evidence::File { path: file.to_owned() })
        .with(Evidence::Until { at: at.strftime("%Y-%m-%d %H:%M UTC").to_string() })
}
