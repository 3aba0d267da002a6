//! In which order a worker takes its locks where a person is after the same publication, and what is a fault of ours and neither an end nor
//! a lost lease.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs::{self, Ran};
use diwan_platform::clock::ManualClock;
use diwan_platform::{db, jobs as outbox};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _, Value};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::engine::bench::Bench;

/// With one publication that is due, and its job.
async fn one_due() -> Result<(Bench, Uuid)> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(clock)).await?;
    bench.planned(bench.accounts[0], "once", bench.now()).await?;
    let job = bench.test.db.value("select id from job where kind = 'publish'").await?;
    Ok((bench, job))
}

/// Lets a worker begin the job. Answers what each of its transactions begins with: the job, its fence, its new lease.
async fn begin(bench: &Bench, job: Uuid) -> Result<[Value; 3]> {
    let services = &bench.test.services;
    let lease = services.timing.lease;
    let claim = outbox::start(services.db.unscoped(), job, "worker", services.now(), lease).await?;
    Ok([job.into(), claim.context("claimed")?.fence.into(), (services.now() + lease).into()])
}

/// Returns when somebody waits for a lock.
async fn somebody_waits(bench: &Bench) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(10);
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while bench.test.db.value::<i64>(sql).await? == 0 {
        ensure!(Instant::now() < until, "nobody waits");
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[tokio::test]
async fn whoever_waits_for_a_post_or_a_publication_does_not_hold_the_job_meanwhile() -> Result<()> {
    let (bench, job) = one_due().await?;
    let values = begin(&bench, job).await?;
    let job = format!("select 1 from job where id = '{job}' for update nowait");
    for (held, call) in [
        ("select 1 from post for update", "select app.enter_publication($1, $2, $3) is not null"),
        ("select 1 from publication for update", "select app.note_progress($1, $2, $3, null, null)"),
    ] {
        let person = bench.test.db.owner.begin().await?;
        person.execute_unprepared(held).await?;
        let (on, values) = (bench.test.services.db.clone(), values.clone());
        let worker = tokio::spawn(async move { db::scalar::<bool>(on.unscoped(), call, values).await });
        somebody_waits(&bench).await?;
        // So do people who take work back or ask for it: they need not wait for who waits for them.
        person.execute_unprepared(&job).await.context(call)?;
        person.commit().await?;
        assert!(worker.await??, "{call}");
    }
    Ok(())
}

#[tokio::test]
async fn giving_up_takes_the_post_before_the_job_as_well() -> Result<()> {
    let (bench, job) = one_due().await?;
    bench.test.db.run("update job set failures = 100").await?;
    let person = bench.test.db.owner.begin().await?;
    person.execute_unprepared("select 1 from post for update").await?;
    let services = Arc::clone(&bench.test.services);
    let worker = tokio::spawn(async move { jobs::run(&services, job, "worker").await });
    somebody_waits(&bench).await?;
    person.execute_unprepared(&format!("select 1 from job where id = '{job}' for update nowait")).await?;
    person.commit().await?;
    assert_eq!(worker.await??, Ran::SetAside);
    assert_eq!(bench.in_state("FAILED").await?, 1);
    Ok(())
}

#[tokio::test]
async fn what_a_policy_hides_is_a_fault_and_does_not_end_the_job() -> Result<()> {
    let (bench, job) = one_due().await?;
    for table in ["publication", "social_account", "brand"] {
        let hide = format!("create policy hidden on {table} as restrictive for select to diwan_app using (false)");
        bench.test.db.run(&hide).await?;
        assert_eq!(jobs::run(&bench.test.services, job, "worker").await?, Ran::Failed, "{table}");
        bench.test.db.run(&format!("drop policy hidden on {table}")).await?;
        let left = "select j.state || ' ' || j.last_error || ' ' || p.state || ' ' || p.attempts
            from job j join publication p on p.id = j.subject_id where j.kind = 'publish'";
        let left: String = bench.test.db.value(left).await?;
        assert!(left.starts_with("PENDING ") && left.ends_with(" is not to be seen SCHEDULED 0"), "{table}: {left}");
        let now = bench.now().to_rfc3339();
        bench.test.db.run(&format!("update job set due_at = '{now}', failures = 0")).await?;
    }
    assert_eq!(jobs::run(&bench.test.services, job, "worker").await?, Ran::Finished);
    assert_eq!(bench.servers[0].state().posts, ["once"]);
    Ok(())
}

#[tokio::test]
async fn a_job_whose_brand_is_gone_says_so_and_has_not_lost_its_lease() -> Result<()> {
    let (bench, job) = one_due().await?;
    let values = begin(&bench, job).await?;
    let gone =
        "begin; set local session_replication_role = replica; update job set brand_id = gen_random_uuid(); commit";
    bench.test.db.run(gone).await?;
    for enter in ["select app.enter_job($1, $2, $3)", "select app.enter_publication($1, $2, $3) is not null"] {
        let entered = db::scalar::<bool>(bench.test.services.db.unscoped(), enter, values.clone()).await;
        let why = entered.err().context("entered")?.to_string();
        assert!(why.contains(&format!("the brand of job {job} is gone")), "{enter}: {why}");
    }
    Ok(())
}

#[tokio::test]
async fn a_transaction_that_stands_still_ends_and_holds_up_nobody() -> Result<()> {
    let (bench, job) = one_due().await?;
    let values = begin(&bench, job).await?;
    let on = &bench.test.services.db;
    let stands: String =
        db::scalar(on.unscoped(), "select current_setting('idle_in_transaction_session_timeout')", []).await?;
    assert_eq!(stands, "1min");
    // A worker falls asleep with what it has locked. Sooner here.
    let asleep = on.write().await?;
    assert!(db::scalar::<bool>(&asleep, "select app.enter_publication($1, $2, $3) is not null", values).await?);
    asleep.execute_unprepared("set local idle_in_transaction_session_timeout = '200ms'").await?;
    let take = format!("select 1 from job where id = '{job}' for update");
    tokio::time::timeout(Duration::from_secs(10), bench.test.db.owner.execute_unprepared(&take)).await??;
    let woken = asleep.execute_unprepared("select 1").await.err().context("its transaction goes on")?;
    assert!(db::is_away(&woken), "{woken}");
    Ok(())
}
