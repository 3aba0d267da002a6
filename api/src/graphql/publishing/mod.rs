//! Accounts and publications.

mod again;
mod counting;
mod moves;
mod mutations;
mod pauses;
mod published;
mod queries;
mod subscription;
mod types;
mod watch;

pub use again::AgainMutation;
pub use counting::{CountingQuery, TextCount, TextUnit};
pub use moves::{BulkErrorPolicy, MoveMutation};
pub use mutations::PublishingMutation;
pub use pauses::{PauseMutation, PublishingPause, pauses_of_post};
pub use published::PublishedMutation;
pub use queries::PublishingQuery;
pub use subscription::PublishingSubscription;
pub use types::{AccountConnection, AccountState, Publication, PublicationState, SocialAccount, Trouble};
pub use watch::PublishingWatch;
