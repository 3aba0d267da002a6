//! Expenses: written down, handed in, paid.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind};
use diwan_entity::finance::expense::{self, ExpenseState};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::expense_content::ExpenseContent;
use super::expenses_approval::{commit_expense, release_expense};
use super::rates::convert;
use super::requests::{check_line, line_in_budget};
use crate::approvals::{self, Money, NewRequest};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Extent, Permit, Relation};
use crate::strategy::maybe_text;
use crate::trust;

pub(super) fn not_there() -> UserError {
    UserError::at(Code::NotFound, "expenseId")
}

/// How the caller stands to an expense.
pub(super) fn relation_to(context: &Context, row: &expense::Model) -> Result<Relation, Failure> {
    let me = context.signed_in()?.user_id;
    Ok(Relation { own: row.created_by == me, assigned: false })
}

/// An expense with a right to it; its row is locked. What the caller may not read is not there.
async fn begin(context: &Context, action: Action, expense_id: Uuid) -> Result<(Permit<'_>, expense::Model), Failure> {
    let seen = context.one(expense::Entity::visible([expense_id])).await?.ok_or_else(not_there)?;
    let relation = relation_to(context, &seen)?;
    if !context.extent(Action::ExpenseRead, seen.brand_id).is_some_and(|extent| extent.covers(relation)) {
        return Err(not_there().into());
    }
    let permit = context.permit_on(action, seen.brand_id, relation).await?;
    let row = context.one(expense::Entity::visible([expense_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

fn wrong_state(row: &expense::Model) -> UserError {
    UserError::at(Code::WrongState, "expenseId").text("state", row.state.to_value())
}

/// Checks the version that was read, and that an expense is neither decided about nor over.
fn with_its_author(row: &expense::Model, version: i32) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if !matches!(row.state, ExpenseState::Draft | ExpenseState::SentBack) {
        wrong.add(wrong_state(row));
    }
    wrong.check()
}

/// Writes an expense down. Nobody is asked yet.
pub async fn create_expense(
    context: &Context,
    brand_id: Uuid,
    content: ExpenseContent,
) -> Result<expense::Model, Failure> {
    let own = Relation { own: true, assigned: false };
    let permit = context.permit_on(Action::ExpenseWrite, brand_id, own).await?;
    content.check(context, permit, None).await?;
    let row = expense::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        state: Set(ExpenseState::Draft),
        created_by: Set(permit.person()?),
        authors: Set(vec![permit.person()?]),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        paid_at: Set(None),
        paid_by: Set(None),
        payment_reference: Set(String::new()),
        version: Set(1),
        ..content.said(expense::ActiveModel { ..Default::default() })
    };
    let row = expense::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "expense.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says an expense anew that is a draft or came back: the whole of it.
pub async fn update_expense(
    context: &Context,
    expense_id: Uuid,
    version: i32,
    mut content: ExpenseContent,
) -> Result<expense::Model, Failure> {
    let (permit, row) = begin(context, Action::ExpenseWrite, expense_id).await?;
    with_its_author(&row, version)?;
    if !context.may(Action::BudgetRead, row.brand_id) && content.line_id.is_none() {
        // They do not see the line that somebody else has named.
        content.line_id = row.line_id;
    }
    content.check(context, permit, Some(&row)).await?;
    let version = row.version + 1;
    let authors = approvals::with_author(row.authors.clone(), permit.person()?);
    let changed = expense::ActiveModel {
        authors: Set(authors),
        updated_at: Set(context.now),
        version: Set(version),
        ..content.said(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "expense.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Gives up an expense that is a draft or came back.
pub async fn discard_expense(context: &Context, expense_id: Uuid, version: i32) -> Result<expense::Model, Failure> {
    let (permit, row) = begin(context, Action::ExpenseWrite, expense_id).await?;
    with_its_author(&row, version)?;
    let changed = expense::ActiveModel {
        state: Set(ExpenseState::Withdrawn),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "expense.discard", row.id, json!({})).await?;
    Ok(row)
}

/// What an expense comes to in the currency of a line, as it is written onto it.
async fn booked(
    context: &Context,
    row: &expense::Model,
    line_id: Uuid,
    field: &str,
) -> Result<(i64, Option<Uuid>), Failure> {
    let (_, budget) = line_in_budget(context, row.brand_id, line_id).await?.ok_or_else(not_there)?;
    let money = Money { minor: row.amount_minor, currency: row.currency.clone() };
    let missing = || {
        let missing = UserError::at(Code::ExchangeRateMissing, field).text("from", row.currency.clone());
        missing.text("to", budget.currency.clone()).text("day", row.spent_on.to_string())
    };
    let found = convert(context, row.brand_id, &money, &budget.currency, row.spent_on).await?.ok_or_else(missing)?;
    if found.money.minor < 1 {
        // Less than half a minor unit of the line's currency cannot be booked.
        return Err(UserError::at(Code::Invalid, "amountMinor").into());
    }
    Ok((found.money.minor, found.rate.map(|rate| rate.id)))
}

/// Hands an expense in: its amount is set aside on its line, converted by the rate of its day, and it climbs the ladder of limits.
pub async fn submit_expense(
    context: &Context,
    expense_id: Uuid,
    version: i32,
) -> Result<(expense::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, Action::ExpenseWrite, expense_id).await?;
    with_its_author(&row, version)?;
    if row.receipt_asset_id.is_none() {
        return Err(UserError::at(Code::ReceiptRequired, "expenseId").into());
    }
    // A line that somebody else has named for a person who sees no budgets waits for whoever decides.
    let line_id = row.line_id.filter(|_| context.may(Action::BudgetRead, row.brand_id));
    let (booked_minor, rate_id) = match line_id {
        Some(line_id) => {
            let (minor, rate) = booked(context, &row, line_id, "lineId").await?;
            (Some(minor), rate)
        }
        None => (None, None),
    };
    let version = row.version + 1;
    let changed = expense::ActiveModel {
        state: Set(ExpenseState::InApproval),
        booked_minor: Set(booked_minor),
        rate_id: Set(rate_id),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    commit_expense(context, permit, &row).await?;
    let authors = match row.reimburse_to {
        Some(person) => approvals::with_author(row.authors.clone(), person),
        None => row.authors.clone(),
    };
    let request = NewRequest {
        kind: ApprovalKind::Expense,
        subject_id: row.id,
        subject_version: row.version,
        authors,
        amount: Some(Money { minor: row.amount_minor, currency: row.currency.clone() }),
        title: row.vendor.clone(),
    };
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "expense.submit", row.id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

/// Names the line on which an expense that was handed in is booked. What was set aside elsewhere is let go; on this line nothing is set
/// aside, and the expense is spent from what is left when it is approved.
pub async fn set_expense_line(
    context: &Context,
    expense_id: Uuid,
    version: i32,
    line_id: Uuid,
) -> Result<expense::Model, Failure> {
    let (permit, row) = begin(context, Action::BudgetBook, expense_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != ExpenseState::InApproval {
        wrong.add(wrong_state(&row));
    }
    check_line(context, &mut wrong, row.brand_id, (line_id, "lineId")).await?;
    wrong.check()?;
    release_expense(context, permit, &row).await?;
    let (minor, rate_id) = booked(context, &row, line_id, "lineId").await?;
    let was = row.line_id;
    let changed = expense::ActiveModel {
        line_id: Set(Some(line_id)),
        booked_minor: Set(Some(minor)),
        rate_id: Set(rate_id),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "expense.set_line", row.id, json!({ "was": was, "line": line_id })).await?;
    Ok(row)
}

/// Notes that an approved expense was paid. Nobody notes it for themselves.
pub async fn pay_expense(
    context: &Context,
    expense_id: Uuid,
    version: i32,
    reference: &str,
) -> Result<expense::Model, Failure> {
    let (permit, row) = begin(context, Action::ExpensePay, expense_id).await?;
    let me = permit.person()?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.state != ExpenseState::Approved {
        wrong.add(wrong_state(&row));
    }
    let reference = maybe_text(&mut wrong, "reference", reference, 200);
    if row.reimburse_to == Some(me) {
        wrong.add(UserError::new(Code::FourEyes));
    }
    wrong.check()?;
    let changed = expense::ActiveModel {
        state: Set(ExpenseState::Paid),
        paid_at: Set(Some(context.now)),
        paid_by: Set(Some(me)),
        payment_reference: Set(reference),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "expense.pay", row.id, json!({})).await?;
    Ok(row)
}

/// The expenses of a brand, newest first: those below MID see their own.
pub async fn expenses(
    context: &Context,
    brand_id: Uuid,
    state: Option<ExpenseState>,
    page: Page,
) -> Result<Slice<expense::Model>, Failure> {
    context.permit_some(Action::ExpenseRead, brand_id).await?;
    let mut select = expense::Entity::in_brand(brand_id);
    if context.extent(Action::ExpenseRead, brand_id) != Some(Extent::Any) {
        select = select.filter(expense::Column::CreatedBy.eq(context.signed_in()?.user_id));
    }
    if let Some(state) = state {
        select = select.filter(expense::Column::State.eq(state));
    }
    newest_first(context, select, expense::Column::Id, page).await
}

/// Expenses by id.
pub async fn expenses_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<expense::Model>, Failure> {
    Ok(context.all(expense::Entity::visible(ids.iter().copied())).await?)
}

/// An expense of a request that is about it.
pub(super) async fn of_request(context: &Context, brand_id: Uuid, expense_id: Uuid) -> Result<expense::Model, Failure> {
    let row = context.one(expense::Entity::one_in_brand(brand_id, expense_id)).await?;
    Ok(row.ok_or_else(|| Fault::broken("an approval without its expense"))?)
}
