//! Measurements at scale. Each prints what it measured; `bench/README.md` keeps the last results.
//!
//! ```text
//! script/bench tenant-scope
//! script/bench calendar
//! script/bench publish
//! script/bench films
//! script/bench insights
//! script/bench syncs
//! script/bench ledger
//! script/bench upload
//! ```

mod calendar;
mod films;
mod insights;
mod ledger;
mod publish;
mod syncs;
mod tenant_scope;
mod upload;

use anyhow::{Result, bail};

/// The one of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("tenant-scope") => tenant_scope::run().await,
        Some("calendar") => calendar::run().await,
        Some("publish") => publish::run().await,
        Some("films") => films::run().await,
        // What it starts itself.
        Some("stand-in") => films::stand_in().await,
        Some("insights") => insights::run().await,
        Some("syncs") => syncs::run().await,
        Some("ledger") => ledger::run().await,
        Some("upload") => upload::run().await,
        _ => bail!("usage: diwan-bench tenant-scope|calendar|publish|films|insights|syncs|ledger|upload"),
    }
}
