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

#[cfg(feature = "api")]
mod calendar;
mod films;
mod insights;
#[cfg(feature = "api")]
mod ledger;
mod memory;
mod publish;
mod syncs;
#[cfg(feature = "api")]
mod tenant_scope;
#[cfg(feature = "api")]
mod upload;

use anyhow::{Result, bail};

/// The one of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        #[cfg(feature = "api")]
        Some("tenant-scope") => tenant_scope::run().await,
        #[cfg(feature = "api")]
        Some("calendar") => calendar::run().await,
        Some("publish") => publish::run().await,
        Some("films") => films::run().await,
        // What it starts itself.
        Some("stand-in") => films::stand_in().await,
        Some("insights") => insights::run().await,
        Some("syncs") => syncs::run().await,
        #[cfg(feature = "api")]
        Some("ledger") => ledger::run().await,
        #[cfg(feature = "api")]
        Some("upload") => upload::run().await,
        _ => bail!("usage: diwan-bench tenant-scope|calendar|publish|films|insights|syncs|ledger|upload"),
    }
}
