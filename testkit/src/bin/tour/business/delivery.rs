//! What the contract brings: handed in by the influencer on its page, looked at by the product, and accepted.

use anyhow::{Result, ensure};
use diwan_testkit::servers::{Browser, FeedServer, PHONE};
use serde_json::{Value, json};

use super::agency::Agency;
use super::contract::DISCLOSURE;
use super::payments::Planned;
use crate::steps::Steps;

/// Where the influencer publishes.
const PATH: &str = "/post/1";

/// The whole way of the deliverable.
pub async fn accepted(
    agency: &Agency,
    planned: &Planned,
    (browser, network): (&mut Browser, &FeedServer),
    steps: &mut Steps,
) -> Result<()> {
    let this = ("Deliverable", planned.deliverable.as_str());
    let accept = |version: i32| json!({ "deliverableId": planned.deliverable, "version": version });
    agency.refused(&agency.maya, "acceptDeliverable", accept(1), "WRONG_STATE").await?;
    network.feed(PATH, "<html><body><p>The films are here.</p></body></html>", None);
    hand_in(agency, planned, browser, &network.address(PATH)).await?;
    steps.done("the influencer handed the post in on the page in Chromium");

    let selection = "state version submittedByLink link checks { kind outcome checkedBy { id } }";
    let seen = agency.wait(this, selection, |seen| found(seen, "DISCLOSED", "UNKNOWN")).await?;
    ensure!(seen["submittedByLink"] == true && seen["link"] == network.address(PATH), "not by the link: {seen}");
    ensure!(found(&seen, "PUBLISHED", "PASSED"), "the page was not found: {seen}");
    agency.refused(&agency.maya, "acceptDeliverable", accept(2), "NOT_FOUND_DISCLOSED").await?;
    network.feed(PATH, format!("<html><body><p>The films are here. {DISCLOSURE}</p></body></html>"), None);
    let again = json!({ "deliverableId": planned.deliverable });
    agency.mutate(&agency.maya, "checkDeliverable", "deliverable { id }", again).await?;
    let seen = agency.wait(this, selection, |seen| found(seen, "DISCLOSED", "PASSED")).await?;
    let mut checks = seen["checks"].as_array().into_iter().flatten();
    ensure!(checks.all(|check| check["checkedBy"].is_null()), "somebody looked, not the product: {seen}");
    let done = agency.mutate(&agency.maya, "acceptDeliverable", "deliverable { state }", accept(2)).await?;
    ensure!(done["deliverable"]["state"] == "ACCEPTED", "not accepted: {done}");
    steps.done("the product found it published, and disclosed only once it was; then it was accepted");
    Ok(())
}

/// Whether a look has found this out.
fn found(seen: &Value, kind: &str, outcome: &str) -> bool {
    let mut checks = seen["checks"].as_array().into_iter().flatten();
    checks.any(|check| check["kind"] == kind && check["outcome"] == outcome)
}

/// Hands it in as the other side does.
async fn hand_in(agency: &Agency, planned: &Planned, browser: &mut Browser, post: &str) -> Result<()> {
    let input = json!({ "deliverableId": planned.deliverable, "version": 1 });
    let made = agency.mutate(&agency.maya, "createDeliverableLink", "url", input).await?;
    let page = browser.open(&agency.address(&made["url"])?, "en", PHONE).await?;
    ensure!(page["status"] == 200 && page["overflow"] == 0 && page["troubles"] == json!([]), "the page: {page}");
    let shown = page["text"].as_str().unwrap_or_default();
    ensure!(shown.contains("About the films.") && shown.contains(DISCLOSURE), "not what is to be made: {shown}");
    ensure!(!shown.contains("EUR"), "an amount on the page: {shown}");
    browser.fill("#link", post).await?;
    let page = browser.press("form:has(#link) button[type=submit]").await?;
    let taken = page["text"].as_str().is_some_and(|text| text.contains("You have handed this in."));
    ensure!(page["status"] == 200 && taken, "not handed in: {page}");
    Ok(())
}
