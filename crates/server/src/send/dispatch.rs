//! Finds what is due and sends couriers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::{Shared, courier, path, report};

/// The queue is looked at so often at least: commands change it beside us.
const TICK: Duration = Duration::from_secs(1);
/// Destinations taken up at once.
const DESTINATIONS: usize = 64;
/// How often messages that take long are looked for.
const NOTICES_EVERY: Duration = Duration::from_secs(30);
/// After a fault of the disk.
const FAULT_PAUSE: Duration = Duration::from_secs(2);
/// How long couriers have to end when the system stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs until the system stops.
pub(super) async fn run(shared: Arc<Shared>) {
    recover(&shared).await;
    path::forget(&shared).await;
    let mut notices = Instant::now();
    while !shared.board.is_closed() {
        if notices <= Instant::now() {
            notices = Instant::now() + NOTICES_EVERY;
            shared.board.tidy();
            report::look_after_late(&shared).await;
        }
        path::probe(&shared);
        let pause = match look(&shared) {
            Ok(pause) => pause,
            Err(fault) => {
                tracing::warn!(code = %fault.cause().code, "the queue cannot be read");
                FAULT_PAUSE
            }
        };
        tokio::select! {
            () = shared.wake.notified() => {}
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

/// Sends a courier to each destination that has something due; returns how long to wait.
fn look(shared: &Arc<Shared>) -> Result<Duration, hikyaku_store::Fault> {
    let (store, board) = (&shared.setup.store, &shared.board);
    let now = Timestamp::now();
    for destination in store.queue_urgent(DESTINATIONS)? {
        board.disturb(&destination);
    }
    let ready = store.queue_ready(now, DESTINATIONS, |destination| board.is_busy(destination))?;
    for destination in &ready.destinations {
        board.depart(destination);
        tokio::spawn(courier::run(Arc::clone(shared), destination.clone()));
    }
    if ready.destinations.len() == DESTINATIONS {
        return Ok(Duration::ZERO);
    }
    let until = ready.next.map_or(i64::MAX, |next| next.saturating_sub(now.as_millisecond()));
    Ok(u64::try_from(until).map_or(TICK, |until| Duration::from_millis(until.max(1)).min(TICK)))
}
