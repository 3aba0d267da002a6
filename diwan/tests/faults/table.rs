//! What all scenarios share: how large they are, what they find, and what must hold.

use std::time::Duration;

use anyhow::{Result, ensure};
use diwan_testkit::process::Diwan;

use crate::storm::{Count, Storm};

/// What a scenario found.
pub struct Row {
    pub fault: String,
    pub count: Count,
    /// From the last fault to the last publication.
    pub recovery: Duration,
}

/// How much of each.
#[derive(Clone, Copy)]
pub struct Size {
    pub seed: u64,
    pub kills: usize,
    pub publications: usize,
    pub accounts: usize,
    /// How long a server is away, in seconds.
    pub away: u64,
    /// Whether leases and requests under way are waited for. A short run lets their time pass at once, while no worker runs.
    pub waits: bool,
}

pub const SMALL: Size = Size { seed: 7, kills: 10, publications: 60, accounts: 6, away: 5, waits: false };
pub const FULL: Size = Size { seed: 1, kills: 10, publications: 60, accounts: 200, away: 60, waits: true };

impl Size {
    /// The limit at full size, when it has the machine to itself; a short run shares it with other tests, and shows that it ends.
    pub fn limit(self, full: Duration) -> Duration {
        if self.waits { full } else { full.max(Duration::from_secs(30)) }
    }

    /// What a dead or sleeping worker holds is given up: by the time that passes, or at once.
    pub async fn give_up_leases(self, storm: &Storm) -> Result<()> {
        if self.waits { Ok(()) } else { storm.let_time_pass().await }
    }
}

/// A number that looks random and is the same for the same seed (`SplitMix64`).
pub fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Tells a worker to stop, and expects that it does so cleanly: once it listens, also where there was nothing left for it to do.
pub async fn stop(mut worker: Diwan) -> Result<()> {
    worker.wait_for(Duration::from_secs(40), |log| log.contains("the worker starts").then_some(())).await?;
    worker.terminate()?;
    let status = worker.ended(Duration::from_secs(40)).await?;
    ensure!(status.success(), "a worker ended with {status}: {}", worker.log()?);
    Ok(())
}

/// Nothing is lost, doubled or early.
pub fn held(row: &Row) -> Result<()> {
    let Count { lost, doubled, early, .. } = row.count;
    ensure!(lost == 0 && doubled == 0 && early == 0, "{}: {:?}", row.fault, row.count);
    Ok(())
}

/// What was found, printed line by line.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a line, which is printed at once: the next may take long, or fail.
    pub fn add(&mut self, row: Row) {
        if self.0.is_empty() {
            println!(
                "{:<58} {:>12} {:>6} {:>8} {:>6} {:>9} {:>11}",
                "fault", "publications", "lost", "doubled", "early", "latest s", "recovery s"
            );
        }
        let Row { fault, count, recovery } = &row;
        let (whole, tenth) = (count.latest / 1000, count.latest % 1000 / 100);
        println!(
            "{fault:<58} {:>12} {:>6} {:>8} {:>6} {:>9} {:>11.1}",
            count.publications,
            count.lost,
            count.doubled,
            count.early,
            format!("{whole}.{tenth}"),
            recovery.as_secs_f64()
        );
        self.0.push(row);
    }

    /// Whether all of it holds.
    pub fn held(&self) -> Result<()> {
        self.0.iter().try_for_each(held)
    }
}
