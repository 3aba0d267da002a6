//! Scheduling: one publication per variant, and its job, in one transaction.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_networks::Checkpoint;
use diwan_platform::ids;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::check_job::check_before;
use super::content::posts_of_variant;
use super::queries::publications_of_posts;
use super::quota::{self, Wanted};
use crate::calendar::{check_approved, check_post, load_post, refuse_blocked};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, enqueue_many};
use crate::permission::Action;
use crate::trust;

/// How far ahead a post may be planned.
pub(super) const HORIZON: Duration = Duration::days(2 * 366);

/// What is not on its way any more and was not left to a person's decision.
const ENDED: [PublicationState; 3] = [PublicationState::Failed, PublicationState::Missed, PublicationState::Paused];

/// Schedules a post: every variant that is not published yet goes out at `due_at`. A post whose publications failed, were
/// missed or were held back by a pause is scheduled again in the same way; a thread that was given up in the middle goes on where it stopped.
pub async fn schedule_post(context: &Context, post_id: Uuid, due_at: DateTime<Utc>) -> Result<post::Model, Failure> {
    let post = load_post(context, post_id, true).await?;
    let permit = context.permit(Action::PostSchedule, post.brand_id).await?;
    let can = matches!(
        post.state,
        PostState::Draft | PostState::Approved | PostState::Failed | PostState::Paused | PostState::PartiallyPublished
    );
    if !can {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    check_approved(context, &post).await?;
    if due_at <= context.now {
        return Err(UserError::at(Code::TimeInPast, "dueAt").into());
    }
    let limit = context.now + HORIZON;
    if due_at > limit {
        return Err(UserError::at(Code::TimeTooFar, "dueAt").text("limit", limit.format("%F").to_string()).into());
    }
    let (variants, problems) = check_post(context, &post, Some(due_at)).await?;
    if variants.is_empty() {
        return Err(UserError::at(Code::NoVariants, "postId").into());
    }
    refuse_blocked(problems)?;

    let known = publications_of_posts(context, &[post.id]).await?;
    let mut rows = Vec::new();
    let mut due = Vec::new();
    let mut planned = Vec::new();
    for variant in &variants {
        let before =
            known.iter().find(|row| row.variant_id == Some(variant.id) && row.state != PublicationState::Canceled);
        // A publication that a person must decide about may be on the network: it is settled, never scheduled again.
        let before = match before {
            None => None,
            Some(row) if ENDED.contains(&row.state) => Some(row),
            Some(_) => continue,
        };
        let id = before.map_or_else(|| ids::new_id(context.now), |row| row.id);
        // A thread that was begun goes on where it stopped; everything else begins anew.
        let posts = posts_of_variant(variant);
        let there =
            before.and_then(|row| Some((Checkpoint(row.checkpoint.clone()?).to_go_on_from(posts)?, row.frozen_at)));
        due.push(id);
        planned.push(Wanted {
            account_id: variant.social_account_id,
            publication_id: id,
            at: due_at,
            options: &variant.options,
        });
        rows.push(publication::ActiveModel {
            id: Set(id),
            checkpoint: Set(there.as_ref().map(|(checkpoint, _)| checkpoint.0.clone())),
            frozen_at: Set(there.and_then(|(_, frozen_at)| frozen_at)),
            brand_id: Set(permit.brand_id),
            post_id: Set(post.id),
            variant_id: Set(Some(variant.id)),
            social_account_id: Set(variant.social_account_id),
            state: Set(PublicationState::Scheduled),
            due_at: Set(due_at),
            attempts: Set(0),
            created_at: Set(context.now),
            updated_at: Set(context.now),
            ..Default::default()
        });
    }
    if rows.is_empty() {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    quota::keep(context, permit, &planned).await?;
    let again = OnConflict::column(publication::Column::Id)
        .update_columns([
            publication::Column::State,
            publication::Column::DueAt,
            publication::Column::UpdatedAt,
            publication::Column::Checkpoint,
            publication::Column::FrozenAt,
        ])
        .value(publication::Column::Trouble, Expr::cust("null"))
        .value(publication::Column::TroubleDetail, Expr::cust("null"))
        .to_owned();
    publication::Entity::insert_many(rows).on_conflict(again).exec_without_returning(permit.tx()).await?;
    enqueue_many(permit, super::Publish.kind(), &due, due_at, context.now).await?;
    check_before(context.now, planned.iter().map(|wanted| (permit, wanted.account_id, due_at))).await?;
    let state = if post.state == PostState::PartiallyPublished { PostState::Publishing } else { PostState::Scheduled };
    post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(state))
        .col_expr(post::Column::DueAt, Expr::value(due_at))
        .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
        .filter(post::Column::BrandId.eq(post.brand_id))
        .filter(post::Column::Id.eq(post.id))
        .exec(permit.tx())
        .await?;
    let detail = serde_json::json!({ "due_at": due_at, "publications": due.len() });
    trust::record(permit, context.now, "post.schedule", post.id, detail).await?;
    load_post(context, post.id, false).await
}
