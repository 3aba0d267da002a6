//! What is planned ahead, and what feeds brought: for those who may read all content of the brand. And checklists.

use diwan_domain::permission::Extent;
use diwan_domain::{Action, Context, Failure, calendar, curation, templates};
use diwan_entity::calendar::{
    checklist_item, checklist_template, checklist_template_item, content_template, evergreen_item, evergreen_queue,
    hashtag_set, post_series, slot,
};
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

impl Loadable for checklist_template::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::checklist_templates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.extent(Action::ChecklistRead, self.brand_id) == Some(Extent::Any)
    }
}

impl Loadable for checklist_item::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::checklist_items_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ChecklistRead, self.brand_id)
    }
}

impl Grouped for checklist_template_item::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::items_of_checklist_templates(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.template_id
    }
}

impl Grouped for checklist_item::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        calendar::checklists_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
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

impl Loadable for content_template::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        templates::content_templates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        reads_all(context, self.brand_id)
    }
}

impl Loadable for hashtag_set::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        templates::hashtag_sets_by_ids(context, ids).await
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
