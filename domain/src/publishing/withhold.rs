//! Taking off the schedule what shows what nobody allows any more.

use chrono::{DateTime, Utc};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};
use uuid::Uuid;

use super::content::Outline;
use super::line;
use super::outcome::{GRANT_MISSING, PARTLY_PUBLISHED, Trouble, settle};
use crate::calendar::{LockedPost, follow_posts};
use crate::jobs::{Job as _, JobError, Scope, cancel};
use crate::notices;
use crate::permission::Permit;
use crate::ugc::Grants;

const DETAIL: &str = "a file of this post is a user's who has not allowed this";

/// That the publication `u` of the brand `$1` is planned and no attempt at it is open.
const PLANNED: &str = "u.brand_id = $1 and u.state in ('SCHEDULED', 'QUEUED', 'RETRYING', 'PAUSED')
  and not exists (select from publication_attempt t
    where t.brand_id = u.brand_id and t.publication_id = u.id and t.outcome is null)";

#[derive(FromQueryResult)]
struct Planned {
    id: Uuid,
    variant_id: Option<Uuid>,
    at: DateTime<Utc>,
}

/// Ends every planned publication that shows this file where no grant in force covers it, for people to go on: each is `FAILED` with the
/// reason, or waits for a decision where a part of it is there, and the team is told. What is being sent ends by itself. Answers how
/// many they were.
pub(crate) async fn withhold_without_grant(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    asset_id: Uuid,
) -> Result<usize, DbErr> {
    // Posts before their publications and in one order, as everybody does.
    let sql = format!(
        "select p.id, p.state from post p where p.brand_id = $1 and exists (select from post_variant v
           join variant_asset s on s.brand_id = v.brand_id and s.variant_id = v.id
           join publication u on u.brand_id = v.brand_id and u.variant_id = v.id
           where v.brand_id = $1 and v.post_id = p.id and s.asset_id = $2 and {PLANNED})
         order by p.id for update"
    );
    let posts: Vec<LockedPost> = db::all(permit.tx(), &sql, [permit.brand_id.into(), asset_id.into()]).await?;
    if posts.is_empty() {
        return Ok(0);
    }
    let post_ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
    let sql = format!(
        "select u.id, u.variant_id, coalesce(u.frozen_at, u.due_at) as at from publication u
         where u.post_id = any ($2) and {PLANNED} order by u.id for update"
    );
    let planned: Vec<Planned> = db::all(permit.tx(), &sql, [permit.brand_id.into(), post_ids.clone().into()]).await?;
    let grants = Grants::read(permit.tx(), &post_ids).await?;
    let uncovered = |row: &&Planned| row.variant_id.is_some_and(|id| !grants.missing_for(id, row.at).is_empty());
    let ids: Vec<Uuid> = planned.iter().filter(uncovered).map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let sql = "update publication set updated_at = $3, trouble_detail = $6,
        state = case when jsonb_array_length(coalesce(checkpoint -> 'sent', '[]')) > 0 then 'NEEDS_ATTENTION' else 'FAILED' end,
        trouble = case when jsonb_array_length(coalesce(checkpoint -> 'sent', '[]')) > 0 then $5 else $4 end
      where brand_id = $1 and id = any ($2)";
    let values = [
        permit.brand_id.into(),
        ids.clone().into(),
        now.into(),
        GRANT_MISSING.into(),
        PARTLY_PUBLISHED.into(),
        DETAIL.into(),
    ];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    cancel(permit, super::Publish.kind(), &ids, now).await?;
    line::call_first(permit.tx(), (&[permit.brand_id], &ids), now).await?;
    follow_posts(permit.tx(), permit.brand_id, posts, now).await?;
    notices::publication_trouble(permit, now, &ids).await?;
    Ok(ids.len())
}

/// Whether a publication shows what nobody allows to be published there and then. Then it is kept for a person.
pub(super) async fn without_grant(
    scope: &Scope,
    row: &publication::Model,
    outline: &Outline,
) -> Result<bool, JobError> {
    let Some(variant_id) = row.variant_id.filter(|_| outline.shows_what_users_made()) else { return Ok(false) };
    let grants = Grants::read(scope.tx(), &[row.post_id]).await?;
    if grants.missing_for(variant_id, row.frozen_at.unwrap_or(row.due_at)).is_empty() {
        return Ok(false);
    }
    let trouble = Trouble { state: PublicationState::Failed, why: GRANT_MISSING, detail: DETAIL.to_owned() };
    settle(scope, row, trouble).await?;
    Ok(true)
}
