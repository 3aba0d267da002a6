//! The database alone, with every check of the application bypassed: a session is entered as a request enters it, and
//! plain SQL asks for everything. Row-level security must hold by itself.

use anyhow::{Context as _, Result, ensure};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use diwan_testkit::{Person, TestServices};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

/// What somebody without any place sees of the tables that are no brand's: the agency, and themselves.
const OWN: &[(&str, &str)] = &[("agency", "true"), ("app_user", "id = $1"), ("session", "user_id = $1")];

#[derive(FromQueryResult)]
struct Table {
    name: String,
    has_brand: bool,
}

/// Every table that is guarded by row-level security.
async fn tables(test: &TestServices) -> Result<Vec<Table>> {
    let sql = "select c.oid::regclass::text as name, exists (select from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'brand_id' and not a.attisdropped) as has_brand
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity order by 1";
    Ok(db::all(&test.db.owner, sql, []).await?)
}

/// A transaction in the scope of somebody's session.
async fn scope_of(test: &TestServices, who: &Person) -> Result<DatabaseTransaction> {
    let tx = test.services.db.write().await?;
    let values = [who.session_id.into(), who.id.into(), test.services.now().into()];
    let entered = tx.execute_raw(db::statement("select * from app.enter_session($1, $2, $3)", values)).await?;
    ensure!(entered.rows_affected() == 1, "the session is not known");
    Ok(tx)
}

/// How many rows a statement touched, undone; none if the role may not even try.
async fn touched(tx: &DatabaseTransaction, sql: &str) -> Result<u64> {
    tx.execute_unprepared("savepoint step").await?;
    let outcome: Result<u64, DbErr> = tx.execute_unprepared(sql).await.map(|done| done.rows_affected());
    tx.execute_unprepared("rollback to savepoint step").await?;
    match outcome {
        Err(error) if error.to_string().contains("permission denied") => Ok(0),
        outcome => outcome.with_context(|| format!("in: {sql}")),
    }
}

/// The number of rows of a brand that somebody reads, changes and deletes in a table.
async fn reach(tx: &DatabaseTransaction, table: &str, whose: &str) -> Result<[u64; 3]> {
    Ok([
        touched(tx, &format!("select 1 from {table} where {whose}")).await?,
        touched(tx, &format!("update {table} set brand_id = brand_id where {whose}")).await?,
        touched(tx, &format!("delete from {table} where {whose}")).await?,
    ])
}

#[tokio::test]
async fn a_session_reaches_no_row_of_a_brand_without_a_place_there() -> Result<()> {
    let test = TestServices::new().await?;
    let alpha = test.fill_brand("Alpha").await?;
    let beta = test.fill_brand("Beta").await?;
    let mut people = vec![test.person(UserKind::Staff, None).await?];
    for (kind, level) in [
        (UserKind::Staff, Level::Junior),
        (UserKind::Staff, Level::Senior),
        (UserKind::Staff, Level::Cmo),
        (UserKind::Freelancer, Level::Junior),
        (UserKind::Client, Level::Junior),
    ] {
        let person = test.person(kind, None).await?;
        test.join(&person, alpha.brand, level).await?;
        people.push(person);
    }
    let foreign = format!("brand_id = '{}'", beta.brand);
    let mut seen_at_home = 0;
    for table in tables(&test).await?.into_iter().filter(|table| table.has_brand).map(|table| table.name) {
        let there: i64 = test.db.value(&format!("select count(*) from {table} where {foreign}")).await?;
        assert!(there > 0, "{table}: the builder writes no row, so nothing is tested");
        for person in &people {
            let tx = scope_of(&test, person).await?;
            assert_eq!(reach(&tx, &table, &foreign).await?, [0; 3], "{table}: rows read, changed and deleted");
            seen_at_home += touched(&tx, &format!("select 1 from {table} where brand_id = '{}'", alpha.brand)).await?;
        }
    }
    assert!(seen_at_home > 100, "the scopes show nothing at all: {seen_at_home}");
    Ok(())
}

#[tokio::test]
async fn somebody_without_a_place_sees_the_agency_and_themselves() -> Result<()> {
    let test = TestServices::new().await?;
    test.fill_brand("Alpha").await?;
    for kind in [UserKind::Staff, UserKind::Freelancer, UserKind::Client] {
        let person = test.person(kind, None).await?;
        let tx = scope_of(&test, &person).await?;
        for Table { name, .. } in tables(&test).await? {
            let own = OWN.iter().find(|(table, _)| *table == name).map_or("false", |(_, own)| own);
            let sql = format!("select 1 from {name} where not ({})", own.replace("$1", &format!("'{}'", person.id)));
            assert_eq!(touched(&tx, &sql).await?, 0, "{name}, as {kind:?}");
        }
        let own: i64 = db::scalar(&tx, "select count(*) from app_user where id = $1", [Uuid::into(person.id)]).await?;
        assert_eq!(own, 1, "the scope shows nothing at all");
    }
    Ok(())
}
