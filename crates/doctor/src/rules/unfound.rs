//! # What it checks
//! Whether a server for sending and one for receiving were found at all, where none was given.
//! # Why mail suffers
//! Without a server nothing goes out, or nothing comes in.
//! # Evidence
//! The names that were tried, what the DNS said of them, and every connection.
//! # Remedy
//! The names in the provider's instructions, or patience, by what was seen.
//! # References
//! RFC 6186, RFC 8314 §5; `server.outgoing.unknown`, `server.incoming.unknown`,
//! `server.name.unanswered`, and the codes of servers that take no connection.

use hikyaku_cause::{Cause, Certainty, Code, DnsOutcome, Evidence};

use super::{captive, name, network, reach};
use crate::facts::{Connect, Facts, Missing, Name, Named, Source};
use crate::finding::{Direction, Finding, connect, host};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let known = [captive::check, network::check, name::check];
    // What was given is what is looked at; and what has a reason already needs no other.
    if facts.discovery.is_empty() || known.iter().any(|rule| !rule(facts).is_empty()) {
        return Vec::new();
    }
    if facts.servers.is_empty() {
        return nobody(facts);
    }
    let known =
        |direction| facts.servers.iter().any(|it| Direction::of(it.setting.protocol) == direction);
    let both = [Direction::Send, Direction::Receive];
    both.into_iter().filter(|it| !known(*it)).map(|it| unknown(facts, it)).collect()
}

/// Nobody answered anywhere: what the DNS and the connections say of it.
fn nobody(facts: &Facts) -> Vec<Finding> {
    let closed = facts.names.iter().find_map(|name| {
        let connects: Vec<&Connect> =
            facts.doors_of(&name.host).flat_map(|door| &door.connects).collect();
        Some((name, reach::code(&connects)?, connects))
    });
    if let Some((name, code, connects)) = closed {
        // Whether the name is the right one is a guess.
        let cause = Cause::likely(code).with(host(&name.host));
        let cause = connects.into_iter().fold(cause, |cause, it| cause.with(connect(it)));
        return vec![Finding::new(cause, Direction::Both)];
    }
    let unheard =
        |it: &&Name| matches!(it.named, Named::Missing(Missing::Failed | Missing::Unanswered));
    if let Some(name) = facts.names.iter().find(unheard) {
        return vec![unanswered(facts, name)];
    }
    // That a domain does not exist shows only where the DNS answers for others.
    if facts.names.iter().all(|it| it.named == Named::Missing(Missing::NoName)) {
        return Vec::new();
    }
    [Direction::Send, Direction::Receive].map(|it| unknown(facts, it)).into()
}

fn unanswered(facts: &Facts, name: &Name) -> Finding {
    // Others' names were looked up: then it is this one's.
    let compared = facts.controls.iter().any(|control| !control.connects.is_empty());
    let certainty = if compared { Certainty::Proven } else { Certainty::Likely };
    let failed = name.named == Named::Missing(Missing::Failed);
    let cause = Cause { certainty, ..Cause::proven(Code::ServerNameUnanswered) };
    let cause = cause.with(host(&name.host)).with(Evidence::Dns {
        name: name.host.clone(),
        record: "A",
        outcome: if failed { DnsOutcome::ServFail } else { DnsOutcome::TimedOut },
        server: None,
        milliseconds: 0,
    });
    Finding::new(cause, Direction::Both)
}

fn unknown(facts: &Facts, direction: Direction) -> Finding {
    let code = match direction {
        Direction::Send => Code::ServerOutgoingUnknown,
        _ => Code::ServerIncomingUnknown,
    };
    let guesses = facts.discovery.iter().filter(|step| step.source == Source::Guess);
    let mut hosts: Vec<&str> = guesses
        .flat_map(|step| &step.servers)
        .filter(|it| Direction::of(it.setting.protocol) == direction)
        .map(|it| it.setting.host.as_str())
        .collect();
    hosts.dedup();
    let cause = Cause::likely(code)
        .with(Evidence::Account { name: facts.address.clone() })
        .with(Evidence::Found { raw: hosts.join(", ").into_bytes() });
    Finding::new(cause, direction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Door, Ended, Protocol, Server, Setting, Spoken, Step, StepOutcome};
    use crate::report::{Flow, Verdict, examine};

    fn server(protocol: Protocol, host: &str) -> Server {
        let (port, tls) = protocol.ports()[0];
        let setting = Setting { protocol, host: host.to_owned(), port, tls };
        Server::new(setting, Source::Guess)
    }

    /// Nothing was given, and only guesses were made.
    fn guessed(named: &Named) -> Facts {
        let mut facts = Facts::new("taro@edo.test");
        let servers = vec![
            server(Protocol::Smtp, "smtp.edo.test"),
            server(Protocol::Smtp, "mail.edo.test"),
            server(Protocol::Imap, "mail.edo.test"),
        ];
        for host in ["smtp.edo.test", "mail.edo.test"] {
            facts.names.push(Name { host: host.to_owned(), named: named.clone() });
        }
        facts.discovery.push(Step {
            source: Source::Guess,
            place: "edo.test".to_owned(),
            outcome: StepOutcome::Found,
            servers,
        });
        facts
    }

    fn door(port: u16, protocol: Protocol, ended: Ended, spoken: Option<Spoken>) -> Door {
        let peer = ([192, 0, 2, 1], port).into();
        let connects = vec![Connect { peer, ended, milliseconds: 1 }];
        Door { host: "mail.edo.test".to_owned(), port, protocol, connects, spoken }
    }

    fn codes(facts: &Facts) -> Vec<&'static str> {
        check(facts).iter().map(|it| it.cause.code.name()).collect()
    }

    #[test]
    fn a_way_without_a_server_is_not_healthy() {
        let address = "192.0.2.1".parse().unwrap();
        let mut facts = guessed(&Named::Addresses(vec![address]));
        facts.servers.push(server(Protocol::Smtp, "mail.edo.test"));
        let greeting = Some("220 mail.edo.test".to_owned());
        let spoken = Some(Spoken { greeting, ..Spoken::default() });
        facts.doors.push(door(465, Protocol::Smtp, Ended::Open, spoken));
        assert_eq!(codes(&facts), ["server.incoming.unknown"]);
        let report = examine(&facts);
        assert_eq!((report.verdict, report.receive), (Verdict::Broken, Flow::Unknown));
        facts.servers = vec![server(Protocol::Imap, "mail.edo.test")];
        assert_eq!(codes(&facts), ["server.outgoing.unknown"]);
    }

    #[test]
    fn where_nobody_answers_the_reason_is_told() {
        for (missing, code) in [
            (Missing::Failed, "server.name.unanswered"),
            (Missing::NoAddress, "server.outgoing.unknown"),
        ] {
            assert_eq!(codes(&guessed(&Named::Missing(missing)))[0], code);
        }
        let address = "192.0.2.1".parse().unwrap();
        for (ended, code) in
            [(Ended::Refused, "server.refused"), (Ended::Prohibited, "server.prohibited")]
        {
            let mut facts = guessed(&Named::Addresses(vec![address]));
            facts.doors.push(door(465, Protocol::Smtp, Ended::Refused, None));
            facts.doors.push(door(993, Protocol::Imap, ended, None));
            assert_eq!(codes(&facts), [code]);
            let report = examine(&facts);
            assert_eq!(report.verdict, Verdict::Broken);
            assert_eq!((report.send, report.receive), (Flow::Fails, Flow::Fails));
        }
    }

    #[test]
    fn what_was_given_is_not_looked_for() {
        let mut facts = guessed(&Named::Missing(Missing::Failed));
        facts.discovery.clear();
        assert!(codes(&facts).is_empty());
    }
}
