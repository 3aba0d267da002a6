//! Reading agency, brands and people. Row-level security decides what is seen.

use diwan_entity::tenancy::{agency, app_user, brand, brand_group_brand};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _, QueryTrait as _};
use uuid::Uuid;

use super::brands::living;
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

/// Which brands are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BrandFilter {
    /// Archived ones instead of those that are worked on.
    pub archived: bool,
    /// Only those of this group.
    pub group_id: Option<Uuid>,
}

/// The brands that the caller sees, newest first.
pub async fn brands(context: &Context, filter: BrandFilter, page: Page) -> Result<Slice<brand::Model>, Failure> {
    context.signed_in()?;
    let archived = brand::Column::ArchivedAt;
    let mut select = living().filter(if filter.archived { archived.is_not_null() } else { archived.is_null() });
    if let Some(group_id) = filter.group_id {
        let of_group = brand_group_brand::Entity::find()
            .select_only()
            .column(brand_group_brand::Column::BrandId)
            .filter(brand_group_brand::Column::GroupId.eq(group_id))
            .into_query();
        select = select.filter(brand::Column::Id.in_subquery(of_group));
    }
    newest_first(context, select, brand::Column::Id, page).await
}

/// Brands by id; those that the caller does not see are not there.
pub async fn brands_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<brand::Model>, Failure> {
    Ok(context.all(living().filter(brand::Column::Id.is_in(ids.iter().copied()))).await?)
}

/// People by id; those that the caller does not see are not there.
pub async fn users_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<app_user::Model>, Failure> {
    Ok(context.all(app_user::Entity::find().filter(app_user::Column::Id.is_in(ids.iter().copied()))).await?)
}
