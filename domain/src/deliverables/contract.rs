//! The contract of a deliverable or a payment.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use sea_orm::{ActiveEnum as _, QuerySelect as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};

/// Locks a contract, before anything that belongs to it.
pub(crate) async fn lock_contract(
    context: &Context,
    brand_id: Uuid,
    contract_id: Uuid,
) -> Result<contract::Model, Failure> {
    let select = contract::Entity::one_in_brand(brand_id, contract_id).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?)
}

fn wrong_state(row: &contract::Model) -> UserError {
    UserError::at(Code::WrongState, "contractId").text("state", row.state.to_value())
}

/// That a contract is not over: something may be planned under it.
pub(crate) fn going_on(row: &contract::Model) -> Result<(), UserError> {
    use ContractState::{Breached, Completed, Declined, Terminated};
    if matches!(row.state, Completed | Declined | Terminated | Breached) { Err(wrong_state(row)) } else { Ok(()) }
}

/// That a contract is signed and not over: something may be accepted under it.
pub(super) fn in_force(row: &contract::Model) -> Result<(), UserError> {
    let in_force = matches!(row.state, ContractState::Signed | ContractState::Active);
    if in_force { Ok(()) } else { Err(wrong_state(row)) }
}
