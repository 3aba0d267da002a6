//! Deliverables of contracts.

mod loading;
mod mutations;
mod queries;
mod types;

pub use mutations::DeliverableMutation;
pub use queries::DeliverableQuery;
pub use types::Deliverable;
