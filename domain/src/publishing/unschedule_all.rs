//! Taking everything of a brand off the schedule, in a constant number of statements.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::outcome::halt;
use crate::calendar::{post_state, unschedule};
use crate::context::Context;
use crate::error::Failure;
use crate::jobs::{Job as _, cancel};
use crate::permission::Permit;

/// What is planned and has not begun to be sent.
const PLANNED: [PublicationState; 4] =
    [PublicationState::Scheduled, PublicationState::Queued, PublicationState::Retrying, PublicationState::Paused];

/// Takes every planned post of the brand off the schedule. What is being sent, or may have been, ends by itself; what is
/// there in part waits for a person. Answers how many publications were taken off.
pub async fn unschedule_all(context: &Context, permit: Permit<'_>) -> Result<usize, Failure> {
    let planned = || publication::Entity::in_brand(permit.brand_id).filter(publication::Column::State.is_in(PLANNED));
    let of_planned = planned().select_only().column(publication::Column::PostId).into_query();
    // Posts before their publications, like everybody who changes both.
    let posts = post::Entity::in_brand(permit.brand_id)
        .filter(post::Column::Id.in_subquery(of_planned))
        .order_by_asc(post::Column::Id)
        .lock_exclusive();
    let posts = context.all(posts).await?;
    let post_ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
    let being_sent = publication_attempt::Entity::in_brand(permit.brand_id)
        .select_only()
        .column(publication_attempt::Column::PublicationId)
        .filter(publication_attempt::Column::Outcome.is_null())
        .into_query();
    let standing = Condition::all()
        .add(publication::Column::PostId.is_in(post_ids.iter().copied()))
        .add(publication::Column::State.is_in(PLANNED))
        .add(publication::Column::Id.not_in_subquery(being_sent));
    let ids: Vec<Uuid> = publication::Entity::update_many()
        .col_expr(publication::Column::State, Expr::value(PublicationState::Canceled))
        .col_expr(publication::Column::UpdatedAt, Expr::value(context.now))
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(standing.clone())
        .filter(Expr::cust("coalesce(jsonb_array_length(checkpoint -> 'sent'), 0) = 0"))
        .exec_with_returning(permit.tx())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    // What still stands is there in part.
    let halted = halt(permit, standing, context.now).await?;
    cancel(permit, super::Publish.kind(), &[ids.as_slice(), &halted].concat(), context.now).await?;

    // Where each post is now follows from what is left of its publications.
    let left = publication::Entity::in_brand(permit.brand_id)
        .filter(publication::Column::PostId.is_in(post_ids.iter().copied()));
    let mut states: HashMap<Uuid, Vec<PublicationState>> = HashMap::new();
    for row in context.all(left).await? {
        states.entry(row.post_id).or_default().push(row.state);
    }
    let mut free = Vec::new();
    let mut moved: HashMap<PostState, Vec<Uuid>> = HashMap::new();
    for post in posts {
        match post_state(states.get(&post.id).map_or(&[], Vec::as_slice)) {
            None => free.push(post.id),
            Some(state) if state != post.state => moved.entry(state).or_default().push(post.id),
            Some(_) => {}
        }
    }
    unschedule(context, permit, &free).await?;
    for (state, post_ids) in moved {
        post::Entity::update_many()
            .col_expr(post::Column::State, Expr::value(state))
            .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
            .filter(post::Column::BrandId.eq(permit.brand_id))
            .filter(post::Column::Id.is_in(post_ids))
            .exec(permit.tx())
            .await?;
    }
    Ok(ids.len())
}
