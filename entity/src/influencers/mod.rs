//! Influencers, and what brands have to do with them.

pub mod influencer;
pub mod influencer_block;
pub mod influencer_exclusivity;
pub mod influencer_outreach;
pub mod influencer_profile;
pub mod influencer_rate;
pub mod influencer_result;
pub mod influencer_share;
pub mod influencer_shortlist;
pub mod influencer_shortlist_item;
