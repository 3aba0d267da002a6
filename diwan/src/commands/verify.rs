//! `diwan verify`: proves that what is kept is what it was reckoned from.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use diwan_domain::{contracts, finance, proposals};
use diwan_platform::config::Config;
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
        Verify::Contract { id } => contract(&config, &servers, id).await,
        Verify::Proposal { id } => proposal(&config, &servers, id).await,
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

/// Holds a contract against everything that was written down of it. Whose it is, the owner of the database says; the rest is read as the
/// application, in that brand alone.
async fn contract(config: &Config, servers: &Servers, id: &str) -> Result<ExitCode> {
    let contract_id = ids::decode("contract", id).context("a contract is named as the API writes it: contract_...")?;
    let owner = db::connect_owner(&servers.owner_url).await?;
    let found = contracts::brand_of_contract(&owner, contract_id).await;
    owner.close().await?;
    let brand_id = found?.with_context(|| format!("there is no contract {id}"))?;
    let services = installation::services(config, &servers.database_url).await?;
    let proofs = contracts::verify_contract(&services, (brand_id, contract_id)).await?;
    Ok(told(&proofs))
}

/// The same of a proposal.
async fn proposal(config: &Config, servers: &Servers, id: &str) -> Result<ExitCode> {
    let proposal_id = ids::decode("proposal", id).context("a proposal is named as the API writes it: proposal_...")?;
    let owner = db::connect_owner(&servers.owner_url).await?;
    let found = proposals::brand_of_proposal(&owner, proposal_id).await;
    owner.close().await?;
    let brand_id = found?.with_context(|| format!("there is no proposal {id}"))?;
    let services = installation::services(config, &servers.database_url).await?;
    let proofs = proposals::verify_proposal(&services, (brand_id, proposal_id)).await?;
    if proofs.is_empty() {
        println!("✓ nothing was made or accepted yet of {id}");
    }
    Ok(told(&proofs))
}

/// Says what was held against what, and whether all of it fits.
fn told(proofs: &[contracts::Proof]) -> ExitCode {
    for proof in proofs {
        println!("{} {}", if proof.holds { '✓' } else { '✗' }, proof.what);
    }
    if proofs.iter().all(|proof| proof.holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
