//! Taking a post off the schedule, so that it can be changed.

use diwan_entity::calendar::post;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use super::line;
use super::outcome::{halt, parts_there};
use crate::calendar::{follow_publications, load_post, unschedule};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, cancel};
use crate::permission::Action;
use crate::trust;

/// Cancels whatever of a post is certainly not on its network and not on its way there. A thread of which a part is there waits
/// for a person instead: changed and begun anew, it would be there twice. A post of which nothing is left
/// is approved still, or a draft again; otherwise the rest decides where it is.
pub async fn unschedule_post(context: &Context, post_id: Uuid) -> Result<post::Model, Failure> {
    let post = load_post(context, post_id, true).await?;
    let permit = context.permit(Action::PostSchedule, post.brand_id).await?;
    let mine = publication::Entity::find()
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(publication::Column::PostId.eq(post.id))
        .filter(publication::Column::State.ne(PublicationState::Canceled))
        .lock_exclusive();
    let publications = context.all(mine).await?;
    let all: Vec<Uuid> = publications.iter().map(|row| row.id).collect();
    let open = publication_attempt::Entity::find()
        .filter(publication_attempt::Column::BrandId.eq(permit.brand_id))
        .filter(publication_attempt::Column::PublicationId.is_in(all.iter().copied()))
        .filter(publication_attempt::Column::Outcome.is_null());
    let open = context.all(open).await?;
    let standing = |row: &publication::Model| {
        use PublicationState as P;
        matches!(row.state, P::Scheduled | P::Queued | P::Retrying | P::Paused | P::Failed | P::Missed)
            && !open.iter().any(|attempt| attempt.publication_id == row.id)
    };
    let (begun, untouched): (Vec<_>, Vec<_>) =
        publications.iter().filter(|row| standing(row)).partition(|row| parts_there(row) > 0);
    let ids: Vec<Uuid> = untouched.iter().map(|row| row.id).collect();
    let halted = begun.iter().filter(|row| row.state != PublicationState::Failed).map(|row| row.id).collect::<Vec<_>>();
    if ids.is_empty() && halted.is_empty() {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    publication::Entity::update_many()
        .col_expr(publication::Column::State, Expr::value(PublicationState::Canceled))
        .col_expr(publication::Column::UpdatedAt, Expr::value(context.now))
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(publication::Column::Id.is_in(ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    halt(permit, Condition::all().add(publication::Column::Id.is_in(halted.iter().copied())), context.now).await?;
    let taken_off = [ids.as_slice(), &halted].concat();
    cancel(permit, super::Publish.kind(), &taken_off, context.now).await?;
    line::call_first(permit.tx(), (&[permit.brand_id], &taken_off), context.now).await?;
    if ids.len() == all.len() {
        unschedule(context, permit, &[post.id]).await?;
    } else {
        follow_publications(permit.tx(), permit.brand_id, post.id, context.now).await?;
    }
    let detail = serde_json::json!({ "publications": taken_off.len() });
    trust::record(permit, context.now, "post.unschedule", post.id, detail).await?;
    load_post(context, post.id, false).await
}
