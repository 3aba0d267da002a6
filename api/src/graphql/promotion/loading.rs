//! Batched loading of promotions and their figures.

use diwan_domain::promotion::{self, BoostFigures};
use diwan_domain::{Action, Context, Failure};
use diwan_entity::promotion::ad_boost;
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for ad_boost::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        promotion::boosts_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::PromotionRead, self.brand_id)
    }
}

impl Grouped for BoostFigures {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        promotion::figures_of_boosts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.boost_id
    }
}
