//! Sessions and jobs as the API shows them.

use async_graphql::{Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use diwan_domain::jobs::rerun_by;
use diwan_domain::trust;
use diwan_entity::trust::job;

use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::User;

/// What a client gets when somebody signs in.
pub struct Session {
    pub op: Op,
    pub session: trust::Session,
}

/// What a client gets when somebody signs in.
#[Object]
impl Session {
    /// A JWT for the header `Authorization: Bearer ...`.
    async fn access_token(&self) -> &str {
        &self.session.access_token
    }
    /// How long the access token lives, in seconds.
    async fn expires_in(&self) -> i64 {
        self.session.expires_in
    }
    /// Gets the next pair from `refreshSession`, once. Keep it secret.
    async fn refresh_token(&self) -> &str {
        &self.session.refresh_token
    }
    /// Names this device at the next `signIn`. Given when the device is new; keep it longer than the session.
    async fn device_token(&self) -> Option<&str> {
        self.session.device_token.as_deref()
    }
    /// Whether the agency asks for a second factor that this session was begun without. Until one is set up in it, or shown
    /// at the next sign-in, the session shows and does what is the person's own only.
    async fn second_factor_required(&self) -> bool {
        self.session.actor.restricted
    }
    /// Whose session it is.
    async fn user(&self) -> Result<User> {
        Ok(User { op: self.op.clone(), row: self.op.must_load(self.session.actor.user_id).await? })
    }
}

/// Where a job is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "job::JobState")]
pub enum JobState {
    /// Waits for its time.
    Pending,
    /// Waits for a worker.
    Handed,
    /// A worker is at it.
    Running,
    /// Done.
    Done,
    /// Not wanted any more.
    Canceled,
    /// Failed too often; a person can have it run again.
    SetAside,
}

/// Work that happens later.
pub struct Job {
    pub op: Op,
    pub row: job::Model,
}

/// Work that happens later.
#[Object]
impl Job {
    /// The job's id.
    pub async fn id(&self) -> ID {
        Kind::Job.id(self.row.id)
    }
    /// What kind of work it is.
    async fn kind(&self) -> &str {
        &self.row.kind
    }
    /// Where it is. A job that repeats is `PENDING` again between its runs.
    async fn state(&self) -> JobState {
        self.row.state.into()
    }
    /// When it is due, or was.
    async fn due_at(&self) -> DateTime<Utc> {
        self.row.due_at
    }
    /// How often in a row it has failed.
    async fn failures(&self) -> i32 {
        self.row.failures
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }
    /// Whether the caller may have it run again now.
    async fn can_rerun(&self) -> bool {
        self.row.state == job::JobState::SetAside
            && self.row.brand_id.is_some_and(|brand_id| self.op.may(rerun_by(&self.row.kind), brand_id))
    }
}
