//! That a worker lives, as PostgreSQL knows it: an advisory lock of a connection of the worker's own. When the process dies, however
//! suddenly, its connections end, and with them the lock; nobody has to wait for a lease to run out to know.
//!
//! What is known in this way speeds things up and decides nothing: whoever takes a job from a worker that is gone raises its fencing
//! token, as after a lease that ran out.

use std::time::Duration;

use sea_orm::DbErr;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, Connection as _};
use tokio::time::sleep;

/// What the names of workers begin with that hold such a lock. Of others nobody knows whether they live.
pub const PREFIX: &str = "present-";

/// How often the connection is asked whether it is there.
const ASK: Duration = Duration::from_secs(2);

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A worker's lock, held as long as this is.
#[derive(Debug)]
pub struct Presence(PgConnection);

impl Presence {
    /// Takes the lock of this worker over a connection that nobody else uses.
    pub(crate) async fn take(mut connection: PgConnection, owner: &str) -> Result<Self, DbErr> {
        let statement = "select pg_advisory_lock(hashtext('diwan.worker'), hashtext($1))";
        let taken = sqlx::query(statement).bind(owner).execute(&mut connection).await;
        taken.map_err(|error| DbErr::Custom(format!("a worker's lock could not be taken: {error}")))?;
        Ok(Self(connection))
    }

    /// Waits until the connection is gone.
    pub async fn lost(&mut self) {
        loop {
            sleep(ASK).await;
            if !matches!(tokio::time::timeout(PATIENCE, self.0.ping()).await, Ok(Ok(()))) {
                return;
            }
        }
    }
}
