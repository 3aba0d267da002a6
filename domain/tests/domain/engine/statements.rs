//! What one publication costs the database, counted, so that it does not grow unnoticed; and what its steps write where the lease is
//! lost: nothing.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs::{self, Ran};
use diwan_platform::clock::ManualClock;
use diwan_platform::{db, jobs as outbox};
use serde_json::json;
use uuid::Uuid;

use crate::engine::bench::Bench;

/// The most that a text takes, without `begin` and `commit`: it is claimed, locked, read, and begun; the network saves once before it
/// asks to send; then it is locked again, and its end is written.
const MOST: usize = 8;

#[tokio::test]
async fn a_publication_takes_so_many_statements_however_long_its_line_is() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(clock)).await?;
    let texts = bench.due(bench.accounts[0], 20).await?;
    let line = "select string_agg(j.id::text, ' ' order by p.due_at, p.id) from job j
        join publication p on p.id = j.subject_id where j.kind = 'publish'";
    let line: String = bench.test.db.value(line).await?;
    let mut costs = Vec::new();
    for job in line.split(' ') {
        let before = bench.test.db.statements();
        assert_eq!(jobs::run(&bench.test.services, job.parse()?, "hand").await?, Ran::Finished);
        costs.push(bench.test.db.statements() - before);
    }
    assert_eq!(bench.servers[0].state().posts, texts);
    assert_eq!(bench.in_state("PUBLISHED").await?, 20);
    // The first takes those behind it from what is due, in one more.
    assert!(costs[0] <= MOST + 1 && costs[1..].iter().all(|cost| *cost <= MOST), "{costs:?}");
    for (what, count) in [
        ("post where state = 'PUBLISHED'", 20),
        ("publication_attempt where outcome = 'PUBLISHED' and sending_at is not null and finished_at is not null", 20),
        ("job where kind = 'publish' and state = 'DONE' and lease_owner is null", 20),
        ("job where kind = 'sync_metrics' and state = 'PENDING' and due_at > created_at", 20),
    ] {
        assert_eq!(bench.test.db.count(what).await?, count, "{what}");
    }
    Ok(())
}

#[tokio::test]
async fn a_post_on_two_accounts_follows_both_of_its_publications() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(2, TimeDelta::days(3), Some(clock)).await?;
    let first = bench.planned(bench.accounts[0], "here", bench.now()).await?;
    let second = bench.planned(bench.accounts[1], "there", bench.now()).await?;
    // Both become publications of one post.
    let one = format!("(select post_id from publication where id = '{first}')");
    bench
        .test
        .db
        .run(&format!(
            "update post_variant set post_id = {one}; update publication set post_id = {one} where id = '{second}'"
        ))
        .await?;
    let state = format!("select state from post where id = {one}");
    for (publication, expected) in [(first, "PUBLISHING"), (second, "PUBLISHED")] {
        let sql = format!("select id from job where kind = 'publish' and subject_id = '{publication}'");
        let job: Uuid = bench.test.db.value(&sql).await?;
        let before = bench.test.db.statements();
        assert_eq!(jobs::run(&bench.test.services, job, "hand").await?, Ran::Finished);
        assert!(bench.test.db.statements() - before <= MOST);
        assert_eq!(bench.test.db.value::<String>(&state).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn whoever_has_lost_the_lease_notes_nothing_and_enters_nowhere() -> Result<()> {
    let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).unwrap()));
    let bench = Bench::new(1, TimeDelta::days(3), Some(clock)).await?;
    let publication = bench.planned(bench.accounts[0], "once", bench.now()).await?;
    let job: Uuid = bench.test.db.value("select id from job where kind = 'publish'").await?;
    let services = &bench.test.services;
    let on = services.db.unscoped();
    let claim = outbox::start(on, job, "first", services.now(), services.timing.lease).await?.context("claimed")?;
    let until = services.now() + services.timing.lease;
    let attempt = format!(
        "insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at)
         select gen_random_uuid(), brand_id, id, 1, {}, due_at from publication where id = '{publication}'",
        claim.fence
    );
    bench.test.db.run(&attempt).await?;
    let note = async |fence: i64| -> Result<bool> {
        let checkpoint = json!({ "stage": "sending" });
        let values = [job.into(), fence.into(), until.into(), checkpoint.into(), services.now().into()];
        Ok(db::scalar(on, "select app.note_progress($1, $2, $3, $4, $5)", values).await?)
    };
    let enter = async |fence: i64| -> Result<Option<Vec<String>>> {
        let values = [job.into(), fence.into(), until.into()];
        Ok(db::scalar(on, "select app.enter_publication($1, $2, $3)", values).await?)
    };
    let noted = "select coalesce(p.checkpoint::text, '') || coalesce(' ' || t.sending_at::text, '')
        from publication p join publication_attempt t on t.publication_id = p.id";
    assert!(!note(claim.fence - 1).await?);
    assert_eq!(enter(claim.fence - 1).await?, None);
    assert_eq!(bench.test.db.value::<String>(noted).await?, "");
    assert!(note(claim.fence).await?);
    assert_eq!(enter(claim.fence).await?, Some(Vec::new()));
    let now = bench.test.db.value::<String>(noted).await?;
    assert!(now.starts_with(r#"{"stage": "sending"} "#), "{now}");
    // Somebody else has it by now, and then it is over.
    for change in [
        "update job set fence = fence + 1 where kind = 'publish'",
        "update job set fence = fence - 1, state = 'DONE', finished_at = due_at, lease_expires_at = null where kind = 'publish'",
    ] {
        bench.test.db.run(change).await?;
        assert!(!note(claim.fence).await?, "{change}");
        assert_eq!(enter(claim.fence).await?, None, "{change}");
    }
    Ok(())
}
