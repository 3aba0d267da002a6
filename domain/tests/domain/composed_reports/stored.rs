//! Files of reports in a bucket that is slow: no transaction waits for it, and no attempt writes where another did.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_domain::insights::reports::{FILE_KIND, TemplateChoice, cancel_report};
use diwan_domain::jobs;
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_platform::crypto::sha256;
use diwan_testkit::Settings;
use diwan_testkit::servers::{Fault, FaultProxy, S3Server};
use uuid::Uuid;

use super::Desk;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_slow_store_holds_nothing_up_and_each_attempt_has_its_own_place() -> Result<()> {
    let server = S3Server::start().await?;
    let proxy = FaultProxy::keeping_host(&server.url).await?;
    let desk = Desk::with(Settings { s3: Some(server.settings(&proxy.url)), ..Settings::default() }).await?;
    let below = format!("/diwan/{FILE_KIND}/{}", desk.brand.simple());
    let objects = || -> Result<usize> {
        Ok(server.objects()?.iter().filter(|name| name.split('/').next() == Some(FILE_KIND)).count())
    };
    // The bucket has the bytes of the file, and the worker does not hear so.
    let hang = async |owner: &'static str, number: usize| -> Result<_> {
        proxy.set(&below, Fault::ForwardThenHang);
        let services = Arc::clone(&desk.test.services);
        let dying = tokio::spawn(async move { jobs::run_due(&services, owner).await });
        proxy.wait_forwarded(&below, number, PATIENCE).await?;
        Ok(dying)
    };
    let new = desk.wanted(TemplateChoice::BuiltIn(ReportAudience::Team), &[ReportFormat::Csv])?;
    let report = desk.ask(&desk.mid, new.clone()).await?;
    let dying = hang("dying", 1).await?;
    let held = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation
        join pg_database d on d.oid = l.database
      where c.relname = 'report_run' and l.pid <> pg_backend_pid() and d.datname = current_database()";
    assert_eq!(desk.test.db.value::<i64>(held).await?, 0, "a transaction is open");
    dying.abort();
    let _dead = dying.await;
    proxy.clear();
    desk.clock.advance(TimeDelta::minutes(5));
    let job: Uuid = desk.test.db.value(&format!("select id from job where subject_id = '{report}'")).await?;
    assert_eq!(jobs::run(&desk.test.services, job, "next").await?, jobs::Ran::Finished);
    assert_eq!(desk.of(report, "state").await?, "READY");
    let digest = format!("select sha256 from report_file where report_id = '{report}'");
    assert_eq!(
        desk.test.db.value::<Vec<u8>>(&digest).await?,
        sha256(&desk.file(report, ReportFormat::Csv).await?),
        "what its row says"
    );
    assert_eq!(objects()?, 2, "what the dead one wrote is another object, which no row names");

    // Whoever takes a report back does not wait for the bucket either.
    let report = desk.ask(&desk.mid, new).await?;
    let dying = hang("slow", proxy.forwarded(&below) + 1).await?;
    let cancel = desk.must(&desk.mid, async |context| cancel_report(context, report).await);
    tokio::time::timeout(PATIENCE, cancel).await.context("it waits for the bucket")??;
    ensure!(!dying.is_finished(), "it was stored already");
    dying.abort();
    let _dead = dying.await;
    assert_eq!(desk.of(report, "state").await?, "CANCELED");
    let files = format!("select count(*) from report_file where report_id = '{report}'");
    assert_eq!(desk.test.db.value::<i64>(&files).await?, 0);
    Ok(())
}
