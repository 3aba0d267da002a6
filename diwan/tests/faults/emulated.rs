//! Faults of workers and of the network, at the size that a test has; `script/faults` runs them at full size and prints a table.
//!
//! Every publication is counted in the network's ledger: lost is what is not there, doubled is what is there more often than once.

use std::time::Duration;

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use diwan_emulator::{Fault, FaultRule};
use diwan_testkit::process::Diwan;
use sea_orm::ConnectionTrait as _;
use tokio::time::{Instant, sleep};

use crate::storm::{COMMIT, Count, NETWORK, Storm};

/// What a scenario found.
struct Row {
    fault: &'static str,
    count: Count,
    /// From the last fault to the last publication.
    recovery: Duration,
}

/// How much of each.
#[derive(Clone, Copy)]
struct Size {
    seed: u64,
    kills: usize,
    publications: usize,
    accounts: usize,
}

const SMALL: Size = Size { seed: 7, kills: 10, publications: 60, accounts: 6 };
const FULL: Size = Size { seed: 1, kills: 1_000, publications: 20_000, accounts: 200 };

/// A number that looks random and is the same for the same seed (`SplitMix64`).
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

async fn stop(mut worker: Diwan) -> Result<()> {
    worker.terminate()?;
    let status = worker.ended(Duration::from_secs(40)).await?;
    ensure!(status.success(), "a worker ended with {status}: {}", worker.log()?);
    Ok(())
}

fn held(row: &Row) -> Result<()> {
    let Count { lost, doubled, early, .. } = row.count;
    ensure!(lost == 0 && doubled == 0 && early == 0, "{}: {:?}", row.fault, row.count);
    Ok(())
}

/// Workers are killed at whatever they are doing, again and again, while publications are due all the time.
async fn kills(storm: &Storm, size: Size) -> Result<Row> {
    let mut seed = size.seed;
    let millis = |number: u64| Duration::from_millis(number);
    // As many as one worker publishes between its kills, so that there is always something to be killed at.
    let step = TimeDelta::milliseconds(i64::try_from(size.kills * 900 / size.publications.max(1)).unwrap_or(1).max(1));
    storm.plan("killed", size.publications, TimeDelta::seconds(2), step).await?;
    sleep(Duration::from_secs(1)).await;
    for _ in 0..size.kills {
        let worker = storm.worker(&[])?;
        sleep(millis(300 + next(&mut seed) % 900)).await;
        worker.kill()?;
    }
    let last = Instant::now();
    let worker = storm.worker(&[])?;
    let rest = Duration::from_mins(1) + Duration::from_millis(size.publications as u64 * 40);
    let count = storm.published("killed", size.publications, rest).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    Ok(Row { fault: "SIGKILL of the worker", count, recovery })
}

/// The network takes posts and does not answer.
async fn lost_answers(storm: &Storm, publications: usize) -> Result<Row> {
    let rule = FaultRule::new(Fault::LostAnswer).network(NETWORK).method("POST").path(COMMIT);
    storm.emulator.world().place(rule.times(publications as u64 / 2));
    storm.plan("unanswered", publications, TimeDelta::seconds(1), TimeDelta::milliseconds(50)).await?;
    let begun = Instant::now();
    let worker = storm.worker(&[])?;
    let count = storm.published("unanswered", publications, Duration::from_mins(2)).await?;
    let recovery = begun.elapsed();
    storm.emulator.world().lift_all();
    stop(worker).await?;
    Ok(Row { fault: "accepted, never answered", count, recovery })
}

/// The network asks for patience for one account: the others are not kept waiting, and it is not asked before.
async fn too_many(storm: &Storm, publications: usize) -> Result<Row> {
    const WAIT: u64 = 5;
    let rule = FaultRule::new(Fault::TooMany { retry_after: WAIT }).network(NETWORK).method("POST").path(COMMIT);
    storm.emulator.world().place(rule.account("studio0").times(1));
    let due = storm.plan("patience", publications, TimeDelta::seconds(1), TimeDelta::zero()).await?;
    let worker = storm.worker(&[])?;
    let begun = Instant::now();
    let count = storm.published("patience", publications, Duration::from_secs(90)).await?;
    let recovery = begun.elapsed();
    let world = storm.emulator.world();
    let (mut first, mut others) = (i64::MAX, 0);
    for effect in world.effects().into_iter().filter(|effect| effect.text.starts_with("patience ")) {
        let late = (effect.at - due).num_milliseconds();
        if effect.account == "studio0" { first = first.min(late) } else { others = others.max(late) }
    }
    let wait = i64::try_from(WAIT * 1000)?;
    ensure!(first >= wait, "the account was used {first} ms after its time, before the network's {wait} ms were over");
    ensure!(others < wait, "other accounts waited for {others} ms with it");
    world.lift_all();
    stop(worker).await?;
    Ok(Row { fault: "429 with Retry-After for one account", count, recovery })
}

/// The token of one account expires while it publishes: it is renewed once.
async fn expired_token(storm: &Storm, publications: usize) -> Result<Row> {
    let world = storm.emulator.world();
    let before = world.count("api.x.com/2/oauth2/token");
    // Ours knows that it ends: as if it had been given two hours ago.
    world.place(FaultRule::new(Fault::ExpireTokens).network(NETWORK).account("studio1"));
    storm.plan("expired", publications, TimeDelta::seconds(1), TimeDelta::zero()).await?;
    let begun = Instant::now();
    let workers = [storm.worker(&[])?, storm.worker(&[])?];
    let count = storm.published("expired", publications, Duration::from_secs(90)).await?;
    let recovery = begun.elapsed();
    let renewed = world.count("api.x.com/2/oauth2/token") - before;
    ensure!(renewed == 1, "renewed {renewed} times");
    world.lift_all();
    for worker in workers {
        stop(worker).await?;
    }
    Ok(Row { fault: "a token expires in use, two workers", count, recovery })
}

/// Eight workers at the same work.
async fn eight_workers(storm: &Storm, publications: usize) -> Result<Row> {
    storm.plan("eight", publications, TimeDelta::seconds(3), TimeDelta::zero()).await?;
    let mut workers = Vec::new();
    for _ in 0..8 {
        workers.push(storm.worker(&[("DIWAN_WORKER_CONCURRENCY", "8"), ("DIWAN_DATABASE_CONNECTIONS", "8")])?);
    }
    let begun = Instant::now();
    let rest = Duration::from_mins(2) + Duration::from_millis(publications as u64 * 20);
    let count = storm.published("eight", publications, rest).await?;
    let recovery = begun.elapsed();
    for worker in workers {
        stop(worker).await?;
    }
    Ok(Row { fault: "eight workers, due in one instant", count, recovery })
}

/// PostgreSQL is restarted at once while publications are due all the time.
async fn database_restarts(storm: &mut Storm, publications: usize) -> Result<Row> {
    storm.plan("restarted", publications, TimeDelta::seconds(1), TimeDelta::milliseconds(100)).await?;
    let worker = storm.worker(&[])?;
    sleep(Duration::from_millis(1500 + publications as u64 * 20)).await;
    storm.servers.stop_postgres().await?;
    storm.servers.start_postgres().await?;
    let back = Instant::now();
    let count = storm.published("restarted", publications, Duration::from_mins(2)).await?;
    let recovery = back.elapsed();
    let locked = "select 1 / (1 - count(*)) from pg_locks where locktype = 'tuple'";
    storm.owner.execute_unprepared(locked).await?;
    stop(worker).await?;
    Ok(Row { fault: "PostgreSQL restarted", count, recovery })
}

#[tokio::test]
async fn workers_that_are_killed_lose_and_double_nothing() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    let row = kills(&storm, SMALL).await?;
    held(&row)?;
    ensure!(row.recovery < Duration::from_secs(30), "it took {:?} after the last kill", row.recovery);
    Ok(())
}

#[tokio::test]
async fn a_network_that_misbehaves_loses_and_doubles_nothing() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    held(&lost_answers(&storm, 12).await?)?;
    held(&too_many(&storm, 12).await?)?;
    held(&expired_token(&storm, 24).await?)
}

#[tokio::test]
#[ignore = "takes an hour: script/faults"]
async fn the_whole_table() -> Result<()> {
    let mut storm = Storm::start(FULL.accounts).await?;
    #[expect(clippy::disallowed_methods, reason = "set by script/faults for this test")]
    let kills_wanted = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    let size = Size { kills: kills_wanted.unwrap_or(FULL.kills), publications: 2_000, ..FULL };
    let mut rows =
        vec![lost_answers(&storm, 100).await?, too_many(&storm, 400).await?, expired_token(&storm, 400).await?];
    rows.push(eight_workers(&storm, FULL.publications).await?);
    rows.push(database_restarts(&mut storm, 300).await?);
    rows.push(kills(&storm, size).await?);
    println!(
        "{:<40} {:>12} {:>6} {:>8} {:>6} {:>12} {:>12}",
        "fault", "publications", "lost", "doubled", "early", "latest s", "recovery s"
    );
    for Row { fault, count, recovery } in &rows {
        println!(
            "{fault:<40} {:>12} {:>6} {:>8} {:>6} {:>12} {:>12.1}",
            count.publications,
            count.lost,
            count.doubled,
            count.early,
            count.latest / 1000,
            recovery.as_secs_f64()
        );
    }
    rows.iter().try_for_each(held)
}
