//! Clocks that are put right, and nights in which local time jumps: nothing goes out early, and nothing twice.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Athens;
use diwan_domain::calendar::{NewSlot, PlacePost, RuleInput, SlotRule, create_slot, place_in_slot};
use diwan_domain::jobs::{self, Ran};
use diwan_platform::clock::ManualClock;
use diwan_platform::jobs::{quiet, take_due};
use uuid::Uuid;

use crate::engine::bench::Bench;

fn moment(month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    let year = if month < 8 { 2027 } else { 2026 };
    Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
}

async fn bench_at(now: DateTime<Utc>) -> Result<(Bench, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new(now));
    let bench = Bench::new(1, TimeDelta::days(30), Some(Arc::clone(&clock))).await?;
    Ok((bench, clock))
}

/// Moves the clock in steps, and notes at which of them each text came to be on the network.
async fn watch(
    bench: &Bench,
    clock: &ManualClock,
    step: TimeDelta,
    steps: u32,
) -> Result<Vec<(String, DateTime<Utc>)>> {
    let before = bench.servers[0].state().posts.len();
    let mut seen: Vec<(String, DateTime<Utc>)> = Vec::new();
    for _ in 0..steps {
        clock.advance(step);
        bench.test.run_jobs().await?;
        let posts = bench.servers[0].state().posts.clone();
        let new = posts.into_iter().skip(before + seen.len()).map(|text| (text, bench.now()));
        seen.extend(new);
    }
    Ok(seen)
}

#[tokio::test]
async fn a_clock_that_is_moved_by_five_minutes_sends_nothing_early_and_nothing_twice() -> Result<()> {
    let (bench, clock) = bench_at(moment(8, 3, 9, 0)).await?;
    let account = bench.accounts[0];
    for minute in [1, 4, 6] {
        bench.planned(account, &format!("at {minute}"), moment(8, 3, 9, minute)).await?;
    }
    let posts = || bench.servers[0].state().posts.clone();
    // Forward: what has come due goes out, in its order, and no more.
    clock.advance(TimeDelta::minutes(5));
    bench.test.run_jobs().await?;
    assert_eq!(posts(), ["at 1", "at 4"]);
    // Back: what is out is not sent again, and the rest waits for its time.
    clock.advance(TimeDelta::minutes(-5));
    let seen = watch(&bench, &clock, TimeDelta::seconds(30), 14).await?;
    assert_eq!(posts(), ["at 1", "at 4", "at 6"]);
    assert_eq!(seen.last(), Some(&("at 6".to_owned(), moment(8, 3, 9, 6))));
    assert_eq!(bench.servers[0].state().asked.len(), 3);
    Ok(())
}

#[tokio::test]
async fn what_was_handed_over_when_the_clock_is_put_back_waits_for_its_time() -> Result<()> {
    let (bench, clock) = bench_at(moment(8, 3, 9, 0)).await?;
    let services = &bench.test.services;
    bench.planned(bench.accounts[0], "handed over", moment(8, 3, 9, 1)).await?;
    clock.advance(TimeDelta::minutes(1));
    let handed = take_due(services.db.unscoped(), 10, services.now()).await?;
    let [job] = handed.as_slice() else { panic!("{handed:?}") };
    clock.advance(TimeDelta::minutes(-5));
    assert_eq!(jobs::run(services, job.id, "hand").await?, Ran::NotOurs);
    assert_eq!(bench.servers[0].state().asked.len(), 0, "it was sent early");
    // The reconciler finds it as soon as it has been silent for a while by the clock as it is now.
    clock.advance(TimeDelta::minutes(5) + TimeDelta::seconds(5));
    let now = services.now();
    let found = quiet(services.db.unscoped(), 10, now - TimeDelta::seconds(4), (now, services.timing.lease)).await?;
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [job.id]);
    jobs::run(services, job.id, "hand").await?;
    jobs::run(services, job.id, "another hand").await?;
    assert_eq!(bench.servers[0].state().posts, ["handed over"]);
    assert_eq!(bench.servers[0].state().asked.len(), 1);
    Ok(())
}

/// A post in each of the next nights, at half past three in Athens. Answers when they are due.
async fn nights(bench: &Bench, count: usize) -> Result<Vec<DateTime<Utc>>> {
    let context = bench.test.act(&bench.person).await?;
    let days = RuleInput { rule: Some("FREQ=DAILY".to_owned()), weekdays: Vec::new() };
    let time = NaiveTime::from_hms_opt(3, 30, 0).context("a time")?;
    let rule = SlotRule { days, time, starts_on: bench.now().date_naive(), ends_on: None };
    let calendar: Uuid = bench.test.db.value("select id from calendar").await?;
    let new =
        NewSlot { brand_id: bench.brand, calendar_id: Some(calendar), social_account_id: None, queue_id: None, rule };
    create_slot(&context, new).await?;
    context.commit().await?;
    let mut due = Vec::new();
    for number in 0..count {
        let (post, _) =
            bench.test.post(bench.brand, bench.accounts[0], &format!("night {number}"), &bench.person).await?;
        let context = bench.test.act(&bench.person).await?;
        let placed = PlacePost { post_id: post, slot: None, after: None, schedule: true };
        let placed = place_in_slot(&context, placed).await?;
        context.commit().await?;
        due.push(placed.due_at.context("a time")?);
    }
    Ok(due)
}

/// Each night's post goes out once, at its time, with a look every quarter of an hour.
async fn each_night_once(bench: &Bench, clock: &ManualClock, due: &[DateTime<Utc>]) -> Result<()> {
    let quarters = u32::try_from(due.len() * 24 * 4 + 4)?;
    let seen = watch(bench, clock, TimeDelta::minutes(15), quarters).await?;
    let wanted: Vec<_> = due.iter().enumerate().map(|(number, at)| (format!("night {number}"), *at)).collect();
    assert_eq!(seen, wanted);
    assert_eq!(bench.servers[0].state().asked.len(), due.len());
    Ok(())
}

#[tokio::test]
async fn the_night_in_which_a_time_comes_twice_sends_once() -> Result<()> {
    let (bench, clock) = bench_at(moment(10, 24, 10, 0)).await?;
    // On the 25th half past three comes at 00:30 and, an hour later, at 01:30 UTC.
    let due = nights(&bench, 2).await?;
    assert_eq!(due, [moment(10, 25, 0, 30), moment(10, 26, 1, 30)]);
    each_night_once(&bench, &clock, &due).await
}

#[tokio::test]
async fn the_night_in_which_a_time_does_not_come_sends_once() -> Result<()> {
    let (bench, clock) = bench_at(moment(3, 27, 10, 0)).await?;
    // On the 28th there is no half past three: half past four is as long after midnight.
    let due = nights(&bench, 2).await?;
    assert_eq!(due, [moment(3, 28, 1, 30), moment(3, 29, 0, 30)]);
    assert_eq!(due[0].with_timezone(&Athens).format("%H:%M").to_string(), "04:30");
    each_night_once(&bench, &clock, &due).await
}
