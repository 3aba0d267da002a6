//! The campaign: planned with what it is to reach, with the project's budget as its own, approved, and begun.

use anyhow::{Result, ensure};
use serde_json::json;

use super::agency::{Agency, Climb, REQUEST};
use super::figures::CURRENCY;
use super::offer::{PLANNED, Project};
use crate::steps::Steps;

/// How often its link is to be followed.
pub const CLICKS: i64 = 3;
/// In how many conversions its link is to have a part.
pub const CONVERSIONS: i64 = 5;

/// The whole way to its beginning.
pub async fn begun(agency: &Agency, project: &Project, steps: &mut Steps) -> Result<()> {
    let (from, to) = (agency.day(2)?, agency.day(60)?);
    let targets = json!([
        { "name": "Readers", "source": "LINK_CLICKS", "target": CLICKS.to_string(), "unit": "clicks" },
        { "name": "Buyers", "source": "CONVERSIONS", "target": CONVERSIONS.to_string(), "unit": "conversions" },
    ]);
    let plan = json!({ "name": "Spring", "startsOn": from, "endsOn": to, "plannedMinor": PLANNED, "currency": CURRENCY,
        "targets": targets });
    let input = json!({ "campaignId": project.campaign, "version": 1, "campaign": plan });
    agency.mutate(&agency.maya, "updateCampaign", "campaign { id }", input).await?;
    let said = json!({ "name": "Spring internal", "startsOn": from, "endsOn": to, "campaignId": project.campaign });
    let input = json!({ "budgetId": project.budget, "version": 1, "budget": said });
    agency.mutate(&agency.maya, "updateBudget", "budget { id }", input).await?;

    let this = json!({ "campaignId": project.campaign });
    let selection = format!("request {{ {REQUEST} }}");
    let asked = agency.mutate(&agency.maya, "submitCampaign", &selection, this.clone()).await?;
    let climb = Climb { kind: "CAMPAIGN", minor: PLANNED, level: "CMO" };
    agency.climb(&asked["request"], climb, &agency.nour).await?;
    let ran = agency.mutate(&agency.maya, "activateCampaign", "campaign { state }", this).await?;
    ensure!(ran["campaign"]["state"] == "ACTIVE", "the campaign does not run: {ran}");
    steps.done("the campaign has targets and the project's budget, was approved by the CMO, and runs");
    Ok(())
}
