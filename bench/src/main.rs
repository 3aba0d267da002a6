//! Measurements at scale. Each prints what it measured; `bench/README.md` keeps the last results.
//!
//! ```text
//! script/bench tenant-scope
//! ```

mod tenant_scope;

use anyhow::{Result, bail};

#[tokio::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("tenant-scope") => tenant_scope::run().await,
        _ => bail!("usage: diwan-bench tenant-scope"),
    }
}
