//! What is sent, put together from the variant and the media library.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{asset, post_variant, variant_asset};
use diwan_entity::publishing::{publication, social_account};
use diwan_networks::{Content, Limits, Media};
use diwan_platform::storage::StorageError;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::outcome::{MEDIA_EXPIRED, MEDIA_GONE};
use crate::context::Services;
use crate::error::Fault;
use crate::jobs::{JobError, Scope};
use crate::media::{Shelf, network_link};

/// The content without its bytes, read in one transaction.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    variant: post_variant::Model,
    assets: Vec<asset::Model>,
    shelf: Shelf,
}

impl Outline {
    /// Of a variant without files.
    pub(super) fn of_text(variant: post_variant::Model) -> Self {
        Self { variant, assets: Vec::new(), shelf: Shelf::default() }
    }

    /// Whether it shows what users made.
    pub(super) fn shows_what_users_made(&self) -> bool {
        self.assets.iter().any(|asset| asset.licence == Some(asset::Licence::UserGenerated))
    }
}

/// How many posts a variant makes on its network: its text, the parts of its thread, its first comment.
pub(super) fn posts_of_variant(variant: &post_variant::Model) -> usize {
    1 + variant.thread.len() + usize::from(variant.first_comment.is_some())
}

/// Reads what a publication says.
pub(super) async fn outline(scope: &Scope, row: &publication::Model) -> Result<Outline, JobError> {
    let variant_id = row.variant_id.ok_or_else(|| Fault::broken("a live publication without its variant"))?;
    let variant = post_variant::Entity::one_in_brand(row.brand_id, variant_id)
        .one(scope.tx())
        .await?
        .ok_or_else(|| Fault::broken("a publication's variant is gone"))?;
    with_files(scope, variant).await
}

/// Reads the files of what a publication says.
pub(super) async fn with_files(scope: &Scope, variant: post_variant::Model) -> Result<Outline, JobError> {
    let brand_id = variant.brand_id;
    let places = variant_asset::Entity::find()
        .filter(variant_asset::Column::BrandId.eq(brand_id))
        .filter(variant_asset::Column::VariantId.eq(variant.id))
        .order_by_asc(variant_asset::Column::Position)
        .all(scope.tx())
        .await?;
    let ids: Vec<_> = places.iter().map(|place| place.asset_id).collect();
    let mut assets = if ids.is_empty() {
        Vec::new()
    } else {
        asset::Entity::in_brand(brand_id).filter(asset::Column::Id.is_in(ids.clone())).all(scope.tx()).await?
    };
    assets.sort_by_key(|asset| ids.iter().position(|id| *id == asset.id));
    let files: Vec<_> = assets.iter().filter_map(|asset| asset.file_id).collect();
    let shelf = if files.is_empty() {
        Shelf::default()
    } else {
        let forms = Shelf::forms(brand_id, &files).all(scope.tx()).await?;
        Shelf::new(Shelf::files(brand_id, &files).all(scope.tx()).await?, forms)
    };
    Ok(Outline { variant, assets, shelf })
}

/// The content, each file in the form that the account takes, to be read when it is sent; or the trouble: a file is gone, or was not to be used
/// any more when the publication began.
pub(super) async fn load(
    services: &Services,
    (row, account): (&publication::Model, &social_account::Model),
    outline: Outline,
    frozen_at: DateTime<Utc>,
) -> Result<Result<Content, &'static str>, Fault> {
    let network = diwan_networks::network(&account.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
    let limits: Limits = serde_json::from_value(account.limits.clone())
        .map_err(|error| Fault::broken(format!("the limits of account {}: {error}", account.id)))?;
    let mut media = Vec::with_capacity(outline.assets.len());
    for asset in &outline.assets {
        if asset.usable_until.is_some_and(|until| frozen_at >= until) {
            return Ok(Err(MEDIA_EXPIRED));
        }
        let Some(chosen) = outline.shelf.choose(asset, network.capabilities(), &limits) else {
            return Ok(Err(MEDIA_GONE));
        };
        let source = match services.storage.source(chosen.key).await {
            Ok(source) => source,
            Err(StorageError::NotFound | StorageError::TooLarge(_)) => return Ok(Err(MEDIA_GONE)),
            Err(error) => return Err(error.into()),
        };
        let link = network_link(services, asset, &chosen, services.now())?;
        let side = |pixels: i32| u32::try_from(pixels).unwrap_or(0);
        media.push(Media {
            mime: chosen.mime.to_owned(),
            width: side(chosen.width),
            height: side(chosen.height),
            alt_text: asset.alt_text.clone(),
            duration_ms: asset.duration_ms.and_then(|length| u64::try_from(length).ok()),
            source,
            link,
        });
    }
    let variant = outline.variant;
    let options = serde_json::from_value(variant.options)
        .map_err(|error| Fault::broken(format!("the options of variant {}: {error}", variant.id)))?;
    Ok(Ok(Content {
        text: variant.text,
        language: variant.language,
        media,
        thread: variant.thread,
        first_comment: variant.first_comment,
        link: variant.link,
        options,
        idempotency_key: row.id,
        created_at: frozen_at,
    }))
}
