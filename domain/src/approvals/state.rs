//! How a request goes on: one function.

use diwan_entity::approvals::approval_request::RequestState;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Its open step was approved; `last` when no step follows.
    StepApproved {
        /// Whether it was the last step.
        last: bool,
    },
    /// Somebody at the open step asked for changes.
    ChangesRequested,
    /// It was taken back.
    Withdrawn,
    /// What it is about changed.
    Voided,
}

/// The state after something happened; none where it cannot happen any more. Only an approval is taken away again, by a
/// change of what was approved.
pub fn next_state(state: RequestState, happening: Happening) -> Option<RequestState> {
    use RequestState as S;
    match (state, happening) {
        (S::Pending, Happening::StepApproved { last: false }) => Some(S::Pending),
        (S::Pending, Happening::StepApproved { last: true }) => Some(S::Approved),
        (S::Pending, Happening::ChangesRequested) => Some(S::ChangesRequested),
        (S::Pending, Happening::Withdrawn) => Some(S::Withdrawn),
        (S::Pending | S::Approved, Happening::Voided) => Some(S::Voided),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sea_orm::Iterable as _;

    fn happenings() -> impl Strategy<Value = Happening> {
        prop_oneof![
            any::<bool>().prop_map(|last| Happening::StepApproved { last }),
            Just(Happening::ChangesRequested),
            Just(Happening::Withdrawn),
            Just(Happening::Voided),
        ]
    }

    proptest! {
        #[test]
        fn what_is_over_stays_as_it_is(story in proptest::collection::vec(happenings(), 0..20)) {
            let mut state = RequestState::Pending;
            for happening in story {
                let Some(after) = next_state(state, happening) else { continue };
                prop_assert!(state == RequestState::Pending || (state == RequestState::Approved && after == RequestState::Voided));
                state = after;
            }
        }

        #[test]
        fn approved_is_only_what_its_last_step_approved(story in proptest::collection::vec(happenings(), 1..20)) {
            let mut state = RequestState::Pending;
            for happening in story {
                let before = state;
                state = next_state(state, happening).unwrap_or(state);
                if state == RequestState::Approved && before != state {
                    prop_assert_eq!(happening, Happening::StepApproved { last: true });
                }
            }
        }
    }

    #[test]
    fn every_state_but_the_first_two_is_an_end() {
        for state in
            RequestState::iter().filter(|state| !matches!(state, RequestState::Pending | RequestState::Approved))
        {
            for happening in [
                Happening::StepApproved { last: true },
                Happening::StepApproved { last: false },
                Happening::ChangesRequested,
                Happening::Withdrawn,
                Happening::Voided,
            ] {
                assert_eq!(next_state(state, happening), None);
            }
        }
    }
}
