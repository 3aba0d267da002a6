//! A worker killed at each step of a publication, not at some moment: it is held there until it is dead.

use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use diwan_emulator::{Fault, FaultRule};
use diwan_platform::db::connect_owner;
use diwan_testkit::process::Frozen;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, TransactionTrait as _};
use tokio::time::{Instant, sleep};

use crate::storm::{COMMIT, NETWORK, Storm};
use crate::table::{Row, Size, stop};

/// How long a worker may take to come to a step.
const PATIENCE: Duration = Duration::from_mins(1);

/// So many publications are at a step when the worker dies, each on an account of its own.
const AT_ONCE: usize = 6;

/// Where the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Jobs lie in Redis, and nobody has begun them.
    HandedOver,
    /// Jobs are claimed, and no attempt is written down.
    Claimed,
    /// The attempt is written down; the request that makes the post visible has not left.
    BeforeSend,
    /// That request has left; the network has not processed it, and never will.
    Sent,
    /// The network has processed it and has not answered.
    Processed,
    /// The network has answered; that is not written down.
    Answered,
    /// It is written down; Redis does not know yet that the task is done.
    BeforeAcknowledged,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::HandedOver,
        Self::Claimed,
        Self::BeforeSend,
        Self::Sent,
        Self::Processed,
        Self::Answered,
        Self::BeforeAcknowledged,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::HandedOver => "handed over, not begun",
            Self::Claimed => "after the claim",
            Self::BeforeSend => "before send",
            Self::Sent => "after send, not processed",
            Self::Processed => "after send, processed",
            Self::Answered => "after the answer",
            Self::BeforeAcknowledged => "before the acknowledgement",
        }
    }

    /// What happens to requests, so that the worker stays there.
    fn fault(self) -> Option<FaultRule> {
        let sending = |fault| FaultRule::new(fault).network(NETWORK).method("POST").path(COMMIT).times(AT_ONCE as u64);
        match self {
            Self::Claimed => None,
            // One hand, and that is full.
            Self::HandedOver => Some(sending(Fault::Blackhole { processed: false }).times(1)),
            // The account's newest posts are read before anything is sent.
            Self::BeforeSend => {
                let reading = FaultRule::new(Fault::Blackhole { processed: false }).network(NETWORK).method("GET");
                Some(reading.path("api.x.com/2/users/").times(AT_ONCE as u64))
            }
            Self::Sent => Some(sending(Fault::Blackhole { processed: false })),
            Self::Processed => Some(sending(Fault::Blackhole { processed: true })),
            Self::Answered | Self::BeforeAcknowledged => Some(sending(Fault::Latency { milliseconds: 4_000 })),
        }
    }
}

/// What keeps a worker where it is; dropped, it lets go.
#[derive(Default)]
struct Held {
    #[expect(dead_code, reason = "held until it is dropped")]
    posts: Option<(DatabaseTransaction, DatabaseConnection)>,
    redis: Option<Frozen>,
}

/// Holds the posts of this name, so that nobody can write down how they stand.
async fn hold_posts(storm: &Storm, name: &str) -> Result<Held> {
    let owner = connect_owner(&storm.servers.urls().owner_database_url).await?;
    let holding = owner.begin().await?;
    holding.execute_unprepared(&format!("select id from post where title = '{name}' for update")).await?;
    Ok(Held { posts: Some((holding, owner)), redis: None })
}

/// Waits until so many of these jobs are in a state.
async fn jobs(storm: &Storm, name: &str, state: &str, count: usize) -> Result<()> {
    let sql = format!(
        "select count(*) from job j join publication p on p.id = j.subject_id join post on post.id = p.post_id
         where j.kind = 'publish' and j.state = '{state}' and post.title = '{name}'"
    );
    storm.until(state, PATIENCE, async |storm| Ok(storm.ask(&sql).await? >= count)).await
}

/// Waits until so many connections wait for a lock that somebody else holds.
async fn waiting(storm: &Storm, count: usize) -> Result<()> {
    let sql = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    storm.until("waiting for a lock", PATIENCE, async |storm| Ok(storm.ask(sql).await? >= count)).await
}

/// Waits until the fault has struck so many requests.
async fn struck(storm: &Storm, fault: Option<u64>, count: usize) -> Result<()> {
    let here = async |storm: &Storm| {
        let faults = storm.emulator.world().faults();
        Ok(faults.iter().any(|placed| Some(placed.id) == fault && placed.struck >= count as u64))
    };
    storm.until("at the network", PATIENCE, here).await
}

/// Waits until the network has so many posts of this name.
async fn there(storm: &Storm, name: &str, count: usize) -> Result<()> {
    let here = async |storm: &Storm| Ok(storm.effects(name).len() >= count);
    storm.until("in the network's ledger", PATIENCE, here).await
}

/// Kills a worker at this step, with all publications there, and lets another go on.
pub async fn killed_at(storm: &Storm, step: Step, round: usize, size: Size) -> Result<Row> {
    let name = format!("{step:?} {round}");
    let fault = step.fault().map(|rule| storm.emulator.world().place(rule));
    let due = TimeDelta::seconds(1);
    storm.plan(&name, AT_ONCE, due, TimeDelta::zero()).await?;
    let mut held = Held::default();
    if step == Step::Claimed {
        held = hold_posts(storm, &name).await?;
    }
    let hands = if step == Step::HandedOver { "1" } else { "32" };
    let worker = storm.worker(&[("DIWAN_WORKER_CONCURRENCY", hands)])?;
    match step {
        Step::HandedOver => {
            struck(storm, fault, 1).await?;
            jobs(storm, &name, "HANDED", 3).await?;
        }
        Step::Claimed => {
            jobs(storm, &name, "RUNNING", AT_ONCE).await?;
            waiting(storm, AT_ONCE).await?;
        }
        Step::BeforeSend | Step::Sent => struck(storm, fault, AT_ONCE).await?,
        Step::Processed => there(storm, &name, AT_ONCE).await?,
        Step::Answered => {
            struck(storm, fault, AT_ONCE).await?;
            held = hold_posts(storm, &name).await?;
            there(storm, &name, AT_ONCE).await?;
            waiting(storm, AT_ONCE).await?;
        }
        Step::BeforeAcknowledged => {
            struck(storm, fault, AT_ONCE).await?;
            held.redis = Some(storm.freeze_redis().await?);
            let written = async |storm: &Storm| Ok(storm.in_states(&name, "'PUBLISHED'").await? == AT_ONCE);
            storm.until("written down", PATIENCE, written).await?;
        }
    }
    worker.kill()?;
    let last = Instant::now();
    drop(held);
    storm.emulator.world().lift_all();
    size.give_up_leases(storm).await?;
    let worker = storm.worker(&[])?;
    storm.published(&name, AT_ONCE, Duration::from_mins(2)).await?;
    let recovery = last.elapsed();
    if step == Step::BeforeAcknowledged {
        // Whatever Redis still has of it comes to the new worker.
        sleep(Duration::from_secs(2)).await;
    }
    let count = storm.count(&name).await?;
    stop(worker).await?;
    Ok(Row { fault: format!("SIGKILL {}", step.words()), count, recovery })
}

/// All rounds of a step as one row.
pub async fn rounds(storm: &Storm, step: Step, rounds: usize, size: Size) -> Result<Row> {
    let mut all = killed_at(storm, step, 0, size).await?;
    for round in 1..rounds {
        let row = killed_at(storm, step, round, size).await?;
        all.count = all.count.and(row.count);
        all.recovery = all.recovery.max(row.recovery);
    }
    Ok(all)
}
