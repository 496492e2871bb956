//! Which services are where.

use std::fmt::Write as _;
use std::net::SocketAddr;

use hikyaku_cause::Language;
use hikyaku_net::Listeners;
use hikyaku_server::DoorKind;
use serde_json::{Value, json};

use crate::config::Listen;
use crate::words::say;

/// What is served at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Served {
    /// Mail.
    Mail(DoorKind),
    /// Pages, in the clear.
    Http,
    /// The same pages over TLS.
    Https,
}

/// Addresses and their services.
pub(crate) struct Listening(Vec<(SocketAddr, Served)>);

impl Listening {
    pub(crate) fn of(listen: &Listen) -> Self {
        let all = [
            (&listen.smtp, Served::Mail(DoorKind::Smtp)),
            (&listen.submission, Served::Mail(DoorKind::Submission)),
            (&listen.submissions, Served::Mail(DoorKind::Submissions)),
            (&listen.pop3, Served::Mail(DoorKind::Pop3)),
            (&listen.pop3s, Served::Mail(DoorKind::Pop3s)),
            (&listen.http, Served::Http),
            (&listen.https, Served::Https),
        ];
        let pairs = all
            .iter()
            .flat_map(|(addresses, kind)| addresses.iter().map(move |address| (*address, *kind)));
        Self(pairs.collect())
    }

    /// The same with the ports the system chose.
    pub(crate) fn bound(listeners: &Listeners<Served>) -> Self {
        Self(listeners.addresses().map(|(address, kind)| (address, *kind)).collect())
    }

    pub(crate) fn wanted(&self) -> Vec<(SocketAddr, Served)> {
        self.0.clone()
    }

    /// Every address.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.0.iter().map(|(address, _)| *address)
    }

    /// The first address of a service.
    pub(crate) fn first(&self, service: Served) -> Option<SocketAddr> {
        self.0.iter().find(|(_, kind)| *kind == service).map(|(address, _)| *address)
    }

    /// Service names with their first address.
    pub(crate) fn json(&self) -> Value {
        let mut services = serde_json::Map::new();
        for (address, kind) in &self.0 {
            let name = name(*kind).to_owned();
            services.entry(name).or_insert_with(|| json!(address.to_string()));
        }
        Value::Object(services)
    }

    pub(crate) fn text(&self, language: Language) -> String {
        let mut text = say(language, "serve-ready", &[]) + "\n";
        for (address, kind) in &self.0 {
            let _ = writeln!(text, "  {:<12} {address}", name(*kind));
        }
        text
    }
}

fn name(kind: Served) -> &'static str {
    match kind {
        Served::Mail(kind) => kind.name(),
        Served::Http => "http",
        Served::Https => "https",
    }
}
