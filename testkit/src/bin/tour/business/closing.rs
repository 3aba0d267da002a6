//! What else the campaign cost, and its closing report: every part of its return, held against what the tour itself has entered.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::agency::Agency;
use super::campaign::{CLICKS, CONVERSIONS};
use super::contract::FEE;
use super::conversions::Earned;
use super::figures::{CURRENCY, grouped, half_even, return_on};
use super::offer::{PLANNED, Project};
use crate::installation::text;
use crate::steps::Steps;

/// What was spent by hand on the lines of the project's budget, in minor units; of the first, some came back.
const SPENT: [(&str, i64); 3] = [("ADS", 30_000), ("PRODUCTION", 61_234), ("FREELANCERS", 45_000)];
/// What came back.
const REFUNDED: (&str, i64) = ("ADS", 2_500);
/// What an hour of Maya costs, in minor units.
const PER_HOUR: i64 = 4_333;
/// How long she worked for the campaign, in minutes.
const MINUTES: i64 = 90;

/// What the campaign cost, by kind, in minor units.
pub type Costs = BTreeMap<&'static str, i64>;

/// Books what else it cost. Answers all that it cost.
pub async fn costs(agency: &Agency, project: &Project, steps: &mut Steps) -> Result<Costs> {
    let mut costs = Costs::from([("INFLUENCERS", FEE)]);
    let book = async |name: &str, (category, minor): (&'static str, i64)| -> Result<()> {
        let (line, _) = project.line(category)?;
        let input = json!({ "lineId": line, "amountMinor": minor, "reason": "As the receipt says" });
        agency.mutate(&agency.maya, name, "entry { id }", input).await.map(drop)
    };
    for (category, minor) in SPENT {
        book("spendBudget", (category, minor)).await?;
        *costs.entry(category).or_default() += minor;
    }
    book("refundBudget", REFUNDED).await?;
    *costs.entry(REFUNDED.0).or_default() -= REFUNDED.1;
    for (category, minor) in &costs {
        let (line, given) = project.line(category)?;
        agency.check_line(line, [given, 0, *minor]).await?;
    }
    let (line, given) = project.line("ADS")?;
    let left = given - costs["ADS"];
    let more = json!({ "lineId": line, "amountMinor": left + 1, "reason": "More" });
    agency.refused(&agency.maya, "spendBudget", more, "BUDGET_EXCEEDED").await?;
    costs.insert("STAFF", hours(agency, project).await?);
    steps.done(
        "what it cost besides was booked: promotion, films, cutting, and Maya's hours; a cent beyond a line is refused",
    );
    Ok(costs)
}

/// Maya's hours, accepted by Lina. Answers what they cost.
async fn hours(agency: &Agency, project: &Project) -> Result<i64> {
    let rate = json!({ "brandId": agency.brand, "personId": agency.maya.id, "minorPerHour": PER_HOUR, "currency": CURRENCY,
        "startsOn": agency.day(0)? });
    agency.mutate(&agency.lina, "setWorkRate", "workRate { startsOn }", rate).await?;
    let said =
        json!({ "workedOn": agency.day(0)?, "minutes": MINUTES, "note": "Films", "campaignId": project.campaign });
    let input = json!({ "brandId": agency.brand, "hours": said });
    let made = agency.mutate(&agency.maya, "logHours", "timeEntry { id }", input).await?;
    let input = json!({ "brandId": agency.brand, "timeEntryIds": [made["timeEntry"]["id"]] });
    agency.refused(&agency.maya, "acceptHours", input.clone(), "FOUR_EYES").await?;
    let accepted = agency.mutate(&agency.lina, "acceptHours", "timeEntries { fee { minor currency } }", input).await?;
    let minor = half_even(PER_HOUR * MINUTES, 60);
    let expected = json!([{ "fee": { "minor": minor, "currency": CURRENCY } }]);
    ensure!(accepted["timeEntries"] == expected, "not {minor}: {accepted}");
    Ok(minor)
}

/// Closes the campaign.
pub async fn closed(
    agency: &Agency,
    project: &Project,
    (earned, costs): (&Earned, &Costs),
    steps: &mut Steps,
) -> Result<()> {
    let version = agency.read(("Campaign", &project.campaign), "version").await?["version"].take();
    let closing =
        json!({ "campaignId": project.campaign, "version": version, "lessons": "Films are liked", "model": "LINEAR" });
    let selection =
        "campaign { state closingReport { attributionModel conversions returnOnInvestment missing unbookedCosts
      plannedBudget { minor currency } attributedValues { minor currency } costs { category amount { minor currency } }
      targets { name achieved met } } }";
    let closed = agency.mutate(&agency.maya, "closeCampaign", selection, closing.clone()).await?;
    ensure!(closed["campaign"]["state"] == "CLOSED", "not closed: {closed}");
    let report = &closed["campaign"]["closingReport"];
    let cost: i64 = costs.values().sum();
    let expected = [
        ("attributionModel", json!("LINEAR")),
        ("conversions", json!(earned.conversions)),
        ("attributedValues", json!([{ "minor": earned.minor, "currency": CURRENCY }])),
        ("returnOnInvestment", json!(return_on(earned.minor, cost))),
        ("plannedBudget", json!({ "minor": PLANNED, "currency": CURRENCY })),
        (
            "targets",
            json!([
                { "name": "Readers", "achieved": CLICKS.to_string(), "met": true },
                { "name": "Buyers", "achieved": CONVERSIONS.to_string(), "met": true },
            ]),
        ),
        ("unbookedCosts", json!([])),
        ("missing", json!([])),
    ];
    for (part, expected) in expected {
        ensure!(report[part] == expected, "{part} is {}, not {expected}: {report}", report[part]);
    }
    check_costs(report, costs)?;
    agency.refused(&agency.maya, "closeCampaign", closing, "WRONG_STATE").await?;
    let parts: Vec<String> = costs.iter().map(|(category, minor)| format!("{category} {}", grouped(*minor))).collect();
    steps.done(&format!(
        "the campaign is closed: {} came of {} ({}), a return of {}",
        grouped(earned.minor),
        grouped(cost),
        parts.join(", "),
        return_on(earned.minor, cost)
    ));
    Ok(())
}

/// That the report names exactly these costs.
fn check_costs(report: &Value, costs: &Costs) -> Result<()> {
    let mut named = BTreeMap::new();
    for cost in report["costs"].as_array().context("no costs")? {
        let minor = cost["amount"]["minor"].as_i64().context("no amount")?;
        ensure!(cost["amount"]["currency"] == CURRENCY, "in another currency: {cost}");
        ensure!(named.insert(text(&cost["category"])?, minor).is_none(), "named twice: {report}");
    }
    let expected: BTreeMap<String, i64> =
        costs.iter().map(|(category, minor)| ((*category).to_owned(), *minor)).collect();
    ensure!(named == expected, "the costs are {named:?}, not {expected:?}");
    Ok(())
}
