//! Influencers: the agency's directory of them, and what brands have to do with them.
//!
//! Decided here:
//! - The directory is the agency's, and a brand sees of it whom it was given. Whoever adds somebody from within a brand gives them to
//!   that brand; to give them to another takes the agency's own level. What is said of somebody themselves (where they are, what they
//!   cost, for whom else they work) is one record for all brands that have them; what a brand said to them and got from them is the
//!   brand's alone.
//! - Nobody is in the directory twice: a profile is told by network and handle, and the database refuses the second, also to somebody
//!   who does not see the first.
//! - What they cost and how they are reached is for MID and above. It is asked in a brand that has them, or agency-wide.
//! - Who is blocked is proposed and approved nowhere where the block holds. The database insists, one at a time for each of them
//!   (`app.lock_influencer`). What was decided before stays to be read.
//! - A figure stands with its day and its source, or it does not stand. What is not known is told as such, and never as a no.

mod block;
mod content;
mod directory;
mod exclusivity;
mod fit;
mod outreach;
mod queries;
mod results;
mod rights;
mod share;
mod shortlist_items;
mod shortlists;

pub(crate) use block::reason as blocked_because;
pub use block::{block_influencer, blocks_of_influencers, unblock_influencer};
pub use content::{AudienceFact, Contact, InfluencerContent, ProfileContent, RateContent, audience_of};
pub(crate) use content::{at_most, handle_of, is_known_network, web_address};
pub use directory::{archive_influencer, create_influencer, restore_influencer, update_influencer};
pub use exclusivity::{NewExclusivity, end_exclusivity, record_exclusivity};
pub use fit::{Fit, FitCheck, influencer_fit};
pub use outreach::{
    NewOutreach, OutreachChange, follow_ups, outreach, outreach_by_ids, record_outreach, update_outreach,
};
pub use queries::{
    InfluencerFilter, brands_of_influencers, exclusivities_of_influencers, influencers, influencers_by_ids,
    profiles_of_influencers, rates_of_influencers,
};
pub use results::{NewResult, StatedNumber, delete_result, numbers_of, record_result, results, results_by_ids};
pub use rights::{may_read_directory, may_read_terms};
pub use share::{share_influencer, unshare_influencer};
pub use shortlist_items::{decide_on_shortlist, items_of_shortlists, propose_influencers, take_off_shortlist};
pub use shortlists::{
    ShortlistContent, archive_shortlist, create_shortlist, restore_shortlist, shortlists, shortlists_by_ids,
    update_shortlist,
};
