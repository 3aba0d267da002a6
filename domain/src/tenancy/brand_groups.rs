//! Groups of brands, for views across them. A brand may be in several.

use diwan_entity::tenancy::{brand, brand_group, brand_group_brand};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::brands_by_ids;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most brands that are put into a group or taken out at a time.
const MOST: usize = 500;

/// The groups that the caller sees, newest first.
pub async fn brand_groups(context: &Context, page: Page) -> Result<Slice<brand_group::Model>, Failure> {
    context.signed_in()?;
    newest_first(context, brand_group::Entity::find(), brand_group::Column::Id, page).await
}

/// Groups by id; those that the caller does not see are not there.
pub async fn groups_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<brand_group::Model>, Failure> {
    Ok(context.all(brand_group::Entity::find().filter(brand_group::Column::Id.is_in(ids.iter().copied()))).await?)
}

async fn refuse_taken_name(context: &Context, name: &str, own: Uuid) -> Result<(), Failure> {
    let same = brand_group::Entity::find()
        .filter(
            Expr::expr(Func::lower(Expr::col(brand_group::Column::Name))).eq(Func::lower(Expr::val(name.to_owned()))),
        )
        .filter(brand_group::Column::Id.ne(own));
    if context.one(same).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "name").into());
    }
    Ok(())
}

/// Makes a group with these brands in it.
pub async fn create_brand_group(
    context: &Context,
    name: &str,
    brand_ids: &[Uuid],
) -> Result<brand_group::Model, Failure> {
    let permit = context.permit_agency(Action::BrandGroupManage).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200);
    wrong.check()?;
    refuse_taken_name(context, name, Uuid::nil()).await?;
    let row = brand_group::ActiveModel {
        id: Set(context.new_id()),
        agency_id: Set(permit.agency_id),
        name: Set(name.to_owned()),
        created_at: Set(context.now),
        ..Default::default()
    };
    let row = brand_group::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    put(context, permit, row.id, brand_ids).await?;
    let detail = serde_json::json!({ "brands": brand_ids.len() });
    trust::record(permit, context.now, "brand_group.create", row.id, detail).await?;
    Ok(row)
}

async fn lock(context: &Context, group_id: Uuid) -> Result<brand_group::Model, Failure> {
    context.signed_in()?;
    let select = brand_group::Entity::find_by_id(group_id).lock_exclusive();
    Ok(context.one(select).await?.ok_or_else(|| UserError::at(Code::NotFound, "brandGroupId"))?)
}

/// Gives a group another name.
pub async fn rename_brand_group(
    context: &Context,
    group_id: Uuid,
    version: i32,
    name: &str,
) -> Result<brand_group::Model, Failure> {
    let row = lock(context, group_id).await?;
    let permit = context.permit_agency(Action::BrandGroupManage).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    let name = wrong.text("name", name, 200).to_owned();
    wrong.check()?;
    refuse_taken_name(context, &name, row.id).await?;
    let mut changed = row.into_active_model();
    changed.name = Set(name);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "brand_group.rename", row.id, serde_json::json!({})).await?;
    Ok(row)
}

/// Ends a group; its brands stay.
pub async fn delete_brand_group(context: &Context, group_id: Uuid) -> Result<Uuid, Failure> {
    let row = lock(context, group_id).await?;
    let permit = context.permit_agency(Action::BrandGroupManage).await?;
    brand_group::Entity::delete_by_id(row.id).exec(permit.tx()).await?;
    trust::record(permit, context.now, "brand_group.delete", row.id, serde_json::json!({})).await?;
    Ok(row.id)
}

/// Puts brands into a group; those that are in it already stay.
pub async fn add_brands_to_group(
    context: &Context,
    group_id: Uuid,
    brand_ids: &[Uuid],
) -> Result<brand_group::Model, Failure> {
    let row = lock(context, group_id).await?;
    let permit = context.permit_agency(Action::BrandGroupManage).await?;
    put(context, permit, row.id, brand_ids).await?;
    let detail = serde_json::json!({ "brands": brand_ids });
    trust::record(permit, context.now, "brand_group.add_brands", row.id, detail).await?;
    Ok(row)
}

/// Takes brands out of a group; those that are not in it are no matter.
pub async fn remove_brands_from_group(
    context: &Context,
    group_id: Uuid,
    brand_ids: &[Uuid],
) -> Result<brand_group::Model, Failure> {
    let row = lock(context, group_id).await?;
    let permit = context.permit_agency(Action::BrandGroupManage).await?;
    check_brands(context, brand_ids).await?;
    brand_group_brand::Entity::delete_many()
        .filter(brand_group_brand::Column::GroupId.eq(row.id))
        .filter(brand_group_brand::Column::BrandId.is_in(brand_ids.iter().copied()))
        .exec(permit.tx())
        .await?;
    let detail = serde_json::json!({ "brands": brand_ids });
    trust::record(permit, context.now, "brand_group.remove_brands", row.id, detail).await?;
    Ok(row)
}

async fn check_brands(context: &Context, brand_ids: &[Uuid]) -> Result<Vec<brand::Model>, Failure> {
    if brand_ids.len() > MOST {
        let error = UserError::at(Code::TooMany, "brandIds").number("limit", MOST).number("actual", brand_ids.len());
        return Err(error.into());
    }
    let found = brands_by_ids(context, brand_ids).await?;
    let mut wrong = Complaints::default();
    for (position, id) in brand_ids.iter().enumerate() {
        if !found.iter().any(|brand| brand.id == *id) {
            wrong.add(UserError::at(Code::NotFound, &format!("brandIds.{position}")));
        }
    }
    wrong.check()?;
    Ok(found)
}

async fn put(context: &Context, permit: Permit<'_>, group_id: Uuid, brand_ids: &[Uuid]) -> Result<(), Failure> {
    let brands = check_brands(context, brand_ids).await?;
    if brands.is_empty() {
        return Ok(());
    }
    let rows =
        brands.iter().map(|brand| brand_group_brand::ActiveModel { brand_id: Set(brand.id), group_id: Set(group_id) });
    let once = OnConflict::new().do_nothing().to_owned();
    brand_group_brand::Entity::insert_many(rows).on_conflict(once).exec_without_returning(permit.tx()).await?;
    Ok(())
}
