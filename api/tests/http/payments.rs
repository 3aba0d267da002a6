//! Deliverables, payments and hours through HTTP: from what is handed in on a page to the file for the bank, and who sees which amount.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use diwan_testkit::{Person, Signed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{Desk, fingerprint, id};
use crate::strategy::refused;

/// A brand with a contract over 500.00 EUR that is signed and committed, and whose posts must say `#ad`; a SENIOR who sees to it.
struct Agreed {
    desk: Desk,
    contract: Uuid,
    chief: Person,
}

fn account(iban: &str) -> Value {
    json!({ "name": "Lina Müller", "iban": iban, "bic": "COBADEFFXXX" })
}

const IBAN: &str = "DE89 3704 0044 0532 0130 00";

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

impl Agreed {
    async fn new(person: Option<Uuid>, app: Desk) -> Result<Self> {
        let mut desk = app;
        desk.app.leave_jobs();
        let chief = desk.app.chief().await?;
        let line = desk.app.budget_line(desk.brand, chief.id, 1_000_000).await?;
        let new = Signed { line, fee: 50_000, committed: true, person, disclosure: "#ad" };
        let contract = desk.app.signed_contract(desk.brand, chief.id, new).await?;
        Ok(Self { desk, contract, chief })
    }

    fn contract(&self) -> String {
        id("contract", self.contract)
    }

    async fn deliverable(&self) -> Result<String> {
        let said = json!({ "title": "A post", "brief": "Something true", "kind": "POST", "dueOn": "2027-03-01" });
        let input = json!({ "contractId": self.contract(), "deliverable": said });
        self.desk
            .mutate("createDeliverable", "deliverable { id }", input)
            .await?
            .text("createDeliverable.deliverable.id")
    }

    /// As the CMO.
    async fn chief(&self, name: &str, selection: &str, input: Value) -> Result<Value> {
        let done = self.desk.app.client.mutate(&self.chief.token, name, selection, input).await?;
        Ok(done.get(name).clone())
    }

    async fn payment(&self, payment: &str, fields: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Payment {{ {fields} }} }} }}");
        let found = self.desk.app.client.gql(&self.desk.person.token, &query, json!({ "id": payment })).await?.ok()?;
        Ok(found.get("node").clone())
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
async fn what_is_handed_in_on_the_page_is_paid_by_a_file() -> Result<()> {
    let agreed = Agreed::new(None, Desk::new(Level::Senior).await?).await?;
    let (desk, brand) = (&agreed.desk, id("brand", agreed.desk.brand));
    let post = agreed.deliverable().await?;
    let payee = |iban: &str| {
        json!({ "contractId": agreed.contract(),
        "payee": { "account": account(iban), "taxForm": "RECEIVED", "withholdingBasisPoints": 1500 } })
    };
    refused(
        desk,
        "setContractPayee",
        "payee { account }",
        payee("DE88 3704 0044 0532 0130 00"),
        "IBAN_INVALID",
        "payee.account.iban",
    )
    .await?;
    let named = agreed.chief("setContractPayee", "payee { account taxForm version }", payee(IBAN)).await?;
    assert_eq!(named["payee"], json!({ "account": "DE** **** 3000", "taxForm": "RECEIVED", "version": 1 }));

    let plan = |minor: i64| {
        json!({ "contractId": agreed.contract(),
        "payment": { "title": "The post", "deliverableId": post, "amountMinor": minor } })
    };
    refused(desk, "createPayment", "payment { id }", plan(50_001), "FEE_EXCEEDED", "payment.amountMinor").await?;
    let made = "payment { id version state blockedBy amount { minor currency } withheld { minor } net { minor } }";
    let made = desk.mutate("createPayment", made, plan(50_000)).await?;
    let made = made.get("createPayment.payment").clone();
    assert_eq!((&made["state"], &made["blockedBy"]), (&json!("BLOCKED"), &json!(["NOT_ACCEPTED"])));
    assert_eq!(made["net"]["minor"], json!(42_500));
    let payment = made["id"].as_str().context("an id")?.to_owned();
    let this = json!({ "paymentId": payment, "version": 1 });
    refused(desk, "submitPayment", "payment { id }", this.clone(), "PAYMENT_BLOCKED", "paymentId").await?;

    // The other side opens the page, sends nonsense, then an address.
    let link =
        desk.mutate("createDeliverableLink", "url expiresAt", json!({ "deliverableId": post, "version": 1 })).await?;
    let path = url::Url::parse(&link.text("createDeliverableLink.url")?)?.path().to_owned();
    let page = desk.app.client.get(&path).await?;
    let shown = text(&page);
    assert_eq!(page.status, 200, "{shown}");
    for part in ["Something true", "#ad", "Studio", "1 March 2027"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(!shown.contains("500.00") && !shown.contains("50000"), "an amount on the page: {shown}");
    let send = async |form: &[(&str, &str)]| -> Result<Response> {
        Ok(desk.app.client.request(Method::POST, &path)?.form(form).send().await?)
    };
    let before = fingerprint(&desk.app).await?;
    let wrong = send(&[("version", "1"), ("link", "javascript:alert(1)"), ("note", "<b>Hi</b>")]).await?;
    assert_eq!(wrong.status, 422);
    assert!(text(&wrong).contains("&lt;b&gt;Hi&lt;/b&gt;"), "{}", text(&wrong));
    assert_eq!(fingerprint(&desk.app).await?, before);
    let address = [("version", "1"), ("link", "https://example.com/post/1"), ("note", "Here")];
    assert_eq!(send(&address).await?.status, 303);
    // Sent again, it counts once.
    assert_eq!(send(&address).await?.status, 409);
    assert_eq!(desk.app.client.get("/deliverable/dwl_nobodys").await?.status, 404);

    // Nobody has looked; the product cannot reach the page here. Somebody else says what they see.
    let accept = json!({ "deliverableId": post, "version": 2 });
    refused(desk, "acceptDeliverable", "deliverable { id }", accept.clone(), "NOT_FOUND_PUBLISHED", "deliverableId")
        .await?;
    for kind in ["PUBLISHED", "DISCLOSED"] {
        let found = json!({ "deliverableId": post, "kind": kind, "outcome": "PASSED", "note": "Seen" });
        // Whoever was shown the link does not say so.
        refused(desk, "recordDeliverableCheck", "check { kind }", found.clone(), "FOUR_EYES", "").await?;
        agreed.chief("recordDeliverableCheck", "check { kind outcome checkedBy { id } }", found).await?;
    }
    let accepted = "deliverable { state link submittedByLink checks { kind outcome detail } }";
    let accepted = desk.mutate("acceptDeliverable", accepted, accept).await?;
    assert_eq!(accepted.get("acceptDeliverable.deliverable.state"), &json!("ACCEPTED"));
    assert!(text(&desk.app.client.get(&path).await?).contains("accepted"));

    assert_eq!(agreed.payment(&payment, "state blockedBy").await?, json!({ "state": "DUE", "blockedBy": [] }));
    // Who planned it and who wrote the account down cannot decide about it: somebody else must be there.
    refused(desk, "submitPayment", "payment { id }", this.clone(), "NOBODY_CAN_APPROVE", "").await?;
    let other = desk.app.chief().await?;
    let asked = "payment { state } approvalRequest { id kind amount { minor } subject { ... on Payment { id } } }";
    let asked = desk.mutate("submitPayment", asked, this).await?;
    let asked = asked.get("submitPayment").clone();
    assert_eq!(asked["approvalRequest"]["kind"], json!("PAYMENT"));
    assert_eq!(asked["approvalRequest"]["subject"]["id"], json!(payment));
    let request = asked["approvalRequest"]["id"].as_str().context("an id")?.to_owned();
    for person in [&desk.person, &agreed.chief] {
        let tried = json!({ "requestId": request, "step": 1 });
        let tried = desk.app.client.try_mutate(&person.token, "approveRequest", "request { id }", tried).await?;
        assert_eq!(tried.user_codes("approveRequest"), ["FOUR_EYES"]);
    }
    for step in [1, 2] {
        let approve = json!({ "requestId": request, "step": step });
        desk.app.client.mutate(&other.token, "approveRequest", "request { state }", approve).await?;
    }

    let export = |format: &str| json!({ "brandId": brand, "format": format, "executeOn": "2027-06-01", "paymentIds": [payment] });
    refused(desk, "exportPayments", "paymentFile { id }", export("SEPA"), "PAYER_MISSING", "").await?;
    let payer = json!({ "brandId": brand, "account": { "name": "Nour Agency", "iban": "NL91ABNA0417164300" } });
    desk.mutate("setBrandPayer", "payer { account version }", payer).await?;
    let selection = "paymentFile { id state total { minor currency } payments { id state } download { url } }";
    let made = desk.mutate("exportPayments", selection, export("SEPA")).await?;
    let file = made.get("exportPayments.paymentFile").clone();
    assert_eq!(file["total"], json!({ "minor": 42_500, "currency": "EUR" }));
    assert_eq!(file["payments"], json!([{ "id": payment, "state": "EXPORTED" }]));
    refused(desk, "exportPayments", "paymentFile { id }", export("CSV"), "WRONG_STATE", "paymentIds.0").await?;
    let url = file["download"]["url"].as_str().context("a link")?;
    let sent = desk.app.client.get(url).await?;
    assert_eq!((sent.status.as_u16(), sent.header("cache-control")), (200, Some("private, no-store")));
    assert!(sent.header("content-disposition").is_some_and(|value| value.ends_with(".xml\"")));
    let xml = text(&sent);
    for part in [
        "<CtrlSum>425.00</CtrlSum>",
        "<Nm>Lina Muller</Nm>",
        "<IBAN>DE89370400440532013000</IBAN>",
        "<BICFI>COBADEFFXXX</BICFI>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    let spoilt = url.replace("/payment-files/", "/exports/");
    assert_eq!(desk.app.client.get(&spoilt).await?.status, 404);

    let pay = json!({ "paymentId": payment, "version": 1, "reference": "SEPA 7" });
    let paid = "payment { state reference paidBy { id } entry { kind amount { minor } drawn { minor } } }";
    let paid = desk.mutate("payPayment", paid, pay.clone()).await?;
    let paid = paid.get("payPayment.payment").clone();
    assert_eq!((&paid["state"], &paid["reference"]), (&json!("PAID"), &json!("SEPA 7")));
    assert_eq!(paid["entry"], json!({ "kind": "SPEND", "amount": { "minor": 50_000 }, "drawn": { "minor": 50_000 } }));
    let again = desk.try_mutate("payPayment", "payment { id }", pay).await?;
    assert_eq!(again.user_codes("payPayment").first().map(String::as_str), Some("CHANGED_MEANWHILE"));
    Ok(())
}

#[tokio::test]
async fn nobody_sees_an_amount_or_an_account_that_is_not_theirs() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let worker = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let agreed = Agreed::new(Some(worker.id), desk).await?;
    let (desk, brand) = (&agreed.desk, id("brand", agreed.desk.brand));
    let payee = json!({ "contractId": agreed.contract(), "payee": { "account": account(IBAN), "taxForm": "MISSING" } });
    agreed.chief("setContractPayee", "payee { account }", payee).await?;
    let said = json!({ "title": "At the beginning", "dueOn": "2026-01-01", "amountMinor": 10_000 });
    let made = desk
        .mutate("createPayment", "payment { id }", json!({ "contractId": agreed.contract(), "payment": said }))
        .await?;
    let payment = made.text("createPayment.payment.id")?;
    let lists = [
        "payments(brandId: $id, first: 5) { nodes { id amount { minor } payee { account } blockedBy entry { id } } }",
        "paymentFiles(brandId: $id, first: 5) { nodes { id } }",
        "brandPayer(brandId: $id) { account }",
        "timeEntries(brandId: $id, first: 5) { nodes { id } }",
        "deliverables(brandId: $id, first: 5) { nodes { id } }",
    ];
    let other = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let before = fingerprint(&desk.app).await?;
    for (who, person, may) in [
        ("their own", &worker, [true, false, false, true, true]),
        ("another freelancer", &other, [true, false, false, true, true]),
        ("a junior", &junior, [false, false, false, true, true]),
        ("a client", &client, [false, false, false, false, false]),
    ] {
        for (list, may) in lists.iter().zip(may) {
            let query = format!("query($id: ID!) {{ {list} }}");
            let answer = desk.app.client.gql(&person.token, &query, json!({ "id": brand })).await?;
            assert_eq!(answer.code() == "FORBIDDEN", !may, "{who}: {list}: {}", answer.body);
            if may && list.starts_with("payments") {
                let own = json!([{ "id": payment, "amount": { "minor": 10_000 }, "payee": null, "blockedBy": null, "entry": null }]);
                let expected = if who == "their own" { own } else { json!([]) };
                assert_eq!(answer.get("payments.nodes"), &expected, "{who}");
            }
        }
        let this = json!({ "paymentId": payment, "version": 1 });
        for mutation in ["submitPayment", "recallPayment", "payPayment"] {
            let tried = desk.app.client.try_mutate(&person.token, mutation, "payment { id }", this.clone()).await?;
            let code = tried.user_codes(mutation).first().cloned().unwrap_or_default();
            assert!(["FORBIDDEN", "NOT_FOUND"].contains(&code.as_str()), "{who}: {mutation}: {}", tried.body);
        }
        assert_eq!(fingerprint(&desk.app).await?, before, "{who} left something");
    }
    Ok(())
}

#[tokio::test]
async fn a_freelancers_hours_are_accepted_by_somebody_else_and_paid() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let worker = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let agreed = Agreed::new(Some(worker.id), desk).await?;
    let (desk, brand) = (&agreed.desk, id("brand", agreed.desk.brand));
    let rate = json!({ "brandId": brand, "personId": id("user", worker.id), "contractId": agreed.contract(),
        "minorPerHour": 4_000, "currency": "EUR", "startsOn": "2026-01-01" });
    desk.mutate("setWorkRate", "workRate { perHour { minor } }", rate.clone()).await?;
    let dollars = |mut rate: Value| {
        rate["currency"] = json!("USD");
        rate
    };
    refused(desk, "setWorkRate", "workRate { startsOn }", dollars(rate), "CURRENCY_DIFFERS", "currency").await?;
    let hours = |minutes: i32| {
        json!({ "brandId": brand,
        "hours": { "workedOn": "2026-03-02", "minutes": minutes, "note": "Cutting", "contractId": agreed.contract() } })
    };
    let log = async |minutes: i32| {
        desk.app.client.try_mutate(&worker.token, "logHours", "timeEntry { id state }", hours(minutes)).await
    };
    assert_eq!(log(0).await?.user_codes("logHours"), ["INVALID"]);
    let made = log(150).await?.ok()?;
    let entry = made.text("logHours.timeEntry.id")?;
    let back = json!({ "timeEntryId": entry, "version": 1, "reason": "For which film?" });
    desk.mutate("sendHoursBack", "timeEntry { state reason }", back).await?;
    let anew = json!({ "timeEntryId": entry, "version": 2, "hours": { "workedOn": "2026-03-02", "minutes": 120, "note": "The first film",
        "contractId": agreed.contract() } });
    let anew = desk.app.client.mutate(&worker.token, "updateHours", "timeEntry { state version }", anew).await?;
    assert_eq!(anew.get("updateHours.timeEntry"), &json!({ "state": "SUBMITTED", "version": 3 }));
    let accept = json!({ "brandId": brand, "timeEntryIds": [entry] });
    let accepted = desk.mutate("acceptHours", "timeEntries { state fee { minor currency } }", accept).await?;
    let fee = json!([{ "state": "ACCEPTED", "fee": { "minor": 8_000, "currency": "EUR" } }]);
    assert_eq!(accepted.get("acceptHours.timeEntries"), &fee);
    let pay = json!({ "contractId": agreed.contract(), "title": "March", "timeEntryIds": [entry] });
    let paid = desk.mutate("payHours", "payment { id milestone state amount { minor } }", pay.clone()).await?;
    let paid = paid.get("payHours.payment").clone();
    assert_eq!((&paid["milestone"], &paid["state"]), (&json!("HOURS"), &json!("DUE")));
    refused(desk, "payHours", "payment { id }", pay, "ALREADY_EXISTS", "timeEntryIds.0").await?;
    // They see their own hours and what these bring.
    let query = "query($id: ID!) { timeEntries(brandId: $id, first: 5) { nodes { fee { minor } payment { amount { minor } } rate { perHour { minor } } } } }";
    let seen = desk.app.client.gql(&worker.token, query, json!({ "id": brand })).await?.ok()?;
    let own = json!([{ "fee": { "minor": 8_000 }, "payment": { "amount": { "minor": 8_000 } }, "rate": { "perHour": { "minor": 4_000 } } }]);
    assert_eq!(seen.get("timeEntries.nodes"), &own);
    Ok(())
}
