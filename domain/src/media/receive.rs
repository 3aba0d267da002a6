//! Receiving a file: in one request, or in as many as it takes (tus). It is streamed to the folder, looked at for what it truly
//! is, and only then counted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::storage::{Staged, StorageError};
use diwan_platform::{db, signed};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use tokio::io::AsyncReadExt as _;

use super::facts::{Facts, HEAD, MAX_IMAGE_BYTES, MAX_VIDEO_BYTES, Sort, look_at};
use super::keys::upload_key;
use super::quota::{has_room, take_turns};
use super::request_upload::UPLOAD_PURPOSE;
use super::take_in::{self, enter};
use crate::context::Services;
use crate::error::{Code, Failure, UserError};
use crate::permission::Permit;

/// How far an upload in parts has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadStatus {
    /// How many bytes are here.
    pub offset: u64,
    /// How many there will be; none while nobody has said.
    pub length: Option<u64>,
    /// Until when the rest may come.
    pub expires_at: DateTime<Utc>,
}

/// A file on its way in.
#[derive(Debug)]
pub struct Receiver {
    services: Arc<Services>,
    link: signed::Link,
    staged: Staged,
    head: Vec<u8>,
    sort: Option<Sort>,
    /// How many bytes there will be, where it was said.
    length: Option<u64>,
}

fn open(services: &Services, token: &str) -> Result<signed::Link, Failure> {
    signed::verify(&services.keys, UPLOAD_PURPOSE, token, services.now()).map_err(|error| match error {
        signed::LinkError::Invalid => Code::LinkInvalid.into(),
        signed::LinkError::Expired => Code::LinkExpired.into(),
    })
}

/// The asset, if it still waits for its file: each address takes one.
async fn waiting(services: &Services, link: signed::Link) -> Result<asset::Model, Failure> {
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let asset = asset::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    asset.filter(|asset| asset.state == AssetState::AwaitingUpload).ok_or_else(|| Code::LinkInvalid.into())
}

fn declared(asset: &asset::Model) -> Option<u64> {
    asset.declared_size.and_then(|size| u64::try_from(size).ok())
}

fn busy(error: StorageError) -> Failure {
    if matches!(error, StorageError::Busy) { Code::UploadBusy.into() } else { error.into() }
}

/// Begins to receive the whole file that `token` was made for.
pub async fn receive_upload(services: Arc<Services>, token: &str) -> Result<Receiver, Failure> {
    let link = open(&services, token)?;
    let asset = waiting(&services, link).await?;
    let staged = services.storage.stage(upload_key(link.brand_id, link.id)).await?;
    Ok(Receiver { services, link, staged, head: Vec::new(), sort: None, length: declared(&asset) })
}

/// Goes on receiving a file from where it is, which must be where the sender thinks.
pub async fn resume_upload(services: Arc<Services>, token: &str, offset: u64) -> Result<Receiver, Failure> {
    let link = open(&services, token)?;
    let asset = waiting(&services, link).await?;
    let length = declared(&asset);
    if length.is_none() {
        return Err(UserError::at(Code::Invalid, "Upload-Length").into());
    }
    let staged = services.storage.resume(upload_key(link.brand_id, link.id)).await.map_err(busy)?;
    if staged.length() != offset {
        return Err(UserError::new(Code::WrongOffset).number("current", staged.length()).into());
    }
    let mut head = Vec::with_capacity(HEAD);
    if offset > 0 {
        let file = tokio::fs::File::open(staged.path()).await.map_err(StorageError::from)?;
        file.take(HEAD as u64).read_to_end(&mut head).await.map_err(StorageError::from)?;
    }
    let sort = Sort::of(&head);
    Ok(Receiver { services, link, staged, head, sort, length })
}

/// How far an upload is. Where all of it is here and was not taken in, because a process died just then, it is taken in now.
pub async fn upload_status(services: Arc<Services>, token: &str) -> Result<UploadStatus, Failure> {
    let link = open(&services, token)?;
    let asset = waiting(&services, link).await?;
    let offset = services.storage.staged(upload_key(link.brand_id, link.id)).await?;
    let length = declared(&asset);
    if offset > 0 && Some(offset) == length {
        resume_upload(services, token, offset).await?.finish().await?;
    }
    Ok(UploadStatus { offset, length, expires_at: link.expires_at })
}

/// Says how many bytes an upload will have. It is said once.
pub async fn declare_upload(services: &Services, token: &str, length: u64) -> Result<UploadStatus, Failure> {
    let link = open(services, token)?;
    let limit = MAX_VIDEO_BYTES;
    let size = i64::try_from(length).ok().filter(|_| (1..=limit).contains(&length));
    let size = size.ok_or_else(|| UserError::new(Code::FileTooLarge).number("limit", limit))?;
    let tx = services.db.write().await?;
    let permit = enter(&tx, link.brand_id, None).await?;
    take_turns(permit).await?;
    let asset = asset::Entity::one_in_brand(link.brand_id, link.id).lock_exclusive().one(&tx).await?;
    let asset = asset.filter(|asset| asset.state == AssetState::AwaitingUpload).ok_or(Code::LinkInvalid)?;
    match asset.declared_size {
        Some(known) if known != size => return Err(UserError::at(Code::Invalid, "Upload-Length").into()),
        Some(_) => {}
        None => {
            has_room(permit, size, 0, services.now()).await?;
            asset::Entity::update_many()
                .col_expr(asset::Column::DeclaredSize, Expr::value(size))
                .filter(asset::Column::BrandId.eq(link.brand_id))
                .filter(asset::Column::Id.eq(link.id))
                .exec(&tx)
                .await?;
        }
    }
    tx.commit().await?;
    let offset = services.storage.staged(upload_key(link.brand_id, link.id)).await?;
    Ok(UploadStatus { offset, length: Some(length), expires_at: link.expires_at })
}

/// Forgets what has come so far; the address can be used again.
pub async fn drop_upload(services: &Services, token: &str) -> Result<(), Failure> {
    let link = open(services, token)?;
    waiting(services, link).await?;
    let staged = services.storage.resume(upload_key(link.brand_id, link.id)).await.map_err(busy)?;
    Ok(staged.discard().await?)
}

impl Receiver {
    /// Begins to receive the file of an asset that waits for it, for whoever has found out that it may come.
    pub(super) async fn of_awaited(services: Arc<Services>, link: signed::Link) -> Result<Self, Failure> {
        let staged = services.storage.stage(upload_key(link.brand_id, link.id)).await?;
        Ok(Self { services, link, staged, head: Vec::new(), sort: None, length: None })
    }

    /// Looks at what has come, which is all of it.
    pub(super) async fn look(&mut self) -> Result<Facts, Failure> {
        self.staged.sync().await?;
        look_at(self.staged.path()).await
    }

    /// Makes a file that was looked at count in the transaction of the permit.
    pub(super) async fn take_in(&mut self, permit: Permit<'_>, facts: Facts) -> Result<take_in::Kept, Failure> {
        let from = AssetState::AwaitingUpload;
        let arrived = take_in::Arrived { brand_id: self.link.brand_id, asset_id: self.link.id, from, facts };
        take_in::take_in_within(&self.services, permit, arrived, &mut self.staged).await
    }

    /// Takes the next bytes. What they belong to is known from the first few, and refused at once if it is nothing that is taken.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.head.len() < HEAD {
            let missing = (HEAD - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..missing]);
            if self.head.len() == HEAD {
                self.sort = Some(Sort::of(&self.head).ok_or(Code::FileTypeUnsupported)?);
            }
        }
        let most = self.sort.map_or(MAX_IMAGE_BYTES, Sort::most_bytes);
        let most = self.length.map_or(most, |length| length.min(most));
        if self.staged.length() + bytes.len() as u64 > most {
            return Err(UserError::new(Code::FileTooLarge).number("limit", most).into());
        }
        Ok(self.staged.write(bytes).await?)
    }

    /// How many bytes are here.
    pub fn offset(&self) -> u64 {
        self.staged.length()
    }

    /// Whether nothing is missing, as far as it was said how much there is.
    pub fn is_whole(&self) -> bool {
        Some(self.staged.length()) == self.length
    }

    /// Leaves it for the next request: what is here is on disk for good.
    pub async fn pause(mut self) -> Result<(), Failure> {
        Ok(self.staged.sync().await?)
    }

    /// Leaves nothing behind.
    pub async fn discard(self) -> Result<(), Failure> {
        Ok(self.staged.discard().await?)
    }

    /// Looks at the file and makes it count. Whatever is refused leaves nothing behind, and the address can be used again.
    pub async fn finish(mut self) -> Result<(), Failure> {
        self.staged.sync().await?;
        let looked = if self.length.is_some() && !self.is_whole() {
            // Cut short on the way.
            Err(Code::FileDamaged.into())
        } else {
            look_at(self.staged.path()).await
        };
        let taken = match looked {
            Ok(facts) => {
                let arrived = take_in::Arrived {
                    brand_id: self.link.brand_id,
                    asset_id: self.link.id,
                    from: AssetState::AwaitingUpload,
                    facts,
                };
                take_in::take_in(&self.services, arrived, &mut self.staged).await
            }
            Err(failure) => Err(failure),
        };
        match taken {
            Ok(take_in::Kept::Elsewhere) | Err(Failure::Refused(_)) => {
                self.staged.discard().await?;
                taken.map(|_| ())
            }
            taken => taken.map(|_| ()),
        }
    }
}
