//! What every command stands on: the configuration, the database in order, the services.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use diwan_domain::trust::TokenIssuer;
use diwan_domain::turns::Turns;
use diwan_domain::{Services, Timing};
use diwan_migration::{Migrator, MigratorTrait as _};
use diwan_platform::clock::{Clock as _, SystemClock};
use diwan_platform::config::Config;
use diwan_platform::db::{self, Database};
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};
use diwan_platform::metrics::Metrics;
use diwan_platform::telemetry;
use diwan_platform::traces::{SdkTracer, Traces, TracesError};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, TransactionTrait as _};

use crate::words;

/// How long to wait for PostgreSQL before giving up, at start and for a free connection later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the configuration and starts logging.
pub(crate) fn configure() -> Result<Config> {
    let config = Config::from_env()?;
    let traces = config.collector.as_ref().map(Traces::start).transpose();
    // What went wrong there is said in the log that begins here.
    let (tracer, failed) = match traces {
        Ok(traces) => (traces.map(keep_sending), None),
        Err(error) => (None, Some(error)),
    };
    telemetry::init(config.log_format, &config.log_filter, tracer);
    match failed {
        Some(TracesError::Exporter(why)) => bail!("OTEL_EXPORTER_OTLP_ENDPOINT: {why}"),
        None => Ok(config),
    }
}

/// Keeps what sends spans until the process ends.
fn keep_sending((traces, tracer): (Traces, SdkTracer)) -> SdkTracer {
    *TRACES.lock().unwrap_or_else(PoisonError::into_inner) = Some(traces);
    tracer
}

/// What sends spans, for the end of the process.
static TRACES: Mutex<Option<Traces>> = Mutex::new(None);

/// Sends the spans that are left; before the process ends.
pub(crate) async fn finish_traces() {
    let traces = TRACES.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(traces) = traces {
        // It waits for its own thread, which sends on this runtime.
        let _sent = tokio::task::spawn_blocking(move || traces.stop()).await;
    }
}

/// Connects as the application.
pub(crate) async fn connect(config: &Config, database_url: &str) -> Result<Database> {
    match Database::connect(database_url, config.database_connections, PATIENCE).await {
        Ok(database) => Ok(database),
        Err(error) => match words::of_connecting(&error) {
            Some(said) => bail!(said),
            None => Err(error).context("DATABASE_URL"),
        },
    }
}

/// Makes the services, after the database was found in order.
pub(crate) async fn services(config: &Config, database_url: &str) -> Result<Arc<Services>> {
    let keys = config.keyring()?;
    let database = connect(config, database_url).await?;
    refuse_mighty_role(database.unscoped()).await?;
    refuse_old_schema(database.unscoped()).await?;
    let clock = Arc::new(SystemClock);
    let tokens = TokenIssuer::load(&database, &keys, config.public_url.as_str(), clock.now())
        .await
        .context("the key that signs access tokens")?;
    let stand_in = config.stand_in.clone().map(|at| StandIn { at, hosts: diwan_networks::hosts() });
    let http =
        HttpClient::new(HttpPolicy { allowed_hosts: config.allowed_hosts.clone(), stand_in, ..HttpPolicy::default() })?;
    Ok(Arc::new(Services {
        db: database,
        clock,
        keys,
        storage: config.storage()?,
        stills: config.stills.clone(),
        http,
        apps: config.apps.clone(),
        mailer: config.mailer()?,
        language_model: config.language_model.clone(),
        public_url: config.public_url.clone(),
        app_url: config.app_url.clone(),
        tokens,
        timing: Timing::default(),
        metrics: Metrics::default(),
        turns: Turns::default(),
    }))
}

/// Runs the migrations that have not run, one process at a time.
pub(crate) async fn migrate(owner_url: &str) -> Result<()> {
    let owner = db::connect_owner(owner_url).await.context("DATABASE_OWNER_URL")?;
    // Held by one of the two connections, while the other migrates.
    let lock = owner.begin().await?;
    lock.execute_unprepared("select pg_advisory_xact_lock(hashtext('diwan migrate'))").await?;
    Migrator::up(&owner, None).await.context("the database could not be brought up to date")?;
    lock.commit().await?;
    Ok(owner.close().await?)
}

#[derive(FromQueryResult)]
struct Role {
    name: String,
    superuser: bool,
    bypasses: bool,
    owns: bool,
}

/// Refuses to go on as a role that could pass row-level security: then brands would not be kept apart.
pub(crate) async fn refuse_mighty_role(on: &impl ConnectionTrait) -> Result<()> {
    let role: Role = db::one(
        on,
        "select r.rolname::text as name, r.rolsuper as superuser, r.rolbypassrls as bypasses,
           exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm')
               and pg_has_role(current_user, c.relowner, 'usage')) as owns
         from pg_roles r where r.rolname = current_user",
        [],
    )
    .await?
    .context("PostgreSQL does not know the role that it lets us act as")?;
    let why = if role.superuser {
        "is a superuser"
    } else if role.bypasses {
        "has BYPASSRLS"
    } else if role.owns {
        "owns tables"
    } else {
        return Ok(());
    };
    bail!(
        "Diwan acts as the database role {:?}, which {why} and so could see every brand: \
         let it act as diwan_app, with `alter role diwan_app nosuperuser nobypassrls` and tables owned by another role",
        role.name
    )
}

/// How far the database's schema is from what this program needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// As it should be.
    Current,
    /// Migrations have not run, so many.
    Behind(usize),
    /// It was migrated, and this login may not see how far.
    Unknown,
}

/// Looks at the schema.
pub(crate) async fn schema(on: &impl ConnectionTrait) -> Result<Schema, DbErr> {
    #[derive(FromQueryResult)]
    struct Seen {
        there: bool,
        readable: Option<bool>,
    }
    #[derive(FromQueryResult)]
    struct Applied {
        version: String,
    }
    let wanted: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let seen: Option<Seen> = db::one(
        on,
        "select to_regclass('public.seaql_migrations') is not null and to_regclass('public.job') is not null as there,
           has_table_privilege(to_regclass('public.seaql_migrations'), 'select') as readable",
        [],
    )
    .await?;
    match seen {
        Some(Seen { there: true, readable: Some(true) }) => {
            let applied: Vec<Applied> = db::all(on, "select version from public.seaql_migrations", []).await?;
            let missing = wanted.iter().filter(|name| !applied.iter().any(|row| row.version == **name)).count();
            Ok(if missing == 0 { Schema::Current } else { Schema::Behind(missing) })
        }
        Some(Seen { there: true, .. }) => Ok(Schema::Unknown),
        _ => Ok(Schema::Behind(wanted.len())),
    }
}

/// Refuses to go on with a schema that this program does not know yet.
async fn refuse_old_schema(on: &impl ConnectionTrait) -> Result<()> {
    match schema(on).await? {
        Schema::Current | Schema::Unknown => Ok(()),
        Schema::Behind(missing) => {
            bail!("the database is not up to date ({missing} migrations have not run): run `diwan migrate`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diwan_testkit::TestDb;

    #[tokio::test]
    async fn a_role_that_owns_tables_is_refused() -> Result<()> {
        let db = TestDb::new().await?;
        refuse_mighty_role(db.app.unscoped()).await?;
        db.run("alter table brand owner to diwan_app").await?;
        let refused = refuse_mighty_role(db.app.unscoped()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("owns tables")));
        // As a superuser.
        let refused = refuse_mighty_role(&db.owner).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("is a superuser")));
        Ok(())
    }

    #[tokio::test]
    async fn an_old_schema_is_refused() -> Result<()> {
        let db = TestDb::new().await?;
        assert_eq!(schema(&db.owner).await?, Schema::Current);
        refuse_old_schema(db.app.unscoped()).await?;
        db.run("delete from seaql_migrations where version = (select max(version) from seaql_migrations)").await?;
        assert_eq!(schema(&db.owner).await?, Schema::Behind(1));
        db.run("drop table seaql_migrations").await?;
        let refused = refuse_old_schema(db.app.unscoped()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("diwan migrate")));
        Ok(())
    }
}
