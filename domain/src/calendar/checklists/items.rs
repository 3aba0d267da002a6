//! What is to be done to one post, and that it was done.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{checklist_item, checklist_template, post_assignment};
use diwan_entity::tenancy::app_user::UserKind;
use diwan_platform::db;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::templates::{MOST_TEXT, items_of_checklist_templates};
use crate::approvals::Ground;
use crate::calendar::{load_post, relation_to};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

/// The most items of a post.
const MOST: usize = 100;

/// Something to do.
#[derive(Debug, Clone)]
pub struct NewChecklistItem {
    /// To which post.
    pub post_id: Uuid,
    /// What, 1 to 300 characters.
    pub text: String,
    /// Whether the post should not go on while it is not ticked.
    pub required: bool,
    /// Who does it: staff of the brand, or a freelancer to whom the post is given; whoever does unless given.
    pub assignee_id: Option<Uuid>,
}

/// What is to be done from now on: the whole of it.
#[derive(Debug, Clone)]
pub struct ChecklistItemChange {
    /// Which item.
    pub item_id: Uuid,
    /// The version from which the change started.
    pub version: i32,
    /// What, 1 to 300 characters. Other words take the tick away.
    pub text: String,
    /// Whether the post should not go on while it is not ticked.
    pub required: bool,
    /// Who does it; whoever does unless given.
    pub assignee_id: Option<Uuid>,
}

/// That the post is not over.
fn must_be_open(post: &post::Model, field: &str) -> Result<(), Failure> {
    if matches!(post.state, PostState::Published | PostState::Canceled | PostState::Archived) {
        return Err(UserError::at(Code::WrongState, field).text("state", post.state.to_value()).into());
    }
    Ok(())
}

/// A post whose checklist is about to grow: locked, with the right to it, and what it has.
async fn begin_post(
    context: &Context,
    post_id: Uuid,
) -> Result<(Permit<'_>, post::Model, Vec<checklist_item::Model>), Failure> {
    let post = load_post(context, post_id, true).await?;
    let relation = relation_to(context, &post).await?;
    let permit = context.permit_on(Action::ChecklistWrite, post.brand_id, relation).await?;
    must_be_open(&post, "postId")?;
    let known = checklists_of_posts(context, &[post.id]).await?;
    Ok((permit, post, known))
}

/// An item that is about to change: its post is locked, and with it the whole checklist.
async fn begin(
    context: &Context,
    action: Action,
    item_id: Uuid,
) -> Result<(Permit<'_>, post::Model, checklist_item::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "itemId");
    let seen = context.one(checklist_item::Entity::visible([item_id])).await?.ok_or_else(not_there)?;
    let post = context.one(post::Entity::visible([seen.post_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    // Read again: what counts is how it stands now that nobody else changes it.
    let row = context.one(checklist_item::Entity::visible([item_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let Relation { own, assigned } = relation_to(context, &post).await?;
    // What is given to somebody is theirs to tick, also on a post that is not.
    let given = row.assignee_id == Some(context.signed_in()?.user_id) && action == Action::ChecklistTick;
    let relation = Relation { own, assigned: assigned || given };
    let permit = context.permit_on(action, post.brand_id, relation).await?;
    must_be_open(&post, "itemId")?;
    Ok((permit, post, row))
}

/// Asks for the right to every post where something that a template requires would be waived.
async fn may_waive(context: &Context, row: &checklist_item::Model) -> Result<(), Failure> {
    if row.required && row.template_id.is_some() {
        context.permit(Action::ChecklistWrite, row.brand_id).await?;
    }
    Ok(())
}

/// Complains of somebody who could not do it: no place in the brand, a kind of account that does no such work, or a freelancer who does
/// not see the post. One who has it already may keep it.
async fn check_assignee(
    context: &Context,
    permit: Permit<'_>,
    post_id: Uuid,
    (assignee, before): (Option<Uuid>, Option<Uuid>),
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    let Some(user_id) = assignee.filter(|id| Some(*id) != before) else { return Ok(()) };
    let ground = Ground::load(permit.tx(), permit.brand_id, ApprovalKind::Post, None, context.now).await?;
    let sees = match ground.seat(user_id).map(|seat| seat.kind) {
        None => false,
        Some(UserKind::Staff) => true,
        Some(UserKind::Freelancer) => {
            let given = post_assignment::Entity::in_brand(permit.brand_id)
                .filter(post_assignment::Column::PostId.eq(post_id))
                .filter(post_assignment::Column::UserId.eq(user_id));
            context.one(given).await?.is_some()
        }
        Some(kind @ (UserKind::Client | UserKind::Integration)) => {
            wrong.add(UserError::at(Code::KindMismatch, "assigneeId").text("kind", kind.to_value()));
            return Ok(());
        }
    };
    if !sees {
        wrong.add(UserError::at(Code::NotFound, "assigneeId"));
    }
    Ok(())
}

/// The place after the last, if there is one for so many more.
fn next_place(known: &[checklist_item::Model], more: usize) -> Result<i16, Failure> {
    if known.len() + more > MOST {
        let error = UserError::at(Code::TooMany, "postId").number("limit", MOST);
        return Err(error.number("actual", known.len() + more).into());
    }
    Ok(known.last().map_or(0, |last| last.position) + 1)
}

/// Adds what a template holds to a post, after what it has. Once: what the post has of the template already is refused.
pub async fn add_checklist(context: &Context, post_id: Uuid, template_id: Uuid) -> Result<post::Model, Failure> {
    let (permit, post, known) = begin_post(context, post_id).await?;
    let template = context.one(checklist_template::Entity::one_in_brand(post.brand_id, template_id)).await?;
    let template = template.ok_or_else(|| UserError::at(Code::NotFound, "templateId"))?;
    if template.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    if known.iter().any(|item| item.template_id == Some(template.id)) {
        return Err(UserError::at(Code::AlreadyExists, "templateId").into());
    }
    let items = items_of_checklist_templates(context, &[template.id]).await?;
    let first = next_place(&known, items.len())?;
    let count = items.len();
    let rows = items.into_iter().zip(first..).map(|(item, position)| checklist_item::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        position: Set(position),
        text: Set(item.text),
        required: Set(item.required),
        template_id: Set(Some(template.id)),
        assignee_id: Set(None),
        ticked_by: Set(None),
        ticked_at: Set(None),
        created_at: Set(context.now),
        version: Set(1),
    });
    checklist_item::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    let detail = json!({ "template": template.id, "items": count });
    trust::record(permit, context.now, "checklist.add", post.id, detail).await?;
    Ok(post)
}

/// Adds something to do to a post, after what it has.
pub async fn add_checklist_item(context: &Context, new: NewChecklistItem) -> Result<checklist_item::Model, Failure> {
    let (permit, post, known) = begin_post(context, new.post_id).await?;
    let mut wrong = Complaints::default();
    let text = wrong.text("text", &new.text, MOST_TEXT).to_owned();
    check_assignee(context, permit, post.id, (new.assignee_id, None), &mut wrong).await?;
    wrong.check()?;
    let row = checklist_item::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        position: Set(next_place(&known, 1)?),
        text: Set(text),
        required: Set(new.required),
        template_id: Set(None),
        assignee_id: Set(new.assignee_id),
        ticked_by: Set(None),
        ticked_at: Set(None),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = checklist_item::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "post": post.id, "required": row.required, "to": row.assignee_id });
    trust::record(permit, context.now, "checklist_item.add", row.id, detail).await?;
    Ok(row)
}

/// Writes anew what is to be done.
pub async fn update_checklist_item(
    context: &Context,
    change: ChecklistItemChange,
) -> Result<checklist_item::Model, Failure> {
    let (permit, post, row) = begin(context, Action::ChecklistWrite, change.item_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let text = wrong.text("text", &change.text, MOST_TEXT).to_owned();
    let assignees = (change.assignee_id, row.assignee_id);
    check_assignee(context, permit, post.id, assignees, &mut wrong).await?;
    wrong.check()?;
    let other_words = text != row.text;
    if other_words || !change.required {
        may_waive(context, &row).await?;
    }
    let mut changed = row.into_active_model();
    if other_words {
        changed.ticked_by = Set(None);
        changed.ticked_at = Set(None);
    }
    changed.text = Set(text);
    changed.required = Set(change.required);
    changed.assignee_id = Set(change.assignee_id);
    changed.version = Set(change.version + 1);
    let row = changed.update(permit.tx()).await?;
    let detail = json!({ "post": post.id, "version": row.version, "required": row.required, "to": row.assignee_id });
    trust::record(permit, context.now, "checklist_item.update", row.id, detail).await?;
    Ok(row)
}

/// Says that it was done, as it stood in this version. It stays with whoever was first.
pub async fn tick_checklist_item(
    context: &Context,
    item_id: Uuid,
    version: i32,
) -> Result<checklist_item::Model, Failure> {
    let (permit, post, row) = begin(context, Action::ChecklistTick, item_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    wrong.check()?;
    if row.ticked_at.is_some() {
        return Ok(row);
    }
    let mut changed = row.into_active_model();
    changed.ticked_by = Set(Some(permit.person()?));
    changed.ticked_at = Set(Some(context.now));
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "checklist_item.tick", row.id, json!({ "post": post.id })).await?;
    Ok(row)
}

/// Says that it was not done after all.
pub async fn untick_checklist_item(context: &Context, item_id: Uuid) -> Result<checklist_item::Model, Failure> {
    let (permit, post, row) = begin(context, Action::ChecklistTick, item_id).await?;
    if row.ticked_at.is_none() {
        return Ok(row);
    }
    let mut changed = row.into_active_model();
    changed.ticked_by = Set(None);
    changed.ticked_at = Set(None);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "checklist_item.untick", row.id, json!({ "post": post.id })).await?;
    Ok(row)
}

/// Takes something off the checklist. Answers the id that it had.
pub async fn remove_checklist_item(context: &Context, item_id: Uuid) -> Result<Uuid, Failure> {
    let (permit, post, row) = begin(context, Action::ChecklistWrite, item_id).await?;
    may_waive(context, &row).await?;
    checklist_item::Entity::delete_many()
        .filter(checklist_item::Column::BrandId.eq(row.brand_id))
        .filter(checklist_item::Column::Id.eq(row.id))
        .exec(permit.tx())
        .await?;
    renumber(permit, post.id, None).await?;
    let detail = json!({ "post": post.id, "required": row.required, "ticked": row.ticked_at.is_some() });
    trust::record(permit, context.now, "checklist_item.remove", row.id, detail).await?;
    Ok(row.id)
}

/// Puts an item after another of the same post; at the beginning where none is named.
pub async fn move_checklist_item(
    context: &Context,
    item_id: Uuid,
    after: Option<Uuid>,
) -> Result<checklist_item::Model, Failure> {
    let (permit, post, row) = begin(context, Action::ChecklistWrite, item_id).await?;
    let place = match after {
        None => 0,
        Some(id) if id == row.id => return Err(UserError::at(Code::Invalid, "afterItemId").into()),
        Some(id) => {
            let other = checklist_item::Entity::one_in_brand(row.brand_id, id)
                .filter(checklist_item::Column::PostId.eq(post.id));
            context.one(other).await?.ok_or_else(|| UserError::at(Code::NotFound, "afterItemId"))?.position
        }
    };
    renumber(permit, post.id, Some((row.id, place))).await?;
    let not_there = || UserError::at(Code::NotFound, "itemId");
    let row = context.one(checklist_item::Entity::visible([row.id])).await?.ok_or_else(not_there)?;
    let detail = json!({ "post": post.id, "position": row.position });
    trust::record(permit, context.now, "checklist_item.move", row.id, detail).await?;
    Ok(row)
}

/// Gives the items of a post places without gaps, in their order, with one of them moved to right after a place. One statement.
async fn renumber(permit: Permit<'_>, post_id: Uuid, moved: Option<(Uuid, i16)>) -> Result<(), Failure> {
    let (item_id, after) = moved.unwrap_or_default();
    let sql = "update checklist_item i set position = o.place from (
        select id, row_number() over (order by case when id = $3 then 2 * $4 + 1 else 2 * position end) as place
        from checklist_item where brand_id = $1 and post_id = $2) o
      where i.brand_id = $1 and i.id = o.id and i.position <> o.place";
    let values = [permit.brand_id.into(), post_id.into(), item_id.into(), i32::from(after).into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// What is to be done to these posts, each in its order; for the caller's eyes as far as row-level security shows it.
pub async fn checklists_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<checklist_item::Model>, Failure> {
    let select = checklist_item::Entity::find()
        .filter(checklist_item::Column::PostId.is_in(post_ids.iter().copied()))
        .order_by_asc(checklist_item::Column::Position);
    Ok(context.all(select).await?)
}

/// Items by id.
pub async fn checklist_items_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<checklist_item::Model>, Failure> {
    Ok(context.all(checklist_item::Entity::visible(ids.iter().copied())).await?)
}
