//! Content plans as files, from the request to the posts and back.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

const READ: &str = "query($id: ID!) { contentImport(id: $id) { state format rowCount postCount refusedCount knownCount
  rows { row outcome title dueAt accounts postId findings { column severity error { code message } } } } }";

/// Asks for a place and sends the file there: the import's id and the answer's status and code.
async fn send(desk: &Desk, file: &[u8]) -> Result<(String, String, u16, Value)> {
    let input = json!({ "brandId": id("brand", desk.brand), "fileName": "plan.csv" });
    let asked = desk.mutate("requestContentImport", "contentImport { id state } uploadUrl", input).await?;
    assert_eq!(asked.get("requestContentImport.contentImport.state"), "AWAITING_FILE");
    let url = asked.text("requestContentImport.uploadUrl")?;
    let answer = desk.app.client.put(&url, file.to_vec()).await?;
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    Ok((asked.text("requestContentImport.contentImport.id")?, url, answer.status.as_u16(), body))
}

#[tokio::test]
async fn a_plan_comes_in_by_way_of_a_dry_run() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let handle: String =
        desk.app.db.value(&format!("select handle from social_account where id = '{}'", desk.mastodon)).await?;
    let file =
        format!("title,date,time,accounts,text\nHello,2026-12-01,17:30,mastodon:{handle},Good morning\n,soon,,,\n");
    let (import, url, status, _) = send(&desk, file.as_bytes()).await?;
    assert_eq!(status, 200);
    assert_eq!(desk.app.client.put(&url, file).await?.status, 404, "an address takes one file");

    let run = |dry: bool, skip: bool| json!({ "importId": import, "dryRun": dry, "skipInvalid": skip });
    let asked = desk.mutate("importContentPlan", "contentImport { state }", run(true, false)).await?;
    assert_eq!(asked.get("importContentPlan.contentImport.state"), "QUEUED");
    let again = desk.try_mutate("importContentPlan", "contentImport { id }", run(true, false)).await?;
    assert_eq!(again.user_codes("importContentPlan"), ["WRONG_STATE"]);
    desk.app.run_jobs().await?;
    let read = desk.app.client.gql(&desk.person.token, READ, json!({ "id": import })).await?.ok()?;
    assert_eq!(read.get("contentImport.state"), "CHECKED");
    assert_eq!(read.get("contentImport.rows.0.outcome"), "READY");
    assert_eq!(read.get("contentImport.rows.1.outcome"), "REFUSED");
    let codes: Vec<&str> = read
        .get("contentImport.rows.1.findings")
        .as_array()
        .context("findings")?
        .iter()
        .filter_map(|finding| finding["error"]["code"].as_str())
        .collect();
    assert!(codes.contains(&"DATE_NOT_UNDERSTOOD") && codes.contains(&"INVALID"), "{codes:?}");
    assert_eq!(desk.app.db.value::<i64>("select count(*) from post").await?, 0);

    desk.mutate("importContentPlan", "contentImport { state }", run(false, true)).await?;
    desk.app.run_jobs().await?;
    let read = desk.app.client.gql(&desk.person.token, READ, json!({ "id": import })).await?.ok()?;
    assert_eq!(read.get("contentImport.state"), "IMPORTED");
    assert_eq!(read.get("contentImport.postCount"), 1);
    assert!(read.get("contentImport.rows.0.postId").is_string());
    assert_eq!(desk.app.db.value::<i64>("select count(*) from post").await?, 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_plan_is_refused_where_it_is_sent() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    for (file, status, code) in [
        (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), 415, "FILE_NOT_PLAN"),
        (b"title\n\xff\xfe\n".to_vec(), 422, "FILE_NOT_TEXT"),
        (b"PK\x03\x04".to_vec(), 422, "FILE_DAMAGED"),
        (b"text\nHello\n".to_vec(), 422, "COLUMN_MISSING"),
        (format!("title{}\n", ",".repeat(100_000)).into_bytes(), 422, "TOO_MANY"),
        (vec![b'x'; 10 * 1024 * 1024 + 1], 413, "FILE_TOO_LARGE"),
    ] {
        let (import, url, got, body) = send(&desk, &file).await?;
        assert_eq!((got, body["error"]["code"].as_str()), (status, Some(code)));
        let run = json!({ "importId": import });
        let refused = desk.try_mutate("importContentPlan", "contentImport { id }", run).await?;
        assert_eq!(refused.user_codes("importContentPlan"), ["WRONG_STATE"]);
        // The address takes a better one.
        assert_eq!(desk.app.client.put(&url, "title\nHello\n").await?.status, 200);
    }
    Ok(())
}

#[tokio::test]
async fn a_plan_goes_out_by_its_link_alone() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    desk.app.post(desk.brand, desk.mastodon, "=Hello", &desk.person).await?;
    for (format, media_type) in [
        ("CSV", "text/csv; charset=utf-8"),
        ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ] {
        let input = json!({ "brandId": id("brand", desk.brand), "format": format });
        let asked = desk.mutate("requestContentExport", "contentExport { id state download { url } }", input).await?;
        assert!(asked.get("requestContentExport.contentExport.download").is_null(), "no link before there is a file");
        desk.app.run_jobs().await?;
        let export = asked.text("requestContentExport.contentExport.id")?;
        let query = "query($id: ID!) { contentExport(id: $id) { state byteSize download { url } } }";
        let read = desk.app.client.gql(&desk.person.token, query, json!({ "id": export })).await?.ok()?;
        assert_eq!(read.get("contentExport.state"), "READY");
        let link = read.text("contentExport.download.url")?;
        let file = desk.app.client.get(&link).await?;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some(media_type)));
        assert_eq!(read.get("contentExport.byteSize"), &json!(file.body.len()));
        if format == "CSV" {
            let text = std::str::from_utf8(&file.body)?;
            assert!(text.contains(",'=Hello,"), "{text}");
        }
        let token = link.rsplit_once('/').context("a token")?.1;
        assert_eq!(desk.app.client.get(&format!("/downloads/{token}")).await?.status, 404);
        assert_eq!(desk.app.client.put(&format!("/imports/{token}"), "title\n").await?.status, 404);
    }
    Ok(())
}

#[tokio::test]
async fn neither_is_for_everybody_and_bad_input_changes_nothing() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (import, ..) = send(&desk, b"title\nHello\n").await?;
    let people = [
        desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?,
        desk.app.member(desk.brand, Level::Junior, UserKind::Freelancer).await?,
        desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?,
    ];
    let before = fingerprint(&desk.app).await?;
    let brand = id("brand", desk.brand);
    for person in &people {
        for (name, selection, input) in [
            ("requestContentImport", "uploadUrl", json!({ "brandId": brand, "fileName": "plan.csv" })),
            ("importContentPlan", "contentImport { id }", json!({ "importId": import, "dryRun": false })),
            ("requestContentExport", "contentExport { id }", json!({ "brandId": brand, "format": "CSV" })),
        ] {
            let refused = desk.app.client.try_mutate(&person.token, name, selection, input).await?;
            let codes = refused.user_codes(name);
            assert!(codes == ["FORBIDDEN"] || codes == ["NOT_FOUND"], "{name}: {codes:?}");
        }
    }
    for (name, selection, input, code) in [
        ("requestContentImport", "uploadUrl", json!({ "brandId": brand, "fileName": "../plan" }), "INVALID"),
        ("requestContentImport", "uploadUrl", json!({ "brandId": brand, "fileName": "x".repeat(256) }), "TOO_LONG"),
        ("importContentPlan", "contentImport { id }", json!({ "importId": nobodys("import") }), "NOT_FOUND"),
        (
            "requestContentExport",
            "contentExport { id }",
            json!({ "brandId": brand, "format": "CSV", "startsOn": "2026-12-02", "endsOn": "2026-12-01" }),
            "INVALID",
        ),
        (
            "requestContentExport",
            "contentExport { id }",
            json!({ "brandId": brand, "format": "CSV", "calendarId": nobodys("calendar") }),
            "NOT_FOUND",
        ),
    ] {
        let refused = desk.try_mutate(name, selection, input).await?;
        assert_eq!(refused.user_codes(name), [code], "{name}: {}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}
