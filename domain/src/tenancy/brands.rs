//! What the commands on brands share.

use diwan_entity::tenancy::brand;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};

/// Brands that are there: a deleted one stays as a row for the audit trail, and nobody sees it.
pub(super) fn living() -> Select<brand::Entity> {
    brand::Entity::find().filter(brand::Column::DeletedAt.is_null())
}

/// The brand named by `brandId`, locked.
pub(super) async fn lock_brand(context: &Context, brand_id: Uuid) -> Result<brand::Model, Failure> {
    context.signed_in()?;
    let found = context.one(living().filter(brand::Column::Id.eq(brand_id)).lock_exclusive()).await?;
    Ok(found.ok_or_else(|| UserError::at(Code::NotFound, "brandId"))?)
}

/// Refuses a name that another brand of the caller's sight has. One that the caller does not see is refused by the index.
pub(super) async fn refuse_taken_name(context: &Context, name: &str, own: Option<Uuid>) -> Result<(), Failure> {
    let same = living()
        .filter(Expr::expr(Func::lower(Expr::col(brand::Column::Name))).eq(Func::lower(Expr::val(name.to_owned()))))
        .filter(brand::Column::ArchivedAt.is_null())
        .filter(brand::Column::Id.ne(own.unwrap_or_default()));
    if context.one(same).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "name").into());
    }
    Ok(())
}
