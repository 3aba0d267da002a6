//! How contracts end: declined before they were signed, completed, terminated; and that one was breached.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::approval::release;
use super::draft::{begin, take_back};
use super::state::step;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::payments;
use crate::permission::{Action, Permit};
use crate::trust;

/// Why something ends: it has to be said.
fn check_reason(reason: &str) -> Result<String, Failure> {
    if reason.trim().is_empty() {
        return Err(UserError::at(Code::ReasonRequired, "reason").into());
    }
    let mut wrong = Complaints::default();
    let reason = wrong.text("reason", reason, 2000).to_owned();
    wrong.check()?;
    Ok(reason)
}

/// Writes that a contract is over, and records it.
async fn end(
    context: &Context,
    permit: Permit<'_>,
    row: contract::Model,
    (state, reason): (ContractState, &str),
    detail: serde_json::Value,
) -> Result<contract::Model, Failure> {
    let ended = contract::ActiveModel {
        state: Set(state),
        ended_at: Set(Some(context.now)),
        end_reason: Set(reason.to_owned()),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = ended.update(permit.tx()).await?;
    let action = match state {
        ContractState::Declined => "contract.decline",
        ContractState::Completed => "contract.complete",
        ContractState::Breached => "contract.breach",
        _ => "contract.terminate",
    };
    trust::record(permit, context.now, action, row.id, detail).await?;
    Ok(row)
}

/// Declines a contract whose row is locked: what was committed for it is released, and nobody signs it any more.
pub(super) async fn decline(
    context: &Context,
    permit: Permit<'_>,
    row: contract::Model,
    reason: &str,
    link_id: Option<Uuid>,
) -> Result<contract::Model, Failure> {
    step(&row, ContractState::Declined)?;
    let reason = check_reason(reason)?;
    take_back(context, permit, &row).await?;
    payments::contracts_ended(context, permit, &[row.id]).await?;
    let detail = json!({ "was": row.state.to_value(), "link": link_id });
    end(context, permit, row, (ContractState::Declined, &reason), detail).await
}

/// Gives a contract up that was not signed, with the reason that either side has. One that is decided about is taken back first.
pub async fn decline_contract(context: &Context, contract_id: Uuid, reason: &str) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractWrite, contract_id).await?;
    decline(context, permit, row, reason, None).await
}

/// Completes a contract that was carried out on both sides: what is still committed for it is released.
pub async fn complete_contract(context: &Context, contract_id: Uuid) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractEnd, contract_id).await?;
    step(&row, ContractState::Completed)?;
    let open_work = payments::open_work(context, row.brand_id, row.id).await?;
    if open_work > 0 {
        return Err(UserError::at(Code::ContractWorkOpen, "contractId").number("count", open_work).into());
    }
    // Deliverables and payments first: they hold parts of what is committed.
    payments::contracts_ended(context, permit, &[row.id]).await?;
    release(context, permit, &row, "Completed").await?;
    end(context, permit, row, (ContractState::Completed, ""), json!({})).await
}

/// Terminates a contract before it was carried out, and with it what amends it: what is to be delivered is withdrawn, what is not paid
/// is not paid any more, and what is still committed is released.
pub async fn terminate_contract(
    context: &Context,
    contract_id: Uuid,
    reason: &str,
) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractEnd, contract_id).await?;
    step(&row, ContractState::Terminated)?;
    let reason = check_reason(reason)?;
    let living = [ContractState::Signed, ContractState::Active, ContractState::Breached];
    let amendments = contract::Entity::in_brand(row.brand_id)
        .filter(contract::Column::AmendsId.eq(row.id))
        .filter(contract::Column::State.is_in(living))
        .order_by_asc(contract::Column::Id)
        .lock_exclusive();
    let amendments = context.all(amendments).await?;
    let ids: Vec<Uuid> = amendments.iter().map(|amendment| amendment.id).collect();
    // Deliverables and payments first: they hold parts of what is committed.
    payments::contracts_ended(context, permit, &[ids.as_slice(), &[row.id]].concat()).await?;
    // A booking each: what is released for one is asked of its own line.
    for ended in amendments.iter().chain([&row]) {
        release(context, permit, ended, "Terminated").await?;
    }
    if !ids.is_empty() {
        contract::Entity::update_many()
            .col_expr(contract::Column::State, Expr::value(ContractState::Terminated))
            .col_expr(contract::Column::EndedAt, Expr::value(context.now))
            .col_expr(contract::Column::EndReason, Expr::value(reason.clone()))
            .col_expr(contract::Column::UpdatedAt, Expr::value(context.now))
            .filter(contract::Column::BrandId.eq(row.brand_id))
            .filter(contract::Column::Id.is_in(ids.iter().copied()))
            .exec(permit.tx())
            .await?;
        let ended = amendments.iter().map(|amendment| {
            let detail = json!({ "was": amendment.state.to_value(), "with": row.id });
            (permit, amendment.id, detail)
        });
        trust::record_many(permit, context.now, "contract.terminate", ended).await?;
    }
    let detail = json!({ "was": row.state.to_value() });
    end(context, permit, row, (ContractState::Terminated, &reason), detail).await
}

/// Notes that the other side broke a contract. Nothing is taken back by that: it can be terminated for it.
pub async fn report_contract_breach(
    context: &Context,
    contract_id: Uuid,
    reason: &str,
) -> Result<contract::Model, Failure> {
    let (permit, row) = begin(context, Action::ContractEnd, contract_id).await?;
    step(&row, ContractState::Breached)?;
    let reason = check_reason(reason)?;
    let detail = json!({ "was": row.state.to_value() });
    end(context, permit, row, (ContractState::Breached, &reason), detail).await
}
