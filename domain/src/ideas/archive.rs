//! Putting ideas away and bringing them back.

use diwan_entity::calendar::idea::{self, IdeaState};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::place::{begin, close_gap, has_room, make_room};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// Puts an idea away, also one that was taken.
pub async fn archive_idea(context: &Context, idea_id: Uuid, version: i32) -> Result<idea::Model, Failure> {
    let (permit, row) = begin(context, Action::IdeaWrite, idea_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "ideaId").text("state", "ARCHIVED"));
    }
    wrong.check()?;
    let (column, left) = (row.state, row.position);
    let changed = idea::ActiveModel {
        position: Set(None),
        archived_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    close_gap(permit, column, left).await?;
    trust::record(permit, context.now, "idea.archive", row.id, json!({})).await?;
    Ok(row)
}

/// Brings an idea back: the first of the column in which it was.
pub async fn restore_idea(context: &Context, idea_id: Uuid, version: i32) -> Result<idea::Model, Failure> {
    let (permit, row) = begin(context, Action::IdeaWrite, idea_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_none() {
        wrong.add(UserError::at(Code::WrongState, "ideaId").text("state", "LIVE"));
    }
    // What was taken has no place to come back to.
    let placed = row.state != IdeaState::Taken;
    if placed {
        has_room(permit, &mut wrong, "ideaId").await?;
    }
    wrong.check()?;
    if placed {
        make_room(permit, row.state).await?;
    }
    let changed = idea::ActiveModel {
        position: Set(placed.then_some(1)),
        archived_at: Set(None),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "idea.restore", row.id, json!({})).await?;
    Ok(row)
}
