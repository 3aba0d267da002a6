//! What users made, and what they allowed to be done with it.
//!
//! Decided here:
//! - A file whose licence is `USER_GENERATED` is published where and when a grant in force covers it, and nowhere else: its scope takes
//!   posts in, its networks have the account's, its term has the moment. That is one rule ([`Grants`]), asked when a post is checked,
//!   scheduled and moved, and again right before it is sent.
//! - The words of asking are kept as they were said, from a template or written. Diwan sends them nowhere: people ask people at the
//!   network, and record what came of it with what proves it.
//! - A file that somebody was asked for keeps this licence, whatever they said: the database insists.
//! - What was allowed does not change afterwards; who allows more is asked again, and the grants add up. What is taken back or ends
//!   takes every post that it covered off the schedule, with the reason, and the team is told, as of any publication that failed.
//! - The territory is kept as it was said. Networks show posts everywhere, so keeping to it is for people.

mod answer;
mod ask;
mod cover;
mod expire_job;
mod queries;

pub use answer::{Allowed, grant_ugc, refuse_ugc_grant, revoke_ugc_grant};
pub use ask::{AskMessage, NewAsk, ask_for_ugc};
pub(crate) use cover::Grants;
pub use expire_job::ExpireUgcGrant;
pub(crate) use queries::was_asked_for;
pub use queries::{UgcFilter, ugc_grants, ugc_grants_by_ids, ugc_grants_of_assets};
