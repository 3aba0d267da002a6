//! Removing the bytes of what was deleted, once the rows are gone for good.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::media::media_file;
use sea_orm::DbErr;
use uuid::Uuid;

use super::keys::{file_key, film_key, renditions_key, upload_key};
use crate::error::Failure;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Removes the bytes of one file, and what was on its way to the asset of the same id.
#[derive(Debug)]
pub struct RemoveFile;

#[async_trait]
impl Job for RemoveFile {
    fn kind(&self) -> &'static str {
        "remove_file"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let (brand_id, id) = (scope.brand_id, scope.subject_id());
        let there = media_file::Entity::one_in_brand(brand_id, id).one(scope.tx()).await?.is_some();
        scope.commit().await?;
        let storage = &work.services.storage;
        if !there {
            storage.remove(file_key(brand_id, id)).await.map_err(Failure::from)?;
            storage.remove(renditions_key(brand_id, id)).await.map_err(Failure::from)?;
            storage.remove(upload_key(brand_id, id)).await.map_err(Failure::from)?;
            storage.remove_staged(upload_key(brand_id, id)).await.map_err(Failure::from)?;
            storage.remove_staged(film_key(brand_id, id)).await.map_err(Failure::from)?;
        }
        work.begin().await?.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The asset is gone; the job that was set aside says what is left, and can be run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
