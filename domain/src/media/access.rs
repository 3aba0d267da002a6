//! Looking at files: signed links, whose ends are on the hour, so that the same link comes for a while and can be kept.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::media::media_rendition;
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Opened, Served};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, QueryFilter as _};
use url::Url;
use uuid::Uuid;

use super::facts::DOCUMENT;
use super::in_posts::Chosen;
use super::keys::{file_key, rendition_key};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};

/// What a link to a file as it came is signed for, and one to another form.
const FILE: &str = "media file";
const FORM: &str = "media rendition";

/// What a link leads to.
#[derive(Debug)]
pub struct OpenedMedia {
    /// The bytes, or where they are.
    pub from: Opened,
    /// Their media type.
    pub mime_type: String,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// A link that shows the file of an asset for one to two hours; none while it is not here.
pub fn media_link(context: &Context, asset: &asset::Model) -> Result<Option<Url>, Failure> {
    if asset.state != AssetState::Ready {
        return Ok(None);
    }
    link(context, FILE, asset.brand_id, asset.id).map(Some)
}

/// The same for another form.
pub fn rendition_link(context: &Context, form: &media_rendition::Model) -> Result<Url, Failure> {
    link(context, FORM, form.brand_id, form.id)
}

/// How long a network has to fetch a file that it is shown the address of: as long as what is prepared for a post is good there.
const FOR_NETWORKS: TimeDelta = TimeDelta::hours(24);

/// An address from which a network fetches this form of an asset. From a bucket it comes without a way around over us, because some
/// networks follow no redirects.
pub(crate) fn network_link(
    services: &Services,
    asset: &asset::Model,
    chosen: &Chosen<'_>,
    now: DateTime<Utc>,
) -> Result<Url, Fault> {
    let served = Served { mime_type: chosen.mime, disposition: "inline" };
    let valid = FOR_NETWORKS.to_std().map_err(|error| Fault::broken(error.to_string()))?;
    if let Some(url) = services.storage.direct_link(chosen.key, served, valid) {
        return Ok(url);
    }
    let (purpose, id) = chosen.form_id.map_or((FILE, asset.id), |form| (FORM, form));
    let link = Link { brand_id: asset.brand_id, id, expires_at: now + FOR_NETWORKS };
    services.link(&format!("media/{}", signed::sign(&services.keys, purpose, link)))
}

fn link(context: &Context, purpose: &str, brand_id: Uuid, id: Uuid) -> Result<Url, Failure> {
    let token = signed::sign(&context.services.keys, purpose, Link { brand_id, id, expires_at: end(context.now)? });
    Ok(context.services.link(&format!("media/{token}"))?)
}

fn end(now: DateTime<Utc>) -> Result<DateTime<Utc>, Fault> {
    let hour = now.duration_trunc(TimeDelta::hours(1)).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(hour + TimeDelta::hours(2))
}

/// Opens what a link leads to.
pub async fn open_media(services: &Services, token: &str) -> Result<OpenedMedia, Failure> {
    let check = |purpose| signed::verify(&services.keys, purpose, token, services.now());
    let (link, is_file) = match check(FILE) {
        Err(LinkError::Invalid) => (check(FORM), false),
        found => (found, true),
    };
    let link = link.map_err(|error| match error {
        LinkError::Invalid => Code::LinkInvalid,
        LinkError::Expired => Code::LinkExpired,
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let found = find(&tx, link, is_file).await?;
    tx.rollback().await?;
    open_found(services, link.brand_id, found.ok_or(Code::LinkInvalid)?).await
}

/// Opens an asset that whoever asks has been found to see: this form of it, or its file.
pub(crate) async fn open_asset(
    services: &Services,
    asset: asset::Model,
    form: Option<media_rendition::Model>,
) -> Result<OpenedMedia, Failure> {
    let brand_id = asset.brand_id;
    let file = Found::of(asset).ok_or(Code::NotFound)?;
    let found = match form {
        Some(form) => Found { mime_type: form.mime_type, form: Some(form.purpose), ..file },
        None => file,
    };
    open_found(services, brand_id, found).await
}

async fn open_found(services: &Services, brand_id: Uuid, found: Found) -> Result<OpenedMedia, Failure> {
    let Found { file_id, form, mime_type, file_name } = found;
    // What runs in a viewer of its own is saved, not shown as a page of ours.
    let how = if mime_type == DOCUMENT { "attachment" } else { "inline" };
    let disposition = format!("{how}; filename*=UTF-8''{}", percent(&file_name));
    let key = form
        .as_deref()
        .map_or_else(|| file_key(brand_id, file_id), |purpose| rendition_key(brand_id, file_id, purpose));
    let served = Served { mime_type: &mime_type, disposition: &disposition };
    Ok(OpenedMedia { from: services.storage.open(key, served).await?, mime_type, disposition })
}

struct Found {
    file_id: Uuid,
    form: Option<String>,
    mime_type: String,
    file_name: String,
}

impl Found {
    /// The file of an asset as it came; none while it is not here.
    fn of(asset: asset::Model) -> Option<Self> {
        let (file_id, mime_type) = (asset.file_id?, asset.mime_type?);
        (asset.state == AssetState::Ready).then_some(Self {
            file_id,
            form: None,
            mime_type,
            file_name: asset.file_name,
        })
    }
}

async fn find(tx: &DatabaseTransaction, link: Link, is_file: bool) -> Result<Option<Found>, Failure> {
    if is_file {
        let asset = asset::Entity::one_in_brand(link.brand_id, link.id).one(tx).await?;
        return Ok(asset.and_then(Found::of));
    }
    let Some(form) = media_rendition::Entity::one_in_brand(link.brand_id, link.id).one(tx).await? else {
        return Ok(None);
    };
    let shown = asset::Entity::in_brand(link.brand_id).filter(asset::Column::FileId.eq(form.file_id)).one(tx).await?;
    Ok(shown.map(|asset| Found {
        file_id: form.file_id,
        file_name: asset.file_name,
        mime_type: form.mime_type,
        form: Some(form.purpose),
    }))
}

/// A text as RFC 8187 has it in a header.
fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
        out
    })
}
