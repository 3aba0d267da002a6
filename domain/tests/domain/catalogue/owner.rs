//! An owner of the database who is no superuser: held to the policies like everybody.

use std::time::Duration;

use anyhow::{Context as _, Result};
use diwan_migration::{Migrator, MigratorTrait as _};
use diwan_platform::db::{self, Database, connect_owner};
use diwan_testkit::db::{database_url, server_url, unique_name};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

#[tokio::test]
async fn an_owner_who_is_no_superuser_sees_nothing_outside_the_definer_functions() -> Result<()> {
    let admin = connect_owner(server_url()?.as_str()).await?;
    let (role, database) = (unique_name("diwan_owner")?, unique_name("diwan_owned")?);
    admin.execute_unprepared(&format!("create role {role} login createrole")).await?;
    admin.execute_unprepared(&format!("create database {database} owner {role} template template0")).await?;
    let outcome = as_plain_owner(&role, &database).await;
    admin.execute_unprepared(&format!("drop database {database} with (force)")).await?;
    admin.execute_unprepared(&format!("drop role {role}")).await?;
    outcome
}

async fn as_plain_owner(role: &str, database: &str) -> Result<()> {
    let mut url = database_url(database)?;
    url.set_username(role).ok().context("an address with a user")?;
    let owner = connect_owner(url.as_str()).await?;
    Migrator::up(&owner, None).await?;
    // Rows are made as the superuser, who stands above the policies.
    let superuser = connect_owner(database_url(database)?.as_str()).await?;
    superuser
        .execute_unprepared(
            "insert into agency (id, name, locale, time_zone, base_currency, created_at)
               values ('00000000-0000-7000-8000-000000000001', 'A', 'en', 'UTC', 'EUR', now());
             insert into brand (id, agency_id, name, time_zone, locale, created_at)
               values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'B', 'UTC', 'en', now());
             insert into calendar (id, brand_id, name, created_at)
               values ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002', 'C', now());
             insert into app_user (id, agency_id, kind, email, name, locale, agency_level, created_at)
               values ('00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000001', 'STAFF', 'mina@nour.example', 'Mina',
                 'en', 'CMO', now());",
        )
        .await?;
    for table in ["agency", "brand", "calendar"] {
        let seen: i64 = db::scalar(&owner, &format!("select count(*) from {table}"), []).await?;
        assert_eq!(seen, 0, "the owner sees {table}");
        let there: i64 = db::scalar(&superuser, &format!("select count(*) from {table}"), []).await?;
        assert_eq!(there, 1);
    }
    // Inside the functions, the owner does see: they work, and they leave nothing open behind them.
    let tx = owner.begin().await?;
    let found: bool = db::scalar(&tx, "select app.enter_brand('00000000-0000-7000-8000-000000000002')", []).await?;
    assert!(found);
    assert!(!db::scalar::<bool>(&tx, "select app.in_definer()", []).await?);
    let seen: i64 = db::scalar(&tx, "select count(*) from agency where app.in_definer()", []).await?;
    assert_eq!(seen, 0);
    tx.rollback().await?;
    // Nor are they held to what is kept from freelancers, though the owner may act as the application.
    let inherits: bool = db::scalar(&owner, "select pg_has_role(current_user, 'diwan_app', 'usage')", []).await?;
    assert!(!inherits);
    let tx = owner.begin().await?;
    assert!(db::scalar::<bool>(&tx, "select app.enter_brand('00000000-0000-7000-8000-000000000002')", []).await?);
    tx.execute_unprepared("select set_config('app.limited', 'FREELANCER', true)").await?;
    let people: i64 =
        db::scalar(&tx, "select count(*) from app.brand_people('00000000-0000-7000-8000-000000000002', now())", [])
            .await?;
    assert_eq!(people, 1);
    tx.rollback().await?;
    // The same login is the application's, where an installation has one login only.
    let app = Database::connect(url.as_str(), 1, Duration::from_secs(5)).await?;
    let seen: i64 = db::scalar(app.unscoped(), "select count(*) from calendar", []).await?;
    assert_eq!(seen, 0);
    let tx = app.write().await?;
    assert!(db::scalar::<bool>(&tx, "select app.enter_brand('00000000-0000-7000-8000-000000000002')", []).await?);
    let seen: i64 = db::scalar(&tx, "select count(*) from calendar", []).await?;
    assert_eq!(seen, 1);
    tx.rollback().await?;
    app.close().await;
    owner.close().await?;
    Ok(superuser.close().await?)
}
