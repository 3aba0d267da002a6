//! Reading numbers within what networks allow: who waits, until when, and what is told of it.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_platform::clock::ManualClock;
use diwan_platform::db;
use futures::future::try_join_all;
use uuid::Uuid;

use crate::engine::bench::Bench;

/// How long a slot of the limit is, in seconds, and how much of it is booked at most for what is young.
const SLOT: i64 = 30;
const SHARE: i64 = 200;

struct Desk {
    bench: Bench,
    clock: Arc<ManualClock>,
    start: DateTime<Utc>,
}

impl Desk {
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let bench = Bench::new(1, TimeDelta::hours(3), Some(Arc::clone(&clock))).await?;
        bench.test.db.run("delete from job").await?;
        Ok(Self { bench, clock, start })
    }

    /// A publication that went out so long ago and whose numbers are to be read now.
    async fn published(&self, remote_id: &str, ago: TimeDelta) -> Result<Uuid> {
        let at = self.start - ago;
        let publication = self.bench.planned(self.bench.accounts[0], remote_id, at).await?;
        let sql = format!(
            "update publication set state = 'PUBLISHED', remote_id = '{remote_id}', published_at = '{at}' where id = '{publication}';
             delete from job where subject_id = '{publication}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               values (gen_random_uuid(), '{}', 'sync_metrics', '{publication}', '{1}', '{1}')",
            self.bench.brand, self.start
        );
        self.bench.test.db.run(&sql).await?;
        Ok(publication)
    }

    /// So much of the server's limit is booked in each of so many slots from this one on.
    async fn book(&self, first: i64, slots: i64, booked: i64) -> Result<()> {
        let slot = self.start.timestamp() / SLOT + first;
        let sql = format!(
            "insert into rate_booking (name, slot, booked)
               select 'bluesky address ' || a.base_url || ' {SLOT}', s, {booked}
               from social_account a, generate_series({slot}::bigint, {}) s where a.id = '{}'",
            slot + slots - 1,
            self.bench.accounts[0]
        );
        self.bench.test.db.run(&sql).await
    }

    /// In which slot, counted from the start, the numbers of a publication are read.
    async fn slot(&self, publication: Uuid) -> Result<i64> {
        let sql = format!("select due_at from job where subject_id = '{publication}' and state = 'PENDING'");
        let due: DateTime<Utc> = self.bench.test.db.value(&sql).await?;
        Ok((due - self.start).num_seconds().div_euclid(SLOT))
    }

    async fn count(&self, of: &str) -> Result<i64> {
        self.bench.test.db.value(&format!("select count(*) from {of}")).await
    }
}

#[tokio::test]
async fn what_finds_no_room_waits_for_it_and_the_young_find_it_first() -> Result<()> {
    let desk = Desk::new().await?;
    let young = desk.published("young", TimeDelta::minutes(10)).await?;
    let old = desk.published("old", TimeDelta::days(5)).await?;
    let account = desk.bench.accounts[0];
    let own = format!(
        "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
           values (gen_random_uuid(), '{}', 'sync_metrics', '{account}', '{}', '{}')",
        desk.bench.brand,
        desk.start + TimeDelta::days(1),
        desk.start
    );
    desk.bench.test.db.run(&own).await?;
    desk.book(0, 2, SHARE).await?;
    desk.book(2, 1, SHARE - 10).await?;
    assert_eq!(desk.bench.test.run_jobs().await?, 2);
    assert_eq!(desk.bench.servers[0].state().read, 0, "nothing is asked without room");
    assert_eq!((desk.slot(young).await?, desk.slot(old).await?), (2, 3));
    assert_eq!(desk.count("metric_gap").await?, 0, "both are read in time");
    // A post, and the account's own numbers with it.
    assert_eq!(desk.count(&format!("rate_booking where booked = {SHARE} - 8")).await?, 1);
    assert_eq!(desk.count("rate_booking where booked = 2").await?, 1);

    // Whoever is woken before its time waits on, and books no second time.
    let woken = format!("update job set due_at = '{}' where subject_id <> '{account}'", desk.start);
    desk.bench.test.db.run(&woken).await?;
    assert_eq!(desk.bench.test.run_jobs().await?, 2);
    assert_eq!((desk.slot(young).await?, desk.slot(old).await?), (2, 3));
    assert_eq!(
        desk.slot(account).await?,
        TimeDelta::days(1).num_seconds() / SLOT,
        "the account's own job keeps its time"
    );
    assert_eq!(
        desk.bench.test.db.value::<i64>("select sum(booked)::bigint from rate_booking").await?,
        3 * SHARE - 10 + 4
    );

    desk.clock.advance(TimeDelta::seconds(3 * SLOT - 1));
    assert_eq!(desk.bench.test.run_jobs().await?, 1);
    assert_eq!(desk.bench.servers[0].state().read, 1, "one request for both, as the network tells of many at once");
    assert_eq!(desk.count("metric_sample where metric = 'LIKES'").await?, 2);
    assert_eq!(
        desk.count(
            "job where booked_until is not null and subject_id = (select id from publication where remote_id = 'young')"
        )
        .await?,
        0
    );
    Ok(())
}

#[tokio::test]
async fn numbers_that_no_limit_has_room_for_are_a_gap_until_they_are_read() -> Result<()> {
    let desk = Desk::new().await?;
    let publication = desk.published("one", TimeDelta::minutes(10)).await?;
    desk.book(0, 41, SHARE).await?;
    assert_eq!(desk.bench.test.run_jobs().await?, 1);
    assert_eq!(desk.slot(publication).await?, 41);
    let open = format!(
        "metric_gap where publication_id = '{publication}' and reason = 'RATE_LIMIT' and tries = 1 and ended_at is null"
    );
    assert_eq!((desk.count(&open).await?, desk.bench.servers[0].state().read), (1, 0));
    desk.clock.advance(TimeDelta::seconds(42 * SLOT - 1));
    assert_eq!(desk.bench.test.run_jobs().await?, 1);
    assert_eq!(desk.bench.servers[0].state().read, 1);
    assert_eq!((desk.count(&open).await?, desk.count("metric_gap where ended_at is not null").await?), (0, 1));
    Ok(())
}

#[tokio::test]
async fn a_worker_that_comes_too_late_books_anew() -> Result<()> {
    let desk = Desk::new().await?;
    let publication = desk.published("one", TimeDelta::minutes(10)).await?;
    desk.book(0, 1, SHARE).await?;
    assert_eq!(desk.bench.test.run_jobs().await?, 1);
    assert_eq!(desk.slot(publication).await?, 1);
    // Its slot is over, and the next ones are full meanwhile.
    desk.book(2, 3, SHARE).await?;
    desk.clock.advance(TimeDelta::seconds(2 * SLOT));
    assert_eq!(desk.bench.test.run_jobs().await?, 1);
    assert_eq!((desk.slot(publication).await?, desk.bench.servers[0].state().read), (5, 0));
    Ok(())
}

#[tokio::test]
async fn many_at_once_never_book_more_than_a_slot_holds() -> Result<()> {
    let desk = Desk::new().await?;
    let (services, brand, start) = (&desk.bench.test.services, desk.bench.brand, desk.start);
    desk.bench
        .test
        .db
        .run(&format!(
            "insert into job (id, brand_id, kind, subject_id, state, due_at, created_at, lease_owner, lease_expires_at)
               select gen_random_uuid(), '{brand}', 'sync_metrics', gen_random_uuid(), 'RUNNING', '{start}', '{start}', 'one', '{}'
               from generate_series(1, 60)",
            start + TimeDelta::hours(1)
        ))
        .await?;
    let ids: Vec<String> = try_join_all((0..60).map(async |offset: i64| {
        desk.bench.test.db.value(&format!("select id::text from job order by id offset {offset} limit 1")).await
    }))
    .await?;
    // Two limits of unlike slots: of the first three in 10 s, of the second seven in 25 s, and each takes one of both.
    let booked = try_join_all(ids.iter().map(async |id| -> Result<DateTime<Utc>> {
        let tx = services.db.write().await?;
        ensure!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?);
        let sql = "select app.book_requests($1::uuid, $2, 0.5, array['one', 'other'], array[10, 25], array[3, 7], array[1, 1])";
        let id: Uuid = id.parse()?;
        let at = db::scalar(&tx, sql, [id.into(), start.into()]).await?;
        tx.commit().await?;
        Ok(at)
    }))
    .await?;
    assert_eq!(booked.len(), 60);
    for (name, most) in [("one", 3), ("other", 7)] {
        let of = format!("from rate_booking where name = '{name}'");
        assert_eq!(desk.bench.test.db.value::<i64>(&format!("select sum(booked)::bigint {of}")).await?, 60);
        assert!(desk.bench.test.db.value::<i32>(&format!("select max(booked) {of}")).await? <= most, "{name}");
    }
    // What waits is booked for a time that lies in one slot of each.
    let apart =
        "job where floor(extract(epoch from booked_from) / 10) <> ceil(extract(epoch from booked_until) / 10) - 1
      or floor(extract(epoch from booked_from) / 25) <> ceil(extract(epoch from booked_until) / 25) - 1";
    assert_eq!(desk.count(apart).await?, 0);
    assert!(desk.count("job where booked_from is not null").await? >= 57);

    // A job that is not the scope's, or not running, books nothing.
    let other = desk.bench.test.brand("Beta").await?;
    let tx = services.db.write().await?;
    ensure!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [other.into()]).await?);
    let sql = "select app.book_requests($1::uuid, $2, 0.5, array['one'], array[10], array[3], array[1])";
    let id: Uuid = ids.first().context("a job")?.parse()?;
    let refused = db::scalar::<DateTime<Utc>>(&tx, sql, [id.into(), start.into()]).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("not a running job of the scope")));
    tx.rollback().await?;
    assert_eq!(desk.bench.test.db.value::<i64>("select sum(booked)::bigint from rate_booking").await?, 120);
    Ok(())
}

#[tokio::test]
async fn comments_leave_room_for_the_numbers_of_old_posts() -> Result<()> {
    let desk = Desk::new().await?;
    let commented = desk.published("commented", TimeDelta::days(5)).await?;
    let old = desk.published("old", TimeDelta::days(6)).await?;
    desk.bench.test.db.run(&format!("update job set kind = 'read_comments' where subject_id = '{commented}'")).await?;
    // All that comments may take of a slot is half of what there is; old numbers find room beyond it.
    desk.book(0, 1, SHARE / 2).await?;
    assert_eq!(desk.bench.test.run_jobs().await?, 2);
    assert_eq!(desk.slot(commented).await?, 1, "comments wait");
    assert_eq!(desk.bench.servers[0].state().read, 1, "numbers do not");
    assert!(desk.slot(old).await? > 1, "they were read, and are due again tomorrow");
    Ok(())
}

#[tokio::test]
async fn an_account_in_two_brands_has_one_limit() -> Result<()> {
    let desk = Desk::new().await?;
    let test = &desk.bench.test;
    let booked = "select count(distinct name) || ' ' || max(booked) from rate_booking";
    let second = test.brand("Beta").await?;
    let accounts =
        [(desk.bench.brand, desk.bench.accounts[0]), (second, test.account(second, "x", &desk.bench.person).await?)];
    for (brand, account) in accounts {
        let sql = format!(
            "update social_account set network = 'x', state = 'NEEDS_RECONNECT', base_url = 'https://api.x.com/', remote_id = '7' where id = '{account}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               values (gen_random_uuid(), '{brand}', 'sync_metrics', '{account}', '{0}', '{0}')",
            desk.start
        );
        test.db.run(&sql).await?;
    }
    assert_eq!(test.run_jobs().await?, 2);
    assert_eq!(test.db.value::<String>(booked).await?, "1 2");
    Ok(())
}

#[tokio::test]
async fn of_a_member_of_linkedin_nothing_is_asked_and_nothing_is_booked() -> Result<()> {
    let desk = Desk::new().await?;
    let test = &desk.bench.test;
    let account = test.account(desk.bench.brand, "linkedin", &desk.bench.person).await?;
    for (remote_id, booked) in [("urn:li:person:7", 0), ("urn:li:organization:7", 1 + 5)] {
        let sql = format!(
            "update social_account set state = 'NEEDS_RECONNECT', remote_id = '{remote_id}' where id = '{account}';
             delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), '{0}', k.kind, '{account}', '{1}', '{1}'
               from (values ('sync_metrics'), ('read_audience')) k (kind)",
            desk.bench.brand, desk.start
        );
        test.db.run(&sql).await?;
        assert_eq!(test.run_jobs().await?, 2, "{remote_id}");
        let sum = "select coalesce(sum(booked), 0)::bigint from rate_booking";
        assert_eq!(test.db.value::<i64>(sum).await?, booked, "{remote_id}");
    }
    Ok(())
}

#[tokio::test]
async fn whoever_waits_for_a_turn_comes_again_in_its_slot() -> Result<()> {
    let desk = Desk::new().await?;
    let publication = desk.published("one", TimeDelta::minutes(10)).await?;
    let start = desk.start;
    let again = async |booked_until: Option<DateTime<Utc>>| -> Result<TimeDelta> {
        let until = booked_until.map_or("null".to_owned(), |until| format!("'{until}'"));
        let from = booked_until.map_or("null".to_owned(), |_| format!("'{start}'"));
        desk.bench
            .test
            .db
            .run(&format!(
                "update job set due_at = '{start}', booked_from = {from}, booked_until = {until} where subject_id = '{publication}'"
            ))
            .await?;
        assert_eq!(desk.bench.test.run_jobs().await?, 1);
        let sql = format!("select due_at from job where subject_id = '{publication}'");
        Ok(desk.bench.test.db.value::<DateTime<Utc>>(&sql).await? - start)
    };
    let turns = &desk.bench.test.services.turns;
    let busy = [turns.take(desk.bench.accounts[0]), turns.take(desk.bench.accounts[0])];
    assert!(busy.iter().all(Option::is_some));
    assert_eq!(again(None).await?, TimeDelta::seconds(30));
    assert_eq!(
        again(Some(start + TimeDelta::seconds(6))).await?,
        TimeDelta::seconds(3),
        "what is booked still holds then"
    );
    assert_eq!(again(Some(start + TimeDelta::milliseconds(300))).await?, TimeDelta::seconds(1));
    assert_eq!(desk.bench.servers[0].state().read, 0);
    Ok(())
}

#[tokio::test]
async fn a_network_that_asks_for_patience_is_asked_for_nothing_of_the_account() -> Result<()> {
    for (refused, other) in [("sync_metrics", "read_comments"), ("read_comments", "sync_metrics")] {
        let desk = Desk::new().await?;
        let publication = desk.published("one", TimeDelta::minutes(10)).await?;
        let (account, soon) = (desk.bench.accounts[0], desk.start + TimeDelta::minutes(5));
        // The last one is of another account.
        let jobs = format!(
            "update job set kind = '{refused}' where subject_id = '{publication}';
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), '{}', kind, subject_id, '{soon}', '{soon}'
               from (values ('{other}', '{publication}'::uuid), ('read_audience', '{account}'), ('read_account_history', '{account}'),
                 ('read_audience', gen_random_uuid())) v (kind, subject_id)",
            desk.bench.brand
        );
        desk.bench.test.db.run(&jobs).await?;
        {
            let mut server = desk.bench.servers[0].state();
            if refused == "sync_metrics" {
                server.keeps_numbers = Some(1800);
            } else {
                server.keeps_threads = Some(1800);
            }
        }
        assert_eq!(desk.bench.test.run_jobs().await?, 1, "{refused}");
        let until = desk.start + TimeDelta::minutes(30);
        let put_off = format!("job where kind <> '{refused}' and due_at = '{until}'");
        assert_eq!(desk.count(&put_off).await?, 3, "{refused}");
        assert_eq!(desk.count(&format!("job where due_at = '{soon}'")).await?, 1, "{refused}");
        assert_eq!(desk.count(&format!("job where kind = '{refused}' and due_at >= '{until}'")).await?, 1, "{refused}");
    }
    Ok(())
}
