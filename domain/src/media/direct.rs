//! Files that were put into the bucket directly: telling us that one is there.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::TakeInUpload;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::jobs::{Job as _, enqueue};
use crate::permission::Action;
use crate::trust;

/// Says that the file of an asset is in the bucket, at the place that was signed for it. It is fetched, looked at and taken in
/// as a job, like any other file.
pub async fn complete_upload(context: &Context, asset_id: Uuid) -> Result<asset::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "assetId");
    let asset = context.one(asset::Entity::visible([asset_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::AssetUpload, asset.brand_id).await?;
    if !context.services.storage.is_remote() {
        return Err(UserError::at(Code::NoDirectUpload, "assetId").into());
    }
    if asset.state != AssetState::AwaitingUpload {
        return Err(UserError::at(Code::WrongState, "assetId").text("state", asset.state.to_value()).into());
    }
    asset::Entity::update_many()
        .col_expr(asset::Column::State, Expr::value(AssetState::Processing))
        .col_expr(asset::Column::Problem, Expr::value(Option::<String>::None))
        .col_expr(asset::Column::ProblemLimit, Expr::value(Option::<i64>::None))
        .filter(asset::Column::BrandId.eq(asset.brand_id))
        .filter(asset::Column::Id.eq(asset.id))
        .exec(permit.tx())
        .await?;
    enqueue(permit, TakeInUpload.kind(), asset.id, context.now, context.now).await?;
    trust::record(permit, context.now, "asset.complete_upload", asset.id, serde_json::json!({})).await?;
    Ok(context.one(asset::Entity::visible([asset.id])).await?.ok_or_else(not_there)?)
}
