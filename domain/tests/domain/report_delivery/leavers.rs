//! A report of a schedule whose maker may not send it any more.

use anyhow::Result;

use super::Desk;

#[tokio::test]
async fn a_report_that_is_ready_is_not_sent_once_its_maker_may_not() -> Result<()> {
    let mid = |desk: &Desk, change: &str| format!("update membership set {change} where user_id = '{}'", desk.mid.id);
    for change in ["ended_at = now()", "level = 'JUNIOR'"] {
        let desk = Desk::new().await?;
        desk.schedule(&desk.mid, desk.rule()).await?.map_err(|code| anyhow::anyhow!("{code:?}"))?;
        desk.pass("2026-09-01T06:00:00Z").await?;
        assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 SENT");
        // As if it had not been sent yet, and its maker goes now.
        desk.test
            .db
            .run(
                "delete from report_letter; update report_delivery set state = 'WAITING', ended_at = null;
                 update job set state = 'PENDING', finished_at = null, due_at = '2026-09-01T06:00:00Z' where kind = 'deliver_report'",
            )
            .await?;
        desk.test.db.run(&mid(&desk, change)).await?;
        let letters = desk.letters().await?;
        let links = desk.test.db.count("public_link").await?;
        desk.test.run_jobs().await?;
        assert_eq!(desk.deliveries().await?, "2026-08-01/2026-08-31 FAILED", "{change}");
        assert_eq!((desk.letters().await?, desk.test.db.count("public_link").await?), (letters, links));
        let told = "select count(*) from notice where kind = 'REPORT_NOT_SENT'";
        assert!(desk.test.db.value::<i64>(told).await? > 0, "whoever answers for it is told");
    }
    Ok(())
}
