//! The audit trail: one chain, which nobody can change unseen and the application cannot change at all.

use anyhow::{Context as _, Result};
use diwan_domain::calendar::{Look, create_calendar};
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_testkit::{Person, TestServices};
use futures::future::try_join_all;
use sea_orm::{ConnectionTrait as _, FromQueryResult};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Link {
    seq: i64,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    computed: Vec<u8>,
}

/// Walks the chain from its root. Answers how many events it holds, or where it breaks.
async fn verify(test: &TestServices) -> Result<Result<usize, i64>> {
    let agency = test.agency().await?;
    let sql =
        "select seq, prev_hash, hash, app.audit_hash(e, seq, prev_hash) as computed from audit_event e order by seq";
    let links: Vec<Link> = db::all(&test.db.owner, sql, []).await?;
    let mut before = sha256(agency.to_string().as_bytes()).to_vec();
    for (link, number) in links.iter().zip(1..) {
        if link.seq != number || link.prev_hash != before || link.hash != link.computed {
            return Ok(Err(number));
        }
        before.clone_from(&link.hash);
    }
    let head: Vec<u8> = test.db.value("select hash from audit_head").await?;
    assert_eq!(head, before, "the head is the last link");
    Ok(Ok(links.len()))
}

async fn work(test: &TestServices, person: &Person, brand: Uuid, name: &str) -> Result<()> {
    let context = test.act(person).await?;
    create_calendar(&context, brand, name, Look::default()).await?;
    Ok(context.commit().await?)
}

#[tokio::test]
async fn what_is_done_is_chained_and_a_change_breaks_the_chain() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    for name in ["one", "two", "three"] {
        work(&test, &chief, brand, name).await?;
    }
    assert_eq!(verify(&test).await?, Ok(3));
    for change in [
        "update audit_event set action = 'calendar.delete' where seq = 2",
        "update audit_event set at = at + interval '1 microsecond' where seq = 2",
        "update audit_event set detail = '{\"a\":1}' where seq = 2",
        "delete from audit_event where seq = 2",
    ] {
        test.db.run(change).await?;
        assert_eq!(verify(&test).await?, Err(2), "unseen: {change}");
        if change.starts_with("delete") {
            break;
        }
        test.db
            .run("update audit_event set action = 'calendar.create', detail = '{}', at = (select created_at from calendar where name = 'two') where seq = 2")
            .await?;
        assert_eq!(verify(&test).await?, Ok(3));
    }
    Ok(())
}

#[tokio::test]
async fn what_was_rolled_back_leaves_no_event_and_no_gap() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let chief = test.chief().await?;
    work(&test, &chief, brand, "one").await?;
    let context = test.act(&chief).await?;
    create_calendar(&context, brand, "never", Look::default()).await?;
    context.roll_back().await?;
    work(&test, &chief, brand, "two").await?;
    assert_eq!(verify(&test).await?, Ok(2));
    Ok(())
}

#[tokio::test]
async fn writers_at_the_same_time_keep_one_chain() -> Result<()> {
    const EACH: usize = 6;
    let test = TestServices::new().await?;
    let (alpha, beta) = (test.brand("Alpha").await?, test.brand("Beta").await?);
    let chief = test.chief().await?;
    let (test, chief) = (&test, &chief);
    let writers = (0..8).map(async |writer| -> Result<()> {
        let brand = if writer % 2 == 0 { alpha } else { beta };
        for number in 0..EACH {
            work(test, chief, brand, &format!("{writer} {number}")).await?;
        }
        Ok(())
    });
    try_join_all(writers).await?;
    assert_eq!(verify(test).await?, Ok(8 * EACH));
    Ok(())
}

#[tokio::test]
async fn the_application_can_only_append_and_only_in_its_own_name() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let (chief, other) = (test.chief().await?, test.chief().await?);
    work(&test, &chief, brand, "one").await?;
    let agency = test.agency().await?;
    let event = |actor: Uuid| {
        format!(
            "insert into audit_event (id, agency_id, brand_id, at, actor_id, action, subject_id)
             values (gen_random_uuid(), '{agency}', '{brand}', now(), '{actor}', 'calendar.create', '{brand}')"
        )
    };
    for (sql, refusal) in [
        ("update audit_event set action = 'nothing.done'".to_owned(), "permission denied"),
        ("delete from audit_event".to_owned(), "permission denied"),
        ("truncate audit_event".to_owned(), "permission denied"),
        ("select * from audit_head".to_owned(), "permission denied"),
        ("alter table audit_event disable trigger all".to_owned(), "must be owner"),
        (event(other.id), "row-level security"),
    ] {
        let context = test.act(&chief).await?;
        let outcome = context.rows::<Link>(&sql, []).await;
        let error = outcome.err().context("was not refused")?.to_string();
        assert!(error.contains(refusal), "{sql}: {error}");
        context.roll_back().await?;
        assert_eq!(verify(&test).await?, Ok(1));
    }
    // What it sets of the chain itself is overwritten when the chain is written.
    let tx = test.services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?;
    let forged = "insert into audit_event (id, agency_id, brand_id, at, action, subject_id, seq, prev_hash, hash)
      values (gen_random_uuid(), (select id from agency), (select id from brand), now(), 'calendar.create', gen_random_uuid(), 99, '\\x00', '\\x00')";
    tx.execute_unprepared(forged).await?;
    tx.commit().await?;
    assert_eq!(verify(&test).await?, Ok(2));
    Ok(())
}
