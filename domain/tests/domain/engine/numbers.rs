//! Reading numbers: a network that wants to be left alone, gaps that end, and numbers that are restated.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_platform::clock::ManualClock;
use uuid::Uuid;

use crate::engine::bench::Bench;

/// A publication that went out ten minutes ago.
async fn published(bench: &Bench, remote_id: &str) -> Result<Uuid> {
    let at = bench.now() - TimeDelta::minutes(10);
    let publication = bench.planned(bench.accounts[0], remote_id, at).await?;
    let sql = format!(
        "update publication set state = 'PUBLISHED', remote_id = '{remote_id}', published_at = '{at}' where id = '{publication}'"
    );
    bench.test.db.run(&sql).await?;
    Ok(publication)
}

#[tokio::test]
async fn a_network_that_asks_for_patience_gets_it_and_the_gap_ends() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
    let (brand, account) = (bench.brand, bench.accounts[0]);
    let (one, two) = (published(&bench, "one").await?, published(&bench, "two").await?);
    bench
        .test
        .db
        .run(&format!(
            "delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at) values
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{one}', '{start}', '{start}'),
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{two}', '{}', '{start}'),
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', '{}', '{start}')",
            start + TimeDelta::minutes(5),
            start + TimeDelta::minutes(10)
        ))
        .await?;
    let value = async |sql: &str| bench.test.db.value::<i64>(sql).await;
    bench.servers[0].state().keeps_numbers = Some(1800);
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.servers[0].state().read, 1);
    let until: DateTime<Utc> = bench.test.db.value("select min(due_at) from job").await?;
    assert_eq!(until, start + TimeDelta::minutes(30), "none of the account's numbers is asked for before");
    let open = "select count(*) from metric_gap where ended_at is null and reason = 'NETWORK' and tries = 1";
    assert_eq!((value(open).await?, value("select count(*) from metric_sample").await?), (1, 0));

    {
        let mut server = bench.servers[0].state();
        (server.keeps_numbers, server.likes) = (None, 4);
    }
    clock.advance(TimeDelta::minutes(30));
    assert_eq!(bench.test.run_jobs().await?, 3);
    assert_eq!(value(open).await?, 0, "the gap has ended");
    assert_eq!(value("select count(*) from metric_gap").await?, 1);
    assert_eq!(value("select count(*) from metric_sample where metric = 'LIKES' and value = 4").await?, 2);
    let of_account =
        "select count(*) from metric_sample where metric = 'FOLLOWERS' and publication_id is null and value = 3";
    assert_eq!(value(of_account).await?, 1);
    let of_account_read = "select count(*) from metric_reading where publication_id is null";
    assert_eq!(
        value(of_account_read).await?,
        1,
        "its own job reads it, and the post's, due at the same moment, does not"
    );

    // The network thinks otherwise: what it said before stays beside what it says now.
    bench.servers[0].state().likes = 2;
    clock.advance(TimeDelta::minutes(15));
    assert_eq!(bench.test.run_jobs().await?, 2);
    let sql = format!(
        "select count(*) from metric_sample where publication_id = '{one}' and metric = 'LIKES' and value in (4, 2)"
    );
    assert_eq!(value(&sql).await?, 2);
    assert_eq!(value(of_account).await?, 1, "the account's own are not read each time");
    Ok(())
}

#[tokio::test]
async fn what_of_an_account_is_due_soon_is_read_in_one_request() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::new(ManualClock::new(start)))).await?;
    let mut asked =
        "delete from job; insert into job (id, brand_id, kind, subject_id, due_at, created_at) values ".to_owned();
    let mut posts = Vec::new();
    for (name, minutes, end) in [("now", 0, ','), ("soon", 3, ','), ("later", 60, ';')] {
        let publication = published(&bench, name).await?;
        let due = start + TimeDelta::minutes(minutes);
        write!(
            asked,
            "(gen_random_uuid(), '{}', 'sync_metrics', '{publication}', '{due}', '{start}'){end}",
            bench.brand
        )?;
        posts.push(publication);
    }
    bench.test.db.run(&asked).await?;
    bench.servers[0].state().likes = 4;
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.servers[0].state().read, 1);
    let next = start + TimeDelta::minutes(15);
    for (publication, read, due) in
        [(posts[0], 1, next), (posts[1], 1, next), (posts[2], 0, start + TimeDelta::minutes(60))]
    {
        let likes = format!("metric_sample where publication_id = '{publication}' and metric = 'LIKES' and value = 4");
        assert_eq!(bench.test.db.count(&likes).await?, read);
        let sql = format!("select due_at from job where subject_id = '{publication}' and state = 'PENDING'");
        assert_eq!(bench.test.db.value::<DateTime<Utc>>(&sql).await?, due);
    }
    Ok(())
}

#[tokio::test]
async fn a_post_that_makes_the_network_refuse_all_is_asked_for_alone() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
    let mut asked =
        "delete from job; insert into job (id, brand_id, kind, subject_id, due_at, created_at) values ".to_owned();
    let mut posts = Vec::new();
    for (name, minutes, end) in [("one", 0, ','), ("two", 3, ','), ("bad", 4, ';')] {
        let publication = published(&bench, name).await?;
        let due = start + TimeDelta::minutes(minutes);
        write!(
            asked,
            "(gen_random_uuid(), '{}', 'sync_metrics', '{publication}', '{due}', '{start}'){end}",
            bench.brand
        )?;
        posts.push(publication);
    }
    bench.test.db.run(&asked).await?;
    bench.servers[0].state().refuses = Some("bad".to_owned());
    // At which minute there are how many runs, with how many requests in all, and when each is due afterwards.
    let rounds = [
        // All are refused, so one is asked for alone. The others are due as they were.
        (0, 1, 2, [15, 3, 4]),
        (4, 2, 5, [15, 19, 19]),
        // Now it is known which it is: the others are read together, without it,
        (15, 1, 6, [30, 30, 19]),
        // and it without them.
        (26, 1, 7, [30, 30, 41]),
    ];
    for (minute, runs, requests, due) in rounds {
        clock.advance(start + TimeDelta::minutes(minute) - bench.now());
        assert_eq!(bench.test.run_jobs().await?, runs, "minute {minute}");
        assert_eq!(bench.servers[0].state().read, requests, "minute {minute}");
        for (publication, due) in posts.iter().zip(due) {
            let sql = format!("select due_at from job where subject_id = '{publication}' and state = 'PENDING'");
            let at: DateTime<Utc> = bench.test.db.value(&sql).await?;
            assert_eq!(at, start + TimeDelta::minutes(due), "minute {minute}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_accounts_own_numbers_are_taken_along_by_one_job_and_their_own_keeps_its_time() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
    let (brand, account) = (bench.brand, bench.accounts[0]);
    let post = published(&bench, "one").await?;
    let tomorrow = start + TimeDelta::days(1);
    bench
        .test
        .db
        .run(&format!(
            "delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at) values
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{post}', '{start}', '{start}'),
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', '{tomorrow}', '{start}')"
        ))
        .await?;
    let of_account = "metric_reading where publication_id is null";
    let due = format!("select due_at from job where subject_id = '{account}' and state = 'PENDING'");
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.test.db.count(of_account).await?, 1, "they come with the post's");
    assert_eq!(bench.test.db.value::<DateTime<Utc>>(&due).await?, tomorrow);

    // Another run has taken them along, and has not ended.
    let soon = start + TimeDelta::minutes(20);
    bench
        .test
        .db
        .run(&format!(
            "update metric_reading set read_at = read_at - interval '1 day' where publication_id is null;
             update job set due_at = '{soon}' where subject_id = '{account}'"
        ))
        .await?;
    clock.advance(TimeDelta::minutes(15));
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.test.db.count(of_account).await?, 1, "nobody else takes them");
    assert_eq!(bench.test.db.value::<DateTime<Utc>>(&due).await?, soon);

    clock.advance(TimeDelta::minutes(5));
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.test.db.count(of_account).await?, 2, "their own job reads them where that run never ends");
    Ok(())
}

#[tokio::test]
async fn an_accounts_own_job_that_was_set_aside_is_asked_for_again_a_day_later() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
    let (brand, account) = (bench.brand, bench.accounts[0]);
    let post = published(&bench, "one").await?;
    bench
        .test
        .db
        .run(&format!(
            "delete from job;
             insert into job (id, brand_id, kind, subject_id, state, failures, due_at, created_at, finished_at) values
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{post}', 'PENDING', 0, '{start}', '{start}', null),
               (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', 'SET_ASIDE', 12, '{start}', '{start}', '{start}')"
        ))
        .await?;
    let of_account = "metric_reading where publication_id is null";
    let own = format!("select string_agg(state, ' ' order by created_at) from job where subject_id = '{account}'");
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.test.db.value::<String>(&own).await?, "SET_ASIDE", "what has just failed is left alone");
    assert_eq!(bench.test.db.count(of_account).await?, 0);

    let yesterday = "update job set finished_at = finished_at - interval '1 day' where state = 'SET_ASIDE'";
    bench.test.db.run(yesterday).await?;
    clock.advance(TimeDelta::minutes(15));
    assert_eq!(bench.test.run_jobs().await?, 2, "the post's, and after it the account's own");
    assert_eq!(bench.test.db.value::<String>(&own).await?, "CANCELED PENDING");
    assert_eq!(bench.test.db.count(of_account).await?, 1);

    clock.advance(TimeDelta::minutes(15));
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!((bench.test.db.count(of_account).await?, bench.servers[0].state().profiles), (1, 1), "once");
    assert_eq!(bench.test.db.value::<String>(&own).await?, "CANCELED PENDING");
    Ok(())
}
