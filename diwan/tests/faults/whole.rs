//! The whole table of faults, at full size, in parts that each take some minutes: `script/faults`.

use anyhow::{Context as _, Result};

use crate::clients::api_killed_after_commit;
use crate::emulated::{database_restarts, eight_workers, seeds};
use crate::network::{blackhole, expired_token, lost_answers, lost_renewal, too_many};
use crate::redis::{Trouble, empty_at_start, trouble};
use crate::steps::{Step, rounds};
use crate::storm::Storm;
use crate::table::{FULL, Size, Table};
use crate::workers::{asleep, drains};
use crate::{reports, syncs};

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn steps() -> Result<()> {
    let mut storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    table.add(api_killed_after_commit(&mut storm, 20).await?);
    for step in Step::ALL {
        table.add(rounds(&storm, step, 5, FULL).await?);
    }
    table.held()
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn random_kills() -> Result<()> {
    let size = Size { kills: wanted("KILLS", FULL.kills)?, ..FULL };
    let storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    table.add(seeds(&storm, wanted("SEEDS", 100)?, size).await?);
    table.held()
}

/// A number that was asked for when `script/faults` was called.
fn wanted(name: &str, otherwise: usize) -> Result<usize> {
    #[expect(clippy::disallowed_methods, reason = "a setting of script/faults, not of the product")]
    let asked = std::env::var(name);
    asked.map_or(Ok(otherwise), |text| text.parse().with_context(|| format!("{name}={text} is no number")))
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn sleepers() -> Result<()> {
    let storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    for sent in [false, true] {
        table.add(asleep(&storm, sent, FULL).await?);
    }
    table.held()
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn servers() -> Result<()> {
    let mut storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    for what in [Trouble::Emptied, Trouble::Away, Trouble::Asleep] {
        table.add(trouble(&mut storm, what, FULL).await?);
    }
    table.add(empty_at_start(&storm, 200, FULL).await?);
    table.add(database_restarts(&mut storm, 300, FULL).await?);
    table.held()
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn networks() -> Result<()> {
    let storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    table.add(lost_answers(&storm, 100).await?);
    table.add(too_many(&storm, 400, Some(5)).await?);
    table.add(too_many(&storm, 400, None).await?);
    table.add(blackhole(&storm, 400, FULL).await?);
    table.add(expired_token(&storm, 400).await?);
    table.add(lost_renewal(&storm).await?);
    table.held()
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn load() -> Result<()> {
    let storm = Storm::start(FULL.accounts).await?;
    let mut table = Table::default();
    table.add(eight_workers(&storm, 2_000).await?);
    table.add(drains(&storm, 20_000, "32").await?);
    table.held()
}

#[tokio::test]
#[ignore = "takes long: script/faults"]
async fn syncs() -> Result<()> {
    let storm = Storm::start(20).await?;
    let mut table = Table::default();
    for step in syncs::Step::ALL {
        for round in 0..5 {
            table.add(syncs::killed_at(&storm, step, round, FULL).await?);
        }
    }
    for round in 0..5 {
        table.add(syncs::killed_between_pages(&storm, round, FULL).await?);
    }
    for step in reports::Step::ALL {
        for round in 0..5 {
            table.add(reports::killed_at(&storm, step, round, FULL).await?);
        }
    }
    // With what was published above, no more than X takes of an account in a quarter of an hour.
    for seed in 1..=5 {
        let size = Size { seed, publications: 200, waits: false, ..FULL };
        table.add(syncs::kills(&storm, size).await?);
        table.add(reports::kills(&storm, 5, size).await?);
    }
    table.held()
}
