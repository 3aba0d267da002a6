//! Campaigns: the tables of this domain, one file each.

pub mod campaign;
pub mod campaign_channel;
pub mod campaign_persona;
pub mod campaign_result;
pub mod campaign_target;
pub mod campaign_task;
pub mod experiment;
pub mod experiment_arm;
pub mod experiment_post;
