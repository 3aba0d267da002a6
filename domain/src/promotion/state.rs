//! How a promotion goes on: the one table of its steps.

use diwan_entity::promotion::ad_boost::BoostState::{self, Approved, Canceled, Draft, Ended, InApproval, Running};

/// From which state to which. The database holds to the same table (`app.ad_boost_goes`); a test compares them.
pub const STEPS: [(BoostState, BoostState); 8] = [
    (Draft, InApproval),
    (Draft, Canceled),
    (InApproval, Draft),
    (InApproval, Approved),
    (InApproval, Canceled),
    (Approved, Running),
    (Approved, Canceled),
    (Running, Ended),
];

/// Whether a promotion goes from one state to another.
pub fn goes(from: BoostState, to: BoostState) -> bool {
    STEPS.contains(&(from, to))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;

    #[test]
    fn every_state_is_reached_and_what_is_over_stays_so() {
        for state in BoostState::iter() {
            assert!(state == Draft || STEPS.iter().any(|(_, to)| *to == state), "{state:?}");
            let over = matches!(state, Ended | Canceled);
            assert_eq!(BoostState::iter().all(|to| !goes(state, to)), over, "{state:?}");
        }
    }
}
