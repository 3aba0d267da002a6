//! Batched loading of a strategy.

use diwan_domain::strategy;
use diwan_domain::{Action, Context, Failure};
use diwan_entity::strategy::{
    brand_profile, challenge, channel_choice, content_checks, content_pillar, content_plan, kpi, kpi_value,
    kpi_version, objective, persona,
};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

fn reads_strategy(context: &Context, brand_id: Uuid) -> bool {
    context.may(Action::StrategyRead, brand_id)
}

impl Loadable for brand_profile::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::profiles_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::BrandRead, self.brand_id)
    }
}

impl Loadable for persona::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<persona::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for challenge::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<challenge::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for objective::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<objective::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for kpi::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<kpi::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for kpi_version::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<kpi_version::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for channel_choice::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<channel_choice::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for content_plan::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<content_plan::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_strategy(context, self.brand_id)
    }
}

impl Loadable for content_pillar::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::by_ids::<content_pillar::Entity>(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        // Row-level security shows freelancers and clients those of posts that they see.
        context.may(Action::ContentRead, self.brand_id)
    }
}

/// The newest profile of a brand.
impl Grouped for brand_profile::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::brand_profile(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.brand_id
    }
}

impl Grouped for content_checks::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::content_checks(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.brand_id
    }
}

impl Grouped for persona::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::sub_targets_of_personas(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.parent_id.unwrap_or_default()
    }
}

impl Grouped for objective::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::children_of_objectives(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.parent_id.unwrap_or_default()
    }
}

impl Grouped for kpi::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::kpis_of_objectives(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.objective_id.unwrap_or_default()
    }
}

impl Grouped for kpi_version::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::versions_of_kpis(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.kpi_id
    }
}

impl Grouped for kpi_value::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        strategy::values_of_versions(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.kpi_version_id
    }
}
