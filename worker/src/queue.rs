//! apalis on Redis: the queue of jobs that are due now.
//!
//! Redis may be absent, be flushed, or restart at any time. Then the apalis worker ends with an error, and it is built anew
//! every two seconds until Redis answers; meanwhile the relay runs jobs without it. What was in Redis is found again by
//! the reconciler. Retries, due times and results are PostgreSQL's: here a task always ends well and is then removed.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use apalis::prelude::*;
use apalis_redis::{Config, RedisStorage};
use diwan_platform::jobs::JobRef;
use futures::channel::mpsc;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands as _, Client, RedisError, Script};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::WorkerOptions;
use crate::executor::Executor;

/// How many jobs may wait in Redis for each that can run: enough to keep busy, few enough to lose without harm.
pub(crate) const WAITING_PER_SLOT: usize = 4;

/// The queue counts as full until one in so many of its places is free. What waits in it keeps every hand busy until it is looked at again,
/// and where more is due than there is room for, asking PostgreSQL for a few jobs costs as much as asking for many.
const ROOM_WORTH_FILLING: usize = 4;

/// How often the queue is asked for what other processes pushed. What this process pushes is fetched at once.
const POLL: Duration = Duration::from_millis(100);

/// How often the queue's worker says that it lives. After ten silent intervals others take its tasks, which is harmless: who
/// runs a job is PostgreSQL's to say. It is also the longest that a task lies in Redis: now and then, on a busy machine, apalis'
/// poller misses both the wake-up and [`POLL`] and goes on with the next sign of life (with 5 s here, jobs were up to 3.6 s late).
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often finished tasks are removed.
const TIDY: Duration = Duration::from_secs(5);

/// How long one command may take before Redis counts as absent.
const PATIENCE: Duration = Duration::from_secs(1);

/// How soon to try again while Redis is absent.
const AGAIN: Duration = Duration::from_secs(2);

/// How long what a worker says of itself outlives it in Redis, in seconds.
const METADATA_KEPT_S: i64 = 3600;

/// How many finished tasks one script removes; Redis does nothing else meanwhile.
const AT_ONCE: usize = 500;

/// Removes finished tasks. `KEYS`: the set of their ids, the hash of their data, the prefix of their metadata.
static REMOVE_ENDED: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local ids = redis.call('spop', KEYS[1], ARGV[1])
        for _, id in ipairs(ids) do
          redis.call('hdel', KEYS[2], id)
          redis.call('del', KEYS[3] .. ':' .. id)
        end
        return #ids
        ",
    )
});

/// What may be pushed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// So many; 0 when enough waits.
    For(usize),
    /// Redis is away.
    Away,
}

/// The queue, whether Redis is there or not.
pub(crate) struct Queue {
    client: Client,
    config: Config,
    concurrency: usize,
    attached: Mutex<Option<Attached>>,
}

/// Redis, as long as it answers.
#[derive(Clone)]
struct Attached {
    storage: RedisStorage<JobRef>,
    connection: ConnectionManager,
    wake: mpsc::Sender<()>,
}

/// Why the queue has to be attached again.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("cannot reach Redis: {0}")]
    Unreachable(#[from] RedisError),
    #[error("the queue ended: {0}")]
    Ended(#[from] WorkerError),
    #[error("the queue ended by itself")]
    Silent,
}

/// How many to push where at most so many wait and so many do.
fn worth_filling(most: usize, waiting: usize) -> usize {
    let room = most.saturating_sub(waiting);
    if room * ROOM_WORTH_FILLING < most { 0 } else { room }
}

impl Queue {
    /// Reads the address of Redis, and asks nothing of it yet.
    pub(crate) fn new(options: &WorkerOptions, concurrency: usize) -> Result<Self, RedisError> {
        let config = Config::default()
            .queue(format!("{}:jobs", options.redis_prefix))
            // One at a time, and no more than can run: the rest stays where other workers see it. What is fetched while lines keep all hands
            // busy waits for the next of them, is run by another worker's reconciler should that take long, and is given back when this one stops.
            .batch_size(1)
            .heartbeat_interval(HEARTBEAT)
            .lock_tasks(false)
            .emit_events(false);
        Ok(Self { client: Client::open(options.redis_url.as_str())?, config, concurrency, attached: Mutex::new(None) })
    }

    /// How many jobs may be pushed, while so many wait in this worker that are next in line. They take of the room, but for as many as can
    /// run: what lies in Redis waits for them, and must not be much, or what comes anew would lie behind it for long.
    pub(crate) async fn room(&self, in_line: usize) -> Room {
        let Some(mut attached) = self.attached() else { return Room::Away };
        let waiting = attached.connection.llen::<_, usize>(self.config.active_jobs_list());
        match timeout(PATIENCE, waiting).await {
            Ok(Ok(waiting)) => Room::For(worth_filling(self.most(in_line), waiting)),
            Ok(Err(error)) => self.detach(&error),
            Err(_elapsed) => self.detach(&"no answer in time"),
        }
    }

    /// How many may wait in Redis.
    fn most(&self, in_line: usize) -> usize {
        (self.concurrency * WAITING_PER_SLOT).saturating_sub(in_line).max(self.concurrency)
    }

    /// Pushes jobs. Gives them back if they may not have arrived: they must be run otherwise.
    pub(crate) async fn push(&self, jobs: Vec<JobRef>) -> Result<(), Vec<JobRef>> {
        if jobs.is_empty() {
            return Ok(());
        }
        let Some(mut attached) = self.attached() else { return Err(jobs) };
        match timeout(PATIENCE, attached.storage.push_bulk(jobs.clone())).await {
            Ok(Ok(())) => {
                // Full means that it is being woken.
                let _woken = attached.wake.try_send(());
                Ok(())
            }
            Ok(Err(error)) => {
                self.detach(&error);
                Err(jobs)
            }
            Err(_elapsed) => {
                self.detach(&"no answer in time");
                Err(jobs)
            }
        }
    }

    fn attached(&self) -> Option<Attached> {
        self.attached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does without Redis until its worker shows another sign of life.
    fn detach(&self, why: &dyn std::fmt::Display) -> Room {
        if self.attached.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            tracing::warn!(reason = %why, "Redis does not answer; jobs run without it");
        }
        Room::Away
    }

    fn attach(&self, attached: &Attached) {
        let mut current = self.attached.lock().unwrap_or_else(PoisonError::into_inner);
        if current.is_none() {
            tracing::info!("jobs go through Redis");
            *current = Some(attached.clone());
        }
    }

    /// Removes finished tasks, which apalis keeps for ever, every now and then. Never returns.
    async fn tidy_on(&self, connection: &ConnectionManager, metadata: &str) {
        let mut ticks = interval(TIDY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.tidy(connection.clone(), metadata).await;
        }
    }

    async fn tidy(&self, mut connection: ConnectionManager, metadata: &str) {
        let work = async {
            for ended in [self.config.done_jobs_set(), self.config.dead_jobs_set()] {
                let mut script = REMOVE_ENDED.key(ended);
                script.key(self.config.job_data_hash()).key(self.config.job_meta_hash()).arg(AT_ONCE);
                while script.invoke_async::<usize>(&mut connection).await? == AT_ONCE {}
            }
            connection.expire::<_, ()>(metadata, METADATA_KEPT_S).await
        };
        match timeout(TIDY, work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "finished tasks stay in Redis for now"),
            Err(_elapsed) => tracing::debug!("finished tasks stay in Redis for now: no answer in time"),
        }
    }
}

/// Works on the queue until `stop`, attaching as often as it takes. Returns when what it has begun has ended.
pub(crate) async fn serve(queue: Arc<Queue>, executor: Arc<Executor>, stop: CancellationToken) {
    let mut attempt = 0_u32;
    while !stop.is_cancelled() {
        attempt = attempt.wrapping_add(1);
        let began = tokio::time::Instant::now();
        if let Err(lost) = serve_once(&queue, &executor, attempt, &stop).await {
            queue.detach(&lost);
            tracing::debug!(error = %lost, attempt, "attaching to Redis again");
        }
        // After a flush the next worker follows at once.
        if began.elapsed() < AGAIN {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(AGAIN) => {}
            }
        }
    }
}

/// Attaches and works until Redis is lost or `stop`.
async fn serve_once(
    queue: &Arc<Queue>,
    executor: &Arc<Executor>,
    attempt: u32,
    stop: &CancellationToken,
) -> Result<(), Lost> {
    let settings = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let connection = ConnectionManager::new_with_config(queue.client.clone(), settings).await?;
    let storage = RedisStorage::new(connection.clone()).with_config(queue.config.clone());
    let (wake, woken) = mpsc::channel(1);
    let attached = Attached { storage: storage.clone(), connection, wake };

    // A name that was never used: Redis may still hold a worker of the last one.
    let context = WorkerContext::new(&format!("{}-{attempt}", executor.owner()));
    let metadata = queue.config.worker_metadata_key(&context);
    let alive = (Arc::clone(queue), attached.clone());
    let runner = Arc::clone(executor);
    let worker = WorkerBuilder::new(context.clone())
        .backend(storage.poll_with_strategy(Strategy::new().stream(woken).interval(POLL)))
        .concurrency(queue.concurrency)
        .on_event(move |_, event| {
            // It is registered, or has renewed that.
            if matches!(event, Event::HeartBeat) {
                alive.0.attach(&alive.1);
            }
        })
        .build(move |job: JobRef| {
            let runner = Arc::clone(&runner);
            async move { runner.run(&job).await }
        });

    let work = worker.run();
    tokio::pin!(work);
    tokio::select! {
        ended = &mut work => return ended.map_err(Lost::from).and(Err(Lost::Silent)),
        () = queue.tidy_on(&attached.connection, &metadata) => {}
        () = stop.cancelled() => {}
    }
    // It has begun jobs: those end first. A worker that has not registered yet cannot be stopped, but dropped.
    if context.stop().is_ok() {
        work.await?;
    }
    queue.tidy(attached.connection, &metadata).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_filled_when_that_is_worth_it_and_one_hand_never_waits() {
        assert_eq!([0, 1, 3, 4, 9].map(|waiting| worth_filling(4, waiting)), [4, 3, 1, 0, 0]);
        assert_eq!([0, 96, 97, 128].map(|waiting| worth_filling(128, waiting)), [128, 32, 0, 0]);
    }
}
