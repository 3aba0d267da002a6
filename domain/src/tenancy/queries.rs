//! Reading agency, brands and people. Row-level security decides what is seen.

use diwan_entity::tenancy::{agency, app_user, brand};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::paging::{Page, Slice, newest_first};

/// The agency of this installation.
pub async fn agency(context: &Context) -> Result<agency::Model, Failure> {
    context.signed_in()?;
    Ok(context
        .one(agency::Entity::find())
        .await?
        .ok_or_else(|| Fault::broken("somebody is signed in and there is no agency"))?)
}

/// The brands that the caller sees, newest first.
pub async fn brands(context: &Context, page: Page) -> Result<Slice<brand::Model>, Failure> {
    context.signed_in()?;
    let select = brand::Entity::find().filter(brand::Column::ArchivedAt.is_null());
    newest_first(context, select, brand::Column::Id, page).await
}

/// Brands by id; those that the caller does not see are not there.
pub async fn brands_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<brand::Model>, Failure> {
    Ok(context.all(brand::Entity::find().filter(brand::Column::Id.is_in(ids.iter().copied()))).await?)
}

/// People by id; those that the caller does not see are not there.
pub async fn users_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<app_user::Model>, Failure> {
    Ok(context.all(app_user::Entity::find().filter(app_user::Column::Id.is_in(ids.iter().copied()))).await?)
}
