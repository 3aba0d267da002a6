//! The audit trail outside the database: exported, anchored, and checked by whoever has the file.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_domain::calendar::{Look, create_calendar};
use diwan_domain::paging::Page;
use diwan_domain::trust::{
    EventFilter, Export, Jwks, Period, anchor_audit, anchor_keys, audit_events, export_audit, verify_audit_file,
};
use diwan_domain::{Code, Failure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use futures::future::try_join_all;
use uuid::Uuid;

const FIRST: Page = Page { size: 100, after: None, before: None, from_end: false };

async fn work(test: &TestServices, person: &Person, brand: Uuid, names: impl Iterator<Item = String>) -> Result<()> {
    for name in names {
        let context = test.act(person).await?;
        create_calendar(&context, brand, &name, Look::default()).await?;
        context.commit().await?;
    }
    Ok(())
}

/// Asks for a link and fetches what is behind it.
async fn export(test: &TestServices, person: &Person, period: Period) -> Result<Vec<u8>> {
    let context = test.act(person).await?;
    let (url, _) = export_audit(&context, period).await?;
    context.commit().await?;
    let token = url.path().rsplit('/').next().context("a token")?;
    let mut export = Export::open(Arc::clone(&test.services), token, period).await?;
    let mut file = Vec::new();
    while let Some(lines) = export.next().await? {
        file.extend(lines);
    }
    Ok(file)
}

fn said(file: &[u8], keys: &Jwks, anchors: &[String]) -> String {
    match verify_audit_file(file, Some(keys), anchors) {
        Ok(verdict) => format!("{} events, {} anchors", verdict.events, verdict.anchors),
        Err(error) => error.to_string(),
    }
}

#[derive(sea_orm::FromQueryResult)]
struct Nothing {}

#[tokio::test]
async fn an_export_is_whole_until_somebody_writes_the_database() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    work(&test, &chief, brand, (0..4).map(|number| format!("c{number}"))).await?;
    let anchor = anchor_audit(&test.services).await?.context("an anchor")?;
    assert_eq!(anchor.seq, 4);
    assert!(anchor_audit(&test.services).await?.is_none(), "the head has not moved");
    let keys = anchor_keys(&test.services).await?;
    let kept = [anchor.signature];
    // The event of the export itself is the fifth.
    assert_eq!(said(&export(&test, &chief, Period::default()).await?, &keys, &kept), "5 events, 2 anchors");

    // A whole new chain by somebody who may write everything, shorter than it was.
    test.db.run("delete from audit_event where seq > 3; update audit_head set (seq, hash) = (select seq, hash from audit_event where seq = 3)").await?;
    let file = export(&test, &chief, Period::default()).await?;
    let found = said(&file, &keys, &kept);
    assert!(found.starts_with("broken at event 4 "), "another event stands in its place: {found}");
    test.db.run("delete from audit_anchor").await?;
    let found = said(&export(&test, &chief, Period::default()).await?, &keys, &kept);
    assert!(found.starts_with("broken at event 4 "), "{found}");
    // What is in the middle.
    test.db.run("update audit_event set detail = '{\"x\": 1}' where seq = 2").await?;
    let found = said(&export(&test, &chief, Period::default()).await?, &keys, &kept);
    assert!(found.starts_with("broken at event 2 "), "{found}");
    Ok(())
}

#[tokio::test]
async fn anchors_outlive_the_keys_that_signed_them() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    work(&test, &chief, brand, ["one".to_owned()].into_iter()).await?;
    let anchor = anchor_audit(&test.services).await?.context("an anchor")?;
    test.db.run("update signing_key set retired_at = now()").await?;
    let keys = anchor_keys(&test.services).await?;
    let file = export(&test, &chief, Period::default()).await?;
    assert_eq!(said(&file, &keys, &[anchor.signature]), "2 events, 2 anchors");
    let error = test.db.run("delete from signing_key").await.err().context("a key with anchors went")?;
    assert!(format!("{error:#}").contains("audit_anchor_kid_fkey"), "{error:#}");
    Ok(())
}

#[tokio::test]
async fn a_long_trail_is_exported_in_pages_and_in_parts() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    let fill = format!(
        "insert into audit_event (id, agency_id, brand_id, at, action, subject_id)
         select gen_random_uuid(), agency_id, id, timestamptz '2026-01-01' + n * interval '1 hour', 'post.create', id
         from brand, generate_series(1, 1200) n where id = '{brand}' order by n"
    );
    test.db.run(&fill).await?;
    let keys = anchor_keys(&test.services).await?;
    assert_eq!(said(&export(&test, &chief, Period::default()).await?, &keys, &[]), "1201 events, 0 anchors");
    let from = "2026-01-02T00:00:00Z".parse()?;
    let until = "2026-01-03T00:00:00Z".parse()?;
    let part = export(&test, &chief, Period { from: Some(from), until: Some(until) }).await?;
    let anchor = anchor_audit(&test.services).await?.context("an anchor")?;
    assert_eq!(said(&part, &keys, &[anchor.signature]), "24 events, 0 anchors");
    Ok(())
}

#[tokio::test]
async fn nobody_exports_or_reads_beyond_their_right() -> Result<()> {
    let test = TestServices::new().await?;
    let (brand, other) = (test.brand("Alpha").await?, test.brand("Beta").await?);
    let chief = test.chief().await?;
    work(&test, &chief, brand, ["one".to_owned()].into_iter()).await?;
    work(&test, &chief, other, ["two".to_owned()].into_iter()).await?;
    let director = test.person(UserKind::Staff, Some(Level::Director)).await?;
    let in_brand = test.member(brand, Level::Director, UserKind::Staff).await?;
    let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
    let before = test.db.count("audit_event").await?;
    for person in [&director, &in_brand, &senior] {
        let context = test.act(person).await?;
        let refused = export_audit(&context, Period::default()).await;
        assert!(matches!(&refused, Err(Failure::Refused(why)) if why[0].code == Code::Forbidden), "{refused:?}");
        context.commit().await?;
    }
    assert_eq!(test.db.count("audit_event").await?, before);
    let read = async |person: &Person, brand: Option<Uuid>| -> Result<Option<usize>> {
        let context = test.act(person).await?;
        let read = audit_events(&context, brand, EventFilter::default(), FIRST).await;
        context.roll_back().await?;
        Ok(read.ok().map(|slice| slice.rows.len()))
    };
    assert_eq!(read(&director, None).await?, Some(2));
    assert_eq!(read(&in_brand, None).await?, None);
    assert_eq!(read(&in_brand, Some(brand)).await?, Some(1));
    assert_eq!(read(&in_brand, Some(other)).await?, None);
    assert_eq!(read(&senior, Some(brand)).await?, None);
    // Who has lost the right since the link was made gets nothing by it, and nobody a part that it was not made for.
    let context = test.act(&chief).await?;
    let (url, _) = export_audit(&context, Period::default()).await?;
    context.commit().await?;
    let token = url.path().rsplit('/').next().context("a token")?;
    let part = Period { from: Some("2026-01-02T00:00:00Z".parse()?), until: None };
    assert!(Export::open(Arc::clone(&test.services), token, part).await.is_err());
    test.db.run(&format!("update app_user set agency_level = 'DIRECTOR' where id = '{}'", chief.id)).await?;
    assert!(Export::open(Arc::clone(&test.services), token, Period::default()).await.is_err());
    Ok(())
}

#[tokio::test]
async fn the_application_can_only_append_anchors() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    work(&test, &chief, brand, ["one".to_owned()].into_iter()).await?;
    // Of many workers at once, one anchors.
    let anchors = try_join_all((0..8).map(|_| anchor_audit(&test.services))).await?;
    assert_eq!(anchors.into_iter().flatten().count(), 1);
    for (sql, refusal) in [
        ("update audit_anchor set seq = 9", "permission denied"),
        ("delete from audit_anchor", "permission denied"),
        ("truncate audit_anchor", "permission denied"),
        (
            "insert into audit_anchor (id, agency_id, seq, hash, at, kid, signature)
             select gen_random_uuid(), agency_id, 9, hash, at, kid, 'forged' from audit_anchor",
            "row-level security",
        ),
    ] {
        let context = test.act(&chief).await?;
        let error = context.rows::<Nothing>(sql, []).await.err().context("was not refused")?.to_string();
        assert!(error.contains(refusal), "{sql}: {error}");
        context.roll_back().await?;
    }
    assert_eq!(test.db.count("audit_anchor").await?, 1);
    Ok(())
}
