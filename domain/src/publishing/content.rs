//! What is sent, put together from the variant and the media library.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{asset, post_variant, variant_asset};
use diwan_entity::publishing::publication;
use diwan_networks::{Content, Media};
use diwan_platform::storage::{Storage, StorageError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::calendar::asset_key;
use crate::error::Fault;
use crate::jobs::{JobError, Scope};

/// The content without its bytes, read in one transaction.
#[derive(Debug)]
pub(super) struct Outline {
    variant: post_variant::Model,
    assets: Vec<asset::Model>,
}

/// Reads what a publication says.
pub(super) async fn outline(scope: &Scope, row: &publication::Model) -> Result<Outline, JobError> {
    let variant_id = row.variant_id.ok_or_else(|| Fault::broken("a live publication without its variant"))?;
    let variant = post_variant::Entity::one_in_brand(row.brand_id, variant_id)
        .one(scope.tx())
        .await?
        .ok_or_else(|| Fault::broken("a publication's variant is gone"))?;
    let places = variant_asset::Entity::find()
        .filter(variant_asset::Column::BrandId.eq(row.brand_id))
        .filter(variant_asset::Column::VariantId.eq(variant_id))
        .order_by_asc(variant_asset::Column::Position)
        .all(scope.tx())
        .await?;
    let ids: Vec<_> = places.iter().map(|place| place.asset_id).collect();
    let mut assets = if ids.is_empty() {
        Vec::new()
    } else {
        asset::Entity::in_brand(row.brand_id).filter(asset::Column::Id.is_in(ids.clone())).all(scope.tx()).await?
    };
    assets.sort_by_key(|asset| ids.iter().position(|id| *id == asset.id));
    Ok(Outline { variant, assets })
}

/// The content with its bytes. `Ok(None)` when a file is gone.
pub(super) async fn load(
    storage: &Storage,
    row: &publication::Model,
    outline: Outline,
    frozen_at: DateTime<Utc>,
) -> Result<Option<Content>, Fault> {
    let mut media = Vec::with_capacity(outline.assets.len());
    for asset in outline.assets {
        let (Some(mime), Some(width), Some(height)) = (asset.mime_type, asset.width, asset.height) else {
            return Ok(None);
        };
        let bytes = match storage.get(asset_key(asset.brand_id, asset.id)).await {
            Ok(bytes) => bytes,
            Err(StorageError::NotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let side = |pixels: i32| u32::try_from(pixels).unwrap_or(0);
        media.push(Media { mime, width: side(width), height: side(height), alt_text: asset.alt_text, bytes });
    }
    Ok(Some(Content {
        text: outline.variant.text,
        language: outline.variant.language,
        media,
        idempotency_key: row.id,
        created_at: frozen_at,
    }))
}
