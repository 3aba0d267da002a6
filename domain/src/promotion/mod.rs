//! Paid promotion: posts and ad sets that are advertised, what that costs and brings, and what to advertise next.
//!
//! Decided here:
//! - A promotion is of a post on one of its accounts, which is one publication, or of an ad set that the network knows by name. Its states
//!   and their steps are one table ([`STEPS`]).
//! - It is planned in the currency of the budget whose line pays it, and approved up the ladder of limits for boosts by what it may cost.
//!   Everybody who wrote at it is an author. What was asked for does not change any more: who wants it otherwise takes the request back.
//! - When it is approved, what it may cost is set aside on its line, and from its first day on it runs. It ends by hand, since networks
//!   tell late what the last days cost; then what was not spent is free again.
//! - What a day cost and brought is reported by mutation or by CSV, and known by its day and the sender's id of it: the same again
//!   is nothing, something else replaces it, and the difference is booked. Spending draws on what was set aside, and goes beyond the plan as
//!   far as the line has money left, because it happened; it never goes beyond the line. What is reported after the end is spent from what is
//!   left.
//! - While it runs, what is set aside is the plan less what was spent. The database holds the days, what a promotion has spent and the
//!   ledger together (migration `m0055`).
//! - What was spent on a campaign's promotions is among its costs ([`crate::finance`]), whichever budget paid it.
//! - Amounts are for MID and above; freelancers and clients see nothing of it.
//! - What a user made is advertised only with a grant for advertising; that is asked when approval is asked for, from the first day
//!   to the last.
//!
//! Locks: a promotion first, then its approval, then budgets and lines.

mod candidates;
mod content;
mod figures;
mod life;
mod queries;
mod rights;
mod spend;
mod spend_file;
mod start_job;
mod state;

pub use candidates::{
    Basis, Candidate, Candidates, MOST_CANDIDATES, RECENT_DAYS, Reason, Untold, promotion_candidates,
};
pub use content::{BoostContent, Promoted};
pub use figures::{BoostFigures, Counted, figures_of_boosts};
pub(crate) use life::{approval_ended, lock};
pub use life::{cancel_boost, create_boost, end_boost, start_boost, submit_boost, update_boost};
pub use queries::{BoostFilter, boost_days, boosts, boosts_by_ids};
pub use spend::{DayOutcome, DayReport, MOST_REPORTS, RecordedDays, Recording, record_spend};
pub use spend_file::{MOST_SPEND_BYTES, MOST_SPEND_ROWS, import_spend};
pub use start_job::StartBoost;
pub use state::{STEPS, goes};
