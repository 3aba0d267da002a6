//! Posts that come again: a series, by a rule, and evergreen queues, into slots of their own.
//!
//! Each time is a post of its own, made ahead of time by a job and by nobody else: once for each day of a series, once for each
//! day of a queue's slot, which unique keys of the database hold. It copies what the post says at that moment, with everybody who
//! wrote at it, and goes the way of any other post: it stays a draft, is submitted, or is scheduled, in the name and with the rights
//! of whoever wrote the series or the queue. Where the brand wants approval, nothing is scheduled without it.

mod copy;
mod evergreen;
mod extend_job;
mod fill_job;
mod hand_on;
#[expect(clippy::module_inception, reason = "the file is named like what it holds")]
mod series;

pub(crate) use evergreen::fill_soon;
pub use evergreen::{
    NewItem, QueueRule, add_to_queue, create_queue, delete_queue, items_by_ids, items_of_queues, queues, queues_by_ids,
    remove_from_queue, update_queue,
};
pub use extend_job::ExtendSeries;
pub use fill_job::FillQueue;
pub use hand_on::{Repeated, repeated_of};
pub use series::{NewSeries, create_series, end_series, series, series_by_ids, update_series};
