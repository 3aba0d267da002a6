//! A thread is one publication: wherever it stops, it goes on behind what is there, and never begins anew.

use std::sync::Arc;

use anyhow::{Result, bail};
use chrono::TimeDelta;
use diwan_domain::publishing::{Settlement, schedule_post, settle_publication, unschedule_post};
use diwan_domain::{Code, Failure};
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_testkit::servers::Fault;

use crate::publishing_real::bench::{Bench, PATIENCE, Scheduled, on_every_network, with_every_network};
use crate::publishing_real::on_real_servers::{crash, take_up};

/// How many posts `scheduled_thread` makes.
const PARTS: usize = 4;

/// Nobody makes a draft of it, and nothing changes.
async fn is_no_draft_again(bench: &Bench, post: &Scheduled<'_>) -> Result<()> {
    let before = post.column("publication").await?;
    let context = bench.test.act(&bench.person).await?;
    let Err(Failure::Refused(errors)) = unschedule_post(&context, post.post).await else {
        bail!("a thread that is there in part was made a draft")
    };
    assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), [Code::WrongState]);
    context.commit().await?;
    assert_eq!(post.column("publication").await?, before);
    Ok(())
}

/// It waits for a person, with so many posts there.
async fn is_partly_there(bench: &Bench, post: &Scheduled<'_>, there: usize) -> Result<()> {
    post.until("NEEDS_ATTENTION").await?;
    assert_eq!(post.column("trouble").await?, "PARTLY_PUBLISHED");
    assert_eq!(bench.posts().await?, there);
    assert_eq!(post.post_state().await?, "FAILED");
    assert_eq!(bench.test.due_jobs().await?, 0, "nothing is tried again by itself");
    is_no_draft_again(bench, post).await
}

async fn settle(bench: &Bench, post: &Scheduled<'_>, settlement: Settlement) -> Result<()> {
    let context = bench.test.act(&bench.person).await?;
    settle_publication(&context, post.publication, settlement).await?;
    Ok(context.commit().await?)
}

#[tokio::test]
async fn a_thread_goes_out_whole_and_once() -> Result<()> {
    with_every_network(async |bench| {
        let post = bench.scheduled_thread().await?;
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "PUBLISHED").await?;
        assert_eq!(bench.proxy.count(bench.commit_path()), PARTS);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_of_a_thread_leaves_each_post_once() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 1, Fault::ForwardThenHang);
        let post = bench.scheduled_thread().await?;
        crash(bench, &post, (bench.commit_path(), 2)).await?;
        bench.proxy.wait_forwarded(bench.commit_path(), 2, PATIENCE).await?;
        assert_eq!((post.state().await?.as_str(), post.outcomes().await?.as_str()), ("SENDING", "?"));
        bench.proxy.clear();
        take_up(bench, &post).await?;
        post.is_published_with(PARTS, "FOUND PUBLISHED").await?;
        assert_eq!(bench.proxy.count(bench.commit_path()), PARTS, "each was sent once");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_part_without_an_answer_is_found_and_the_rest_follows() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 2, Fault::ForwardThenReset);
        let post = bench.scheduled_thread().await?;
        post.until("UNCONFIRMED").await?;
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "FOUND PUBLISHED").await?;
        assert_eq!(bench.proxy.count(bench.commit_path()), PARTS, "each was sent once");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_part_that_never_arrived_is_sent_again_once_that_is_certain() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 2, Fault::ResetBeforeForward);
        let post = bench.scheduled_thread().await?;
        post.until("UNCONFIRMED").await?;
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "NOT_SENT PUBLISHED").await
    })
    .await
}

#[tokio::test]
async fn a_network_that_asks_for_patience_in_the_middle_gets_the_rest_later() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 1, Fault::Status(429));
        let post = bench.scheduled_thread().await?;
        post.until("RETRYING").await?;
        assert_eq!(bench.posts().await?, 1);
        bench.proxy.clear();
        post.until("PUBLISHED").await?;
        let outcomes = post.outcomes().await?;
        assert!(outcomes.starts_with("NOT_SENT") && outcomes.ends_with("PUBLISHED"), "{outcomes}");
        post.is_published_with(PARTS, &outcomes).await
    })
    .await
}

#[tokio::test]
async fn a_part_that_is_refused_asks_a_person_who_has_the_rest_sent() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 2, Fault::Status(422));
        let post = bench.scheduled_thread().await?;
        is_partly_there(bench, &post, 2).await?;
        let detail = post.column("trouble_detail").await?;
        assert!(detail.starts_with("2 published, part 3 not: CONTENT"), "{detail}");
        assert_eq!(post.outcomes().await?, "REFUSED");
        bench.proxy.clear();
        settle(bench, &post, Settlement::SendNow).await?;
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "REFUSED PUBLISHED").await
    })
    .await
}

#[tokio::test]
async fn a_thread_that_was_given_up_goes_on_when_it_is_scheduled_again() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 1, Fault::Status(422));
        let post = bench.scheduled_thread().await?;
        is_partly_there(bench, &post, 1).await?;
        bench.proxy.clear();
        settle(bench, &post, Settlement::GiveUp).await?;
        assert_eq!(post.state().await?, "FAILED");
        assert_eq!(bench.test.run_jobs().await?, 0);
        is_no_draft_again(bench, &post).await?;
        assert_eq!(bench.posts().await?, 1);

        let context = bench.test.act(&bench.person).await?;
        schedule_post(&context, post.post, context.now + TimeDelta::milliseconds(100)).await?;
        context.commit().await?;
        assert_eq!(post.state().await?, "SCHEDULED");
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "REFUSED PUBLISHED").await
    })
    .await
}

#[tokio::test]
async fn a_thread_that_is_too_late_in_the_middle_is_not_called_missed() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    on_every_network(Some(Arc::clone(&clock)), async |bench| {
        bench.proxy.set_after(bench.commit_path(), 1, Fault::Status(429));
        let post = bench.scheduled_thread().await?;
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(bench.test.run_jobs().await?, 1);
        assert_eq!(post.state().await?, "RETRYING");
        bench.proxy.clear();
        clock.advance(TimeDelta::hours(7));
        bench.test.run_jobs().await?;
        is_partly_there(bench, &post, 1).await?;
        let detail = post.column("trouble_detail").await?;
        assert!(detail.starts_with("1 published, part 2 not: MISSED"), "{detail}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_thread_that_is_taken_off_the_schedule_in_the_middle_waits_for_a_person() -> Result<()> {
    with_every_network(async |bench| {
        bench.proxy.set_after(bench.commit_path(), 1, Fault::Status(429));
        let post = bench.scheduled_thread().await?;
        post.until("RETRYING").await?;
        bench.proxy.clear();
        let context = bench.test.act(&bench.person).await?;
        unschedule_post(&context, post.post).await?;
        context.commit().await?;
        is_partly_there(bench, &post, 1).await?;
        let waiting = "select count(*) from job where kind = 'publish' and state in ('PENDING', 'HANDED', 'RUNNING')";
        assert_eq!(bench.test.db.value::<i64>(waiting).await?, 0, "its job is canceled");
        settle(bench, &post, Settlement::SendNow).await?;
        post.until("PUBLISHED").await?;
        post.is_published_with(PARTS, "NOT_SENT PUBLISHED").await
    })
    .await
}
