//! A database for each test, cloned from a template that is migrated once and shared by all test processes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use diwan_migration::{Migrator, MigratorTrait as _};
use diwan_platform::crypto;
use diwan_platform::db::{Database, connect_owner, scalar};
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait as _};
use url::Url;

/// A migrated, otherwise empty database. It is dropped with this.
#[derive(Debug)]
pub struct TestDb {
    /// The superuser: sees and changes everything, whatever the policies say.
    pub owner: DatabaseConnection,
    /// The database as the product sees it.
    pub app: Database,
    /// Where the database is, as the superuser.
    pub url: Url,
    name: String,
    statements: Arc<AtomicUsize>,
}

impl TestDb {
    /// A new database.
    pub async fn new() -> Result<Self> {
        let admin = connect_owner(server_url()?.as_str()).await?;
        let template = template(&admin).await?;
        let name = unique_name("diwan_test")?;
        // Files are copied as they are: through the log and the few buffers of a private server it takes four times as long.
        admin.execute_unprepared(&format!("create database {name} template {template} strategy file_copy")).await?;
        admin.close().await?;
        let url = database_url(&name)?;
        let owner = connect_owner(url.as_str()).await?;
        let mut app = Database::connect(url.as_str(), 12, Duration::from_secs(20)).await?;
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        app.on_statement(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        Ok(Self { owner, app, url, name, statements })
    }

    /// How many statements the product has run so far, without `begin` and `commit`.
    pub fn statements(&self) -> usize {
        self.statements.load(Ordering::SeqCst)
    }

    /// Runs SQL as the superuser.
    pub async fn run(&self, sql: &str) -> Result<()> {
        self.owner.execute_unprepared(sql).await.with_context(|| format!("in: {sql}"))?;
        Ok(())
    }

    /// The one value of a query, as the superuser.
    pub async fn value<T: sea_orm::TryGetable>(&self, sql: &str) -> Result<T> {
        scalar(&self.owner, sql, []).await.with_context(|| format!("in: {sql}"))
    }

    /// The one value of a query over very many small tables, as the superuser. PostgreSQL would share the work among helpers, whose start
    /// costs several times what there is to do.
    pub async fn value_of_many_tables<T: sea_orm::TryGetable>(&self, sql: &str) -> Result<T> {
        let tx = self.owner.begin().await?;
        tx.execute_unprepared("set local max_parallel_workers_per_gather = 0").await?;
        let value = scalar(&tx, sql, []).await.with_context(|| format!("in: {sql}"))?;
        tx.commit().await?;
        Ok(value)
    }

    /// Runs a migration once more, over what is there now: after this SQL has taken away what it makes.
    pub async fn migrate_again(&self, name: &str, undo: &str) -> Result<()> {
        self.run(undo).await?;
        self.run(&format!("delete from seaql_migrations where version = '{name}'")).await?;
        Ok(Migrator::up(&self.owner, None).await?)
    }

    /// How many rows a table holds, as the superuser.
    pub async fn count(&self, table: &str) -> Result<i64> {
        self.value(&format!("select count(*) from {table}")).await
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        // The test's runtime may be ending, so a thread with one of its own does it. What is left behind after a crash
        // goes with the servers, which live as long as the test run.
        let dropping = std::thread::spawn(move || drop_database(&name));
        let _left_behind = dropping.join();
    }
}

fn drop_database(name: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let admin = connect_owner(server_url()?.as_str()).await?;
        admin.execute_unprepared(&format!("drop database if exists {name} with (force)")).await?;
        Ok(admin.close().await?)
    })
}

/// A name that no other test uses.
pub fn unique_name(prefix: &str) -> Result<String> {
    Ok(format!("{prefix}_{}", data_encoding::HEXLOWER.encode(&crypto::random::<8>()?)))
}

/// The test server's maintenance database, as the superuser. No statement of a test takes longer than two minutes: one that
/// waits for a lock that nobody gives back fails, and says so.
pub fn server_url() -> Result<Url> {
    let mut url: Url = variable("DIWAN_TEST_DATABASE_URL")?.parse()?;
    url.query_pairs_mut().append_pair("options", "-c statement_timeout=120s");
    Ok(url)
}

/// The test server's Redis; tests share it, so each puts a prefix of its own before its keys.
pub fn redis_url() -> Result<String> {
    variable("DIWAN_TEST_REDIS_URL")
}

/// Another database of the test server, as the superuser.
pub fn database_url(name: &str) -> Result<Url> {
    let mut url = server_url()?;
    url.set_path(name);
    Ok(url)
}

fn variable(name: &str) -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
    let value = std::env::var(name);
    value.with_context(|| format!("{name} is not set: run the tests with script/test, which starts the servers"))
}

/// The name of the migrated template, which is made now if no test process has made it yet. A changed migration makes
/// another one.
async fn template(admin: &DatabaseConnection) -> Result<String> {
    let name = format!("diwan_template_{}", hash_of_migrations()?);
    let lock = admin.begin().await?;
    lock.execute_unprepared("select pg_advisory_xact_lock(hashtext('diwan test template'))").await?;
    // The mark is set last: a template without it is what a test process left that was killed while it migrated.
    let ready = format!("select exists (select from pg_database where datname = '{name}' and datistemplate)");
    if !scalar::<bool>(&lock, &ready, []).await? {
        admin.execute_unprepared(&format!("drop database if exists {name} with (force)")).await?;
        admin.execute_unprepared(&format!("create database {name} template template0")).await?;
        let database = connect_owner(database_url(&name)?.as_str()).await?;
        Migrator::up(&database, None).await?;
        database.close().await?;
        admin
            .execute_unprepared(&format!("alter database {name} with is_template true allow_connections false"))
            .await?;
    }
    lock.commit().await?;
    Ok(name)
}

fn hash_of_migrations() -> Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/src");
    let mut files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    let mut all = Vec::new();
    for file in files {
        all.extend(std::fs::read(file)?);
    }
    Ok(data_encoding::HEXLOWER.encode(&crypto::sha256(&all)[..8]))
}
