//! The mail that came back, as far as the report holds it.

use std::net::IpAddr;

use crate::{address, dsn};

/// What a report holds of the mail that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Its header section, lines ending with LF; empty where none came back.
    pub header: String,
    /// All of it as it travels, lines ending with CRLF, where more than the header came back.
    pub whole: Option<Vec<u8>>,
    /// To whom the report was sent: the sender in the envelope of that mail (RFC 5321 §4.5.5).
    pub reported_to: Option<String>,
}

/// A `Received` field (RFC 5321 §4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The field as it is written, unfolded.
    pub line: String,
    /// The address that handed the mail over, where the server saw one.
    pub ip: Option<IpAddr>,
    /// The server that wrote the field.
    pub by: String,
    /// Whether the sender had signed in (RFC 3848: `ESMTPA`, `ESMTPSA`).
    pub signed_in: bool,
}

impl Returned {
    /// The value of a field, the first of its name.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields(name).into_iter().next()
    }

    /// The values of all fields of a name, from the top.
    pub fn fields(&self, name: &str) -> Vec<String> {
        let all = dsn::fields(&self.header).into_iter();
        all.filter(|(it, _)| it == name).map(|(_, value)| value).collect()
    }

    /// The address that people see as the sender.
    pub fn from(&self) -> Option<String> {
        let value = self.field("from")?;
        address::of_field(&value).or_else(|| address::all(&value).into_iter().next())
    }

    /// The sender in the envelope: as the header has it, else whom the report was sent to, else
    /// the address that people see.
    pub fn sender(&self) -> Option<String> {
        let path = self.field("return-path").and_then(|value| address::of_field(&value));
        path.or_else(|| self.reported_to.clone()).or_else(|| self.from())
    }

    /// The way it took, the last server first.
    pub fn hops(&self) -> Vec<Hop> {
        self.fields("received").iter().filter_map(|value| hop(value)).collect()
    }
}

/// Reads a `Received` field; those of local steps, which name no server, are none.
fn hop(value: &str) -> Option<Hop> {
    let text = value.rsplit_once(';').map_or(value, |(rest, _)| rest);
    let (from, rest) = match text.strip_prefix("by ") {
        Some(rest) => ("", rest),
        None => text.split_once(" by ").filter(|(from, _)| from.starts_with("from "))?,
    };
    let by = rest.split_whitespace().next()?.trim_end_matches(['.', ';']).to_ascii_lowercase();
    let with = rest.split_once(" with ").and_then(|(_, rest)| rest.split_whitespace().next());
    let signed_in =
        with.is_some_and(|it| ["ESMTPA", "ESMTPSA"].iter().any(|own| it.eq_ignore_ascii_case(own)));
    let ip = ips(from).into_iter().next_back();
    Some(Hop { line: format!("Received: {value}"), ip, by, signed_in })
}

/// The addresses in a text, in order.
pub(crate) fn ips(text: &str) -> Vec<IpAddr> {
    ip_words(text).into_iter().map(|(_, ip)| ip).collect()
}

/// The addresses in a text, and where each begins.
pub(crate) fn ip_words(text: &str) -> Vec<(usize, IpAddr)> {
    let mut found = Vec::new();
    let is_part = |it: char| it.is_ascii_hexdigit() || matches!(it, '.' | ':');
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(start) = rest.find(is_part) else { break };
        let word = rest.get(start..).unwrap_or_default();
        let end = word.find(|it| !is_part(it)).unwrap_or(word.len());
        let begin = at + start;
        at = begin + end.max(1);
        // A letter or digit next to it makes it part of a name.
        let before = text.get(..begin).and_then(|it| it.chars().next_back());
        let after = text.get(begin + end..).and_then(|it| it.chars().next());
        let stands_alone = |it: Option<char>| {
            it.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '-' | '_' | '@'))
        };
        let is_tagged = text.get(..begin).is_some_and(ends_with_ipv6);
        let word = word.get(..end).unwrap_or_default();
        // `IPv6:` before an address leaves its `6:` behind (RFC 5321 §4.1.3).
        let (word, shift, is_tagged) = match word.strip_prefix("6:") {
            Some(rest)
                if text.get(..begin).is_some_and(|it| it.to_ascii_lowercase().ends_with("ipv")) =>
            {
                (rest, 2, true)
            }
            _ => (word, 0, is_tagged),
        };
        let word = word.trim_end_matches(['.', ':']);
        if (stands_alone(before) || is_tagged)
            && stands_alone(after)
            && word.len() > 2
            && let Ok(ip) = word.parse::<IpAddr>()
        {
            found.push((begin + shift, ip.to_canonical()));
        }
    }
    found
}

fn ends_with_ipv6(text: &str) -> bool {
    text.len() >= 5 && text.get(text.len() - 5..).is_some_and(|it| it.eq_ignore_ascii_case("ipv6:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_texts() {
        let of = |text: &str| ips(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(of("Client host [192.0.2.1] blocked"), ["192.0.2.1"]);
        assert_eq!(of("5.7.1 [IPv6:2001:db8::25] no 192.0.2.1."), ["2001:db8::25", "192.0.2.1"]);
        assert_eq!(of("5.7.25 [2001:db8::2 19] see"), ["2001:db8::2"]);
        assert_eq!(of("?ip=192.0.2.7&x"), ["192.0.2.7"]);
        assert_eq!(of("host-192.0.2.1.example 5.1.1.2x v1.2.3.4"), [] as [&str; 0]);
        assert_eq!(of("550 5.7.1 at 12:30:05 ::"), [] as [&str; 0]);
    }

    #[test]
    fn ways() {
        let of = |value: &str| {
            let hop = hop(value).unwrap();
            (hop.ip.map(|it| it.to_string()).unwrap_or_default(), hop.by, hop.signed_in)
        };
        let table = [
            (
                "from mail.edo.test (mail.edo.test [192.0.2.1]) by mx.kyoto.test (Postfix) with ESMTPS id x for <a@b>; Tue, 24 Nov 2026 10:00:00 +0900",
                ("192.0.2.1", "mx.kyoto.test", false),
            ),
            (
                "from [192.0.2.9] (helo=pc) by mail.edo.test with esmtpsa (TLS1.3) id 1; x",
                ("192.0.2.9", "mail.edo.test", true),
            ),
            ("from unknown (HELO x) (192.0.2.3) by 0 with SMTP; x", ("192.0.2.3", "0", false)),
            (
                "from A.test (10.0.0.1) by B.test (2001:db8::5) with Microsoft SMTP Server id 15; x",
                ("10.0.0.1", "b.test", false),
            ),
            ("by mail.edo.test (Postfix, from userid 33) id x; y", ("", "mail.edo.test", false)),
        ];
        for (value, (ip, by, signed_in)) in table {
            assert_eq!(of(value), (ip.to_owned(), by.to_owned(), signed_in), "{value}");
        }
        assert!(hop("(qmail 20255 invoked by uid 25); 29 Apr 2010 23:34:45 -0000").is_none());
    }
}
