//! Calendars: several per brand.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::calendar;
use diwan_platform::ids;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Makes a calendar; its name is unlike that of any other of the brand.
pub async fn create_calendar(context: &Context, brand_id: Uuid, name: &str) -> Result<calendar::Model, Failure> {
    let permit = context.permit(Action::CalendarCreate, brand_id).await?;
    let mut wrong = Complaints::default();
    let name = wrong.text("name", name, 200);
    wrong.check()?;
    let same_name = calendar::Entity::in_brand(brand_id)
        .filter(Expr::expr(Func::lower(Expr::col(calendar::Column::Name))).eq(Func::lower(Expr::val(name.to_owned()))))
        .filter(calendar::Column::ArchivedAt.is_null());
    if context.one(same_name).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "name").into());
    }
    let calendar = insert(permit, name, context.now).await?;
    trust::record(permit, context.now, "calendar.create", calendar.id, serde_json::json!({})).await?;
    Ok(calendar)
}

/// The calendar that a new brand begins with.
pub async fn first_calendar(permit: Permit<'_>, now: DateTime<Utc>) -> Result<calendar::Model, DbErr> {
    insert(permit, "Content", now).await
}

async fn insert(permit: Permit<'_>, name: &str, now: DateTime<Utc>) -> Result<calendar::Model, DbErr> {
    calendar::Entity::insert(calendar::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(permit.brand_id),
        name: Set(name.to_owned()),
        created_at: Set(now),
        archived_at: Set(None),
    })
    .exec_with_returning(permit.tx())
    .await
}
