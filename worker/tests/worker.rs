//! The worker on real PostgreSQL and Redis: in time, once, whatever goes away.
//!
//! A report that does not exist is the smallest job there is: it ends well at its first run. How often it ran stands in
//! its row: every start raises `fence` by one.

use std::time::Duration;

use anyhow::{Result, ensure};
use apalis::prelude::TaskSink as _;
use apalis_redis::RedisStorage;
use diwan_platform::jobs::{self, JobRef};
use diwan_platform::kept::KeptFor;
use diwan_platform::{db, ids};
use diwan_testkit::TestServices;
use diwan_testkit::db::{redis_url, unique_name};
use diwan_worker::{WorkerError, WorkerOptions};
use redis::AsyncCommands as _;
use sea_orm::{ConnectionTrait as _, FromQueryResult, TransactionTrait as _};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A port on which nobody listens.
const NO_REDIS: &str = "redis://127.0.0.1:1";

struct Setting {
    test: TestServices,
    brand: Uuid,
    prefix: String,
    anchors: tempfile::TempDir,
}

struct Running {
    stop: CancellationToken,
    worker: JoinHandle<Result<(), WorkerError>>,
}

#[derive(Debug, FromQueryResult)]
struct Ran {
    state: String,
    fence: i64,
    late_ms: Option<f64>,
}

impl Setting {
    async fn new() -> Result<Self> {
        let test = TestServices::new().await?;
        let brand = test.brand("Nour").await?;
        Ok(Self { test, brand, prefix: unique_name("worker")?, anchors: tempfile::tempdir()? })
    }

    fn worker(&self, redis_url: &str) -> Running {
        self.worker_of(redis_url, 8)
    }

    fn worker_of(&self, redis_url: &str, concurrency: usize) -> Running {
        let options = WorkerOptions {
            redis_url: redis_url.to_owned(),
            redis_prefix: self.prefix.clone(),
            concurrency,
            anchors: self.anchors.path().to_owned(),
            kept: KeptFor::default(),
        };
        let stop = CancellationToken::new();
        let worker = tokio::spawn(diwan_worker::run(self.test.services.clone(), options, stop.clone()));
        Running { stop, worker }
    }

    /// Asks for so many jobs, due after so many milliseconds.
    async fn ask(&self, count: u32, due_ms: u32) -> Result<()> {
        let brand = self.brand;
        self.test
            .db
            .run(&format!(
                "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
                 select gen_random_uuid(), '{brand}', 'render_report', gen_random_uuid(),
                   clock_timestamp() + interval '{due_ms} milliseconds', clock_timestamp()
                 from generate_series(1, {count})"
            ))
            .await
    }

    async fn ran(&self) -> Result<Vec<Ran>> {
        let sql = "select state, fence, extract(epoch from finished_at - due_at)::float8 * 1000 as late_ms from job order by due_at";
        Ok(db::all(&self.test.db.owner, sql, []).await?)
    }

    async fn in_state(&self, state: &str) -> Result<i64> {
        self.test.db.value(&format!("select count(*) from job where state = '{state}'")).await
    }

    /// Waits until so many are done. Answers how long it took.
    async fn done(&self, count: i64, at_most: Duration) -> Result<Duration> {
        let began = Instant::now();
        while self.in_state("DONE").await? < count {
            ensure!(began.elapsed() < at_most, "not done after {at_most:?}: {:?}", self.ran().await?);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(began.elapsed())
    }

    /// Every job is done and began once.
    async fn once_each(&self) -> Result<()> {
        let ran = self.ran().await?;
        ensure!(ran.iter().all(|ran| ran.state == "DONE" && ran.fence == 1), "not once each: {ran:?}");
        Ok(())
    }
}

impl Running {
    async fn stop(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.worker.await??)
    }
}

/// A Redis database of a test's own, which it may flush.
async fn own_redis(number: u32) -> Result<(String, redis::aio::MultiplexedConnection)> {
    let mut url: url::Url = redis_url()?.parse()?;
    if url.scheme() == "redis" {
        url.set_path(&number.to_string());
    } else {
        url.set_query(Some(&format!("db={number}")));
    }
    let mut connection = redis::Client::open(url.as_str())?.get_multiplexed_async_connection().await?;
    flush(&mut connection).await?;
    Ok((url.into(), connection))
}

async fn flush(connection: &mut redis::aio::MultiplexedConnection) -> Result<()> {
    Ok(redis::cmd("FLUSHDB").query_async::<()>(connection).await?)
}

/// Waits until the worker has begun to use Redis.
async fn attached(connection: &mut redis::aio::MultiplexedConnection, prefix: &str) -> Result<()> {
    let began = Instant::now();
    while connection.zcard::<_, usize>(format!("{prefix}:jobs:workers")).await? == 0 {
        ensure!(began.elapsed() < Duration::from_secs(5), "the worker did not come to Redis");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_jobs_start_in_time() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(1).await?;
    let worker = setting.worker(&url);
    attached(&mut connection, &setting.prefix).await?;
    for n in 0..20 {
        setting.ask(1, 150 * n).await?;
    }
    setting.done(20, Duration::from_secs(8)).await?;
    setting.once_each().await?;
    let mut late: Vec<f64> = setting.ran().await?.iter().filter_map(|ran| ran.late_ms).collect();
    late.sort_by(f64::total_cmp);
    println!("late: median {:.0} ms, worst {:.0} ms", late[10], late[19]);
    ensure!(late[0] >= 0.0, "too early: {late:?}");
    // On a busy machine a single one may wait for the processor.
    ensure!(late[10] < 300.0 && late[19] < 2000.0, "too late: {late:?}");
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_jobs_run_all_the_same() -> Result<()> {
    let setting = Setting::new().await?;
    let worker = setting.worker(NO_REDIS);
    setting.ask(50, 0).await?;
    setting.ask(10, 700).await?;
    let took = setting.done(60, Duration::from_secs(10)).await?;
    println!("60 jobs without Redis: {} ms", took.as_millis());
    setting.once_each().await?;
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_flush_took_from_redis_runs_within_ten_seconds_once() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(2).await?;
    setting.ask(5, 0).await?;
    // Handed over, and never seen again.
    let services = &setting.test.services;
    let handed = jobs::take_due(services.db.unscoped(), 100, services.now() + chrono::Duration::seconds(1)).await?;
    assert_eq!(handed.len(), 5);
    let worker = setting.worker(&url);
    setting.done(5, Duration::from_secs(10)).await?;
    // And now while it works.
    attached(&mut connection, &setting.prefix).await?;
    for round in 1..=10 {
        setting.ask(30, 0).await?;
        flush(&mut connection).await?;
        sleep(Duration::from_millis(30 * round)).await;
        flush(&mut connection).await?;
    }
    let took = setting.done(305, Duration::from_secs(10)).await?;
    println!("after the last flush: {} ms", took.as_millis());
    setting.once_each().await?;
    // It comes back to Redis by itself.
    attached(&mut connection, &setting.prefix).await?;
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_delivered_twice_runs_once() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(3).await?;
    let workers = [setting.worker(&url), setting.worker(&url)];
    attached(&mut connection, &setting.prefix).await?;
    setting.ask(20, 300).await?;
    let all: Vec<JobRef> = db::all(&setting.test.db.owner, "select id, kind from job", []).await?;
    let config = apalis_redis::Config::default().queue(format!("{}:jobs", setting.prefix));
    let mut storage = RedisStorage::<JobRef>::new(apalis_redis::connect(url.as_str()).await?).with_config(config);
    // Too early, in time, too late.
    for _ in 0..3 {
        storage.push_bulk(all.clone()).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        sleep(Duration::from_millis(250)).await;
    }
    setting.done(20, Duration::from_secs(5)).await?;
    sleep(Duration::from_millis(300)).await;
    setting.once_each().await?;
    for worker in workers {
        worker.stop().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_keeps_failing_is_tried_again_and_set_aside() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, _) = own_redis(4).await?;
    let chief = setting.test.chief().await?;
    let (brand, report, user) = (setting.brand, ids::new_id(setting.test.services.now()), chief.id);
    setting
        .test
        .db
        .run(&format!(
            "update brand set time_zone = 'Nowhere/Nothing' where id = '{brand}';
             insert into report_run (id, brand_id, kind, month, from_day, to_day, locale, state, requested_by, created_at)
               values ('{report}', '{brand}', 'MONTH', '2026-07-01', '2026-07-01', '2026-07-31', 'en', 'REQUESTED', '{user}', now());
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               values ('{report}', '{brand}', 'render_report', '{report}', now(), now())"
        ))
        .await?;
    let worker = setting.worker(&url);
    let began = Instant::now();
    while setting.in_state("SET_ASIDE").await? == 0 {
        ensure!(began.elapsed() < Duration::from_secs(20), "not set aside: {:?}", setting.ran().await?);
        sleep(Duration::from_millis(50)).await;
    }
    let fence: i64 = setting.test.db.value("select fence from job").await?;
    assert_eq!(fence, i64::from(setting.test.services.timing.max_failures));
    let error: String = setting.test.db.value("select last_error from job").await?;
    assert!(!error.is_empty());
    let report: String = setting.test.db.value("select state from report_run").await?;
    assert_eq!(report, "FAILED");
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_worker_left_is_taken_up() -> Result<()> {
    let setting = Setting::new().await?;
    setting.ask(3, 0).await?;
    setting
        .test
        .db
        .run("update job set state = 'RUNNING', fence = 1, lease_owner = 'dead', lease_expires_at = now() + interval '1 second'")
        .await?;
    let (url, _) = own_redis(5).await?;
    let worker = setting.worker(&url);
    setting.done(3, Duration::from_secs(6)).await?;
    assert!(setting.ran().await?.iter().all(|ran| ran.fence == 2));
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_to_postgres_are_made_again() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(6).await?;
    let worker = setting.worker(&url);
    attached(&mut connection, &setting.prefix).await?;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    setting.test.db.run(cut).await?;
    setting.ask(10, 0).await?;
    setting.done(10, Duration::from_secs(10)).await?;
    setting.once_each().await?;
    // Listening again: a new job does not wait for the next look, which is a second away.
    sleep(Duration::from_secs(2)).await;
    setting.ask(1, 0).await?;
    let took = setting.done(11, Duration::from_secs(2)).await?;
    println!("after the connections were cut: {} ms", took.as_millis());
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_does_not_grow() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(7).await?;
    let worker = setting.worker(&url);
    attached(&mut connection, &setting.prefix).await?;
    setting.ask(3000, 0).await?;
    let took = setting.done(3000, Duration::from_mins(1)).await?;
    let peak: usize = redis::cmd("DBSIZE").query_async(&mut connection).await?;
    sleep(Duration::from_secs(6)).await;
    let keys: Vec<String> = connection.keys("*").await?;
    println!("3000 jobs in {} ms; {peak} keys at the end of the run, then {keys:?}", took.as_millis());
    ensure!(keys.len() <= 4, "keys stay: {keys:?}");
    setting.once_each().await?;
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_worker_takes_nothing_new_and_leaves_nothing_half_done() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(8).await?;
    let worker = setting.worker_of(&url, 2);
    attached(&mut connection, &setting.prefix).await?;
    setting.ask(500, 0).await?;
    sleep(Duration::from_millis(150)).await;
    let began = Instant::now();
    worker.stop().await?;
    println!("stopped after {} ms with {} jobs done", began.elapsed().as_millis(), setting.in_state("DONE").await?);
    ensure!(began.elapsed() < Duration::from_secs(5), "stopping took {:?}", began.elapsed());
    assert_eq!(setting.in_state("RUNNING").await?, 0);
    let done = setting.in_state("DONE").await?;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(setting.in_state("DONE").await?, done);
    // The next one does the rest.
    let worker = setting.worker(&url);
    setting.done(500, Duration::from_secs(20)).await?;
    setting.once_each().await?;
    worker.stop().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_worker_gives_back_at_once_what_it_had_fetched() -> Result<()> {
    let setting = Setting::new().await?;
    let (url, mut connection) = own_redis(9).await?;
    let worker = setting.worker_of(&url, 2);
    attached(&mut connection, &setting.prefix).await?;
    // It has shown a sign of life, and goes through Redis.
    sleep(Duration::from_millis(1200)).await;
    // Two that come past Redis keep both hands, for as long as nobody reads a report.
    let holding = setting.test.db.owner.begin().await?;
    holding.execute_unprepared("lock table report_run in access exclusive mode").await?;
    let brand = setting.brand;
    let quiet = format!(
        "insert into job (id, brand_id, kind, subject_id, state, handed_at, due_at, created_at)
         select gen_random_uuid(), '{brand}', 'render_report', gen_random_uuid(), 'HANDED', now() - interval '1 minute',
           now() - interval '1 minute', now() - interval '1 minute' from generate_series(1, 2)"
    );
    setting.test.db.run(&quiet).await?;
    let reached = async |state: &str, count: i64, at_most: Duration| -> Result<()> {
        let began = Instant::now();
        while setting.in_state(state).await? != count {
            ensure!(began.elapsed() < at_most, "not {count} {state} after {at_most:?}: {:?}", setting.ran().await?);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    };
    reached("RUNNING", 2, Duration::from_secs(5)).await?;
    // Two more are fetched, and wait for a hand.
    setting.ask(2, 0).await?;
    reached("HANDED", 2, Duration::from_secs(5)).await?;
    let queue = apalis_redis::Config::default().queue(format!("{}:jobs", setting.prefix)).active_jobs_list();
    let began = Instant::now();
    while connection.llen::<_, usize>(&queue).await? > 0 {
        ensure!(began.elapsed() < Duration::from_secs(3), "they were not fetched");
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_millis(200)).await;

    worker.stop.cancel();
    // While it still does what it has begun, and sooner than anybody would miss them.
    reached("PENDING", 2, Duration::from_secs(2)).await?;
    assert_eq!(setting.in_state("RUNNING").await?, 2);
    holding.rollback().await?;
    worker.worker.await??;
    assert_eq!((setting.in_state("DONE").await?, setting.in_state("PENDING").await?), (2, 2));
    // The next one does the rest, and each was begun once.
    let worker = setting.worker(&url);
    setting.done(4, Duration::from_secs(10)).await?;
    setting.once_each().await?;
    worker.stop().await
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() -> Result<()> {
    let setting = Setting::new().await?;
    let ended = setting.worker("nonsense").worker.await?;
    assert!(matches!(ended, Err(WorkerError::RedisUrl(_))));
    Ok(())
}
