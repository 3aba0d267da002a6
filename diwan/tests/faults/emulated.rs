//! Faults of workers and of the network, at the size that a test has.
//!
//! Every publication is counted in the network's ledger: lost is what is not there, doubled is what is there more often than once.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_platform::clock::{Clock as _, SystemClock};
use tokio::time::{Instant, sleep};

use crate::clients::api_killed_after_commit;
use crate::network::{blackhole, expired_token, lost_answers, lost_renewal, too_many};
use crate::redis::{Trouble, empty_at_start, trouble};
use crate::steps::{Step, rounds};
use crate::storm::{Count, Storm};
use crate::table::{Row, SMALL, Size, Table, held, next, stop};
use crate::workers::{asleep, drains};
use crate::{reports, syncs};

/// How long a process may take to start.
const STARTS: Duration = Duration::from_secs(30);

/// How long a lease lasts that nobody keeps.
const LEASE: TimeDelta = TimeDelta::seconds(90);

/// How soon what failed because PostgreSQL ended is nobody's any more.
const BOOKED: Duration = Duration::from_secs(10);

/// Workers are killed at whatever they are doing, again and again, while publications are due all the time. Each seed has publications of
/// its own: one that had its workers die twelve times would be set aside, as it should be.
pub async fn kills(storm: &Storm, size: Size) -> Result<Row> {
    let name = format!("killed {}", size.seed);
    let mut seed = size.seed;
    // As many as one worker publishes between its kills, so that there is always something to be killed at.
    let step = TimeDelta::milliseconds(i64::try_from(size.kills * 700 / size.publications.max(1)).unwrap_or(1).max(1));
    storm.rest().await?;
    storm.plan(&name, size.publications, TimeDelta::milliseconds(500), step).await?;
    for _ in 0..size.kills {
        let mut worker = storm.worker(&[])?;
        worker.wait_for(STARTS, |log| log.contains("the worker starts").then_some(())).await?;
        sleep(Duration::from_millis(next(&mut seed) % 900)).await;
        worker.kill()?;
    }
    let last = Instant::now();
    size.give_up_leases(storm).await?;
    let worker = storm.worker(&[])?;
    let rest = Duration::from_mins(1) + Duration::from_millis(size.publications as u64 * 40);
    let count = storm.published(&name, size.publications, rest).await?;
    let recovery = last.elapsed();
    stop(worker).await?;
    Ok(Row { fault: format!("SIGKILL of the worker at random, {} times", size.kills), count, recovery })
}

/// So many seeds as one row. Every tenth waits for leases and requests as they are; in the others their time passes at once.
pub async fn seeds(storm: &Storm, seeds: usize, size: Size) -> Result<Row> {
    let (mut count, mut recovery) = (Count::default(), Duration::ZERO);
    for seed in 1..=seeds {
        let size = Size { seed: seed as u64, waits: seed % 10 == 1, ..size };
        let row = kills(storm, size).await.with_context(|| format!("seed {seed}"))?;
        held(&row).with_context(|| format!("seed {seed}"))?;
        count = count.and(row.count);
        recovery = recovery.max(row.recovery);
    }
    Ok(Row { fault: format!("SIGKILL of the worker at random, {seeds} x {} times", size.kills), count, recovery })
}

/// Eight workers at the same work.
pub async fn eight_workers(storm: &Storm, publications: usize) -> Result<Row> {
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
    Ok(Row { fault: "eight workers, due in one instant".to_owned(), count, recovery })
}

/// PostgreSQL is ended at once and started again while publications are due all the time.
pub async fn database_restarts(storm: &mut Storm, publications: usize, size: Size) -> Result<Row> {
    storm.plan("restarted", publications, TimeDelta::seconds(1), TimeDelta::milliseconds(100)).await?;
    let worker = storm.worker(&[])?;
    sleep(Duration::from_millis(1500 + publications as u64 * 20)).await;
    let leased = SystemClock.now() + LEASE;
    storm.crash_postgres().await?;
    let back = Instant::now();
    // The first that is published after it.
    let there = storm.effects("restarted").len();
    let going = async |storm: &Storm| Ok(storm.effects("restarted").len() > there);
    storm.until("going again", Duration::from_mins(1), going).await?;
    let going = back.elapsed();
    // What was under way is not held until the leases of that time end.
    let in_hand =
        format!("select count(*) from job where state = 'RUNNING' and lease_expires_at <= '{}'", leased.to_rfc3339());
    let booked = async |storm: &Storm| Ok(storm.ask(&in_hand).await? == 0);
    storm.until("given back", size.limit(BOOKED), booked).await?;
    println!("nothing left in hand {:.1} s after PostgreSQL was back", back.elapsed().as_secs_f64());
    // What may have been sent is looked up when its request has had its time.
    let worker = if size.waits {
        worker
    } else {
        worker.kill()?;
        size.give_up_leases(storm).await?;
        storm.worker(&[])?
    };
    println!("going again {:.1} s after PostgreSQL was back", going.as_secs_f64());
    ensure!(going < size.limit(Duration::from_secs(5)), "it took {going:?} to go on");
    let count = storm.published("restarted", publications, Duration::from_mins(3)).await?;
    let recovery = back.elapsed();
    let locked = "select count(*) from pg_locks where locktype = 'tuple' or not granted";
    ensure!(storm.ask(locked).await? == 0, "something is left locked");
    stop(worker).await?;
    Ok(Row { fault: "PostgreSQL ended at once and started".to_owned(), count, recovery })
}

#[tokio::test]
async fn workers_that_are_killed_lose_and_double_nothing() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    let row = kills(&storm, Size { waits: true, ..SMALL }).await?;
    held(&row)?;
    ensure!(row.recovery < Duration::from_secs(30), "it took {:?} after the last kill", row.recovery);
    Ok(())
}

#[tokio::test]
async fn a_worker_killed_at_any_step_loses_and_doubles_nothing() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    let mut table = Table::default();
    for step in Step::ALL {
        table.add(rounds(&storm, step, 1, SMALL).await?);
    }
    table.held()
}

#[tokio::test]
async fn a_worker_killed_in_a_sync_repeats_no_sample_and_loses_none() -> Result<()> {
    let storm = Storm::start(2).await?;
    let mut table = Table::default();
    for step in syncs::Step::ALL {
        table.add(syncs::killed_at(&storm, step, 0, SMALL).await?);
    }
    table.add(syncs::killed_between_pages(&storm, 0, SMALL).await?);
    table.add(syncs::kills(&storm, Size { kills: 3, publications: 20, ..SMALL }).await?);
    table.held()
}

#[tokio::test]
async fn a_worker_killed_in_a_report_sends_it_once() -> Result<()> {
    let storm = Storm::start(1).await?;
    let mut table = Table::default();
    for step in reports::Step::ALL {
        table.add(reports::killed_at(&storm, step, 0, SMALL).await?);
    }
    table.held()
}

#[tokio::test]
async fn an_api_killed_after_the_commit_answers_the_same_and_does_it_once() -> Result<()> {
    let mut storm = Storm::start(SMALL.accounts).await?;
    held(&api_killed_after_commit(&mut storm, 2).await?)
}

#[tokio::test]
async fn a_network_that_misbehaves_loses_and_doubles_nothing() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    held(&lost_answers(&storm, 12).await?)?;
    held(&too_many(&storm, 12, Some(5)).await?)?;
    held(&expired_token(&storm, 24).await?)
}

#[tokio::test]
async fn a_network_that_says_nothing_to_one_account_leaves_the_others_as_they_are() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    held(&too_many(&storm, 12, None).await?)?;
    held(&blackhole(&storm, 30, SMALL).await?)
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_ends_in_connecting_again() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    held(&lost_renewal(&storm).await?)
}

#[tokio::test]
async fn redis_emptied_away_or_asleep_costs_seconds() -> Result<()> {
    let mut storm = Storm::start(SMALL.accounts).await?;
    let mut table = Table::default();
    for what in [Trouble::Emptied, Trouble::Away, Trouble::Asleep] {
        table.add(trouble(&mut storm, what, SMALL).await?);
    }
    table.add(empty_at_start(&storm, 12, SMALL).await?);
    table.held()
}

#[tokio::test]
async fn a_worker_asleep_past_its_lease_has_no_say_when_it_wakes() -> Result<()> {
    let storm = Storm::start(SMALL.accounts).await?;
    held(&asleep(&storm, false, SMALL).await?)?;
    held(&asleep(&storm, true, SMALL).await?)
}

#[tokio::test]
async fn what_is_due_at_once_after_an_outage_drains_in_order_of_priority() -> Result<()> {
    // An account for each publication, so that none waits in a line, where it leaves its place to what can wait.
    let mut storm = Storm::start(60).await?;
    held(&database_restarts(&mut storm, 24, SMALL).await?)?;
    held(&drains(&storm, 60, "1").await?)
}
