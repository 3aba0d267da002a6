//! A new idea.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea::{self, IdeaState};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::content::IdeaContent;
use super::place::{has_room, make_room, take_turns};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Writes an idea down: the first of NEW.
pub async fn create_idea(context: &Context, brand_id: Uuid, content: IdeaContent) -> Result<idea::Model, Failure> {
    let permit = context.permit(Action::IdeaWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    content.check_pillar(context, &mut wrong, (brand_id, None)).await?;
    wrong.check()?;
    write_idea(context, permit, content, None).await
}

/// Writes down what was checked, once for each item that a feed brought.
pub(crate) async fn write_idea(
    context: &Context,
    permit: Permit<'_>,
    content: IdeaContent,
    item_id: Option<Uuid>,
) -> Result<idea::Model, Failure> {
    take_turns(permit, &[permit.brand_id]).await?;
    let mut wrong = Complaints::default();
    has_room(permit, &mut wrong, if item_id.is_some() { "itemId" } else { "brandId" }).await?;
    if let Some(item_id) = item_id {
        let known = idea::Entity::in_brand(permit.brand_id).filter(idea::Column::ItemId.eq(item_id));
        if context.one(known).await?.is_some() {
            wrong.add(UserError::at(Code::AlreadyExists, "itemId"));
        }
    }
    wrong.check()?;
    make_room(permit, IdeaState::New).await?;
    let row = content.onto(idea::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        state: Set(IdeaState::New),
        position: Set(Some(1)),
        assignee_id: Set(None),
        item_id: Set(item_id),
        post_id: Set(None),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    });
    let row = idea::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "idea.create", row.id, json!({ "item": item_id })).await?;
    Ok(row)
}
