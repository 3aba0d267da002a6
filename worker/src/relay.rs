//! Hands over what is due, when it is due.
//!
//! Sleeps until the next row is due or PostgreSQL says that there is a new one, takes due rows in batches and pushes them
//! into Redis; with Redis away it runs them here. What a crash leaves between the two is found by the reconciler.

use std::sync::Arc;
use std::time::Duration;

use diwan_platform::jobs::{self, JobRef};
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::executor::Executor;
use crate::queue::{Queue, Room};
use crate::slots::Turn;

/// The channel on which migration `m0005` tells of new rows.
const CHANNEL: &str = "diwan_job";

/// How many rows are taken at once.
const BATCH: usize = 64;

/// The longest sleep, in case a notification is lost.
const LONGEST: Duration = Duration::from_secs(1);

/// The shortest sleep, so that rows that others hold do not make us spin.
const SHORTEST: Duration = Duration::from_millis(5);

/// How often it looks at most, but while whole batches are due: what comes due in the meantime is handed over together, or each of many
/// jobs that end and call others would cost two statements of its own.
const GAP: Duration = Duration::from_millis(10);

/// How soon to look again when Redis holds enough.
const FULL: Duration = Duration::from_millis(50);

/// The wait after PostgreSQL failed, and the longest wait before listening again.
const TROUBLE: Duration = Duration::from_secs(1);
const LONGEST_TROUBLE: Duration = Duration::from_secs(15);

/// Hands over until `stop`.
pub(crate) async fn run(executor: Arc<Executor>, queue: Arc<Queue>, stop: CancellationToken) {
    let news = Arc::new(Notify::new());
    let listener = tokio::spawn(listen(Arc::clone(&executor), Arc::clone(&news), stop.clone()));
    while !stop.is_cancelled() {
        let began = Instant::now();
        let pause = match turn(&executor, &queue).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "due jobs could not be taken; trying again");
                TROUBLE
            }
        };
        if !pause.is_zero() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = news.notified() => {}
                () = sleep(pause) => {}
            }
            sleep_until(began + GAP).await;
        }
    }
    let _ended = listener.await;
}

/// Hands over one batch. Answers how long to sleep.
async fn turn(executor: &Arc<Executor>, queue: &Queue) -> Result<Duration, DbErr> {
    match queue.room(executor.in_line()).await {
        Room::For(0) => Ok(FULL),
        Room::For(room) => {
            let (jobs, pause) = take(executor, room).await?;
            if let Err(jobs) = queue.push(jobs).await {
                run_here(executor, jobs).await;
            }
            Ok(pause)
        }
        Room::Away => {
            // No more than can begin at once: the rest stays where other workers see it.
            let Some(slot) = executor.slot(Turn::Anew).await else { return Ok(LONGEST) };
            let room = executor.free() + 1;
            drop(slot);
            let (jobs, pause) = take(executor, room).await?;
            run_here(executor, jobs).await;
            Ok(pause)
        }
    }
}

/// Takes at most `room` due rows; says how long to sleep after handing them over.
async fn take(executor: &Executor, room: usize) -> Result<(Vec<JobRef>, Duration), DbErr> {
    let services = executor.services();
    let limit = room.min(BATCH);
    let jobs = jobs::take_due(services.db.unscoped(), i32::try_from(limit).unwrap_or(i32::MAX), services.now()).await?;
    if jobs.len() == limit {
        return Ok((jobs, if limit == BATCH { Duration::ZERO } else { GAP }));
    }
    let next = jobs::next_due(services.db.unscoped()).await;
    // What has been taken must be handed over whatever happens to the second question.
    let pause = match next {
        Ok(Some(due)) => (due - services.now()).to_std().unwrap_or(Duration::ZERO).clamp(SHORTEST, LONGEST),
        Ok(None) => LONGEST,
        Err(error) => {
            tracing::warn!(%error, "the next due time could not be read");
            TROUBLE
        }
    };
    Ok((jobs, pause))
}

/// Runs jobs without Redis. Those that find no slot because the worker stops are left to the reconciler.
async fn run_here(executor: &Arc<Executor>, jobs: Vec<JobRef>) {
    for job in jobs {
        let Some(slot) = executor.slot(Turn::Anew).await else { return };
        drop(executor.start(job.id, slot));
    }
}

/// Wakes the relay when PostgreSQL tells of new rows. Without it the relay still looks every second.
async fn listen(executor: Arc<Executor>, news: Arc<Notify>, stop: CancellationToken) {
    let mut wait = TROUBLE;
    loop {
        let listening = async {
            let mut listener = executor.services().db.listen(&[CHANNEL]).await?;
            wait = TROUBLE;
            news.notify_one();
            loop {
                // None: the connection was lost and is there again; something may have been missed.
                let _told = listener.try_recv().await.map_err(|error| DbErr::Custom(error.to_string()))?;
                news.notify_one();
            }
        };
        let lost: Result<(), DbErr> = tokio::select! {
            () = stop.cancelled() => return,
            lost = listening => lost,
        };
        if let Err(error) = lost {
            tracing::warn!(%error, wait_s = wait.as_secs(), "not listening for new jobs; looking every second meanwhile");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(wait) => {}
        }
        wait = (wait * 2).min(LONGEST_TROUBLE);
    }
}
