//! Publishing: connected accounts, publications, and the engine that sends each of them once.
//!
//! The engine ([`Publish`]) writes an attempt before it calls a network and looks a post up before it would send it again.
//! `docs/ARCHITECTURE.md` walks one publication through it.

mod accounts;
mod change;
mod change_job;
mod check_job;
mod choose_accounts;
mod connect_account;
mod connect_job;
mod content;
mod ground;
mod keep_account_job;
mod keep_accounts;
mod ledger;
mod line;
mod look_up;
mod move_posts;
mod next_step;
mod outcome;
mod pauses;
mod publish_job;
mod queries;
mod quota;
mod refresh;
mod saving;
mod schedule_again;
mod schedule_post;
mod settle_publication;
mod stuck;
mod unschedule_all;
mod unschedule_post;
mod withhold;

pub use accounts::{Unusable, Usable, disconnect_account, limits_of};
pub use change::{Correction, changes_of, correct, take_back};
pub use change_job::ChangePublished;
pub use check_job::CheckConnection;
pub use choose_accounts::{Candidate, candidates, choose_accounts};
pub use connect_account::{ConnectInput, accept_authorization, connect_account};
pub use connect_job::ConnectAccount;
pub use keep_account_job::KeepAccount;
pub use move_posts::{ErrorPolicy, MOST_MOVED, Moved, Shift, move_posts, reschedule_post};
pub use next_step::{NextStep, next_step};
pub use outcome::{TROUBLES, parts_there};
pub use pauses::{
    AccountPause, PauseTarget, PostPause, ResumePublishing, agency_pause, pause_publishing, pauses_of_accounts,
    pauses_of_brand, pauses_of_posts, resume_publishing,
};
pub use publish_job::Publish;
pub use queries::{
    attempts_of, connections_by_ids, needs_attention, publications, publications_by_ids, publications_of_posts,
    social_accounts, social_accounts_by_ids,
};
pub use refresh::usable_account;
pub use schedule_again::{Again, MOST_AGAIN, schedule_again};
pub use schedule_post::schedule_post;
pub use settle_publication::{Settlement, settle_publication};
pub use stuck::{MOST_STUCK, PublishingState, Stuck, Why, publishing_state};
pub use unschedule_all::unschedule_all;
pub use unschedule_post::unschedule_post;
pub(crate) use withhold::withhold_without_grant;
