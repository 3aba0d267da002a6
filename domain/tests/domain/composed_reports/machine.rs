//! Summaries by a language model: told figures alone, taken only if they say what they were told, and never in the way of a report.

use anyhow::{Context as _, Result, ensure};
use diwan_domain::insights::reports::{
    BlockKind, NewComposed, ReportBlock, ReportTemplateContent, ReportTexts, TemplateChoice, report_file_key,
};
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_platform::language_model::LanguageModel;
use diwan_testkit::Settings;
use diwan_testkit::servers::{LANGUAGE_KEY, LanguageServer, Said};
use uuid::Uuid;

use super::{Desk, has_block};

#[tokio::test]
async fn a_machine_writes_of_figures_alone_within_its_bounds_and_holds_no_report_up() -> Result<()> {
    let server = LanguageServer::start().await?;
    let key = Some(LANGUAGE_KEY.to_owned());
    let mut model = LanguageModel::new(server.url.clone(), key, "small".to_owned(), 10_000);
    model.patience = std::time::Duration::from_secs(1);
    let settings = Settings { servers: vec![server.url.clone()], language_model: Some(model), ..Settings::default() };
    let desk = Desk::with(settings).await?;
    desk.published("2026-07-10T09:00:00Z", 20).await?;
    let content = ReportTemplateContent {
        name: "In short".to_owned(),
        audience: ReportAudience::Client,
        blocks: vec![
            ReportBlock { machine: true, ..ReportBlock::plain(BlockKind::Summary) },
            ReportBlock::plain(BlockKind::Figures),
            ReportBlock::plain(BlockKind::NextSteps),
        ],
    };
    let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let make = async |texts: ReportTexts| -> Result<(Uuid, String)> {
        let new = NewComposed { texts, ..desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])? };
        let report = desk.ask(&desk.mid, new).await?;
        desk.test.run_jobs().await?;
        ensure!(desk.of(report, "state").await? == "READY", "{}", desk.of(report, "error").await?);
        Ok((report, desk.of(report, "note").await?))
    };
    let tokens = "select coalesce(sum(tokens), 0)::bigint from ai_usage";
    let next = ReportTexts { next_steps: Some("Ask Leila about Nour".to_owned()), ..ReportTexts::default() };

    // It writes, of figures of the report alone; what it took is booked, and what was said is nowhere else.
    server.says(Said::Text("In July 20 interactions reached 200 people.".to_owned(), 321));
    let (report, note) = make(next).await?;
    assert_eq!(note, "");
    assert!(
        has_block(&desk.rows(report).await?, "MACHINE_SUMMARY", "MACHINE_SUMMARY"),
        "{:?}",
        desk.rows(report).await?
    );
    let asked = server.asked().first().context("it was asked")?.to_string();
    assert!(asked.contains("INTERACTIONS: 20") && asked.contains("2026-07-31"), "{asked}");
    for secret in ["Good evening", "Leila", "Alpha", "Nour", desk.mid.email.as_str()] {
        assert!(!asked.contains(secret), "{secret}: {asked}");
    }
    assert_eq!(desk.test.db.value::<i64>(tokens).await?, 321);
    let audit =
        format!("select detail::text from audit_event where action = 'report.summarize' and subject_id = '{report}'");
    let audit: String = desk.test.db.value(&audit).await?;
    assert!(audit.contains("321") && audit.contains("small") && !audit.contains("July"), "{audit}");

    // What it says to have taken is believed within reason, and no later report fails for it.
    server.says(Said::Text("In July 20 interactions reached 200 people.".to_owned(), i64::MAX));
    assert_eq!(make(ReportTexts::default()).await?.1, "");
    let booked: i64 = desk.test.db.value(tokens).await?;
    assert!((322..10_000).contains(&booked), "what was set aside counts: {booked}");
    desk.test.db.run("select app.settle_ai_tokens(id, '2026-08-01', 0, 9223372036854775807) from brand").await?;
    assert_eq!(make(ReportTexts::default()).await?.1, "TOKENS_SPENT");
    desk.test.db.run("update ai_usage set tokens = 321").await?;

    // Made again after it was written, because it could not be stored, it is not asked again, and no more is booked.
    let place = desk.test.services.storage.staged_path(report_file_key(desk.brand, desk.brand));
    let folder = place.ancestors().nth(2).context("a folder")?;
    let aside = folder.with_extension("aside");
    std::fs::rename(folder, &aside)?;
    std::fs::write(folder, "")?;
    server.says(Said::Text("In July 20 interactions reached 200 people.".to_owned(), 5));
    let again = desk.ask(&desk.mid, desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?).await?;
    desk.test.run_jobs().await?;
    assert_eq!((desk.of(again, "state").await?.as_str(), server.asked().len()), ("REQUESTED", 3));
    std::fs::remove_file(folder)?;
    std::fs::rename(&aside, folder)?;
    desk.clock.advance(chrono::Duration::minutes(1));
    desk.test.run_jobs().await?;
    assert_eq!((desk.of(again, "state").await?.as_str(), server.asked().len()), ("READY", 3));
    assert!(has_block(&desk.rows(again).await?, "MACHINE_SUMMARY", "MACHINE_SUMMARY"));
    assert_eq!(desk.test.db.value::<i64>(tokens).await?, 326);

    // One whose worker died while it was asked is made without.
    let died = desk.ask(&desk.mid, desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?).await?;
    let asked_before = format!(
        "insert into report_summary (report_id, brand_id, asked_at) values ('{died}', '{}', '2026-08-15T14:00:00Z')",
        desk.brand
    );
    desk.test.db.run(&asked_before).await?;
    desk.test.run_jobs().await?;
    assert_eq!((desk.of(died, "note").await?.as_str(), server.asked().len()), ("NO_ANSWER", 3));

    // What somebody wrote is not written again.
    let by_hand = ReportTexts { summary: Some("Mine".to_owned()), ..ReportTexts::default() };
    make(by_hand).await?;
    assert_eq!(server.asked().len(), 3);

    for (said, note) in [
        (Said::Text("It will be 987654 next month.".to_owned(), 100), "ANSWER_DISCARDED"),
        (Said::Text(" ".to_owned(), 0), "ANSWER_DISCARDED"),
        (Said::Status(429), "NO_ANSWER"),
        (Said::Nothing, "NO_ANSWER"),
    ] {
        server.says(said.clone());
        let (report, told) = make(ReportTexts::default()).await?;
        assert_eq!(told, note, "{said:?}");
        let rows = desk.rows(report).await?;
        assert!(
            !has_block(&rows, "MACHINE_SUMMARY", "MACHINE_SUMMARY") && has_block(&rows, "FIGURES", "REACH"),
            "{said:?}"
        );
    }
    // What nobody knows to have cost nothing counts.
    assert!(desk.test.db.value::<i64>(tokens).await? > 426 + 700);

    desk.test.db.run("update ai_usage set tokens = 9990").await?;
    let before = server.asked().len();
    assert_eq!(make(ReportTexts::default()).await?.1, "TOKENS_SPENT");
    assert_eq!((server.asked().len(), desk.test.db.value::<i64>(tokens).await?), (before, 9990));
    Ok(())
}
