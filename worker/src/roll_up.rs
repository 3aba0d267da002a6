//! Once a day old numbers are rolled up, month after month. Several workers may be at it: one does it.

use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use diwan_domain::insights::{RollUpOutcome, RolledUp, roll_up_metrics};
use diwan_platform::kept::KeptFor;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_hours(24);
/// How long until the next pass where a month was in use, or the database could not be asked.
const SOON: Duration = Duration::from_hours(1);
/// Between two steps: whoever had to wait for one has their turn.
const PAUSE: Duration = Duration::from_secs(5);
/// What it is called among the figures of jobs.
const NAME: &str = "roll_up_metrics";

/// Rolls up until `stop`.
pub(crate) async fn run(services: Arc<Services>, kept: KeptFor, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let wait = pass(&services, kept, &stop).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(wait) => {}
        }
    }
}

/// Does all months that are to be done. A month that cannot be done keeps no other waiting. How long until the next pass.
async fn pass(services: &Services, kept: KeptFor, stop: &CancellationToken) -> Duration {
    let mut left = Vec::new();
    let mut wait = EVERY;
    while !stop.is_cancelled() {
        match roll_up_metrics(services, kept, &mut left).await {
            Ok(None) => break,
            Ok(Some(step)) => {
                tell(services, &step);
                if step.outcome == RollUpOutcome::Busy {
                    wait = SOON;
                }
            }
            Err(error) => {
                services.metrics.ran(NAME, "BROKEN");
                tracing::error!(%error, "old numbers were not rolled up; it is tried again in an hour");
                return SOON;
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep(PAUSE) => {}
        }
    }
    wait
}

fn tell(services: &Services, step: &RolledUp) {
    let RolledUp { of_table, month, outcome, rows_before, rows_after } = step;
    match outcome {
        RollUpOutcome::RolledUp | RollUpOutcome::Packed => {
            services.metrics.ran(NAME, "FINISHED");
            let packed = *outcome == RollUpOutcome::Packed;
            tracing::info!(table = of_table, %month, rows_before, rows_after, packed, "old numbers were rolled up");
        }
        RollUpOutcome::Busy => {
            tracing::info!(table = of_table, %month, "a month of old numbers is in use; it is tried again in an hour");
        }
        RollUpOutcome::TooLarge => {
            tracing::warn!(
                table = of_table,
                %month,
                "a month of old numbers is too large to be packed while numbers are read"
            );
        }
        RollUpOutcome::Failed(error) => {
            services.metrics.ran(NAME, "BROKEN");
            tracing::error!(
                table = of_table,
                %month,
                error,
                "old numbers were not rolled up; it is tried again in a day"
            );
        }
    }
}
