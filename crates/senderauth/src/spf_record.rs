//! An SPF record as it is written, to be put right without losing anything (RFC 7208 §4.5, §12).

use std::fmt;
use std::net::IpAddr;

use crate::spf_syntax::is_term;

/// A record in its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfRecord {
    terms: Vec<String>,
}

impl SpfRecord {
    /// The record for a domain that has none: one server, and all others doubtful.
    pub fn with_only(ip: Option<IpAddr>) -> Self {
        let own = ip.map_or_else(|| "mx".to_owned(), mechanism);
        Self { terms: vec![own, "~all".to_owned()] }
    }

    /// Reads a text; nothing where it is no SPF record (RFC 7208 §4.5).
    pub fn parse(text: &str) -> Option<Self> {
        let mut terms = text.split(' ').filter(|term| !term.is_empty());
        terms.next().filter(|version| version.eq_ignore_ascii_case("v=spf1"))?;
        Some(Self { terms: terms.map(str::to_owned).collect() })
    }

    /// The same with a server added before what ends the search.
    #[must_use]
    pub fn with(mut self, ip: IpAddr) -> Self {
        let at = self.terms.iter().position(|term| is_all(term) || is_modifier(term));
        let at = at.unwrap_or(self.terms.len());
        self.terms.insert(at, mechanism(ip));
        self
    }

    /// The same without an end that lets everybody in.
    #[must_use]
    pub fn closed(mut self) -> Self {
        for term in &mut self.terms {
            if is_open(term) {
                "~all".clone_into(term);
            }
        }
        self
    }

    /// Whether it lets everybody in.
    pub fn is_open(&self) -> bool {
        self.terms.iter().any(|term| is_open(term))
    }

    /// Several as one: every term once, and the strictest of their ends.
    pub(crate) fn merged(records: &[Self]) -> Self {
        let all = || records.iter().flat_map(|record| &record.terms);
        let mut terms: Vec<String> = Vec::new();
        for term in all().filter(|term| !is_all(term)).filter_map(|term| as_mechanism(term)) {
            if !terms.iter().any(|it| it.eq_ignore_ascii_case(&term)) {
                terms.push(term);
            }
        }
        let has = |end: &str| all().any(|term| term.eq_ignore_ascii_case(end));
        // One that lets everybody in, or none, was hardly meant.
        let end = ["-all", "~all", "?all"].into_iter().find(|end| has(end)).unwrap_or("~all");
        terms.push(end.to_owned());
        let is_redirect = |term: &str| redirected(term).is_some();
        let other = all().filter(|term| is_modifier(term) && !is_redirect(term));
        terms.extend(other.take(1).cloned());
        Self { terms }
    }

    /// Every mechanism but `all`.
    pub(crate) fn mechanisms(&self) -> impl Iterator<Item = &str> {
        let own = self.terms.iter().filter(|term| !is_all(term) && !is_modifier(term));
        own.map(String::as_str)
    }

    /// The same without some terms.
    #[must_use]
    pub(crate) fn without(mut self, wrong: &[String]) -> Self {
        self.terms.retain(|term| !wrong.contains(term));
        self
    }

    /// The term at a place, counted without modifiers.
    pub(crate) fn directive(&self, at: usize) -> Option<&str> {
        self.terms.iter().filter(|term| !is_modifier(term)).nth(at).map(String::as_str)
    }

    /// The first term that no receiver can read, judged one by one; `is_readable` has the last word
    /// on what is evaluated.
    pub(crate) fn unreadable(&self, is_readable: impl Fn(&str) -> bool) -> Option<&str> {
        let mut terms = self.terms.iter();
        let is_good = |term: &str| {
            is_term(term) && (is_other(term) || is_readable(&format!("v=spf1 {term}")))
        };
        terms.find(|term| !is_good(term)).map(String::as_str)
    }

    /// The record without modifiers that mean nothing for the evaluation (RFC 7208 §6).
    pub(crate) fn evaluated(&self) -> String {
        let terms = self.terms.iter().filter(|term| !is_other(term));
        terms.fold("v=spf1".to_owned(), |text, term| text + " " + term)
    }
}

impl fmt::Display for SpfRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        self.terms.iter().try_for_each(|term| write!(f, " {term}"))
    }
}

fn mechanism(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => format!("ip4:{ip}"),
        IpAddr::V6(ip) => format!("ip6:{ip}"),
    }
}

/// A term for a record that has an `all`, beside which `redirect` means nothing (RFC 7208 §6.1):
/// whom that lets in, `include` lets in too.
fn as_mechanism(term: &str) -> Option<String> {
    match redirected(term) {
        Some(domain) => Some(format!("include:{domain}")),
        None => Some(term.to_owned()).filter(|term| !is_modifier(term)),
    }
}

/// The domain of a `redirect`.
fn redirected(term: &str) -> Option<&str> {
    let (name, domain) = term.split_once('=')?;
    name.eq_ignore_ascii_case("redirect").then_some(domain)
}

/// A modifier that is not known.
fn is_other(term: &str) -> bool {
    let name = term.split('=').next().unwrap_or_default();
    let is_known = ["redirect", "exp"].iter().any(|known| name.eq_ignore_ascii_case(known));
    is_modifier(term) && !is_known
}

fn is_all(term: &str) -> bool {
    term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all")
}

fn is_open(term: &str) -> bool {
    term.eq_ignore_ascii_case("+all") || term.eq_ignore_ascii_case("all")
}

/// `name = value` (RFC 7208 §6); a mechanism has a colon or a slash before any `=`.
fn is_modifier(term: &str) -> bool {
    term.find(['=', ':', '/']).is_some_and(|at| term.as_bytes().get(at) == Some(&b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_added_where_it_counts() {
        let with = |text: &str, ip: &str| {
            SpfRecord::parse(text).unwrap().with(ip.parse().unwrap()).to_string()
        };
        let table = [
            ("v=spf1 mx -all", "192.0.2.1", "v=spf1 mx ip4:192.0.2.1 -all"),
            ("v=spf1 ~all exp=e.test", "2001:db8::1", "v=spf1 ip6:2001:db8::1 ~all exp=e.test"),
            ("v=spf1  redirect=_s.test", "192.0.2.1", "v=spf1 ip4:192.0.2.1 redirect=_s.test"),
            ("V=SPF1 include:a.test", "192.0.2.1", "v=spf1 include:a.test ip4:192.0.2.1"),
            ("v=spf1", "192.0.2.1", "v=spf1 ip4:192.0.2.1"),
        ];
        for (text, ip, wanted) in table {
            assert_eq!(with(text, ip), wanted);
        }
        assert!(SpfRecord::parse("v=spf10 -all").is_none());
        assert!(SpfRecord::parse("spf2.0/pra -all").is_none());
    }

    #[test]
    fn two_records_become_one() {
        let merged = |texts: &[&str]| {
            let records: Vec<_> = texts.iter().map(|it| SpfRecord::parse(it).unwrap()).collect();
            SpfRecord::merged(&records).to_string()
        };
        assert_eq!(
            merged(&["v=spf1 mx a -all", "v=spf1 MX include:s.test ~all"]),
            "v=spf1 mx a include:s.test -all"
        );
        assert_eq!(merged(&["v=spf1 a ?all", "v=spf1 mx ~ALL"]), "v=spf1 a mx ~all");
        assert_eq!(
            merged(&["v=spf1 redirect=s.test", "v=spf1 mx -all exp=e.test"]),
            "v=spf1 include:s.test mx -all exp=e.test"
        );
        assert_eq!(merged(&["v=spf1 mx -all", "v=spf1 a -all"]), "v=spf1 mx a -all");
        assert_eq!(merged(&["v=spf1 mx", "v=spf1 a +all"]), "v=spf1 mx a ~all");
    }

    #[test]
    fn an_open_end_is_closed() {
        let record = SpfRecord::parse("v=spf1 mx +all").unwrap();
        assert!(record.is_open());
        assert_eq!(record.closed().to_string(), "v=spf1 mx ~all");
        assert!(!SpfRecord::parse("v=spf1 mx ?all").unwrap().is_open());
    }
}
