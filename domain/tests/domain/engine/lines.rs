//! A worker takes an account's whole line, and works it off.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs::{self, Hands, Ran};
use diwan_platform::clock::ManualClock;
use diwan_platform::jobs as outbox;
use diwan_platform::presence::Presence;
use diwan_testkit::load;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::engine::bench::Bench;

/// A line of publications that are due on one account, and their jobs in its order.
struct Line {
    bench: Bench,
    clock: Arc<ManualClock>,
    texts: Vec<String>,
    jobs: Vec<Uuid>,
}

/// The jobs of all publications in the order of their times.
async fn in_order(bench: &Bench) -> Result<Vec<Uuid>> {
    let jobs = "select string_agg(j.id::text, ' ' order by p.due_at, p.id) from job j
        join publication p on p.id = j.subject_id where j.kind = 'publish'";
    let jobs: String = bench.test.db.value(jobs).await?;
    Ok(jobs.split(' ').map(str::parse).collect::<Result<_, _>>()?)
}

impl Line {
    async fn of(count: usize) -> Result<Self> {
        let clock = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(clock));
        let bench = Bench::new(1, TimeDelta::days(3), Some(Arc::clone(&clock))).await?;
        let texts = bench.due(bench.accounts[0], count).await?;
        let jobs = in_order(&bench).await?;
        Ok(Self { bench, clock, texts, jobs })
    }

    /// Lets a worker run a job, and what it goes on with, until there is nothing more. Answers what it ran beside that job.
    async fn work_off(&self, job: Uuid, worker: &str, places: &Arc<Semaphore>) -> Result<Vec<Uuid>> {
        let mut ran = Vec::new();
        let mut next = Some(job);
        while let Some(job) = next {
            let hands = Hands::of(worker).with_places(Arc::clone(places));
            let (ended, behind) = jobs::run_in(&self.bench.test.services, job, hands).await?;
            ensure!(ended == Ran::Finished, "{ended:?}");
            next = behind.map(|behind| behind.job_id);
            ran.extend(next);
        }
        Ok(ran)
    }

    /// What the jobs are, in the line's order: state, whether they are due, and who has them in its line.
    async fn jobs(&self) -> Result<String> {
        let now = self.bench.now().to_rfc3339();
        let sql = format!(
            "select string_agg(j.state || case when j.due_at <= '{now}' then ' due ' else ' later ' end || coalesce(j.line_owner, '-'), ', '
               order by p.due_at, p.id)
             from job j join publication p on p.id = j.subject_id where j.kind = 'publish'"
        );
        self.bench.test.db.value(&sql).await
    }

    async fn count(&self, what: &str) -> Result<i64> {
        self.bench.test.db.count(&format!("job where kind = 'publish' and {what}")).await
    }

    fn posts(&self) -> Vec<String> {
        self.bench.servers[0].state().posts.clone()
    }
}

#[tokio::test]
async fn whoever_begins_takes_the_line_for_its_worker_which_works_it_off_in_order() -> Result<()> {
    let line = Line::of(6).await?;
    let places = Arc::new(Semaphore::new(1));
    // Not the first: it finds that, takes all of them, and the worker goes on with the first.
    let hands = Hands::of("one").with_places(Arc::clone(&places));
    let (ran, next) = jobs::run_in(&line.bench.test.services, line.jobs[3], hands).await?;
    let next = next.context("the first")?;
    assert_eq!((ran, next.job_id, places.available_permits()), (Ran::Finished, line.jobs[0], 0));
    assert_eq!(
        line.jobs().await?,
        "HANDED due one, PENDING later one, PENDING later one, PENDING later one, PENDING later one, PENDING later one"
    );
    assert!(line.posts().is_empty(), "nothing has gone out");
    drop(next.place);

    let ran = line.work_off(line.jobs[0], "one", &places).await?;
    assert_eq!(ran, line.jobs[1..]);
    assert_eq!(line.posts(), line.texts);
    assert_eq!(places.available_permits(), 1);
    // All of them were in its hands since the first moment, and nothing was begun in vain but the one that took them.
    let now = line.bench.now().to_rfc3339();
    assert_eq!(line.count(&format!("state = 'DONE' and line_owner = 'one' and lined_at = '{now}'")).await?, 6);
    assert_eq!(line.bench.test.db.value::<i64>("select sum(fence)::bigint from job where kind = 'publish'").await?, 7);
    Ok(())
}

#[tokio::test]
async fn the_first_takes_those_behind_it_also_out_of_the_queue() -> Result<()> {
    let line = Line::of(4).await?;
    let services = &line.bench.test.services;
    let handed = outbox::take_due(services.db.unscoped(), 100, services.now()).await?;
    assert_eq!(handed.iter().filter(|job| job.kind == "publish").count(), 4);
    let places = Arc::new(Semaphore::new(1));
    let hands = Hands::of("one").with_places(Arc::clone(&places));
    let (ran, next) = jobs::run_in(services, line.jobs[0], hands).await?;
    assert_eq!((ran, line.posts()), (Ran::Finished, line.texts[..1].to_vec()));
    let next = next.context("the second")?;
    assert_eq!(next.job_id, line.jobs[1]);
    // The queue delivers what it holds: that of which it is the turn runs, and the others do not.
    for job in &line.jobs[2..] {
        assert_eq!(jobs::run(services, *job, "two").await?, Ran::NotOurs);
    }
    assert_eq!(line.jobs().await?, "DONE due -, HANDED due one, PENDING later one, PENDING later one");
    drop(next.place);
    line.work_off(next.job_id, "one", &places).await?;
    assert_eq!(line.posts(), line.texts);
    Ok(())
}

#[tokio::test]
async fn without_a_place_the_next_goes_through_the_queue_and_is_not_said_to_be_in_hand() -> Result<()> {
    let line = Line::of(3).await?;
    let services = &line.bench.test.services;
    let places = Arc::new(Semaphore::new(1));
    // As in a worker that stops, or in which enough waits.
    let taken = Arc::clone(&places).try_acquire_owned()?;
    assert!(line.work_off(line.jobs[1], "one", &places).await?.is_empty());
    assert_eq!(line.jobs().await?, "PENDING due -, PENDING later one, PENDING later one");
    drop(taken);
    // Another worker gets it, and with it the rest.
    assert_eq!(jobs::run(services, line.jobs[0], "two").await?, Ran::Finished);
    assert_eq!(line.jobs().await?, "DONE due -, PENDING due -, PENDING later one");
    line.work_off(line.jobs[1], "two", &places).await?;
    assert_eq!(line.posts(), line.texts);
    // Of the other's line nothing is left; the last was handed over by the one before it.
    assert_eq!(line.count("line_owner is null and lined_at is null").await?, 2);
    assert_eq!(line.count("line_owner = 'two'").await?, 1);
    Ok(())
}

/// What is found after so long that was handed over and not begun.
async fn quiet_after(line: &Line, wait: TimeDelta) -> Result<Vec<Uuid>> {
    let services = &line.bench.test.services;
    line.clock.advance(wait);
    let now = services.now();
    let before = now - TimeDelta::seconds(4);
    let quiet = outbox::quiet(services.db.unscoped(), 10, before, (now, services.timing.lease)).await?;
    Ok(quiet.into_iter().map(|job| job.id).collect())
}

/// A worker that lives has sent the first and was handed the second: its name, and that it lives.
async fn handed_to_one_that_lives(line: &Line) -> Result<(String, Presence)> {
    let services = &line.bench.test.services;
    let name = format!("present-{}", line.jobs[0]);
    let presence = services.db.presence(&name).await?;
    let hands = Hands::of(&name).with_places(Arc::new(Semaphore::new(4)));
    let (_, next) = jobs::run_in(services, line.jobs[0], hands).await?;
    ensure!(next.context("the second")?.job_id == line.jobs[1]);
    Ok((name, presence))
}

#[tokio::test]
async fn a_worker_that_dies_with_a_line_loses_nothing_of_it() -> Result<()> {
    let line = Line::of(5).await?;
    let places = Arc::new(Semaphore::new(4));
    let hands = Hands::of("present-until-now").with_places(Arc::clone(&places));
    let (_, next) = jobs::run_in(&line.bench.test.services, line.jobs[0], hands).await?;
    // It was handed the second, and dies.
    drop(next.context("the second")?);
    assert!(quiet_after(&line, TimeDelta::zero()).await?.is_empty());
    assert_eq!(quiet_after(&line, TimeDelta::seconds(5)).await?, line.jobs[1..2]);
    assert_eq!(line.work_off(line.jobs[1], "two", &places).await?, line.jobs[2..]);
    assert_eq!(line.posts(), line.texts);
    Ok(())
}

#[tokio::test]
async fn what_waits_for_a_hand_of_a_worker_that_lives_is_not_forgotten_before_ten_seconds() -> Result<()> {
    let line = Line::of(3).await?;
    let (_name, presence) = handed_to_one_that_lives(&line).await?;
    assert!(quiet_after(&line, TimeDelta::seconds(9)).await?.is_empty());
    // It may sleep, or have lost it.
    assert_eq!(quiet_after(&line, TimeDelta::seconds(2)).await?.first(), Some(&line.jobs[1]));
    drop(presence);
    Ok(())
}

#[tokio::test]
async fn what_was_handed_to_a_worker_that_lives_is_not_begun_by_another() -> Result<()> {
    let line = Line::of(3).await?;
    let services = &line.bench.test.services;
    let (name, presence) = handed_to_one_that_lives(&line).await?;
    // Redis delivers it, from before the line was taken.
    assert_eq!(jobs::run(services, line.jobs[1], "two").await?, Ran::NotOurs);
    assert_eq!(line.count("state = 'HANDED' and fence = 0").await?, 1);
    assert_eq!(line.posts(), line.texts[..1]);
    // The later time of one that nobody called: whoever gets it may begin it.
    line.clock.advance(TimeDelta::seconds(19));
    let taken = outbox::take_due(services.db.unscoped(), 100, services.now()).await?;
    assert_eq!(taken.iter().filter(|job| job.kind == "publish").map(|job| job.id).collect::<Vec<_>>(), line.jobs[2..]);
    assert_eq!(line.jobs().await?, format!("DONE due -, HANDED due {name}, HANDED due -"));
    let places = Arc::new(Semaphore::new(4));
    assert_eq!(line.work_off(line.jobs[1], "two", &places).await?, line.jobs[2..]);
    drop(presence);
    assert_eq!(line.posts(), line.texts);
    Ok(())
}

#[tokio::test]
async fn of_two_that_begin_at_the_same_time_one_takes_the_line_and_the_other_does_not_wait() -> Result<()> {
    let line = Line::of(4).await?;
    let other = line.bench.test.db.owner.begin().await?;
    let account = line.bench.accounts[0];
    let lock = format!("select pg_advisory_xact_lock(hashtextextended('diwan.line.{account}', 0))");
    other.execute_unprepared(&lock).await?;
    let places = Arc::new(Semaphore::new(4));
    assert!(line.work_off(line.jobs[2], "one", &places).await?.is_empty());
    assert_eq!(line.jobs().await?, "PENDING due -, PENDING due -, PENDING later -, PENDING due -");
    other.rollback().await?;
    let ran = line.work_off(line.jobs[0], "two", &places).await?;
    assert_eq!(ran, line.jobs[1..]);
    assert_eq!(line.posts(), line.texts);
    Ok(())
}

#[tokio::test]
async fn while_the_first_is_being_sent_nobody_else_is_called() -> Result<()> {
    let line = Line::of(4).await?;
    let services = &line.bench.test.services;
    let claimed = outbox::start(services.db.unscoped(), line.jobs[0], "one", services.now(), services.timing.lease);
    claimed.await?.context("claimed")?;
    let places = Arc::new(Semaphore::new(4));
    assert!(line.work_off(line.jobs[1], "two", &places).await?.is_empty());
    // Whoever sends the first goes on with the others.
    assert_eq!(line.jobs().await?, "RUNNING due -, PENDING later -, PENDING later one, PENDING later one");
    assert!(line.posts().is_empty());
    // It goes on with them from that moment on.
    let taken = line.bench.now().to_rfc3339();
    let again = "update job set state = 'PENDING', lease_owner = null, lease_expires_at = null where state = 'RUNNING'";
    line.bench.test.db.run(again).await?;
    line.clock.advance(TimeDelta::milliseconds(100));
    assert_eq!(line.work_off(line.jobs[0], "one", &places).await?, line.jobs[1..]);
    assert_eq!(line.posts(), line.texts);
    assert_eq!(line.count(&format!("state = 'DONE' and line_owner = 'one' and lined_at = '{taken}'")).await?, 2);
    Ok(())
}

#[tokio::test]
async fn what_is_next_in_a_worker_that_stops_is_given_back_at_once() -> Result<()> {
    let line = Line::of(3).await?;
    let services = &line.bench.test.services;
    let places = Arc::new(Semaphore::new(1));
    let hands = Hands::of("one").with_places(Arc::clone(&places));
    let (_, next) = jobs::run_in(services, line.jobs[0], hands).await?;
    assert_eq!(next.context("the second")?.job_id, line.jobs[1]);
    assert!(line.jobs().await?.starts_with("DONE due -, HANDED due "));
    // A run of it had failed before: that is not forgotten.
    line.bench.test.db.run(&format!("update job set failures = 2 where id = '{}'", line.jobs[1])).await?;
    let give_back = async || outbox::give_back(services.db.unscoped(), &line.jobs[1..2], "one").await;
    let before = line.bench.test.db.statements();
    assert_eq!(give_back().await?, 1);
    assert_eq!(line.bench.test.db.statements() - before, 1);
    let now = line.bench.now().to_rfc3339();
    let waits = format!(
        "state = 'PENDING' and due_at <= '{now}' and failures = 2 and fence = 0 and handed_at is null and line_owner is null"
    );
    assert_eq!(line.count(&waits).await?, 1);
    assert_eq!(give_back().await?, 0, "once");
    // Another gets it through the queue, and what it has begun is not given back.
    let due = outbox::take_due(services.db.unscoped(), 100, services.now()).await?;
    assert_eq!(due.iter().filter(|job| job.kind == "publish").map(|job| job.id).collect::<Vec<_>>(), line.jobs[1..2]);
    let claimed = outbox::start(services.db.unscoped(), line.jobs[1], "two", services.now(), services.timing.lease);
    claimed.await?.context("claimed")?;
    assert_eq!(give_back().await?, 0);
    assert_eq!(line.count("state = 'RUNNING' and lease_owner = 'two' and failures = 2 and fence = 1").await?, 1);
    assert_eq!(line.posts(), line.texts[..1]);
    Ok(())
}

#[tokio::test]
async fn only_what_waits_for_a_hand_of_the_worker_is_given_back() -> Result<()> {
    let line = Line::of(6).await?;
    let services = &line.bench.test.services;
    let handed = outbox::take_due(services.db.unscoped(), 100, services.now()).await?;
    assert_eq!(handed.iter().filter(|job| job.kind == "publish").count(), 6);
    let claimed = outbox::start(services.db.unscoped(), line.jobs[0], "two", services.now(), services.timing.lease);
    claimed.await?.context("claimed")?;
    let otherwise = format!(
        "update job set line_owner = 'two', lined_at = due_at where id = '{}';
         update job set state = 'CANCELED', finished_at = due_at where id = '{}';
         update job set line_owner = 'one', lined_at = due_at where id = '{}'",
        line.jobs[1], line.jobs[2], line.jobs[3]
    );
    line.bench.test.db.run(&otherwise).await?;
    // Somebody takes the last but one back in this moment: nobody waits for that.
    let other = line.bench.test.db.owner.begin().await?;
    other.execute_unprepared(&format!("select from job where id = '{}' for update", line.jobs[4])).await?;
    let asked = [line.jobs.as_slice(), &[Uuid::nil()]].concat();
    assert_eq!(outbox::give_back(services.db.unscoped(), &asked, "one").await?, 2);
    other.rollback().await?;
    assert_eq!(line.count("state = 'HANDED' and handed_at is not null and fence = 0").await?, 2);
    assert_eq!(
        line.jobs().await?,
        "RUNNING due -, HANDED due two, CANCELED due -, PENDING due -, HANDED due -, PENDING due -"
    );
    assert_eq!(outbox::give_back(services.db.unscoped(), &[], "one").await?, 0);
    Ok(())
}

#[tokio::test]
async fn behind_one_that_is_being_sent_nobody_is_begun_in_vain_twice_a_second() -> Result<()> {
    let line = Line::of(2).await?;
    let services = &line.bench.test.services;
    let now = line.bench.now().to_rfc3339();
    let waits = format!(
        "select extract(epoch from due_at - '{now}'::timestamptz)::float8 from job where id = '{}'",
        line.jobs[1]
    );
    let first = format!("(select subject_id from job where id = '{}')", line.jobs[0]);
    // It goes on for long.
    let claimed = outbox::start(services.db.unscoped(), line.jobs[0], "one", services.now(), services.timing.lease);
    claimed.await?.context("claimed")?;
    for (state, seconds) in [("SCHEDULED", 0.5), ("SENDING", 2.0)] {
        let sql = format!(
            "update publication set state = '{state}' where id = {first};
             update job set due_at = now() - interval '1 year' where id = '{}'",
            line.jobs[1]
        );
        line.bench.test.db.run(&sql).await?;
        assert_eq!(jobs::run(services, line.jobs[1], "two").await?, Ran::Finished);
        let waited: f64 = line.bench.test.db.value(&waits).await?;
        assert!((waited - seconds).abs() < 0.01, "{state}: {waited}");
    }
    assert!(line.posts().is_empty());
    // Whoever ends it calls the next.
    let again = format!(
        "update publication set state = 'SCHEDULED' where id = {first};
         update job set state = 'PENDING', lease_owner = null, lease_expires_at = null where id = '{}'",
        line.jobs[0]
    );
    line.bench.test.db.run(&again).await?;
    assert_eq!(jobs::run(services, line.jobs[0], "one").await?, Ran::Finished);
    assert_eq!(line.jobs().await?, "DONE due -, PENDING due -");
    assert_eq!(jobs::run(services, line.jobs[1], "two").await?, Ran::Finished);
    assert_eq!(line.posts(), line.texts);
    Ok(())
}

#[tokio::test]
async fn a_line_is_taken_by_so_many_at_a_time_and_only_its_first_is_called() -> Result<()> {
    let line = Line::of(1).await?;
    let begin = line.bench.now() - TimeDelta::seconds(20);
    let more = load::publications("bluesky", "long", 299, begin, TimeDelta::milliseconds(10));
    line.bench.test.db.run(&more).await?;
    let jobs_of = in_order(&line.bench).await?;
    assert_eq!((jobs_of.len(), jobs_of[0]), (300, line.jobs[0]));
    let run = async |job: Uuid, worker: &str| -> Result<Option<Uuid>> {
        let hands = Hands::of(worker).with_places(Arc::new(Semaphore::new(1)));
        let (ran, next) = jobs::run_in(&line.bench.test.services, job, hands).await?;
        ensure!(ran == Ran::Finished, "{ran:?}");
        Ok(next.map(|next| next.job_id))
    };
    assert_eq!(run(jobs_of[299], "one").await?, Some(jobs_of[0]));
    // The first, those behind it, and the one that took them.
    assert_eq!(line.count("line_owner = 'one'").await?, 256 + 1);
    assert_eq!(line.count("state = 'HANDED'").await?, 1);
    assert_eq!(run(jobs_of[298], "two").await?, None);
    // The rest, in the name of the worker that has the first in hand.
    assert_eq!(line.count("line_owner = 'one' and state = 'PENDING'").await?, 256 + 42);
    assert_eq!(line.count("line_owner = 'two'").await?, 0);
    let now = line.bench.now().to_rfc3339();
    assert_eq!(line.count(&format!("state in ('PENDING', 'HANDED') and due_at <= '{now}'")).await?, 1);
    assert!(line.posts().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_a_dead_worker_had_begun_is_found_before_what_waits_for_a_hand() -> Result<()> {
    let line = Line::of(2).await?;
    let services = &line.bench.test.services;
    let now = services.now();
    let (long_ago, just_now) = (now - TimeDelta::minutes(5), now - TimeDelta::seconds(1));
    let sql = format!(
        "update job set state = 'HANDED', handed_at = '{}' where id = '{}';
         update job set state = 'RUNNING', fence = 1, lease_owner = 'gone', lease_expires_at = '{}' where id = '{}'",
        long_ago.to_rfc3339(),
        line.jobs[0],
        just_now.to_rfc3339(),
        line.jobs[1]
    );
    line.bench.test.db.run(&sql).await?;
    let quiet = outbox::quiet(services.db.unscoped(), 10, now, (now, services.timing.lease)).await?;
    assert_eq!(quiet.iter().map(|job| job.id).collect::<Vec<_>>(), [line.jobs[1], line.jobs[0]]);
    Ok(())
}
