//! Finds what is due and sends couriers.

use std::sync::Arc;
use std::time::Duration;

use hikyaku_store::gather_answers;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::{Shared, courier, path, promise, report};

/// The queue is looked at so often at least: commands change it beside us.
const TICK: Duration = Duration::from_secs(1);
/// Destinations taken up at once.
const DESTINATIONS: usize = 64;
/// How often messages that take long are looked for.
const NOTICES_EVERY: Duration = Duration::from_secs(30);
/// How often it is written down how sessions went.
const JOURNAL_EVERY: Duration = Duration::from_secs(15);
/// How often it is looked whether policies are to be fetched again.
const POLICIES_EVERY: Duration = Duration::from_mins(1);
/// How often it is looked whether reports on encryption are due.
const REPORTS_EVERY: Duration = Duration::from_mins(10);
/// After a look that found nothing to do, so much time passes before what came meanwhile is looked
/// at: else each message would cost a look while all couriers it could have are on their way.
const REST: Duration = Duration::from_millis(3);
/// After a fault of the disk.
const FAULT_PAUSE: Duration = Duration::from_secs(2);
/// How long couriers have to end when the system stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs until the system stops.
pub(super) async fn run(shared: Arc<Shared>) {
    tokio::spawn(gather_answers());
    recover(&shared).await;
    path::forget(&shared).await;
    let mut notices = Instant::now();
    let mut journal = Instant::now() + JOURNAL_EVERY;
    let mut policies = Instant::now() + POLICIES_EVERY;
    let mut reports = Instant::now() + POLICIES_EVERY;
    while !shared.board.is_closed() {
        if notices <= Instant::now() {
            notices = Instant::now() + NOTICES_EVERY;
            shared.board.tidy();
            report::look_after_late(&shared).await;
        }
        if journal <= Instant::now() {
            journal = Instant::now() + JOURNAL_EVERY;
            shared.journal.write(&shared.setup.store).await;
        }
        if policies <= Instant::now() {
            policies = Instant::now() + POLICIES_EVERY;
            tokio::spawn(promise::refresh(Arc::clone(&shared)));
        }
        if reports <= Instant::now() {
            reports = Instant::now() + REPORTS_EVERY;
            promise::report_if_due(&shared);
        }
        path::probe(&shared);
        let looked = look(&shared).unwrap_or_else(|fault| {
            tracing::warn!(code = %fault.cause().code, "the queue cannot be read");
            Looked { pause: FAULT_PAUSE, sent: 0 }
        });
        let pause = looked.pause;
        tokio::select! {
            () = shared.wake.notified() => if looked.sent == 0 {
                tokio::time::sleep(REST).await;
            },
            () = shared.stop.notified() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    let all_back = async {
        while shared.board.couriers() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if timeout(PATIENCE, all_back).await.is_err() {
        tracing::warn!(couriers = shared.board.couriers(), "cut off while sending");
    }
    shared.journal.write(&shared.setup.store).await;
}

/// What an earlier run was doing when it was cut off.
async fn recover(shared: &Shared) {
    while !shared.board.is_closed() {
        match shared.setup.store.queue_recover().await {
            Ok(0) => return,
            Ok(recipients) => {
                tracing::warn!(
                    recipients,
                    code = "queue.in_doubt",
                    "cut off while sending; tried again, some may arrive twice"
                );
                return;
            }
            Err(fault) => {
                tracing::warn!(code = %fault.cause().code, "the queue cannot be read yet");
                tokio::time::sleep(FAULT_PAUSE).await;
            }
        }
    }
}

/// What came of a look.
#[derive(Debug)]
struct Looked {
    /// How long to wait until the next one.
    pause: Duration,
    /// Couriers sent.
    sent: usize,
}

/// Sends a courier to each destination that has something due.
fn look(shared: &Arc<Shared>) -> Result<Looked, hikyaku_store::Fault> {
    let (store, board) = (&shared.setup.store, &shared.board);
    let now = Timestamp::now();
    let due = || store.queue_ready(now, DESTINATIONS, |destination| board.is_busy(destination));
    let mut ready = due()?;
    // What somebody wants to be tried now has no time.
    if ready.next.is_some_and(|next| next <= 0) {
        for destination in store.queue_urgent(DESTINATIONS)? {
            board.disturb(&destination);
        }
        ready = due()?;
    }
    for destination in &ready.destinations {
        board.depart(destination);
        tokio::spawn(courier::run(Arc::clone(shared), destination.clone()));
    }
    let sent = ready.destinations.len();
    if sent == DESTINATIONS {
        return Ok(Looked { pause: Duration::ZERO, sent });
    }
    let until = ready.next.map_or(i64::MAX, |next| next.saturating_sub(now.as_millisecond()));
    let until = u64::try_from(until).map(|until| Duration::from_millis(until.max(1)));
    Ok(Looked { pause: until.map_or(TICK, |until| until.min(TICK)), sent })
}
