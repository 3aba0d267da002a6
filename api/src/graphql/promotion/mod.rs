//! Paid promotion.

mod candidates;
mod loading;
mod mutations;
mod queries;
mod spend_mutations;
mod types;

pub use candidates::PromotionCandidateQuery;
pub use mutations::PromotionMutation;
pub use queries::PromotionQuery;
pub use spend_mutations::AdSpendMutation;
pub use types::AdBoost;
