//! The database connection and its transactions.
//!
//! The pool acts as the role `diwan_app` whatever login it uses, so that row-level security always holds; migrations
//! use a connection of their own that acts as the owner.

use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, IsolationLevel,
    RuntimeErr, Statement, TransactionTrait, Value,
};

use crate::presence::Presence;

/// The role that the server and the worker act as; migration `m0001` makes it.
pub const APP_ROLE: &str = "diwan_app";

/// How long a connection may have been idle to be used without asking whether it is still there.
const UNASKED: Duration = Duration::from_secs(1);

/// How long a transaction may stand still while the server waits for what comes next. It ends then, with its locks: its process sleeps, or its
/// machine is gone. No transaction is open while a network is called, and this is shorter than a lease.
const STANDS_STILL: &str = "60s";

/// After how long without a word the server asks whether a client's machine is still there, how often it asks again, in seconds, and how many
/// times. Without effect over a Unix socket.
const KEEPALIVES: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "20"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "4")];

/// A pool that sees only what the scope of each transaction allows.
#[derive(Debug, Clone)]
pub struct Database {
    pool: DatabaseConnection,
    options: PgConnectOptions,
}

impl Database {
    /// Connects as the application, with at most `max_connections` connections. Tries for as long as `patience` while
    /// the server does not answer.
    pub async fn connect(url: &str, max_connections: u32, patience: Duration) -> Result<Self, DbErr> {
        let options = connect_options(url)?
            .options([("role", APP_ROLE), ("idle_in_transaction_session_timeout", STANDS_STILL)])
            .options(KEEPALIVES);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .min_connections(1)
            .acquire_timeout(patience)
            .idle_timeout(Duration::from_mins(5))
            // A connection that has just been used is there; asking each time whether it is would cost every operation a round trip.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > UNASKED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options.clone())
            .await
            .map_err(connection_error)?;
        Ok(Self { pool: pool.into(), options })
    }

    /// Counts the statements that run on this pool from now on, for tests.
    pub fn on_statement(&mut self, callback: impl Fn() + Send + Sync + 'static) {
        self.pool.set_metric_callback(move |_| callback());
    }

    /// A transaction for reading: one snapshot, nothing can be written.
    pub async fn read(&self) -> Result<DatabaseTransaction, DbErr> {
        self.pool.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await
    }

    /// A transaction for writing.
    pub async fn write(&self) -> Result<DatabaseTransaction, DbErr> {
        self.pool.begin().await
    }

    /// The pool itself, for statements that need no scope: health checks and the narrow functions of the outbox.
    pub fn unscoped(&self) -> &DatabaseConnection {
        &self.pool
    }

    /// A connection that listens for notifications; it connects again by itself.
    pub async fn listen(&self, channels: &[&str]) -> Result<PgListener, DbErr> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(self.options.clone())
            .await
            .map_err(connection_error)?;
        let mut listener = PgListener::connect_with(&pool).await.map_err(connection_error)?;
        listener.listen_all(channels.iter().copied()).await.map_err(connection_error)?;
        Ok(listener)
    }

    /// A lock under this name, on a connection of its own, that is there as long as what is answered and the process are.
    pub async fn presence(&self, owner: &str) -> Result<Presence, DbErr> {
        let connection = self.options.connect().await.map_err(connection_error)?;
        Presence::take(connection, owner).await
    }

    /// Closes the pool; statements that run are finished.
    pub async fn close(self) {
        let _closed = self.pool.close().await;
    }
}

/// A connection that acts as its login, for migrations and for looking at the installation.
pub async fn connect_owner(url: &str) -> Result<DatabaseConnection, DbErr> {
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(connect_options(url)?)
        .await
        .map_err(connection_error)?;
    Ok(pool.into())
}

fn connect_options(url: &str) -> Result<PgConnectOptions, DbErr> {
    Ok(PgConnectOptions::from_str(url).map_err(connection_error)?.application_name("diwan").disable_statement_logging())
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn connection_error(error: sea_orm::sqlx::Error) -> DbErr {
    DbErr::Custom(format!("cannot reach PostgreSQL: {error}"))
}

/// Whether the server could not be reached, or the connection ended: it may answer again before long. Nobody knows then whether what was
/// asked of it was done, where that was a commit.
pub fn is_away(error: &DbErr) -> bool {
    use sea_orm::sqlx::Error;
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match cause.as_ref() {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::PoolTimedOut | Error::PoolClosed => true,
        // It was told to stop, it starts, or the connection was ended: by somebody, or because its transaction stood still.
        Error::Database(refusal) => {
            refusal.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08") || code == "25P03")
        }
        _ => false,
    }
}

/// A statement with bound values, for the functions of the schema `app`.
pub fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, values)
}

/// The first row of a statement.
pub async fn one<T: FromQueryResult>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, DbErr> {
    match on.query_one_raw(statement(sql, values)).await? {
        Some(row) => T::from_query_result(&row, "").map(Some),
        None => Ok(None),
    }
}

/// All rows of a statement.
pub async fn all<T: FromQueryResult>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, DbErr> {
    on.query_all_raw(statement(sql, values)).await?.iter().map(|row| T::from_query_result(row, "")).collect()
}

/// The one column `value` of the one row of a statement.
pub async fn scalar<T: sea_orm::TryGetable>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<T, DbErr> {
    let row = on.query_one_raw(statement(sql, values)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("a function answered no row".to_owned()))?.try_get_by_index(0)
}

/// A length of time in seconds, as `make_interval(secs => $1)` takes it. Exact to the millisecond for some thousands of years.
#[expect(clippy::cast_precision_loss, reason = "leases are minutes, paces at most days")]
pub fn seconds(of: TimeDelta) -> f64 {
    of.num_milliseconds() as f64 / 1000.0
}
