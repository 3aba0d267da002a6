//! Connections are checked an hour before something is due.

use std::sync::Arc;

use anyhow::Result;
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::publishing::{Shift, reschedule_post, schedule_post};
use diwan_platform::clock::ManualClock;
use uuid::Uuid;

use crate::engine::bench::Bench;

async fn at_nine() -> Result<(Bench, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(Arc::clone(&clock))).await?;
    Ok((bench, clock))
}

/// A post that is scheduled as people do. Answers its id.
async fn scheduled(bench: &Bench, text: &str, ahead: TimeDelta) -> Result<Uuid> {
    let (post, _) = bench.test.post(bench.brand, bench.accounts[0], text, &bench.person).await?;
    let context = bench.test.act(&bench.person).await?;
    schedule_post(&context, post, context.now + ahead).await?;
    context.commit().await?;
    Ok(post)
}

#[tokio::test]
async fn an_account_is_checked_once_an_hour_before_what_is_due() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    for minutes in [120, 130, 150, 300] {
        scheduled(&bench, &format!("after {minutes}"), TimeDelta::minutes(minutes)).await?;
    }
    let profiles = || bench.servers[0].state().profiles;
    bench.test.run_jobs().await?;
    clock.advance(TimeDelta::minutes(59));
    bench.test.run_jobs().await?;
    assert_eq!(profiles(), 0, "two hours ahead is too early");
    clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    assert_eq!(profiles(), 1);
    assert_eq!(bench.of_account(bench.accounts[0], "extract(hour from checked_at at time zone 'UTC')").await?, "10");
    // One check is good for an hour of publications.
    clock.advance(TimeDelta::minutes(55));
    bench.test.run_jobs().await?;
    assert_eq!(profiles(), 2, "that at 11:30 is further away than an hour was");
    clock.advance(TimeDelta::minutes(30));
    bench.test.run_jobs().await?;
    assert_eq!(profiles(), 2);
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_lost_is_known_before_it_is_needed() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    scheduled(&bench, "soon", TimeDelta::hours(2)).await?;
    bench.servers[0].state().revoked = true;
    clock.advance(TimeDelta::hours(1));
    bench.test.run_jobs().await?;
    assert_eq!(bench.of_account(bench.accounts[0], "state").await?, "NEEDS_RECONNECT");
    assert_eq!(bench.in_state("SCHEDULED").await?, 1, "there is an hour to mend it");
    let told: i64 = bench.test.db.value("select count(*) from notice where kind = 'ACCOUNT_DISCONNECTED'").await?;
    assert!(told >= 1, "nobody was told");
    Ok(())
}

#[tokio::test]
async fn what_moves_ahead_is_checked_in_time_as_well() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    let post = scheduled(&bench, "far", TimeDelta::days(2)).await?;
    let context = bench.test.act(&bench.person).await?;
    let at = context.now + TimeDelta::hours(3);
    reschedule_post(&context, post, Shift { at: Some(at), ..Shift::default() }).await?;
    context.commit().await?;
    clock.advance(TimeDelta::hours(2));
    bench.test.run_jobs().await?;
    assert_eq!(bench.servers[0].state().profiles, 1);
    Ok(())
}

#[tokio::test]
async fn a_network_that_is_away_is_asked_again_and_says_nothing_of_the_account() -> Result<()> {
    let (bench, clock) = at_nine().await?;
    scheduled(&bench, "soon", TimeDelta::hours(2)).await?;
    // Nobody listens there.
    let url = bench.of_account(bench.accounts[0], "base_url").await?;
    bench.test.db.run("update social_account set base_url = 'http://localhost:1/'").await?;
    clock.advance(TimeDelta::hours(1));
    bench.test.run_jobs().await?;
    assert_eq!(bench.of_account(bench.accounts[0], "state").await?, "CONNECTED");
    assert_eq!(bench.of_account(bench.accounts[0], "checked_at").await?, "");
    bench.test.db.run(&format!("update social_account set base_url = '{url}'")).await?;
    clock.advance(TimeDelta::minutes(5));
    bench.test.run_jobs().await?;
    assert_eq!(bench.servers[0].state().profiles, 1);
    Ok(())
}
