//! The audit trail through the API: read with filters, exported by a link, checked with the keys that anyone can fetch.

use std::sync::Arc;

use anyhow::Result;
use chrono::Duration;
use diwan_domain::trust::{Jwks, anchor_audit, verify_audit_file};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_testkit::{Settings, TestApp};
use serde_json::{Value, json};

use crate::kit::{fingerprint, id};

const EVENTS: &str = "query($brand: ID, $filter: AuditFilter, $first: Int = 10, $after: String) {
  auditEvents(brandId: $brand, filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { action at actor { name } actorId brand { name } subjectId detail seq hash } } } }";

fn seqs(answer: &Value) -> Vec<i64> {
    answer["edges"].as_array().into_iter().flatten().filter_map(|edge| edge["node"]["seq"].as_i64()).collect()
}

#[tokio::test]
async fn the_trail_is_read_with_filters_and_page_by_page() -> Result<()> {
    let app = TestApp::new().await?;
    let brand = app.brand("Alpha").await?;
    let (chief, other) = (app.chief().await?, app.chief().await?);
    for (person, name) in [(&chief, "one"), (&other, "two"), (&chief, "three")] {
        let input = json!({ "brandId": id("brand", brand), "name": name });
        app.client.mutate(&person.token, "createCalendar", "calendar { id }", input).await?;
    }
    let read = async |variables: Value| -> Result<Value> {
        Ok(app.client.gql(&chief.token, EVENTS, variables).await?.ok()?.get("auditEvents").clone())
    };
    let all = read(json!({})).await?;
    assert_eq!(seqs(&all), [3, 2, 1]);
    let newest = &all["edges"][0]["node"];
    assert_eq!((&newest["action"], &newest["brand"]["name"]), (&json!("calendar.create"), &json!("Alpha")));
    assert_eq!((&newest["actor"]["name"], &newest["actorId"]), (&json!("Sami"), &json!(id("user", chief.id))));
    let page = read(json!({ "first": 2 })).await?;
    assert_eq!((seqs(&page), &page["pageInfo"]["hasNextPage"]), (vec![3, 2], &json!(true)));
    let rest = read(json!({ "first": 2, "after": page["pageInfo"]["endCursor"] })).await?;
    assert_eq!((seqs(&rest), &rest["pageInfo"]["hasNextPage"]), (vec![1], &json!(false)));
    let brand_id = id("brand", brand);
    for (filter, wanted) in [
        (json!({ "actorId": id("user", other.id) }), vec![2]),
        (json!({ "actions": ["calendar.create", "post.create"] }), vec![3, 2, 1]),
        (json!({ "actions": ["post.create"] }), vec![]),
        (json!({ "subjectId": all["edges"][2]["node"]["subjectId"] }), vec![1]),
        (json!({ "until": all["edges"][0]["node"]["at"] }), vec![2, 1]),
        (json!({ "from": all["edges"][1]["node"]["at"] }), vec![3, 2]),
    ] {
        let found = read(json!({ "brand": brand_id, "filter": filter })).await?;
        assert_eq!(seqs(&found), wanted, "{filter}");
    }
    let wrong = json!({ "filter": { "from": all["edges"][0]["node"]["at"], "until": all["edges"][0]["node"]["at"] } });
    assert_eq!(app.client.gql(&chief.token, EVENTS, wrong).await?.code(), "INVALID");
    Ok(())
}

#[tokio::test]
async fn an_export_is_fetched_by_its_link_and_checked_with_the_published_keys() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let app = TestApp::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
    let brand = app.brand("Alpha").await?;
    let chief = app.chief().await?;
    let input = json!({ "brandId": id("brand", brand), "name": "one" });
    app.client.mutate(&chief.token, "createCalendar", "calendar { id }", input).await?;
    anchor_audit(&app.services).await?;
    let query = "{ auditAnchors(first: 5) { edges { node { seq hash at keyId signature } } } }";
    let anchors = app.client.gql(&chief.token, query, json!({})).await?.ok()?;
    let anchor = anchors.get("auditAnchors.edges")[0]["node"].clone();
    assert_eq!(anchor["seq"], 1);

    let asked = app.client.mutate(&chief.token, "exportAudit", "export { url expiresAt }", json!({})).await?;
    let link = asked.text("exportAudit.export.url")?;
    let file = app.client.get(&link).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/x-ndjson")));
    let keys: Jwks = app.client.get("/.well-known/audit-jwks.json").await?.json()?;
    let kept = [anchor["signature"].as_str().unwrap_or_default().to_owned()];
    let verdict = verify_audit_file(&*file.body, Some(&keys), &kept)?;
    assert_eq!((verdict.events, verdict.anchors, verdict.notes), (2, 2, Vec::new()));

    // Another part than the link was made for, a changed link, a link whose time is over.
    assert_eq!(app.client.get(&format!("{link}?from=0")).await?.status, 404);
    assert_eq!(app.client.get(&link[..link.len() - 1]).await?.status, 404);
    clock.advance(Duration::minutes(16));
    assert_eq!(app.client.get(&link).await?.status, 410);
    Ok(())
}

#[tokio::test]
async fn who_may_not_export_or_read_is_refused_and_nothing_changes() -> Result<()> {
    let mut app = TestApp::new().await?;
    app.leave_jobs();
    let written = app.fill_brand("Alpha").await?;
    let director = app.person(UserKind::Staff, Some(Level::Director)).await?;
    let senior = app.member(written.brand, Level::Senior, UserKind::Staff).await?;
    let client = app.member(written.brand, Level::Junior, UserKind::Client).await?;
    let outsider = app.person(UserKind::Staff, None).await?;
    let before = fingerprint(&app).await?;
    for person in [&director, &senior, &client] {
        let refused = app.client.try_mutate(&person.token, "exportAudit", "export { url }", json!({})).await?;
        assert_eq!(refused.user_codes("exportAudit"), ["FORBIDDEN"], "{}", refused.body);
    }
    let anchors = "{ auditAnchors(first: 5) { edges { node { seq } } } }";
    for person in [&senior, &client] {
        for variables in [json!({}), json!({ "brand": id("brand", written.brand) })] {
            assert_eq!(app.client.gql(&person.token, EVENTS, variables).await?.code(), "FORBIDDEN");
        }
        assert_eq!(app.client.gql(&person.token, anchors, json!({})).await?.code(), "FORBIDDEN");
    }
    let read = app.client.gql(&outsider.token, EVENTS, json!({ "brand": id("brand", written.brand) })).await?;
    assert_eq!(read.code(), "NOT_FOUND");
    assert_eq!(app.client.gql("", EVENTS, json!({})).await?.code(), "SIGN_IN_REQUIRED");
    assert_eq!(fingerprint(&app).await?, before);
    Ok(())
}

#[tokio::test]
async fn strangers_are_answered_in_the_language_that_they_ask_for() -> Result<()> {
    let app = TestApp::new().await?;
    let answer = async |language: &str| -> Result<String> {
        let request = app.client.request(diwan_platform::http::Method::GET, "/downloads/x")?;
        let answer: Value = request.header("Accept-Language", language).send().await?.json()?;
        Ok(answer["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(answer("fa-IR, en;q=0.5").await?, "این پیوند معتبر نیست، یا پیش‌تر به کار رفته است.");
    assert_eq!(answer("el").await?, "Αυτός ο σύνδεσμος δεν είναι έγκυρος ή έχει χρησιμοποιηθεί.");
    assert_eq!(answer("de").await?, "This link is not valid, or it was used.");
    Ok(())
}
