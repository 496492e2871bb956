//! One report: the findings ranked, and what they come to.

use hikyaku_cause::{Certainty, Code, Evidence, Severity};

use crate::facts::{Facts, SignInOutcome};
use crate::finding::{Direction, Finding};
use crate::rules;

/// What an examination comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The whole.
    pub verdict: Verdict,
    /// Mail that goes out.
    pub send: Flow,
    /// Mail that comes in.
    pub receive: Flow,
    /// The root cause first.
    pub findings: Vec<Finding>,
    /// What was done.
    pub checks: Vec<Check>,
}

/// The whole in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong.
    Healthy,
    /// Mail flows, and something has to be mended.
    Degraded,
    /// Mail does not flow.
    Broken,
    /// Nothing could be checked.
    Unknown,
}

/// Whether mail flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Ok,
    /// It does not.
    Fails,
    /// It could not be seen.
    Unknown,
}

/// A step, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// How long it took.
    pub seconds: f64,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOutcome {
    /// All is well.
    Ok,
    /// It found something.
    Failed,
    /// It was left out: nothing needed it.
    Skipped,
}

/// What the facts come to.
pub fn examine(facts: &Facts) -> Report {
    let mut findings = merged(rules::all(facts));
    findings.sort_by_key(|finding| {
        (std::cmp::Reverse(finding.severity()), finding.follows_from.is_some())
    });
    follow(&mut findings);
    wait(&mut findings);
    let worst = findings.iter().map(Finding::severity).max();
    let verdict = match worst {
        Some(Severity::Error | Severity::Critical) => Verdict::Broken,
        Some(Severity::Warning) => Verdict::Degraded,
        Some(Severity::Info) => Verdict::Healthy,
        None if facts.doors.iter().any(|door| door.spoken.is_some()) => Verdict::Healthy,
        None => Verdict::Unknown,
    };
    let send = flow(facts, &findings, Direction::Send);
    let receive = flow(facts, &findings, Direction::Receive);
    let checks = facts.stopwatch.iter().map(|step| Check {
        name: step.name.clone(),
        outcome: outcome(step.skipped, &step.name, &findings),
        seconds: step.seconds,
    });
    let checks = checks.collect();
    Report { verdict, send, receive, findings, checks }
}

/// What findings come to that were read from a text, the likeliest first. Nothing was tried: what
/// they do not speak of stays unknown.
pub fn heard(findings: Vec<Finding>) -> Report {
    let first = findings.first();
    let verdict = match first.map(|first| (first.cause.certainty, first.severity())) {
        None | Some((Certainty::Unknown, _)) => Verdict::Unknown,
        Some((_, Severity::Error | Severity::Critical)) => Verdict::Broken,
        Some((_, Severity::Warning)) => Verdict::Degraded,
        Some((_, Severity::Info)) => Verdict::Healthy,
    };
    let flow = |direction| {
        let concerns = |it: &&Finding| it.direction == direction || it.direction == Direction::Both;
        match first.filter(|_| verdict == Verdict::Broken).filter(concerns) {
            Some(_) => Flow::Fails,
            None => Flow::Unknown,
        }
    };
    let (send, receive) = (flow(Direction::Send), flow(Direction::Receive));
    Report { verdict, send, receive, findings, checks: Vec::new() }
}

/// The same fault at the same host, seen on the way out and on the way in, is one finding.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let host = |it: &Finding| {
            it.cause.evidence.iter().find_map(|evidence| match evidence {
                Evidence::Host { name } => Some(name.clone()),
                _ => None,
            })
        };
        // What is to be set differs: then one sentence cannot name both.
        let set = |it: &Finding| {
            it.cause.evidence.iter().find_map(|evidence| match evidence {
                Evidence::Setting { from, to, .. } => Some((from.clone(), to.clone())),
                _ => None,
            })
        };
        let same = |it: &&mut Finding| {
            it.cause.code == finding.cause.code
                && host(it) == host(&finding)
                && set(it) == set(&finding)
        };
        match merged.iter_mut().find(same) {
            Some(first) => {
                first.direction = first.direction.and(finding.direction);
                first.changes.extend(finding.changes);
                for evidence in finding.cause.evidence {
                    if !first.cause.evidence.contains(&evidence) {
                        first.cause.evidence.push(evidence);
                    }
                }
            }
            None => merged.push(finding),
        }
    }
    merged
}

/// Without a network, or without names, whatever else was seen merely follows.
fn follow(findings: &mut [Finding]) {
    let Some(first) = findings.first().map(|finding| finding.cause.code) else { return };
    if matches!(first, Code::PathCaptive | Code::PathNetworkDown | Code::DnsResolverUnreachable) {
        for finding in findings.iter_mut().skip(1) {
            finding.follows_from = Some(first);
        }
    }
}

/// Where sending fails, that is why mail waits in the outbox.
fn wait(findings: &mut [Finding]) {
    let fails = |it: &&Finding| {
        it.severity() >= Severity::Error
            && it.direction != Direction::Receive
            && it.cause.code != Code::ClientOutboxStuck
    };
    let first = findings.iter().find(fails).map(|finding| finding.cause.code);
    let mut stuck = findings.iter_mut().filter(|it| it.cause.code == Code::ClientOutboxStuck);
    if let Some(stuck) = stuck.find(|stuck| stuck.follows_from.is_none()) {
        stuck.follows_from = first;
    }
}

fn flow(facts: &Facts, findings: &[Finding], direction: Direction) -> Flow {
    // Of a server that was not found nobody knows whether it works.
    let unfound = |it: &Finding| {
        matches!(it.cause.code, Code::ServerOutgoingUnknown | Code::ServerIncomingUnknown)
    };
    let fails = |finding: &&Finding| {
        finding.severity() >= Severity::Error
            && !unfound(finding)
            && (finding.direction == direction || finding.direction == Direction::Both)
    };
    if findings.iter().any(|finding| fails(&finding)) {
        return Flow::Fails;
    }
    // One that was turned away, for now or for good, did not go out.
    if direction == Direction::Send && facts.sent.as_ref().is_some_and(|sent| !sent.accepted) {
        return Flow::Fails;
    }
    // A mail that came back proves both ways.
    let sent = facts.sent.as_ref().is_some_and(|sent| match direction {
        Direction::Send => sent.accepted,
        _ => sent.seen == Some(true),
    });
    if sent {
        return Flow::Ok;
    }
    let signed_in = facts.sign_ins.iter().any(|it| {
        it.outcome == SignInOutcome::In && Direction::of(it.setting.protocol) == direction
    });
    if signed_in { Flow::Ok } else { Flow::Unknown }
}

/// The steps, and the families of codes that belong to them.
fn outcome(skipped: bool, name: &str, findings: &[Finding]) -> CheckOutcome {
    if skipped {
        return CheckOutcome::Skipped;
    }
    let families: &[&str] = match name {
        "network" => &["path", "clock"],
        "names" => &["dns"],
        "servers" => &["server", "setting", "tls"],
        "sign-in" => &["auth"],
        "sending" => &["smtp", "message", "peer", "delivery"],
        _ => &[],
    };
    let belongs = |finding: &Finding| families.contains(&finding.cause.code.family());
    if findings.iter().any(belongs) { CheckOutcome::Failed } else { CheckOutcome::Ok }
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::Cause;

    use super::*;
    use crate::finding::host;

    #[test]
    fn two_wrong_ports_are_both_named() {
        let wrong = |field: &str, from: &str, to: &str, direction| {
            let (field, from, to) = (field.to_owned(), from.to_owned(), to.to_owned());
            let cause = Cause::proven(Code::SettingPortClosed).with(host("mail.edo.test"));
            Finding::new(cause.with(Evidence::Setting { field, from, to }), direction)
        };
        let found = merged(vec![
            wrong("smtp.port", "2525", "465 (SSL/TLS)", Direction::Send),
            wrong("pop3.port", "111", "995 (SSL/TLS)", Direction::Receive),
        ]);
        assert_eq!(found.len(), 2);
    }
}
