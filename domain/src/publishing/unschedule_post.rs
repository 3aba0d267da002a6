//! Taking a post off the schedule, so that it can be changed.

use diwan_entity::calendar::post;
use diwan_entity::calendar::post::PostState;
use diwan_entity::publishing::publication::{self, PublicationState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use crate::calendar::{load_post, unschedule};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, cancel};
use crate::permission::Action;
use crate::trust;

/// Makes a scheduled or failed post a draft again. Refused once any of it is on its way or published.
pub async fn unschedule_post(context: &Context, post_id: Uuid) -> Result<post::Model, Failure> {
    let post = load_post(context, post_id, true).await?;
    let permit = context.permit(Action::PostSchedule, post.brand_id)?;
    let wrong_state = |state: String| UserError::at(Code::WrongState, "postId").text("state", state);
    if !matches!(post.state, PostState::Scheduled | PostState::Failed) {
        return Err(wrong_state(post.state.to_value()).into());
    }
    let mine = publication::Entity::find()
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(publication::Column::PostId.eq(post.id))
        .filter(publication::Column::State.ne(PublicationState::Canceled))
        .lock_exclusive();
    let publications = context.all(mine).await?;
    let standing = [PublicationState::Scheduled, PublicationState::Failed, PublicationState::Missed];
    if let Some(moving) = publications.iter().find(|row| !standing.contains(&row.state)) {
        return Err(wrong_state(moving.state.to_value()).into());
    }
    let ids: Vec<Uuid> = publications.iter().map(|row| row.id).collect();
    publication::Entity::update_many()
        .col_expr(publication::Column::State, Expr::value(PublicationState::Canceled))
        .col_expr(publication::Column::UpdatedAt, Expr::value(context.now))
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(publication::Column::Id.is_in(ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    cancel(permit, super::Publish.kind(), &ids, context.now).await?;
    unschedule(context, permit, post.id).await?;
    trust::record(permit, context.now, "post.unschedule", post.id, serde_json::json!({})).await?;
    load_post(context, post.id, false).await
}
