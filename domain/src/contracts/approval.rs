//! Approving contracts by what they cost, and the money that is set aside for them.
//!
//! The fee is committed on its line when the contract is approved: from then on the brand may be bound by a signature of the other
//! side, so the money has to be there.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::{self, ApprovalKind, RequestState};
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::finance::budget_entry::SourceKind;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::content::clauses_of;
use super::draft::{begin, not_there};
use super::state::step;
use super::versions::authors;
use crate::approvals::{self, Money, NewRequest};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::{self, Charge, Source};
use crate::permission::{Action, Permit, Relation};
use crate::trust;

/// Asks for a contract to be approved, by the brand's chain for contracts and up the ladder of limits to the level that covers its
/// fee. Whoever wrote at it is an author, and approves nothing of it.
pub async fn submit_contract(
    context: &Context,
    contract_id: Uuid,
    version: i32,
) -> Result<(contract::Model, approval_request::Model), Failure> {
    let (permit, row) = begin(context, Action::ContractWrite, contract_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if let Err(error) = step(&row, ContractState::InApproval) {
        wrong.add(error);
    }
    if row.starts_on.is_none() {
        wrong.add(UserError::at(Code::Invalid, "startsOn"));
    }
    if clauses_of(&row.clauses)?.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "clauses"));
    }
    if row.fee_minor > 0 && row.line_id.is_none() {
        wrong.add(UserError::at(Code::BudgetLineRequired, "lineId"));
    }
    wrong.check()?;
    let request = NewRequest {
        kind: ApprovalKind::Contract,
        subject_id: row.id,
        subject_version: row.version,
        authors: authors(context, &row).await?,
        amount: (row.fee_minor > 0).then(|| Money { minor: row.fee_minor, currency: row.currency.clone() }),
        title: row.title.clone(),
    };
    let row = set_state(context, permit, row, ContractState::InApproval).await?;
    let request = approvals::open_request(context, permit, request).await?;
    trust::record(permit, context.now, "contract.submit", row.id, json!({ "version": row.version })).await?;
    Ok((row, request))
}

pub(super) async fn set_state(
    context: &Context,
    permit: Permit<'_>,
    row: contract::Model,
    state: ContractState,
) -> Result<contract::Model, Failure> {
    let changed = contract::ActiveModel { state: Set(state), updated_at: Set(context.now), ..row.into_active_model() };
    Ok(changed.update(permit.tx()).await?)
}

/// Locks the contract that a request is about, for the approval engine.
pub(crate) async fn lock_contract(context: &Context, contract_id: Uuid) -> Result<Relation, Failure> {
    let select = contract::Entity::visible([contract_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    Ok(Relation { own: context.signed_in()?.user_id == row.created_by, assigned: false })
}

/// What came of the request: where it was approved, the fee is committed in the same transaction. One that is void was ended by a
/// change of the contract, which says itself where it is.
pub(crate) async fn approval_ended(
    context: &Context,
    permit: Permit<'_>,
    contract_id: Uuid,
    state: RequestState,
) -> Result<(), Failure> {
    let row = context.one(contract::Entity::one_in_brand(permit.brand_id, contract_id)).await?;
    let row = row.ok_or_else(|| Fault::broken("an approval without its contract"))?;
    match state {
        RequestState::Approved => {
            commit(context, permit, &row).await?;
            set_state(context, permit, row, ContractState::Approved).await?;
        }
        RequestState::ChangesRequested | RequestState::Withdrawn => {
            set_state(context, permit, row, ContractState::Negotiating).await?;
        }
        RequestState::Voided => {}
        RequestState::Pending => return Err(Fault::broken("a request that has not ended").into()),
    }
    Ok(())
}

/// What is booked for a contract, once for each of its versions.
fn source(row: &contract::Model) -> Source {
    Source { kind: SourceKind::Contract, id: row.id, reference: format!("version {}", row.version) }
}

async fn commit(context: &Context, permit: Permit<'_>, row: &contract::Model) -> Result<(), Failure> {
    let Some(line_id) = row.line_id.filter(|_| row.fee_minor > 0) else { return Ok(()) };
    let charge = Charge { line_id, minor: row.fee_minor, source: source(row), reason: row.title.clone() };
    finance::commit_charge(context, permit, charge).await.map(drop)
}

/// Lets go of what is still committed for a contract: what was not spent, and not released when its budget was closed.
pub(super) async fn release(
    context: &Context,
    permit: Permit<'_>,
    row: &contract::Model,
    why: &str,
) -> Result<(), Failure> {
    let Some(line_id) = row.line_id else { return Ok(()) };
    let minor = finance::committed_for(context, row.brand_id, (SourceKind::Contract, row.id)).await?;
    if minor > 0 {
        let reason = format!("{why}: {}", row.title);
        let charge = Charge { line_id, minor, source: source(row), reason };
        finance::release_charge(context, permit, charge).await?;
    }
    Ok(())
}
