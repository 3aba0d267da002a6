//! What is said about a post: within the team, or with the client.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post_comment::{self, Visibility};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use uuid::Uuid;

use super::relation::relation_to;
use super::validate::load_post;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust;

/// A comment to write.
#[derive(Debug, Clone)]
pub struct NewComment {
    /// About which post.
    pub post_id: Uuid,
    /// Who reads it.
    pub visibility: Visibility,
    /// 1 to 5000 characters.
    pub body: String,
}

/// Says something about a post.
pub async fn comment_on_post(context: &Context, new: NewComment) -> Result<post_comment::Model, Failure> {
    let actor = context.signed_in()?;
    let post = load_post(context, new.post_id, false).await?;
    let relation = relation_to(context, &post).await?;
    let action = match new.visibility {
        Visibility::Client => Action::CommentWrite,
        Visibility::Internal => Action::CommentInternally,
    };
    let permit = context.permit_on(action, post.brand_id, relation).await?;
    let mut wrong = Complaints::default();
    let body = wrong.text("body", &new.body, 5000).to_owned();
    wrong.check()?;
    let row = post_comment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        author_id: Set(actor.user_id),
        author_name: Set(actor.name.clone()),
        visibility: Set(new.visibility),
        body: Set(body),
        created_at: Set(context.now),
        deleted_at: Set(None),
    };
    let row = post_comment::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = actor.says_how(serde_json::json!({ "post": post.id }));
    trust::record(permit, context.now, "comment.write", row.id, detail).await?;
    Ok(row)
}

/// Takes back one's own comment: that there was one remains.
pub async fn delete_comment(context: &Context, comment_id: Uuid) -> Result<post_comment::Model, Failure> {
    let actor = context.signed_in()?;
    let not_there = || UserError::at(Code::NotFound, "commentId");
    let select =
        || post_comment::Entity::visible([comment_id]).filter(post_comment::Column::AuthorId.eq(actor.user_id));
    let comment = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit_some(Action::CommentWrite, comment.brand_id).await?;
    if comment.deleted_at.is_some() {
        return Err(UserError::at(Code::WrongState, "commentId").text("state", "DELETED").into());
    }
    post_comment::Entity::update_many()
        .col_expr(post_comment::Column::DeletedAt, Expr::value(context.now))
        .filter(post_comment::Column::BrandId.eq(comment.brand_id))
        .filter(post_comment::Column::Id.eq(comment.id))
        .exec(permit.tx())
        .await?;
    let detail = serde_json::json!({ "post": comment.post_id });
    trust::record(permit, context.now, "comment.delete", comment.id, detail).await?;
    Ok(context.one(select()).await?.ok_or_else(not_there)?)
}

/// What was said about a post, newest first. Clients are shown what is for them.
pub async fn comments(
    context: &Context,
    brand_id: Uuid,
    post_id: Uuid,
    page: Page,
) -> Result<Slice<post_comment::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let mut select = post_comment::Entity::in_brand(brand_id).filter(post_comment::Column::PostId.eq(post_id));
    if !context.may(Action::CommentInternally, brand_id) {
        select = select.filter(post_comment::Column::Visibility.eq(Visibility::Client));
    }
    newest_first(context, select, post_comment::Column::Id, page).await
}

/// Comments by id.
pub async fn comments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post_comment::Model>, Failure> {
    let rows = context.all(post_comment::Entity::visible(ids.iter().copied())).await?;
    let shown = |row: &post_comment::Model| {
        row.visibility == Visibility::Client || context.may(Action::CommentInternally, row.brand_id)
    };
    Ok(rows.into_iter().filter(shown).collect())
}
