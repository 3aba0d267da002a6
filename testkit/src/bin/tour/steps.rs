//! What the tour prints.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};

/// The latest that a post may go out after its time.
const LATEST: TimeDelta = TimeDelta::seconds(1);

/// Prints each step as it is done, with the time that it took and the time since the beginning.
pub struct Steps {
    begun: Instant,
    last: Instant,
    number: usize,
}

impl Default for Steps {
    fn default() -> Self {
        let now = Instant::now();
        println!("  step   took  total");
        Self { begun: now, last: now, number: 0 }
    }
}

impl Steps {
    /// Prints a step that is done.
    pub fn done(&mut self, what: &str) {
        self.number += 1;
        let now = Instant::now();
        let took = now - self.last;
        println!("  {:>4} {:>5.1}s {:>5.1}s  {what}", self.number, took.as_secs_f64(), self.since(now).as_secs_f64());
        self.last = now;
    }

    fn since(&self, now: Instant) -> Duration {
        now - self.begun
    }

    /// Seconds since the beginning.
    pub fn seconds(&self) -> f64 {
        self.since(Instant::now()).as_secs_f64()
    }

    /// Prints the table of what went out.
    pub fn table(rows: &[Row]) {
        println!();
        let head = ["account", "due", "sent", "late", "network's own id"].map(str::to_owned);
        let mut lines = vec![head];
        lines.extend(rows.iter().map(Row::cells));
        let widths: [usize; 5] =
            std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
        for line in &lines {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
        for row in rows {
            println!("  {} is seen at {}", row.account, row.url);
        }
    }
}

/// One publication as it went.
pub struct Row {
    /// The account's handle and network.
    pub account: String,
    /// When it was to go out.
    pub due: DateTime<Utc>,
    /// When the network was called.
    pub begun: DateTime<Utc>,
    /// When the network had it.
    pub sent: DateTime<Utc>,
    /// The network's own id.
    pub remote_id: String,
    /// Where people see it.
    pub url: String,
}

impl Row {
    fn cells(&self) -> [String; 5] {
        let time = |at: DateTime<Utc>| at.format("%H:%M:%S%.3f").to_string();
        let late = (self.sent - self.due).num_milliseconds();
        [self.account.clone(), time(self.due), time(self.sent), format!("{late} ms"), self.remote_id.clone()]
    }

    /// Neither early nor late.
    pub fn check(&self) -> Result<()> {
        ensure!(self.begun >= self.due, "{} was sent before its time", self.account);
        ensure!(self.sent - self.due <= LATEST, "{} went out more than {} s late", self.account, LATEST.num_seconds());
        Ok(())
    }
}
