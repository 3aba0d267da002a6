//! Approvals: requests, chains, limits, standing in.

mod inputs;
mod mutations;
mod queries;
mod subscription;
mod types;

pub use mutations::ApprovalMutation;
pub use queries::ApprovalQuery;
pub use subscription::ApprovalSubscription;
pub use types::{ApprovalChain, ApprovalRequest, Delegation};
