//! Whose an idea is to work on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::idea;
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _,
    FromQueryResult, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};
use serde_json::json;
use uuid::Uuid;

use super::place::{begin, on_board, take_turns};
use crate::approvals::Ground;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Gives an idea to somebody of the brand's staff; none takes it from whoever has it.
pub async fn assign_idea(context: &Context, idea_id: Uuid, to: Option<Uuid>) -> Result<idea::Model, Failure> {
    let (permit, row) = begin(context, Action::IdeaAssign, idea_id).await?;
    let mut wrong = Complaints::default();
    on_board(&mut wrong, &row);
    if let Some(to) = to {
        let ground = Ground::load(permit.tx(), row.brand_id, ApprovalKind::Post, None, context.now).await?;
        match ground.seat(to) {
            None => wrong.add(UserError::at(Code::NotFound, "assigneeId")),
            Some(seat) if seat.kind != UserKind::Staff => {
                wrong.add(UserError::at(Code::KindMismatch, "assigneeId").text("kind", seat.kind.to_value()));
            }
            Some(_) => {}
        }
    }
    wrong.check()?;
    let changed = idea::ActiveModel { assignee_id: Set(to), updated_at: Set(context.now), ..row.into_active_model() };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "idea.assign", row.id, json!({ "to": to })).await?;
    Ok(row)
}

/// Ideas that are still worked on and somebody's.
fn open_ideas(of: Uuid, brand_ids: &[Uuid]) -> Condition {
    Condition::all()
        .add(idea::Column::BrandId.is_in(brand_ids.iter().copied()))
        .add(idea::Column::AssigneeId.eq(of))
        .add(idea::Column::Position.is_not_null())
}

/// Who takes somebody's ideas over, and where.
pub(crate) struct Heir<'a> {
    /// From whom.
    pub from: Uuid,
    /// To whom: staff of all of the brands.
    pub to: Uuid,
    /// In these brands.
    pub brand_ids: &'a [Uuid],
    /// Now.
    pub now: DateTime<Utc>,
}

/// Gives all of somebody's open ideas to somebody else. Answers how many, by brand.
pub(crate) async fn hand_over(permit: Permit<'_>, heir: Heir<'_>) -> Result<HashMap<Uuid, usize>, Failure> {
    take_turns(permit, heir.brand_ids).await?;
    let moved = idea::Entity::update_many()
        .col_expr(idea::Column::AssigneeId, Expr::value(heir.to))
        .col_expr(idea::Column::UpdatedAt, Expr::value(heir.now))
        .filter(open_ideas(heir.from, heir.brand_ids))
        .exec_with_returning(permit.tx())
        .await?;
    let mut counts: HashMap<Uuid, usize> = HashMap::new();
    for row in moved {
        *counts.entry(row.brand_id).or_default() += 1;
    }
    Ok(counts)
}

/// How many open ideas are somebody's in these brands.
pub(crate) async fn still_assigned(permit: Permit<'_>, of: Uuid, brand_ids: &[Uuid]) -> Result<u64, Failure> {
    Ok(idea::Entity::find().filter(open_ideas(of, brand_ids)).count(permit.tx()).await?)
}

/// The brands, of those that the caller sees, in which open ideas are somebody's.
pub(crate) async fn brands_with_ideas_of(context: &Context, user_id: Uuid) -> Result<Vec<Uuid>, Failure> {
    #[derive(FromQueryResult)]
    struct Row {
        brand_id: Uuid,
    }
    let sql = "select distinct brand_id from idea where assignee_id = $1 and position is not null";
    let rows: Vec<Row> = context.rows(sql, [user_id.into()]).await?;
    Ok(rows.into_iter().map(|row| row.brand_id).collect())
}
