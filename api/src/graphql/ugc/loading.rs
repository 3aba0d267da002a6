//! Batched loading of grants: by their own ids, by the file that they are of.

use diwan_domain::{Action, Context, Failure, ugc};
use diwan_entity::ugc::ugc_grant;
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for ugc_grant::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        ugc::ugc_grants_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::UgcRead, self.brand_id)
    }
}

/// The grants of a file.
impl Grouped for ugc_grant::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        let rows = ugc::ugc_grants_of_assets(context, parents).await?;
        Ok(rows.into_iter().filter(|row| context.may(Action::UgcRead, row.brand_id)).collect())
    }
    fn parent(&self) -> Uuid {
        self.asset_id
    }
}
