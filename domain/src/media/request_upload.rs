//! Asking for a place to upload to: a signed, expiring address that takes one file.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::db;
use diwan_platform::signed::{self, Link};
use diwan_platform::storage::DirectPut;
use sea_orm::{ActiveValue::Set, EntityTrait, FromQueryResult};
use url::Url;
use uuid::Uuid;

use super::facts::MAX_VIDEO_BYTES;
use super::keys::upload_key;
use super::quota::{has_room, take_turns};
use super::update_asset::{MOST_TAGS, alt_text, file_name, folder_of, tags};
use crate::context::{Context, Services};
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;

/// What the upload's address is signed for.
pub const UPLOAD_PURPOSE: &str = "asset upload";

/// Time enough for a large video over a poor line that breaks now and then.
const LIFETIME: Duration = Duration::hours(24);

/// How long what was never finished is kept beyond its time.
const KEPT: Duration = Duration::days(1);

/// A file that is to come.
#[derive(Debug, Clone, Default)]
pub struct NewUpload {
    /// To which brand.
    pub brand_id: Uuid,
    /// A label, never a path. 1 to 255 characters.
    pub file_name: String,
    /// What people hear who do not see it, up to 5000 characters.
    pub alt_text: String,
    /// How many bytes will come; without, the quota is asked when they are here.
    pub byte_size: Option<i64>,
    /// In which folder.
    pub folder_id: Option<Uuid>,
    /// Up to 50 tags.
    pub tags: Vec<String>,
    /// Whether it goes to the bucket directly.
    pub direct: bool,
}

/// An asset that waits for its bytes, and where to send them.
#[derive(Debug)]
pub struct RequestedUpload {
    /// The asset.
    pub asset: asset::Model,
    /// Where to, with `PUT` or by tus.
    pub url: Url,
    /// How to put it into the bucket, where that was asked for.
    pub direct: Option<DirectPut>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes an asset that waits for its file.
pub async fn request_upload(context: &Context, new: NewUpload) -> Result<RequestedUpload, Failure> {
    let permit = context.permit(Action::AssetUpload, new.brand_id).await?;
    let mut wrong = Complaints::default();
    let name = file_name(&mut wrong, &new.file_name);
    let alt = alt_text(&mut wrong, &new.alt_text);
    let tags = tags(&mut wrong, "tags", &new.tags, MOST_TAGS);
    let size = new.byte_size.and_then(|size| u64::try_from(size).ok());
    match size {
        Some(0) => wrong.add(UserError::at(Code::Invalid, "byteSize")),
        Some(size) if size > MAX_VIDEO_BYTES => {
            wrong.add(UserError::at(Code::FileTooLarge, "byteSize").number("limit", MAX_VIDEO_BYTES));
        }
        None if new.byte_size.is_some() || new.direct => wrong.add(UserError::at(Code::Invalid, "byteSize")),
        _ => {}
    }
    if new.direct && !context.services.storage.is_remote() {
        wrong.add(UserError::at(Code::NoDirectUpload, "direct"));
    }
    folder_of(context, new.brand_id, new.folder_id, &mut wrong).await?;
    wrong.check()?;
    if let Some(size) = new.byte_size {
        take_turns(permit).await?;
        has_room(permit, size, 0, context.now).await?;
    }
    let expires_at = context.now + LIFETIME;
    let asset = asset::Entity::insert(asset::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        file_name: Set(name),
        alt_text: Set(alt),
        state: Set(AssetState::AwaitingUpload),
        declared_size: Set(new.byte_size),
        upload_expires_at: Set(Some(expires_at)),
        folder_id: Set(new.folder_id),
        tags: Set(tags),
        uploaded_by: Set(Some(permit.person()?)),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        ..Default::default()
    })
    .exec_with_returning(permit.tx())
    .await?;
    let link = Link { brand_id: new.brand_id, id: asset.id, expires_at };
    let token = signed::sign(&context.services.keys, UPLOAD_PURPOSE, link);
    let url = context.services.link(&format!("uploads/{token}"))?;
    let valid = LIFETIME.to_std().unwrap_or_default();
    let direct = size
        .filter(|_| new.direct)
        .and_then(|size| context.services.storage.direct_put(upload_key(new.brand_id, asset.id), size, valid));
    Ok(RequestedUpload { asset, url, direct, expires_at })
}

#[derive(FromQueryResult)]
struct Forgotten {
    brand_id: Uuid,
    asset_id: Uuid,
}

/// Housekeeping: forgets uploads that nobody finished, with what came of them. Answers how many.
pub async fn forget_uploads(services: &Services) -> Result<usize, Fault> {
    let before = services.now() - KEPT;
    let gone: Vec<Forgotten> =
        db::all(services.db.unscoped(), "select * from app.forget_uploads($1)", [before.into()]).await?;
    for Forgotten { brand_id, asset_id } in &gone {
        let key = upload_key(*brand_id, *asset_id);
        services.storage.remove_staged(key).await?;
        services.storage.remove(key).await?;
    }
    Ok(gone.len())
}
