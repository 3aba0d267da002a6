//! Publishing: connected accounts, publications, and the engine that sends each of them once.
//!
//! The engine ([`Publish`]) writes an attempt before it calls a network and looks a post up before it would send it again.
//! `docs/ARCHITECTURE.md` walks one publication through it.

mod accounts;
mod connect_account;
mod connect_job;
mod content;
mod look_up;
mod move_posts;
mod outcome;
mod publish_job;
mod queries;
mod schedule_post;
mod settle_publication;
mod unschedule_all;
mod unschedule_post;

pub use accounts::{Unusable, Usable, disconnect_account, usable_account};
pub use connect_account::{ConnectInput, accept_authorization, connect_account};
pub use connect_job::ConnectAccount;
pub use move_posts::{ErrorPolicy, MOST_MOVED, Moved, Shift, move_posts, reschedule_post};
pub use outcome::{TROUBLES, parts_there};
pub use publish_job::Publish;
pub use queries::{
    attempts_of, connections_by_ids, publications, publications_by_ids, publications_of_posts, social_accounts,
    social_accounts_by_ids,
};
pub use schedule_post::schedule_post;
pub use settle_publication::{Settlement, settle_publication};
pub use unschedule_all::unschedule_all;
pub use unschedule_post::unschedule_post;
