//! The contract with an influencer: negotiated, approved by the level that its amount needs, and signed by both sides.

use anyhow::{Context as _, Result, ensure};
use diwan_testkit::servers::{Browser, PHONE};
use serde_json::{Value, json};

use super::agency::{Agency, Climb, REQUEST};
use super::figures::{CURRENCY, written};
use super::offer::Project;
use crate::installation::text;
use crate::steps::Steps;

/// Who signs for the other side.
pub const INFLUENCER: &str = "Eleni Pappa";
/// What must stand in each post.
pub const DISCLOSURE: &str = "#ad";
/// What they asked for at first, in minor units.
const ASKED: i64 = 300_000;
/// And what was agreed on.
pub const FEE: i64 = 200_000;

/// A contract that both sides have signed.
#[derive(Debug)]
pub struct Signed {
    /// Its id.
    pub contract: String,
    /// The digest of what they signed.
    pub to_sign: String,
    /// The digest of the same with their signatures.
    pub with_signatures: String,
}

/// The whole way of the contract.
pub async fn signed(agency: &Agency, project: &Project, browser: &mut Browser, steps: &mut Steps) -> Result<Signed> {
    let contract = negotiated(agency, project).await?;
    steps.done("a contract was negotiated: a comment for the other side, a second version, and what it changes");
    approved(agency, project, &contract).await?;
    steps.done(&format!(
        "{} {CURRENCY} were approved by a SENIOR where a MID was refused, and set aside on the budget's line",
        written(FEE)
    ));
    let to_sign = sign_in_the_browser(agency, &contract, browser).await?;
    let name = "Lina Kos";
    let mut input = json!({ "contractId": contract, "name": name, "documentSha256": "00" });
    agency.refused(&agency.maya, "signContract", input.clone(), "FORBIDDEN").await?;
    agency.refused(&agency.lina, "signContract", input.clone(), "CHANGED_MEANWHILE").await?;
    input["documentSha256"] = json!(to_sign);
    agency.mutate(&agency.lina, "signContract", "contract { state }", input).await?;
    let with_signatures = with_signatures(agency, &contract, &to_sign).await?;
    steps.done("the influencer signed it on the page in Chromium, a SENIOR in the API; the PDF with both is what its digest says");
    Ok(Signed { contract, to_sign, with_signatures })
}

fn terms(agency: &Agency, project: &Project, influencer: &Value, fee: i64) -> Result<Value> {
    let (line, _) = project.line("INFLUENCERS")?;
    Ok(
        json!({ "title": "A post in spring", "partyName": INFLUENCER, "language": "EN", "feeMinor": fee, "currency": CURRENCY,
        "influencerId": influencer, "campaignId": project.campaign, "lineId": line, "startsOn": agency.day(0)?,
        "endsOn": agency.day(90)?, "disclosure": DISCLOSURE }),
    )
}

/// Writes it, shows it to the other side, and writes it anew. Answers its id.
async fn negotiated(agency: &Agency, project: &Project) -> Result<String> {
    let maya = &agency.maya;
    let said = json!({ "name": INFLUENCER, "languages": ["el"], "markets": ["GR"] });
    let input = json!({ "brandId": agency.brand, "influencer": said });
    let made = agency.mutate(maya, "createInfluencer", "influencer { id }", input).await?;
    let influencer = made["influencer"]["id"].clone();
    let clause = json!({ "heading": "Work", "text": "One post about the films." });
    let input = json!({ "brandId": agency.brand, "kind": "INFLUENCER", "clauses": [clause],
        "terms": terms(agency, project, &influencer, ASKED)? });
    let made = agency.mutate(maya, "createContract", "contract { id version }", input).await?;
    let contract = text(&made["contract"]["id"])?;

    let shared = json!({ "contractId": contract, "version": 1 });
    let shared = agency.mutate(maya, "negotiateContract", "contract { state sharedVersion }", shared).await?;
    ensure!(shared["contract"] == json!({ "state": "NEGOTIATING", "sharedVersion": 1 }), "not shared: {shared}");
    let comment = json!({ "contractId": contract, "visibility": "PARTY", "body": "The post can stay for a year." });
    agency.mutate(maya, "commentOnContract", "comment { version }", comment).await?;
    let longer = json!({ "heading": "Term", "text": "It stays for a year." });
    let input = json!({ "contractId": contract, "version": 1, "clauses": [clause, longer],
        "terms": terms(agency, project, &influencer, FEE)? });
    agency.mutate(maya, "updateContract", "contract { version }", input).await?;

    let selection = "state version fee { minor } comments { body visibility version } versions { number fee { minor } }
      changes(from: 1, to: 2) { terms { term } clauses { before now } }";
    let seen = agency.read(("Contract", &contract), selection).await?;
    ensure!(seen["version"] == 2 && seen["fee"]["minor"] == FEE, "not said anew: {seen}");
    let fees = |version: &Value| json!([version["number"], version["fee"]["minor"]]);
    let mut versions: Vec<Value> = seen["versions"].as_array().context("no versions")?.iter().map(fees).collect();
    versions.sort_by_key(|version| version[0].as_i64());
    ensure!(versions == [json!([1, ASKED]), json!([2, FEE])], "other versions: {seen}");
    let said = json!([{ "body": "The post can stay for a year.", "visibility": "PARTY", "version": 1 }]);
    ensure!(seen["comments"] == said, "another comment: {seen}");
    let changes = json!({ "terms": [{ "term": "FEE" }], "clauses": [{ "before": null, "now": 2 }] });
    ensure!(seen["changes"] == changes, "other changes: {}", seen["changes"]);
    Ok(contract)
}

/// Has it approved, which sets its fee aside.
async fn approved(agency: &Agency, project: &Project, contract: &str) -> Result<()> {
    let (line, given) = project.line("INFLUENCERS")?;
    agency.check_line(line, [given, 0, 0]).await?;
    let selection = format!("approvalRequest {{ {REQUEST} }}");
    let input = json!({ "contractId": contract, "version": 2 });
    let asked = agency.mutate(&agency.maya, "submitContract", &selection, input).await?;
    let climb = Climb { kind: "CONTRACT", minor: FEE, level: "SENIOR" };
    agency.climb(&asked["approvalRequest"], climb, &agency.lina).await?;
    agency.check_line(line, [given, FEE, 0]).await
}

/// Sends it, and signs it as the other side does. Answers the digest of what was signed.
async fn sign_in_the_browser(agency: &Agency, contract: &str, browser: &mut Browser) -> Result<String> {
    let input = json!({ "contractId": contract, "version": 2, "signerId": agency.lina.id });
    agency.mutate(&agency.maya, "sendContract", "document { state }", input).await?;
    let selection = "state documents { part state sha256 }";
    let seen = agency.wait(("Contract", contract), selection, |seen| seen["state"] == "SENT").await?;
    let document = &seen["documents"][0];
    ensure!(document["part"] == "TO_SIGN" && document["state"] == "READY", "nothing to sign: {seen}");
    let input = json!({ "contractId": contract, "side": "THEIRS" });
    let link = agency.mutate(&agency.maya, "createSigningLink", "url", input).await?;
    let address = agency.address(&link["url"])?;
    let page = browser.open(&address, "en", PHONE).await?;
    ensure!(page["status"] == 200 && page["overflow"] == 0 && page["troubles"] == json!([]), "the page: {page}");
    let shown = page["text"].as_str().unwrap_or_default();
    let fee = format!("{} {CURRENCY}", written(FEE));
    ensure!(shown.contains(&fee) && shown.contains("It stays for a year."), "not the contract: {shown}");
    let file = agency.fetch(&format!("{}/document", address.path()), &document["sha256"]).await?;
    ensure!(file.starts_with(b"%PDF-"), "what is signed is no PDF");
    browser.fill("#name", INFLUENCER).await?;
    let page = browser.press("button[value=sign]").await?;
    let signed =
        page["text"].as_str().is_some_and(|text| text.contains("You have signed. The other side has not yet."));
    ensure!(page["status"] == 200 && signed, "not signed: {page}");
    text(&document["sha256"])
}

/// Waits for the file with both signatures. Answers its digest.
async fn with_signatures(agency: &Agency, contract: &str, to_sign: &str) -> Result<String> {
    let selection = "state documents { part state sha256 download { url } }
      signatures { side name byLink documentSha256 }";
    let ready = |seen: &Value| seen["state"] == "ACTIVE" && seen["documents"][0]["state"] == "READY";
    let seen = agency.wait(("Contract", contract), selection, ready).await?;
    let theirs = json!({ "side": "THEIRS", "name": INFLUENCER, "byLink": true, "documentSha256": to_sign });
    let ours = json!({ "side": "OURS", "name": "Lina Kos", "byLink": false, "documentSha256": to_sign });
    ensure!(seen["signatures"] == json!([theirs, ours]), "other signatures: {seen}");
    let signed = &seen["documents"][0];
    ensure!(signed["part"] == "SIGNED", "no file with both signatures: {seen}");
    let file = agency.fetch(&text(&signed["download"]["url"])?, &signed["sha256"]).await?;
    ensure!(file.starts_with(b"%PDF-"), "what was signed is no PDF");
    text(&signed["sha256"])
}
