//! A calendar's name and colour, whether clients see it, and its way into the archive and back.
//!
//! Clients see what is approved or further on in the calendars that are shared with them; in any other, what was sent to them for
//! approval and nothing else. Internal comments and drafts they see in none.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::calendar;
use diwan_entity::calendar::post::{self, PostState};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// A change of a calendar; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct CalendarChange {
    /// Which calendar.
    pub calendar_id: Uuid,
    /// The version that the change started from.
    pub version: i32,
    /// Its name, 1 to 200 characters, unlike that of any other calendar of the brand.
    pub name: Option<String>,
    /// Its colour, `#rrggbb`.
    pub colour: Option<String>,
}

async fn lock(context: &Context, id: Uuid, action: Action) -> Result<(Permit<'_>, calendar::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "calendarId");
    let row = context.one(calendar::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, row.brand_id).await?;
    let row = context.one(calendar::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Refuses a name that another calendar of the brand has.
pub(super) async fn refuse_taken_name(context: &Context, brand_id: Uuid, name: &str, own: Uuid) -> Result<(), Failure> {
    let same = calendar::Entity::in_brand(brand_id)
        .filter(Expr::expr(Func::lower(Expr::col(calendar::Column::Name))).eq(Func::lower(Expr::val(name.to_owned()))))
        .filter(calendar::Column::ArchivedAt.is_null())
        .filter(calendar::Column::Id.ne(own));
    if context.one(same).await?.is_some() {
        return Err(UserError::at(Code::AlreadyExists, "name").into());
    }
    Ok(())
}

/// A colour as the database keeps it.
pub(super) fn colour(wrong: &mut Complaints, path: &str, value: &str) -> String {
    let colour = value.to_ascii_lowercase();
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        wrong.add(UserError::at(Code::Invalid, path));
    }
    colour
}

async fn write(permit: Permit<'_>, changed: calendar::ActiveModel, version: i32) -> Result<calendar::Model, Failure> {
    let changed = calendar::ActiveModel { version: Set(version + 1), ..changed };
    Ok(changed.update(permit.tx()).await?)
}

/// Changes a calendar's name and colour.
pub async fn update_calendar(context: &Context, change: CalendarChange) -> Result<calendar::Model, Failure> {
    let (permit, row) = lock(context, change.calendar_id, Action::CalendarManage).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let name = change.name.map(|name| wrong.text("name", &name, 200).to_owned());
    let colour = change.colour.map(|value| colour(&mut wrong, "colour", &value));
    wrong.check()?;
    if let Some(name) = &name {
        refuse_taken_name(context, row.brand_id, name, row.id).await?;
    }
    let version = row.version;
    let changed = calendar::ActiveModel {
        name: Set(name.unwrap_or_else(|| row.name.clone())),
        colour: Set(colour.unwrap_or_else(|| row.colour.clone())),
        ..row.into_active_model()
    };
    let row = write(permit, changed, version).await?;
    trust::record(permit, context.now, "calendar.update", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

/// Lets clients see a calendar, or takes it from their sight.
pub async fn share_calendar(context: &Context, calendar_id: Uuid, shared: bool) -> Result<calendar::Model, Failure> {
    let (permit, row) = lock(context, calendar_id, Action::CalendarShare).await?;
    let version = row.version;
    let changed = calendar::ActiveModel { shared_with_client: Set(shared), ..row.into_active_model() };
    let row = write(permit, changed, version).await?;
    trust::record(permit, context.now, "calendar.share", row.id, json!({ "shared": shared })).await?;
    Ok(row)
}

/// Puts a calendar away: nothing new is planned in it, and what was stays to be read. Refused while something of it is on its
/// way.
pub async fn archive_calendar(context: &Context, calendar_id: Uuid) -> Result<calendar::Model, Failure> {
    let (permit, row) = lock(context, calendar_id, Action::CalendarManage).await?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "calendarId").text("state", "ARCHIVED").into());
    }
    let on_their_way = post::Entity::in_brand(row.brand_id)
        .filter(post::Column::CalendarId.eq(row.id))
        .filter(post::Column::State.is_in([PostState::Scheduled, PostState::Publishing, PostState::Paused]))
        .count(permit.tx())
        .await?;
    if on_their_way > 0 {
        return Err(UserError::at(Code::CalendarInUse, "calendarId").number("count", on_their_way).into());
    }
    let version = row.version;
    let changed = calendar::ActiveModel { archived_at: Set(Some(context.now)), ..row.into_active_model() };
    let row = write(permit, changed, version).await?;
    trust::record(permit, context.now, "calendar.archive", row.id, json!({})).await?;
    Ok(row)
}

/// Brings a calendar back.
pub async fn restore_calendar(context: &Context, calendar_id: Uuid) -> Result<calendar::Model, Failure> {
    let (permit, row) = lock(context, calendar_id, Action::CalendarManage).await?;
    if row.archived_at.is_none() {
        return Err(UserError::at(Code::WrongState, "calendarId").text("state", "ACTIVE").into());
    }
    refuse_taken_name(context, row.brand_id, &row.name, row.id).await?;
    let version = row.version;
    let changed = calendar::ActiveModel { archived_at: Set(None), ..row.into_active_model() };
    let row = write(permit, changed, version).await?;
    trust::record(permit, context.now, "calendar.restore", row.id, json!({})).await?;
    Ok(row)
}
