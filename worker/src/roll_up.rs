//! Once a day old numbers are rolled up, month after month. Several workers may be at it: one does it.

use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use diwan_domain::insights::roll_up_metrics;
use diwan_platform::kept::KeptFor;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_hours(24);
/// What it is called among the figures of jobs.
const NAME: &str = "roll_up_metrics";

/// Rolls up until `stop`.
pub(crate) async fn run(services: Arc<Services>, kept: KeptFor, stop: CancellationToken) {
    let mut days = interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = days.tick() => {}
        }
        while !stop.is_cancelled() {
            match roll_up_metrics(&services, kept).await {
                Ok(None) => break,
                Ok(Some(done)) => {
                    services.metrics.ran(NAME, "FINISHED");
                    tracing::info!(
                        table = done.of_table,
                        month = %done.month,
                        rows_before = done.rows_before,
                        rows_after = done.rows_after,
                        packed = done.packed,
                        "old numbers were rolled up"
                    );
                }
                Err(error) => {
                    services.metrics.ran(NAME, "BROKEN");
                    tracing::error!(%error, "old numbers were not rolled up; it is tried again in a day");
                    break;
                }
            }
        }
    }
}
