//! # What it checks
//! Whether the certificate of the server that is set holds.
//! # Why mail suffers
//! Mail programs warn or do not connect, and rightly: nobody could tell the server from another.
//! # Evidence
//! The certificate: whose, whom by, for which names, from when until when.
//! # Remedy
//! The name it holds for where that is the server's; else the provider's turn.
//! # References
//! RFC 5280 §6, RFC 6125 §6, RFC 9525; `tls.certificate.*`.

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::{Certificate, Facts, Secured, Setting, Trust};
use crate::finding::{Change, Direction, Finding, host};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let clock = !super::clock::check(facts).is_empty();
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let Some(secured) = door.secured() else { continue };
        let Some(code) = code(&secured.trust) else { continue };
        if code == Code::TlsCertificateUnknownAuthority && super::intercepted::is(secured) {
            continue;
        }
        let mut finding = one(setting, secured, code);
        let by_date = matches!(secured.trust, Trust::Expired | Trust::NotYetValid);
        finding.follows_from = (clock && by_date).then_some(Code::ClockWrong);
        findings.push(finding);
    }
    findings
}

fn code(trust: &Trust) -> Option<Code> {
    Some(match trust {
        Trust::Holds => return None,
        Trust::Expired => Code::TlsCertificateExpired,
        Trust::NotYetValid => Code::TlsCertificateNotYetValid,
        Trust::OtherName => Code::TlsCertificateName,
        Trust::SelfSigned => Code::TlsCertificateSelfSigned,
        Trust::Incomplete => Code::TlsCertificateIncomplete,
        Trust::UnknownAuthority | Trust::Otherwise(_) => Code::TlsCertificateUnknownAuthority,
    })
}

fn one(setting: &Setting, secured: &Secured, code: Code) -> Finding {
    let mut cause = Cause::proven(code).with(host(&setting.host));
    let Some(leaf) = secured.chain.first() else {
        return Finding::new(cause, Direction::of(setting.protocol));
    };
    cause = cause.with(evidence(setting, leaf));
    let mut changes = Vec::new();
    if code == Code::TlsCertificateName {
        let right = matching(&setting.host, &leaf.names);
        let to = right.clone().unwrap_or_else(|| leaf.names.join(", "));
        cause = cause.with(Evidence::Setting {
            field: format!("{}.host", setting.protocol.word()),
            from: leaf.names.join(", "),
            to: to.clone(),
        });
        if let Some(to) = right {
            let field = format!("{}.host", setting.protocol.word());
            changes.push(Change { field, from: setting.host.clone(), to });
        }
    } else {
        let text = detail(leaf, &secured.trust);
        cause = cause.with(Evidence::Detail { source: "certificate", text });
    }
    Finding { changes, ..Finding::new(cause, Direction::of(setting.protocol)) }
}

/// The proof.
pub(super) fn evidence(setting: &Setting, leaf: &Certificate) -> Evidence {
    Evidence::Certificate {
        host: setting.host.clone(),
        subject: leaf.subject.clone(),
        issuer: leaf.issuer.clone(),
        names: leaf.names.clone(),
        not_before: leaf.not_before.to_string(),
        not_after: leaf.not_after.to_string(),
    }
}

fn detail(leaf: &Certificate, trust: &Trust) -> String {
    match trust {
        Trust::Expired => format!("{}", leaf.not_after.strftime("%Y-%m-%d %H:%M UTC")),
        Trust::NotYetValid => format!("{}", leaf.not_before.strftime("%Y-%m-%d %H:%M UTC")),
        Trust::Otherwise(words) => words.clone(),
        _ => leaf.issuer.clone(),
    }
}

/// A name of the certificate that a mail program can be given: the one most like what is set.
fn matching(set: &str, names: &[String]) -> Option<String> {
    let plain = names.iter().filter(|name| !name.starts_with('*'));
    let near = plain.map(|name| (strsim::jaro_winkler(name, set), name));
    near.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, name)| name.clone())
}
