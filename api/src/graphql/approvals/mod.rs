//! Approvals: requests, chains, limits, standing in.

mod inputs;
mod mutations;
mod queries;
mod review_links;
mod subscription;
mod types;

pub use mutations::ApprovalMutation;
pub use queries::ApprovalQuery;
pub use review_links::ReviewLinkMutation;
pub use subscription::ApprovalSubscription;
pub use types::{ApprovalChain, ApprovalRequest, Delegation, Money};
