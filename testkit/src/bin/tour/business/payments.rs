//! The payments of the contract: planned, held back until there is what they are for, approved, exported for the bank, and paid.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::agency::{Agency, Climb, REQUEST};
use super::contract::{FEE, INFLUENCER, Signed};
use super::figures::{CURRENCY, half_even, written};
use super::offer::Project;
use crate::installation::text;
use crate::steps::Steps;

/// What is paid when the contract is signed, in minor units; the rest is for the post.
const AT_ONCE: i64 = 50_000;
/// What is paid for the post.
const FOR_THE_POST: i64 = FEE - AT_ONCE;
/// What is kept back for the tax office, in hundredths of a percent.
const WITHHELD_BP: i64 = 1500;
/// To which account.
const IBAN: &str = "GR1601101250000000012300695";
/// From which.
const PAYER: &str = "NL91ABNA0417164300";

/// What a contract brings, and the payments that wait for it.
#[derive(Debug)]
pub struct Planned {
    /// What is to be handed in.
    pub deliverable: String,
    at_once: String,
    for_the_post: String,
}

/// What the bank transfers of an amount.
fn net(minor: i64) -> i64 {
    minor - half_even(minor * WITHHELD_BP, 10_000)
}

/// Plans the deliverable and both payments: one is due, the other waits for the deliverable.
pub async fn planned(agency: &Agency, signed: &Signed, steps: &mut Steps) -> Result<Planned> {
    let maya = &agency.maya;
    let said = json!({ "title": "The post", "brief": "About the films.", "kind": "POST", "dueOn": agency.day(30)? });
    let input = json!({ "contractId": signed.contract, "deliverable": said });
    let made = agency.mutate(maya, "createDeliverable", "deliverable { id }", input).await?;
    let deliverable = text(&made["deliverable"]["id"])?;
    let account = json!({ "name": INFLUENCER, "iban": IBAN });
    let payee = json!({ "account": account, "taxForm": "RECEIVED", "withholdingBasisPoints": WITHHELD_BP });
    let input = json!({ "contractId": signed.contract, "payee": payee });
    agency.refused(maya, "setContractPayee", input.clone(), "FORBIDDEN").await?;
    agency.mutate(&agency.lina, "setContractPayee", "payee { account }", input).await?;

    let plan = async |said: Value, minor: i64| -> Result<Value> {
        let input = json!({ "contractId": signed.contract, "payment": said });
        let selection = "payment { id state blockedBy amount { minor } net { minor currency } }";
        let made = agency.mutate(maya, "createPayment", selection, input).await?["payment"].take();
        let net = json!({ "minor": net(minor), "currency": CURRENCY });
        ensure!(made["amount"]["minor"] == minor && made["net"] == net, "the bank is to pay {net}: {made}");
        Ok(made)
    };
    let at_once = json!({ "title": "At the beginning", "dueOn": agency.day(0)?, "amountMinor": AT_ONCE });
    let at_once = plan(at_once, AT_ONCE).await?;
    ensure!(at_once["state"] == "DUE", "held back: {at_once}");
    let post = |minor: i64| json!({ "title": "The post", "deliverableId": deliverable, "amountMinor": minor });
    let input = json!({ "contractId": signed.contract, "payment": post(FOR_THE_POST + 1) });
    agency.refused(maya, "createPayment", input, "FEE_EXCEEDED").await?;
    let for_the_post = plan(post(FOR_THE_POST), FOR_THE_POST).await?;
    let waits = for_the_post["state"] == "BLOCKED" && for_the_post["blockedBy"] == json!(["NOT_ACCEPTED"]);
    ensure!(waits, "not held back: {for_the_post}");
    let input = json!({ "paymentId": for_the_post["id"], "version": 1 });
    agency.refused(maya, "submitPayment", input, "PAYMENT_BLOCKED").await?;
    steps.done(
        "two payments are planned: one is due, one is held back until the post is accepted; a cent more is refused",
    );
    Ok(Planned { at_once: text(&at_once["id"])?, for_the_post: text(&for_the_post["id"])?, deliverable })
}

/// Has both approved, exported and paid.
pub async fn paid(agency: &Agency, project: &Project, planned: &Planned, steps: &mut Steps) -> Result<()> {
    for (payment, minor, level) in [(&planned.at_once, AT_ONCE, "SENIOR"), (&planned.for_the_post, FOR_THE_POST, "CMO")]
    {
        approve(agency, payment, Climb { kind: "PAYMENT", minor, level }).await?;
    }
    steps.done(
        "both payments were approved by the CMO; a MID was refused, and so was the SENIOR who wrote the account down",
    );

    let payer = json!({ "brandId": agency.brand, "account": { "name": "Nour Agency", "iban": PAYER } });
    agency.mutate(&agency.lina, "setBrandPayer", "payer { account }", payer).await?;
    let xml = exported(agency, "SEPA", (&planned.for_the_post, net(FOR_THE_POST))).await?;
    for part in sepa(net(FOR_THE_POST)) {
        ensure!(xml.contains(&part), "{part} is not in {xml}");
    }
    let day = agency.day(1)?;
    let csv = exported(agency, "CSV", (&planned.at_once, net(AT_ONCE))).await?;
    let mut lines = csv.lines();
    let head = lines.next().context("an empty file")?;
    ensure!(head == "Reference,Name,IBAN,BIC,Amount,Currency,Execution date,Remittance", "another head: {csv}");
    let row = lines.next().and_then(|line| line.split_once(',')).context("no row")?.1;
    let expected = format!("{INFLUENCER},{IBAN},,{},{CURRENCY},{day},At the beginning", written(net(AT_ONCE)));
    ensure!(row == expected && lines.next().is_none(), "not {expected}: {csv}");
    steps.done(&format!(
        "exported: {} as pain.001.001.09 and {} as CSV, without the tax kept back",
        written(net(FOR_THE_POST)),
        written(net(AT_ONCE))
    ));

    for payment in [&planned.at_once, &planned.for_the_post] {
        let input = json!({ "paymentId": payment, "version": 1, "reference": "Bank 7" });
        let paid = agency.mutate(&agency.lina, "payPayment", "payment { state }", input.clone()).await?;
        ensure!(paid["payment"]["state"] == "PAID", "not paid: {paid}");
        agency.refused(&agency.lina, "payPayment", input, "WRONG_STATE").await?;
    }
    let (line, given) = project.line("INFLUENCERS")?;
    agency.check_line(line, [given, 0, FEE]).await?;
    steps.done(&format!("the bank has paid; the budget's line is charged with all of {} {CURRENCY}", written(FEE)));
    Ok(())
}

/// Asks for a payment, and has it approved. Whoever wrote the account down does not decide.
async fn approve(agency: &Agency, payment: &str, climb: Climb) -> Result<()> {
    let input = json!({ "paymentId": payment, "version": 1 });
    let selection = format!("approvalRequest {{ {REQUEST} }}");
    let asked = agency.mutate(&agency.maya, "submitPayment", &selection, input).await?["approvalRequest"].take();
    let decision = json!({ "requestId": asked["id"], "step": 1 });
    agency.refused(&agency.lina, "approveRequest", decision, "FOUR_EYES").await?;
    agency.climb(&asked, climb, &agency.nour).await
}

/// Exports one payment, and fetches the file.
async fn exported(agency: &Agency, format: &str, (payment, minor): (&str, i64)) -> Result<String> {
    let input =
        json!({ "brandId": agency.brand, "format": format, "executeOn": agency.day(1)?, "paymentIds": [payment] });
    agency.refused(&agency.maya, "exportPayments", input.clone(), "FORBIDDEN").await?;
    let selection = "paymentFile { total { minor currency } sha256 payments { id state } download { url } }";
    let made = agency.mutate(&agency.lina, "exportPayments", selection, input.clone()).await?["paymentFile"].take();
    let total = json!({ "minor": minor, "currency": CURRENCY });
    let payments = json!([{ "id": payment, "state": "EXPORTED" }]);
    ensure!(made["total"] == total && made["payments"] == payments, "not {total}: {made}");
    // No bank gets it twice.
    agency.refused(&agency.lina, "exportPayments", input, "WRONG_STATE").await?;
    let file = agency.fetch(&text(&made["download"]["url"])?, &made["sha256"]).await?;
    Ok(String::from_utf8(file)?)
}

/// What stands in the file for a bank.
fn sepa(minor: i64) -> [String; 6] {
    let amount = written(minor);
    [
        "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"".to_owned(),
        format!("<CtrlSum>{amount}</CtrlSum>"),
        format!("<InstdAmt Ccy=\"{CURRENCY}\">{amount}</InstdAmt>"),
        format!("<Nm>{INFLUENCER}</Nm>"),
        format!("<IBAN>{IBAN}</IBAN>"),
        format!("<IBAN>{PAYER}</IBAN>"),
    ]
}
