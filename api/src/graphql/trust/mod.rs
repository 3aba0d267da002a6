//! Sessions and jobs.

mod mutations;
mod types;

pub use mutations::TrustMutation;
pub use types::{Job, JobState, Session};
