//! An account's own numbers, taken along with those of its posts, and the account's own job that reads them where nobody takes them along.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::publishing::social_account;
use diwan_platform::db;
use diwan_platform::traces::traceparent;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};

use super::SyncMetrics;
use super::sync_job::{ACCOUNT_EVERY, ALONG, ALONG_AGAIN};
use crate::jobs::{Job as _, Scope};

/// With a publication's numbers those of its account are read, unless they have been so lately.
const LATELY: Duration = Duration::hours(6);

/// What is to be known of the account's own job.
#[derive(FromQueryResult)]
struct Own {
    /// When it was due, if its numbers are taken along.
    due_at: Option<DateTime<Utc>>,
    /// Whether none waits, and none runs.
    is_missing: bool,
}

/// Takes an account's own numbers along with a post's, unless they have been read lately or their own job does it now or soon. Whoever takes
/// them puts that job to soon, so that nobody else does, also with a clock a little behind, and it does it where this run does not end. Answers when the job was due.
///
/// Where there is no such job, since it was set aside, another one is asked for: it reads them by itself, so that what it may fail of again is no post's.
pub(super) async fn take_along(scope: &Scope, account: &social_account::Model) -> Result<Option<DateTime<Utc>>, DbErr> {
    let sql = "with own as (
        select j.id, j.due_at from job j
        where j.brand_id = $1 and j.kind = $4 and j.subject_id = $2 and j.state = 'PENDING' and j.due_at > $6
          and not exists (select from metric_reading r where r.brand_id = $1 and r.social_account_id = $2
            and r.publication_id is null and r.read_at > $3)
        for update of j skip locked),
      taken as (update job set due_at = $5 from own where job.id = own.id returning own.due_at)
      select (select t.due_at from taken t) as due_at, not exists (select from job j
        where j.brand_id = $1 and j.kind = $4 and j.subject_id = $2 and j.state in ('PENDING', 'HANDED', 'RUNNING')) as is_missing";
    let values = [
        scope.brand_id.into(),
        account.id.into(),
        (scope.now - LATELY).into(),
        SyncMetrics.kind().into(),
        (scope.now + ALONG).into(),
        (scope.now + ALONG_AGAIN).into(),
    ];
    let own: Option<Own> = db::one(scope.tx(), sql, values).await?;
    if own.as_ref().is_some_and(|own| own.is_missing) {
        ask_again(scope, account).await?;
    }
    Ok(own.and_then(|own| own.due_at))
}

/// Asks for another own job in the place of one that was set aside, a day after that. One of those who come at the same moment asks, and it waits for
/// nobody who runs the old one again.
async fn ask_again(scope: &Scope, account: &social_account::Model) -> Result<(), DbErr> {
    let sql = "with aside as (
        select j.id from job j where j.brand_id = $1 and j.kind = $2 and j.subject_id = $3 and j.state = 'SET_ASIDE'
          and not exists (select from job k where k.brand_id = $1 and k.kind = $2 and k.subject_id = $3
            and k.state = 'SET_ASIDE' and k.finished_at > $4)
        for update of j skip locked),
      replaced as (update job set state = 'CANCELED', finished_at = $5 from aside where job.id = aside.id)
      insert into job (id, brand_id, kind, subject_id, due_at, created_at, trace)
      select $6, $1, $2, $3, $5, $5, $7 where exists (select from aside)
      on conflict (brand_id, kind, subject_id) where state in ('PENDING', 'HANDED', 'RUNNING') do nothing";
    let values = [
        scope.brand_id.into(),
        SyncMetrics.kind().into(),
        account.id.into(),
        (scope.now - ACCOUNT_EVERY).into(),
        scope.now.into(),
        scope.new_id().into(),
        traceparent().into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}
