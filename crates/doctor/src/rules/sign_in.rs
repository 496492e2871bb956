//! # What it checks
//! Whether signing in works, and what a refusal means.
//! # Why mail suffers
//! A wrong password or user name, or a provider that wants another way.
//! # Evidence
//! The server's words.
//! # Remedy
//! By what the words mean; the form of the user name where another one was taken.
//! # References
//! RFC 4954 §6, RFC 3206, RFC 5530; `auth.*`.

use hikyaku_cause::{Cause, Certainty, Code, Evidence, Phase};

use crate::facts::{Facts, Protocol, SignIn, SignInOutcome};
use crate::finding::{Change, Direction, Finding, host};
use crate::providers::{self, Password};
use crate::reply::leaves_password_open;
use crate::sign_in::{is_refused, meaning_of};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let refused: Vec<&SignIn> = facts.sign_ins.iter().filter(|it| is_refused(it)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    for sign_in in &refused {
        let same = |it: &&SignIn| it.setting == sign_in.setting && it.outcome == SignInOutcome::In;
        if let Some(taken) = facts.sign_ins.iter().find(same) {
            findings.push(form(sign_in, taken));
            continue;
        }
        // Two forms of the name at one service are one refusal.
        let finding = refusal(facts, sign_in);
        let said = findings.iter().any(|it| {
            it.cause.code == finding.cause.code
                && it.cause.evidence.contains(&host(&sign_in.setting.host))
        });
        if !said {
            findings.push(finding);
        }
    }
    findings.extend(ways(facts));
    findings
}

/// Servers that offer, within TLS, no way of signing in that a password is enough for.
fn ways(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let no_way = |it: &SignIn| it.setting == *setting && it.outcome == SignInOutcome::NoWay;
        let Some(spoken) = door.spoken.as_ref().filter(|_| door.secured().is_some()) else {
            continue;
        };
        let Some(ways) = offered(setting.protocol, &spoken.offers_secured) else { continue };
        // That a server without any wants none shows only where one was tried.
        if ways.is_empty() && !facts.sign_ins.iter().any(no_way) {
            continue;
        }
        let found = if ways.is_empty() { "-".to_owned() } else { ways.join(", ") };
        let cause = Cause::proven(Code::AuthMechanismOnly)
            .with(host(&setting.host))
            .with(Evidence::Found { raw: found.into_bytes() });
        findings.push(Finding::new(cause, Direction::of(setting.protocol)));
    }
    findings
}

/// The ways of signing in that are offered, where none of them is one for a password alone
/// (RFC 4954 §3, RFC 3501 §6.2.3 and §7.2.1). POP3 always has `USER` and `PASS` here.
fn offered(protocol: Protocol, offers: &[String]) -> Option<Vec<String>> {
    let offers: Vec<String> = offers.iter().map(|it| it.to_ascii_uppercase()).collect();
    let (ways, is_enough): (Vec<String>, bool) = match protocol {
        Protocol::Smtp => {
            let list = offers.iter().filter_map(|it| it.strip_prefix("AUTH"));
            (list.flat_map(|it| it.split([' ', '='])).map(str::to_owned).collect(), false)
        }
        Protocol::Imap => {
            let list = offers.iter().filter_map(|it| it.strip_prefix("AUTH="));
            let disabled = offers.iter().any(|it| it == "LOGINDISABLED");
            (list.map(str::to_owned).collect(), !disabled)
        }
        Protocol::Pop3 => return None,
    };
    let mut ways: Vec<String> = ways.into_iter().filter(|it| !it.is_empty()).collect();
    ways.dedup();
    let plain =
        ways.iter().any(|it| it == "PLAIN" || (protocol == Protocol::Smtp && it == "LOGIN"));
    (!is_enough && !plain).then_some(ways)
}

fn form(refused: &SignIn, taken: &SignIn) -> Finding {
    let field = format!("{}.user", refused.setting.protocol.word());
    let cause = Cause::proven(Code::AuthUsernameForm).with(Evidence::Setting {
        field: field.clone(),
        from: refused.user.clone(),
        to: taken.user.clone(),
    });
    let change = Change { field, from: refused.user.clone(), to: taken.user.clone() };
    Finding { changes: vec![change], ..Finding::new(cause.with(words(refused)), Direction::Both) }
}

fn refusal(facts: &Facts, sign_in: &SignIn) -> Finding {
    let host_name = &sign_in.setting.host;
    let (code, certainty) = match (meaning_of(sign_in), providers::password(host_name)) {
        (Code::AuthFailed, Some(Password::ForMail)) => (Code::AuthMailPassword, Certainty::Likely),
        (Code::AuthFailed, Some(Password::ForEachProgram)) => {
            (Code::AuthAppPassword, Certainty::Likely)
        }
        (code, _) => (code, Certainty::Proven),
    };
    let own = Direction::of(sign_in.setting.protocol);
    let elsewhere = facts.sign_ins.iter().any(|it| it.outcome == SignInOutcome::In);
    // Where the same password is taken elsewhere, or was not judged, the fault is that service's.
    let is_own = elsewhere || leaves_password_open(code) || code == Code::AuthThrottled;
    let direction = if is_own { own } else { Direction::Both };
    let cause = Cause { certainty, ..Cause::proven(code) }
        .with(host(host_name))
        .with(Evidence::Account { name: sign_in.user.clone() })
        .with(words(sign_in));
    Finding::new(cause, direction)
}

fn words(sign_in: &SignIn) -> Evidence {
    let text = match &sign_in.outcome {
        SignInOutcome::Refused(text) => text.as_str(),
        _ => "",
    };
    match super::speech::said(text) {
        Evidence::Reply { reply, .. } => Evidence::Reply { phase: Phase::Auth, reply },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Setting, TlsMode};

    #[test]
    fn a_server_with_other_ways_alone_is_told() {
        let of = |protocol, offers: &[&str]| {
            let offers: Vec<String> = offers.iter().map(|it| (*it).to_owned()).collect();
            offered(protocol, &offers).map(|ways| ways.join(" "))
        };
        let smtp = |offers: &[&str]| of(Protocol::Smtp, offers);
        assert_eq!(smtp(&["SIZE 1000", "AUTH CRAM-MD5"]).as_deref(), Some("CRAM-MD5"));
        assert_eq!(smtp(&["AUTH CRAM-MD5 PLAIN"]), None);
        assert_eq!(smtp(&["AUTH=LOGIN"]), None);
        assert_eq!(smtp(&["PIPELINING"]).as_deref(), Some(""));
        let imap = |offers: &[&str]| of(Protocol::Imap, offers);
        assert_eq!(imap(&["IMAP4rev1", "AUTH=CRAM-MD5"]), None);
        let closed = imap(&["LOGINDISABLED", "AUTH=XOAUTH2"]);
        assert_eq!(closed.as_deref(), Some("XOAUTH2"));
        assert_eq!(imap(&["LOGINDISABLED", "AUTH=PLAIN"]), None);
    }

    #[test]
    fn a_mailbox_in_use_keeps_nobody_from_sending() {
        let mut facts = Facts::new("taro@edo.test");
        let (host, port) = ("mail.edo.test".to_owned(), 995);
        let setting = Setting { protocol: Protocol::Pop3, host, port, tls: TlsMode::Implicit };
        let reply = "-ERR [IN-USE] maildrop already locked".to_owned();
        let outcome = SignInOutcome::Refused(reply.clone());
        facts.sign_ins.push(SignIn { setting, user: facts.address.clone(), outcome });
        let finding = check(&facts).remove(0);
        assert_eq!(finding.cause.code, Code::Pop3MaildropLocked);
        assert_eq!(finding.direction, Direction::Receive);
        // Quoted as it was said: POP3 has no numbers.
        let said = finding.cause.evidence.iter().find_map(|evidence| match evidence {
            Evidence::Reply { reply, .. } => Some(reply.to_string()),
            _ => None,
        });
        assert_eq!(said, Some(reply));
    }
}
