//! The outbox's machinery: taking what is due, leases with fencing tokens. What the work *is* stands in the domain.
//!
//! Everything here is a call of one of the narrow functions of migration `m0005`, outside any tenant's scope.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::db;
use crate::metrics::Depth;

/// A job by name: all that travels through Redis.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, serde::Serialize, serde::Deserialize)]
pub struct JobRef {
    /// The row in `job`.
    pub id: Uuid,
    /// What kind of work it is.
    pub kind: String,
}

/// A job that this worker holds.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Claim {
    /// The tenant whose scope the work runs in; none for the agency's own work.
    pub brand_id: Option<Uuid>,
    /// What kind of work it is.
    pub kind: String,
    /// What it is about.
    pub subject_id: Uuid,
    /// The fencing token: a write under an older one is refused.
    pub fence: i64,
    /// How often it has failed so far.
    pub failures: i32,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Whether another worker had begun and fell silent.
    pub resumed: bool,
    /// Under which span it was asked for ([`crate::traces::traceparent`]).
    pub trace: Option<String>,
}

/// Which jobs are taken (`job.priority`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All.
    All,
    /// Publications, and what people and publications wait for.
    Awaited,
}

/// Takes up to `limit` jobs that are due, to hand them over. Each is taken by one caller.
pub async fn take_due(on: &impl ConnectionTrait, limit: i32, now: DateTime<Utc>) -> Result<Vec<JobRef>, DbErr> {
    take_due_of(on, Taken::All, limit, now).await
}

/// The same of these jobs alone.
pub async fn take_due_of(
    on: &impl ConnectionTrait,
    taken: Taken,
    limit: i32,
    now: DateTime<Utc>,
) -> Result<Vec<JobRef>, DbErr> {
    let lowest: i16 = match taken {
        Taken::All => 2,
        Taken::Awaited => 1,
    };
    let sql = "select id, kind from app.take_due_jobs($1, $2, $3)";
    db::all(on, sql, [limit.into(), now.into(), lowest.into()]).await
}

/// Jobs that were handed over before `handed_before` and not begun, or whose worker let the lease run out or is gone
/// ([`crate::presence`]). What a worker that lives was handed with a line has six seconds more.
pub async fn quiet(
    on: &impl ConnectionTrait,
    limit: i32,
    handed_before: DateTime<Utc>,
    (now, lease): (DateTime<Utc>, Duration),
) -> Result<Vec<JobRef>, DbErr> {
    let sql = "select id, kind from app.quiet_jobs($1, $2, $3, make_interval(secs => $4))";
    db::all(on, sql, [limit.into(), handed_before.into(), now.into(), db::seconds(lease).into()]).await
}

/// When the next job is due, if any waits.
pub async fn next_due(on: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    db::scalar(on, "select app.next_job_due()", []).await
}

/// Gives back jobs that were handed over to the worker `owner` and that it has not begun: they wait again, as often as they had failed before.
/// What somebody has begun or goes on with is left as it is. Answers how many were given back.
pub async fn give_back(on: &impl ConnectionTrait, ids: &[Uuid], owner: &str) -> Result<i64, DbErr> {
    db::scalar(on, "select app.give_back_jobs($1, $2)", [ids.to_vec().into(), owner.into()]).await
}

/// Begins a job under a lease, unless somebody holds it, it is not due, or it is finished.
pub async fn start(
    on: &impl ConnectionTrait,
    id: Uuid,
    owner: &str,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Option<Claim>, DbErr> {
    db::one(
        on,
        "select * from app.start_job($1, $2, $3, make_interval(secs => $4))",
        [id.into(), owner.into(), now.into(), db::seconds(lease).into()],
    )
    .await
}

/// Keeps a lease until `until`. False when it is lost: the caller must stop without another effect.
///
/// It waits for nobody: while somebody holds the row, such as the run's own transaction, nobody else can begin the job, and the lease
/// stays as it is.
pub async fn keep(on: &impl ConnectionTrait, id: Uuid, fence: i64, until: DateTime<Utc>) -> Result<bool, DbErr> {
    db::scalar(on, "select app.keep_lease($1, $2, $3)", [id.into(), fence.into(), until.into()]).await
}

/// How much waits and is at work now, by kind and state, across all brands.
pub async fn figures(on: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Depth>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        kind: Option<String>,
        state: String,
        count: i64,
        oldest: Option<DateTime<Utc>>,
    }
    let rows: Vec<Row> = db::all(on, "select * from app.work_figures($1)", [now.into()]).await?;
    let depth = |row: Row| Depth {
        kind: row.kind,
        state: row.state,
        count: row.count,
        oldest: row.oldest.map(|due| (now - due).to_std().unwrap_or_default()),
    };
    Ok(rows.into_iter().map(depth).collect())
}

/// Forgets finished jobs. Answers how many.
pub async fn forget(on: &impl ConnectionTrait, finished_before: DateTime<Utc>) -> Result<i64, DbErr> {
    db::scalar(on, "select app.forget_jobs($1)", [finished_before.into()]).await
}
