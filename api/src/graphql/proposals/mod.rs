//! Proposals, and the projects that they open.

mod comparison;
mod inputs;
mod loading;
mod mutations;
mod projects;
mod queries;
mod types;
mod version;

pub use mutations::ProposalMutation;
pub use projects::{Project, ProjectMutation, ProjectQuery, WorkItem};
pub use queries::ProposalQuery;
pub use types::{Proposal, ProposalComment, ProposalTemplate};
pub use version::ProposalVersion;
