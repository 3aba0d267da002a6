//! What a person does about a trouble, for programs; the words say the same.

use super::outcome::{
    CANNOT_TELL, GAVE_UP, GIVEN_UP, GRANT_MISSING, MEDIA_EXPIRED, MEDIA_GONE, MISSED, PARTLY_PUBLISHED, PAUSED,
};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing: it goes on by itself.
    Wait,
    /// Connect the account again, then schedule again.
    ConnectAccount,
    /// Change the post, then schedule it again.
    ChangePost,
    /// Schedule it again.
    ScheduleAgain,
    /// Say whether it is there, and what becomes of the rest.
    Settle,
    /// End the pause, or schedule it for another time.
    Resume,
    /// Ask for less, or in another form.
    AskForLess,
    /// Have the operator of this installation look.
    AskOperator,
}

/// The next step of a value of [`super::TROUBLES`]; of what is not known yet, to have the operator look.
pub fn next_step(trouble: &str) -> NextStep {
    match trouble {
        "RETRY" | "RATE_LIMITED" | "WAITING" | "UNKNOWN" => NextStep::Wait,
        "RECONNECT" | "EXPIRED" | "NO_ACCOUNT" => NextStep::ConnectAccount,
        "CONTENT" | MEDIA_GONE | MEDIA_EXPIRED | GRANT_MISSING => NextStep::ChangePost,
        "ASK" | MISSED | GAVE_UP | GIVEN_UP => NextStep::ScheduleAgain,
        CANNOT_TELL | PARTLY_PUBLISHED => NextStep::Settle,
        PAUSED => NextStep::Resume,
        "TOO_MANY_ROWS" | "CELL_TOO_LONG" | "NOT_ALLOWED" => NextStep::AskForLess,
        _ => NextStep::AskOperator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publishing::TROUBLES;

    #[test]
    fn of_every_trouble_the_next_step_is_known() {
        // What only an operator mends is named here, so that a new trouble is not taken for one.
        let of_operators = ["NOT_SET_UP"];
        for trouble in TROUBLES {
            let asks = next_step(trouble) == NextStep::AskOperator;
            assert_eq!(asks, of_operators.contains(trouble), "{trouble}");
        }
    }
}
