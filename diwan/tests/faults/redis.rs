//! Redis is emptied, away or asleep. PostgreSQL is the truth, so this costs seconds and nothing else.

use std::time::Duration;

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use diwan_emulator::{Fault, FaultRule};
use tokio::time::{Instant, sleep};

use crate::storm::{COMMIT, NETWORK, Storm};
use crate::table::{Row, Size, stop};

/// What happens to Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Emptied,
    Away,
    Asleep,
}

/// What came due meanwhile may be so late.
const LATEST: Duration = Duration::from_secs(10);

/// Redis is in trouble for a while, with publications due all the time; what people ask for is done meanwhile as ever.
pub async fn trouble(storm: &mut Storm, trouble: Trouble, size: Size) -> Result<Row> {
    let name = format!("{trouble:?}");
    let publications = usize::try_from(size.away)? * 10 + 20;
    storm.plan(&name, publications, TimeDelta::seconds(1), TimeDelta::milliseconds(100)).await?;
    let worker = storm.worker(&[])?;
    sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    let asked = format!("asked for while {name}");
    match trouble {
        Trouble::Emptied => {
            storm.schedule(&asked, 0, TimeDelta::seconds(1)).await?;
            for _ in 0..size.away {
                ensure!(storm.redis("FLUSHALL").await?.starts_with("+OK"), "Redis was not emptied");
                sleep(Duration::from_secs(1)).await;
            }
        }
        Trouble::Away => {
            storm.servers.stop_redis().await?;
            storm.schedule(&asked, 0, TimeDelta::seconds(1)).await?;
            sleep(Duration::from_secs(size.away).saturating_sub(began.elapsed())).await;
            storm.servers.start_redis().await?;
        }
        Trouble::Asleep => {
            let asleep = storm.freeze_redis().await?;
            storm.schedule(&asked, 0, TimeDelta::seconds(1)).await?;
            sleep(Duration::from_secs(size.away).saturating_sub(began.elapsed())).await;
            drop(asleep);
        }
    }
    let back = Instant::now();
    let count = storm.published(&name, publications, Duration::from_mins(1)).await?;
    let recovery = back.elapsed();
    let asked = storm.published(&asked, 1, Duration::from_mins(1)).await?;
    stop(worker).await?;
    let latest = count.latest.max(asked.latest);
    ensure!(latest <= i64::try_from(size.limit(LATEST).as_millis())?, "{name}: the latest came {latest} ms late");
    let seconds = size.away;
    let fault = match trouble {
        Trouble::Emptied => format!("Redis emptied every second for {seconds} s"),
        Trouble::Away => format!("Redis away for {seconds} s"),
        Trouble::Asleep => format!("Redis asleep (SIGSTOP) for {seconds} s"),
    };
    Ok(Row { fault, count: count.and(asked), recovery })
}

/// All that was handed over is gone with the worker that had it and with what Redis knew.
pub async fn empty_at_start(storm: &Storm, publications: usize, size: Size) -> Result<Row> {
    let rule = FaultRule::new(Fault::Blackhole { processed: false }).network(NETWORK).method("POST").path(COMMIT);
    storm.emulator.world().place(rule.times(2));
    storm.plan("empty", publications, TimeDelta::seconds(1), TimeDelta::zero()).await?;
    let worker = storm.worker(&[("DIWAN_WORKER_CONCURRENCY", "2")])?;
    let handed = "select count(*) from job where kind = 'publish' and state = 'HANDED'";
    storm.until("handed over", Duration::from_mins(1), async |storm| Ok(storm.ask(handed).await? >= 4)).await?;
    worker.kill()?;
    ensure!(storm.redis("FLUSHALL").await?.starts_with("+OK"), "Redis was not emptied");
    storm.emulator.world().lift_all();
    size.give_up_leases(storm).await?;
    let begun = Instant::now();
    let worker = storm.worker(&[])?;
    let count = storm.published("empty", publications, Duration::from_mins(2)).await?;
    let recovery = begun.elapsed();
    stop(worker).await?;
    Ok(Row { fault: "Redis empty at the worker's start".to_owned(), count, recovery })
}
