//! Contracts through HTTP: written, approved, sent, signed on the page and in the API, fetched, ended; and what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use diwan_testkit::{Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id, nobodys};

mod negotiation;

const CONTRACT: &str = "contract { id state version fee { minor currency } partyName line { id } clauses { heading text } shortened: title
  versions { number title fee { minor } } documents { part state sha256 version } signatures { side name byLink address } signer { id } }";

/// A brand whose budget line has 1000.00 EUR, with the people whom a contract needs.
pub struct Contracts {
    pub app: TestApp,
    pub brand: Uuid,
    pub mid: Person,
    pub senior: Person,
    line: Uuid,
}

impl Contracts {
    pub async fn new() -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let (budget, line, by) = (Uuid::from_u128(1), Uuid::from_u128(2), senior.id);
        app.db
            .run(&format!(
                "insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
                   values ('{budget}', '{brand}', 'Year', '2026-01-01', '2027-12-31', 'EUR', 'OPEN', '{by}', now(), now());
                 insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
                   values ('{line}', '{brand}', '{budget}', 1, 'People', 'INFLUENCERS', now());
                 insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
                   values (gen_random_uuid(), '{brand}', '{budget}', '{line}', 'ALLOCATE', 100000, 'MANUAL', gen_random_uuid(), 'x', now());
                 insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
                   values (gen_random_uuid(), '{brand}', 'SENIOR', 'CONTRACT', 'EUR', 50000, now())"
            ))
            .await?;
        Ok(Self { app, brand, mid, senior, line })
    }

    fn terms(&self) -> Value {
        json!({ "title": "Spring <films>", "partyName": "Sara Karimi", "language": "EN", "feeMinor": 30000, "currency": "EUR",
          "lineId": id("budgetline", self.line), "startsOn": "2026-01-01", "disclosure": "#ad" })
    }

    fn new_contract(&self) -> Value {
        json!({ "brandId": id("brand", self.brand), "kind": "INFLUENCER", "terms": self.terms(),
          "clauses": [{ "heading": "Work & pay", "text": "Two films.\nOne <b>picture</b>." }] })
    }

    async fn mutate(&self, by: &Person, name: &str, selection: &str, input: Value) -> Result<Value> {
        let answer = self.app.client.mutate(&by.token, name, selection, input).await?;
        Ok(answer.get(name).clone())
    }

    async fn refused(&self, by: &Person, name: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let answer = self.app.client.try_mutate(&by.token, name, "userErrors { message }", input.clone()).await?;
        assert_eq!(answer.user_codes(name), [code], "{name} {input}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{name} {input} was refused and left something");
        Ok(())
    }

    /// A contract in this language that was sent; answers its id.
    pub async fn sent(&self, language: &str, title: &str, text: &str) -> Result<String> {
        let mut new = self.new_contract();
        (new["terms"]["language"], new["terms"]["title"]) = (json!(language), json!(title));
        new["clauses"][0]["text"] = json!(text);
        let contract = self.mutate(&self.mid, "createContract", CONTRACT, new).await?["contract"]["id"].clone();
        self.approve(&contract).await?;
        let send = json!({ "contractId": contract, "version": 1, "signerId": id("user", self.senior.id) });
        self.mutate(&self.mid, "sendContract", "document { state }", send).await?;
        self.app.run_jobs().await?;
        Ok(contract.as_str().context("an id")?.to_owned())
    }

    async fn approve(&self, contract: &Value) -> Result<()> {
        let submit = json!({ "contractId": contract, "version": 1 });
        let submitted = self.mutate(&self.mid, "submitContract", "approvalRequest { id }", submit).await?;
        for step in [1, 2] {
            let decision = json!({ "requestId": submitted["approvalRequest"]["id"], "step": step });
            self.mutate(&self.senior, "approveRequest", "request { state }", decision).await?;
        }
        Ok(())
    }

    /// The path of a new link for a side.
    pub async fn path(&self, contract: &str, side: &str) -> Result<String> {
        let input = json!({ "contractId": contract, "side": side });
        let by = if side == "OURS" { &self.senior } else { &self.mid };
        let made = self.mutate(by, "createSigningLink", "url expiresAt", input).await?;
        let url = url::Url::parse(made["url"].as_str().context("an address")?)?;
        Ok(url.path().to_owned())
    }

    async fn read(&self, by: &Person, contract: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Contract {{ {} }} }} }}", inner());
        let answer = self.app.client.gql(&by.token, &query, json!({ "id": contract })).await?.ok()?;
        Ok(answer.get("node").clone())
    }

    async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        Ok(self.app.client.request(Method::POST, path)?.form(form).send().await?)
    }
}

/// What is read of a contract, without the payload around it.
fn inner() -> &'static str {
    CONTRACT.trim_start_matches("contract {").trim_end_matches('}')
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// The digest that the page's form sends.
fn digest(page: &str) -> Result<String> {
    let (_, rest) = page.split_once("name=\"document\" value=\"").context("no form")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_contract_goes_from_its_draft_to_both_signatures() -> Result<()> {
    let desk = Contracts::new().await?;
    let created = desk.mutate(&desk.mid, "createContract", CONTRACT, desk.new_contract()).await?;
    let contract = created["contract"]["id"].as_str().context("an id")?.to_owned();
    assert_eq!(
        (&created["contract"]["state"], &created["contract"]["fee"]),
        (&json!("DRAFT"), &json!({ "minor": 30000, "currency": "EUR" }))
    );
    desk.refused(&desk.mid, "signContract", sign(&contract, "x"), "FORBIDDEN").await?;
    desk.refused(&desk.senior, "signContract", sign(&contract, "x"), "WRONG_STATE").await?;
    let link = json!({ "contractId": contract, "side": "THEIRS" });
    desk.refused(&desk.mid, "createSigningLink", link, "WRONG_STATE").await?;
    desk.approve(&json!(contract)).await?;
    let balance = "select committed from budget_line";
    assert_eq!(desk.app.db.value::<i64>(balance).await?, 30_000);
    let send = json!({ "contractId": contract, "version": 1, "signerId": id("user", desk.senior.id) });
    let mut unfit = send.clone();
    unfit["signerId"] = json!(id("user", desk.mid.id));
    desk.refused(&desk.mid, "sendContract", unfit, "FORBIDDEN").await?;
    desk.mutate(&desk.mid, "sendContract", "document { state part }", send).await?;
    desk.app.run_jobs().await?;
    let seen = desk.read(&desk.mid, &contract).await?;
    assert_eq!((&seen["state"], &seen["documents"][0]["state"]), (&json!("SENT"), &json!("READY")));
    let hash = seen["documents"][0]["sha256"].as_str().context("a digest")?.to_owned();

    let path = desk.path(&contract, "THEIRS").await?;
    let before = fingerprint(&desk.app).await?;
    let answer = desk.app.client.get(&path).await?;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    assert_eq!(
        (answer.header("cache-control"), answer.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    let page = text(&answer);
    assert!(page.contains("Spring &lt;films&gt;") && page.contains("One &lt;b&gt;picture&lt;/b&gt;."), "{page}");
    assert!(page.contains("300.00 EUR") && !page.contains("<script") && !page.contains("sign-"), "{page}");
    assert_eq!(digest(&page)?, hash);
    let file = desk.app.client.get(&format!("{path}/document")).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(
        data_encoding::HEXLOWER.encode(&diwan_platform::crypto::sha256(&file.body)),
        hash,
        "what is signed is what is shown"
    );
    assert_eq!(fingerprint(&desk.app).await?, before, "looking is no act");
    let forms: [(&[(&str, &str)], u16); 4] = [
        (&[("act", "sign"), ("name", " "), ("document", &hash)], 422),
        (&[("act", "sign"), ("name", "Sara"), ("document", "00")], 409),
        (&[("act", "decline"), ("reason", ""), ("document", &hash)], 422),
        (&[("act", "paint")], 400),
    ];
    for (form, status) in forms {
        let refused = desk.send(&path, form).await?;
        assert_eq!(refused.status, status, "{form:?}: {}", text(&refused));
        assert_eq!(fingerprint(&desk.app).await?, before, "{form:?} was refused and left something");
    }
    for _ in 0..2 {
        let signed = desk.send(&path, &[("act", "sign"), ("name", "Sara <Karimi>"), ("document", &hash)]).await?;
        assert_eq!(
            (signed.status.as_u16(), signed.header("location")),
            (303, Some(path.as_str())),
            "{}",
            text(&signed)
        );
    }
    let page = text(&desk.app.client.get(&path).await?);
    assert!(page.contains("The other side has not yet") && !page.contains("<form"), "{page}");
    desk.refused(&desk.senior, "signContract", sign(&contract, "00"), "CHANGED_MEANWHILE").await?;
    let signed = desk.mutate(&desk.senior, "signContract", CONTRACT, sign(&contract, &hash)).await?;
    assert_eq!(signed["contract"]["state"], "SIGNED");
    desk.app.run_jobs().await?;
    let seen = desk.read(&desk.mid, &contract).await?;
    assert_eq!(seen["state"], "ACTIVE");
    let signatures: Vec<_> = seen["signatures"]
        .as_array()
        .context("two")?
        .iter()
        .map(|one| (&one["side"], &one["name"], &one["byLink"]))
        .collect();
    assert_eq!(
        signatures,
        [
            (&json!("THEIRS"), &json!("Sara <Karimi>"), &json!(true)),
            (&json!("OURS"), &json!("Sami Senior"), &json!(false))
        ]
    );
    let downloads =
        "query($id: ID!) { node(id: $id) { ... on Contract { documents { part download { url expiresAt } } } } }";
    let answer = desk.app.client.gql(&desk.mid.token, downloads, json!({ "id": contract })).await?.ok()?;
    let newest = answer.get("node.documents.0");
    assert_eq!(newest["part"], "SIGNED");
    let url = newest["download"]["url"].as_str().context("an address")?;
    let file = desk.app.client.get(url).await?;
    assert!(file.status == 200 && file.body.starts_with(b"%PDF-"), "{}", file.status);
    assert_eq!(desk.app.client.get("/contracts/nothing").await?.status, 404);
    Ok(())
}

fn sign(contract: &str, hash: &str) -> Value {
    json!({ "contractId": contract, "name": "Sami Senior", "documentSha256": hash })
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_place_and_leaves_nothing() -> Result<()> {
    let desk = Contracts::new().await?;
    for (change, code) in [
        (json!({ "title": " " }), "INVALID"),
        (json!({ "partyName": "x".repeat(201) }), "TOO_LONG"),
        (json!({ "partyEmail": "sara at example" }), "INVALID"),
        (json!({ "feeMinor": -1 }), "INVALID"),
        (json!({ "currency": "USD" }), "CURRENCY_DIFFERS"),
        (json!({ "lineId": nobodys("budgetline") }), "NOT_FOUND"),
        (json!({ "campaignId": nobodys("campaign") }), "NOT_FOUND"),
        (json!({ "influencerId": nobodys("influencer") }), "NOT_FOUND"),
        (json!({ "endsOn": "2025-12-31" }), "INVALID"),
        (json!({ "usageUntil": "2027-01-01" }), "INVALID"),
        (json!({ "remindDays": 366 }), "INVALID"),
    ] {
        let mut new = desk.new_contract();
        for (name, value) in change.as_object().into_iter().flatten() {
            new["terms"][name] = value.clone();
        }
        desk.refused(&desk.mid, "createContract", new, code).await?;
    }
    let mut hole = desk.new_contract();
    (hole["clauses"], hole["templateId"]) = (json!([]), json!(nobodys("contracttemplate")));
    desk.refused(&desk.mid, "createContract", hole, "NOT_FOUND").await?;
    let template = json!({ "brandId": id("brand", desk.brand), "kind": "INFLUENCER",
      "template": { "name": "Films", "language": "EN", "clauses": [{ "text": "{{party_name} makes {{ 1 }}" }] } });
    let before = fingerprint(&desk.app).await?;
    let answer =
        desk.app.client.try_mutate(&desk.senior.token, "createContractTemplate", "template { id }", template).await?;
    assert_eq!(answer.user_codes("createContractTemplate"), ["VARIABLE_NOT_CLOSED", "VARIABLE_NAME_BAD"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    let created = desk.mutate(&desk.mid, "createContract", CONTRACT, desk.new_contract()).await?;
    let contract = created["contract"]["id"].clone();
    let mut stale = json!({ "contractId": contract, "version": 2, "terms": desk.terms(), "clauses": [] });
    desk.refused(&desk.mid, "updateContract", stale.clone(), "CHANGED_MEANWHILE").await?;
    stale["version"] = json!(1);
    let updated = desk.mutate(&desk.mid, "updateContract", CONTRACT, stale).await?;
    assert_eq!(updated["contract"]["versions"].as_array().map(Vec::len), Some(2));
    let query = "query($id: ID!) { node(id: $id) { ... on Contract { changes(from: 1, to: 2) {
      terms { term } clauses { before now text { kind text } } } } } }";
    let changes = desk.app.client.gql(&desk.mid.token, query, json!({ "id": contract })).await?.ok()?;
    let clause = changes.get("node.changes.clauses.0");
    assert_eq!(
        (&clause["before"], &clause["now"], &clause["text"][0]["kind"]),
        (&json!(1), &Value::Null, &json!("REMOVED"))
    );
    Ok(())
}

#[tokio::test]
async fn a_change_ends_links_and_strangers_open_nothing() -> Result<()> {
    let desk = Contracts::new().await?;
    let contract = desk.sent("EN", "Spring", "Two films.").await?;
    let first = desk.path(&contract, "THEIRS").await?;
    let second = desk.path(&contract, "THEIRS").await?;
    assert_eq!(desk.app.client.get(&first).await?.status, 410, "a new link ends the one before");
    for other in [second.replace("/sign/", "/proposal/"), "/sign/dwl_x".to_owned(), format!("{second}/other")] {
        assert_eq!(desk.app.client.get(&other).await?.status, 404, "{other}");
    }
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let foreign = desk.app.person(UserKind::Staff, None).await?;
    for (by, code) in [(&junior, "FORBIDDEN"), (&client, "NOT_FOUND"), (&foreign, "NOT_FOUND")] {
        assert_eq!(desk.read(by, &contract).await?, Value::Null, "{code}");
        let update = json!({ "contractId": contract, "version": 1, "terms": desk.terms(), "clauses": [] });
        desk.refused(by, "updateContract", update, code).await?;
        desk.refused(by, "terminateContract", json!({ "contractId": contract, "reason": "x" }), code).await?;
    }
    let change = json!({ "contractId": contract, "version": 1, "terms": desk.terms(),
      "clauses": [{ "text": "Three films." }] });
    desk.mutate(&desk.mid, "updateContract", CONTRACT, change).await?;
    let ended = desk.app.client.get(&second).await?;
    assert_eq!(ended.status, 410);
    assert!(text(&ended).contains("The team has ended it"), "{}", text(&ended));
    let late = desk.send(&second, &[("act", "sign"), ("name", "Sara"), ("document", "00")]).await?;
    assert_eq!(late.status, 410);
    assert_eq!(desk.app.db.count("contract_signature").await?, 0);
    assert_eq!(desk.app.db.value::<i64>("select committed from budget_line").await?, 0);
    Ok(())
}
