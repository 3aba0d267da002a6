//! A post on its way through approval: asked for here, decided by [`crate::approvals`], which tells the end here.

use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::calendar::post::{self, PostState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::content::refuse_blocked;
use super::relation::relation_to;
use super::validate::{check_post, load_post};
use crate::approvals::{self, NewRequest};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Asks for a draft, or what came back, to be approved.
pub async fn submit_post(context: &Context, post_id: Uuid) -> Result<(post::Model, approval_request::Model), Failure> {
    let post = load_post(context, post_id, true).await?;
    let permit = context.permit_on(Action::PostSubmit, post.brand_id, relation_to(context, &post).await?).await?;
    if !matches!(post.state, PostState::Draft | PostState::ChangesRequested) {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    let (_, problems) = check_post(context, &post, post.due_at).await?;
    refuse_blocked(problems)?;
    let authors: Vec<Uuid> = db::scalar(
        permit.tx(),
        "select app.authors_of_post($1, $2, $3)",
        [post.brand_id.into(), post.id.into(), permit.person()?.into()],
    )
    .await?;
    set_state(context, permit, post.id, PostState::InReview).await?;
    let request = NewRequest {
        kind: ApprovalKind::Post,
        subject_id: post.id,
        subject_version: post.version,
        authors,
        amount: None,
        title: post.title.clone(),
    };
    let request = approvals::open_request(context, permit, request).await?;
    let detail = serde_json::json!({ "version": post.version });
    trust::record(permit, context.now, "post.submit", post.id, detail).await?;
    Ok((load_post(context, post.id, false).await?, request))
}

/// It is the client's turn: from now on they see the post.
pub(crate) async fn sent_to_client(context: &Context, permit: Permit<'_>, post_id: Uuid) -> Result<(), Failure> {
    post::Entity::update_many()
        .col_expr(post::Column::SentToClientAt, Expr::value(context.now))
        .filter(post::Column::BrandId.eq(permit.brand_id))
        .filter(post::Column::Id.eq(post_id))
        .filter(post::Column::SentToClientAt.is_null())
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// What came of the request. One that is void was ended by a change of the post, which says itself where it is.
pub(crate) async fn review_ended(
    context: &Context,
    permit: Permit<'_>,
    post_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let state = match state {
        RequestState::Approved => PostState::Approved,
        RequestState::ChangesRequested => PostState::ChangesRequested,
        RequestState::Withdrawn => PostState::Draft,
        RequestState::Voided => return Ok(()),
        RequestState::Pending => return Err(Fault::broken("a request that has not ended").into()),
    };
    set_state(context, permit, post_id, state).await
}

async fn set_state(context: &Context, permit: Permit<'_>, post_id: Uuid, state: PostState) -> Result<(), Failure> {
    post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(state))
        .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
        .filter(post::Column::BrandId.eq(permit.brand_id))
        .filter(post::Column::Id.eq(post_id))
        .exec(permit.tx())
        .await?;
    Ok(())
}

/// Refuses to schedule what must be approved first: where the brand has a chain for posts, only this very version.
pub(crate) async fn check_approved(context: &Context, post: &post::Model) -> Result<(), Failure> {
    if post.state != PostState::Approved
        && approvals::needs_approval(context, post.brand_id, ApprovalKind::Post).await?
        && approvals::approved_version(context, post.brand_id, ApprovalKind::Post, post.id).await? != Some(post.version)
    {
        return Err(UserError::at(Code::ApprovalRequired, "postId").into());
    }
    Ok(())
}
