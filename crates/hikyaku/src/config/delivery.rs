//! `[delivery]`: how mail leaves.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hikyaku_cause::Cause;
use hikyaku_route::{Pattern, Relay, RelayTls, RouteRule, Routes};
use hikyaku_server::SendingLimits;
use serde::Deserialize;

use super::place::Places;

/// How mail leaves, checked.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Whether any mail leaves at all.
    pub(crate) enabled: bool,
    /// Where mail may go; everywhere where empty.
    pub(crate) only: Vec<Pattern>,
    pub(crate) resolver: Option<SocketAddr>,
    pub(crate) port: u16,
    pub(crate) ca: Option<PathBuf>,
    /// Keys of the root of the DNS; those of IANA where absent.
    pub(crate) trust_anchor: Option<PathBuf>,
    pub(crate) control: Vec<String>,
    pub(crate) routes: Routes,
    pub(crate) limits: SendingLimits,
}

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub(super) struct WrittenDelivery {
    enabled: bool,
    only_domains: Vec<String>,
    resolver: Option<SocketAddr>,
    port: u16,
    ca: Option<PathBuf>,
    trust_anchor: Option<PathBuf>,
    control: Vec<String>,
    relay: Option<WrittenRelay>,
    route: Vec<WrittenRoute>,
    connections: usize,
    connections_per_host: usize,
    connections_per_minute: usize,
    first_wait_seconds: u64,
    expire_seconds: u64,
    notice_seconds: u64,
    connect_seconds: u64,
    reply_seconds: u64,
}

impl Default for WrittenDelivery {
    fn default() -> Self {
        let limits = SendingLimits::default();
        Self {
            enabled: true,
            only_domains: Vec::new(),
            resolver: None,
            port: 25,
            ca: None,
            trust_anchor: None,
            control: Vec::new(),
            relay: None,
            route: Vec::new(),
            connections: limits.connections,
            connections_per_host: limits.connections_per_host,
            connections_per_minute: limits.connections_per_minute,
            first_wait_seconds: limits.first_wait.as_secs(),
            expire_seconds: limits.expire.as_secs(),
            notice_seconds: limits.notice.as_secs(),
            connect_seconds: limits.connect.as_secs(),
            reply_seconds: limits.reply.as_secs(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
struct WrittenRelay {
    host: String,
    port: u16,
    #[serde(default)]
    tls: WrittenTls,
    username: Option<String>,
    password_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum WrittenTls {
    Implicit,
    #[default]
    Starttls,
    Opportunistic,
    None,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
struct WrittenRoute {
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    mx_hosts: Vec<String>,
    relay: WrittenRelay,
}

impl WrittenDelivery {
    pub(super) fn check(self, folder: &Path, places: &Places<'_>) -> Result<Delivery, Cause> {
        let least = [
            ("delivery.port", u64::from(self.port)),
            ("delivery.connections", self.connections as u64),
            ("delivery.connections_per_host", self.connections_per_host as u64),
            ("delivery.first_wait_seconds", self.first_wait_seconds),
            ("delivery.expire_seconds", self.expire_seconds),
            ("delivery.notice_seconds", self.notice_seconds),
            ("delivery.connect_seconds", self.connect_seconds),
            ("delivery.reply_seconds", self.reply_seconds),
        ];
        for (key, value) in least {
            if value == 0 {
                return Err(places.invalid(key, "1 or more", "0"));
            }
        }
        for control in &self.control {
            let port = control.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
            if !matches!(port, Some(Ok(1..))) {
                return Err(places.invalid("delivery.control", "host:port", control));
            }
        }
        let default = self.relay.map(|relay| relay.check("delivery.relay", folder, places));
        let rules = self.route.into_iter().map(|route| route.check(folder, places));
        let routes =
            Routes { default: default.transpose()?, rules: rules.collect::<Result<_, _>>()? };
        let only = patterns(self.only_domains, "delivery.only_domains", places)?;
        Ok(Delivery {
            enabled: self.enabled,
            only,
            resolver: self.resolver,
            port: self.port,
            ca: self.ca.map(|ca| folder.join(ca)),
            trust_anchor: self.trust_anchor.map(|file| folder.join(file)),
            control: self.control,
            routes,
            limits: SendingLimits {
                connections_per_host: self.connections_per_host,
                connections_per_minute: self.connections_per_minute,
                connections: self.connections,
                first_wait: Duration::from_secs(self.first_wait_seconds),
                expire: Duration::from_secs(self.expire_seconds),
                notice: Duration::from_secs(self.notice_seconds),
                connect: Duration::from_secs(self.connect_seconds),
                reply: Duration::from_secs(self.reply_seconds),
            },
        })
    }
}

fn patterns(texts: Vec<String>, key: &str, places: &Places<'_>) -> Result<Vec<Pattern>, Cause> {
    let pattern = |text: String| {
        let expected = "a domain, or *. and a domain";
        Pattern::parse(&text).ok_or_else(|| places.invalid(key, expected, &text))
    };
    texts.into_iter().map(pattern).collect()
}

impl WrittenRelay {
    fn check(self, key: &str, folder: &Path, places: &Places<'_>) -> Result<Relay, Cause> {
        if self.port == 0 {
            return Err(places.invalid(key, "a port of 1 or more", "0"));
        }
        if self.host.is_empty() || self.host.contains([' ', '/', '@']) {
            return Err(places.invalid(key, "the name or address of a host", &self.host));
        }
        let tls = match self.tls {
            WrittenTls::Implicit => RelayTls::Implicit,
            WrittenTls::Starttls => RelayTls::Starttls,
            WrittenTls::Opportunistic => RelayTls::Opportunistic,
            WrittenTls::None => RelayTls::None,
        };
        if self.username.is_some() != self.password_file.is_some() {
            let expected = "username and password_file together";
            return Err(places.invalid(key, expected, "one of them"));
        }
        if self.username.is_some() && matches!(tls, RelayTls::None | RelayTls::Opportunistic) {
            // A password leaves over TLS that was verified, or not at all.
            let expected = "tls = \"starttls\" or \"implicit\" where there is a password";
            return Err(places.invalid(key, expected, "another"));
        }
        Ok(Relay {
            host: self.host,
            port: self.port,
            tls,
            username: self.username,
            password_file: self.password_file.map(|file| folder.join(file)),
        })
    }
}

impl WrittenRoute {
    fn check(self, folder: &Path, places: &Places<'_>) -> Result<RouteRule, Cause> {
        let domains = patterns(self.domains, "delivery.route.domains", places)?;
        let mx_hosts = patterns(self.mx_hosts, "delivery.route.mx_hosts", places)?;
        if domains.is_empty() && mx_hosts.is_empty() {
            return Err(places.invalid("delivery.route", "domains or mx_hosts", "neither"));
        }
        Ok(RouteRule {
            domains,
            mx_hosts,
            relay: self.relay.check("delivery.route.relay", folder, places)?,
        })
    }
}
