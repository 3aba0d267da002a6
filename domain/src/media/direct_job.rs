//! Taking in a file that was put into the bucket directly: fetched, looked at, and kept under another name, so that whoever has
//! the signed address cannot change what was looked at.

use async_trait::async_trait;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::storage::{Staged, StorageError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::facts::{MAX_VIDEO_BYTES, look_at};
use super::keys::upload_key;
use super::take_in::{self, Arrived, Kept};
use crate::error::{Arg, Code, Failure, UserError};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Takes in one file from the bucket.
#[derive(Debug)]
pub struct TakeInUpload;

#[async_trait]
impl Job for TakeInUpload {
    fn kind(&self) -> &'static str {
        "take_in_upload"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let storage = &work.services.storage;
        let scope = work.begin().await?;
        let (brand_id, asset_id) = (scope.brand_id, scope.subject_id());
        let found = asset::Entity::one_in_brand(brand_id, asset_id).one(scope.tx()).await?;
        scope.commit().await?;
        let key = upload_key(brand_id, asset_id);
        if found.is_some_and(|asset| asset.state == AssetState::Processing && asset.file_id.is_none()) {
            let mut staged = storage.stage(key).await.map_err(Failure::from)?;
            match fetch(work, (brand_id, asset_id), &mut staged).await {
                Ok(Kept::Staged) => {}
                Ok(Kept::Elsewhere) => staged.discard().await.map_err(Failure::from)?,
                Err(Failure::Refused(errors)) => {
                    let scope = work.begin().await?;
                    send_back(&scope, errors.first()).await?;
                    scope.commit().await?;
                }
                Err(Failure::Fault(fault)) => return Err(fault.into()),
            }
        }
        storage.remove(key).await.map_err(Failure::from)?;
        work.begin().await?.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        send_back(scope, Some(&UserError::new(Code::StoreUnavailable))).await
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let revived = asset::Entity::update_many()
            .col_expr(asset::Column::State, Expr::value(AssetState::Processing))
            .col_expr(asset::Column::Problem, Expr::value(Option::<String>::None))
            .filter(asset::Column::BrandId.eq(permit.brand_id))
            .filter(asset::Column::Id.eq(subject_id))
            .filter(asset::Column::State.eq(AssetState::AwaitingUpload))
            .exec(permit.tx())
            .await?;
        Ok(revived.rows_affected > 0)
    }
}

async fn fetch(work: &Work, (brand_id, asset_id): (Uuid, Uuid), staged: &mut Staged) -> Result<Kept, Failure> {
    match work.services.storage.fetch(upload_key(brand_id, asset_id), staged, MAX_VIDEO_BYTES).await {
        Ok(()) => {}
        Err(StorageError::NotFound) => return Err(Code::UploadMissing.into()),
        Err(StorageError::TooLarge(limit)) => {
            return Err(UserError::new(Code::FileTooLarge).number("limit", limit).into());
        }
        Err(error) => return Err(error.into()),
    }
    let facts = look_at(staged.path()).await?;
    let arrived = Arrived { brand_id, asset_id, from: AssetState::Processing, facts };
    take_in::take_in(&work.services, arrived, staged).await
}

/// The asset waits for another file, and says what was wrong with this one.
async fn send_back(scope: &Scope, error: Option<&UserError>) -> Result<(), JobError> {
    let limit = error.and_then(|error| {
        error.args.iter().find_map(|(name, value)| match value {
            Arg::Number(number) if *name == "limit" => Some(*number),
            _ => None,
        })
    });
    asset::Entity::update_many()
        .col_expr(asset::Column::State, Expr::value(AssetState::AwaitingUpload))
        .col_expr(asset::Column::Problem, Expr::value(error.map(|error| error.code.message_key())))
        .col_expr(asset::Column::ProblemLimit, Expr::value(limit))
        .filter(asset::Column::BrandId.eq(scope.brand_id))
        .filter(asset::Column::Id.eq(scope.subject_id()))
        .filter(asset::Column::State.eq(AssetState::Processing))
        .filter(asset::Column::FileId.is_null())
        .exec(scope.tx())
        .await?;
    Ok(())
}
