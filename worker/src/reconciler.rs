//! Finds in PostgreSQL what went quiet: handed over but not begun (Redis was flushed, a worker died), or begun and
//! abandoned (the lease is over). Runs it here, past Redis.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diwan_platform::jobs;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::executor::{Executor, PLACES_PER_SLOT};
use crate::queue::WAITING_PER_SLOT;
use crate::slots::Turn;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(2);

/// How long a job may lie in Redis before it is run past it. With [`EVERY`] this bounds the delay by a lost Redis.
const PATIENCE: TimeDelta = TimeDelta::seconds(4);

/// Looks until `stop`.
pub(crate) async fn run(executor: Arc<Executor>, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // What could not be given back before.
        executor.give_back(Vec::new()).await;
        look(&executor).await;
    }
}

/// Runs what is quiet.
async fn look(executor: &Arc<Executor>) {
    let services = executor.services();
    // Redis and the hands of each worker hold a bounded number, so that this is all there is unless other workers died too.
    let limit = i32::try_from(executor.concurrency() * (WAITING_PER_SLOT + PLACES_PER_SLOT)).unwrap_or(i32::MAX);
    let now = services.now();
    let quiet = match jobs::quiet(services.db.unscoped(), limit, now - PATIENCE, (now, services.timing.lease)).await {
        Ok(quiet) => quiet,
        Err(error) => {
            tracing::warn!(%error, "quiet jobs could not be looked for; trying again");
            return;
        }
    };
    if !quiet.is_empty() {
        tracing::info!(jobs = quiet.len(), "jobs went quiet and are run past Redis");
    }
    for job in quiet {
        // One that began elsewhere while we waited for the slot is not ours any more, which its start finds out.
        let Some(slot) = executor.slot(Turn::Anew).await else { return };
        drop(executor.start(job.id, slot));
    }
}
