//! What contracts promise: due, handed in, looked at, accepted or sent back.
//!
//! Decided here:
//! - A deliverable is handed in as one thing: a post of ours, a file of the library, or the address of a page. By whoever it is given to, by
//!   MID and above for the other side, or by the other side itself over a page (`public_links`), as an address or a file.
//! - The other side is written to when a link is made for it and when something comes back, and reminded before the day and after it; the
//!   team is told of the day by a notice. Of each day once, which the row keeps.
//! - What is there to be seen is looked at by a job: whether the page answers, whether its words hold what the contract says that each post
//!   must hold, and, as many days later as was agreed, whether it is there still. What cannot be found out is `UNKNOWN`: many pages show
//!   their words to browsers alone. Then somebody looks, and says so. All of it is kept, with the time.
//! - Posts and pages are accepted when they were found published and, where the contract says so, disclosed, by the job or by a person.
//!   Files are not published yet, so only people look at them.
//! - Nobody accepts what they handed in themselves, unless the agency has switched four eyes off.
//! - Something is accepted under a contract that is signed. What is accepted frees the payments that wait for it
//!   ([`crate::payments`]).
//!
//! Locks are taken in one order: the contract, its deliverable, its payments, their approvals, then budgets and lines.

mod check_job;
mod checks;
mod content;
mod contract;
mod decide;
mod hand_in;
mod letters;
mod look;
mod page;
mod page_file;
mod place;
mod queries;
mod remind_job;

pub use check_job::CheckDeliverable;
pub use checks::{check_deliverable_again, record_deliverable_check};
pub use content::{DeliverableContent, create_deliverable, update_deliverable};
pub(crate) use contract::{going_on, lock_contract};
pub use decide::{accept_deliverable, send_deliverable_back, withdraw_deliverable};
pub use hand_in::{HandedIn, submit_deliverable};
pub use page::{
    DeliverableLink, DeliverablePage, create_deliverable_link, hand_in_by_link, open_deliverable,
    resend_deliverable_link, revoke_deliverable_links,
};
pub use page_file::{FileAwaited, FileByLink, FileSaid, await_file_by_link};
pub use queries::{DeliverableFilter, checks_of_deliverables, deliverable_relation, deliverables, deliverables_by_ids};
pub use remind_job::RemindDeliverable;
