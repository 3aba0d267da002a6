//! Hands over what is due, when it is due.
//!
//! Sleeps until the next row is due or PostgreSQL says that there is a new one, takes due rows in batches and pushes them
//! into Redis; with Redis away it runs them here. What a crash leaves between the two is found by the reconciler.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use diwan_platform::jobs::{self, JobRef, Taken};
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

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

/// How soon to look again when Redis holds enough, or so many wait in lines that some of what is due may be left to others.
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
    let busy = executor.is_busy_with_lines();
    let taken = if busy { Taken::Awaited } else { Taken::All };
    let most = i32::try_from(limit).unwrap_or(i32::MAX);
    let jobs = jobs::take_due_of(services.db.unscoped(), taken, most, services.now()).await?;
    if jobs.len() == limit {
        return Ok((jobs, if limit == BATCH { Duration::ZERO } else { GAP }));
    }
    if busy {
        return Ok((jobs, FULL));
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

/// Runs jobs without Redis. Those that find no slot because the worker stops are given back.
async fn run_here(executor: &Arc<Executor>, jobs: Vec<JobRef>) {
    let mut ids: VecDeque<Uuid> = jobs.into_iter().map(|job| job.id).collect();
    while let Some(id) = ids.pop_front() {
        let Some(slot) = executor.slot(Turn::Anew).await else {
            ids.push_front(id);
            return executor.give_back(ids.into()).await;
        };
        drop(executor.start(id, slot));
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

#[cfg(test)]
mod tests {
    use anyhow::Result;
    use chrono::TimeDelta;
    use diwan_testkit::TestServices;

    use super::*;

    #[tokio::test]
    async fn what_a_worker_that_stops_took_past_redis_is_given_back_in_one_statement() -> Result<()> {
        let test = TestServices::new().await?;
        let brand = test.brand("Nour").await?;
        let asked = format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
             select gen_random_uuid(), '{brand}', 'render_report', gen_random_uuid(), now(), now() from generate_series(1, 3)"
        );
        test.db.run(&asked).await?;
        let services = &test.services;
        let executor = Arc::new(Executor::new(Arc::clone(services), "one".to_owned(), 4));
        let soon = services.now() + TimeDelta::seconds(1);
        let taken = jobs::take_due(services.db.unscoped(), 10, soon).await?;
        assert_eq!(taken.len(), 3);
        executor.close();
        let before = test.db.statements();
        run_here(&executor, taken).await;
        assert_eq!(test.db.statements() - before, 1);
        assert_eq!(test.db.count("job where state = 'PENDING' and handed_at is null and fence = 0").await?, 3);
        Ok(())
    }

    #[tokio::test]
    async fn a_worker_with_two_in_line_for_each_hand_leaves_reports_to_others() -> Result<()> {
        let test = TestServices::new().await?;
        let brand = test.brand("Nour").await?;
        let asked = format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
             select gen_random_uuid(), '{brand}', kind, gen_random_uuid(), now() - interval '1 second', now()
             from unnest(array['render_report', 'publish', 'send_letter']) kind"
        );
        test.db.run(&asked).await?;
        let executor = Executor::new(Arc::clone(&test.services), "one".to_owned(), 2);
        let mut waiting = vec![executor.fill_places(3)];
        assert!(!executor.is_busy_with_lines());
        waiting.push(executor.fill_places(1));
        let (mut jobs, pause) = take(&executor, 10).await?;
        jobs.sort_by(|one, other| one.kind.cmp(&other.kind));
        assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["publish", "send_letter"]);
        assert_eq!(pause, FULL);
        drop(waiting);
        let (jobs, _pause) = take(&executor, 10).await?;
        assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["render_report"]);
        Ok(())
    }
}
