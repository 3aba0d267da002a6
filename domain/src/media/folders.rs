//! Folders of the library: a tree of at most ten steps, whose folders beside each other have different names.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset;
use diwan_entity::media::asset_folder;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::quota::take_turns;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most folders of a brand.
const MOST: usize = 1000;

/// The most steps of the tree.
const DEPTH: usize = 10;

/// A change of a folder.
#[derive(Debug, Clone, Default)]
pub struct FolderChange {
    /// Its name from now on, 1 to 100 characters.
    pub name: Option<String>,
    /// In which folder it stands from now on; in none.
    pub parent_id: Option<Option<Uuid>>,
}

/// All folders of a brand, by name.
pub async fn folders(context: &Context, brand_id: Uuid) -> Result<Vec<asset_folder::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    Ok(context.all(asset_folder::Entity::in_brand(brand_id).order_by_asc(asset_folder::Column::Name)).await?)
}

/// Folders by id.
pub async fn folders_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<asset_folder::Model>, Failure> {
    Ok(context.all(asset_folder::Entity::visible(ids.iter().copied())).await?)
}

/// Makes a folder.
pub async fn create_folder(
    context: &Context,
    brand_id: Uuid,
    parent_id: Option<Uuid>,
    name: &str,
) -> Result<asset_folder::Model, Failure> {
    let permit = context.permit(Action::AssetManage, brand_id).await?;
    let id = context.new_id();
    let all = turn(context, permit).await?;
    let mut wrong = Complaints::default();
    let name = folder_name(&mut wrong, name);
    if all.len() >= MOST {
        wrong.add(UserError::at(Code::TooMany, "brandId").number("limit", MOST).number("actual", all.len() + 1));
    }
    check_place(&all, id, parent_id, &name, &mut wrong);
    wrong.check()?;
    let row = asset_folder::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        parent_id: Set(parent_id),
        name: Set(name),
        created_at: Set(context.now),
        version: Set(1),
    };
    let row = asset_folder::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "asset_folder.create", id, serde_json::json!({ "parent": parent_id })).await?;
    Ok(row)
}

/// Renames a folder, or moves it with everything in it.
pub async fn update_folder(
    context: &Context,
    folder_id: Uuid,
    version: i32,
    change: FolderChange,
) -> Result<asset_folder::Model, Failure> {
    let (permit, all, row) = begin(context, folder_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let name = change.name.map_or_else(|| row.name.clone(), |name| folder_name(&mut wrong, &name));
    let parent_id = change.parent_id.unwrap_or(row.parent_id);
    check_place(&all, folder_id, parent_id, &name, &mut wrong);
    wrong.check()?;
    let changed = asset_folder::ActiveModel {
        name: Set(name),
        parent_id: Set(parent_id),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "asset_folder.update", row.id, serde_json::json!({ "parent": parent_id }))
        .await?;
    Ok(row)
}

/// Deletes a folder in which nothing stands.
pub async fn delete_folder(context: &Context, folder_id: Uuid) -> Result<(), Failure> {
    let (permit, all, row) = begin(context, folder_id).await?;
    let holds = asset::Entity::in_brand(row.brand_id).filter(asset::Column::FolderId.eq(folder_id));
    if all.iter().any(|folder| folder.parent_id == Some(folder_id)) || context.one(holds).await?.is_some() {
        return Err(UserError::at(Code::FolderNotEmpty, "folderId").into());
    }
    let this = asset_folder::Entity::delete_many()
        .filter(asset_folder::Column::BrandId.eq(row.brand_id))
        .filter(asset_folder::Column::Id.eq(folder_id));
    this.exec(permit.tx()).await?;
    trust::record(permit, context.now, "asset_folder.delete", folder_id, serde_json::json!({ "name": row.name }))
        .await?;
    Ok(())
}

/// The right to a folder, the turn to change the tree, and the tree.
async fn begin(
    context: &Context,
    folder_id: Uuid,
) -> Result<(Permit<'_>, Vec<asset_folder::Model>, asset_folder::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "folderId");
    let seen = context.one(asset_folder::Entity::visible([folder_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::AssetManage, seen.brand_id).await?;
    let all = turn(context, permit).await?;
    let row = all.iter().find(|folder| folder.id == folder_id).cloned().ok_or_else(not_there)?;
    Ok((permit, all, row))
}

async fn turn(context: &Context, permit: Permit<'_>) -> Result<Vec<asset_folder::Model>, Failure> {
    take_turns(permit).await?;
    Ok(context.all(asset_folder::Entity::in_brand(permit.brand_id)).await?)
}

fn folder_name(wrong: &mut Complaints, name: &str) -> String {
    let name = wrong.text("name", name, 100);
    if name.chars().any(char::is_control) {
        wrong.add(UserError::at(Code::Invalid, "name"));
    }
    name.to_owned()
}

/// That a folder may stand there under that name: not in itself, not too deep with what stands in it, beside no other of that name.
fn check_place(all: &[asset_folder::Model], id: Uuid, parent_id: Option<Uuid>, name: &str, wrong: &mut Complaints) {
    let find = |id: Uuid| all.iter().find(|folder| folder.id == id);
    let mut above = 0;
    let mut next = parent_id;
    while let Some(parent) = next {
        if parent == id {
            return wrong.add(UserError::at(Code::FolderInItself, "parentId"));
        }
        let Some(folder) = find(parent) else { return wrong.add(UserError::at(Code::NotFound, "parentId")) };
        above += 1;
        next = folder.parent_id;
    }
    if above + height(all, id) > DEPTH {
        wrong.add(UserError::at(Code::FolderTooDeep, "parentId").number("limit", DEPTH));
    }
    let twin = |folder: &&asset_folder::Model| {
        folder.id != id && folder.parent_id == parent_id && folder.name.to_lowercase() == name.to_lowercase()
    };
    if all.iter().any(|folder| twin(&folder)) {
        wrong.add(UserError::at(Code::AlreadyExists, "name"));
    }
}

/// How many steps a folder is with what stands in it.
fn height(all: &[asset_folder::Model], id: Uuid) -> usize {
    let below = all.iter().filter(|folder| folder.parent_id == Some(id)).map(|folder| height(all, folder.id));
    1 + below.max().unwrap_or(0)
}
