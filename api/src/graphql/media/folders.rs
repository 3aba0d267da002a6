//! Folders of the media library.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::media::{self, FolderChange};
use diwan_entity::media::asset_folder;

use super::inputs::folder;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A folder of a brand's media library.
pub struct AssetFolder {
    pub row: asset_folder::Model,
}

/// A folder of a brand's media library.
#[Object]
impl AssetFolder {
    /// The folder's id.
    pub async fn id(&self) -> ID {
        Kind::AssetFolder.id(self.row.id)
    }
    /// Its name; no other folder beside it has it.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// In which folder it stands; null: in none.
    async fn parent_id(&self) -> Option<ID> {
        self.row.parent_id.map(|id| Kind::AssetFolder.id(id))
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
}

/// A folder to make.
#[derive(InputObject)]
struct CreateAssetFolderInput {
    /// In which brand.
    brand_id: ID,
    /// In which folder.
    parent_id: Option<ID>,
    /// Its name, 1 to 100 characters, unlike that of any folder beside it.
    name: String,
}

/// The answer of `createAssetFolder`.
#[derive(SimpleObject)]
struct CreateAssetFolderPayload {
    /// The folder, when it was made.
    folder: Option<AssetFolder>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A change of a folder; what is left out stays.
#[derive(InputObject)]
struct UpdateAssetFolderInput {
    /// Which folder.
    folder_id: ID,
    /// The version from which the change started.
    version: i32,
    /// Its name, 1 to 100 characters, unlike that of any folder beside it.
    name: Option<String>,
    /// In which folder it stands, at most ten steps deep; null: in none.
    parent_id: MaybeUndefined<ID>,
}

/// The answer of `updateAssetFolder`.
#[derive(SimpleObject)]
struct UpdateAssetFolderPayload {
    /// The folder, when it was changed.
    folder: Option<AssetFolder>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A folder to delete.
#[derive(InputObject)]
struct DeleteAssetFolderInput {
    /// Which folder.
    folder_id: ID,
}

/// The answer of `deleteAssetFolder`.
#[derive(SimpleObject)]
struct DeleteAssetFolderPayload {
    /// Which folder is gone.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of folders.
#[derive(Default)]
pub struct FolderMutation;

#[Object]
impl FolderMutation {
    /// Makes a folder in a brand's media library. For MID and above.
    async fn create_asset_folder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The folder.")] input: CreateAssetFolderInput,
    ) -> Result<CreateAssetFolderPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let parent_id = input.parent_id.as_ref().map(|id| Kind::AssetFolder.parse(id, "parentId")).transpose()?;
            media::create_folder(context, brand_id, parent_id, &input.name).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateAssetFolderPayload { folder: row.map(|row| AssetFolder { row }), user_errors })
    }

    /// Renames a folder, or moves it with everything in it. For MID and above.
    async fn update_asset_folder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The folder, and what changes.")] input: UpdateAssetFolderInput,
    ) -> Result<UpdateAssetFolderPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::AssetFolder.parse(&input.folder_id, "folderId")?;
            let change = FolderChange { name: input.name, parent_id: folder(&input.parent_id, "parentId")? };
            media::update_folder(context, id, input.version, change).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateAssetFolderPayload { folder: row.map(|row| AssetFolder { row }), user_errors })
    }

    /// Deletes a folder in which nothing stands. For MID and above.
    async fn delete_asset_folder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The folder.")] input: DeleteAssetFolderInput,
    ) -> Result<DeleteAssetFolderPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            media::delete_folder(context, Kind::AssetFolder.parse(&input.folder_id, "folderId")?).await
        };
        let (done, user_errors) = op.command(command).await?;
        Ok(DeleteAssetFolderPayload { deleted_id: done.map(|()| input.folder_id), user_errors })
    }
}
