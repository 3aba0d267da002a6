//! Whatever waits comes to an end of which people hear in time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs::{self, Ran};
use diwan_domain::publishing::{Shift, reschedule_post, schedule_post};
use diwan_domain::{Code, Failure};
use diwan_platform::clock::ManualClock;
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::engine::bench::Bench;

async fn at_nine() -> Result<(Bench, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(Arc::clone(&clock))).await?;
    Ok((bench, clock))
}

async fn trouble(bench: &Bench, publication: Uuid) -> Result<String> {
    let sql = format!("select state || ' ' || coalesce(trouble, '') from publication where id = '{publication}'");
    bench.test.db.value(&sql).await
}

#[tokio::test]
async fn what_a_closed_account_keeps_too_long_is_missed_when_its_grace_ends() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    let account = bench.accounts[0];
    bench.test.db.run("update brand set publish_grace_seconds = 600").await?;
    let refused = bench.planned(account, "refused", bench.now()).await?;
    let behind = bench.planned(account, "behind it", bench.now() + TimeDelta::minutes(1)).await?;
    bench.servers[0].state().busy = Some((Instant::now() + Duration::from_mins(10), Some(4 * 3600)));
    bench.test.run_jobs().await?;
    assert_eq!(trouble(&bench, refused).await?, "RETRYING RATE_LIMITED");
    clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    assert_eq!(trouble(&bench, behind).await?, "SCHEDULED ");
    clock.advance(TimeDelta::minutes(10) + TimeDelta::seconds(1));
    bench.test.run_jobs().await?;
    assert_eq!(trouble(&bench, behind).await?, "MISSED MISSED", "it is not kept for four hours");
    assert_eq!(trouble(&bench, refused).await?, "RETRYING RATE_LIMITED", "that was begun");
    assert_eq!(bench.servers[0].state().asked.len(), 1, "the account was left in peace");
    Ok(())
}

#[tokio::test]
async fn a_network_that_puts_off_every_look_is_believed_for_six_hours() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    let publication = bench.planned(bench.accounts[0], "silence", bench.now()).await?;
    bench.servers[0].state().silent = vec!["silence".to_owned()];
    bench.servers[0].state().hides = Some(1800);
    bench.test.run_jobs().await?;
    for _ in 0..11 {
        clock.advance(TimeDelta::minutes(31));
        bench.test.run_jobs().await?;
        assert_eq!(trouble(&bench, publication).await?, "UNCONFIRMED UNKNOWN", "at {}", bench.now());
    }
    clock.advance(TimeDelta::minutes(31));
    bench.test.run_jobs().await?;
    assert_eq!(trouble(&bench, publication).await?, "NEEDS_ATTENTION CANNOT_TELL");
    Ok(())
}

#[tokio::test]
async fn a_look_that_is_put_off_for_a_week_is_a_persons_and_closes_nothing() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    let account = bench.accounts[0];
    let publication = bench.planned(account, "silence", bench.now()).await?;
    bench.servers[0].state().silent = vec!["silence".to_owned()];
    bench.servers[0].state().hides = Some(7 * 24 * 3600);
    bench.test.run_jobs().await?;
    clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    assert_eq!(trouble(&bench, publication).await?, "NEEDS_ATTENTION CANNOT_TELL");
    assert_eq!(bench.of_account(account, "closed_until").await?, "");
    Ok(())
}

#[tokio::test]
async fn what_is_set_aside_in_the_middle_is_left_to_a_person_to_settle() -> Result<()> {
    let (bench, _clock) = at_nine().await?;
    let publication = bench.planned(bench.accounts[0], "in the middle", bench.now()).await?;
    for sql in [
        r#"update publication set state = 'SENDING', attempts = 1, frozen_at = now(), checkpoint = '{"stage": "sending"}'"#,
        "insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at)
           select gen_random_uuid(), brand_id, id, 1, 1, now() from publication",
        "update job set failures = 4",
    ] {
        bench.test.db.run(sql).await?;
    }
    let job: Uuid = bench.test.db.value("select id from job where kind = 'publish'").await?;
    assert_eq!(jobs::run(&bench.test.services, job, "hand").await?, Ran::SetAside);
    assert_eq!(trouble(&bench, publication).await?, "NEEDS_ATTENTION CANNOT_TELL", "it cannot be scheduled again");
    assert_eq!(bench.servers[0].state().asked.len(), 0);
    Ok(())
}

#[tokio::test]
async fn what_nobody_allows_any_more_is_not_sent_after_a_look_that_did_not_find_it() -> Result<()> {
    for allowed in [false, true] {
        let (bench, _clock) = at_nine().await?;
        let asset = bench.test.asset(bench.brand, &bench.person).await?;
        let publication = bench.planned(bench.accounts[0], "a picture of hers", bench.now()).await?;
        let begun = (bench.now() - TimeDelta::minutes(1)).to_rfc3339();
        let licence = if allowed { "OWNED" } else { "USER_GENERATED" };
        for sql in [
            format!("insert into variant_asset select brand_id, variant_id, 0, '{asset}' from publication"),
            format!(
                r#"update publication set state = 'UNCONFIRMED', trouble = 'UNKNOWN', attempts = 1, frozen_at = '{begun}',
                   checkpoint = '{{"stage": "sending"}}'"#
            ),
            format!(
                "insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at)
                   select gen_random_uuid(), brand_id, id, 1, 1, '{begun}' from publication"
            ),
            // It ended while nobody knew whether the post was there.
            format!("update asset set licence = '{licence}'"),
        ] {
            bench.test.db.run(&sql).await?;
        }
        let job: Uuid = bench.test.db.value("select id from job where kind = 'publish'").await?;
        jobs::run(&bench.test.services, job, "hand").await?;
        let first = "select outcome from publication_attempt where number = 1";
        assert_eq!(bench.test.db.value::<String>(first).await?, "NOT_SENT");
        let attempts = bench.test.db.count("publication_attempt").await?;
        if allowed {
            assert_eq!(attempts, 2, "it is sent again");
        } else {
            assert_eq!(trouble(&bench, publication).await?, "FAILED GRANT_MISSING");
            assert_eq!((attempts, bench.servers[0].state().asked.len()), (1, 0));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moving_does_not_wait_for_a_worker_that_waits_for_the_post() -> Result<()> {
    let (bench, _clock) = at_nine().await?;
    let (post, _) = bench.test.post(bench.brand, bench.accounts[0], "soon", &bench.person).await?;
    let context = bench.test.act(&bench.person).await?;
    schedule_post(&context, post, context.now + TimeDelta::hours(2)).await?;
    context.commit().await?;
    // As a worker that has just begun: it holds its job, and comes for the post next.
    let worker = bench.test.db.owner.begin().await?;
    worker.execute_raw(db::statement("update job set handed_at = now() where kind = 'publish'", [])).await?;
    let tomorrow = Shift { days: Some(1), ..Shift::default() };
    let context = bench.test.act(&bench.person).await?;
    let moving = timeout(Duration::from_secs(3), reschedule_post(&context, post, tomorrow.clone()));
    let moved = moving.await.context("it waited for the worker, which would wait for it")?;
    let Err(Failure::Refused(errors)) = moved else { anyhow::bail!("not refused: {moved:?}") };
    assert_eq!(errors[0].code, Code::WrongState);
    drop(context);
    worker.rollback().await?;
    let context = bench.test.act(&bench.person).await?;
    reschedule_post(&context, post, tomorrow).await?;
    context.commit().await?;
    Ok(())
}
