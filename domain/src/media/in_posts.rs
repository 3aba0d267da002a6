//! Assets in posts: which form of a picture a network gets, and whether it may be used when the post is due.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind, AssetState};
use diwan_entity::media::{media_file, media_rendition};
use diwan_entity::tenancy::app_user::UserKind;
use diwan_networks::{Capabilities, DraftMedia, Limits};
use diwan_platform::storage::Key;
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryFilter as _, Select};
use uuid::Uuid;

use super::keys::{file_key, rendition_key};
use super::pictures::JPEG;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};

/// The other forms of some files, and of which files they are still being made.
#[derive(Debug, Default, Clone)]
pub(crate) struct Shelf {
    forms: HashMap<(Uuid, String), media_rendition::Model>,
    pending: HashSet<Uuid>,
}

/// The form of an asset that goes to a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen<'a> {
    /// Where its bytes are.
    pub(crate) key: Key<'a>,
    /// What is known of it.
    pub(crate) mime: &'a str,
    pub(crate) byte_size: i64,
    /// Width and height in pixels; 0 of a document, which has none.
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// Its rendition; none where it is the file as it is.
    pub(crate) form_id: Option<Uuid>,
}

/// Whether a network takes the file of an asset as it is.
pub(super) fn fits(asset: &asset::Model, limits: &Limits) -> bool {
    let (Some(mime), Some(size), Some(width), Some(height)) =
        (&asset.mime_type, asset.byte_size, asset.width, asset.height)
    else {
        return false;
    };
    within(limits, mime, size, (width, height))
}

/// Whether a network takes this form of a picture.
pub(super) fn form_fits(form: &media_rendition::Model, limits: &Limits) -> bool {
    within(limits, &form.mime_type, form.byte_size, (form.width, form.height))
}

fn within(limits: &Limits, mime: &str, size: i64, (width, height): (i32, i32)) -> bool {
    let pixels = i64::from(width) * i64::from(height);
    let most = |limit: u64| i64::try_from(limit).unwrap_or(i64::MAX);
    let is_taken = limits.mime_types.iter().any(|taken| taken == mime);
    if mime.starts_with("video/") {
        return is_taken && limits.video.is_some_and(|video| size <= most(video.max_bytes));
    }
    is_taken
        && size <= most(limits.max_image_bytes)
        && limits.max_image_pixels.is_none_or(|limit| pixels <= most(limit))
}

impl Shelf {
    /// Reads it for a caller: two statements.
    pub(crate) async fn load<'a>(
        context: &Context,
        brand_id: Uuid,
        assets: impl Iterator<Item = &'a asset::Model>,
    ) -> Result<Self, Failure> {
        let ids: Vec<Uuid> = assets.filter_map(|asset| asset.file_id).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let files = context.all(Self::files(brand_id, &ids)).await?;
        Ok(Self::new(files, context.all(Self::forms(brand_id, &ids)).await?))
    }

    /// The files.
    pub(crate) fn files(brand_id: Uuid, ids: &[Uuid]) -> Select<media_file::Entity> {
        media_file::Entity::in_brand(brand_id).filter(media_file::Column::Id.is_in(ids.iter().copied()))
    }

    /// Their forms.
    pub(crate) fn forms(brand_id: Uuid, ids: &[Uuid]) -> Select<media_rendition::Entity> {
        media_rendition::Entity::in_brand(brand_id).filter(media_rendition::Column::FileId.is_in(ids.iter().copied()))
    }

    /// Of what was read.
    pub(crate) fn new(files: Vec<media_file::Model>, forms: Vec<media_rendition::Model>) -> Self {
        Self {
            forms: forms.into_iter().map(|form| ((form.file_id, form.purpose.clone()), form)).collect(),
            pending: files.into_iter().filter(|file| file.renditions_at.is_none()).map(|file| file.id).collect(),
        }
    }

    /// The form of an asset that an account of a network gets: the file as it is, or, where it is not taken so, the form that was
    /// made for the network, or the one for all. Where none fits, the file as it is, so that the network's rules say why. None while it is not here.
    pub(crate) fn choose<'a>(
        &'a self,
        asset: &'a asset::Model,
        network: &Capabilities,
        limits: &Limits,
    ) -> Option<Chosen<'a>> {
        if asset.state != AssetState::Ready {
            return None;
        }
        let file_id = asset.file_id?;
        let mut forms = [network.key.as_str(), JPEG]
            .into_iter()
            .filter_map(|purpose| self.forms.get(&(file_id, purpose.to_owned())));
        if !fits(asset, limits)
            && let Some(form) = forms.find(|form| form_fits(form, limits))
        {
            return Some(Chosen {
                key: rendition_key(asset.brand_id, file_id, &form.purpose),
                mime: &form.mime_type,
                byte_size: form.byte_size,
                width: form.width,
                height: form.height,
                form_id: Some(form.id),
            });
        }
        let is_document = asset.kind == Some(AssetKind::Document);
        let side = |side: Option<i32>| side.or(is_document.then_some(0));
        Some(Chosen {
            key: file_key(asset.brand_id, file_id),
            mime: asset.mime_type.as_deref()?,
            byte_size: asset.byte_size?,
            width: side(asset.width)?,
            height: side(asset.height)?,
            form_id: None,
        })
    }

    /// What a network's rules are asked about, or why it cannot be asked yet.
    pub(crate) fn draft(
        &self,
        asset: &asset::Model,
        network: &Capabilities,
        limits: &Limits,
    ) -> Result<DraftMedia, UserError> {
        // Its own rules do not ask of what it shows none of.
        if asset.kind == Some(AssetKind::Document) && network.media.document.is_none() {
            return Err(UserError::new(Code::DocumentNotForNetwork).text("network", network.name));
        }
        let not_ready = || UserError::new(Code::AssetNotReady);
        let chosen = self.choose(asset, network, limits).ok_or_else(not_ready)?;
        let (width, height) = (chosen.width, chosen.height);
        let is_picture = chosen.mime.starts_with("image/") && !asset.animated;
        let pending = asset.file_id.is_some_and(|id| self.pending.contains(&id));
        if pending && is_picture && !within(limits, chosen.mime, chosen.byte_size, (width, height)) {
            return Err(UserError::new(Code::RenditionPending).text("network", network.name));
        }
        let side = |side: i32| u32::try_from(side).map_err(|_| not_ready());
        Ok(DraftMedia {
            mime: chosen.mime.to_owned(),
            size: u64::try_from(chosen.byte_size).map_err(|_| not_ready())?,
            width: side(width)?,
            height: side(height)?,
            alt_text: asset.alt_text.clone(),
            duration_ms: asset.duration_ms.and_then(|length| u64::try_from(length).ok()),
        })
    }
}

/// Why an asset cannot be published then.
pub(crate) fn unusable(asset: &asset::Model, due_at: DateTime<Utc>) -> Option<UserError> {
    let day = |time: DateTime<Utc>| time.format("%F").to_string();
    if asset.archived_at.is_some() {
        return Some(UserError::new(Code::AssetArchived));
    }
    if let Some(until) = asset.usable_until.filter(|until| due_at >= *until) {
        return Some(UserError::new(Code::AssetExpired).text("limit", day(until)));
    }
    let from = asset.usable_from.filter(|from| due_at < *from)?;
    Some(UserError::new(Code::AssetNotYetUsable).text("limit", day(from)))
}

/// That nobody has said by which right an asset is used. Clients are told nothing of this.
pub(crate) fn without_rights(context: &Context, asset: &asset::Model) -> Option<UserError> {
    let client = context.actor().is_none_or(|actor| actor.kind == UserKind::Client);
    (asset.licence.is_none() && !client).then(|| UserError::new(Code::RightsMissing))
}

/// When all of what a post shows may be used.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct Term {
    pub(crate) post_id: Uuid,
    usable_from: Option<DateTime<Utc>>,
    usable_until: Option<DateTime<Utc>>,
}

impl Term {
    /// Why the post cannot be due then.
    pub(crate) fn refuses(&self, due_at: DateTime<Utc>) -> Option<(Code, DateTime<Utc>)> {
        let late = self.usable_until.filter(|until| due_at >= *until).map(|until| (Code::AssetExpired, until));
        late.or_else(|| Some((Code::AssetNotYetUsable, self.usable_from.filter(|from| due_at < *from)?)))
    }
}

/// When all of what these posts show may be used, of those where it is not for ever. One statement.
pub(crate) async fn terms_of_posts(context: &Context, post_ids: &[Uuid]) -> Result<Vec<Term>, Failure> {
    let sql = "select v.post_id, max(a.usable_from) as usable_from, min(a.usable_until) as usable_until
      from post_variant v
        join variant_asset s on s.brand_id = v.brand_id and s.variant_id = v.id
        join asset a on a.brand_id = s.brand_id and a.id = s.asset_id
      where v.post_id = any ($1) and (a.usable_from is not null or a.usable_until is not null)
      group by v.post_id";
    Ok(context.rows(sql, [post_ids.to_vec().into()]).await?)
}
