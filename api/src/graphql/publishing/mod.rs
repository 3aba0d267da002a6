//! Accounts and publications.

mod mutations;
mod queries;
mod subscription;
mod types;

pub use mutations::PublishingMutation;
pub use queries::PublishingQuery;
pub use subscription::PublishingSubscription;
pub use types::{AccountConnection, Publication, SocialAccount, Trouble};
