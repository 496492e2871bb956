//! What was counted becomes reports.

use std::sync::Arc;

use hikyaku_net::WebClient;
use jiff::Timestamp;

use crate::send::Shared;
use crate::tls_reports::{Reporter, log, round};

/// Sends the reports that are due, unless that is being done; called now and then.
pub(in crate::send) fn report_if_due(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let Ok(mut daily) = shared.journal.daily.try_lock() else { return };
        let setup = &shared.setup;
        let web = WebClient { resolver: &setup.resolver, tls: &setup.tls };
        let (store, hostname, signer) = (&setup.store, &setup.hostname, &setup.signer);
        let reporter = Reporter { store, hostname, signer, only: &setup.only, web };
        let deliver = |outgoing| reporter.deliver(outgoing);
        let sent = round((store, hostname), &mut daily, Timestamp::now(), deliver).await;
        log(&sent);
        shared.wake.notify_one();
    });
}
