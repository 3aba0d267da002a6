//! Batched loading of what belongs to files.

use diwan_domain::{Action, Context, Failure, media};
use diwan_entity::media::{asset_folder, media_file, media_rendition};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for media_file::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        media::files_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ContentRead, self.brand_id)
    }
}

impl Loadable for asset_folder::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        media::folders_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ContentRead, self.brand_id)
    }
}

impl Grouped for media_rendition::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        media::renditions_of_files(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.file_id
    }
}
