//! Batched loading of ideas: by their own ids, by the post that they became, by what they were made of.

use diwan_domain::{Action, Context, Failure, ideas};
use diwan_entity::calendar::idea;
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for idea::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        ideas::ideas_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::IdeaRead, self.brand_id)
    }
}

/// The idea that became a post.
impl Grouped for idea::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        ideas::ideas_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id.unwrap_or_default()
    }
}

/// The idea that was made of an item.
#[derive(Clone)]
pub struct OfItem(pub idea::Model);

impl Grouped for OfItem {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        Ok(ideas::ideas_of_items(context, parents).await?.into_iter().map(Self).collect())
    }
    fn parent(&self) -> Uuid {
        self.0.item_id.unwrap_or_default()
    }
}
