//! Writing templates down and changing them.

use diwan_entity::calendar::content_template;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::content::TemplateContent;
use super::shelf::{Kept as _, archive, begin, has_room, live, name_is_free, restore, take_turns};
use crate::context::Context;
use crate::error::{Complaints, Failure};
use crate::permission::Action;
use crate::trust;

/// Writes a template down.
pub async fn create_content_template(
    context: &Context,
    brand_id: Uuid,
    content: TemplateContent,
) -> Result<content_template::Model, Failure> {
    let permit = context.permit(Action::TemplateManage, brand_id).await?;
    take_turns(permit).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    wrong.check()?;
    let mut wrong = Complaints::default();
    content.check_pillar(context, &mut wrong, (brand_id, None)).await?;
    has_room::<content_template::Entity>(permit, &mut wrong, "brandId").await?;
    name_is_free::<content_template::Entity>(permit, &mut wrong, (&content.name, None), "template.name").await?;
    wrong.check()?;
    let row = content.onto(content_template::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    })?;
    let row = content_template::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "content_template.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says a template anew: the whole of it. Posts that were made from it stay as they are.
pub async fn update_content_template(
    context: &Context,
    id: Uuid,
    version: i32,
    content: TemplateContent,
) -> Result<content_template::Model, Failure> {
    let (permit, row) = begin::<content_template::Entity>(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, content_template::Entity::FIELD);
    let content = content.check(&mut wrong);
    wrong.check()?;
    let mut wrong = Complaints::default();
    content.check_pillar(context, &mut wrong, (row.brand_id, row.pillar_id)).await?;
    name_is_free::<content_template::Entity>(permit, &mut wrong, (&content.name, Some(id)), "template.name").await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = content_template::ActiveModel {
        updated_at: Set(context.now),
        version: Set(version),
        ..content.onto(row.into_active_model())?
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "content_template.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Puts a template away.
pub async fn archive_content_template(
    context: &Context,
    id: Uuid,
    version: i32,
) -> Result<content_template::Model, Failure> {
    archive::<content_template::Entity>(context, id, version).await
}

/// Brings a template back.
pub async fn restore_content_template(
    context: &Context,
    id: Uuid,
    version: i32,
) -> Result<content_template::Model, Failure> {
    restore::<content_template::Entity>(context, id, version).await
}
