//! Files as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::media as domain;
use diwan_domain::media::THUMBNAIL;
use diwan_entity::calendar::asset;
use diwan_entity::media::{asset_folder, media_file, media_rendition};
use diwan_entity::ugc::ugc_grant;
use uuid::Uuid;

use super::AssetFolder;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::tenancy::User;
use crate::graphql::ugc::UgcGrant;

/// Whether the bytes of a file are here.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "asset::AssetState")]
pub enum AssetState {
    /// Waits for its bytes.
    AwaitingUpload,
    /// Its bytes are being looked at or stored.
    Processing,
    /// Here and looked at.
    Ready,
}

/// What sort of file it is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "asset::AssetKind")]
pub enum AssetKind {
    /// A still picture.
    Image,
    /// A still picture that explains something.
    Infographic,
    /// A picture that moves, or could.
    Gif,
    /// A video.
    Video,
    /// A document (PDF), which no network takes.
    Document,
}

/// By which right a file is used.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "asset::Licence")]
pub enum Licence {
    /// It is the brand's own.
    Owned,
    /// Its owner agreed.
    Licensed,
    /// Bought of a stock library.
    Stock,
    /// Under a licence of Creative Commons.
    CreativeCommons,
    /// Nobody's any more.
    PublicDomain,
    /// Made by somebody of the audience, who agreed.
    UserGenerated,
}

/// Whose a file is, and by which right and how long it is used.
#[derive(SimpleObject)]
pub struct AssetRights {
    /// Whose it is; empty: nobody has said.
    owner: String,
    /// By which right it is used; null: nobody has said.
    licence: Option<Licence>,
    /// What was agreed.
    terms: String,
    /// From when on it may be published; null: at any time.
    usable_from: Option<DateTime<Utc>>,
    /// Until when, not at this time any more; null: for ever. A post that shows it is not scheduled beyond.
    usable_until: Option<DateTime<Utc>>,
}

/// Another form of a picture, or of a video's poster.
#[derive(SimpleObject)]
pub struct AssetRendition {
    /// `THUMBNAIL`, `SCREEN` (to be looked at, of at most 1600 pixels; not of what moves), `JPEG` (for the networks that do not take the
    /// picture as it is), or the network for which it was made because it does not take that one either.
    purpose: String,
    /// Its media type.
    mime_type: String,
    /// Size in bytes.
    byte_size: Long,
    /// Width in pixels.
    width: i32,
    /// Height in pixels.
    height: i32,
    /// A link that shows it for one to two hours.
    url: String,
}

/// A file of the media library.
pub struct Asset {
    pub op: Op,
    pub row: asset::Model,
}

impl Asset {
    async fn forms(&self) -> Result<Vec<media_rendition::Model>> {
        let Some(file_id) = self.row.file_id else { return Ok(Vec::new()) };
        self.op.load_of(file_id).await
    }
}

/// A file of the media library.
#[Object]
impl Asset {
    /// The file's id.
    pub async fn id(&self) -> ID {
        Kind::Asset.id(self.row.id)
    }
    /// What it was called; a label only.
    async fn file_name(&self) -> &str {
        &self.row.file_name
    }
    /// What people hear who do not see it.
    async fn alt_text(&self) -> &str {
        &self.row.alt_text
    }
    /// Whether its bytes are here.
    async fn state(&self) -> AssetState {
        self.row.state.into()
    }
    /// Why the last file that was sent for it was refused, or why it could not be stored.
    async fn problem(&self) -> Result<Option<Refused>> {
        let file = match self.row.file_id {
            Some(id) => self.op.load::<media_file::Model>(id).await?,
            None => None,
        };
        let problem = domain::problem_of(&self.row, file.as_ref());
        Ok(problem.map(|error| Refused::new(self.op.locale(), &error)))
    }
    /// What sort of file it is, by its content and, of an infographic, by what was said; null while it is not here.
    async fn kind(&self) -> Option<AssetKind> {
        self.row.kind.map(Into::into)
    }
    /// What it truly is, by its content.
    async fn mime_type(&self) -> Option<&str> {
        self.row.mime_type.as_deref()
    }
    /// Size in bytes.
    async fn byte_size(&self) -> Option<Long> {
        self.row.byte_size.map(Long)
    }
    /// Width in pixels; null of a document.
    async fn width(&self) -> Option<i32> {
        self.row.width
    }
    /// Height in pixels; null of a document.
    async fn height(&self) -> Option<i32> {
        self.row.height
    }
    /// How long a video is, in milliseconds.
    async fn duration_ms(&self) -> Option<Long> {
        self.row.duration_ms.map(Long)
    }
    /// SHA-256 of its bytes, hexadecimal. Files of a brand with the same content are kept once.
    async fn sha256(&self) -> Option<String> {
        self.row.sha256.as_deref().map(hex)
    }
    /// A link that shows it for one to two hours; null while it is not here.
    async fn url(&self) -> Result<Option<String>> {
        Ok(self.op.query(domain::media_link(&self.op, &self.row))?.map(String::from))
    }
    /// A link to a small form of at most 320 pixels, of a video a still of it; null until it was made, and of a video of which none
    /// can be taken.
    async fn thumbnail_url(&self) -> Result<Option<String>> {
        let forms = self.forms().await?;
        let thumbnail = forms.iter().find(|form| form.purpose == THUMBNAIL);
        let link = thumbnail.map(|form| domain::rendition_link(&self.op, form)).transpose();
        Ok(self.op.query(link)?.map(String::from))
    }
    /// Its other forms; of a video those of a still of it, its poster.
    async fn renditions(&self) -> Result<Vec<AssetRendition>> {
        let forms = self.forms().await?;
        let shown = forms.into_iter().map(|form| {
            let url = self.op.query(domain::rendition_link(&self.op, &form))?.into();
            Ok(AssetRendition {
                purpose: form.purpose,
                mime_type: form.mime_type,
                byte_size: Long(form.byte_size),
                width: form.width,
                height: form.height,
                url,
            })
        });
        shown.collect()
    }
    /// In which folder it lies; null: in none, or the caller sees no folders.
    async fn folder(&self) -> Result<Option<AssetFolder>> {
        let Some(id) = self.row.folder_id else { return Ok(None) };
        Ok(self.op.load::<asset_folder::Model>(id).await?.map(|row| AssetFolder { row }))
    }
    /// Its tags, in lower case.
    async fn tags(&self) -> &[String] {
        &self.row.tags
    }
    /// Whose it is, and by which right and how long it is used.
    async fn rights(&self) -> AssetRights {
        AssetRights {
            owner: self.row.rights_owner.clone(),
            licence: self.row.licence.map(Into::into),
            terms: self.row.licence_terms.clone(),
            usable_from: self.row.usable_from,
            usable_until: self.row.usable_until,
        }
    }
    /// What users who made it were asked and allowed, oldest first; none where the caller may not read that.
    async fn ugc_grants(&self) -> Result<Vec<UgcGrant>> {
        let rows = self.op.load_of::<ugc_grant::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| UgcGrant { op: self.op.clone(), row }).collect())
    }
    /// Since when it is archived: no new post shows it.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When what is said of it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Who put it here; null where it came by a link from outside.
    async fn uploaded_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.uploaded_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Whether it came by a link from outside, for a deliverable.
    async fn uploaded_by_link(&self) -> bool {
        self.row.upload_link_id.is_some()
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// A tag, and how many files have it.
#[derive(SimpleObject)]
struct TagUse {
    /// The tag.
    tag: String,
    /// How many files that are not archived.
    assets: Long,
}

/// The media library of a brand as a whole.
pub struct MediaLibrary {
    pub op: Op,
    pub brand_id: Uuid,
}

/// The media library of a brand as a whole.
#[Object]
impl MediaLibrary {
    /// How much is kept, each content once; for those who see all of the brand's files.
    async fn usage(&self) -> Result<MediaUsage> {
        let known = self.op.query(domain::media_use(&self.op, self.brand_id).await)?;
        Ok(MediaUsage {
            used_bytes: Long(known.used_bytes),
            awaited_bytes: Long(known.awaited_bytes),
            quota_bytes: known.quota_bytes.map(Long),
        })
    }
    /// All folders, by name.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn folders(&self) -> Result<Vec<AssetFolder>> {
        let rows = self.op.query(domain::folders(&self.op, self.brand_id).await)?;
        Ok(rows.into_iter().map(|row| AssetFolder { row }).collect())
    }
    /// The tags that are used most, at most 500.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn tags(&self) -> Result<Vec<TagUse>> {
        let rows = self.op.query(domain::tags(&self.op, self.brand_id).await)?;
        Ok(rows.into_iter().map(|row| TagUse { tag: row.tag, assets: Long(row.assets) }).collect())
    }
}

/// How much a brand keeps, and how much it may.
#[derive(SimpleObject)]
#[expect(clippy::struct_field_names, reason = "the schema names the unit")]
struct MediaUsage {
    /// Bytes of what is kept, each content once.
    used_bytes: Long,
    /// Bytes that were announced and have not come yet.
    awaited_bytes: Long,
    /// The most of both together; null: no limit.
    quota_bytes: Option<Long>,
}
