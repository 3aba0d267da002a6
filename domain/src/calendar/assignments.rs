//! Giving a post to somebody: what a freelancer sees of the brand's posts is what is given to them.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::{post, post_assignment};
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::validate::load_post;
use crate::approvals::Ground;
use crate::context::Context;
use crate::error::{Arg, Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust::{self, Letter, queue_letter};

/// How far ahead work may be due.
const HORIZON: Duration = Duration::days(2 * 366);

/// Work to give.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// Which post.
    pub post_id: Uuid,
    /// To whom: staff or a freelancer with a place in the brand.
    pub user_id: Uuid,
    /// What is wanted, up to 5000 characters.
    pub brief: String,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
}

/// Gives a post to somebody. Given again, the new brief and time count.
pub async fn assign_post(context: &Context, new: NewAssignment) -> Result<post_assignment::Model, Failure> {
    let post = load_post(context, new.post_id, true).await?;
    let permit = context.permit(Action::PostAssign, post.brand_id).await?;
    let ground = Ground::load(permit.tx(), post.brand_id, ApprovalKind::Post, None, context.now).await?;
    let mut wrong = Complaints::default();
    match ground.seat(new.user_id) {
        None => wrong.add(UserError::at(Code::NotFound, "userId")),
        Some(seat) if !matches!(seat.kind, UserKind::Staff | UserKind::Freelancer) => {
            wrong.add(UserError::at(Code::KindMismatch, "userId").text("kind", seat.kind.to_value()));
        }
        Some(_) => {}
    }
    let brief = new.brief.trim();
    if !brief.is_empty() {
        wrong.text("brief", brief, 5000);
    }
    if let Some(due_at) = new.due_at {
        let limit = context.now + HORIZON;
        if due_at <= context.now {
            wrong.add(UserError::at(Code::TimeInPast, "dueAt"));
        } else if due_at > limit {
            wrong.add(UserError::at(Code::TimeTooFar, "dueAt").text("limit", limit.format("%F").to_string()));
        }
    }
    wrong.check()?;
    let row = post_assignment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        user_id: Set(new.user_id),
        brief: Set(brief.to_owned()),
        due_at: Set(new.due_at),
        assigned_by: Set(permit.actor_id),
        created_at: Set(context.now),
    };
    let again = OnConflict::columns([
        post_assignment::Column::BrandId,
        post_assignment::Column::PostId,
        post_assignment::Column::UserId,
    ])
    .update_columns([
        post_assignment::Column::Brief,
        post_assignment::Column::DueAt,
        post_assignment::Column::AssignedBy,
    ])
    .to_owned();
    let row = post_assignment::Entity::insert(row).on_conflict(again).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "post.assign", post.id, serde_json::json!({ "to": new.user_id })).await?;
    let actor = context.signed_in()?;
    if let Some(person) = ground.person(new.user_id).filter(|_| new.user_id != actor.user_id)
        && let Some(to) = person.email.clone()
    {
        let due = new.due_at.map(|due| due.format("%F %H:%M UTC").to_string()).unwrap_or_default();
        let args = vec![
            ("name", Arg::Text(person.name.clone().into())),
            ("by", Arg::Text(actor.name.clone().into())),
            ("title", Arg::Text(post.title.into())),
            ("brief", Arg::Text(brief.to_owned().into())),
            ("dated", Arg::Text(if due.is_empty() { "no" } else { "yes" }.into())),
            ("due", Arg::Text(due.into())),
        ];
        let link = context.services.open_in_app("post", post.id);
        let letter = Letter { to, locale: person.locale, template: "post-assigned", args, link };
        queue_letter(permit.tx(), &context.services, letter).await?;
    }
    Ok(row)
}

/// Takes a post from somebody.
pub async fn unassign_post(context: &Context, post_id: Uuid, user_id: Uuid) -> Result<post::Model, Failure> {
    let post = load_post(context, post_id, true).await?;
    let permit = context.permit(Action::PostAssign, post.brand_id).await?;
    let gone = post_assignment::Entity::delete_many()
        .filter(post_assignment::Column::BrandId.eq(post.brand_id))
        .filter(post_assignment::Column::PostId.eq(post.id))
        .filter(post_assignment::Column::UserId.eq(user_id))
        .exec(permit.tx())
        .await?;
    if gone.rows_affected == 0 {
        return Err(UserError::at(Code::NotFound, "userId").into());
    }
    trust::record(permit, context.now, "post.unassign", post.id, serde_json::json!({ "from": user_id })).await?;
    Ok(post)
}

/// To whom these posts are given, oldest first. A freelancer sees their own part.
pub async fn assignments_of_posts(
    context: &Context,
    post_ids: &[Uuid],
) -> Result<Vec<post_assignment::Model>, Failure> {
    let select = post_assignment::Entity::find()
        .filter(post_assignment::Column::PostId.is_in(post_ids.iter().copied()))
        .order_by_asc(post_assignment::Column::Id);
    Ok(context.all(select).await?)
}

/// What is given to the caller, in every brand, newest first.
pub async fn my_assignments(context: &Context, page: Page) -> Result<Slice<post_assignment::Model>, Failure> {
    let actor = context.signed_in()?;
    let select = post_assignment::Entity::find().filter(post_assignment::Column::UserId.eq(actor.user_id));
    newest_first(context, select, post_assignment::Column::Id, page).await
}

/// Assignments by id.
pub async fn assignments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post_assignment::Model>, Failure> {
    Ok(context.all(post_assignment::Entity::visible(ids.iter().copied())).await?)
}
