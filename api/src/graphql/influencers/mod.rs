//! Influencers: the agency's directory, and what brands have to do with those whom they have.

mod directory_mutations;
mod inputs;
mod loading;
mod queries;
mod shortlist_mutations;
mod types;
mod work;
mod work_mutations;

pub use directory_mutations::InfluencerMutation;
pub use queries::InfluencerQuery;
pub use shortlist_mutations::ShortlistMutation;
pub use types::Influencer;
pub use work::{InfluencerOutreach, InfluencerResult, InfluencerShortlist};
pub use work_mutations::InfluencerWorkMutation;
