//! `diwan migrate`: brings the database up to date, as its owner, and lets the application's login in.

use anyhow::{Context as _, Result};
use diwan_platform::db::{self, APP_ROLE};
use sea_orm::{ConnectionTrait, Value};
use url::Url;

use crate::installation;
use crate::servers::Servers;

/// Migrates.
pub(crate) async fn run() -> Result<()> {
    let config = installation::configure()?;
    let servers = Servers::named(&config, "migrate")?;
    installation::migrate(&servers.owner_url).await?;
    let (owner, login) =
        (login(&servers.owner_url, "DATABASE_OWNER_URL")?, login(&servers.database_url, "DATABASE_URL")?);
    if owner.name != login.name {
        let connection = db::connect_owner(&servers.owner_url).await?;
        let admitted = admit(&connection, &login).await;
        connection.close().await?;
        admitted.with_context(|| format!("the application's login {:?} could not be let in", login.name))?;
    }
    println!("The database is up to date.");
    Ok(())
}

/// Who an address signs in as.
struct Login {
    name: String,
    password: Option<String>,
}

fn login(url: &str, variable: &'static str) -> Result<Login> {
    let url = Url::parse(url).with_context(|| format!("{variable} is not an address"))?;
    let decoded = |text: &str| -> String {
        url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    Ok(Login { name: decoded(url.username()), password: url.password().map(decoded) })
}

/// Makes the login unless it is there, and lets it act as the application's role.
async fn admit(on: &impl ConnectionTrait, login: &Login) -> Result<()> {
    let name = || Value::from(login.name.clone());
    if !db::scalar::<bool>(on, "select exists (select from pg_roles where rolname = $1)", [name()]).await? {
        let sql = "select format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls noinherit password %L', $1::text, $2::text)";
        let create: String = db::scalar(on, sql, [name(), login.password.clone().into()]).await?;
        on.execute_unprepared(&create).await?;
        println!("Made the login {:?}.", login.name);
    }
    let sql = "select pg_has_role($1::name, $2::name, 'member')";
    if !db::scalar::<bool>(on, sql, [name(), APP_ROLE.into()]).await? {
        let grant: String =
            db::scalar(on, "select format('grant %I to %I', $1::text, $2::text)", [APP_ROLE.into(), name()]).await?;
        on.execute_unprepared(&grant).await?;
        println!("The login {:?} may now act as {APP_ROLE}.", login.name);
    }
    let sql = "select has_database_privilege($1::name, current_database(), 'connect')";
    if !db::scalar::<bool>(on, sql, [name()]).await? {
        let sql = "select format('grant connect on database %I to %I', current_database(), $1::text)";
        let grant: String = db::scalar(on, sql, [name()]).await?;
        on.execute_unprepared(&grant).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use diwan_testkit::TestDb;
    use diwan_testkit::db::unique_name;

    #[tokio::test]
    async fn the_applications_login_is_made_and_let_in() -> Result<()> {
        let db = TestDb::new().await?;
        let login = Login { name: unique_name("o'login \" x")?, password: Some("it's \\ \" secret".to_owned()) };
        admit(&db.owner, &login).await?;
        admit(&db.owner, &login).await?;
        let sql = "select rolcanlogin and not rolsuper and not rolbypassrls and pg_has_role(oid, 'diwan_app', 'member')
          and not pg_has_role(oid, 'diwan_app', 'usage') from pg_roles where rolname = $1";
        let right: bool = db::scalar(&db.owner, sql, [login.name.clone().into()]).await?;
        let drop: String =
            db::scalar(&db.owner, "select format('drop role %I', $1::text)", [login.name.into()]).await?;
        db.run(&drop).await?;
        assert!(right);
        Ok(())
    }

    #[test]
    fn what_is_encoded_in_an_address_is_decoded() -> Result<()> {
        let login = login("postgres://diwan%40home:p%2Bq+r%25@db/diwan", "DATABASE_URL")?;
        assert_eq!(login.name, "diwan@home");
        assert_eq!(login.password.as_deref(), Some("p+q+r%"));
        Ok(())
    }
}
