//! Housekeeping, once an hour. Several workers may do it at once; the second finds nothing to do.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diwan_domain::Services;
use diwan_platform::{db, jobs};
use sea_orm::DbErr;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// How long finished jobs are kept, to answer "what happened".
const JOBS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long the answers to idempotency keys are kept: longer than any client repeats a request.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(48);

/// How long it is kept that a letter was sent.
const LETTERS_KEPT: TimeDelta = TimeDelta::days(30);

/// Keeps house until `stop`.
pub(crate) async fn run(services: Arc<Services>, stop: CancellationToken) {
    let mut hours = interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hours.tick() => {}
        }
        if let Err(error) = forget(&services).await {
            tracing::warn!(%error, "housekeeping failed; it is done again in an hour");
        }
    }
}

/// Forgets what is old.
async fn forget(services: &Services) -> Result<(), DbErr> {
    let (on, now) = (services.db.unscoped(), services.now());
    let jobs = jobs::forget(on, now - JOBS_KEPT).await?;
    let answers: i64 = db::scalar(on, "select app.forget_idempotency($1)", [(now - ANSWERS_KEPT).into()]).await?;
    let connections: i64 = db::scalar(on, "select app.expire_connections($1)", [now.into()]).await?;
    let letters: i64 = db::scalar(on, "select app.forget_letters($1)", [(now - LETTERS_KEPT).into()]).await?;
    if jobs + answers + connections + letters > 0 {
        tracing::info!(
            jobs,
            idempotency_keys = answers,
            connections,
            letters,
            "housekeeping: what is over was forgotten"
        );
    }
    Ok(())
}
