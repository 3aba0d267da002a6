//! Approvals: requests, chains, limits, standing in.

mod inputs;
mod limits;
mod mutations;
mod queries;
mod review_links;
mod subscription;
mod types;

pub use limits::Delegation;
pub use mutations::ApprovalMutation;
pub use queries::ApprovalQuery;
pub use review_links::ReviewLinkMutation;
pub use subscription::ApprovalSubscription;
pub use types::{ApprovalChain, ApprovalRequest, Money};
