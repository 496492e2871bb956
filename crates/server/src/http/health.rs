//! How the system is: one JSON document for programs and people who watch. What is wrong, and with
//! whose mail, is told to those who may see the figures; everybody else learns the state alone.

use std::sync::Arc;
use std::time::Instant;

use hikyaku_cause::{Cause, Code, KeptCause, Language, Severity, render};
use hikyaku_net::Admission;
use hikyaku_store::Astray;
use hyper::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use super::{Answer, document};
use crate::house::House;

/// What is looked at.
pub(super) struct Health {
    house: Arc<House>,
    admission: Arc<Admission>,
    started: Instant,
}

impl Health {
    pub(super) fn new(house: Arc<House>, admission: Arc<Admission>) -> Self {
        Self { house, admission, started: Instant::now() }
    }

    pub(super) async fn respond(&self, is_trusted: bool) -> Answer {
        let trouble = self.house.store.probe().await.err().map(|fault| fault.cause());
        let sending = self.house.sending.as_ref();
        let verdicts = sending.map(|sending| sending.verdicts()).unwrap_or_default();
        let trouble: Vec<_> = trouble.into_iter().chain(verdicts).collect();
        // Whoever has reached a limit is told, and so is who looks after the system; mail flows.
        let rate = self.house.rate.as_ref();
        let reached = rate.map(|rate| rate.reached(Timestamp::now())).unwrap_or_default();
        // Mail flows while a certificate is only about to run out.
        let keeper = self.house.certificates.as_ref();
        let hostname = &self.house.hostname;
        let certificates =
            keeper.map(|it| it.findings(hostname, Timestamp::now())).unwrap_or_default();
        let astray = self.astray().await;
        let findings: Vec<_> = trouble
            .iter()
            .chain(&reached)
            .chain(&astray)
            .map(|cause| render::finding(cause, Language::English))
            .chain(certificates.iter().map(|it| render::kept_finding(it, Language::English)))
            .collect();
        let is_critical =
            |it: &KeptCause| it.code().map(Code::severity) == Some(Severity::Critical);
        let healthy = trouble.is_empty() && !certificates.iter().any(is_critical);
        let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let state = match (healthy, findings.is_empty()) {
            (false, _) => "critical",
            (true, false) => "warning",
            (true, true) => "ok",
        };
        if !is_trusted {
            return document(status, &json!({ "healthy": healthy, "state": state }));
        }
        document(
            status,
            &json!({
                "healthy": healthy,
                "state": state,
                "hostname": self.house.hostname.as_str(),
                "version": env!("CARGO_PKG_VERSION"),
                "seconds": self.started.elapsed().as_secs(),
                "connections": self.admission.standing(),
                "findings": findings,
            }),
        )
    }

    /// Aliases from which mail does not get to where they lead: that mail is put off, other mail
    /// flows. A store that cannot be read is a trouble of its own.
    async fn astray(&self) -> Vec<Cause> {
        let store = self.house.store.clone();
        let found = tokio::task::spawn_blocking(move || store.astray()).await;
        let found = found.ok().and_then(Result::ok).unwrap_or_default();
        found.iter().map(Astray::cause).collect()
    }
}
