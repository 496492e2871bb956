//! Relays: servers that take mail on from us, for everything or for some.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use hikyaku_mail::{Domain, Host};

/// How TLS is used towards a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelayTls {
    /// Before the first octet (RFC 8314 §3.3); the certificate must hold.
    Implicit,
    /// By STARTTLS, and nothing is sent without it; the certificate must hold.
    Starttls,
    /// By STARTTLS where it is offered, whatever the certificate.
    Opportunistic,
    /// Never.
    None,
}

/// A server that takes mail on from us.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relay {
    /// Its name, or its address as text.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How TLS is used.
    pub tls: RelayTls,
    /// The name to sign in with, if that is needed.
    pub username: Option<String>,
    /// The file that holds the password.
    pub password_file: Option<PathBuf>,
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A name, or every name below one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// This name.
    Exact(String),
    /// Every name that ends in a dot and this one, not the name itself.
    Below(String),
}

impl Pattern {
    /// `example.com`, or `*.example.com` for every name below it. `None` where it is neither. An
    /// IP address is a name here, so that a rule can name a mail host by it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Some(Self::Exact(ip.to_string()));
        }
        if let Some(rest) = text.strip_prefix("*.") {
            return Some(Self::Below(Domain::parse(rest).ok()?.as_str().to_owned()));
        }
        Some(Self::Exact(Domain::parse(text).ok()?.as_str().to_owned()))
    }

    /// Whether a name in its ASCII form is meant; case and a final dot make no difference.
    pub fn matches(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        match self {
            Self::Exact(own) => own.eq_ignore_ascii_case(name),
            Self::Below(parent) => {
                let Some(at) = name.len().checked_sub(parent.len() + 1) else { return false };
                at > 0
                    && name.as_bytes().get(at) == Some(&b'.')
                    && name.get(at + 1..).is_some_and(|end| end.eq_ignore_ascii_case(parent))
            }
        }
    }
}

/// A relay for some recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRule {
    /// For recipients at these domains.
    pub domains: Vec<Pattern>,
    /// For domains that have one of these among their mail hosts.
    pub mx_hosts: Vec<Pattern>,
    /// The relay.
    pub relay: Relay,
}

/// All relays. Without any, mail goes to the hosts the DNS names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// For everything no rule is for.
    pub default: Option<Relay>,
    /// The first that matches is taken.
    pub rules: Vec<RouteRule>,
}

/// Where a recipient's mail goes first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// To a relay; nothing is looked up but its name.
    Relay(Arc<Relay>),
    /// To the hosts the DNS names for the domain.
    Domain(Domain),
    /// To an address that was written in place of a domain (RFC 5321 §4.1.3).
    Literal(IpAddr),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relay(relay) => relay.fmt(f),
            Self::Domain(domain) => domain.fmt(f),
            Self::Literal(ip) => Host::Literal(*ip).fmt(f),
        }
    }
}

impl Routes {
    /// The relay for recipients at a domain, known before anything is looked up: a rule for the
    /// domain, else the default. Where a rule is for mail hosts the default has to wait for
    /// [`relay_for_hosts`](Self::relay_for_hosts).
    pub fn relay_for(&self, domain: &str) -> Option<&Relay> {
        let by_domain = self.rules.iter().find(|rule| any(&rule.domains, domain));
        let by_hosts = self.rules.iter().any(|rule| !rule.mx_hosts.is_empty());
        let default = self.default.as_ref().filter(|_| !by_hosts);
        by_domain.map(|rule| &rule.relay).or(default)
    }

    /// The relay for a domain that has none by its name and whose mail hosts are known: a rule
    /// that means one of them, else the default. Without hosts, because the DNS names none, the
    /// default.
    pub fn relay_for_hosts(&self, mx_hosts: &[String]) -> Option<&Relay> {
        let is_meant = |rule: &&RouteRule| mx_hosts.iter().any(|host| any(&rule.mx_hosts, host));
        self.rules.iter().find(is_meant).map(|rule| &rule.relay).or(self.default.as_ref())
    }

    /// Where mail for a host goes first.
    pub fn destination(&self, host: &Host) -> Destination {
        let name = match host {
            Host::Domain(domain) => domain.as_str().to_owned(),
            Host::Literal(ip) => ip.to_string(),
        };
        match (self.relay_for(&name), host) {
            (Some(relay), _) => Destination::Relay(Arc::new(relay.clone())),
            (None, Host::Domain(domain)) => Destination::Domain(domain.clone()),
            (None, Host::Literal(ip)) => Destination::Literal(*ip),
        }
    }
}

fn any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let table = [
            ("example.com", "EXAMPLE.com.", true),
            ("example.com", "a.example.com", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "b.a.Example.Com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "badexample.com", false),
            ("日本語.jp", "xn--wgv71a119e.jp", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("2001:DB8::1", "2001:db8::1", true),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(
                Pattern::parse(pattern).unwrap().matches(name),
                expected,
                "{pattern} {name}"
            );
        }
        for wrong in ["", "*", "*.", "a.*.com", "a b", "**.example.com"] {
            assert_eq!(Pattern::parse(wrong), None, "{wrong}");
        }
    }

    fn relay(host: &str) -> Relay {
        let tls = RelayTls::Starttls;
        Relay { host: host.to_owned(), port: 587, tls, username: None, password_file: None }
    }

    fn rule(domains: &[&str], mx_hosts: &[&str], to: &str) -> RouteRule {
        let all = |list: &[&str]| list.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        RouteRule { domains: all(domains), mx_hosts: all(mx_hosts), relay: relay(to) }
    }

    fn host(relay: Option<&Relay>) -> &str {
        relay.map_or("", |relay| &relay.host)
    }

    #[test]
    fn first_rule_that_matches_then_the_default() {
        let mut routes = Routes { default: Some(relay("default")), rules: Vec::new() };
        routes.rules.push(rule(&["edo.test", "*.edo.test"], &[], "first"));
        routes.rules.push(rule(&["a.edo.test", "osaka.test"], &[], "second"));
        let table = [
            ("edo.test", "first"),
            ("a.edo.test", "first"),
            ("osaka.test", "second"),
            ("kyoto.test", "default"),
        ];
        for (domain, expected) in table {
            assert_eq!(host(routes.relay_for(domain)), expected, "{domain}");
        }
        routes.default = None;
        assert_eq!(routes.relay_for("kyoto.test"), None);
    }

    #[test]
    fn rules_for_mail_hosts_wait_for_them() {
        let rules = vec![rule(&["edo.test"], &["*.mail.test"], "both")];
        let routes = Routes { default: Some(relay("default")), rules };
        assert_eq!(host(routes.relay_for("edo.test")), "both");
        assert_eq!(routes.relay_for("kyoto.test"), None);
        let hosts = ["x.other.test", "mx1.mail.test"].map(str::to_owned);
        assert_eq!(host(routes.relay_for_hosts(&hosts)), "both");
        assert_eq!(host(routes.relay_for_hosts(&hosts[..1])), "default");
        assert_eq!(host(routes.relay_for_hosts(&[])), "default");
    }

    #[test]
    fn destinations() {
        let rules = vec![rule(&["edo.test", "192.0.2.9"], &[], "r.test")];
        let routes = Routes { default: None, rules };
        let table = [
            ("edo.test", "r.test:587"),
            ("kyoto.test", "kyoto.test"),
            ("[192.0.2.1]", "[192.0.2.1]"),
            ("[192.0.2.9]", "r.test:587"),
            ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
        ];
        for (text, expected) in table {
            let host = Host::parse_ascii(text.as_bytes()).unwrap();
            assert_eq!(routes.destination(&host).to_string(), expected);
        }
    }
}
