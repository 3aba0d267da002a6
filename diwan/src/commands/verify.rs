//! `diwan verify`: proves that what is kept is what it was reckoned from.

use std::process::ExitCode;

use anyhow::Result;
use diwan_domain::finance;
use diwan_platform::db;
use diwan_platform::ids;

use crate::cli::Verify;
use crate::installation;
use crate::servers::Servers;

/// Does it.
pub(crate) async fn run(what: &Verify) -> Result<ExitCode> {
    let config = installation::configure()?;
    let servers = Servers::named_or_started(&config).await?;
    let verified = match what {
        Verify::Budgets => budgets(&servers.owner_url).await,
    };
    servers.stop().await?;
    verified
}

/// Reckons every balance anew, as the owner of the database: nobody else sees all brands.
async fn budgets(owner_url: &str) -> Result<ExitCode> {
    let owner = db::connect_owner(owner_url).await?;
    let verified = finance::verify_budgets(&owner).await;
    owner.close().await?;
    let (lines, astray) = verified?;
    if astray.is_empty() {
        println!("✓ {lines} lines of budgets are what the ledger says");
        return Ok(ExitCode::SUCCESS);
    }
    for line in &astray {
        println!(
            "✗ {} of {}, “{}”: kept {:?}, by the ledger {:?} (allocated, overdraft, committed, spent)",
            ids::encode("budgetline", line.line),
            ids::encode("budget", line.budget),
            line.name,
            line.kept,
            line.reckoned
        );
    }
    println!("✗ {} of {lines} lines are kept otherwise than the ledger says", astray.len());
    Ok(ExitCode::FAILURE)
}
