//! Batched loading of deliverables and what was found at them.

use diwan_domain::{Action, Context, Failure, deliverables};
use diwan_entity::payments::{deliverable, deliverable_check};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for deliverable::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        deliverables::deliverables_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        let relation = deliverables::deliverable_relation(context, self);
        context.extent(Action::DeliverableRead, self.brand_id).is_some_and(|extent| extent.covers(relation))
    }
}

impl Grouped for deliverable_check::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        deliverables::checks_of_deliverables(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.deliverable_id
    }
}
