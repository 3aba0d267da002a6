//! What a brand wants: visions, goals under them, steps under those.

use chrono::NaiveDate;
use diwan_entity::strategy::objective::{self, ObjectiveKind};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, live, lock, maybe_text};
use super::items::{Thing, has_room};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct ObjectiveContent {
    /// What it stands under: nothing for a vision, a vision for a goal, a goal for a step.
    pub parent_id: Option<Uuid>,
    /// 1 to 300 characters.
    pub title: String,
    /// Up to 10 000 characters.
    pub description: String,
    /// Until when, from the year 1 to 9999.
    pub due_on: Option<NaiveDate>,
}

/// Something to want.
#[derive(Debug, Clone)]
pub struct NewObjective {
    /// Of which brand.
    pub brand_id: Uuid,
    /// How far away it is.
    pub kind: ObjectiveKind,
    /// What it is.
    pub content: ObjectiveContent,
}

/// Under what an objective of a kind stands.
fn parent_of(kind: ObjectiveKind) -> Option<ObjectiveKind> {
    match kind {
        ObjectiveKind::Vision => None,
        ObjectiveKind::Goal => Some(ObjectiveKind::Vision),
        ObjectiveKind::Step => Some(ObjectiveKind::Goal),
    }
}

/// Checks the content, and that it stands under what an objective of its kind stands under. The parent is locked, so that
/// nobody puts it away meanwhile.
async fn check(
    context: &Context,
    wrong: &mut Complaints,
    brand_id: Uuid,
    kind: ObjectiveKind,
    content: &ObjectiveContent,
) -> Result<ObjectiveContent, Failure> {
    const FIELD: &str = "objective.parentId";
    match (parent_of(kind), content.parent_id) {
        (None, None) => {}
        (None, Some(_)) => wrong.add(UserError::at(Code::WrongParent, FIELD).text("parent", "NOTHING")),
        (Some(needed), None) => wrong.add(UserError::at(Code::WrongParent, FIELD).text("parent", needed.to_value())),
        (Some(needed), Some(parent_id)) => {
            let parent = lock::<objective::Entity>(context, parent_id, FIELD).await?;
            if parent.brand_id != brand_id {
                return Err(UserError::at(Code::NotFound, FIELD).into());
            }
            live(wrong, parent.archived_at, FIELD);
            if parent.kind != needed {
                wrong.add(UserError::at(Code::WrongParent, FIELD).text("parent", needed.to_value()));
            }
        }
    }
    super::fields::date(wrong, "objective.dueOn", content.due_on);
    Ok(ObjectiveContent {
        parent_id: content.parent_id,
        title: wrong.text("objective.title", &content.title, 300).to_owned(),
        description: maybe_text(wrong, "objective.description", &content.description, 10_000),
        due_on: content.due_on,
    })
}

/// Writes down what is wanted.
pub async fn create_objective(context: &Context, new: NewObjective) -> Result<objective::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let content = check(context, &mut wrong, new.brand_id, new.kind, &new.content).await?;
    has_room(permit, &mut wrong, Thing::Objective).await?;
    wrong.check()?;
    let row = objective::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        kind: Set(new.kind),
        parent_id: Set(content.parent_id),
        title: Set(content.title),
        description: Set(content.description),
        due_on: Set(content.due_on),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = objective::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = serde_json::json!({ "kind": row.kind.to_value(), "parent": row.parent_id });
    trust::record(permit, context.now, "objective.create", row.id, detail).await?;
    Ok(row)
}

/// Says it anew, and moves it under another: the whole of it but its kind.
pub async fn update_objective(
    context: &Context,
    objective_id: Uuid,
    version: i32,
    content: ObjectiveContent,
) -> Result<objective::Model, Failure> {
    let (permit, row) = begin::<objective::Entity>(context, Action::StrategyWrite, objective_id, "objectiveId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "objectiveId");
    let content = check(context, &mut wrong, row.brand_id, row.kind, &content).await?;
    wrong.check()?;
    let changed = objective::ActiveModel {
        parent_id: Set(content.parent_id),
        title: Set(content.title),
        description: Set(content.description),
        due_on: Set(content.due_on),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version, "parent": row.parent_id });
    trust::record(permit, context.now, "objective.update", row.id, detail).await?;
    Ok(row)
}
