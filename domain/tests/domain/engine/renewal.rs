//! Renewing an account's secrets: once, whoever asks.

use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use tokio::time::Instant;

use crate::engine::bench::Bench;
use crate::engine::pds::Renewing;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_publications_of_one_account_renew_its_token_once_and_keep_their_order() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::seconds(-5), None).await?;
    let texts = bench.due(bench.accounts[0], 50).await?;
    // Some were begun before, so that not all of them wait in line behind each other.
    bench
        .test
        .db
        .run("update publication set state = 'RETRYING', trouble = 'RETRY' where id in (select id from publication order by due_at limit 5)")
        .await?;
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 50)).await?;
    let state = bench.servers[0].state();
    assert_eq!((state.renewals, state.refused), (1, 0));
    assert_eq!(state.posts.len(), 50);
    assert_eq!(state.asked.len(), 50, "nothing was sent twice");
    let in_line: Vec<_> = state.posts.iter().filter(|text| !texts[..5].contains(text)).cloned().collect();
    assert_eq!(in_line, texts[5..]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_renewal_ends_in_reconnect_after_one_more_try() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::seconds(-5), None).await?;
    let account = bench.accounts[0];
    bench.due(account, 4).await?;
    bench.servers[0].state().renewing = Renewing::AnswerLost;
    bench.work(4, async || Ok(bench.in_state("FAILED").await? == 4)).await?;
    let renewals = bench.servers[0].state().renewals;
    let refused = bench.servers[0].state().refused;
    assert_eq!((renewals, refused), (2, 1));
    assert_eq!(bench.of_account(account, "state").await?, "NEEDS_RECONNECT");
    let troubles: String = bench.test.db.value("select string_agg(distinct trouble, ' ') from publication").await?;
    assert_eq!(troubles, "RECONNECT");
    assert_eq!(bench.servers[0].state().posts.len(), 0);
    Ok(())
}

/// An account whose token the network ends before the time that it said.
async fn ended_early(renewing: Renewing) -> Result<Bench> {
    let bench = Bench::new(1, TimeDelta::days(3), None).await?;
    let mut state = bench.servers[0].state();
    state.ended_early = Some(1);
    state.renewing = renewing;
    drop(state);
    Ok(bench)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_early_is_renewed_once_and_holds_up_nobody() -> Result<()> {
    let bench = ended_early(Renewing::Works).await?;
    bench.due(bench.accounts[0], 8).await?;
    let begun = Instant::now();
    bench.work(4, async || Ok(bench.in_state("PUBLISHED").await? == 8)).await?;
    assert!(begun.elapsed() < Duration::from_secs(30), "it took {:?}", begun.elapsed());
    assert_eq!(bench.servers[0].state().renewals, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_cannot_renew_what_it_has_ended_is_asked_again() -> Result<()> {
    let bench = ended_early(Renewing::Away).await?;
    let account = bench.accounts[0];
    bench.due(account, 3).await?;
    bench.work(4, async || Ok(bench.servers[0].state().renewals >= 3)).await?;
    assert_eq!(bench.of_account(account, "state").await?, "CONNECTED", "it was given up while the network was away");
    bench.servers[0].state().renewing = Renewing::Works;
    bench.work(4, async || Ok(bench.in_state("PUBLISHED").await? == 3)).await?;
    assert_eq!(bench.servers[0].state().posts.len(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_renewal_of_what_ended_early_ends_in_reconnect() -> Result<()> {
    let bench = ended_early(Renewing::AnswerLost).await?;
    let account = bench.accounts[0];
    bench.due(account, 3).await?;
    bench.work(4, async || Ok(bench.in_state("FAILED").await? == 3)).await?;
    let (renewals, refused) = {
        let state = bench.servers[0].state();
        (state.renewals, state.refused)
    };
    assert_eq!((renewals, refused), (2, 1));
    assert_eq!(bench.of_account(account, "state").await?, "NEEDS_RECONNECT");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_a_dead_worker_began_is_taken_up_when_its_time_is_over() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::seconds(-5), None).await?;
    bench.due(bench.accounts[0], 2).await?;
    let until = bench.now() + TimeDelta::seconds(2);
    bench
        .test
        .db
        .run(&format!(
            "update social_account set refreshing_by = gen_random_uuid(), refreshing_until = '{}'",
            until.to_rfc3339()
        ))
        .await?;
    bench.work(4, async || Ok(bench.in_state("PUBLISHED").await? == 2)).await?;
    assert!(bench.now() >= until, "somebody did not wait");
    assert_eq!(bench.servers[0].state().renewals, 1);
    assert_eq!(bench.of_account(bench.accounts[0], "refreshing_by").await?, "");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_failed_is_not_tried_by_everybody() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::seconds(-5), None).await?;
    bench.due(bench.accounts[0], 12).await?;
    bench.servers[0].state().renewing = Renewing::Away;
    bench.work(8, async || Ok(bench.in_state("RETRYING").await? == 12)).await?;
    let tries = bench.servers[0].state().renewals;
    assert!((1..=6).contains(&tries), "{tries} renewals for 12 publications");
    bench.servers[0].state().renewing = Renewing::Works;
    bench.work(8, async || Ok(bench.in_state("PUBLISHED").await? == 12)).await?;
    assert_eq!(bench.servers[0].state().posts.len(), 12);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_nobody_uses_is_renewed_when_it_is_due() -> Result<()> {
    let bench = Bench::new(1, TimeDelta::seconds(-5), None).await?;
    let account = bench.accounts[0];
    let ask = |due: &str| {
        format!(
            "update social_account set refresh_due_at = now() + interval '{due}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'keep_account', id, now(), now() from social_account
             on conflict (brand_id, kind, subject_id) where state in ('PENDING', 'HANDED', 'RUNNING') do update set due_at = now()"
        )
    };
    bench.test.db.run(&ask("1 hour")).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.servers[0].state().renewals, 0, "it is not due");
    let waits: bool =
        bench.test.db.value("select due_at > now() + interval '50 minutes' and state = 'PENDING' from job").await?;
    assert!(waits);
    bench.test.db.run(&ask("-1 second")).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.servers[0].state().renewals, 1);
    assert_eq!(bench.of_account(account, "state").await?, "CONNECTED");
    Ok(())
}
