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

#[tokio::test]
async fn a_report_of_a_template_is_made_and_each_of_its_files_fetched() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let brand = id("brand", desk.brand);
    let look = json!({ "accent": "#aa3311", "typeface": "SERIF", "footer": "Alpha", "namesAgency": false });
    let input = json!({ "brandId": brand, "look": look });
    let set = desk.mutate("setReportLook", "look { accent typeface footer namesAgency logo { id } }", input).await?;
    assert_eq!(
        (set.get("setReportLook.look.accent"), set.get("setReportLook.look.namesAgency")),
        (&json!("#aa3311"), &json!(false))
    );
    let blocks = json!([{ "kind": "SUMMARY" }, { "kind": "FIGURES", "kpis": ["REACH", "PUBLISHED_POSTS"] },
        { "kind": "CHART", "metric": "REACH", "by": "NETWORK" }, { "kind": "COMMUNITY" }, { "kind": "NEXT_STEPS" }]);
    let template = json!({ "name": "Each month", "audience": "CLIENT", "blocks": blocks });
    let input = json!({ "brandId": brand, "template": template });
    let selection = "template { id version blocks { kind kpis metric by count machine amounts } }";
    let made = desk.mutate("createReportTemplate", selection, input).await?;
    assert_eq!(made.get("createReportTemplate.template.blocks.1.kpis"), &json!(["REACH", "PUBLISHED_POSTS"]));
    assert_eq!(made.get("createReportTemplate.template.blocks.3.kind"), &json!("COMMUNITY"));
    let template = made.text("createReportTemplate.template.id")?;
    let list = "query($id: ID!) { reportTemplates(brandId: $id) { own { name } builtIn { audience blocks { kind } } }
      reportLook(brandId: $id) { accent footer } }";
    let told = desk.app.client.gql(&desk.person.token, list, json!({ "id": brand })).await?.ok()?;
    assert_eq!(told.get("reportTemplates.own"), &json!([{ "name": "Each month" }]));
    assert_eq!(told.get("reportLook.footer"), "Alpha");

    let formats = ["PDF", "XLSX", "CSV", "HTML"];
    let input = json!({ "brandId": brand, "templateId": template, "from": "2026-07-01", "to": "2026-07-31", "against": "YEAR_BEFORE",
        "title": "July", "texts": { "summary": "A good month" }, "locale": "FA", "digits": "LOCAL", "calendarBeside": "JALALI",
        "formats": formats });
    let asked = desk.mutate("composeReport", "report { id state progress title files { format } }", input).await?;
    assert_eq!(asked.get("composeReport.report.files"), &json!([]), "no file before there is one");
    assert_eq!(desk.app.run_jobs().await?, 1);
    let read = "query($id: ID!) { node(id: $id) { ... on ReportRun { state progress from to audience composed template { name }
      download { url } files { format byteSize sha256 download { url } } } } }";
    let report = asked.text("composeReport.report.id")?;
    let told = desk.app.client.gql(&desk.person.token, read, json!({ "id": report })).await?.ok()?;
    assert_eq!((told.get("node.state"), told.get("node.progress")), (&json!("READY"), &json!(100)), "{}", told.body);
    assert!(told.get("node.download").is_null(), "there is no one file of it");
    let types = [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv; charset=utf-8",
        "text/html; charset=utf-8",
    ];
    for (place, (format, mime_type)) in formats.into_iter().zip(types).enumerate() {
        let at = |field: &str| format!("node.files.{place}.{field}");
        assert_eq!(told.get(&at("format")), format);
        let file = desk.app.client.get(&told.text(&at("download.url"))?).await?;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some(mime_type)));
        assert_eq!(told.get(&at("byteSize")), &json!(file.body.len()), "{format}");
        assert!(file.header("content-disposition").is_some_and(|how| how.starts_with("attachment")), "{format}");
    }

    // One that is taken back before a worker came.
    let input =
        json!({ "brandId": brand, "builtIn": "CLIENT", "from": "2026-07-01", "to": "2026-07-31", "formats": ["CSV"] });
    let asked = desk.mutate("composeReport", "report { id }", input).await?;
    let input = json!({ "reportId": asked.text("composeReport.report.id")? });
    let taken = desk.mutate("cancelReport", "report { state files { format } }", input.clone()).await?;
    assert_eq!(taken.get("cancelReport.report.state"), "CANCELED");
    let before = fingerprint(&desk.app).await?;
    let twice = desk.try_mutate("cancelReport", "report { id }", input).await?;
    assert_eq!(twice.user_codes("cancelReport"), ["WRONG_STATE"]);
    let neither = json!({ "brandId": brand, "from": "2026-07-01", "to": "2026-07-31", "formats": ["CSV"] });
    let refused = desk.try_mutate("composeReport", "report { id }", neither).await?;
    assert_eq!(refused.user_codes("composeReport"), ["INVALID"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
