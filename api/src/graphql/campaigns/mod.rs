//! Campaigns.

mod calculate;
mod experiments;
mod inputs;
mod loading;
mod mutations;
mod queries;
mod report;
mod task_mutations;
mod types;

pub use experiments::{Experiment, ExperimentMutation, ExperimentQuery};
pub use mutations::CampaignMutation;
pub use queries::CampaignQuery;
pub use task_mutations::CampaignTaskMutation;
pub use types::{Campaign, CampaignTask};
