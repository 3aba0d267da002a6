//! Mutations of files.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::media::{self, AssetChange, NewUpload};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::asset;

use super::inputs::{AssetRightsInput, folder};
use super::types::{Asset, MediaLibrary};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::{Kind, Long};

/// A file to upload.
#[derive(InputObject)]
struct RequestUploadInput {
    /// To which brand.
    brand_id: ID,
    /// What it is called: a label, 1 to 255 characters, never a path.
    file_name: String,
    /// What people hear who do not see it, up to 5000 characters.
    #[graphql(default)]
    alt_text: String,
    /// How many bytes will come. Needed to send it in parts or directly; counts against the brand's quota from now on.
    byte_size: Option<Long>,
    /// In which folder of the brand.
    folder_id: Option<ID>,
    /// Up to 50 tags of at most 50 characters.
    #[graphql(default)]
    tags: Vec<String>,
    /// To send it to the bucket directly, where files are kept in one; `completeUpload` follows.
    #[graphql(default)]
    direct: bool,
}

/// A header of a request.
#[derive(SimpleObject)]
struct UploadHeader {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

/// A request that puts a file into the bucket.
#[derive(SimpleObject)]
struct DirectUpload {
    /// Send the bytes here with `PUT`.
    url: String,
    /// With these headers.
    headers: Vec<UploadHeader>,
}

/// The answer of `requestUpload`.
#[derive(SimpleObject)]
struct RequestUploadPayload {
    /// The file, which waits for its bytes.
    asset: Option<Asset>,
    /// Send the bytes here: whole with `PUT`, or in parts by tus 1.0, for which this is the address of the upload. One JPEG, PNG,
    /// GIF or WebP picture of at most 20 MiB, one MP4 or MOV video of at most 4 GiB, or one PDF of at most 50 MiB, which no post shows.
    upload_url: Option<String>,
    /// How to send them to the bucket directly, where that was asked for.
    direct: Option<DirectUpload>,
    /// Until when the addresses work.
    expires_at: Option<DateTime<Utc>>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A file that was sent to the bucket.
#[derive(InputObject)]
struct CompleteUploadInput {
    /// Which file.
    asset_id: ID,
}

/// The answer of `completeUpload`.
#[derive(SimpleObject)]
struct CompleteUploadPayload {
    /// The file, which is being looked at; `problem` says what was wrong with it when it waits again.
    asset: Option<Asset>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// What is said of a file from now on; what is left out stays.
#[derive(InputObject)]
struct UpdateAssetInput {
    /// Which file.
    asset_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it is called: 1 to 255 characters, never a path.
    file_name: Option<String>,
    /// What people hear who do not see it, up to 5000 characters. Stays while a post that shows it is reviewed or on its way.
    alt_text: Option<String>,
    /// Whether a still picture is an infographic.
    infographic: Option<bool>,
    /// Up to 50 tags of at most 50 characters.
    tags: Option<Vec<String>>,
    /// In which folder; null: in none.
    folder_id: MaybeUndefined<ID>,
    /// Whose it is, and by which right and how long it is used: the whole of it.
    rights: Option<AssetRightsInput>,
}

/// The answer of `updateAsset`.
#[derive(SimpleObject)]
struct UpdateAssetPayload {
    /// The file, when it was changed.
    asset: Option<Asset>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A file to archive.
#[derive(InputObject)]
struct ArchiveAssetInput {
    /// Which file.
    asset_id: ID,
}

/// The answer of `archiveAsset`.
#[derive(SimpleObject)]
struct ArchiveAssetPayload {
    /// The file, when it was archived.
    asset: Option<Asset>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A file to bring back.
#[derive(InputObject)]
struct RestoreAssetInput {
    /// Which file.
    asset_id: ID,
}

/// The answer of `restoreAsset`.
#[derive(SimpleObject)]
struct RestoreAssetPayload {
    /// The file, when it was brought back.
    asset: Option<Asset>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A file to delete.
#[derive(InputObject)]
struct DeleteAssetInput {
    /// Which file.
    asset_id: ID,
}

/// The answer of `deleteAsset`.
#[derive(SimpleObject)]
struct DeleteAssetPayload {
    /// Which file is gone.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// How much a brand may keep.
#[derive(InputObject)]
struct SetMediaQuotaInput {
    /// Which brand.
    brand_id: ID,
    /// The most bytes, up to 2^50; null: no limit. What is kept already stays.
    bytes: Option<Long>,
}

/// The answer of `setMediaQuota`.
#[derive(SimpleObject)]
struct SetMediaQuotaPayload {
    /// The library, when its quota was set.
    library: Option<MediaLibrary>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of files.
#[derive(Default)]
pub struct MediaMutation;

#[Object]
impl MediaMutation {
    /// Makes a file that waits for its bytes, and says where to send them.
    async fn request_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: RequestUploadInput,
    ) -> Result<RequestUploadPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let folder_id = input.folder_id.as_ref().map(|id| Kind::AssetFolder.parse(id, "folderId")).transpose()?;
            let new = NewUpload {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                file_name: input.file_name,
                alt_text: input.alt_text,
                byte_size: input.byte_size.map(|size| size.0),
                folder_id,
                tags: input.tags,
                direct: input.direct,
            };
            media::request_upload(context, new).await
        };
        let (made, user_errors) = op.command(command).await?;
        let Some(made) = made else {
            return Ok(RequestUploadPayload {
                asset: None,
                upload_url: None,
                direct: None,
                expires_at: None,
                user_errors,
            });
        };
        let header = |(name, value): (&str, String)| UploadHeader { name: name.to_owned(), value };
        Ok(RequestUploadPayload {
            upload_url: Some(made.url.into()),
            direct: made.direct.map(|put| DirectUpload {
                url: put.url.into(),
                headers: put.headers.into_iter().map(header).collect(),
            }),
            expires_at: Some(made.expires_at),
            asset: Some(Asset { op: op.clone(), row: made.asset }),
            user_errors,
        })
    }

    /// Says that a file is in the bucket. It is looked at and stored as a job; its state says when it is ready.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: CompleteUploadInput,
    ) -> Result<CompleteUploadPayload> {
        let command = async |context: &Domain| media::complete_upload(context, parse(&input.asset_id)?).await;
        let (asset, user_errors) = one(ctx, command).await?;
        Ok(CompleteUploadPayload { asset, user_errors })
    }

    /// Changes what is said of a file. Below MID, of those that the caller uploaded.
    async fn update_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and what is said of it.")] input: UpdateAssetInput,
    ) -> Result<UpdateAssetPayload> {
        let command = async |context: &Domain| {
            let id = parse(&input.asset_id)?;
            let change = AssetChange {
                file_name: input.file_name,
                alt_text: input.alt_text,
                infographic: input.infographic,
                tags: input.tags,
                folder_id: folder(&input.folder_id, "folderId")?,
                rights: input.rights.map(Into::into),
            };
            media::update_asset(context, id, input.version, change).await
        };
        let (asset, user_errors) = one(ctx, command).await?;
        Ok(UpdateAssetPayload { asset, user_errors })
    }

    /// Archives a file: no new post shows it. Not while a post that shows it is scheduled.
    async fn archive_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ArchiveAssetInput,
    ) -> Result<ArchiveAssetPayload> {
        let command = async |context: &Domain| media::archive_asset(context, parse(&input.asset_id)?).await;
        let (asset, user_errors) = one(ctx, command).await?;
        Ok(ArchiveAssetPayload { asset, user_errors })
    }

    /// Brings an archived file back.
    async fn restore_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: RestoreAssetInput,
    ) -> Result<RestoreAssetPayload> {
        let command = async |context: &Domain| media::restore_asset(context, parse(&input.asset_id)?).await;
        let (asset, user_errors) = one(ctx, command).await?;
        Ok(RestoreAssetPayload { asset, user_errors })
    }

    /// Deletes a file that no post shows, with its bytes, unless another file shares them.
    async fn delete_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: DeleteAssetInput,
    ) -> Result<DeleteAssetPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| media::delete_asset(context, parse(&input.asset_id)?).await;
        let (done, user_errors) = op.command(command).await?;
        Ok(DeleteAssetPayload { deleted_id: done.map(|()| input.asset_id), user_errors })
    }

    /// Sets how many bytes a brand may keep. For DIRECTOR and above.
    async fn set_media_quota(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand and its quota.")] input: SetMediaQuotaInput,
    ) -> Result<SetMediaQuotaPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            media::set_media_quota(context, brand_id, input.bytes.map(|bytes| bytes.0)).await?;
            Ok(brand_id)
        };
        let (brand_id, user_errors) = op.command(command).await?;
        let library = brand_id.map(|brand_id| MediaLibrary { op: op.clone(), brand_id });
        Ok(SetMediaQuotaPayload { library, user_errors })
    }
}

fn parse(id: &ID) -> Result<uuid::Uuid, Failure> {
    Kind::Asset.parse(id, "assetId")
}

/// Runs a command that answers a file.
async fn one(
    ctx: &Context<'_>,
    command: impl AsyncFnOnce(&Domain) -> Result<asset::Model, Failure>,
) -> Result<(Option<Asset>, Vec<Refused>)> {
    let op = Op::of(ctx)?;
    let (row, user_errors) = op.command(command).await?;
    Ok((row.map(|row| Asset { op: op.clone(), row }), user_errors))
}
