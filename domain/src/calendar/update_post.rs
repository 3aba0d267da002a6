//! Changing a post that is not on its way, and taking one off the schedule.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::post_variant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use super::PostContent;
use super::composer::save_versions;
use super::create_post::{check_content, write_variants};
use super::relation::{note_contributor, relation_to};
use crate::approvals;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// A change of a post's content.
#[derive(Debug, Clone)]
pub struct PostChange {
    /// Which post.
    pub post_id: Uuid,
    /// The version that the change started from.
    pub version: i32,
    /// What it says from now on: the whole of it.
    pub content: PostContent,
}

/// Replaces what a post says, if nobody else has changed it meanwhile.
pub async fn update_post(context: &Context, change: PostChange) -> Result<post::Model, Failure> {
    change_post(context, change, None).await
}

/// The same, where the content is that of an earlier version, too.
pub(super) async fn change_post(
    context: &Context,
    change: PostChange,
    restored_from: Option<i32>,
) -> Result<post::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "postId");
    let post = context.one(post::Entity::visible([change.post_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit_on(Action::PostWrite, post.brand_id, relation_to(context, &post).await?).await?;
    if post.version != change.version {
        return Err(UserError::at(Code::ChangedMeanwhile, "version").number("current", post.version).into());
    }
    let reviewed = matches!(post.state, PostState::InReview | PostState::Approved);
    if !reviewed && !matches!(post.state, PostState::Draft | PostState::ChangesRequested) {
        return Err(UserError::at(Code::WrongState, "postId").text("state", post.state.to_value()).into());
    }
    check_content(context, permit, &change.content).await?;
    post_variant::Entity::delete_many()
        .filter(post_variant::Column::BrandId.eq(permit.brand_id))
        .filter(post_variant::Column::PostId.eq(post.id))
        .exec(permit.tx())
        .await?;
    write_variants(context, permit, post.id, &change.content).await?;
    note_contributor(context, permit, post.id).await?;
    // What is approved is what was shown to those who approved it.
    if reviewed {
        approvals::void(context, permit, ApprovalKind::Post, post.id).await?;
    }
    let state = if reviewed { PostState::Draft } else { post.state };
    post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(state))
        .col_expr(post::Column::Title, Expr::value(change.content.title.trim()))
        .col_expr(post::Column::PillarId, Expr::value(change.content.marks.pillar(Some(&post))))
        .col_expr(post::Column::Partnership, Expr::value(change.content.marks.partnership(Some(&post))))
        .col_expr(post::Column::BaseText, Expr::value(change.content.base_text))
        .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
        .col_expr(post::Column::Version, Expr::value(post.version + 1))
        .filter(post::Column::Id.eq(post.id))
        .exec(permit.tx())
        .await?;
    save_versions(permit, &[post.id], (permit.person()?, context.now), restored_from).await?;
    let detail = serde_json::json!({ "version": post.version + 1, "restored": restored_from });
    trust::record(permit, context.now, "post.update", post.id, detail).await?;
    Ok(context.one(post::Entity::visible([post.id])).await?.ok_or_else(not_there)?)
}

/// Sets where posts are that are no longer planned; their content stays. A post of which this very version was approved is
/// approved still, any other a draft.
pub async fn unschedule(context: &Context, permit: Permit<'_>, post_ids: &[Uuid]) -> Result<(), Failure> {
    let state = Expr::cust(
        "case when exists (select from approval_request r where r.brand_id = post.brand_id and r.kind = 'POST'
           and r.subject_id = post.id and r.subject_version = post.version and r.state = 'APPROVED')
         then 'APPROVED' else 'DRAFT' end",
    );
    post::Entity::update_many()
        .col_expr(post::Column::State, state)
        .col_expr(post::Column::DueAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
        .filter(post::Column::BrandId.eq(permit.brand_id))
        .filter(post::Column::Id.is_in(post_ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    Ok(())
}
