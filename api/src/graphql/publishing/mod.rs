//! Accounts and publications.

mod counting;
mod moves;
mod mutations;
mod queries;
mod subscription;
mod types;

pub use counting::{CountingQuery, TextCount, TextUnit};
pub use moves::MoveMutation;
pub use mutations::PublishingMutation;
pub use queries::PublishingQuery;
pub use subscription::PublishingSubscription;
pub use types::{AccountConnection, AccountState, Publication, PublicationState, SocialAccount, Trouble};
