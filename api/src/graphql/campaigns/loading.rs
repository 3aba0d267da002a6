//! Batched loading of campaigns and what belongs to them.

use diwan_domain::campaigns::{self, TargetProgress, Verdict};
use diwan_domain::{Action, Context, Failure};
use diwan_entity::campaigns::{
    campaign, campaign_channel, campaign_persona, campaign_result, campaign_target, campaign_task, experiment,
    experiment_arm, experiment_post,
};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for campaign::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::campaigns_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::CampaignRead, self.brand_id)
    }
}

impl Loadable for campaign_task::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::tasks_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::CampaignRead, self.brand_id)
    }
}

impl Loadable for campaign_target::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::targets_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::CampaignRead, self.brand_id)
    }
}

impl Grouped for campaign_target::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::targets_of_campaigns(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.campaign_id
    }
}

impl Grouped for campaign_persona::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::personas_of_campaigns(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.campaign_id
    }
}

impl Grouped for campaign_channel::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::channels_of_campaigns(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.campaign_id
    }
}

impl Grouped for campaign_task::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::tasks_of_campaigns(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.campaign_id
    }
}

impl Grouped for campaign_result::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::results_of_targets(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.target_id
    }
}

impl Grouped for TargetProgress {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::progress_of_campaigns(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.target.campaign_id
    }
}

impl Loadable for experiment::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::experiments_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::CampaignRead, self.brand_id)
    }
}

impl Grouped for experiment_arm::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::arms_of_experiments(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.experiment_id
    }
}

impl Grouped for experiment_post::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::posts_of_arms(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.arm_id
    }
}

impl Grouped for Verdict {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        campaigns::verdicts_of_experiments(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.experiment_id
    }
}
