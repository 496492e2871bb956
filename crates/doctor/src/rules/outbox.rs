//! # What it checks
//! Mail that waits in the mail program to be sent, and whether one of them can never be: too large
//! for the server, or for an address that is none.
//! # Why mail suffers
//! A mail that cannot go holds up those behind it, and nobody looks into the outbox.
//! # Evidence
//! The outbox: how many, since when, for whom; the size that the server allows.
//! # Remedy
//! The address, or a smaller mail; else whatever else keeps mail from being sent.
//! # References
//! RFC 1870 §5, RFC 5322 §3.4; `client.outbox.stuck`, `message.too_large`, `smtp.rcpt.syntax`.

use hikyaku_cause::{AddressRole, Cause, Certainty, Code, Evidence, Limit};

use crate::facts::{Facts, Outbox, Protocol, Waiting};
use crate::finding::{Direction, Finding, host};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let Some(outbox) = facts.outbox.as_ref().filter(|outbox| outbox.waiting > 0) else {
        return Vec::new();
    };
    let limit = size_limit(facts);
    let blocker = outbox.mails.iter().find_map(|mail| blocker(mail, limit.as_ref()));
    let certainty = if blocker.is_some() { Certainty::Proven } else { Certainty::Likely };
    let cause = Cause { certainty, ..Cause::proven(Code::ClientOutboxStuck) }.with(seen(outbox));
    let mut stuck = Finding::new(cause, Direction::Send);
    stuck.follows_from = blocker.as_ref().map(|finding| finding.cause.code);
    blocker.into_iter().chain([stuck]).collect()
}

fn seen(outbox: &Outbox) -> Evidence {
    let first = outbox.mails.first();
    let date = first.and_then(|mail| mail.date);
    Evidence::Outbox {
        waiting: outbox.waiting,
        oldest: date.map(|date| date.strftime("%Y-%m-%d %H:%M UTC").to_string()),
        octets: first.map_or(0, |mail| mail.octets),
        recipients: first.map(|mail| mail.recipients.clone()).unwrap_or_default(),
    }
}

fn blocker(mail: &Waiting, limit: Option<&(String, u64)>) -> Option<Finding> {
    let cause = match (&mail.wrong, limit) {
        (Some(wrong), _) => Cause::proven(Code::SmtpRcptSyntax).with(Evidence::Address {
            role: AddressRole::Recipient,
            raw: wrong.clone().into_bytes(),
        }),
        (None, Some((name, most))) if mail.octets > *most => {
            let limit = Limit::MessageOctets;
            let seen = Evidence::Limit { limit, most: *most, seen: Some(mail.octets) };
            Cause::proven(Code::MessageTooLarge).with(seen).with(host(name))
        }
        _ => return None,
    };
    Some(Finding::new(cause, Direction::Send))
}

/// What the outgoing server says of the size of mails: `SIZE` and a number, of which 0 is none
/// (RFC 1870 §3).
fn size_limit(facts: &Facts) -> Option<(String, u64)> {
    let set = facts.servers.iter().map(|server| &server.setting);
    let hosts = set.filter(|setting| setting.protocol == Protocol::Smtp).map(|it| &it.host);
    let doors = hosts.flat_map(|host| facts.doors_of(host));
    let spoken = doors.filter_map(|door| Some((&door.host, door.spoken.as_ref()?)));
    let mut sizes = spoken.flat_map(|(host, spoken)| {
        let offers = spoken.offers_secured.iter().chain(&spoken.offers);
        offers.filter_map(move |offer| {
            let (word, size) = offer.split_once(' ')?;
            let size = size.trim().parse().ok().filter(|size| *size > 0)?;
            word.eq_ignore_ascii_case("SIZE").then(|| (host.clone(), size))
        })
    });
    sizes.next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Door, Server, Setting, Source, Spoken, TlsMode};

    fn facts(mail: Waiting) -> Facts {
        let mut facts = Facts::new("taro@edo.test");
        let (host, port) = ("mail.edo.test".to_owned(), 465);
        let (protocol, tls) = (Protocol::Smtp, TlsMode::Implicit);
        let setting = Setting { protocol, host: host.clone(), port, tls };
        facts.servers.push(Server::new(setting, Source::Given));
        let offers_secured = vec!["PIPELINING".to_owned(), "SIZE 1000".to_owned()];
        let spoken = Some(Spoken { offers_secured, ..Spoken::default() });
        facts.doors.push(Door { host, port, protocol, connects: Vec::new(), spoken });
        facts.outbox = Some(Outbox { waiting: 2, octets: 3000, mails: vec![mail] });
        facts
    }

    fn mail(octets: u64, wrong: Option<&str>) -> Waiting {
        let recipients = vec!["hanako@kyoto.test".to_owned()];
        Waiting { date: None, octets, recipients, wrong: wrong.map(str::to_owned) }
    }

    #[test]
    fn the_mail_that_can_never_go_comes_first() {
        let codes = |mail| {
            let findings = check(&facts(mail));
            findings.iter().map(|it| (it.cause.code, it.follows_from)).collect::<Vec<_>>()
        };
        let large = (Code::MessageTooLarge, None);
        let stuck = |from| (Code::ClientOutboxStuck, from);
        assert_eq!(codes(mail(1001, None)), [large, stuck(Some(Code::MessageTooLarge))]);
        let wrong = (Code::SmtpRcptSyntax, None);
        let bad = mail(10, Some("hanako@kyoto..test"));
        assert_eq!(codes(bad), [wrong, stuck(Some(Code::SmtpRcptSyntax))]);
        assert_eq!(codes(mail(1000, None)), [stuck(None)]);
    }

    #[test]
    fn an_empty_one_is_no_finding() {
        let mut facts = facts(mail(1, None));
        facts.outbox = Some(Outbox::default());
        assert_eq!(check(&facts), []);
        facts.outbox = None;
        assert_eq!(check(&facts), []);
    }
}
