//! What a report says of the community: counts that are right, and nobody who wrote.

use super::*;

async fn of_july(desk: &Desk) -> Result<()> {
    let sql = format!(
        "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '2026-07-04T09:00:00Z' where id = '{publication}';
         update conversation_message set sent_at = '2026-07-05T09:00:00Z',
           answered_at = case when asks then '2026-07-05T11:00:00Z'::timestamptz end where brand_id = '{brand}';
         insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, author_id, author_name,
             is_own, text, sent_at, read_at, seen_at, asks)
           select gen_random_uuid(), '{brand}', c.id, c.social_account_id, 'late', 'post', 'zoe', 'Zoe', false, 'And now?',
             '2026-07-06T09:00:00Z', '2026-07-06T09:00:00Z', '2026-07-06T09:00:00Z', true
           from conversation c where c.brand_id = '{brand}'",
        brand = desk.brand,
        publication = desk.written.publication
    );
    desk.test.db.run(&sql).await
}

/// The number of the other period.
fn before<'a>(rows: &'a [Vec<String>], key: &str) -> Option<&'a str> {
    let fits = |row: &&Vec<String>| {
        let at = |place: usize| row.get(place).map(String::as_str);
        at(1) == Some("COMMUNITY") && at(4) == Some(key)
    };
    rows.iter().find(fits).and_then(|row| row.get(8)).map(String::as_str)
}

#[tokio::test]
async fn a_report_counts_messages_and_names_nobody() -> Result<()> {
    let desk = Desk::new().await?;
    of_july(&desk).await?;
    let blocks = vec![ReportBlock::plain(BlockKind::Community)];
    for audience in [ReportAudience::Client, ReportAudience::Team] {
        let content =
            ReportTemplateContent { name: format!("Community {audience:?}"), audience, blocks: blocks.clone() };
        let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        let report = desk.ask(&desk.senior, desk.wanted(TemplateChoice::Own(template), &ALL)?).await?;
        desk.test.run_jobs().await?;
        assert_eq!(desk.of(report, "state").await?, "READY", "{}", desk.of(report, "error").await?);
        let rows = desk.rows(report).await?;
        for (key, count) in [("MESSAGES_RECEIVED", "2"), ("MESSAGES_ANSWERED", "1"), ("MESSAGES_UNANSWERED", "1")] {
            assert_eq!(value(&rows, "COMMUNITY", "", key), Some(count), "{key}: {rows:?}");
            // Nobody read in June: what was said then is unknown, not nought.
            assert_eq!(before(&rows, key), Some(""), "{key}: {rows:?}");
        }
        let page = String::from_utf8(desk.file(report, ReportFormat::Html).await?)?;
        assert!(page.contains("Messages received"), "{page}");
        for private in ["Amal", "Zoe", "How much?", "And now?", "Three."] {
            assert!(!page.contains(private), "{private} is nobody's business: {page}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_was_taken_back_and_other_months_are_not_counted() -> Result<()> {
    let desk = Desk::new().await?;
    of_july(&desk).await?;
    let sql = format!(
        "update conversation_message set gone_at = '2026-07-08T09:00:00Z', text = '', author_id = null, author_name = null, asks = false
           where brand_id = '{brand}' and remote_id = 'late'",
        brand = desk.brand
    );
    desk.test.db.run(&sql).await?;
    let blocks = vec![ReportBlock::plain(BlockKind::Community)];
    let content = ReportTemplateContent { name: "Community".to_owned(), audience: ReportAudience::Team, blocks };
    let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let wanted = desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?;
    // Half of August was read in, and nobody wrote.
    let august = NewComposed { from: "2026-08-01".parse()?, to: "2026-08-14".parse()?, ..wanted.clone() };
    for (new, received, unanswered) in [(wanted, "1", "0"), (august, "0", "0")] {
        let report = desk.ask(&desk.senior, new).await?;
        desk.test.run_jobs().await?;
        let rows = desk.rows(report).await?;
        assert_eq!(value(&rows, "COMMUNITY", "", "MESSAGES_RECEIVED"), Some(received), "{rows:?}");
        assert_eq!(value(&rows, "COMMUNITY", "", "MESSAGES_UNANSWERED"), Some(unanswered), "{rows:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_client_sees_who_is_compared_and_on_how_many_days_not_all_was_counted() -> Result<()> {
    let desk = Desk::new().await?;
    of_july(&desk).await?;
    let (brand, source, rival) = (desk.brand, desk.written.listening.source, desk.written.listening.rival);
    // Of all days of July both are known on the first alone.
    let sql = format!(
        "insert into mention_day (brand_id, source_id, monitor_id, day, mentions, recorded_at)
         values ('{brand}', '{source}', '{rival}', '2026-07-01', 4, '2026-07-02T09:00:00Z')"
    );
    desk.test.db.run(&sql).await?;
    let blocks = vec![ReportBlock::plain(BlockKind::Community)];
    let content = ReportTemplateContent { name: "Community".to_owned(), audience: ReportAudience::Client, blocks };
    let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let report = desk.ask(&desk.senior, desk.wanted(TemplateChoice::Own(template), &ALL)?).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(report, "state").await?, "READY", "{}", desk.of(report, "error").await?);
    let rows = desk.rows(report).await?;
    for (key, told) in [("SHARE_OF_VOICE", "75"), ("SHARE_OF_VOICE_MISSING_DAYS", "30")] {
        assert_eq!(value(&rows, "COMMUNITY", "", key), Some(told), "{key}: {rows:?}");
    }
    for (name, share) in [("Nour", "75"), ("Rival", "25")] {
        let is_there = |row: &Vec<String>| {
            let at = |place: usize| row.get(place).map(String::as_str);
            at(1) == Some("CHART") && at(5) == Some(name) && at(7) == Some(share)
        };
        assert!(rows.iter().any(is_there), "{name}: {rows:?}");
    }
    let page = String::from_utf8(desk.file(report, ReportFormat::Html).await?)?;
    assert!(page.contains("Days with mention counts missing") && page.contains("Rival"), "{page}");
    Ok(())
}

#[tokio::test]
async fn whoever_may_not_read_the_community_gets_none_of_it() -> Result<()> {
    let desk = Desk::new().await?;
    of_july(&desk).await?;
    let blocks = vec![ReportBlock::plain(BlockKind::Community)];
    let content = ReportTemplateContent { name: "Community".to_owned(), audience: ReportAudience::Team, blocks };
    let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let new = desk.wanted(TemplateChoice::Own(template), &[ReportFormat::Csv])?;
    let report = desk.ask(&desk.senior, new).await?;
    // As if it were asked for with a token that may have reports and figures alone.
    let scopes = [Action::ReportRun, Action::MetricsRead].map(Action::name).join(",");
    let sql = format!("update report_run set scopes = string_to_array('{scopes}', ',') where id = '{report}'");
    desk.test.db.run(&sql).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.of(report, "state").await?, "READY", "{}", desk.of(report, "error").await?);
    let rows = desk.rows(report).await?;
    assert!(has_block(&rows, "COMMUNITY", "NOT_ALLOWED"), "{rows:?}");
    assert_eq!(value(&rows, "COMMUNITY", "", "MESSAGES_RECEIVED"), None);
    Ok(())
}
