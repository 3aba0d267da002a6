//! What an account is called: as its network says it with the account's numbers.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_platform::clock::ManualClock;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::engine::bench::Bench;

#[tokio::test]
async fn an_account_is_called_what_its_network_calls_it_by_now() -> Result<()> {
    let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(start));
    let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
    let (brand, account) = (bench.brand, bench.accounts[0]);
    let before = bench.of_account(account, "handle").await?;
    bench
        .test
        .db
        .run(&format!(
            "delete from job;
             update social_account set profile_url = 'https://bsky.app/profile/{before}' where id = '{account}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
             values (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', '{start}', '{start}')"
        ))
        .await?;
    // Reads the account's numbers, and answers what it is called and where it is.
    let read = async |says: Option<&str>| -> Result<String> {
        bench.servers[0].state().handle = says.map(str::to_owned);
        clock.advance(TimeDelta::minutes(1));
        bench.test.db.run("update job set due_at = created_at where state = 'PENDING'").await?;
        assert_eq!(bench.test.run_jobs().await?, 1);
        bench.of_account(account, "handle || ' ' || profile_url").await
    };
    let called = |name: &str| format!("{name} https://bsky.app/profile/{name}");
    // Nothing is said; and its domain does not lead to it just now.
    assert_eq!(read(None).await?, called(&before));
    assert_eq!(read(Some("handle.invalid")).await?, called(&before));
    assert_eq!(read(Some("amal.example")).await?, called("amal.example"));
    assert_eq!(read(Some("amal.example")).await?, called("amal.example"));

    // While somebody connects it anew, nothing waits, and the numbers are there.
    let connecting = bench.test.db.owner.begin().await?;
    connecting.execute_unprepared("select from social_account for no key update").await?;
    assert_eq!(read(Some("nour.example")).await?, called("amal.example"));
    connecting.rollback().await?;
    assert_eq!(read(Some("nour.example")).await?, called("nour.example"));
    assert_eq!(bench.servers[0].state().profiles, 6);
    assert_eq!(bench.test.db.count("metric_sample where metric = 'FOLLOWERS'").await?, 6);
    assert_eq!(bench.test.db.count("metric_gap").await?, 0);
    Ok(())
}
