//! How far a proposal may go from where it is.

use diwan_entity::proposals::proposal::ProposalState;

use ProposalState::{Accepted, Declined, Draft, Expired, InReview, Sent, Viewed, Withdrawn};

/// From which state to which. The same as `app.proposal_step` in the database.
pub const STEPS: &[(ProposalState, ProposalState)] = &[
    // Handed in for review, sent back, sent to the client; given up before.
    (Draft, InReview),
    (Draft, Withdrawn),
    (InReview, Draft),
    (InReview, Sent),
    (InReview, Withdrawn),
    // With the client.
    (Sent, Viewed),
    (Sent, Expired),
    (Sent, Withdrawn),
    (Viewed, Accepted),
    (Viewed, Declined),
    (Viewed, Expired),
    (Viewed, Withdrawn),
    // Said anew.
    (Declined, Draft),
    (Expired, Draft),
    (Withdrawn, Draft),
];

/// Whether a proposal may go from one state to another.
pub fn may_step(from: ProposalState, to: ProposalState) -> bool {
    STEPS.contains(&(from, to))
}
