//! Noting that the bank has paid, and doing without a payment.

use diwan_entity::finance::budget_entry::SourceKind;
use diwan_entity::payments::payment::{self, PaymentState};
use diwan_platform::db;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::approval::void;
use super::queries::{begin, wrong_state};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::{Charge, Source, spend_charge};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;
use crate::trust;

/// Notes that the bank has paid what was exported: the budget is charged with the whole of it, from what the contract has committed.
/// Nobody notes what they get themselves.
pub async fn pay_payment(
    context: &Context,
    payment_id: Uuid,
    version: i32,
    reference: &str,
) -> Result<payment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) = begin(context, Action::PaymentPay, (payment_id, version), &mut wrong).await?;
    let me = permit.person()?;
    if row.state != PaymentState::Exported {
        wrong.add(wrong_state(&row));
    }
    let reference = maybe_text(&mut wrong, "reference", reference, 200);
    if contract.person_id == Some(me) {
        wrong.add(UserError::new(Code::FourEyes));
    }
    wrong.check()?;
    let line_id = contract.line_id.ok_or_else(|| UserError::at(Code::BudgetLineRequired, "paymentId"))?;
    let source = Source { kind: SourceKind::Contract, id: contract.id, reference: row.id.to_string() };
    let charge = Charge { line_id, minor: row.amount_minor, source, reason: row.title.clone() };
    let entry = spend_charge(context, permit, charge, row.amount_minor).await?;
    let version = row.version + 1;
    let changed = payment::ActiveModel {
        state: Set(PaymentState::Paid),
        entry_id: Set(Some(entry.id)),
        paid_at: Set(Some(context.now)),
        paid_by: Set(Some(me)),
        reference: Set(reference),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "payment.pay", row.id, json!({ "entry": entry.id })).await?;
    Ok(row)
}

/// Does without a payment that did not go to the bank. Hours that it would have paid can be paid by another.
pub async fn cancel_payment(
    context: &Context,
    payment_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<payment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, _, row) = begin(context, Action::PaymentWrite, (payment_id, version), &mut wrong).await?;
    if matches!(row.state, PaymentState::Exported | PaymentState::Paid | PaymentState::Canceled) {
        wrong.add(wrong_state(&row));
    }
    if reason.trim().is_empty() {
        wrong.add(UserError::at(Code::ReasonRequired, "reason"));
    } else {
        wrong.text("reason", reason, 1000);
    }
    wrong.check()?;
    let row = match row.state {
        PaymentState::InApproval | PaymentState::Approved => void(context, permit, row).await?,
        _ => row,
    };
    let version = row.version + 1;
    let changed = payment::ActiveModel {
        state: Set(PaymentState::Canceled),
        cancel_reason: Set(reason.trim().to_owned()),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    free_hours(permit, &[row.id]).await?;
    trust::record(permit, context.now, "payment.cancel", row.id, json!({})).await?;
    Ok(row)
}

/// Lets go of the hours that these payments would have paid.
pub(super) async fn free_hours(permit: Permit<'_>, payment_ids: &[Uuid]) -> Result<(), Failure> {
    let sql = "update time_entry set payment_id = null where brand_id = $1 and payment_id = any ($2)";
    let values = [permit.brand_id.into(), payment_ids.to_vec().into()];
    permit.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}
