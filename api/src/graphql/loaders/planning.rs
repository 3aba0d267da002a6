//! What is planned ahead, and what feeds brought: for those who may read all content of the brand.

use diwan_domain::permission::Extent;
use diwan_domain::{Action, Context, Failure, calendar, curation};
use diwan_entity::calendar::{evergreen_item, evergreen_queue, post_series, slot};
use diwan_entity::curation::{curated_post, source, source_item};
use uuid::Uuid;

use super::{Grouped, Loadable};

fn reads_all(context: &Context, brand_id: Uuid) -> bool {
    context.extent(Action::ContentRead, brand_id) == Some(Extent::Any)
}

impl Loadable for slot::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::slots_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for post_series::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::series_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for evergreen_queue::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::queues_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for evergreen_item::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::items_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for source::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        curation::sources_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for source_item::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        curation::items_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Grouped for evergreen_item::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::items_of_queues(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.queue_id
    }
}

impl Grouped for curated_post::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        curation::curated_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
    }
}
