//! Two brands side by side: whoever is in one of them sees and changes nothing of the other, in any table.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use diwan_testkit::{TestServices, Written};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Name {
    name: String,
}

/// Every table whose rows are a brand's, from the catalogue.
async fn brand_tables(test: &TestServices) -> Result<Vec<String>> {
    let sql = "select attrelid::regclass::text as name from pg_attribute join pg_class c on c.oid = attrelid
      where attname = 'brand_id' and not attisdropped and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1";
    Ok(db::all::<Name>(&test.db.owner, sql, []).await?.into_iter().map(|row| row.name).collect())
}

/// A fingerprint of everything that a brand has in a table.
async fn fingerprint(test: &TestServices, table: &str, brand: Uuid) -> Result<String> {
    let sql = format!(
        "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t where brand_id = '{brand}'"
    );
    test.db.value(&sql).await
}

async fn scope_of(test: &TestServices, brand: Uuid) -> Result<DatabaseTransaction> {
    let tx = test.services.db.write().await?;
    anyhow::ensure!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand.into()]).await?, "no such brand");
    Ok(tx)
}

fn refused_by_policy(outcome: &Result<u64, DbErr>, what: &str) {
    let error = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let refused = error.contains("row-level security") || error.contains("permission denied");
    assert!(refused, "{what}: {outcome:?}");
}

async fn run(tx: &DatabaseTransaction, sql: &str) -> Result<u64, DbErr> {
    tx.execute_unprepared("savepoint step").await?;
    let outcome = tx.execute_unprepared(sql).await.map(|done| done.rows_affected());
    tx.execute_unprepared("rollback to savepoint step").await?;
    outcome
}

#[tokio::test]
async fn a_brand_is_invisible_from_another_in_every_table() -> Result<()> {
    let test = TestServices::new().await?;
    let alpha = test.fill_brand("Alpha").await?;
    let beta = test.fill_brand("Beta").await?;
    for table in brand_tables(&test).await? {
        for (own, other) in [(alpha, beta), (beta, alpha)] {
            let there: i64 =
                test.db.value(&format!("select count(*) from {table} where brand_id = '{}'", other.brand)).await?;
            assert!(there > 0, "{table}: the builder writes no row, so nothing is tested");
            let tx = scope_of(&test, own.brand).await?;
            let sql = format!(
                "select count(*) filter (where brand_id = $1) > 0 and count(*) filter (where brand_id is distinct from $1) = 0 from {table}"
            );
            let own_alone: bool = db::scalar(&tx, &sql, [own.brand.into()]).await?;
            assert!(own_alone, "{table}: not exactly the own rows are seen");
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_can_be_written_into_another_brand() -> Result<()> {
    let test = TestServices::new().await?;
    let alpha = test.fill_brand("Alpha").await?;
    let beta = test.fill_brand("Beta").await?;
    for table in brand_tables(&test).await? {
        let before = fingerprint(&test, &table, beta.brand).await?;
        let tx = scope_of(&test, alpha.brand).await?;

        // A copy of one's own row, with the other's brand.
        let columns = "select string_agg(quote_ident(attname), ', ' order by attnum) as name from pg_attribute
          where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attname <> 'brand_id' and attgenerated = ''";
        let columns = db::one::<Name>(&test.db.owner, columns, [table.clone().into()]).await?.context("columns")?.name;
        let copied = columns.split(", ").map(|name| if name == "id" { "gen_random_uuid()" } else { name });
        let copied = copied.collect::<Vec<_>>().join(", ");
        let sql = format!(
            "insert into {table} (brand_id, {columns}) select '{}', {copied} from {table} where brand_id = '{}' limit 1",
            beta.brand, alpha.brand
        );
        refused_by_policy(&run(&tx, &sql).await, &format!("insert into {table}"));

        // One's own row, moved over.
        let moved =
            run(&tx, &format!("update {table} set brand_id = '{}' where brand_id = '{}'", beta.brand, alpha.brand))
                .await;
        refused_by_policy(&moved, &format!("moving a row of {table}"));

        // The other's rows: not refused but not found, or not granted at all.
        for sql in [
            format!("update {table} set brand_id = '{}' where brand_id = '{}'", alpha.brand, beta.brand),
            format!("update {table} set brand_id = brand_id where brand_id = '{}'", beta.brand),
            format!("delete from {table} where brand_id = '{}'", beta.brand),
        ] {
            match run(&tx, &sql).await {
                Ok(changed) => assert_eq!(changed, 0, "{sql}"),
                refused => refused_by_policy(&refused, &sql),
            }
        }
        tx.commit().await?;
        assert_eq!(fingerprint(&test, &table, beta.brand).await?, before, "{table} of the other brand has changed");
    }
    Ok(())
}

#[tokio::test]
async fn the_database_refuses_references_into_another_brand() -> Result<()> {
    let test = TestServices::new().await?;
    let alpha = test.fill_brand("Alpha").await?;
    let beta = test.fill_brand("Beta").await?;
    let Written { brand, post, variant, publication, sample, reading, .. } = alpha;
    // As the superuser, whom no policy holds: what remains are the keys.
    for (sql, key) in [
        (
            format!("update post set calendar_id = '{}' where id = '{post}'", beta.calendar),
            "post_brand_id_calendar_id_fkey",
        ),
        (
            format!("update post_variant set post_id = '{}' where id = '{variant}'", beta.post),
            "post_variant_brand_id_post_id_fkey",
        ),
        (
            format!("update post_variant set social_account_id = '{}' where id = '{variant}'", beta.account),
            "post_variant_brand_id_social_account_id_fkey",
        ),
        (
            format!("update variant_asset set asset_id = '{}' where brand_id = '{brand}'", beta.asset),
            "variant_asset_brand_id_asset_id_fkey",
        ),
        (
            format!("update publication set post_id = '{}' where id = '{publication}'", beta.post),
            "publication_brand_id_post_id_fkey",
        ),
        (
            format!("update publication set variant_id = '{}' where id = '{publication}'", beta.variant),
            "publication_brand_id_variant_id_fkey",
        ),
        (
            format!("update publication set social_account_id = '{}' where id = '{publication}'", beta.account),
            "publication_brand_id_social_account_id_fkey",
        ),
        (
            format!(
                "update publication_attempt set publication_id = '{}' where brand_id = '{brand}'",
                beta.publication
            ),
            "publication_attempt_brand_id_publication_id_fkey",
        ),
        (
            format!("update metric_sample set publication_id = '{}' where id = '{sample}'", beta.publication),
            "metric_sample_brand_id_publication_id_fkey",
        ),
        (
            format!("update metric_reading set social_account_id = '{}' where id = '{reading}'", beta.account),
            "metric_reading_brand_id_social_account_id_fkey",
        ),
    ] {
        let error =
            test.db.owner.execute_unprepared(&sql).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(key), "{sql}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn the_scope_is_what_the_memberships_of_the_moment_say() -> Result<()> {
    let test = TestServices::new().await?;
    let (alpha, beta) = (test.brand("Alpha").await?, test.brand("Beta").await?);
    let sami = test.member(alpha, Level::Mid, UserKind::Staff).await?;
    let seen = async |person| -> Result<Vec<Uuid>> {
        let context = test.act(person).await?;
        let actor = context.actor().context("somebody")?;
        let mut levels: Vec<Uuid> = actor.levels.keys().copied().collect();
        let calendars = context.rows::<Name>("select brand_id::text as name from calendar", []).await?;
        let mut brands = calendars.iter().map(|row| Ok(row.name.parse()?)).collect::<Result<Vec<Uuid>>>()?;
        levels.sort_unstable();
        brands.sort_unstable();
        if actor.agency_level.is_none() {
            assert_eq!(levels, brands, "what the product believes and what the database shows");
        }
        Ok(brands)
    };
    assert_eq!(seen(&sami).await?, [alpha]);
    let second = test.join(&sami, beta, Level::Junior).await?;
    assert_eq!(seen(&sami).await?, [alpha, beta]);
    test.db.run(&format!("update membership set starts_at = now() - interval '2 h', expires_at = now() - interval '1 h' where id = '{second}'")).await?;
    assert_eq!(seen(&sami).await?, [alpha], "a membership that has ended");
    test.db
        .run(&format!(
            "update membership set starts_at = now() + interval '1 h', expires_at = null where id = '{second}'"
        ))
        .await?;
    assert_eq!(seen(&sami).await?, [alpha], "a membership that has not begun");
    let chief = test.chief().await?;
    assert_eq!(seen(&chief).await?, [alpha, beta]);
    test.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", sami.id)).await?;
    assert!(test.act(&sami).await.is_err(), "somebody who was deactivated is still let in");
    Ok(())
}
