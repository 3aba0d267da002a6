//! Who the audience of a brand's accounts is: by age, gender, country, city and what people work, as far as networks tell it.
//!
//! Decided here:
//! - It is read once a week, and kept as it was told: people, shares or views. The newest reading of a day stands for the day, and one that is
//!   older than five weeks says nothing.
//! - Taken together, each account counts with its followers, also where a network tells of viewers alone: so much of the followers is known
//!   as the accounts have that are told of, and the rest is missing. An account without a number of followers counts for nothing.
//! - What a network leaves out (people who do not say, cities that are not among the largest) is no part of the shares: they are of
//!   what is known, and how much that is, is told beside.

mod combine;
mod profile;
mod read_job;

pub use combine::{AudienceShare, CombinedAudience};
pub use profile::{AccountAudience, AskedAudience, AudienceBy, AudienceProfile, NoProfile, audience_profile};
pub use read_job::ReadAudience;
pub(crate) use read_job::{first_reading, is_offered};
