//! What goes first when more is due than can be begun.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use diwan_platform::jobs::{Taken, next_due, take_due, take_due_of};
use diwan_testkit::TestServices;
use uuid::Uuid;

/// So many jobs of a kind, due `ago` before now.
async fn ask(test: &TestServices, brand: Uuid, (kind, count): (&str, u32), ago: &str) -> Result<()> {
    test.db
        .run(&format!(
            "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
             select gen_random_uuid(), '{brand}', '{kind}', gen_random_uuid(), now() - interval '{ago}', now()
             from generate_series(1, {count})"
        ))
        .await
}

/// Takes so many, and says how many of each brand and kind.
async fn take(test: &TestServices, limit: i32) -> Result<HashMap<(Uuid, String), usize>> {
    let taken = take_due(test.services.db.unscoped(), limit, test.services.now()).await?;
    let mut counted = HashMap::new();
    for job in taken {
        let brand = test.db.value(&format!("select brand_id from job where id = '{}'", job.id)).await?;
        *counted.entry((brand, job.kind)).or_default() += 1;
    }
    Ok(counted)
}

#[tokio::test]
async fn a_brand_with_thousands_due_leaves_room_for_one_with_ten() -> Result<()> {
    let test = TestServices::new().await?;
    let (large, small) = (test.brand("Large").await?, test.brand("Small").await?);
    ask(&test, large, ("publish", 2000), "1 hour").await?;
    ask(&test, small, ("publish", 10), "1 second").await?;
    let first = take(&test, 16).await?;
    let of = |brand: Uuid| first.get(&(brand, "publish".to_owned())).copied().unwrap_or_default();
    assert_eq!((of(large), of(small)), (8, 8));
    // One hand that becomes free after the other: whoever has the least in hand is next.
    test.db
        .run(&format!(
            "update job set state = 'DONE', finished_at = now() where state = 'HANDED' and brand_id = '{small}'"
        ))
        .await?;
    for _ in 0..2 {
        let next = take(&test, 1).await?;
        assert_eq!(next.keys().next().context("one")?.0, small);
    }
    let next = take(&test, 1).await?;
    assert_eq!(next.keys().next().context("one")?.0, large, "nothing of the small one is left");
    Ok(())
}

#[tokio::test]
async fn publications_go_before_numbers_and_reports() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    ask(&test, brand, ("sync_metrics", 40), "2 hours").await?;
    ask(&test, brand, ("send_letter", 5), "1 minute").await?;
    ask(&test, brand, ("publish", 20), "1 second").await?;
    let kinds = async |limit| -> Result<Vec<(String, usize)>> {
        let mut kinds: Vec<_> = take(&test, limit).await?.into_iter().map(|((_, kind), count)| (kind, count)).collect();
        kinds.sort();
        Ok(kinds)
    };
    let some = |kind: &str, count| (kind.to_owned(), count);
    assert_eq!(kinds(15).await?, [some("publish", 15)]);
    assert_eq!(kinds(12).await?, [some("publish", 5), some("send_letter", 5), some("sync_metrics", 2)]);
    assert_eq!(kinds(100).await?, [some("sync_metrics", 38)], "what is left all fits");
    assert_eq!(kinds(100).await?, []);
    Ok(())
}

#[tokio::test]
async fn what_nobody_waits_for_can_be_left() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    ask(&test, brand, ("sync_metrics", 40), "2 hours").await?;
    ask(&test, brand, ("send_letter", 5), "1 minute").await?;
    ask(&test, brand, ("publish", 20), "1 second").await?;
    for (limit, awaited) in [(22, 22), (22, 3), (22, 0)] {
        let taken = take_due_of(test.services.db.unscoped(), Taken::Awaited, limit, test.services.now()).await?;
        assert_eq!(taken.len(), awaited);
        assert!(taken.iter().all(|job| job.kind != "sync_metrics"));
    }
    assert_eq!(test.db.count("job where state = 'PENDING' and kind = 'sync_metrics'").await?, 40);
    // Where nothing else is due, the next is what was left.
    let next = next_due(test.services.db.unscoped()).await?.context("the numbers")?;
    assert!(next < test.services.now() - TimeDelta::hours(1));
    Ok(())
}

#[tokio::test]
async fn twenty_thousand_due_at_once_drain_in_order_of_priority_and_in_bounded_time() -> Result<()> {
    let test = TestServices::new().await?;
    for number in 0..100 {
        let brand = test.brand(&format!("Brand {number}")).await?;
        ask(&test, brand, ("publish", 180), "1 minute").await?;
        ask(&test, brand, ("sync_metrics", 20), "1 hour").await?;
        ask(&test, brand, ("publish", 20), "-1 day").await?;
    }
    test.db.run("analyze job").await?;
    let (db, now) = (test.services.db.unscoped(), test.services.now());
    let (mut taken, mut calls, mut last) = (0, 0, 0);
    let mut worst = std::time::Duration::ZERO;
    loop {
        let began = Instant::now();
        let jobs = take_due(db, 64, now).await?;
        worst = worst.max(began.elapsed());
        if jobs.is_empty() {
            break;
        }
        for job in &jobs {
            let level = i32::from(job.kind == "sync_metrics");
            assert!(level >= last, "a publication after the others");
            last = level;
        }
        taken += jobs.len();
        calls += 1;
        // What workers do meanwhile.
        let done = "update job set state = 'DONE', finished_at = now() where id in (select id from job where state = 'HANDED' limit 60)";
        test.db.run(done).await?;
    }
    println!("20 000 in {calls} calls, the slowest {worst:?}");
    assert_eq!((taken, calls), (20_000, 313));
    assert!(worst < std::time::Duration::from_secs(1), "one took {worst:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_handed_over_is_found_by_indexes() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    ask(&test, brand, ("publish", 3000), "1 minute").await?;
    test.db.run("update job set state = 'DONE', finished_at = now(); analyze job").await?;
    ask(&test, brand, ("publish", 200), "1 minute").await?;
    test.db.run("analyze job").await?;
    let scans = async |kind: &str| {
        test.db.value::<i64>(&format!("select {kind}_scan from pg_stat_user_tables where relname = 'job'")).await
    };
    // The figures come late, but those of one statement come together.
    let waited = async |kind: &str, at_least: i64| -> Result<()> {
        for _ in 0..100 {
            if scans(kind).await? >= at_least {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        anyhow::bail!("no figures")
    };
    // The update above, which has no condition.
    waited("seq", 1).await?;
    let (before, found) = (scans("seq").await?, scans("idx").await?);
    for _ in 0..3 {
        assert_eq!(take_due(test.services.db.unscoped(), 20, test.services.now()).await?.len(), 20);
    }
    waited("idx", found + 3).await?;
    assert_eq!(scans("seq").await?, before, "the table was read from end to end");
    Ok(())
}
