//! The outbox: leases, fencing, and work that is asked for, delivered or begun more than once.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use diwan_domain::insights::{NewReport, RenderReport, request_report, sync_metrics};
use diwan_domain::jobs::{self, Hands, Job as _, JobError, Next, Ran, Work};
use diwan_domain::trust::rerun_job;
use diwan_domain::{Code, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::{db, jobs as outbox};
use diwan_testkit::{Person, Settings, TestServices};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::time::timeout;
use uuid::Uuid;

struct Bench {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    person: Person,
}

impl Bench {
    /// A brand with somebody in it, at a fixed time.
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
        Ok(Self { test, clock, brand, person })
    }

    /// A report that waits to be rendered: work whose effect is one row.
    async fn report(&self) -> Result<(Uuid, Uuid)> {
        let context = self.test.act(&self.person).await?;
        let month = Utc.with_ymd_and_hms(2026, 7, 1, 0, 0, 0).single().context("a month")?.date_naive();
        let run = request_report(&context, NewReport { brand_id: self.brand, month, locale: None }).await?;
        context.commit().await?;
        let job = self.test.db.value(&format!("select id from job where subject_id = '{}'", run.id)).await?;
        Ok((run.id, job))
    }

    /// A report whose job cannot succeed, because what it reads is broken.
    async fn broken(&self) -> Result<(Uuid, Uuid)> {
        let written = self.report().await?;
        self.test.db.run("update brand set time_zone = 'Nowhere/Land'").await?;
        Ok(written)
    }

    async fn claim(&self, job: Uuid, owner: &str) -> Result<Option<Work>> {
        let services = Arc::clone(&self.test.services);
        let lease = services.timing.lease;
        let claim = outbox::start(services.db.unscoped(), job, owner, services.now(), lease).await?;
        Ok(claim.map(|claim| Work { services, job_id: job, claim, hands: Hands::of(owner) }))
    }

    async fn of_job<T: sea_orm::TryGetable>(&self, job: Uuid, column: &str) -> Result<T> {
        self.test.db.value(&format!("select {column} from job where id = '{job}'")).await
    }

    async fn of_report(&self, report: Uuid, column: &str) -> Result<String> {
        self.test.db.value(&format!("select {column}::text from report_run where id = '{report}'")).await
    }
}

#[tokio::test]
async fn a_job_that_is_delivered_twice_runs_once() -> Result<()> {
    let bench = Bench::new().await?;
    let (report, job) = bench.report().await?;
    let services = &bench.test.services;
    let twice = futures::future::try_join(jobs::run(services, job, "a"), jobs::run(services, job, "b")).await?;
    assert!(matches!(twice, (Ran::Finished, Ran::NotOurs) | (Ran::NotOurs, Ran::Finished)), "{twice:?}");
    assert_eq!(bench.of_report(report, "state").await?, "READY");
    let finished = bench.of_report(report, "finished_at").await?;
    bench.clock.advance(Duration::hours(1));
    assert_eq!(jobs::run(services, job, "c").await?, Ran::NotOurs, "delivered once more, late");
    assert_eq!(bench.of_report(report, "finished_at").await?, finished);
    assert_eq!(bench.of_job::<i64>(job, "fence").await?, 1);
    assert_eq!(bench.test.stored_files()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn work_is_asked_for_twice_and_done_once_at_the_earlier_time() -> Result<()> {
    let bench = Bench::new().await?;
    let written = bench.test.fill_brand("Beta").await?;
    let sami = bench.test.member(written.brand, Level::Mid, UserKind::Staff).await?;
    bench
        .test
        .db
        .run(&format!(
            "update publication set state = 'PUBLISHED', remote_id = '1', published_at = created_at where id = '{}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'sync_metrics', id, created_at + interval '1 h', created_at from publication where id = '{}'",
            written.publication, written.publication
        ))
        .await?;
    let ask = async || -> Result<Uuid> {
        let context = bench.test.act(&sami).await?;
        let job = sync_metrics(&context, written.publication).await?;
        context.commit().await?;
        Ok(job)
    };
    let first = ask().await?;
    assert_eq!(ask().await?, first);
    assert_eq!(bench.test.db.value::<i64>("select count(*) from job where kind = 'sync_metrics'").await?, 1);
    let due: DateTime<Utc> = bench.of_job(first, "due_at").await?;
    assert_eq!(due, bench.test.services.now(), "the earlier time counts");
    Ok(())
}

#[tokio::test]
async fn numbers_are_not_asked_of_a_network_that_wants_to_be_left_alone() -> Result<()> {
    let bench = Bench::new().await?;
    let written = bench.test.fill_brand("Beta").await?;
    let until = bench.test.services.now() + Duration::hours(2);
    let id = written.publication;
    bench
        .test
        .db
        .run(&format!(
            "update publication set state = 'PUBLISHED', remote_id = '1', published_at = created_at where id = '{id}';
             update social_account set closed_until = '{until}' where id = (select social_account_id from publication where id = '{id}');
             delete from job where kind = 'sync_metrics';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'sync_metrics', id, created_at, created_at from publication where id = '{id}'"
        ))
        .await?;
    let job: Uuid = bench.test.db.value("select id from job where kind = 'sync_metrics'").await?;
    jobs::run(&bench.test.services, job, "worker").await?;
    assert_eq!(
        (bench.of_job::<String>(job, "state").await?, bench.of_job(job, "due_at").await?),
        ("PENDING".to_owned(), until)
    );
    Ok(())
}

#[tokio::test]
async fn nothing_is_taken_or_begun_before_it_is_due() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    bench.test.db.run("update job set due_at = due_at + interval '1 minute'").await?;
    let services = &bench.test.services;
    let db = services.db.unscoped();
    assert_eq!(bench.test.run_jobs().await?, 0);
    assert_eq!(jobs::run(services, job, "early").await?, Ran::NotOurs);
    assert_eq!(outbox::next_due(db).await?, Some(services.now() + Duration::minutes(1)));
    bench.clock.advance(Duration::minutes(1));
    let taken = outbox::take_due(db, 10, services.now()).await?;
    assert_eq!(taken.len(), 1);
    assert_eq!(outbox::take_due(db, 10, services.now()).await?, [], "taken once");
    assert_eq!(outbox::next_due(db).await?, None);
    Ok(())
}

#[tokio::test]
async fn what_was_handed_over_and_not_begun_is_found_again() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    let services = &bench.test.services;
    let db = services.db.unscoped();
    assert_eq!(outbox::take_due(db, 10, services.now()).await?.len(), 1);
    let quiet = async || {
        outbox::quiet(db, 10, services.now() - Duration::seconds(5), (services.now(), services.timing.lease)).await
    };
    assert_eq!(quiet().await?, [], "it was handed over just now");
    bench.clock.advance(Duration::seconds(6));
    assert_eq!(quiet().await?.first().map(|found| found.id), Some(job));
    assert_eq!(jobs::run(services, job, "later").await?, Ran::Finished);
    assert_eq!(quiet().await?, []);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_writes_nothing() -> Result<()> {
    let bench = Bench::new().await?;
    let (report, job) = bench.report().await?;
    let sleeper = bench.claim(job, "sleeper").await?.context("claimed")?;
    // Its transaction was open before it slept: even what it wrote then does not count.
    let open = sleeper.begin().await?;
    drop(open);
    assert!(bench.claim(job, "early").await?.is_none(), "the lease holds");
    bench.clock.advance(bench.test.services.timing.lease - Duration::milliseconds(1));
    assert!(bench.claim(job, "early").await?.is_none(), "the lease still holds");
    sleeper.keep().await?;
    bench.clock.advance(bench.test.services.timing.lease - Duration::milliseconds(1));
    assert!(bench.claim(job, "early").await?.is_none(), "a lease that was kept holds longer");
    bench.clock.advance(Duration::milliseconds(2));
    let other = bench.claim(job, "other").await?.context("the lease is over")?;
    assert!(other.claim.resumed);
    assert_eq!(other.claim.fence, sleeper.claim.fence + 1);

    assert!(matches!(sleeper.begin().await, Err(JobError::LeaseLost)));
    assert!(matches!(sleeper.keep().await, Err(JobError::LeaseLost)));
    assert!(matches!(RenderReport.run(&sleeper).await, Err(JobError::LeaseLost)));
    assert_eq!(bench.of_report(report, "state").await?, "REQUESTED");
    assert_eq!(bench.of_job::<String>(job, "lease_owner").await?, "other");

    RenderReport.run(&other).await?;
    assert_eq!(bench.of_report(report, "state").await?, "READY");
    assert_eq!(bench.of_job::<String>(job, "state").await?, "DONE");
    assert!(matches!(other.begin().await, Err(JobError::LeaseLost)), "what is finished is in nobody's hands");
    Ok(())
}

#[tokio::test]
async fn a_lease_is_kept_while_the_run_has_a_transaction_open() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    let work = bench.claim(job, "worker").await?.context("claimed")?;
    let scope = work.begin().await?;
    timeout(StdDuration::from_secs(5), work.keep()).await.context("it waited for its own transaction")??;
    let lease = bench.test.services.timing.lease;
    bench.clock.advance(lease + Duration::seconds(1));
    assert!(bench.claim(job, "other").await?.is_none(), "the transaction holds the job");
    scope.commit().await?;
    work.keep().await?;
    assert!(bench.claim(job, "other").await?.is_none(), "it is kept again");
    bench.clock.advance(lease + Duration::seconds(1));
    assert!(bench.claim(job, "other").await?.is_some());
    assert!(matches!(work.keep().await, Err(JobError::LeaseLost)));
    Ok(())
}

#[tokio::test]
async fn a_lease_that_was_kept_within_the_last_second_is_as_good_as_kept() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    let work = bench.claim(job, "worker").await?.context("claimed")?;
    let first: DateTime<Utc> = bench.of_job(job, "lease_expires_at").await?;
    for (later, kept) in [(900, 0), (200, 1100)] {
        bench.clock.advance(Duration::milliseconds(later));
        work.begin().await?.commit().await?;
        let until: DateTime<Utc> = bench.of_job(job, "lease_expires_at").await?;
        assert_eq!(until - first, Duration::milliseconds(kept));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_connection_ends_is_booked_at_once() -> Result<()> {
    let bench = Bench::new().await?;
    let (report, job) = bench.report().await?;
    let services = Arc::clone(&bench.test.services);
    // More than one connection, so that the next that is taken is likely to be gone as well.
    drop(tokio::try_join!(services.db.write(), services.db.write(), services.db.write())?);
    let holding = bench.test.db.owner.begin().await?;
    let holder: i32 = db::scalar(&holding, "select pg_backend_pid()", []).await?;
    holding.execute_unprepared("select id from report_run for update").await?;
    let running = tokio::spawn(async move { jobs::run(&services, job, "worker").await });
    let waiting =
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !bench.test.db.value::<bool>(waiting).await? {
        anyhow::ensure!(!running.is_finished(), "it did not come to what is held");
        tokio::time::sleep(StdDuration::from_millis(10)).await;
    }
    let ended: i64 = bench
        .test
        .db
        .value(&format!(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
             where datname = current_database() and pid not in (pg_backend_pid(), {holder})"
        ))
        .await?;
    assert!(ended > 1, "{ended} connections");
    holding.rollback().await?;
    assert_eq!(running.await??, Ran::Failed);
    assert_eq!(bench.of_job::<String>(job, "state").await?, "PENDING", "it does not wait for its lease");
    assert_eq!(bench.of_job::<i32>(job, "failures").await?, 1);
    assert_eq!(bench.of_report(report, "state").await?, "REQUESTED");
    bench.clock.advance(bench.test.services.timing.first_retry * 2);
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.of_report(report, "state").await?, "READY");
    Ok(())
}

#[tokio::test]
async fn relays_hear_of_what_waits_from_now_on_or_for_less_long() -> Result<()> {
    let bench = Bench::new().await?;
    bench.report().await?;
    let mut listener = bench.test.db.app.listen(&["diwan_job", "mark"]).await?;
    let asked = |due: &str| {
        format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
             select gen_random_uuid(), id, 'sync_metrics', gen_random_uuid(), now() + interval '{due}', now() from brand"
        )
    };
    for (change, is_news) in [
        ("update job set due_at = due_at + interval '2 hours'".to_owned(), false),
        ("update job set due_at = due_at - interval '1 hour'".to_owned(), true),
        ("update job set state = 'HANDED', handed_at = due_at".to_owned(), false),
        ("update job set due_at = due_at - interval '1 hour'".to_owned(), false),
        ("update job set state = 'PENDING', handed_at = null".to_owned(), true),
        ("update job set failures = failures + 1".to_owned(), false),
        // A relay looks again long before it is due.
        (asked("15 minutes"), false),
        (asked("2 seconds"), true),
    ] {
        bench.test.db.run(&change).await?;
        bench.test.db.run("notify mark").await?;
        let mut heard = false;
        while listener.recv().await?.channel() != "mark" {
            heard = true;
        }
        assert_eq!(heard, is_news, "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn two_workers_cannot_both_finish_even_at_the_same_instant() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    let first = bench.claim(job, "first").await?.context("claimed")?;
    // The first is inside its last transaction when its lease runs out …
    let scope = first.begin().await?;
    bench.clock.advance(bench.test.services.timing.lease * 2);
    // … so that the other finds the row locked and leaves it alone.
    assert!(bench.claim(job, "second").await?.is_none());
    scope.finish(Next::Done).await?;
    assert!(bench.claim(job, "second").await?.is_none());
    assert_eq!(bench.of_job::<String>(job, "state").await?, "DONE");
    assert_eq!(bench.of_job::<i64>(job, "fence").await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_is_set_aside_for_a_person() -> Result<()> {
    let bench = Bench::new().await?;
    let (report, job) = bench.broken().await?;
    let services = &bench.test.services;
    let mut waits = Vec::new();
    for number in 1..services.timing.max_failures {
        assert_eq!(jobs::run(services, job, "w").await?, Ran::Failed);
        assert_eq!(bench.of_job::<i32>(job, "failures").await?, number);
        let due: DateTime<Utc> = bench.of_job(job, "due_at").await?;
        let wait = due - services.now();
        assert_eq!(jobs::run(services, job, "w").await?, Ran::NotOurs, "not before its time");
        waits.push(wait);
        bench.clock.advance(wait);
    }
    assert!(waits.is_sorted() && waits[0] >= services.timing.first_retry, "{waits:?}");
    assert_eq!(bench.of_report(report, "state").await?, "REQUESTED");
    assert_eq!(jobs::run(services, job, "w").await?, Ran::SetAside);
    assert_eq!(bench.of_report(report, "state").await?, "FAILED", "whoever asked is told");
    assert!(bench.of_job::<String>(job, "last_error").await?.contains("time zone"));
    bench.clock.advance(Duration::days(1));
    assert_eq!(bench.test.run_jobs().await?, 0, "it waits for a person");

    let junior = bench.test.member(bench.brand, Level::Mid, UserKind::Staff).await?;
    let context = bench.test.act(&junior).await?;
    let refused = rerun_job(&context, job).await;
    assert!(matches!(&refused, Err(Failure::Refused(errors)) if errors[0].code == Code::Forbidden), "{refused:?}");
    context.roll_back().await?;
    assert_eq!(bench.of_job::<String>(job, "state").await?, "SET_ASIDE");

    bench.test.db.run("update brand set time_zone = 'Europe/Athens'").await?;
    let context = bench.test.act(&bench.person).await?;
    rerun_job(&context, job).await?;
    context.commit().await?;
    assert_eq!(bench.of_report(report, "state").await?, "REQUESTED", "the report is wanted again");
    assert_eq!(bench.of_job::<i32>(job, "failures").await?, 0);
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.of_job::<String>(job, "state").await?, "DONE");
    assert_eq!(bench.of_report(report, "state").await?, "READY");
    let context = bench.test.act(&bench.person).await?;
    assert!(rerun_job(&context, job).await.is_err(), "what is done is not run again");
    Ok(())
}

#[tokio::test]
async fn a_job_that_was_taken_back_never_runs() -> Result<()> {
    let bench = Bench::new().await?;
    let written = bench.test.fill_brand("Beta").await?;
    let sami = bench.test.member(written.brand, Level::Mid, UserKind::Staff).await?;
    for state in ["PENDING", "HANDED"] {
        bench
            .test
            .db
            .run(&format!(
                "update job set state = '{state}', handed_at = created_at, finished_at = null where id = '{}';
                 update publication set state = 'SCHEDULED' where id = '{}'; update post set state = 'SCHEDULED', due_at = created_at + interval '9 d' where id = '{}'",
                written.job, written.publication, written.post
            ))
            .await?;
        let context = bench.test.act(&sami).await?;
        diwan_domain::publishing::unschedule_post(&context, written.post).await?;
        context.commit().await?;
        assert_eq!(bench.of_job::<String>(written.job, "state").await?, "CANCELED");
        bench.clock.advance(Duration::days(10));
        assert_eq!(jobs::run(&bench.test.services, written.job, "w").await?, Ran::NotOurs);
    }
    let sql = format!("select attempts from publication where id = '{}'", written.publication);
    assert_eq!(bench.test.db.value::<i32>(&sql).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_kind_of_job_that_this_worker_does_not_know_is_left_to_others() -> Result<()> {
    let bench = Bench::new().await?;
    let (_, job) = bench.report().await?;
    bench.test.db.run("update job set kind = 'from_the_future'").await?;
    assert_eq!(jobs::run(&bench.test.services, job, "old").await?, Ran::NotOurs);
    bench.clock.advance(bench.test.services.timing.lease + Duration::seconds(1));
    let services = &bench.test.services;
    let found =
        outbox::quiet(services.db.unscoped(), 10, services.now(), (services.now(), services.timing.lease)).await?;
    assert_eq!(found.first().map(|found| found.id), Some(job), "another worker finds it");
    Ok(())
}
