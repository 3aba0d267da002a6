//! The worker: the loop that runs what was promised. It knows no rules; what a job does stands in the domain.
//!
//! PostgreSQL is the truth and Redis only carries ids of rows that are due, so every way to a job ends in
//! [`diwan_domain::jobs::run`], which lets one caller have it and turns the others away:
//!
//! ```text
//!             due             apalis
//! PostgreSQL ------> relay ---------> queue on Redis --> executor
//!     |                |  Redis is away                     ^  ^
//!     |                +------------------------------------+  |
//!     +--- quiet: handed over and not begun, lease run out ----+
//!                       reconciler
//! ```
//!
//! | module | what lives there |
//! | --- | --- |
//! | `relay` | takes what is due and hands it over, in time |
//! | `queue` | apalis on Redis: attaching, pushing, clearing what is done |
//! | `reconciler` | finds what was handed over and not begun, or begun and abandoned |
//! | `executor` | runs jobs, a bounded number at a time, and what is next in line behind each |
//! | `slots` | who gets the next hand that is free |
//! | `present` | lets the others know that this worker lives |
//! | `schedules` | housekeeping |
//! | `roll_up` | housekeeping of old numbers |

mod executor;
mod present;
mod queue;
mod reconciler;
mod relay;
mod roll_up;
mod schedules;
mod slots;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diwan_domain::Services;
use diwan_platform::kept::KeptFor;
use diwan_platform::{ids, presence};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use executor::Executor;
use queue::Queue;

/// How long jobs that run may go on after the worker was asked to stop. What is not done by then is safe: its lease runs
/// out and another worker takes it up.
const GRACE: Duration = Duration::from_secs(25);

/// How to run the worker.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Redis, as `redis://`, `rediss://` or `redis+unix://`.
    pub redis_url: String,
    /// What every key in Redis begins with, so that several installations can share one.
    pub redis_prefix: String,
    /// How many jobs run at a time, at least 1.
    pub concurrency: usize,
    /// The folder for the anchors of the audit trail.
    pub anchors: PathBuf,
    /// How long numbers are kept as they were read.
    pub kept: KeptFor,
}

/// Why the worker could not start or had to end. An absent server is no such reason: the worker waits for it.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The address of Redis cannot be read.
    #[error("REDIS_URL is not an address of Redis: {0}")]
    RedisUrl(#[source] redis::RedisError),
    /// A part of the worker ended by itself, which is a fault in the program.
    #[error("a part of the worker ended unexpectedly: {0}")]
    Ended(String),
}

/// Runs jobs until `stop`; then takes no new ones, finishes those that run, for at most 25 s, and returns.
pub async fn run(services: Arc<Services>, options: WorkerOptions, stop: CancellationToken) -> Result<(), WorkerError> {
    let concurrency = options.concurrency.max(1);
    let owner = format!("{}{}", presence::PREFIX, ids::new_id(services.now()).simple());
    let executor = Arc::new(Executor::new(Arc::clone(&services), owner.clone(), concurrency));
    let queue = Arc::new(Queue::new(&options, concurrency).map_err(WorkerError::RedisUrl)?);
    tracing::info!(owner, concurrency, "the worker starts");
    // Before the first job: one that is not known to live is taken for dead.
    let Some(presence) = present::take(&services, &owner, &stop).await else { return Ok(()) };

    // Of our own, so that the parts also end if one of them fails.
    let stop_parts = stop.child_token();
    let mut parts = JoinSet::new();
    parts.spawn(queue::serve(Arc::clone(&queue), Arc::clone(&executor), stop_parts.clone()));
    parts.spawn(relay::run(Arc::clone(&executor), Arc::clone(&queue), stop_parts.clone()));
    parts.spawn(reconciler::run(Arc::clone(&executor), stop_parts.clone()));
    parts.spawn(present::hold(Arc::clone(&services), owner, presence, stop_parts.clone()));
    parts.spawn(schedules::run(Arc::clone(&services), options.anchors.clone(), stop_parts.clone()));
    parts.spawn(roll_up::run(Arc::clone(&services), options.kept, stop_parts.clone()));

    let ended = tokio::select! {
        biased;
        () = stop.cancelled() => Ok(()),
        ended = parts.join_next() => Err(WorkerError::Ended(match ended {
            Some(Err(error)) => error.to_string(),
            _ => "it returned".to_owned(),
        })),
    };
    stop_parts.cancel();
    executor.close();
    tracing::info!(running = executor.running(), "the worker stops");
    let finish = async {
        executor.finished().await;
        while parts.join_next().await.is_some() {}
    };
    if timeout(GRACE, finish).await.is_err() {
        tracing::warn!(
            running = executor.running(),
            grace_s = GRACE.as_secs(),
            "jobs were left running; another worker will take them up"
        );
    }
    ended
}
