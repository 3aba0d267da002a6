//! Moving an idea on the board.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::idea::{self, IdeaState};
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::place::{begin, on_board, standing};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// Where an idea goes.
#[derive(Debug, Clone, Copy)]
pub struct NewPlace {
    /// Into this column; not into TAKEN, where only becoming a post leads.
    pub column: IdeaState,
    /// Right after this idea of the column; the first of it unless given.
    pub after: Option<Uuid>,
}

/// Gives the column that it leaves and the one that it comes to new places, in one statement: each in its order, the moved one
/// after whoever has the place `$5` (0: first). Only rows whose place changes are written.
const MOVE: &str = "
  with board as (
    select id, case when id = $2 then $4 else state end as state,
      row_number() over (partition by case when id = $2 then $4 else state end
        order by case when id = $2 then $5 else position end, id = $2)::integer as position
    from idea where brand_id = $1 and position is not null and state in ($3, $4))
  update idea i set state = b.state, position = b.position, updated_at = case when i.id = $2 then $6 else i.updated_at end
  from board b where i.brand_id = $1 and i.id = b.id and (i.state, i.position) is distinct from (b.state, b.position)";

/// Moves an idea. Of two who move at once, the second moves on the board that the first left.
pub async fn move_idea(context: &Context, idea_id: Uuid, to: NewPlace) -> Result<idea::Model, Failure> {
    let (permit, row) = begin(context, Action::IdeaWrite, idea_id).await?;
    let mut wrong = Complaints::default();
    on_board(&mut wrong, &row);
    if to.column == IdeaState::Taken {
        wrong.add(UserError::at(Code::Invalid, "state"));
    }
    wrong.check()?;
    let after = match to.after {
        Some(id) => place_of(context, &row, (id, to.column)).await?,
        None => 0,
    };
    let values = [
        row.brand_id.into(),
        row.id.into(),
        row.state.to_value().into(),
        to.column.to_value().into(),
        after.into(),
        context.now.into(),
    ];
    permit.tx().execute_raw(db::statement(MOVE, values)).await?;
    let row = context.one(idea::Entity::one_in_brand(row.brand_id, row.id)).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, "ideaId"))?;
    let detail = json!({ "state": row.state, "position": row.position });
    trust::record(permit, context.now, "idea.move", row.id, detail).await?;
    Ok(row)
}

/// The place of the one after which it goes. It is our turn, so the place stays.
async fn place_of(context: &Context, moved: &idea::Model, (id, column): (Uuid, IdeaState)) -> Result<i32, Failure> {
    const FIELD: &str = "afterIdeaId";
    if id == moved.id {
        return Err(UserError::at(Code::Invalid, FIELD).into());
    }
    let row = context.one(idea::Entity::one_in_brand(moved.brand_id, id)).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, FIELD))?;
    match row.position {
        Some(position) if row.state == column => Ok(position),
        _ => Err(UserError::at(Code::WrongState, FIELD).text("state", standing(&row)).into()),
    }
}
