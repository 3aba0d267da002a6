//! What the other side reads and says by the link to discuss, and links that were lost, through HTTP; and what is refused.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::Method;
use diwan_platform::ids;
use serde_json::{Value, json};
use url::Url;

use super::{CONTRACT, Contracts, text};
use crate::kit::fingerprint;

impl Contracts {
    /// A contract in this language that is negotiated; answers its id and the path of the other side's page.
    pub async fn negotiated(&self, language: &str, title: &str, words: &str) -> Result<(String, String)> {
        let mut new = self.new_contract();
        (new["terms"]["language"], new["terms"]["title"]) = (json!(language), json!(title));
        new["terms"]["partyEmail"] = json!("sara@example.com");
        new["clauses"][0]["text"] = json!(words);
        let contract = self.mutate(&self.mid, "createContract", CONTRACT, new).await?["contract"]["id"].clone();
        let share = json!({ "contractId": contract, "version": 1 });
        let shared = self.mutate(&self.mid, "negotiateContract", "contract { state } url", share).await?;
        assert_eq!(shared["contract"]["state"], "NEGOTIATING");
        let url = Url::parse(shared["url"].as_str().context("an address")?)?;
        Ok((contract.as_str().context("an id")?.to_owned(), url.path().to_owned()))
    }

    /// Says something about a contract as the MID.
    pub async fn remark(&self, contract: &str, visibility: &str, body: &str) -> Result<()> {
        let input = json!({ "contractId": contract, "visibility": visibility, "body": body });
        self.mutate(&self.mid, "commentOnContract", "comment { body }", input).await?;
        Ok(())
    }
}

/// What names the comment of a page.
fn once(page: &str) -> Result<String> {
    let (_, rest) = page.split_once("name=\"once\" value=\"").context("no form")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_is_negotiated_is_read_and_answered_on_its_page() -> Result<()> {
    let desk = Contracts::new().await?;
    let (contract, path) = desk.negotiated("EN", "Spring <films>", "One <b>picture</b>.").await?;
    desk.remark(&contract, "INTERNAL", "She will take less").await?;
    desk.remark(&contract, "PARTY", "Is <that> fair?").await?;
    let before = fingerprint(&desk.app).await?;
    let answer = desk.app.client.get(&path).await?;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    let page = text(&answer);
    for shown in
        ["Spring &lt;films&gt;", "One &lt;b&gt;picture&lt;/b&gt;.", "300.00 EUR", "Is &lt;that&gt; fair?", "Version 1"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for kept in ["She will take less", "<script", "negotiation-", "value=\"sign\""] {
        assert!(!page.contains(kept), "{kept}: {page}");
    }
    let once = once(&page)?;
    let long = "x".repeat(5001);
    let forms: [(&[(&str, &str)], u16); 6] = [
        (&[("once", &once), ("comment", " \n ")], 422),
        (&[("once", &once), ("comment", &long)], 422),
        (&[("once", &once)], 422),
        (&[("once", "x"), ("comment", "Nearly")], 400),
        (&[("comment", "Nearly")], 400),
        (&[], 400),
    ];
    for (form, status) in forms {
        let refused = desk.send(&path, form).await?;
        assert_eq!(refused.status, status, "{form:?}: {}", text(&refused));
    }
    assert_eq!(fingerprint(&desk.app).await?, before, "what was refused left something");
    for _ in 0..2 {
        let said = desk.send(&path, &[("once", &once), ("comment", "<b>Nearly</b>"), ("act", "comment")]).await?;
        assert_eq!((said.status.as_u16(), said.header("location")), (303, Some(path.as_str())), "{}", text(&said));
    }
    let page = text(&desk.app.client.get(&path).await?);
    assert!(page.contains("&lt;b&gt;Nearly&lt;/b&gt;") && !page.contains("<b>Nearly"), "{page}");
    let query = "query($id: ID!) { node(id: $id) { ... on Contract { comments { body visibility byOtherSide authorName author { id } } } }
      notices(first: 5) { nodes { kind message } } }";
    let seen = desk.app.client.gql(&desk.mid.token, query, json!({ "id": contract })).await?.ok()?;
    let last = json!({ "body": "<b>Nearly</b>", "visibility": "PARTY", "byOtherSide": true, "authorName": "Sara Karimi", "author": null });
    assert_eq!(seen.get("node.comments").as_array().map(Vec::len), Some(3));
    assert_eq!(seen.get("node.comments.2"), &last);
    assert_eq!(seen.get("notices.nodes.0.kind"), "CONTRACT_COMMENTED");
    let told = seen.get("notices.nodes.0.message").as_str().unwrap_or_default();
    assert!(told.contains("Sara Karimi") && told.contains("Spring <films>"), "{told}");

    // While somebody decides, it is read and nothing is said.
    let submit = json!({ "contractId": contract, "version": 1 });
    desk.mutate(&desk.mid, "submitContract", "contract { state }", submit).await?;
    let page = text(&desk.app.client.get(&path).await?);
    assert!(page.contains("decid") && !page.contains("<form"), "{page}");
    let before = fingerprint(&desk.app).await?;
    let late = ids::new_id(desk.app.services.now()).to_string();
    let late = desk.send(&path, &[("once", &late), ("comment", "Wait")]).await?;
    assert_eq!(late.status, 409, "{}", text(&late));
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_lost_link_is_sent_anew_by_those_who_may_send() -> Result<()> {
    let desk = Contracts::new().await?;
    let (contract, first) = desk.negotiated("EN", "Spring", "Two films.").await?;
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let client = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let foreign = desk.app.person(UserKind::Staff, None).await?;
    let theirs = json!({ "contractId": contract, "side": "THEIRS" });
    for (by, code) in [(&junior, "FORBIDDEN"), (&client, "NOT_FOUND"), (&foreign, "NOT_FOUND")] {
        desk.refused(by, "resendContractLink", theirs.clone(), code).await?;
    }
    let ours = json!({ "contractId": contract, "side": "OURS" });
    desk.refused(&desk.mid, "resendContractLink", ours, "INVALID").await?;
    let nothing = json!({ "contractId": crate::kit::nobodys("contract"), "side": "THEIRS" });
    desk.refused(&desk.mid, "resendContractLink", nothing, "NOT_FOUND").await?;
    assert_eq!(desk.app.client.get(&first).await?.status, 200);
    let sent = desk.mutate(&desk.mid, "resendContractLink", "url expiresAt contract { id }", theirs.clone()).await?;
    let second = Url::parse(sent["url"].as_str().context("an address")?)?.path().to_owned();
    assert_eq!(sent["contract"]["id"], json!(contract));
    assert!(text(&desk.app.client.get(&second).await?).contains("Two films."));
    assert_eq!(desk.app.client.get(&first).await?.status, 410);
    let dead =
        desk.send(&first, &[("once", "019d0000-0000-7000-8000-000000000000"), ("comment", "Still here")]).await?;
    assert_eq!(dead.status, 410);
    for other in [second.replace("/contract/", "/sign/"), "/contract/dwl_x".to_owned(), format!("{second}/other")] {
        assert_eq!(desk.app.client.get(&other).await?.status, 404, "{other}");
    }
    assert_eq!(desk.app.db.count("contract_comment").await?, 0);

    // What is to be signed goes by mail alone, and only where it is known where to.
    let without = desk.sent("EN", "Summer", "Two films.").await?;
    let theirs = json!({ "contractId": without, "side": "THEIRS" });
    desk.refused(&desk.mid, "resendContractLink", theirs, "INVALID").await?;
    let ours = json!({ "contractId": without, "side": "OURS" });
    let sent = desk.mutate(&desk.mid, "resendContractLink", "url expiresAt", ours).await?;
    assert!(sent["url"] == Value::Null && sent["expiresAt"].is_string(), "{sent}");
    Ok(())
}

#[tokio::test]
async fn what_is_not_read_whole_is_asked_after_likewise() -> Result<()> {
    let desk = Contracts::new().await?;
    let (_, to_discuss) = desk.negotiated("EN", "Spring", "Two films.").await?;
    let contract = desk.sent("EN", "Summer", "Two films.").await?;
    let to_sign = desk.path(&contract, "THEIRS").await?;
    let before = fingerprint(&desk.app).await?;
    for (path, status) in
        [(to_discuss.as_str(), 200), (to_sign.as_str(), 200), ("/contract/dwl_x", 404), ("/sign/dwl_x", 404)]
    {
        let head = desk.app.client.request(Method::HEAD, path)?.send().await?;
        assert_eq!((head.status.as_u16(), head.header("cache-control")), (status, Some("no-store")), "{path}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn whoever_asks_too_much_is_told_to_wait() -> Result<()> {
    let desk = Contracts::new().await?;
    let (_, path) = desk.negotiated("EN", "Spring", "Two films.").await?;
    let mut busy = false;
    for _ in 0..60 {
        let answer = desk.send(&path, &[("once", "019d0000-0000-7000-8000-000000000000"), ("comment", "")]).await?;
        busy = answer.status == 429;
        if busy {
            break;
        }
        assert_eq!(answer.status, 422);
    }
    assert!(busy, "60 answers in a row were looked at");
    assert_eq!(desk.app.db.count("contract_comment").await?, 0);
    Ok(())
}
