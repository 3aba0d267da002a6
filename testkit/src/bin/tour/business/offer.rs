//! An offer: written, reviewed within the team, sent, and accepted by the client on its page, which opens project, budget and campaign.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use diwan_testkit::servers::{Browser, PHONE};
use serde_json::{Value, json};

use super::agency::{Agency, Climb, REQUEST};
use super::figures::{CURRENCY, Line, grouped};
use crate::installation::text;
use crate::steps::Steps;

/// What is offered. The client takes the last, which they may leave.
const LINES: [Line; 5] = [
    Line {
        name: "A post of somebody whom people follow",
        category: "INFLUENCERS",
        quantity: "1",
        milli: 1000,
        unit_minor: 300_000,
        discount_bp: 0,
        tax_bp: 2400,
        optional: false,
    },
    Line {
        name: "Promotion",
        category: "ADS",
        quantity: "1",
        milli: 1000,
        unit_minor: 40_000,
        discount_bp: 0,
        tax_bp: 2400,
        optional: false,
    },
    Line {
        name: "Films",
        category: "PRODUCTION",
        quantity: "2.5",
        milli: 2500,
        unit_minor: 33_333,
        discount_bp: 1000,
        tax_bp: 2400,
        optional: false,
    },
    Line {
        name: "Cutting",
        category: "FREELANCERS",
        quantity: "3",
        milli: 3000,
        unit_minor: 15_000,
        discount_bp: 0,
        tax_bp: 2400,
        optional: false,
    },
    Line {
        name: "A print",
        category: "PRODUCTION",
        quantity: "1",
        milli: 1000,
        unit_minor: 1_001,
        discount_bp: 0,
        tax_bp: 500,
        optional: true,
    },
];

/// The box on the page for the last of them.
const OPTION: &str = "#option-5";

/// Who accepts.
const CLIENT: &str = "Amal Haddad";

/// What the campaign may cost, in minor units.
pub const PLANNED: i64 = 450_000;

/// What acceptance opened.
#[derive(Debug)]
pub struct Project {
    /// The project's budget.
    pub budget: String,
    /// Its lines by their category, each with what it was given.
    pub lines: BTreeMap<String, (String, i64)>,
    /// Its campaign.
    pub campaign: String,
}

impl Project {
    /// The budget's line of a category: its id, and what it was given.
    pub fn line(&self, category: &str) -> Result<(&str, i64)> {
        let (line, given) = self.lines.get(category).with_context(|| format!("no line of {category}"))?;
        Ok((line, *given))
    }
}

/// The whole way of the offer.
pub async fn accepted_in_the_browser(agency: &Agency, browser: &mut Browser, steps: &mut Steps) -> Result<Project> {
    let (proposal, link) = sent(agency).await?;
    steps.done("a proposal was written, its discount approved by a SENIOR where a MID was refused, and sent");
    accept(agency, browser, &link).await?;
    let total: i64 = LINES.iter().map(|line| line.net() + line.tax()).sum();
    steps.done(&format!("the client accepted it on its page in Chromium: {} {CURRENCY} with tax", grouped(total)));
    let project = opened(agency, &proposal).await?;
    steps.done("that opened a project, its budget with 4 lines and its campaign, with the amounts of the offer");
    Ok(project)
}

fn content(agency: &Agency) -> Result<Value> {
    let (from, to) = (agency.day(2)?, agency.day(60)?);
    let lines = LINES.map(|line| {
        json!({ "name": line.name, "category": line.category, "quantity": line.quantity, "unitPriceMinor": line.unit_minor,
            "discountBp": line.discount_bp, "taxBp": line.tax_bp, "optional": line.optional })
    });
    Ok(json!({
        "title": "A spring with films", "locale": "EN", "currency": CURRENCY, "validUntil": agency.day(30)?,
        "sections": [{ "heading": "Why films", "body": "They are liked." }],
        "scope": [{ "level": 1, "title": "Films" }, { "level": 2, "title": "Scripts" }],
        "lines": lines,
        "terms": "Thirty days.",
        "project": { "name": "Spring internal", "title": "Spring", "startsOn": from, "endsOn": to },
        "campaigns": [{ "name": "Spring", "startsOn": from, "endsOn": to, "plannedMinor": PLANNED }],
    }))
}

/// Writes, reviews and sends it. Answers its id and the link that the client gets.
async fn sent(agency: &Agency) -> Result<(String, Value)> {
    let input = json!({ "brandId": agency.brand, "proposal": content(agency)? });
    let made = agency.mutate(&agency.maya, "createProposal", "proposal { id version }", input).await?;
    let (proposal, version) = (text(&made["proposal"]["id"])?, &made["proposal"]["version"]);
    let step = json!({ "proposalId": proposal, "version": version });
    let asked = agency.mutate(&agency.maya, "submitProposal", &format!("request {{ {REQUEST} }}"), step).await?;
    let discount = LINES.iter().map(Line::discount).sum();
    let climb = Climb { kind: "PROPOSAL", minor: discount, level: "SENIOR" };
    agency.climb(&asked["request"], climb, &agency.lina).await?;
    let input = json!({ "proposalId": proposal, "version": version, "clientName": CLIENT });
    agency.refused(&agency.maya, "sendProposal", input.clone(), "FORBIDDEN").await?;
    let sent = agency.mutate(&agency.lina, "sendProposal", "proposal { state } url", input).await?;
    ensure!(sent["proposal"]["state"] == "SENT", "not sent: {sent}");
    Ok((proposal, sent["url"].clone()))
}

/// Accepts it as the client, with everything that may be taken.
async fn accept(agency: &Agency, browser: &mut Browser, link: &Value) -> Result<()> {
    let page = browser.open(&agency.address(link)?, "en", PHONE).await?;
    ensure!(page["status"] == 200 && page["overflow"] == 0 && page["troubles"] == json!([]), "the page: {page}");
    let certain: i64 = LINES.iter().filter(|line| !line.optional).map(|line| line.net() + line.tax()).sum();
    let shown = page["text"].as_str().unwrap_or_default();
    ensure!(shown.contains(&grouped(certain)), "{} is not on the page: {shown}", grouped(certain));
    ensure!(!shown.contains("Spring internal") && !shown.contains(&grouped(PLANNED)), "what is ours is on it: {shown}");
    let take = "(box) => document.querySelector(box).click()";
    browser.run(take, &json!(OPTION)).await?;
    browser.fill("#name", CLIENT).await?;
    let page = browser.press("button[value=accept]").await?;
    let shown = page["text"].as_str().unwrap_or_default();
    let total: i64 = LINES.iter().map(|line| line.net() + line.tax()).sum();
    let accepted = shown.contains(&format!("{CLIENT} accepted this")) && shown.contains(&grouped(total));
    ensure!(page["status"] == 200 && accepted, "not accepted: {page}");
    Ok(())
}

/// What acceptance opened, held against the offer.
async fn opened(agency: &Agency, proposal: &str) -> Result<Project> {
    let selection = "state acceptance { signerName optionsTaken net { minor } tax { minor } gross { minor currency }
      project { state workItems { number title } budget { id currency lines { id category balance { allocated { minor } } } }
        campaigns { id state plannedBudget { minor currency } } } }";
    let seen = agency.read(("Proposal", proposal), selection).await?;
    let signed = &seen["acceptance"];
    let [net, tax] = [Line::net, Line::tax].map(|amount| LINES.iter().map(amount).sum::<i64>());
    let sums = [&signed["net"]["minor"], &signed["tax"]["minor"], &signed["gross"]["minor"]];
    ensure!(sums == [&json!(net), &json!(tax), &json!(net + tax)], "not {net} and {tax}: {seen}");
    let by = seen["state"] == "ACCEPTED" && signed["signerName"] == CLIENT && signed["optionsTaken"] == 1;
    ensure!(by && signed["gross"]["currency"] == CURRENCY, "not accepted like that: {seen}");
    let project = &signed["project"];
    let work = json!([{ "number": "1", "title": "Films" }, { "number": "1.1", "title": "Scripts" }]);
    ensure!(project["state"] == "OPEN" && project["workItems"] == work, "another project: {project}");

    let mut given: BTreeMap<&str, i64> = BTreeMap::new();
    for line in LINES {
        *given.entry(line.category).or_default() += line.net();
    }
    let mut lines = BTreeMap::new();
    for line in project["budget"]["lines"].as_array().context("no lines")? {
        let category = text(&line["category"])?;
        let expected = given.remove(category.as_str()).with_context(|| format!("one line too many: {line}"))?;
        ensure!(line["balance"]["allocated"]["minor"] == expected, "{category} was given {line}, not {expected}");
        lines.insert(category, (text(&line["id"])?, expected));
    }
    ensure!(given.is_empty() && project["budget"]["currency"] == CURRENCY, "without {given:?}: {project}");
    let campaigns = project["campaigns"].as_array().context("no campaigns")?;
    let [campaign] = campaigns.as_slice() else { bail!("not one campaign: {project}") };
    let planned = json!({ "minor": PLANNED, "currency": CURRENCY });
    ensure!(campaign["state"] == "PLANNED" && campaign["plannedBudget"] == planned, "another campaign: {campaign}");
    Ok(Project { budget: text(&project["budget"]["id"])?, lines, campaign: text(&campaign["id"])? })
}
