//! Reports that leave the house, over HTTP: a page that anybody with its link reads, and schedules.

use anyhow::{Context as _, Result, anyhow};
use chrono::Duration;
use data_encoding::BASE64;
use diwan_domain::Failure;
use diwan_domain::insights::{NewComposed, TemplateChoice, compose_report};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::Level;
use diwan_platform::crypto::sha256;
use diwan_testkit::servers::{Browser, PHONE};
use serde_json::{Value, json};
use url::Url;

use crate::kit::{Desk, fingerprint, id, nobodys};

/// A report that is ready, and the address of a link to it.
async fn shared(desk: &Desk, locale: Locale, formats: Vec<ReportFormat>) -> Result<(String, String)> {
    let today = desk.app.services.now().date_naive();
    let new = NewComposed {
        brand_id: desk.brand,
        template: TemplateChoice::BuiltIn(ReportAudience::Client),
        from: today - Duration::days(31),
        to: today - Duration::days(1),
        title: Some("The <script>alert(1)</script> month".to_owned()),
        locale: Some(locale),
        formats,
        ..NewComposed::default()
    };
    let context = desk.app.act(&desk.person).await?;
    let run = compose_report(&context, new).await.map_err(|failure: Failure| anyhow!("{failure:?}"))?;
    context.commit().await?;
    desk.app.run_jobs().await?;
    let input = json!({ "reportId": id("report", run.id), "expiresAt": desk.time_in(Duration::days(30)) });
    let selection = "share { id views revokedAt report { state } createdBy { id } } url";
    let made = desk.mutate("shareReport", selection, input).await?;
    assert_eq!(made.get("shareReport.share.report.state"), "READY", "{}", made.body);
    assert_eq!(made.get("shareReport.share.createdBy.id"), &json!(id("user", desk.person.id)));
    Ok((made.text("shareReport.share.id")?, made.text("shareReport.url")?))
}

#[tokio::test]
async fn a_report_is_read_by_its_link_and_by_nothing_else() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let client = &desk.app.client;
    let (share, url) = shared(&desk, Locale::En, vec![ReportFormat::Html, ReportFormat::Csv]).await?;
    let page = client.get(&url).await?;
    let text = String::from_utf8(page.body.to_vec())?;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(text.contains("The &lt;script&gt;") && !text.contains("<script") && !text.contains(" style="), "{text}");
    let secret = url.rsplit_once('/').context("a secret")?.1;
    assert!(text.contains(&format!("href=\"/report/{secret}/csv\"")) && !text.contains("/pdf\""), "{text}");
    let style = text.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).context("a style")?.0;
    let policy = page.header("content-security-policy").unwrap_or_default().to_owned();
    assert!(policy.contains(&format!("style-src 'sha256-{}'", BASE64.encode(&sha256(style.as_bytes())))), "{policy}");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");

    let file = client.get(&format!("/report/{secret}/csv")).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    assert!(file.body.starts_with(b"\xef\xbb\xbfblock,"));

    // What was not made, what never was, and what has ended read alike.
    let unknown = client.get("/report/dwl_nothing").await?;
    assert_eq!(unknown.status, 404);
    let other = client.get(&format!("/proposal/{secret}")).await?;
    assert_eq!((other.status, &other.body), (unknown.status, &unknown.body), "a link is good for one thing");
    let not_made = client.get(&format!("/report/{secret}/pdf")).await?;
    assert_eq!((not_made.status, &not_made.body), (unknown.status, &unknown.body));
    assert_eq!(client.get(&format!("/report/{secret}/exe")).await?.status, 404);

    let query = "query($id: ID!) { reportShares(reportId: $id) { id views lastViewedAt } }";
    let report: String = desk.app.db.value("select id::text from report_run").await?;
    let report = id("report", report.parse()?);
    let listed = client.gql(&desk.person.token, query, json!({ "id": report })).await?.ok()?;
    assert_eq!(listed.get("reportShares.0.id"), &json!(share));
    assert_eq!(listed.get("reportShares.0.views").to_string().trim_matches('"'), "1");
    let ended = desk.mutate("revokeReportShare", "share { revokedAt }", json!({ "shareId": share })).await?;
    assert!(!ended.get("revokeReportShare.share.revokedAt").is_null());
    for path in [format!("/report/{secret}"), format!("/report/{secret}/csv")] {
        let gone = client.get(&path).await?;
        assert_eq!((gone.status, &gone.body), (unknown.status, &unknown.body), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn the_page_of_a_report_fits_a_phone_and_a_report_without_one_offers_its_files() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let mut browser = Browser::start().await?;
    let (_, url) = shared(&desk, Locale::Ar, vec![ReportFormat::Html, ReportFormat::Csv]).await?;
    let address = desk.app.client.base.join(Url::parse(&url)?.path())?;
    let page = browser.open(&address, "en", PHONE).await?;
    assert_eq!((&page["status"], &page["lang"], &page["dir"]), (&json!(200), &json!("ar"), &json!("rtl")));
    assert_eq!((&page["overflow"], &page["troubles"]), (&json!(0), &json!([])), "{page}");

    let (_, url) = shared(&desk, Locale::Fa, vec![ReportFormat::Csv]).await?;
    let page = String::from_utf8(desk.app.client.get(&url).await?.body.to_vec())?;
    assert!(page.contains("lang=\"fa\"") && page.contains("/csv\"") && page.contains("/pages.css"), "{page}");
    Ok(())
}

#[tokio::test]
async fn schedules_are_written_paused_and_struck_out() -> Result<()> {
    let mut desk = Desk::new(Level::Mid).await?;
    desk.app.leave_jobs();
    let said = |more: Value| {
        let mut said = json!({ "name": "Each quarter", "builtIn": "CLIENT", "cadence": "QUARTERLY", "monthDay": 31, "time": "08:30",
            "formats": ["PDF", "XLSX"], "emails": ["Client@Alpha.example"], "memberIds": [id("user", desk.person.id)],
            "language": "EL" });
        if let (Some(said), Some(more)) = (said.as_object_mut(), more.as_object()) {
            said.extend(more.clone());
        }
        said
    };
    let selection = "schedule { id version name cadence monthDay weekday time formats emails members { id } locale pausedAt nextAt trouble
      builtIn templateId inNameOf { id } deliveries { state } }";
    let brand = id("brand", desk.brand);
    let input = |more: Value| json!({ "brandId": brand, "schedule": said(more) });
    let made = desk.mutate("createReportSchedule", selection, input(json!({}))).await?;
    let at = |answer: &diwan_testkit::client::Answer, name: &str| answer.get(&format!("{name}.schedule")).clone();
    let row = at(&made, "createReportSchedule");
    assert_eq!((&row["time"], &row["monthDay"], &row["builtIn"]), (&json!("08:30"), &json!(31), &json!("CLIENT")));
    assert_eq!(row["emails"], json!(["client@alpha.example"]));
    assert_eq!(row["members"][0]["id"], json!(id("user", desk.person.id)));
    assert_eq!((&row["locale"], &row["deliveries"]), (&json!("EL"), &json!([])));

    let before = fingerprint(&desk.app).await?;
    for (more, code) in [
        (json!({ "time": "8 o'clock" }), "INVALID"),
        (json!({ "weekday": 1 }), "INVALID"),
        (json!({ "builtIn": null }), "INVALID"),
        (json!({ "builtIn": "TEAM" }), "FORBIDDEN"),
        (json!({ "builtIn": null, "templateId": nobodys("reporttemplate") }), "NOT_FOUND"),
        (json!({ "memberIds": [nobodys("user")] }), "NOT_FOUND"),
    ] {
        let refused = desk.try_mutate("createReportSchedule", "schedule { id }", input(more.clone())).await?;
        assert_eq!(refused.user_codes("createReportSchedule"), [code], "{more}: {}", refused.body);
    }
    assert_eq!(fingerprint(&desk.app).await?, before);

    let weekly = said(json!({ "cadence": "WEEKLY", "weekday": 7, "monthDay": null, "language": null }));
    let change = json!({ "scheduleId": row["id"], "version": 1, "schedule": weekly });
    let changed = at(&desk.mutate("updateReportSchedule", selection, change).await?, "updateReportSchedule");
    assert_eq!(
        (&changed["weekday"], &changed["monthDay"], &changed["locale"]),
        (&json!(7), &Value::Null, &json!("EN"))
    );
    let pause = |version: i32, paused: bool| json!({ "scheduleId": row["id"], "version": version, "paused": paused });
    let paused = at(&desk.mutate("pauseReportSchedule", selection, pause(2, true)).await?, "pauseReportSchedule");
    assert!(paused["nextAt"].is_null() && !paused["pausedAt"].is_null());
    let late = desk.try_mutate("pauseReportSchedule", "schedule { id }", pause(2, false)).await?;
    assert_eq!(late.user_codes("pauseReportSchedule"), ["CHANGED_MEANWHILE"]);
    let goes_on = at(&desk.mutate("pauseReportSchedule", selection, pause(3, false)).await?, "pauseReportSchedule");
    assert_eq!(goes_on["version"], 4);
    assert!(!goes_on["nextAt"].is_null());

    let query = "query($id: ID!) { reportSchedules(brandId: $id) { id brand { id } } }";
    let listed = desk.app.client.gql(&desk.person.token, query, json!({ "id": brand })).await?.ok()?;
    assert_eq!(listed.get("reportSchedules.0.id"), &row["id"]);
    let gone = desk.mutate("deleteReportSchedule", "deletedId", json!({ "scheduleId": row["id"] })).await?;
    assert_eq!(gone.get("deleteReportSchedule.deletedId"), &row["id"]);
    let waiting = "select count(*) from job where kind = 'run_report_schedule' and state in ('PENDING', 'HANDED')";
    assert_eq!((desk.app.db.count("report_schedule").await?, desk.app.db.value::<i64>(waiting).await?), (0, 0));
    Ok(())
}
