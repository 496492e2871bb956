//! # What it checks
//! Whether the certificate of the server that is set holds.
//! # Why mail suffers
//! Mail programs warn or do not connect, and rightly: nobody could tell the server from another.
//! # Evidence
//! The certificate: whose, whom by, for which names, from when until when.
//! # Remedy
//! A name that is known without the certificate, where it holds for that one; else a comparison with
//! the provider's instructions, or the provider's turn. A certificate is shown by whoever answers:
//! what it says alone never becomes a setting.
//! # References
//! RFC 5280 §6, RFC 6125 §6, RFC 9525; `tls.certificate.*`.

use hikyaku_cause::{Cause, Certainty, Code, Evidence};

use crate::facts::{Certificate, Facts, Secured, Server, Setting, Source, Trust};
use crate::finding::{Change, Direction, Finding, host};
use crate::providers::providers;

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
        let mut finding = one(facts, setting, secured, code);
        let by_date = matches!(secured.trust, Trust::Expired | Trust::NotYetValid);
        if secured.trust == Trust::NotYetValid && facts.clocks.is_empty() {
            // Without another clock to compare with it may be the device's that is behind.
            finding.cause.certainty = Certainty::Likely;
        }
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

fn one(facts: &Facts, setting: &Setting, secured: &Secured, code: Code) -> Finding {
    let mut cause = Cause::proven(code).with(host(&setting.host));
    let Some(leaf) = secured.chain.first() else {
        return Finding::new(cause, Direction::of(setting.protocol));
    };
    cause = cause.with(evidence(setting, leaf));
    let mut changes = Vec::new();
    if code == Code::TlsCertificateName {
        cause = cause.with(Evidence::Found { raw: leaf.names.join(", ").into_bytes() });
        if let Some(to) = known(facts, setting, &leaf.names) {
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

/// The name of the certificate that this account's servers are known by from elsewhere: from what
/// was given, from the table of providers, or from what the domain says of itself. Not from a guess,
/// and not from the certificate.
fn known(facts: &Facts, set: &Setting, names: &[String]) -> Option<String> {
    let domain = facts.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let table = providers(domain);
    let found = facts.discovery.iter().flat_map(|step| &step.servers);
    let trusted = |server: &&Server| !matches!(server.source, Source::Guess | Source::Mx);
    let all = facts.servers.iter().chain(found).filter(trusted).chain(&table);
    let mut hosts = all.map(|server| &server.setting).filter(|it| it.protocol == set.protocol);
    let holds = |host: &str| names.iter().any(|name| name.eq_ignore_ascii_case(host));
    hosts.find(|it| it.host != set.host && holds(&it.host)).map(|it| it.host.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Door, Protocol, Spoken, Step, StepOutcome, TlsMode};

    fn server(host: &str, source: Source) -> Server {
        let (protocol, tls) = (Protocol::Smtp, TlsMode::Implicit);
        Server::new(Setting { protocol, host: host.to_owned(), port: 465, tls }, source)
    }

    /// `mail.edo.test` is set, and shows a certificate of `mail.other.test`.
    fn facts(address: &str, names: &[&str]) -> Facts {
        let mut facts = Facts::new(address);
        let set = server("mail.edo.test", Source::Given);
        let leaf = Certificate {
            subject: String::new(),
            issuer: "CN=Lab Authority".to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            not_before: jiff::Timestamp::UNIX_EPOCH,
            not_after: jiff::Timestamp::MAX,
        };
        let (version, trust) = ("TLSv1.3".to_owned(), Trust::OtherName);
        let implicit = Some(Secured { version, chain: vec![leaf], trust });
        let Setting { protocol, host, port, .. } = set.setting.clone();
        let spoken = Some(Spoken { implicit, ..Spoken::default() });
        facts.doors.push(Door { host, port, protocol, connects: Vec::new(), spoken });
        facts.servers.push(set);
        facts
    }

    fn changes(facts: &Facts) -> Vec<String> {
        let findings = check(facts);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].cause.code, Code::TlsCertificateName);
        findings[0].changes.iter().map(|it| format!("{} {}", it.field, it.to)).collect()
    }

    #[test]
    fn what_a_certificate_names_is_no_setting() {
        let names = ["mail.other.test", "mail.edo.test.other.test"];
        assert!(changes(&facts("taro@edo.test", &names)).is_empty());
        let mut guessed = facts("taro@edo.test", &names);
        guessed.servers.push(server("mail.other.test", Source::Guess));
        assert!(changes(&guessed).is_empty());
    }

    #[test]
    fn a_first_day_to_come_is_proven_only_beside_another_clock() {
        let mut facts = facts("taro@edo.test", &["mail.edo.test"]);
        let spoken = facts.doors[0].spoken.as_mut().unwrap();
        spoken.implicit.as_mut().unwrap().trust = Trust::NotYetValid;
        assert_eq!(check(&facts)[0].cause.certainty, Certainty::Likely);
        facts.clocks.insert("www.news.test".to_owned(), facts.now);
        assert_eq!(check(&facts)[0].cause.certainty, Certainty::Proven);
    }

    #[test]
    fn a_name_that_is_known_from_elsewhere_may_be_set() {
        let mut found = facts("taro@edo.test", &["mail.other.test", "smtp.edo.test"]);
        found.discovery.push(Step {
            source: Source::Srv,
            place: "edo.test".to_owned(),
            outcome: StepOutcome::Found,
            servers: vec![server("smtp.edo.test", Source::Srv)],
        });
        assert_eq!(changes(&found), ["smtp.host smtp.edo.test"]);
        let table = facts("taro@biglobe.ne.jp", &["mail.other.test", "mail.biglobe.ne.jp"]);
        assert_eq!(changes(&table), ["smtp.host mail.biglobe.ne.jp"]);
    }
}
