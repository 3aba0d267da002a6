//! Places on the board, and whose turn it is to give them.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea::{self, IdeaState};
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, QuerySelect as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};

/// The most ideas that have a place on a brand's board.
pub const MOST_IDEAS: i64 = 1000;

/// Lets one at a time change the boards of these brands; always in the same order, so that nobody waits in a circle.
pub(super) async fn take_turns(permit: Permit<'_>, brand_ids: &[Uuid]) -> Result<(), Failure> {
    let sql = "select app.lock_ideas(b.id) from (select unnest($1::uuid[]) as id order by 1) b";
    permit.tx().execute_raw(db::statement(sql, [brand_ids.to_vec().into()])).await?;
    Ok(())
}

/// An idea that is about to change, with the right to it: it is the caller's turn, and the row is locked.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    idea_id: Uuid,
) -> Result<(Permit<'_>, idea::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "ideaId");
    let seen = context.one(idea::Entity::visible([idea_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    take_turns(permit, &[seen.brand_id]).await?;
    // Read again: what counts is how it stands now that it is our turn.
    let row = context.one(idea::Entity::visible([idea_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// The state of an idea in words: put away counts before what it was.
pub(super) fn standing(row: &idea::Model) -> String {
    if row.archived_at.is_some() { "ARCHIVED".to_owned() } else { row.state.to_value() }
}

/// That it has a place on the board: that it is neither put away nor taken.
pub(super) fn on_board(wrong: &mut Complaints, row: &idea::Model) {
    if row.position.is_none() {
        wrong.add(UserError::at(Code::WrongState, "ideaId").text("state", standing(row)));
    }
}

/// That the board has room for one more.
pub(super) async fn has_room(permit: Permit<'_>, wrong: &mut Complaints, field: &str) -> Result<(), Failure> {
    let sql = "select count(*) from idea where brand_id = $1 and position is not null";
    let there: i64 = db::scalar(permit.tx(), sql, [permit.brand_id.into()]).await?;
    if there >= MOST_IDEAS {
        wrong.add(UserError::at(Code::TooMany, field).number("limit", MOST_IDEAS).number("actual", there + 1));
    }
    Ok(())
}

/// Makes room for a first one in a column.
pub(super) async fn make_room(permit: Permit<'_>, column: IdeaState) -> Result<(), Failure> {
    let sql = "update idea set position = position + 1 where brand_id = $1 and state = $2 and position is not null";
    permit.tx().execute_raw(db::statement(sql, [permit.brand_id.into(), column.to_value().into()])).await?;
    Ok(())
}

/// Closes the gap that an idea has left in its column, if it had a place there.
pub(super) async fn close_gap(permit: Permit<'_>, column: IdeaState, left: Option<i32>) -> Result<(), Failure> {
    let Some(left) = left else { return Ok(()) };
    let sql = "update idea set position = position - 1 where brand_id = $1 and state = $2 and position > $3";
    let values = [permit.brand_id.into(), column.to_value().into(), left.into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}
