//! Taking off the schedule what shows what nobody allows any more.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
};
use uuid::Uuid;

use super::content::Outline;
use super::outcome::{GRANT_MISSING, Outcome, PARTLY_PUBLISHED, settle};
use crate::calendar::post_state;
use crate::jobs::{Job as _, JobError, Scope, cancel};
use crate::notices;
use crate::permission::Permit;
use crate::ugc::Grants;

const DETAIL: &str = "a file of this post is a user's who has not allowed this";

/// Publications of the posts `$2` that are planned and not being sent.
const PLANNED: &str = "u.brand_id = $1 and u.state in ('SCHEDULED', 'QUEUED', 'RETRYING', 'PAUSED')
  and not exists (select from publication_attempt t
    where t.brand_id = u.brand_id and t.publication_id = u.id and t.outcome is null)";

#[derive(FromQueryResult)]
struct Post {
    id: Uuid,
    state: String,
}

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
    let posts: Vec<Post> = db::all(permit.tx(), &sql, [permit.brand_id.into(), asset_id.into()]).await?;
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
    follow(permit, now, posts).await?;
    notices::publication_trouble(permit, now, &ids).await?;
    Ok(ids.len())
}

/// Where each post is now follows from its publications.
async fn follow(permit: Permit<'_>, now: DateTime<Utc>, posts: Vec<Post>) -> Result<(), DbErr> {
    let of_posts = publication::Entity::in_brand(permit.brand_id)
        .filter(publication::Column::PostId.is_in(posts.iter().map(|post| post.id)));
    let mut states: HashMap<Uuid, Vec<PublicationState>> = HashMap::new();
    for row in of_posts.all(permit.tx()).await? {
        states.entry(row.post_id).or_default().push(row.state);
    }
    let mut moved: HashMap<PostState, Vec<Uuid>> = HashMap::new();
    for post in posts {
        let state = states.get(&post.id).and_then(|states| post_state(states));
        if let Some(state) = state.filter(|state| state.to_value() != post.state) {
            moved.entry(state).or_default().push(post.id);
        }
    }
    for (state, post_ids) in moved {
        post::Entity::update_many()
            .col_expr(post::Column::State, Expr::value(state))
            .col_expr(post::Column::UpdatedAt, Expr::value(now))
            .filter(post::Column::BrandId.eq(permit.brand_id))
            .filter(post::Column::Id.is_in(post_ids))
            .exec(permit.tx())
            .await?;
    }
    Ok(())
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
    let trouble =
        Outcome::Trouble { state: PublicationState::Failed, trouble: GRANT_MISSING, detail: DETAIL.to_owned() };
    settle(scope, row, trouble).await?;
    Ok(true)
}
