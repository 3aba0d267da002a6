//! Closing a project.

use diwan_entity::InBrand as _;
use diwan_entity::projects::project::{self, ProjectState};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// Closes an open project with what was learned, 1 to 20 000 characters. Its budget and its campaigns stay as they are.
pub async fn close_project(
    context: &Context,
    project_id: Uuid,
    version: i32,
    lessons: &str,
) -> Result<project::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "projectId");
    let seen = context.one(project::Entity::visible([project_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ProjectWrite, seen.brand_id).await?;
    let row = context.one(project::Entity::visible([project_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != ProjectState::Open {
        wrong.add(UserError::at(Code::WrongState, "projectId").text("state", row.state.to_value()));
    }
    let lessons = wrong.text("lessons", lessons, 20_000).to_owned();
    wrong.check()?;
    let version = row.version + 1;
    let closed = project::ActiveModel {
        state: Set(ProjectState::Closed),
        lessons: Set(Some(lessons)),
        closed_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = closed.update(permit.tx()).await?;
    trust::record(permit, context.now, "project.close", row.id, json!({})).await?;
    Ok(row)
}
