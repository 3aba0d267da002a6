//! Whose turn it is on an account.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs::{self, Ran};
use diwan_domain::publishing::{ErrorPolicy, Shift, move_posts, unschedule_post};
use diwan_platform::clock::ManualClock;
use tokio::time::Instant;
use uuid::Uuid;

use crate::engine::bench::Bench;

/// With an account and a clock that stands.
async fn at_nine() -> Result<Bench> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    Bench::new(1, TimeDelta::days(3), Some(clock)).await
}

/// Runs the job of a publication.
async fn run(bench: &Bench, publication: Uuid) -> Result<Ran> {
    let sql = format!("select id from job where kind = 'publish' and subject_id = '{publication}'");
    Ok(jobs::run(&bench.test.services, bench.test.db.value(&sql).await?, "hand").await?)
}

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

#[tokio::test]
async fn what_leaves_the_line_unsent_calls_the_next() -> Result<()> {
    for leaves in [
        "update publication set state = 'CANCELED' where id = $",
        "insert into publishing_pause (id, agency_id, brand_id, post_id, reason, paused_by, paused_at)
           select gen_random_uuid(), b.agency_id, p.brand_id, p.post_id, 'Wait', post.created_by, now()
           from publication p join brand b on b.id = p.brand_id join post on post.id = p.post_id where p.id = $",
        "update publication set due_at = due_at - interval '2 hours' where id = $",
        "insert into variant_asset select brand_id, variant_id, 0, (select id from asset) from publication where id = $",
    ] {
        let bench = at_nine().await?;
        bench.test.asset(bench.brand, &bench.person).await?;
        bench.test.db.run("update asset set licence = 'USER_GENERATED'").await?;
        let first = bench.planned(bench.accounts[0], "first", bench.now() - TimeDelta::seconds(2)).await?;
        let second = bench.planned(bench.accounts[0], "second", bench.now() - TimeDelta::seconds(1)).await?;
        // It waits to be called.
        let waits = (bench.now() + TimeDelta::seconds(15)).to_rfc3339();
        bench.test.db.run(&format!("update job set due_at = '{waits}' where subject_id = '{second}'")).await?;
        bench.test.db.run(&leaves.replace('$', &format!("'{first}'"))).await?;
        assert_eq!(run(&bench, first).await?, Ran::Finished);
        let sent: i64 = bench.test.db.value("select count(*) from publication where state = 'PUBLISHED'").await?;
        assert_eq!(sent, 0, "{leaves}");
        let due: DateTime<Utc> =
            bench.test.db.value(&format!("select due_at from job where subject_id = '{second}'")).await?;
        assert_eq!(due, bench.now() - TimeDelta::seconds(1), "{leaves}");
        bench.test.run_jobs().await?;
        assert_eq!(bench.servers[0].state().posts, ["second"], "{leaves}");
    }
    Ok(())
}

#[tokio::test]
async fn those_behind_wait_for_so_long_that_they_are_still_in_time() -> Result<()> {
    let first = "(select id from publication order by due_at, id limit 1)";
    for (so, waiting, last) in [
        // One of 39 has been called.
        ("select 1".to_owned(), 38, 34_500),
        // Of a short grace, a second before it would be too late.
        (
            "update brand set publish_grace_seconds = 60; update publication set due_at = due_at - interval '5 seconds'".to_owned(),
            38,
            24_039,
        ),
        // They would be too late.
        (
            "update brand set publish_grace_seconds = 60; update publication set due_at = due_at - interval '20 seconds'".to_owned(),
            0,
            0,
        ),
        // Nobody waits for one whose job has failed.
        (format!("update job set failures = 1 where subject_id = {first}"), 0, 0),
    ] {
        let bench = at_nine().await?;
        bench.due(bench.accounts[0], 40).await?;
        bench.test.db.run(&so).await?;
        let id: Uuid = bench.test.db.value(first).await?;
        assert_eq!(run(&bench, id).await?, Ran::Finished);
        assert_eq!(bench.servers[0].state().posts, ["number 0"], "{so}");
        let now = bench.now().to_rfc3339();
        let later = format!("from job where kind = 'publish' and state = 'PENDING' and due_at > '{now}'");
        assert_eq!(bench.test.db.value::<i64>(&format!("select count(*) {later}")).await?, waiting, "{so}");
        if waiting > 0 {
            let until: DateTime<Utc> = bench.test.db.value(&format!("select max(due_at) {later}")).await?;
            assert_eq!(until, bench.now() + TimeDelta::milliseconds(last), "each half a second after the one before it");
        }
    }
    Ok(())
}

#[tokio::test]
async fn nobody_in_a_line_that_moves_is_begun_before_it_is_called() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(Arc::clone(&clock))).await?;
    let texts = bench.due(bench.accounts[0], 10).await?;
    let due = async || -> Result<Vec<Uuid>> {
        let now = bench.now().to_rfc3339();
        let sql = format!(
            "select coalesce(string_agg(p.id::text, ' ' order by p.due_at), '') from publication p join job j on j.subject_id = p.id
             where j.kind = 'publish' and j.state = 'PENDING' and j.due_at <= '{now}'"
        );
        let ids: String = bench.test.db.value(&sql).await?;
        Ok(ids.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    };
    // Of many that are due in one instant it need not be the first that begins; the first is called.
    let all = due().await?;
    assert_eq!(run(&bench, all[4]).await?, Ran::Finished);
    for (place, publication) in all.iter().enumerate() {
        assert_eq!(due().await?, &all[place..=place], "{place}");
        assert_eq!(run(&bench, *publication).await?, Ran::Finished);
        // Longer than those behind are first made to wait, in all.
        clock.advance(TimeDelta::seconds(6));
    }
    assert_eq!(bench.servers[0].state().posts, texts);
    let runs: i64 = bench.test.db.value("select sum(fence)::bigint from job where kind = 'publish'").await?;
    assert_eq!(runs, 11);
    Ok(())
}

#[tokio::test]
async fn one_that_was_moved_while_it_was_called_waits_for_its_new_time() -> Result<()> {
    for pause in [false, true] {
        let bench = at_nine().await?;
        let tomorrow = bench.now() + TimeDelta::days(1);
        let moved = bench.planned(bench.accounts[0], "moved", tomorrow).await?;
        let behind = bench.planned(bench.accounts[0], "behind", bench.now() - TimeDelta::seconds(1)).await?;
        // Whoever ended before it read its old time, and called it by that.
        let (then, waits) = (bench.now() - TimeDelta::seconds(2), bench.now() + TimeDelta::seconds(15));
        let sql = format!(
            "update job set due_at = '{}' where subject_id = '{moved}'; update job set due_at = '{}' where subject_id = '{behind}'",
            then.to_rfc3339(),
            waits.to_rfc3339()
        );
        bench.test.db.run(&sql).await?;
        if pause {
            let pause = format!(
                "insert into publishing_pause (id, agency_id, brand_id, post_id, reason, paused_by, paused_at)
                 select gen_random_uuid(), b.agency_id, p.brand_id, p.post_id, 'Wait', post.created_by, now()
                 from publication p join brand b on b.id = p.brand_id join post on post.id = p.post_id where p.id = '{moved}'"
            );
            bench.test.db.run(&pause).await?;
        }
        assert_eq!(run(&bench, moved).await?, Ran::Finished);
        assert_eq!(bench.servers[0].state().asked.len(), 0, "sent a day early");
        let kept = format!(
            "job j join publication p on p.id = j.subject_id where p.id = '{moved}' and p.state = 'SCHEDULED' and p.attempts = 0
             and j.state = 'PENDING' and j.due_at = p.due_at and p.due_at = '{}'",
            tomorrow.to_rfc3339()
        );
        assert_eq!(bench.test.db.count(&kept).await?, 1);
        // And whoever is behind it does not wait for it.
        bench.test.run_jobs().await?;
        assert_eq!(bench.servers[0].state().posts, ["behind"]);
    }
    Ok(())
}

#[tokio::test]
async fn whoever_is_behind_is_called_when_a_person_moves_or_takes_back_the_one_that_was_called() -> Result<()> {
    for moves in [false, true] {
        let bench = at_nine().await?;
        let first = bench.planned(bench.accounts[0], "first", bench.now() - TimeDelta::seconds(3)).await?;
        let second = bench.planned(bench.accounts[0], "second", bench.now() - TimeDelta::seconds(2)).await?;
        let third = bench.planned(bench.accounts[0], "third", bench.now() - TimeDelta::seconds(1)).await?;
        let waits = (bench.now() + TimeDelta::seconds(15)).to_rfc3339();
        let in_hand = format!(
            "update job set state = 'HANDED', handed_at = due_at, line_owner = 'one', lined_at = due_at where subject_id = '{first}';
             update job set due_at = '{waits}', line_owner = 'one', lined_at = due_at where subject_id in ('{second}', '{third}')"
        );
        bench.test.db.run(&in_hand).await?;
        let post: Uuid = bench.test.db.value(&format!("select post_id from publication where id = '{first}'")).await?;
        let context = bench.test.act(&bench.person).await?;
        if moves {
            let to = Shift { at: Some(bench.now() + TimeDelta::days(1)), ..Shift::default() };
            let moved = move_posts(&context, &[post], to, ErrorPolicy::RejectEverything).await?;
            assert!(moved[0].errors.is_empty(), "{moved:?}");
        } else {
            unschedule_post(&context, post).await?;
        }
        context.commit().await?;
        assert_eq!(run(&bench, first).await?, Ran::NotOurs);
        let second = format!("job j join publication p on p.id = j.subject_id where p.id = '{second}'");
        let called = "j.state = 'PENDING' and j.due_at = p.due_at and j.line_owner is null and j.lined_at is null";
        assert_eq!(bench.test.db.count(&format!("{second} and {called}")).await?, 1, "{moves}");
        let third = format!("job where subject_id = '{third}' and due_at = '{waits}'");
        assert_eq!(bench.test.db.count(&third).await?, 1, "only the next is called");
        bench.test.run_jobs().await?;
        assert_eq!(bench.servers[0].state().posts, ["second", "third"]);
    }
    Ok(())
}
