//! Reports, from the request to the file.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id};

#[tokio::test]
async fn a_report_is_rendered_and_fetched_by_its_link_alone() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let input = json!({ "brandId": id("brand", desk.brand), "month": "2026-07-01", "locale": "FA" });
    let asked = desk.mutate("requestReport", "report { id state download { url } }", input).await?;
    assert_eq!(asked.get("requestReport.report.state"), "REQUESTED");
    assert!(asked.get("requestReport.report.download").is_null(), "no link before there is a file");
    assert_eq!(desk.app.run_jobs().await?, 1);
    let query = "query($id: ID!) { node(id: $id) { ... on ReportRun { state byteSize sha256 download { url } } } }";
    let report = asked.text("requestReport.report.id")?;
    let read = desk.app.client.gql(&desk.person.token, query, json!({ "id": report })).await?.ok()?;
    assert_eq!(read.get("node.state"), "READY");
    let link = read.text("node.download.url")?;
    let file = desk.app.client.get(&link).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));
    assert!(file.body.starts_with(b"%PDF"));
    assert_eq!(read.get("node.byteSize"), &json!(file.body.len()));

    // A link for the same report of another brand, or to upload to.
    let token = link.rsplit_once('/').context("a token")?.1;
    assert_eq!(desk.app.client.put(&format!("/uploads/{token}"), "x").await?.status, 404);
    for wrong in ["", "x", &token[..token.len() - 1]] {
        let answer = desk.app.client.get(&format!("/downloads/{wrong}")).await?;
        assert_eq!(answer.status, 404, "{wrong}");
    }
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let hidden = desk.app.client.gql(&junior.token, query, json!({ "id": report })).await?.ok()?;
    assert!(hidden.get("node").is_null());
    Ok(())
}

#[tokio::test]
async fn a_month_is_a_first_day_that_has_come() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let before = fingerprint(&desk.app).await?;
    for (month, code) in [("2026-07-02", "INVALID"), ("1999-12-01", "INVALID"), ("2199-01-01", "MONTH_IN_FUTURE")] {
        let input = json!({ "brandId": id("brand", desk.brand), "month": month });
        let refused = desk.try_mutate("requestReport", "report { id }", input).await?;
        assert_eq!(refused.user_codes("requestReport"), [code], "{month}: {}", refused.body);
    }
    for month in [json!("July"), json!("2026-02-30"), json!(7), Value::Null] {
        let input = json!({ "brandId": id("brand", desk.brand), "month": month });
        let refused = desk.try_mutate("requestReport", "report { id }", input).await?;
        assert_eq!(refused.code(), "BAD_REQUEST", "{month}: {}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
