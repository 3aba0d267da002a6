//! Taking a file that was looked at to a store elsewhere. Until it is there it stays in the folder, however often the store
//! refuses.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::media::media_file::{self, FileState, FileTrouble};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::MakeRenditions;
use super::keys::{file_key, upload_key};
use crate::error::Failure;
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue};
use crate::permission::Permit;

/// Takes one file to the store.
#[derive(Debug)]
pub struct StoreFile;

#[async_trait]
impl Job for StoreFile {
    fn kind(&self) -> &'static str {
        "store_file"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let storage = &work.services.storage;
        let scope = work.begin().await?;
        let (brand_id, file_id) = (scope.brand_id, scope.subject_id());
        let found = media_file::Entity::one_in_brand(brand_id, file_id).one(scope.tx()).await?;
        scope.commit().await?;
        let staged = upload_key(brand_id, file_id);
        if found.is_none_or(|file| file.state == FileState::Ready) {
            storage.remove_staged(staged).await.map_err(Failure::from)?;
            return work.begin().await?.finish(Next::Done).await;
        }
        storage.put_file(file_key(brand_id, file_id), &storage.staged_path(staged)).await.map_err(Failure::from)?;
        let scope = work.begin().await?;
        ready(&scope).await?;
        // Once more, to clear away the staged file when nothing needs it any more.
        let now = scope.now;
        scope.finish(Next::Again(now)).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        Ok(trouble(scope.tx(), (scope.brand_id, scope.subject_id()), Some(FileTrouble::NotStored)).await?)
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        trouble(permit.tx(), (permit.brand_id, subject_id), None).await?;
        Ok(true)
    }
}

/// The file is there: so is everything that shows it, and renditions follow.
async fn ready(scope: &Scope) -> Result<(), JobError> {
    let updated = media_file::Entity::update_many()
        .col_expr(media_file::Column::State, Expr::value(FileState::Ready))
        .col_expr(media_file::Column::Trouble, Expr::value(Option::<FileTrouble>::None))
        .filter(media_file::Column::BrandId.eq(scope.brand_id))
        .filter(media_file::Column::Id.eq(scope.subject_id()))
        .exec_with_returning(scope.tx())
        .await?;
    asset::Entity::update_many()
        .col_expr(asset::Column::State, Expr::value(AssetState::Ready))
        .filter(asset::Column::BrandId.eq(scope.brand_id))
        .filter(asset::Column::FileId.eq(scope.subject_id()))
        .exec(scope.tx())
        .await?;
    if updated.iter().any(|file| file.renditions_at.is_none()) {
        let permit = scope.permit().await?;
        enqueue(permit, MakeRenditions.kind(), scope.subject_id(), scope.now, scope.now).await?;
    }
    Ok(())
}

/// Writes onto a file which work at it was given up, or that it is tried again.
pub(super) async fn trouble(
    tx: &sea_orm::DatabaseTransaction,
    (brand_id, file_id): (Uuid, Uuid),
    trouble: Option<FileTrouble>,
) -> Result<(), DbErr> {
    media_file::Entity::update_many()
        .col_expr(media_file::Column::Trouble, Expr::value(trouble))
        .filter(media_file::Column::BrandId.eq(brand_id))
        .filter(media_file::Column::Id.eq(file_id))
        .exec(tx)
        .await
        .map(|_| ())
}
