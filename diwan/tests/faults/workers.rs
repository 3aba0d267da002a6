//! Workers that sleep, and more work than they can do at once.

use std::time::Duration;

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use diwan_emulator::{EffectKind, Fault, FaultRule};
use sea_orm::ConnectionTrait as _;
use tokio::time::{Instant, sleep};

use crate::storm::{COMMIT, NETWORK, Storm};
use crate::table::{Row, Size, stop};

/// How long a lease lasts that nobody keeps, and a little more.
const LEASE: Duration = Duration::from_secs(92);

/// How long a worker may take to come to where it falls asleep, and to find out that it has lost what it held.
const PATIENCE: Duration = Duration::from_mins(1);

const ASLEEP: usize = 6;

/// A worker falls asleep before its requests have left (`sent` is false), or while they are under way. Its leases run out, another
/// publishes, and it wakes.
pub async fn asleep(storm: &Storm, sent: bool, size: Size) -> Result<Row> {
    let name = if sent { "asleep, sent" } else { "asleep before" };
    let rule = FaultRule::new(Fault::Latency { milliseconds: 5_000 }).network(NETWORK).times(ASLEEP as u64);
    let rule = if sent { rule.method("POST").path(COMMIT) } else { rule.method("GET").path("api.x.com/2/users/") };
    let fault = storm.emulator.world().place(rule);
    let sent_before = storm.emulator.world().count(COMMIT);
    storm.plan(name, ASLEEP, TimeDelta::seconds(1), TimeDelta::zero()).await?;
    let mut sleeper = storm.worker(&[])?;
    let there = async |storm: &Storm| {
        let faults = storm.emulator.world().faults();
        Ok(faults.iter().any(|placed| placed.id == fault && placed.struck >= ASLEEP as u64))
    };
    storm.until("at the network", PATIENCE, there).await?;
    let sleeping = sleeper.freeze()?;
    // The network does what it was asked, and answers to nobody.
    sleep(Duration::from_millis(5_500)).await;
    storm.emulator.world().lift_all();
    if size.waits {
        sleep(LEASE).await;
    }
    size.give_up_leases(storm).await?;
    let over = Instant::now();
    let worker = storm.worker(&[])?;
    storm.published(name, ASLEEP, Duration::from_mins(2)).await?;
    let recovery = over.elapsed();
    drop(sleeping);
    let refused = |log: &str| (log.matches("the lease was lost").count() >= ASLEEP).then_some(());
    sleeper.wait_for(PATIENCE, refused).await?;
    let count = storm.count(name).await?;
    let requests = storm.emulator.world().count(COMMIT) - sent_before;
    ensure!(requests == ASLEEP, "{requests} requests were sent for {ASLEEP} publications");
    stop(sleeper).await?;
    stop(worker).await?;
    let when = if sent { "after send" } else { "before send" };
    Ok(Row { fault: format!("a worker asleep past its lease, {when}"), count, recovery })
}

/// Much is due at once after an outage, with work that can wait beside it: publications go first.
pub async fn drains(storm: &Storm, publications: usize, hands: &str) -> Result<Row> {
    storm.rest().await?;
    storm.plan("drained", publications, TimeDelta::seconds(-60), TimeDelta::zero()).await?;
    // What can wait has been due for longer.
    let waiting =
        "update job set due_at = now() - interval '10 minutes' where kind = 'sync_metrics' and state = 'PENDING'";
    let others = usize::try_from(storm.owner.execute_unprepared(waiting).await?.rows_affected())?;
    ensure!(others > 0, "nothing waits beside the publications");
    let begun = Instant::now();
    let worker = storm.worker(&[("DIWAN_WORKER_CONCURRENCY", hands)])?;
    let rest = Duration::from_mins(1) + Duration::from_millis(publications as u64 * 50);
    let count = storm.published("drained", publications, rest).await?;
    let recovery = begun.elapsed();
    // At the network: which of its requests came before nine tenths of the posts were there.
    let requests = storm.emulator.world().requests();
    let posts =
        requests.iter().enumerate().filter(|(_, request)| request.method == "POST" && request.target() == COMMIT);
    let posts: Vec<_> = posts.map(|(place, _)| place).collect();
    let ours = &posts[posts.len().saturating_sub(publications)..];
    let (Some(first), Some(most)) = (ours.first(), ours.get(publications * 9 / 10)) else {
        anyhow::bail!("the network had {} requests", posts.len());
    };
    let between = requests.iter().take(*most).skip(*first);
    let early = between.filter(|request| request.method == "GET" && request.path.starts_with("/2/tweets")).count();
    println!("{early} of {others} readings of numbers came before nine tenths of {publications} publications");
    // Of few, one or two are taken while every account has something in hand.
    ensure!(early * 10 <= others.max(40), "{early} of {others} were served before publications");
    let numbers = "select count(*) from job where kind = 'sync_metrics' and state in ('PENDING', 'HANDED', 'RUNNING') and due_at < now()";
    storm.until("drained", rest, async |storm| Ok(storm.ask(numbers).await? == 0)).await?;
    let posted = storm.emulator.world().effects().into_iter().filter(|effect| effect.kind == EffectKind::Post);
    ensure!(posted.filter(|effect| effect.text.starts_with("drained ")).count() == publications);
    stop(worker).await?;
    Ok(Row { fault: "due at once after an outage of a minute".to_owned(), count, recovery })
}
