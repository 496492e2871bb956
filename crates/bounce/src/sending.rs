//! From which address the mail was sent that came back, as the receiver saw it.

use std::net::IpAddr;

use hikyaku_cause::Certainty;

use crate::bounce::Bounce;
use crate::returned::{Returned, ip_words};

/// An address, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingAddress {
    /// The address.
    pub ip: IpAddr,
    /// Proven where the receiver named it in its answer.
    pub certainty: Certainty,
    /// The line that shows it.
    pub line: String,
}

/// What stands before the sender's address in answers of receivers, in lower case.
const BEFORE: &[&str] = &[
    "client host",
    "client",
    "with ip:",
    "with ip",
    "messages from",
    "mail from",
    "email from",
    "connection from",
    "connections from",
    "connect from",
    "access from",
    "received from",
    "ip=",
    "/ip/",
    "ip address",
    "ip addr",
    "ip:",
    "ip",
    "from ip",
    "address",
    "server",
    "sender",
    "host",
    "hostname,",
    "blocked",
    "banned sending ip",
    "banned",
    "denied,",
    "unknown",
    "your",
    "rejected:",
    "for",
    "from",
    "query=",
    "addr=",
    "a=",
    "i=",
];

/// The sending address that the answer names; else the one in the returned header that the server
/// which reports has seen itself.
pub fn sending_address(bounce: &Bounce, returned: &Returned) -> Option<SendingAddress> {
    if let Some(ip) = named(&bounce.diagnostic) {
        let line = bounce.diagnostic.clone();
        return Some(SendingAddress { ip, certainty: Certainty::Proven, line });
    }
    let hops = returned.hops();
    let top = hops.first()?;
    let same = |name: &Option<String>| {
        name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&top.by))
    };
    // The sender's own server reports what another one said: the topmost field then tells who gave
    // the mail to the sender's server, and not from where that one sends.
    let others = bounce.remote.is_some() && !same(&bounce.remote);
    if same(&bounce.reporting) && others {
        return None;
    }
    let ip = top.ip.filter(|ip| is_public(*ip))?;
    Some(SendingAddress { ip, certainty: Certainty::Likely, line: top.line.clone() })
}

/// The sender's address in an answer.
fn named(diagnostic: &str) -> Option<IpAddr> {
    // What stands before is about the receiver: `host mx.edo.test[203.0.113.1] said: 550 …`.
    let lower = diagnostic.to_ascii_lowercase();
    let start = [" said: ", "remote host said: ", "responded: "]
        .iter()
        .filter_map(|it| lower.find(it).map(|at| at + it.len()))
        .max()
        .unwrap_or(0);
    let (answer, lower) = (diagnostic.get(start..)?, lower.get(start..)?);
    let words = ip_words(answer);
    let usable = words.iter().filter(|(_, ip)| is_public(*ip));
    let told = usable.clone().find(|(at, _)| {
        let before = lower.get(..*at).unwrap_or_default();
        let before = before.strip_suffix("ipv6:").unwrap_or(before);
        let before = before.trim_end_matches([' ', '[', '(', '<', '"', '\'']);
        BEFORE.iter().any(|word| ends_with_word(before, word))
    });
    // Google puts it right behind its codes: `550-5.7.25 [192.0.2.1] The IP address …`.
    let leads = || {
        usable.clone().find(|(at, _)| {
            let before = lower.get(..*at).unwrap_or_default();
            let is_code =
                |it: char| it.is_ascii_digit() || matches!(it, '.' | '-' | ' ' | '[' | ':');
            before.ends_with('[') && before.chars().all(is_code)
        })
    };
    // Postfix names the whole client: `<mail.edo.test[192.0.2.1]>: Client host rejected: …`.
    let whole = || {
        let named = lower.contains("]>: client host") || lower.contains("]>: helo command");
        usable.clone().next().filter(|_| named)
    };
    told.or_else(leads).or_else(whole).map(|(_, ip)| *ip)
}

/// Whether a text ends with a word, and not with the end of a longer one.
fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| {
        !word.starts_with(char::is_alphanumeric)
            || !rest.ends_with(|it: char| it.is_alphanumeric() || it == '.' || it == '-')
    })
}

/// Whether others can see it.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.octets().starts_with(&[100, 64]))
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_receivers_name() {
        let table = [
            (
                "host mx[203.0.113.1] said: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen",
                "192.0.2.1",
            ),
            (
                "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. (S3150)",
                "192.0.2.1",
            ),
            ("550 5.7.1 messages from 192.0.2.1 were not accepted", "192.0.2.1"),
            (
                "550-5.7.26 This mail has been blocked because the sender is unauthenticated. SPF [edo.test] with ip: [2001:db8::25] = did not pass",
                "2001:db8::25",
            ),
            (
                "550-5.7.25 [192.0.2.202] The IP address sending this message does not have a PTR",
                "192.0.2.202",
            ),
            ("550-5.7.1 [2001:db8::7 19] Our system has detected", "2001:db8::7"),
            (
                "550 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.5",
                "192.0.2.5",
            ),
            ("554 5.7.1 rejected, https://www.spamhaus.org/query/ip/192.0.2.6", "192.0.2.6"),
            ("550 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.8]", "192.0.2.8"),
            (
                "550 5.7.511 Access denied, banned sender[192.0.2.9]. To request removal",
                "192.0.2.9",
            ),
            ("5.7.606 Access denied, banned sending IP [192.0.2.10]", "192.0.2.10"),
            (
                "450 4.7.1 <c135.edo.test[192.0.2.56]>: Client host rejected: may not be",
                "192.0.2.56",
            ),
            ("550 JunkMail rejected - mail.edo.test [192.0.2.11]:41 is in an RBL", ""),
            ("host mx.kyoto.test[203.0.113.1] said: 550 5.7.1 no", ""),
            ("550 5.7.1 mail from [10.0.0.1] refused", ""),
            ("550 5.1.1 User unknown", ""),
        ];
        for (text, wanted) in table {
            let found = named(text).map(|ip| ip.to_string()).unwrap_or_default();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
