//! The scenarios.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use diwan_domain::jobs::{self, Ran};
use diwan_domain::publishing::unschedule_post;
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_platform::jobs as outbox;
use diwan_testkit::servers::Fault;

use crate::publishing_real::bench::{Bench, PATIENCE, Scheduled, on_every_network, with_every_network};

#[tokio::test]
async fn a_post_with_an_image_goes_out_once_and_its_numbers_are_read() -> Result<()> {
    with_every_network(async |bench| {
        let post = bench.scheduled(true).await?;
        assert_eq!(jobs::run(&bench.test.services, post.job, "early").await?, Ran::NotOurs, "it is not due");
        post.until("PUBLISHED").await?;
        post.is_published_once("PUBLISHED").await?;
        assert_eq!(bench.proxy.count(bench.commit_path()), 1);
        assert_eq!(jobs::run(&bench.test.services, post.job, "again").await?, Ran::NotOurs);

        let gap = format!(
            "insert into metric_gap (id, brand_id, social_account_id, publication_id, reason, began_at)
               select gen_random_uuid(), brand_id, social_account_id, id, 'NETWORK', now() - interval '1 h' from publication where id = '{0}';
             update job set due_at = now() where kind = 'sync_metrics' and subject_id = '{0}'",
            post.publication
        );
        bench.test.db.run(&gap).await?;
        assert_eq!(bench.test.run_jobs().await?, 1);
        let sql = format!("select count(*) from metric_reading where publication_id = '{}'", post.publication);
        assert_eq!(bench.test.db.value::<i64>(&sql).await?, 1);
        // The gap ends with the first numbers; a server that has none of posts keeps it open.
        let gap = format!(
            "select count(*) from metric_gap where publication_id = '{}' and (ended_at is not null or (reason, tries) = ('NOT_SERVED', 2))",
            post.publication
        );
        assert_eq!(bench.test.db.value::<i64>(&gap).await?, 1);
        // What the server does not count is missing; each counts something of the account.
        let of_account = "select count(*) from metric_sample where publication_id is null and value >= 0";
        assert!(bench.test.db.value::<i64>(of_account).await? > 0, "no number of the account");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_post_that_was_taken_without_an_answer_is_found_and_not_sent_again() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.commit_path(), Fault::ForwardThenHang);
        let post = bench.scheduled(true).await?;
        assert_eq!(post.run().await?, Ran::Finished);
        assert_eq!((post.state().await?.as_str(), post.outcomes().await?.as_str()), ("UNCONFIRMED", "?"));
        assert_eq!(post.column("trouble").await?, "UNKNOWN");
        assert_eq!(post.post_state().await?, "PUBLISHING");
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        post.is_published_once("FOUND").await
    })
    .await
}

#[tokio::test]
async fn a_post_whose_answer_was_reset_is_found_and_not_sent_again() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.commit_path(), Fault::ForwardThenReset);
        let post = bench.scheduled(false).await?;
        post.until("UNCONFIRMED").await?;
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        post.is_published_once("FOUND").await
    })
    .await
}

#[tokio::test]
async fn a_request_that_never_arrived_is_sent_again_once_that_is_certain() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.commit_path(), Fault::ResetBeforeForward);
        let post = bench.scheduled(false).await?;
        post.until("UNCONFIRMED").await?;
        let unanswered = bench.proxy.count(bench.commit_path());
        bench.proxy.clear();
        // Not found yet is not believed yet: the network may still be at work.
        bench.test.db.run("update job set due_at = now() where state = 'PENDING' and kind = 'publish'").await?;
        assert_eq!(jobs::run(&bench.test.services, post.job, "soon").await?, Ran::Finished);
        let sent = bench.proxy.count(bench.commit_path());
        assert!(sent == unanswered || bench.test.services.now() >= post.due_at + bench.test.services.timing.settle);
        post.until("PUBLISHED").await?;
        post.is_published_once("NOT_SENT PUBLISHED").await
    })
    .await
}

#[tokio::test]
async fn a_network_that_is_away_is_tried_again_until_it_is_back() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set("/", Fault::Status(503));
        let post = bench.scheduled(true).await?;
        post.until("RETRYING").await?;
        assert_eq!(bench.posts().await?, 0);
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        let outcomes = post.outcomes().await?;
        assert!(outcomes.starts_with("NOT_SENT") && outcomes.ends_with("PUBLISHED"), "{outcomes}");
        post.is_published_once(&outcomes).await
    })
    .await
}

#[tokio::test]
async fn an_error_for_the_request_that_publishes_is_looked_up_before_it_is_repeated() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.commit_path(), Fault::Status(503));
        let post = bench.scheduled(false).await?;
        post.until("UNCONFIRMED").await?;
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        post.is_published_once("NOT_SENT PUBLISHED").await
    })
    .await
}

/// Begins the job, and drops it once `seen` requests to `path` have come to the proxy: what a crash leaves.
pub async fn crash(bench: &Bench, post: &Scheduled<'_>, (path, seen): (&str, usize)) -> Result<()> {
    post.due().await?;
    let arrived = async {
        while bench.proxy.count(path) < seen {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ran = jobs::run(&bench.test.services, post.job, "dies") => anyhow::bail!("it ended by itself: {ran:?}"),
        arrived = tokio::time::timeout(PATIENCE, arrived) => arrived.context("the request never came")?,
    }
    Ok(())
}

/// Waits until the dead worker's lease is over, and takes the job up as the reconciler does.
pub async fn take_up(bench: &Bench, post: &Scheduled<'_>) -> Result<()> {
    let services = &bench.test.services;
    assert_eq!(jobs::run(services, post.job, "too early").await?, Ran::NotOurs, "the lease of the dead worker holds");
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found =
            outbox::quiet(services.db.unscoped(), 10, services.now(), (services.now(), services.timing.lease)).await?;
        if found.iter().any(|found| found.id == post.job) {
            break;
        }
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "nobody finds the dead worker's job");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(jobs::run(services, post.job, "survivor").await?, Ran::Finished);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_dies_while_the_network_has_the_post_leaves_one_post() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.commit_path(), Fault::ForwardThenHang);
        let post = bench.scheduled(true).await?;
        crash(bench, &post, (bench.commit_path(), 1)).await?;
        bench.proxy.wait_forwarded(bench.commit_path(), 1, PATIENCE).await?;
        assert_eq!((post.state().await?.as_str(), post.outcomes().await?.as_str()), ("SENDING", "?"));
        bench.proxy.clear();
        take_up(bench, &post).await?;
        post.is_published_once("FOUND").await
    })
    .await
}

#[tokio::test]
async fn a_worker_that_dies_before_the_post_is_visible_leaves_one_post() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set(bench.upload_path(), Fault::ForwardThenHang);
        let post = bench.scheduled(true).await?;
        crash(bench, &post, (bench.upload_path(), 1)).await?;
        assert_eq!(bench.proxy.count(bench.commit_path()), 0);
        bench.proxy.clear();
        take_up(bench, &post).await?;
        post.is_published_once("NOT_SENT PUBLISHED").await
    })
    .await
}

#[tokio::test]
async fn an_authorization_that_was_taken_back_asks_to_connect_again() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    on_every_network(Some(Arc::clone(&clock)), async |bench| {
        let post = bench.scheduled(false).await?;
        bench.revoke().await?;
        // Beyond the lifetime of the token in hand, within the brand's patience.
        bench.test.db.run("update brand set publish_grace_seconds = 86400").await?;
        clock.advance(TimeDelta::hours(3));
        bench.test.run_jobs().await?;
        assert_eq!((post.state().await?.as_str(), post.column("trouble").await?.as_str()), ("FAILED", "RECONNECT"));
        assert_eq!(post.post_state().await?, "FAILED");
        assert_eq!(bench.posts().await?, 0);
        let account = format!("select state from social_account where id = '{}'", bench.account);
        assert_eq!(bench.test.db.value::<String>(&account).await?, "NEEDS_RECONNECT");
        assert_eq!(bench.test.due_jobs().await?, 0, "nothing is tried again by itself");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_too_late_is_missed_and_not_sent() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    on_every_network(Some(Arc::clone(&clock)), async |bench| {
        let post = bench.scheduled(true).await?;
        clock.advance(TimeDelta::seconds(3602));
        bench.test.run_jobs().await?;
        post.was_never_sent("MISSED").await?;
        assert_eq!(post.outcomes().await?, "");
        assert_eq!(post.post_state().await?, "FAILED");
        assert_eq!(bench.proxy.count(bench.upload_path()), 0);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_taken_off_the_schedule_at_the_last_moment_is_not_sent() -> Result<()> {
    with_every_network(async |bench| {
        let post = bench.scheduled(true).await?;
        post.due().await?;
        // The relay has handed it over already.
        let services = &bench.test.services;
        let taken = outbox::take_due(services.db.unscoped(), 10, services.now()).await?;
        assert_eq!(taken.len(), 1);
        let context = bench.test.act(&bench.person).await?;
        unschedule_post(&context, post.post).await?;
        context.commit().await?;
        assert_eq!(jobs::run(services, post.job, "late").await?, Ran::NotOurs);
        bench.test.run_jobs().await?;
        post.was_never_sent("CANCELED").await?;
        assert_eq!(post.post_state().await?, "DRAFT");
        Ok(())
    })
    .await
}
