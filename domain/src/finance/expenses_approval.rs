//! An expense on its way through approval, and what is booked meanwhile.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::RequestState;
use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::finance::expense::{self, ExpenseState};
use diwan_platform::db;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _, QuerySelect as _};
use uuid::Uuid;

use super::charge::{Charge, Source, commit_charge, release_charge, spend_charge};
use super::expenses::{not_there, of_request, relation_to};
use super::ledger::OPEN;
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::{Permit, Relation};

/// What an expense has set aside and neither spent nor let go.
async fn open_of(permit: Permit<'_>, expense_id: Uuid) -> Result<i64, Failure> {
    let sql = format!(
        "select coalesce(sum({OPEN}), 0)::bigint from budget_entry e
         where e.brand_id = $1 and e.source_kind = 'EXPENSE' and e.source_id = $2 and e.kind in ('COMMIT', 'RELEASE', 'SPEND')"
    );
    Ok(db::scalar(permit.tx(), &sql, [permit.brand_id.into(), expense_id.into()]).await?)
}

/// What is booked for an expense in its present version.
fn charge(row: &expense::Model, line_id: Uuid, minor: i64) -> Charge {
    let source = Source { kind: SourceKind::Expense, id: row.id, reference: format!("version {}", row.version) };
    Charge { line_id, minor, source, reason: row.vendor.clone() }
}

/// Sets the amount aside, where the line is known.
pub(super) async fn commit_expense(context: &Context, permit: Permit<'_>, row: &expense::Model) -> Result<(), Failure> {
    if let Some((line_id, minor)) = row.line_id.zip(row.booked_minor) {
        commit_charge(context, permit, charge(row, line_id, minor)).await?;
    }
    Ok(())
}

/// Lets go of what is set aside.
pub(super) async fn release_expense(
    context: &Context,
    permit: Permit<'_>,
    row: &expense::Model,
) -> Result<(), Failure> {
    let Some(line_id) = row.line_id else { return Ok(()) };
    let open = open_of(permit, row.id).await?;
    if open > 0 {
        release_charge(context, permit, charge(row, line_id, open)).await?;
    }
    Ok(())
}

/// Locks the expense that an approval is about, for the approval engine.
pub(crate) async fn lock_expense(context: &Context, expense_id: Uuid) -> Result<Relation, Failure> {
    let select = expense::Entity::visible([expense_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    relation_to(context, &row)
}

/// What came of the approval: given, the amount is spent, from what was set aside first; sent back or taken back, that is let go.
pub(crate) async fn expense_ended(
    context: &Context,
    permit: Permit<'_>,
    expense_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let row = of_request(context, permit.brand_id, expense_id).await?;
    let state = match state {
        RequestState::Approved => {
            let on = row.line_id.zip(row.booked_minor);
            let (line_id, minor) = on.ok_or_else(|| UserError::new(Code::BudgetLineRequired))?;
            let drawn = open_of(permit, row.id).await?.min(minor);
            spend_charge(context, permit, charge(&row, line_id, minor), drawn).await?;
            ExpenseState::Approved
        }
        RequestState::ChangesRequested | RequestState::Withdrawn => {
            release_expense(context, permit, &row).await?;
            if state == RequestState::Withdrawn { ExpenseState::Withdrawn } else { ExpenseState::SentBack }
        }
        RequestState::Voided | RequestState::Pending => {
            return Err(Fault::broken("an expense is not void").into());
        }
    };
    let changed = expense::ActiveModel { state: Set(state), updated_at: Set(context.now), ..row.into_active_model() };
    changed.update(permit.tx()).await?;
    Ok(())
}
