//! What may not be read or shown any more when a report is made, though it could be when it was asked for.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_domain::insights::reports::{
    NewComposed, ReportLook, TemplateChoice, compose_report, report_file_key, set_report_look,
};
use diwan_domain::insights::{NewReport, request_report};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::crypto::sha256;

use super::Desk;

const CLIENTS: TemplateChoice = TemplateChoice::BuiltIn(ReportAudience::Client);

#[tokio::test]
async fn a_report_of_a_token_that_was_revoked_is_not_made() -> Result<()> {
    let desk = Desk::new().await?;
    let program = desk.test.member(desk.brand, Level::Mid, UserKind::Integration).await?;
    let (token, secret) = desk.test.api_token(&program, &desk.senior).await?;
    let ask = async || -> Result<[uuid::Uuid; 2]> {
        let shown = diwan_domain::Credential::Token(sha256(secret.as_bytes()));
        let tx = desk.test.services.db.write().await?;
        let context = diwan_domain::Context::of(Arc::clone(&desk.test.services), tx, shown).await?;
        let composed = compose_report(&context, desk.wanted(CLIENTS, &[ReportFormat::Csv])?).await?.id;
        let new = NewReport { brand_id: desk.brand, month: "2026-07-01".parse()?, locale: None };
        let month = request_report(&context, new).await?.id;
        context.commit().await?;
        Ok([composed, month])
    };
    for report in ask().await? {
        assert_eq!(desk.of(report, "token_id").await?, token.to_string());
    }
    desk.test.run_jobs().await?;
    let states = "select string_agg(state || coalesce(' ' || error, ''), ', ' order by id) from report_run where token_id is not null";
    assert_eq!(desk.test.db.value::<String>(states).await?, "READY, READY");
    let late = ask().await?;
    desk.test.db.run(&format!("update api_token set revoked_at = now() where id = '{token}'")).await?;
    let files = desk.test.db.count("report_file").await?;
    desk.test.run_jobs().await?;
    for report in late {
        assert_eq!(
            (desk.of(report, "state").await?, desk.of(report, "error").await?),
            ("FAILED".into(), "NOT_ALLOWED".into())
        );
    }
    assert_eq!(desk.test.db.count("report_file").await?, files);
    Ok(())
}

#[tokio::test]
async fn a_report_of_whoever_left_while_it_waited_is_not_made() -> Result<()> {
    let desk = Desk::new().await?;
    let composed = desk.ask(&desk.mid, desk.wanted(CLIENTS, &[ReportFormat::Csv])?).await?;
    let new = NewReport { brand_id: desk.brand, month: "2026-07-01".parse()?, locale: None };
    let month = desk.must(&desk.mid, async |context| request_report(context, new).await).await?.id;
    // A file lies where the folder should be, so that it is tried again.
    let place = desk.test.services.storage.staged_path(report_file_key(desk.brand, desk.brand));
    let folder = place.ancestors().nth(2).context("a folder")?;
    let aside = folder.with_extension("aside");
    let was_there = folder.exists();
    if was_there {
        std::fs::rename(folder, &aside)?;
    }
    std::fs::write(folder, "")?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(composed, "state").await?, "REQUESTED");
    desk.test.db.run(&format!("update membership set ended_at = now() where user_id = '{}'", desk.mid.id)).await?;
    std::fs::remove_file(folder)?;
    if was_there {
        std::fs::rename(&aside, folder)?;
    }
    desk.clock.advance(chrono::Duration::minutes(1));
    desk.test.run_jobs().await?;
    for report in [composed, month] {
        assert_eq!(
            (desk.of(report, "state").await?, desk.of(report, "error").await?),
            ("FAILED".into(), "NOT_ALLOWED".into())
        );
    }
    Ok(())
}

#[tokio::test]
async fn pictures_that_may_not_be_shown_are_left_out_and_counted() -> Result<()> {
    let desk = Desk::new().await?;
    desk.published("2026-07-10T09:00:00Z", 20).await?;
    desk.test.make_forms(desk.written.asset).await?;
    let (brand, asset) = (desk.brand, desk.written.asset);
    let look = ReportLook { logo_id: Some(asset), ..ReportLook::default() };
    desk.must(&desk.senior, async |context| set_report_look(context, brand, look).await).await?;
    let make = async || -> Result<(bool, bool, String)> {
        let new: NewComposed = desk.wanted(CLIENTS, &[ReportFormat::Html, ReportFormat::Xlsx])?;
        let report = desk.ask(&desk.mid, new).await?;
        desk.test.run_jobs().await?;
        let page = String::from_utf8(desk.file(report, ReportFormat::Html).await?)?;
        let book = desk.file(report, ReportFormat::Xlsx).await?;
        let in_book = book.windows(9).any(|part| part == b"xl/media/");
        Ok((page.contains("data:image/"), in_book, desk.of(report, "pictures_left_out").await?))
    };
    assert_eq!(make().await?, (true, true, "0".to_owned()));
    for over in [
        "usable_until = '2026-08-15T14:00:00Z'",
        "usable_until = null, usable_from = '2026-08-15T14:00:01Z'",
        "usable_from = null, licence = 'USER_GENERATED'",
        "licence = null, archived_at = '2026-08-15T13:00:00Z'",
    ] {
        desk.test.db.run(&format!("update asset set {over} where id = '{asset}'")).await?;
        assert_eq!(make().await?, (false, false, "2".to_owned()), "the logo and that of the post: {over}");
    }
    desk.test.db.run(&format!("update asset set archived_at = null where id = '{asset}'")).await?;
    assert_eq!(make().await?, (true, true, "0".to_owned()));
    Ok(())
}
