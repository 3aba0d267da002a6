//! Receiving a file: streamed to storage, looked at for what it truly is, and only then counted.

use std::io::{BufReader, Cursor};
use std::path::Path;
use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::storage::{Key, Upload};
use diwan_platform::{db, signed};
use image::{ImageFormat, ImageReader, Limits};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::UPLOAD_PURPOSE;
use crate::context::Services;
use crate::error::{Code, Failure, Fault, UserError};

/// The largest image file, in bytes: above what any network takes.
pub const MAX_IMAGE_BYTES: u64 = 20 * 1024 * 1024;

/// The most pixels, width times height: a small file can unfold to a huge picture.
pub const MAX_IMAGE_PIXELS: u64 = 50_000_000;

/// A large image takes some 200 MB while it is looked at: one at a time.
static LOOKS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// Where an asset's bytes lie.
pub fn asset_key(brand_id: Uuid, asset_id: Uuid) -> Key {
    Key { kind: "asset", brand_id, id: asset_id }
}

/// A file on its way in.
#[derive(Debug)]
pub struct Receiver {
    services: Arc<Services>,
    link: signed::Link,
    upload: Upload,
    digest: Sha256,
    size: u64,
}

/// Begins to receive the file that `token` was made for.
pub async fn receive_upload(services: Arc<Services>, token: &str) -> Result<Receiver, Failure> {
    let link = signed::verify(&services.keys, UPLOAD_PURPOSE, token, services.now()).map_err(|error| match error {
        signed::LinkError::Invalid => UserError::new(Code::LinkInvalid),
        signed::LinkError::Expired => UserError::new(Code::LinkExpired),
    })?;
    waiting(&services, link).await?;
    let upload = services.storage.begin(asset_key(link.brand_id, link.id)).await?;
    Ok(Receiver { services, link, upload, digest: Sha256::new(), size: 0 })
}

/// Whether the asset still waits for its file: each address takes one.
async fn waiting(services: &Services, link: signed::Link) -> Result<(), Failure> {
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let asset = asset::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    match asset {
        Some(asset) if asset.state == AssetState::AwaitingUpload => Ok(()),
        _ => Err(Code::LinkInvalid.into()),
    }
}

impl Receiver {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.size += bytes.len() as u64;
        if self.size > MAX_IMAGE_BYTES {
            return Err(UserError::new(Code::FileTooLarge).number("limit", MAX_IMAGE_BYTES).into());
        }
        self.digest.update(bytes);
        Ok(self.upload.write(bytes).await?)
    }

    /// Looks at the file and makes it count. Whatever is refused leaves nothing behind, and the address can be used again.
    pub async fn finish(mut self) -> Result<(), Failure> {
        self.upload.flush().await?;
        let path = self.upload.aside().to_owned();
        let _turn = LOOKS.acquire().await.map_err(|_| Fault::broken("no more images are looked at"))?;
        let picture = tokio::task::spawn_blocking(move || look_at(&path))
            .await
            .map_err(|error| Fault::broken(format!("looking at an image ended badly: {error}")))??;
        let size = i64::try_from(self.size).map_err(|_| Fault::broken("a size beyond its limit"))?;
        let tx = self.services.db.write().await?;
        db::scalar::<bool>(&tx, "select app.enter_brand($1)", [self.link.brand_id.into()]).await?;
        let updated = asset::Entity::update_many()
            .col_expr(asset::Column::State, Expr::value(AssetState::Ready))
            .col_expr(asset::Column::MimeType, Expr::value(picture.mime_type))
            .col_expr(asset::Column::ByteSize, Expr::value(size))
            .col_expr(asset::Column::Width, Expr::value(picture.width))
            .col_expr(asset::Column::Height, Expr::value(picture.height))
            .col_expr(asset::Column::Sha256, Expr::value(self.digest.finalize().to_vec()))
            .filter(asset::Column::BrandId.eq(self.link.brand_id))
            .filter(asset::Column::Id.eq(self.link.id))
            .filter(asset::Column::State.eq(AssetState::AwaitingUpload))
            .exec(&tx)
            .await?;
        if updated.rows_affected == 0 {
            return Err(Code::LinkInvalid.into());
        }
        // Of two files for one address the row's lock lets one through, and only that one is put in place. A crash before
        // the commit leaves an asset that still waits.
        self.upload.finish().await?;
        Ok(tx.commit().await?)
    }
}

struct Picture {
    mime_type: &'static str,
    width: i32,
    height: i32,
}

/// What a file truly is. It is decoded whole, within limits, so that what a network would choke on is refused here.
fn look_at(path: &Path) -> Result<Picture, Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::Fault(diwan_platform::storage::StorageError::Io(error).into()))?;
    let format = image::guess_format(&bytes).map_err(|_| UserError::new(Code::NotAnImage))?;
    let mime_type = match format {
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Png => "image/png",
        ImageFormat::Gif => "image/gif",
        ImageFormat::WebP => "image/webp",
        _ => return Err(Code::NotAnImage.into()),
    };
    let damaged = |_| UserError::new(Code::DamagedImage);
    let (width, height) =
        ImageReader::with_format(BufReader::new(Cursor::new(&bytes)), format).into_dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > MAX_IMAGE_PIXELS {
        return Err(UserError::new(Code::ImageTooManyPixels).number("limit", MAX_IMAGE_PIXELS).into());
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(512 * 1024 * 1024);
    let mut reader = ImageReader::with_format(BufReader::new(Cursor::new(&bytes)), format);
    reader.limits(limits);
    reader.decode().map_err(damaged)?;
    let side = |pixels: u32| i32::try_from(pixels).map_err(|_| UserError::new(Code::DamagedImage));
    Ok(Picture { mime_type, width: side(width)?, height: side(height)? })
}
