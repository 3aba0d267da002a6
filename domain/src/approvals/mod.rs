//! Approvals: one engine for posts, budgets, contracts, expenses, boosts and proposals.
//!
//! A subject's domain asks by [`open_request`] and is told the end in `subjects.rs`, the one place that knows the kinds.
//!
//! - **Chain**: per brand and kind, ordered steps; a request copies them. Without a chain, anyone of MID or above.
//! - **Step**: any or all of a level, of named people, or of the client. A step for all asks everybody who can decide when it
//!   opens; whoever leaves meanwhile is not waited for. A level that nobody holds passes to the next one above.
//! - **Money**: a request with an amount ends with the first level whose limit covers it; the CMO's covers everything. Limits
//!   are asked anew when somebody decides.
//! - **Four eyes**: nobody decides what they asked for or wrote, nor lets it be decided in their place, unless the agency has
//!   switched that off. Whoever changed it wrote it, too. Behind a program stands whoever made it.
//! - **Standing in**: a delegate decides with the place of whoever is away, and never passes it on. Somebody decides once on a
//!   step; where they are asked themselves as well, it counts for both.
//! - **By link**: clients decide without signing in, by a link of their own (`review_links`).
//! - **Again**: whoever has decided on a step does not decide on a later one by repeating themselves: they name it.
//!
//! Locks are taken in one order: the subject (a post), then its request, then what follows from the subject (its
//! publications). Reading what is decided upon comes after the locks.

mod authors;
mod chain;
mod close;
mod decide;
mod delegation;
mod ground;
mod hand_over;
mod history;
mod ladder;
mod letters;
mod limits;
mod open;
mod queries;
mod reminders;
mod review_links;
mod seats;
mod state;
mod subjects;
mod void;

pub(crate) use authors::written_at;
pub use chain::{
    NewChain, StepRule, approval_chains, archive_approval_chain, chains_by_ids, needs_approval, set_approval_chain,
    steps_of,
};
pub(crate) use close::approved_version;
pub use close::withdraw;
pub use decide::{Decision, approve, request_changes};
pub(crate) use delegation::end_delegations_of;
pub use delegation::{NewDelegation, delegations, delegations_by_ids, end_delegation, set_delegation};
pub(crate) use ground::Ground;
pub(crate) use hand_over::{Takeover, brands_that_name, hand_over, still_named};
pub use ladder::{Limits, Money};
pub use limits::{Limit, NewLimit, approval_limits, set_approval_limit, set_brand_approval_limit};
pub(crate) use open::with_author;
pub use open::{NewRequest, open_request};
pub use queries::{
    Decidable, RequestFilter, approval_requests, approvals_waiting, can_decide, history_of_requests, requests_about,
    requests_by_ids, steps_of_requests,
};
pub use reminders::RemindApprovers;
pub use review_links::{
    Act, Answer, Answered, Ending, Look, Opened, Picture, Review, Said, ShownVariant, Standing, Verdict, answer_review,
    create_review_link, open_review, review_links_of_requests, review_picture, revoke_review_link,
};
pub use state::{Happening, next_state};
pub(crate) use void::{void, void_all};
