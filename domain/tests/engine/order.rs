//! Whose turn it is on an account.

use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use tokio::time::Instant;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_nobody_answers_does_not_hold_up_those_after_it() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::hours(1), None).await?;
    let texts = bench.due(bench.accounts[0], 6).await?;
    bench.servers[0].state().silent = vec![texts[1].clone()];
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 5)).await?;
    assert_eq!(bench.in_state("UNCONFIRMED").await?, 1);
    let posts = bench.servers[0].state().posts.clone();
    let rest: Vec<_> = texts.iter().filter(|text| **text != texts[1]).cloned().collect();
    assert_eq!(posts, rest);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_does_not_hold_up_those_after_it() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::hours(1), None).await?;
    let texts = bench.due(bench.accounts[0], 3).await?;
    // It failed by a fault of ours, and runs again much later.
    let failed = "update job set failures = 1, due_at = now() + interval '1 hour' where subject_id in (
        select p.id from publication p join post_variant v on v.id = p.variant_id where v.text =";
    bench.test.db.run(&format!("{failed} '{}')", texts[0])).await?;
    bench.work(4, async || Ok(bench.in_state("PUBLISHED").await? == 2)).await?;
    assert_eq!(bench.servers[0].state().posts, texts[1..]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_whose_network_asks_for_patience_is_left_alone_and_others_go_on() -> Result<()> {
    let bench = Bench::new(2, TimeDelta::hours(1), None).await?;
    let (busy, other) = (bench.accounts[0], bench.accounts[1]);
    let texts = bench.due(busy, 8).await?;
    bench.due(other, 8).await?;
    let until = Instant::now() + Duration::from_secs(3);
    bench.servers[0].state().busy = Some((until, Some(3)));
    bench.work(8, async || Ok(bench.servers[1].state().posts.len() == 8)).await?;
    assert!(Instant::now() < until, "the other account waited");
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 16)).await?;
    let state = bench.servers[0].state();
    assert_eq!(state.asked.len(), 9, "one was refused, and each was sent once");
    assert!(state.asked[1] - state.asked[0] >= Duration::from_secs(3), "sent before the network wanted it");
    assert_eq!(state.posts.len(), texts.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn patience_without_a_number_closes_the_account_as_well() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::hours(1), None).await?;
    bench.due(bench.accounts[0], 8).await?;
    bench.servers[0].state().busy = Some((Instant::now() + Duration::from_secs(2), None));
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 8)).await?;
    let asked = bench.servers[0].state().asked.len();
    // Backing off from 200 ms: a handful for all of them, not for each.
    assert!(asked <= 8 + 8, "{asked} requests");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pace_is_kept_by_all_hands_together() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::hours(1), None).await?;
    let telegram = bench.test.account(bench.brand, "telegram", &bench.person).await?;
    for number in 0..30 {
        bench.planned(telegram, &format!("number {number}"), bench.now() - TimeDelta::seconds(1)).await?;
    }
    // Nobody answers there; what counts is how many were begun, again or for the first time.
    let begun = async || bench.test.db.value::<i64>("select count(*) from publication_attempt").await;
    let began = Instant::now();
    bench.work(8, async || Ok(began.elapsed() > Duration::from_secs(4) && begun().await? >= 20)).await?;
    assert_eq!(begun().await?, 20, "twenty in any minute, and no more");
    let a_minute_ago =
        "update social_account set paced_at = array(select at - interval '1 minute' from unnest(paced_at) at);
        update job set due_at = now() where state = 'PENDING'";
    bench.test.db.run(a_minute_ago).await?;
    bench.work(8, async || Ok(begun().await? > 20)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_are_called_and_do_not_keep_asking() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::hours(1), None).await?;
    let texts = bench.due(bench.accounts[0], 40).await?;
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 40)).await?;
    assert_eq!(bench.servers[0].state().posts, texts);
    let runs: i64 = bench.test.db.value("select sum(fence)::bigint from job where kind = 'publish'").await?;
    assert!(runs <= 80, "{runs} runs for 40 publications");
    Ok(())
}
