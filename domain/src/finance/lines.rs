//! The lines of a budget: new ones, and what is said of them.

use std::collections::HashSet;

use diwan_entity::InBrand as _;
use diwan_entity::finance::budget::{self, BudgetState};
use diwan_entity::finance::budget_line::{self, LineCategory};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most lines of a budget.
const MOST_LINES: usize = 200;

/// What is said of a line.
#[derive(Debug, Clone)]
pub struct LineContent {
    /// What it is called, 1 to 200 characters; unlike the other lines of the budget, in any case.
    pub name: String,
    /// For what its money is.
    pub category: LineCategory,
}

/// Checks lines that are to come beside those that are there.
pub(super) fn check_lines(wrong: &mut Complaints, there: &[budget_line::Model], new: &[LineContent]) {
    if there.len() + new.len() > MOST_LINES {
        let many = UserError::at(Code::TooMany, "lines").number("limit", MOST_LINES);
        wrong.add(many.number("actual", there.len() + new.len()));
        return;
    }
    let mut names: HashSet<String> = there.iter().map(|line| line.name.to_lowercase()).collect();
    for (place, line) in new.iter().enumerate() {
        let path = format!("lines.{place}.name");
        let name = wrong.text(&path, &line.name, 200);
        if !names.insert(name.to_lowercase()) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
    }
}

/// Writes lines after those that are there, in one statement.
pub(super) async fn write_lines(
    context: &Context,
    permit: Permit<'_>,
    budget_id: Uuid,
    after: i32,
    new: Vec<LineContent>,
) -> Result<Vec<budget_line::Model>, Failure> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows = new.into_iter().zip(after + 1..).map(|(line, position)| budget_line::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        budget_id: Set(budget_id),
        position: Set(position),
        name: Set(line.name.trim().to_owned()),
        category: Set(line.category),
        created_at: Set(context.now),
        ..Default::default()
    });
    Ok(budget_line::Entity::insert_many(rows).exec_with_returning(permit.tx()).await?)
}

/// An open budget with the right to write it; its row is locked.
pub(super) async fn open_budget(
    context: &Context,
    action: Action,
    budget_id: Uuid,
) -> Result<(Permit<'_>, budget::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "budgetId");
    let seen = context.one(budget::Entity::visible([budget_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let row = context.one(budget::Entity::visible([budget_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    if row.state == BudgetState::Closed {
        return Err(UserError::at(Code::BudgetClosed, "budgetId").into());
    }
    Ok((permit, row))
}

/// The lines of a budget in their order.
pub(super) async fn lines_of(context: &Context, budget: &budget::Model) -> Result<Vec<budget_line::Model>, Failure> {
    let select = budget_line::Entity::in_brand(budget.brand_id)
        .filter(budget_line::Column::BudgetId.eq(budget.id))
        .order_by_asc(budget_line::Column::Position);
    Ok(context.all(select).await?)
}

/// Adds lines at the end of an open budget, all or none.
pub async fn add_budget_lines(
    context: &Context,
    budget_id: Uuid,
    new: Vec<LineContent>,
) -> Result<Vec<budget_line::Model>, Failure> {
    let (permit, budget) = open_budget(context, Action::BudgetWrite, budget_id).await?;
    let there = lines_of(context, &budget).await?;
    let mut wrong = Complaints::default();
    if new.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "lines"));
    }
    check_lines(&mut wrong, &there, &new);
    wrong.check()?;
    let last = there.last().map_or(0, |line| line.position);
    let lines = write_lines(context, permit, budget.id, last, new).await?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id).collect();
    trust::record(permit, context.now, "budget.add_lines", budget.id, json!({ "lines": ids })).await?;
    Ok(lines)
}

/// Says a line of an open budget anew. What was booked on it stays.
pub async fn update_budget_line(
    context: &Context,
    line_id: Uuid,
    content: LineContent,
) -> Result<budget_line::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "lineId");
    let line = context.one(budget_line::Entity::visible([line_id])).await?.ok_or_else(not_there)?;
    let (permit, budget) = match open_budget(context, Action::BudgetWrite, line.budget_id).await {
        Err(Failure::Refused(errors)) if errors.iter().any(|error| error.code == Code::BudgetClosed) => {
            return Err(UserError::at(Code::BudgetClosed, "lineId").into());
        }
        other => other?,
    };
    let mut wrong = Complaints::default();
    let name = wrong.text("name", &content.name, 200).to_owned();
    let others = lines_of(context, &budget).await?;
    if others.iter().any(|other| other.id != line.id && other.name.to_lowercase() == name.to_lowercase()) {
        wrong.add(UserError::at(Code::AlreadyExists, "name"));
    }
    wrong.check()?;
    budget_line::Entity::update_many()
        .col_expr(budget_line::Column::Name, Expr::value(name))
        .col_expr(budget_line::Column::Category, Expr::value(content.category.to_value()))
        .filter(budget_line::Column::BrandId.eq(line.brand_id))
        .filter(budget_line::Column::Id.eq(line.id))
        .exec(permit.tx())
        .await?;
    let detail = json!({ "line": line.id, "was": { "name": line.name, "category": line.category } });
    trust::record(permit, context.now, "budget.update_line", budget.id, detail).await?;
    Ok(context.one(budget_line::Entity::visible([line_id])).await?.ok_or_else(not_there)?)
}
