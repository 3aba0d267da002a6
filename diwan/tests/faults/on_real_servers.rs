//! What dies, and what must be true afterwards: each post on each network exactly once, and the product knows.

use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::TimeDelta;
use diwan_testkit::servers::Fault;

use crate::bench::{Bench, COMMITS, stop};

fn all(outcomes: &str) -> Vec<(String, String)> {
    vec![("PUBLISHED".to_owned(), outcomes.to_owned()); 2]
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_publication_leaves_one_post() -> Result<()> {
    let bench = Bench::start().await?;
    bench.spoil(Fault::ForwardThenHang);
    let worker = bench.worker()?;
    let post = bench.schedule("Killed", TimeDelta::seconds(1)).await?;
    bench.forwarded().await?;
    worker.kill()?;
    let left = vec![("SENDING".to_owned(), "?".to_owned()); 2];
    assert_eq!(bench.publications(&post).await?, left, "what the dead worker leaves");
    bench.heal();
    let worker = bench.worker()?;
    assert_eq!(bench.let_leases_run_out().await?, 2);
    bench.published(&post).await?;
    assert_eq!(bench.posts().await?, [1, 1]);
    assert_eq!(bench.publications(&post).await?, all("FOUND"));
    for (proxy, path) in bench.proxies.iter().zip(COMMITS) {
        assert_eq!(proxy.forwarded(path), 1, "sent again to {path}");
    }
    stop(worker).await
}

#[tokio::test]
async fn a_worker_killed_before_the_network_had_the_post_sends_it_once() -> Result<()> {
    let bench = Bench::start().await?;
    bench.spoil(Fault::ResetBeforeForward);
    let worker = bench.worker()?;
    let post = bench.schedule("Killed early", TimeDelta::seconds(1)).await?;
    bench.on_the_way().await?;
    worker.kill()?;
    assert_eq!(bench.posts().await?, [0, 0]);
    bench.heal();
    let worker = bench.worker()?;
    bench.let_leases_run_out().await?;
    // Production waits a minute until what is not found is believed; the test does not.
    bench
        .eventually("sent again", async |bench| {
            bench.let_requests_settle().await?;
            Ok(bench.publications(&post).await?.iter().all(|(state, _)| state == "PUBLISHED"))
        })
        .await?;
    bench.published(&post).await?;
    assert_eq!(bench.posts().await?, [1, 1]);
    stop(worker).await
}

#[tokio::test]
async fn redis_emptied_while_jobs_are_handed_over_delays_little_and_loses_nothing() -> Result<()> {
    let bench = Bench::start().await?;
    bench.spoil(Fault::Delay(Duration::from_secs(1)));
    let worker = bench.slow_worker()?;
    let mut posts = Vec::new();
    for number in 0..3 {
        posts.push(bench.schedule(&format!("Flushed {number}"), TimeDelta::seconds(2)).await?);
    }
    // One is on its way, the others wait in Redis.
    bench
        .eventually("handed over", async |bench| {
            Ok(bench.jobs("HANDED").await? >= 3 && bench.jobs("RUNNING").await? >= 1)
        })
        .await?;
    bench.flush_redis().await?;
    let flushed = Instant::now();
    bench.heal();
    for post in &posts {
        bench.published(post).await?;
    }
    let took = flushed.elapsed();
    assert!(took < Duration::from_secs(15), "the last one came {took:?} after the flush");
    assert_eq!(bench.posts().await?, [3, 3]);
    for post in &posts {
        assert_eq!(bench.publications(post).await?, all("PUBLISHED"));
    }
    stop(worker).await
}

#[tokio::test]
async fn postgres_restarted_in_the_middle_of_a_publication_leaves_one_post() -> Result<()> {
    let mut bench = Bench::start().await?;
    bench.spoil(Fault::Delay(Duration::from_millis(1500)));
    let mut worker = bench.worker()?;
    let post = bench.schedule("Restarted", TimeDelta::seconds(1)).await?;
    bench.on_the_way().await?;
    bench.servers.stop_postgres().await?;
    // The networks answer while there is nowhere to write it down.
    bench.forwarded().await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    bench.servers.start_postgres().await?;
    bench.heal();
    bench.let_leases_run_out().await?;
    bench.published(&post).await?;
    assert_eq!(bench.posts().await?, [1, 1]);
    assert!(worker.is_running()? && bench.api.is_running()?, "a process did not survive the restart");
    // And everything goes on.
    let next = bench.schedule("After", TimeDelta::seconds(1)).await?;
    bench.published(&next).await?;
    assert_eq!(bench.posts().await?, [2, 2]);
    stop(worker).await
}

#[tokio::test]
async fn told_to_stop_a_worker_ends_what_it_has_begun() -> Result<()> {
    let bench = Bench::start().await?;
    bench.spoil(Fault::Delay(Duration::from_secs(2)));
    let worker = bench.worker()?;
    let post = bench.schedule("Finished", TimeDelta::seconds(1)).await?;
    bench.on_the_way().await?;
    stop(worker).await?;
    assert_eq!(bench.publications(&post).await?, all("PUBLISHED"), "what was begun was not finished");
    assert_eq!(bench.posts().await?, [1, 1]);
    let Bench { api, .. } = bench;
    stop(api).await
}
