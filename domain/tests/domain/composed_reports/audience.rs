//! What a report says of audiences: viewers never pass for followers.

use super::*;

#[tokio::test]
async fn viewers_are_told_as_viewers() -> Result<()> {
    let desk = Desk::new().await?;
    let (brand, account) = (desk.brand, desk.written.account);
    let sql = format!(
        "insert into metric_sample values (gen_random_uuid(), '{brand}', '{account}', null, 'FOLLOWERS', 200, '2026-07-30T09:00:00Z')"
    );
    desk.test.db.run(&sql).await?;
    let blocks = vec![ReportBlock::plain(BlockKind::Audience)];
    let content = ReportTemplateContent { name: "Audience".to_owned(), audience: ReportAudience::Client, blocks };
    let template = desk.template(&desk.mid, &content).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
    let of_viewers = format!(
        "update audience_reading set audience = 'VIEWERS', unit = 'SHARE', keys = array['FEMALE', 'MALE'],
           amounts = array[250000, 750000]::bigint[] where brand_id = '{brand}'"
    );
    for (change, share, known, people, viewers) in
        [(None, "100", "1.5", "3", None), (Some(of_viewers), "25", "", "", Some("Mastodon"))]
    {
        if let Some(change) = change {
            desk.test.db.run(&change).await?;
        }
        let report = desk.ask(&desk.senior, desk.wanted(TemplateChoice::Own(template), &ALL)?).await?;
        desk.test.run_jobs().await?;
        assert_eq!(desk.of(report, "state").await?, "READY", "{}", desk.of(report, "error").await?);
        let rows = desk.rows(report).await?;
        assert_eq!(value(&rows, "AUDIENCE", "FEMALE", "SHARE"), Some(share), "{rows:?}");
        assert_eq!(value(&rows, "AUDIENCE", "", "KNOWN_FOLLOWERS"), Some(known), "{rows:?}");
        assert_eq!(value(&rows, "AUDIENCE", "FEMALE", "FOLLOWERS"), Some(people), "{rows:?}");
        let from = rows.iter().find(|row| row.get(4).is_some_and(|key| key == "VIEWERS_FROM"));
        assert_eq!(from.and_then(|row| row.last()).map(String::as_str), viewers, "{rows:?}");
        let page = String::from_utf8(desk.file(report, ReportFormat::Html).await?)?;
        assert_eq!(page.contains("Viewers, not followers, from"), viewers.is_some(), "{page}");
        assert_eq!(page.contains("Known of followers"), viewers.is_none(), "{page}");
    }
    Ok(())
}
