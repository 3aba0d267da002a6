//! Batched loading of influencers and of what belongs to them.

use diwan_domain::{Action, Context, Failure, influencers};
use diwan_entity::influencers::{
    influencer, influencer_block, influencer_exclusivity, influencer_outreach, influencer_profile, influencer_rate,
    influencer_result, influencer_share, influencer_shortlist, influencer_shortlist_item,
};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for influencer::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::influencers_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        influencers::may_read_directory(context)
    }
}

impl Loadable for influencer_shortlist::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::shortlists_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::InfluencerRead, self.brand_id)
    }
}

impl Loadable for influencer_outreach::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::outreach_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::InfluencerRead, self.brand_id)
    }
}

impl Loadable for influencer_result::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::results_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::InfluencerRead, self.brand_id)
    }
}

impl Grouped for influencer_profile::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::profiles_of_influencers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.influencer_id
    }
}

/// Of those of whom the caller may read it.
impl Grouped for influencer_rate::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::rates_of_influencers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.influencer_id
    }
}

impl Grouped for influencer_exclusivity::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::exclusivities_of_influencers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.influencer_id
    }
}

impl Grouped for influencer_block::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::blocks_of_influencers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.influencer_id
    }
}

impl Grouped for influencer_share::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::brands_of_influencers(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.influencer_id
    }
}

impl Grouped for influencer_shortlist_item::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        influencers::items_of_shortlists(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.shortlist_id
    }
}
