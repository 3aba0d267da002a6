//! Proposals through HTTP: written, reviewed, sent, read and accepted on the page; who sees which of it; what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use diwan_testkit::Person;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::strategy::refused;

mod paper;

const PROPOSAL: &str = "proposal { id version state }";

/// A desk of a SENIOR, and a CMO who reviews.
pub struct Offers {
    pub desk: Desk,
    pub chief: Person,
}

/// Films in this currency and language, a print that the client may leave, and a campaign.
pub fn said(currency: &str, locale: &str) -> Value {
    json!({
        "title": "A spring with films", "locale": locale, "currency": currency, "validUntil": "2037-03-31",
        "sections": [{ "heading": "Why <films>", "body": "They are liked.\nMore." }],
        "scope": [{ "level": 1, "title": "Films" }, { "level": 2, "title": "Scripts" }],
        "lines": [
            { "name": "Films", "detail": "In two languages", "category": "PRODUCTION", "quantity": "2.5", "unit": "day",
              "unitPriceMinor": 33_333, "discountBp": 1000, "taxBp": 1900 },
            { "name": "Print", "category": "PRODUCTION", "quantity": "1", "unitPriceMinor": 1_001, "taxBp": 500, "optional": true },
        ],
        "terms": "Thirty days.",
        "project": { "name": "Films internal", "title": "Films", "startsOn": "2037-04-01", "endsOn": "2037-06-30" },
        "campaigns": [{ "name": "Nowruz", "startsOn": "2037-04-01", "endsOn": "2037-04-30", "plannedMinor": 777_000 }],
    })
}

impl Offers {
    pub async fn new() -> Result<Self> {
        let mut desk = Desk::new(Level::Senior).await?;
        desk.app.leave_jobs();
        let chief = desk.app.chief().await?;
        Ok(Self { desk, chief })
    }

    async fn by_chief(&self, name: &str, selection: &str, input: Value) -> Result<diwan_testkit::client::Answer> {
        self.desk.app.client.mutate(&self.chief.token, name, selection, input).await
    }

    /// A draft of this.
    pub async fn draft(&self, said: Value) -> Result<String> {
        let input = json!({ "brandId": id("brand", self.desk.brand), "proposal": said });
        self.desk.mutate("createProposal", PROPOSAL, input).await?.text("createProposal.proposal.id")
    }

    /// Has it reviewed and sends it; answers the path of the page.
    pub async fn send(&self, proposal: &str) -> Result<String> {
        let step = json!({ "proposalId": proposal, "version": 1 });
        let asked = self.desk.mutate("submitProposal", "request { id kind amount { minor currency } }", step).await?;
        let request = asked.text("submitProposal.request.id")?;
        for step in 1..=2 {
            self.by_chief("approveRequest", "request { state }", json!({ "requestId": request, "step": step })).await?;
        }
        let input =
            json!({ "proposalId": proposal, "version": 1, "clientName": "Amal", "clientEmail": "Amal@nour.example" });
        let sent = self.desk.mutate("sendProposal", "proposal { state clientEmail } url", input).await?;
        assert_eq!(sent.get("sendProposal.proposal"), &json!({ "state": "SENT", "clientEmail": "amal@nour.example" }));
        Ok(url::Url::parse(&sent.text("sendProposal.url")?)?.path().to_owned())
    }

    async fn read(&self, who: &Person, proposal: &str, fields: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Proposal {{ {fields} }} }} }}");
        let answer = self.desk.app.client.gql(&who.token, &query, json!({ "id": proposal })).await?.ok()?;
        Ok(answer.get("node").clone())
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        Ok(self.desk.app.client.request(Method::POST, path)?.form(form).send().await?)
    }
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// A hidden field of the last form.
fn hidden(page: &str, name: &str) -> Result<String> {
    let (_, rest) = page.rsplit_once(&format!("name=\"{name}\" value=\"")).with_context(|| format!("no {name}"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_proposal_is_read_and_accepted_on_its_page() -> Result<()> {
    let offers = Offers::new().await?;
    let proposal = offers.draft(said("EUR", "EN")).await?;
    let path = offers.send(&proposal).await?;
    offers.desk.app.run_jobs().await?;
    let opened = offers.desk.app.client.get(&path).await?;
    assert_eq!((opened.status.as_u16(), opened.header("cache-control")), (200, Some("no-store")));
    let page = text(&opened);
    for shown in ["Why &lt;films&gt;", "749.99", "142.50", "892.49", "Thirty days.", "1.1", "Print", "Films: "] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for kept in ["Films internal", "7,770.00", "PRODUCTION", "<script"] {
        assert!(!page.contains(kept), "{kept}: {page}");
    }
    let seen = offers.read(&offers.desk.person, &proposal, "state viewedAt").await?;
    assert_eq!(seen["state"], "VIEWED");
    let file = offers.desk.app.client.get(&format!("{path}/file")).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));

    let (once, digest) = (hidden(&page, "once")?, hidden(&page, "digest")?);
    let about = [("once", once.as_str()), ("digest", digest.as_str())];
    let form = |more: &[(&'static str, &'static str)]| [about.as_slice(), more].concat();
    let before = fingerprint(&offers.desk.app).await?;
    for (more, status) in [
        (form(&[("act", "accept"), ("name", " ")]), 422),
        (form(&[("act", "accept"), ("name", "Amal"), ("option", "019d0000-0000-7000-8000-000000000000")]), 422),
        (form(&[("act", "accept"), ("name", "Amal"), ("option", "x")]), 400),
        (form(&[("act", "decline"), ("reason", "")]), 422),
        (form(&[("act", "comment"), ("comment", "\n")]), 422),
        (form(&[("act", "paint")]), 400),
        (vec![("act", "accept"), ("name", "Amal"), ("digest", "another"), ("once", once.as_str())], 409),
    ] {
        let answer = offers.post(&path, &more).await?;
        assert_eq!(answer.status, status, "{more:?}: {}", text(&answer));
        assert_eq!(fingerprint(&offers.desk.app).await?, before, "{more:?} left something");
    }
    for _ in 0..2 {
        let asked = offers.post(&path, &form(&[("act", "comment"), ("comment", "How long?")])).await?;
        assert_eq!(asked.status, 303);
    }
    let said = offers.read(&offers.desk.person, &proposal, "comments { body byClient authorName }").await?;
    assert_eq!(said["comments"], json!([{ "body": "How long?", "byClient": true, "authorName": "Amal" }]));
    let reply = json!({ "proposalId": proposal, "comment": "Two weeks" });
    offers.desk.mutate("commentOnProposal", "comment { byClient }", reply).await?;
    assert!(text(&offers.desk.app.client.get(&path).await?).contains("Two weeks"));

    let print: String = offers.desk.app.db.value("select id::text from proposal_line where optional").await?;
    let yes = [about.as_slice(), &[("act", "accept"), ("name", "Amal Haddad"), ("option", print.as_str())]].concat();
    for _ in 0..2 {
        assert_eq!(offers.post(&path, &yes).await?.status, 303);
    }
    let page = text(&offers.desk.app.client.get(&path).await?);
    assert!(page.contains("Amal Haddad accepted this") && page.contains("760.00"), "{page}");
    let fields =
        "state acceptance { signerName documentSha256 optionsTaken net { minor } tax { minor } gross { minor currency }
        project { title state workItems { number title } campaigns { name } budget { lines { category } } } }";
    let accepted = offers.read(&offers.desk.person, &proposal, fields).await?;
    let signed = &accepted["acceptance"];
    assert_eq!((&accepted["state"], &signed["signerName"]), (&json!("ACCEPTED"), &json!("Amal Haddad")));
    assert_eq!(signed["net"]["minor"], 76_000);
    assert_eq!(signed["gross"], json!({ "minor": 90_300, "currency": "EUR" }));
    let project = json!({ "title": "Films", "state": "OPEN",
        "workItems": [{ "number": "1", "title": "Films" }, { "number": "1.1", "title": "Scripts" }],
        "campaigns": [{ "name": "Nowruz" }], "budget": { "lines": [{ "category": "PRODUCTION" }] } });
    assert_eq!(signed["project"], project);
    // Nothing of it is said otherwise any more.
    let change = json!({ "proposalId": proposal, "version": 1, "proposal": crate::proposals::said("EUR", "EN") });
    refused(&offers.desk, "updateProposal", PROPOSAL, change, "WRONG_STATE", "proposalId").await?;
    let step = json!({ "proposalId": proposal, "version": 1 });
    refused(&offers.desk, "withdrawProposal", PROPOSAL, step, "WRONG_STATE", "proposalId").await
}

#[tokio::test]
async fn a_proposal_that_is_asked_after_by_head_was_not_seen() -> Result<()> {
    let offers = Offers::new().await?;
    let proposal = offers.draft(said("EUR", "EN")).await?;
    let path = offers.send(&proposal).await?;
    offers.desk.app.run_jobs().await?;
    let head = offers.desk.app.client.request(Method::HEAD, &path)?.send().await?;
    assert_eq!(head.status, 405);
    let unseen = offers.read(&offers.desk.person, &proposal, "state viewedAt").await?;
    assert_eq!(unseen, json!({ "state": "SENT", "viewedAt": null }));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_changes_nothing() -> Result<()> {
    let offers = Offers::new().await?;
    let desk = &offers.desk;
    let line = json!({ "name": "Films", "category": "ADS", "quantity": "1", "unitPriceMinor": 100, "taxBp": 0 });
    let with = |path: &str, value: Value| {
        let mut all = said("EUR", "EN");
        if let Some(place) = all.pointer_mut(path) {
            *place = value;
        }
        json!({ "brandId": id("brand", desk.brand), "proposal": all })
    };
    let of_line = |field: &str, value: Value| {
        let mut changed = line.clone();
        changed[field] = value;
        with("/lines", json!([changed]))
    };
    for (input, code, field) in [
        (with("/title", json!(" ")), "INVALID", "proposal.title"),
        (with("/currency", json!("EURO")), "UNKNOWN_CURRENCY", "proposal.currency"),
        (with("/scope", json!([{ "level": 2, "title": "Scripts" }])), "INVALID", "proposal.scope.0.level"),
        (with("/project/endsOn", json!("2037-03-31")), "INVALID", "proposal.project.endsOn"),
        (with("/campaigns/0/plannedMinor", json!(-1)), "INVALID", "proposal.campaigns.0.plannedMinor"),
        (of_line("quantity", json!("0")), "INVALID", "proposal.lines.0.quantity"),
        (of_line("quantity", json!("1.0001")), "INVALID", "proposal.lines.0.quantity"),
        (of_line("quantity", json!("-1")), "INVALID", "proposal.lines.0.quantity"),
        (of_line("unitPriceMinor", json!(-1)), "INVALID", "proposal.lines.0.unitPriceMinor"),
        (of_line("taxBp", json!(10_001)), "INVALID", "proposal.lines.0.taxBp"),
        (of_line("discountBp", json!(10_001)), "INVALID", "proposal.lines.0.discountBp"),
        (of_line("discountMinor", json!(101)), "INVALID", "proposal.lines.0.discountMinor"),
    ] {
        refused(desk, "createProposal", PROPOSAL, input, code, field).await?;
    }
    let foreign = json!({ "brandId": nobodys("brand"), "proposal": said("EUR", "EN") });
    let answer = desk.try_mutate("createProposal", PROPOSAL, foreign).await?;
    assert_eq!(answer.user_codes("createProposal"), ["NOT_FOUND"]);
    let proposal = offers.draft(said("KWD", "EN")).await?;
    let send = json!({ "proposalId": proposal, "version": 1, "clientName": "Amal" });
    refused(desk, "sendProposal", PROPOSAL, send, "WRONG_STATE", "proposalId").await?;
    let fields = "content { totals { net { minor currency } tax { minor } } totalsWithOptions { gross { minor } } lines { quantity } }";
    let seen = offers.read(&desk.person, &proposal, fields).await?;
    assert_eq!(seen["content"]["totals"]["net"], json!({ "minor": 74_999, "currency": "KWD" }));
    assert_eq!(seen["content"]["totalsWithOptions"]["gross"]["minor"], 74_999 + 14_250 + 1_001 + 50);
    assert_eq!(seen["content"]["lines"][0]["quantity"], "2.5");
    Ok(())
}

#[tokio::test]
async fn clients_see_what_they_were_sent_and_others_see_nothing() -> Result<()> {
    let offers = Offers::new().await?;
    let desk = &offers.desk;
    let draft = offers.draft(said("EUR", "EN")).await?;
    let sent = offers.draft(said("EUR", "EN")).await?;
    let path = offers.send(&sent).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let freelancer = desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let mid = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    for person in [&freelancer, &junior] {
        assert_eq!(offers.read(person, &sent, "title").await?, Value::Null);
    }
    assert_eq!(offers.read(&client, &draft, "title").await?, Value::Null);
    let fields = "title reviews { id } content { project { name title } campaigns { name planned { minor } } lines { category net { minor } } }";
    let seen = offers.read(&client, &sent, fields).await?;
    assert_eq!(seen["content"]["project"], json!({ "name": null, "title": "Films" }));
    assert_eq!(seen["content"]["campaigns"], json!([{ "name": "Nowruz", "planned": null }]));
    assert_eq!(seen["content"]["lines"][0], json!({ "category": null, "net": { "minor": 74_999 } }));
    assert_eq!(seen["reviews"], json!([]));
    let list = "query($id: ID!) { proposals(brandId: $id, first: 5) { nodes { id } } }";
    let brand = json!({ "id": id("brand", desk.brand) });
    let listed = desk.app.client.gql(&client.token, list, brand.clone()).await?.ok()?;
    assert_eq!(listed.get("proposals.nodes"), &json!([{ "id": sent }]));
    for person in [&freelancer, &junior] {
        assert_eq!(desk.app.client.gql(&person.token, list, brand.clone()).await?.code(), "FORBIDDEN");
    }
    // Sending and taking back are a SENIOR's.
    let before = fingerprint(&desk.app).await?;
    for (person, code) in
        [(&mid, "FORBIDDEN"), (&junior, "FORBIDDEN"), (&client, "FORBIDDEN"), (&freelancer, "NOT_FOUND")]
    {
        let step = json!({ "proposalId": sent, "version": 1 });
        let answer = desk.app.client.try_mutate(&person.token, "withdrawProposal", PROPOSAL, step).await?;
        assert_eq!(answer.user_codes("withdrawProposal"), [code]);
    }
    assert_eq!(fingerprint(&desk.app).await?, before, "a refusal left something");
    let step = json!({ "proposalId": sent, "version": 1 });
    desk.mutate("withdrawProposal", PROPOSAL, step).await?;
    assert_eq!(desk.app.client.get(&path).await?.status, 410);
    assert_eq!(offers.read(&client, &sent, "title").await?, Value::Null);
    for unknown in ["/proposal/dwl_x", "/proposal/dwl_x/file", "/proposals/x"] {
        assert_eq!(desk.app.client.get(unknown).await?.status, 404, "{unknown}");
    }
    Ok(())
}
