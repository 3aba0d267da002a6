//! What may follow what: one table, which the database holds to as well (`app.contract_step`, migration `m0052`).

use diwan_entity::contracts::contract::{self, ContractState};
use sea_orm::ActiveEnum as _;

use crate::error::{Code, UserError};

use ContractState::{
    Active, Approved, Breached, Completed, Declined, Draft, InApproval, Negotiating, Sent, Signed, Terminated,
};

/// From where to where.
const STEPS: &[(ContractState, ContractState)] = &[
    (Draft, Negotiating),
    (Draft, InApproval),
    (Draft, Declined),
    (Negotiating, InApproval),
    (Negotiating, Declined),
    (InApproval, Approved),
    (InApproval, Negotiating),
    (Approved, Sent),
    (Approved, Negotiating),
    (Approved, Declined),
    (Sent, Signed),
    (Sent, Negotiating),
    (Sent, Declined),
    (Signed, Active),
    (Signed, Terminated),
    (Signed, Breached),
    (Active, Completed),
    (Active, Terminated),
    (Active, Breached),
    (Breached, Terminated),
];

/// Whether a contract may go from one state to the other.
pub fn may_become(from: ContractState, to: ContractState) -> bool {
    STEPS.contains(&(from, to))
}

/// That a contract may go there.
pub(super) fn step(row: &contract::Model, to: ContractState) -> Result<(), UserError> {
    if may_become(row.state, to) { Ok(()) } else { Err(wrong_state(row)) }
}

/// That what is wanted does not go together with where the contract is.
pub(super) fn wrong_state(row: &contract::Model) -> UserError {
    UserError::at(Code::WrongState, "contractId").text("state", row.state.to_value())
}

/// Whether it is over.
pub(super) fn is_over(state: ContractState) -> bool {
    matches!(state, Completed | Declined | Terminated | Breached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable as _;

    #[test]
    fn every_state_is_reached_and_what_is_over_stays_over() {
        for state in ContractState::iter().filter(|state| *state != Draft) {
            assert!(STEPS.iter().any(|(_, to)| *to == state), "{state:?}");
        }
        for state in [Completed, Declined, Terminated] {
            assert!(STEPS.iter().all(|(from, _)| *from != state), "{state:?}");
        }
        // Nothing that was signed goes back to be written.
        let signed = [Signed, Active, Completed, Terminated, Breached];
        assert!(STEPS.iter().all(|(from, to)| !signed.contains(from) || signed.contains(to)));
    }
}
