//! Putting files away, bringing them back, deleting them.

use diwan_entity::calendar::asset;
use diwan_entity::media::media_file;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, SqlErr,
};
use uuid::Uuid;

use super::RemoveFile;
use super::quota::take_turns;
use super::update_asset::{begin, in_use};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::jobs::{Job as _, enqueue_many};
use crate::trust;

/// States of posts that are on their way.
const ON_THE_WAY: &[&str] = &["SCHEDULED", "PUBLISHING", "PAUSED"];

/// Puts an asset away: no new post shows it. Not while a post that shows it is scheduled.
pub async fn archive_asset(context: &Context, asset_id: Uuid) -> Result<asset::Model, Failure> {
    set_archived(context, asset_id, true).await
}

/// Brings an asset back.
pub async fn restore_asset(context: &Context, asset_id: Uuid) -> Result<asset::Model, Failure> {
    set_archived(context, asset_id, false).await
}

async fn set_archived(context: &Context, asset_id: Uuid, away: bool) -> Result<asset::Model, Failure> {
    let (permit, row) = begin(context, asset_id).await?;
    if row.archived_at.is_some() == away {
        let state = if away { "ARCHIVED" } else { "LIVE" };
        return Err(UserError::at(Code::WrongState, "assetId").text("state", state).into());
    }
    if away {
        let mut wrong = Complaints::default();
        in_use(context, asset_id, ON_THE_WAY, "assetId", &mut wrong).await?;
        wrong.check()?;
    }
    let version = row.version + 1;
    let changed = asset::ActiveModel {
        archived_at: Set(away.then_some(context.now)),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let action = if away { "asset.archive" } else { "asset.restore" };
    trust::record(permit, context.now, action, row.id, serde_json::json!({})).await?;
    Ok(row)
}

/// Deletes an asset that no post shows, whether draft or published long ago, and its bytes, if no other asset shares them.
pub async fn delete_asset(context: &Context, asset_id: Uuid) -> Result<(), Failure> {
    let (permit, row) = begin(context, asset_id).await?;
    take_turns(permit).await?;
    let mut wrong = Complaints::default();
    in_use(context, asset_id, &[], "assetId", &mut wrong).await?;
    wrong.check()?;
    let this = asset::Entity::delete_many()
        .filter(asset::Column::BrandId.eq(row.brand_id))
        .filter(asset::Column::Id.eq(row.id));
    // What refers to it is the database's to know: not everybody who may delete a file sees it.
    let referred_to = |error: DbErr| match error.sql_err() {
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => UserError::at(Code::AssetReferredTo, "assetId").into(),
        _ => Failure::from(error),
    };
    this.exec(permit.tx()).await.map_err(referred_to)?;
    let mut gone = vec![row.id];
    if let Some(file_id) = row.file_id {
        let file = media_file::Entity::delete_many()
            .filter(media_file::Column::BrandId.eq(row.brand_id))
            .filter(media_file::Column::Id.eq(file_id))
            .filter(sea_orm::sea_query::Expr::cust(
                "not exists (select from asset a where a.brand_id = media_file.brand_id and a.file_id = media_file.id)",
            ));
        if file.exec(permit.tx()).await?.rows_affected > 0 && file_id != row.id {
            gone.push(file_id);
        }
    }
    enqueue_many(permit, RemoveFile.kind(), &gone, context.now, context.now).await?;
    let detail = serde_json::json!({ "file_name": row.file_name });
    trust::record(permit, context.now, "asset.delete", row.id, detail).await?;
    Ok(())
}
