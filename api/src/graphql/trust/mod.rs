//! Sessions and jobs.

mod audit;
mod mutations;
mod types;

pub use audit::{AuditMutation, AuditQuery};
pub use mutations::TrustMutation;
pub use types::{Job, JobState, Session};
