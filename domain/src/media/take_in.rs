//! The moment in which a file counts: whole, looked at, within the quota, and kept once.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::media::media_file::{self, FileState};
use diwan_platform::db;
use diwan_platform::storage::Staged;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::facts::Facts;
use super::keys::{file_key, upload_key};
use super::quota::{has_room, take_turns};
use super::{MakeRenditions, StoreFile};
use crate::context::Services;
use crate::error::{Code, Failure};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Permit;

/// A file that has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) brand_id: Uuid,
    pub(super) asset_id: Uuid,
    /// In which state the asset waits for it.
    pub(super) from: AssetState,
    pub(super) facts: Facts,
}

/// Where the bytes are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the staged file, from which a job takes them to the store.
    Staged,
    /// In the store; the staged file is of no more use.
    Elsewhere,
}

/// Opens the scope of a brand whose upload was signed, which is the proof of the right.
pub(super) async fn enter(
    tx: &DatabaseTransaction,
    brand_id: Uuid,
    actor_id: Option<Uuid>,
) -> Result<Permit<'_>, Failure> {
    if !db::scalar::<bool>(tx, "select app.enter_brand($1)", [brand_id.into()]).await? {
        return Err(Code::LinkInvalid.into());
    }
    let agency_id = db::scalar(tx, "select agency_id from brand where id = $1", [brand_id.into()]).await?;
    Ok(Permit { tx, brand_id, actor_id, agency_id })
}

/// Makes a file count. Of two files for one asset the row's lock lets one through, and only that one is put in place. A crash
/// before the commit leaves an asset that still waits, and the staged file.
pub(super) async fn take_in(services: &Services, arrived: Arrived, staged: &mut Staged) -> Result<Kept, Failure> {
    let tx = services.db.write().await?;
    let permit = enter(&tx, arrived.brand_id, None).await?;
    let kept = take_in_within(services, permit, arrived, staged).await?;
    tx.commit().await?;
    Ok(kept)
}

/// The same in the transaction of the permit, as the last thing that is done there: what is put in place stays there if it is taken back.
pub(super) async fn take_in_within(
    services: &Services,
    permit: Permit<'_>,
    arrived: Arrived,
    staged: &mut Staged,
) -> Result<Kept, Failure> {
    let Arrived { brand_id, asset_id, from, facts } = arrived;
    let (storage, now, tx) = (&services.storage, services.now(), permit.tx());
    take_turns(permit).await?;
    let asset = asset::Entity::one_in_brand(brand_id, asset_id).lock_exclusive().one(tx).await?;
    let asset = asset.filter(|asset| asset.state == from && asset.file_id.is_none()).ok_or(Code::LinkInvalid)?;
    let same = media_file::Entity::in_brand(brand_id).filter(media_file::Column::Sha256.eq(facts.sha256.to_vec()));
    let known = same.one(tx).await?;
    let is_new = known.is_none();
    let file = if let Some(file) = known {
        file
    } else {
        let announced = asset.upload_expires_at.is_some_and(|end| end > now);
        let own = asset.declared_size.filter(|_| announced).unwrap_or(0);
        has_room(permit, facts.byte_size, own, now).await?;
        let state = if storage.is_remote() { FileState::Storing } else { FileState::Ready };
        let row = media_file::ActiveModel {
            id: Set(asset_id),
            brand_id: Set(brand_id),
            sha256: Set(facts.sha256.to_vec()),
            byte_size: Set(facts.byte_size),
            state: Set(state),
            renditions_at: Set(None),
            trouble: Set(None),
            created_at: Set(now),
        };
        media_file::Entity::insert(row).exec_with_returning(tx).await?
    };
    write(permit, asset_id, &file, &facts).await?;
    let mut kept = Kept::Elsewhere;
    if is_new && file.state == FileState::Storing {
        staged.keep_as(storage.staged_path(upload_key(brand_id, file.id))).await?;
        enqueue(permit, StoreFile.kind(), file.id, now, now).await?;
        kept = Kept::Staged;
    } else if is_new {
        storage.put_file(file_key(brand_id, file.id), staged.path()).await?;
        if file.renditions_at.is_none() {
            enqueue(permit, MakeRenditions.kind(), file.id, now, now).await?;
        }
    }
    Ok(kept)
}

async fn write(permit: Permit<'_>, asset_id: Uuid, file: &media_file::Model, facts: &Facts) -> Result<(), Failure> {
    let state = if file.state == FileState::Ready { AssetState::Ready } else { AssetState::Processing };
    asset::Entity::update_many()
        .col_expr(asset::Column::State, Expr::value(state))
        .col_expr(asset::Column::FileId, Expr::value(file.id))
        .col_expr(asset::Column::MimeType, Expr::value(facts.mime_type))
        .col_expr(asset::Column::ByteSize, Expr::value(facts.byte_size))
        .col_expr(asset::Column::Width, Expr::value(facts.width))
        .col_expr(asset::Column::Height, Expr::value(facts.height))
        .col_expr(asset::Column::Sha256, Expr::value(facts.sha256.to_vec()))
        .col_expr(asset::Column::DurationMs, Expr::value(facts.duration_ms))
        .col_expr(asset::Column::Animated, Expr::value(facts.animated))
        .col_expr(asset::Column::DeclaredSize, Expr::value(Option::<i64>::None))
        .col_expr(asset::Column::Problem, Expr::value(Option::<String>::None))
        .col_expr(asset::Column::ProblemLimit, Expr::value(Option::<i64>::None))
        .filter(asset::Column::BrandId.eq(permit.brand_id))
        .filter(asset::Column::Id.eq(asset_id))
        .exec(permit.tx())
        .await?;
    Ok(())
}
