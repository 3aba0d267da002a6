//! The tour of the business: from an offer to what it brought, through the public API and the public pages, as an agency, its client
//! and an influencer would do it.
//!
//! Starts `diwan up` with servers of its own, a page on this machine that stands for the influencer's network, and a Chromium. What is
//! entered is reckoned anew by the tour itself (`figures`) and held against what the product says, to the last minor unit; at the
//! end `diwan verify` proves the budgets and the contract.

mod agency;
mod campaign;
mod closing;
mod contract;
mod conversions;
mod delivery;
mod figures;
mod offer;
mod payments;

use anyhow::{Result, ensure};
use diwan_testkit::servers::{Browser, FeedServer};

use self::agency::Agency;
use self::contract::Signed;
use crate::installation::{Installation, unless_interrupted};
use crate::steps::Steps;

/// All of it.
pub async fn tour(steps: &mut Steps) -> Result<()> {
    let network = FeedServer::start().await?;
    let mut browser = Browser::start().await?;
    steps.done(&format!("Chromium, and a page at {} that stands for the influencer's network", network.url));
    let mut installation = Installation::start(network.url.authority().to_owned(), steps).await?;
    let signed = unless_interrupted(travel(&installation, &mut browser, &network, steps)).await;
    let log = if signed.is_err() { installation.last_words() } else { String::new() };
    let stopped = installation.stop().await;
    if !log.is_empty() {
        eprintln!("{log}");
    }
    let signed = signed?;
    stopped?;
    steps.done("everything stopped");
    prove(&installation, &signed, steps).await?;
    println!("\nThe tour took {:.1} s. Everything is as it should be, and all figures add up.", steps.seconds());
    Ok(())
}

/// The way through. Answers what was signed on it.
async fn travel(
    installation: &Installation,
    browser: &mut Browser,
    network: &FeedServer,
    steps: &mut Steps,
) -> Result<Signed> {
    let agency = Agency::set_up(installation).await?;
    steps.done("an agency with a brand, a CMO, a SENIOR and two MIDs, and limits for what each may approve");
    let project = offer::accepted_in_the_browser(&agency, browser, steps).await?;
    campaign::begun(&agency, &project, steps).await?;
    let signed = contract::signed(&agency, &project, browser, steps).await?;
    let planned = payments::planned(&agency, &signed, steps).await?;
    delivery::accepted(&agency, &planned, (browser, network), steps).await?;
    payments::paid(&agency, &project, &planned, steps).await?;
    let earned = conversions::recorded(&agency, &project, steps).await?;
    let costs = closing::costs(&agency, &project, steps).await?;
    closing::closed(&agency, &project, (&earned, &costs), steps).await?;
    Ok(signed)
}

/// Has the operator's own commands prove what was kept.
async fn prove(installation: &Installation, signed: &Signed, steps: &mut Steps) -> Result<()> {
    let said = installation.run("verify budgets").await?;
    ensure!(said.contains("✓ 4 lines of budgets are what the ledger says"), "diwan verify budgets: {said}");
    steps.done("diwan verify budgets: all 4 lines are what the ledger says");
    let said = installation.run(&format!("verify contract {}", signed.contract)).await?;
    for digest in [&signed.to_sign, &signed.with_signatures] {
        ensure!(said.contains(digest.as_str()), "diwan verify contract says nothing of {digest}: {said}");
    }
    let both = said.contains("✓ two signatures under what the contract says");
    ensure!(both && !said.contains('✗'), "diwan verify contract: {said}");
    steps.done(&format!("diwan verify contract: {} proofs hold", said.matches('✓').count()));
    Ok(())
}
