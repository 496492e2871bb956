//! Which services are where.

use std::fmt::Write as _;
use std::net::SocketAddr;

use hikyaku_cause::Language;
use hikyaku_net::Listeners;
use hikyaku_server::DoorKind;
use serde_json::{Value, json};

use crate::config::Listen;
use crate::words::say;

/// Addresses and their services; `None` is the health address.
pub(crate) struct Listening(Vec<(SocketAddr, Option<DoorKind>)>);

impl Listening {
    pub(crate) fn of(listen: &Listen) -> Self {
        let all = [
            (&listen.smtp, Some(DoorKind::Smtp)),
            (&listen.submission, Some(DoorKind::Submission)),
            (&listen.submissions, Some(DoorKind::Submissions)),
            (&listen.pop3, Some(DoorKind::Pop3)),
            (&listen.pop3s, Some(DoorKind::Pop3s)),
            (&listen.http, None),
        ];
        let pairs = all
            .iter()
            .flat_map(|(addresses, kind)| addresses.iter().map(move |address| (*address, *kind)));
        Self(pairs.collect())
    }

    /// The same with the ports the system chose.
    pub(crate) fn bound(listeners: &Listeners<Option<DoorKind>>) -> Self {
        Self(listeners.addresses().map(|(address, kind)| (address, *kind)).collect())
    }

    pub(crate) fn wanted(&self) -> Vec<(SocketAddr, Option<DoorKind>)> {
        self.0.clone()
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

fn name(kind: Option<DoorKind>) -> &'static str {
    kind.map_or("http", DoorKind::name)
}
