//! What is written of a publication that goes as it should, in one statement each: that an attempt begins, and that it is there. What
//! goes otherwise is seldom, and is written step by step in `outcome.rs`.

use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt::AttemptOutcome;
use diwan_networks::Published;
use diwan_platform::db;
use diwan_platform::http::is_web;
use diwan_platform::traces::traceparent;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _};
use uuid::Uuid;

use super::line;
use crate::calendar::post_state;
use crate::jobs::{Hands, Job as _, JobError, Scope};
use crate::{community, insights};

/// The post's state, with its other publications in these states and this one in that.
fn state_of_post(others: &[PublicationState], own: PublicationState) -> Option<String> {
    let states: Vec<_> = others.iter().copied().chain([own]).collect();
    post_state(&states).map(|state| state.to_value())
}

/// Writes the attempt before the network is called.
pub(super) async fn open_attempt(
    scope: &Scope,
    row: &publication::Model,
    others: &[PublicationState],
) -> Result<publication::Model, JobError> {
    let number = row.attempts + 1;
    let frozen_at = row.frozen_at.unwrap_or(scope.now);
    let sql = "with opened as (
        insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at) values ($4, $1, $2, $5, $6, $3)),
      followed as (update post set state = $8, updated_at = $3 where brand_id = $1 and id = $9 and state <> $8)
      update publication set state = $10, attempts = $5, frozen_at = $7, updated_at = $3 where brand_id = $1 and id = $2";
    let values = [
        row.brand_id.into(),
        row.id.into(),
        scope.now.into(),
        scope.new_id().into(),
        number.into(),
        scope.fence().into(),
        frozen_at.into(),
        state_of_post(others, PublicationState::Sending).into(),
        row.post_id.into(),
        PublicationState::Sending.to_value().into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(publication::Model {
        state: PublicationState::Sending,
        attempts: number,
        frozen_at: Some(frozen_at),
        ..row.clone()
    })
}

/// Writes that it is there, with the end of its attempt and of its job, asks for its first numbers and comments, and calls the next in line: this worker goes
/// on with it, where it has a place for it, past the queue. Commits.
pub(super) async fn published(
    (scope, hands): (Scope, &Hands),
    (row, has_comments): (&publication::Model, bool),
    others: &[PublicationState],
    (published, attempt): (Published, AttemptOutcome),
) -> Result<(), JobError> {
    let sql = format!(
        "with ended as (
           update publication_attempt set outcome = $6, finished_at = $4, error_code = null, error_detail = null
           where brand_id = $1 and publication_id = $5 and outcome is null),
         there as (
           update publication set state = $7, remote_id = $8, remote_url = $9, published_at = $4, updated_at = $4,
             trouble = null, trouble_detail = null
           where brand_id = $1 and id = $5),
         followed as (update post set state = $10, updated_at = $4 where brand_id = $1 and id = $11 and state <> $10),
         numbers as (
           insert into job (id, brand_id, kind, subject_id, state, due_at, created_at, trace)
           select n.id, $1::uuid, n.kind, $5::uuid, 'PENDING', $14::timestamptz, $4::timestamptz, $15::text
           from (values ($12::uuid, $13::text), ($18::uuid, $19::text)) n (id, kind)
           where $14::timestamptz is not null and n.kind is not null
           on conflict (brand_id, kind, subject_id) where state in ('PENDING', 'HANDED', 'RUNNING')
           do update set due_at = least(job.due_at, excluded.due_at)),
         next as ({next}),
         called as (
           update job set due_at = next.due_at, state = case when $17 then 'HANDED' else job.state end,
             handed_at = case when $17 then $4 else job.handed_at end,
             line_owner = case when $17 then $20 end,
             lined_at = case when not $17 then null when job.line_owner = $20 then job.lined_at else $4 end
           from next where job.id = next.id returning job.id)
         update job set state = 'DONE', finished_at = $4, lease_expires_at = null, lease_owner = null, failures = 0, last_error = null
         where id = $16 returning (select id from called where $17) as next",
        next = line::NEXT
    );
    let place = hands.place();
    let comments = has_comments.then(|| community::ReadComments.kind());
    let values = [
        row.brand_id.into(),
        row.social_account_id.into(),
        super::Publish.kind().into(),
        scope.now.into(),
        row.id.into(),
        attempt.to_value().into(),
        PublicationState::Published.to_value().into(),
        published.remote_id.into(),
        published.url.filter(is_web).map(|url| url.to_string()).into(),
        state_of_post(others, PublicationState::Published).into(),
        row.post_id.into(),
        scope.new_id().into(),
        insights::SyncMetrics.kind().into(),
        insights::next_sync(scope.now, scope.now).into(),
        traceparent().into(),
        scope.job_id().into(),
        place.is_some().into(),
        scope.new_id().into(),
        comments.map(str::to_owned).into(),
        hands.name().into(),
    ];
    let next: Option<Uuid> = db::scalar(scope.tx(), &sql, values).await?;
    scope.commit().await?;
    if let (Some(next), Some(place)) = (next, place) {
        hands.go_on_with(next, place);
    }
    Ok(())
}
