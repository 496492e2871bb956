//! Figures for Prometheus: what came and went, what was refused and why, how much waits.
//!
//! Counting is an addition to an atomic number; all else is looked up when somebody asks.

use hikyaku_cause::{Cause, Code};
use hikyaku_store::Fate;
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::house::House;

/// One label with its value.
type Label<T> = [(&'static str, T); 1];

/// The figures of one system.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    received: Family<Label<&'static str>, Counter>,
    refused: Family<Label<&'static str>, Counter>,
    sign_ins: Family<Label<&'static str>, Counter>,
    sent: Family<Label<&'static str>, Counter>,
    connections: Gauge,
    waiting: Gauge,
    oldest: Gauge,
    lost_events: Gauge,
    certificates: Family<Label<String>, Gauge>,
    certificate_failures: Family<Label<String>, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hikyaku");
        let (received, refused) = (Family::default(), Family::default());
        let (sign_ins, sent) = (Family::default(), Family::default());
        let (connections, waiting) = (Gauge::default(), Gauge::default());
        let (oldest, lost_events) = (Gauge::default(), Gauge::default());
        let (certificates, certificate_failures) = (Family::default(), Family::default());
        registry.register("messages_received", "Messages taken in, by door", received.clone());
        registry.register(
            "refusals",
            "Recipients, messages and connections refused, by cause",
            refused.clone(),
        );
        registry.register("sign_ins", "Sign-ins, accepted or by cause", sign_ins.clone());
        registry.register(
            "recipients_attempted",
            "Recipients tried at other servers, by what came of it",
            sent.clone(),
        );
        registry.register("connections", "Connections that stand", connections.clone());
        registry.register("queue_recipients", "Recipients that wait", waiting.clone());
        registry.register("queue_oldest_seconds", "Age of the oldest that waits", oldest.clone());
        registry.register("lost_events", "Events lost since the start", lost_events.clone());
        registry.register(
            "certificate_expiry_seconds",
            "When a certificate expires, in seconds since 1970",
            certificates.clone(),
        );
        registry.register(
            "certificate_failures",
            "Failures in a row to get or renew the certificate of a name",
            certificate_failures.clone(),
        );
        Self {
            registry,
            received,
            refused,
            sign_ins,
            sent,
            connections,
            waiting,
            oldest,
            lost_events,
            certificates,
            certificate_failures,
        }
    }
}

impl Metrics {
    /// A message was taken in.
    pub(crate) fn received(&self, service: &'static str) {
        self.received.get_or_create(&[("service", service)]).inc();
    }

    /// Something was refused.
    pub(crate) fn refused(&self, code: Code) {
        self.refused.get_or_create(&[("code", code.name())]).inc();
    }

    /// Somebody signed in, or was refused.
    pub(crate) fn signed_in<T>(&self, outcome: &Result<T, Cause>) {
        let outcome = outcome.as_ref().map_or_else(|cause| cause.code.name(), |_| "accepted");
        self.sign_ins.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// So many recipients were tried at another server.
    pub(crate) fn attempted(&self, fate: Option<Fate>, recipients: usize) {
        let outcome = match fate {
            None => "deferred",
            Some(Fate::Accepted) => "accepted",
            Some(Fate::Failed) => "failed",
            Some(Fate::Expired) => "expired",
            Some(Fate::Removed) => "removed",
        };
        self.sent.get_or_create(&[("outcome", outcome)]).inc_by(recipients as u64);
    }

    /// Everything, as Prometheus reads it. Blocks for a moment.
    pub(crate) fn text(&self, house: &House, connections: usize) -> Result<String, Cause> {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.connections.set(whole(connections as u64));
        self.lost_events.set(whole(house.store.lost_events()));
        let (waiting, since) = house.store.queue_age().map_err(|fault| fault.cause())?;
        self.waiting.set(whole(waiting));
        let now = Timestamp::now().as_second();
        self.oldest.set(since.map_or(0, |since| (now - since.as_second()).max(0)));
        self.certificates.clear();
        for (file, expires) in house.tls.iter().flat_map(|tls| tls.expiries()) {
            let label = [("file", file.display().to_string())];
            self.certificates.get_or_create(&label).set(expires);
        }
        self.certificate_failures.clear();
        for (name, failures) in house.certificates.iter().flat_map(|keeper| keeper.failures()) {
            let gauge = self.certificate_failures.get_or_create(&[("name", name)]);
            gauge.set(i64::from(failures));
        }
        let mut text = String::new();
        // Writing into memory does not fail.
        let _ = encode(&mut text, &self.registry);
        Ok(text)
    }
}
