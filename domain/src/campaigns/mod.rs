//! Campaigns: what is wanted, for whom, on which accounts, when and for how much; what was reached, and what was learned.
//!
//! Decided here:
//! - A campaign goes `PLANNED -> IN_APPROVAL -> APPROVED -> ACTIVE -> CLOSED`. It may be canceled until it is closed. What is over
//!   does not change any more, and neither do the figures with which it was closed: they are written down then, not reckoned anew.
//! - It is always approved, by the chain of the brand or else by anyone of MID or above, and up the ladder of limits by its planned
//!   budget. A change of the budget, the days or the targets takes the approval away, also of one that runs: it is planned again.
//!   Name, brief, audiences and accounts may change.
//! - It begins by itself at the first moment of its first day in the brand's time zone, or by hand before that.
//! - Its posts are posts like all others: what belongs to a campaign is no content, so it makes no version and voids no approval.
//! - Amounts and figures are for MID and above. Freelancers and clients see nothing of campaigns.
//! - What was reached is read from the networks' numbers, the brand's KPIs, its publications, links and conversions, or stated by
//!   somebody. What is missing is missing: it is named, and never counted as zero.

mod activate_job;
mod agreed;
mod calculate;
mod close;
mod content;
mod experiments;
mod formulas;
mod history;
mod life;
mod pace;
mod plan;
mod posts;
mod progress;
mod queries;
mod report;
mod results;
mod returns;
mod tasks;

pub use activate_job::ActivateCampaign;
pub(crate) use agreed::{AgreedCampaign, plan_agreed};
pub use calculate::{
    Assumptions, Calculation, ChannelForecast, Lack, Lacking, Part, PartName, PartOrigin, PlannedChannel, Span,
    WantedCalculation, calculate_campaign,
};
pub use close::{Closing, close_campaign};
pub use content::{CampaignContent, TargetContent, TargetMeasure};
pub use experiments::{
    ArmContent, ArmFigures, Comparison, ExperimentContent, Method, Outcome, Verdict, arms_of_experiments,
    conclude_experiment, create_experiment, experiments, experiments_by_ids, posts_of_arms, update_experiment,
    verdicts_of_experiments,
};
pub(crate) use history::GROWN;
pub use history::{Figure, HISTORY_DAYS, LEAST_SAMPLES, Spread};
pub use life::{activate_campaign, archive_campaign, cancel_campaign, restore_campaign, submit_campaign};
pub(crate) use life::{approval_ended, lock};
pub use pace::{Pace, PaceReason};
pub(crate) use pace::{met, share_bp, standing};
pub use plan::{CampaignChange, create_campaign, update_campaign};
pub use posts::set_campaign_of_posts;
pub use progress::{TargetProgress, progress_of_campaigns};
pub use queries::{
    CampaignFilter, campaigns, campaigns_by_ids, channels_of_campaigns, personas_of_campaigns, targets_by_ids,
    targets_of_campaigns, tasks_by_ids, tasks_of_campaigns,
};
pub use report::{ClosingReport, Cost, MissingFigure, ReportedTarget, Return, report_of};
pub use results::{StatedResult, results_of_targets, state_campaign_result};
pub(crate) use returns::returns_of_campaigns;
pub(crate) use tasks::hand_over_tasks;
pub use tasks::{TaskContent, add_campaign_task, remove_campaign_task, set_campaign_task_done, update_campaign_task};
