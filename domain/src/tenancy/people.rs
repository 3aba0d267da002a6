//! Levels held agency-wide, deactivating people and letting them back, and what everybody says of themselves.

use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_platform::db;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::invite::revoke_invitations;
use super::memberships_of;
use super::rank::{Held, permit_person};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// Somebody whom the caller manages agency-wide, locked.
async fn lock(context: &Context, user_id: Uuid) -> Result<(Permit<'_>, app_user::Model), Failure> {
    let actor = context.signed_in()?;
    // Whoever can take the last CMO away holds all of them, so that of two at once the second sees what the first did.
    let chiefs = app_user::Entity::find()
        .filter(app_user::Column::AgencyLevel.eq(Level::Cmo).or(app_user::Column::Id.eq(user_id)))
        .order_by_asc(app_user::Column::Id)
        .lock_exclusive();
    let person = if context.may(Action::PeopleManage, Uuid::nil()) {
        context.all(chiefs).await?.into_iter().find(|row| row.id == user_id)
    } else {
        context.one(app_user::Entity::find_by_id(user_id)).await?
    };
    let person = person.ok_or_else(|| UserError::at(Code::NotFound, "userId"))?;
    context.permit_agency(Action::PeopleManage).await?;
    if person.id == actor.user_id {
        return Err(UserError::at(Code::NotYourself, "userId").into());
    }
    let places = memberships_of(context, &[user_id]).await?;
    let permit = permit_person(context, &person, &places).await?;
    Ok((permit, person))
}

/// Refuses to take away the last CMO who can sign in. The rows of all of them are locked.
async fn keep_a_cmo(context: &Context, person: &app_user::Model) -> Result<(), Failure> {
    if person.agency_level != Some(Level::Cmo) || person.deactivated_at.is_some() {
        return Ok(());
    }
    let others = app_user::Entity::find()
        .filter(app_user::Column::AgencyLevel.eq(Level::Cmo))
        .filter(app_user::Column::Id.ne(person.id))
        .filter(app_user::Column::DeactivatedAt.is_null())
        .filter(app_user::Column::JoinedAt.is_not_null());
    if context.one(others).await?.is_none() {
        return Err(UserError::at(Code::LastCmo, "userId").into());
    }
    Ok(())
}

/// Gives somebody a level agency-wide, or takes it away. Nobody gives what is at or above their own level; a CMO gives all.
pub async fn set_agency_level(
    context: &Context,
    user_id: Uuid,
    level: Option<Level>,
) -> Result<app_user::Model, Failure> {
    let (permit, person) = lock(context, user_id).await?;
    if level.is_some_and(|level| level < Level::Director) {
        return Err(UserError::at(Code::Invalid, "level").into());
    }
    if level.is_some() && person.kind != UserKind::Staff {
        return Err(UserError::at(Code::KindMismatch, "userId").text("kind", person.kind.to_value()).into());
    }
    let own = Held { brand: None, agency: context.signed_in()?.agency_level };
    own.must_manage(Held { brand: None, agency: level }, "level")?;
    if level != Some(Level::Cmo) {
        keep_a_cmo(context, &person).await?;
    }
    let detail =
        json!({ "from": person.agency_level.map(|level| level.to_value()), "to": level.map(|level| level.to_value()) });
    let version = person.version + 1;
    let mut changed = person.into_active_model();
    changed.agency_level = Set(level);
    changed.version = Set(version);
    let person = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "user.set_agency_level", user_id, detail).await?;
    Ok(person)
}

/// Deactivates somebody: their sessions and invitations end, and their next request is refused. Their places and their work
/// stay, to be handed over.
pub async fn deactivate_person(context: &Context, user_id: Uuid) -> Result<app_user::Model, Failure> {
    let (permit, person) = lock(context, user_id).await?;
    if person.deactivated_at.is_some() {
        return Err(UserError::at(Code::WrongState, "userId").text("state", "DEACTIVATED").into());
    }
    keep_a_cmo(context, &person).await?;
    let ended: i64 =
        db::scalar(permit.tx(), "select app.end_sessions($1, $2)", [user_id.into(), context.now.into()]).await?;
    revoke_invitations(context, permit, user_id).await?;
    let version = person.version + 1;
    let mut changed = person.into_active_model();
    changed.deactivated_at = Set(Some(context.now));
    changed.version = Set(version);
    let person = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "user.deactivate", user_id, json!({ "sessions_ended": ended })).await?;
    Ok(person)
}

/// Lets somebody back who was deactivated; they sign in anew.
pub async fn reactivate_person(context: &Context, user_id: Uuid) -> Result<app_user::Model, Failure> {
    let (permit, person) = lock(context, user_id).await?;
    if person.deactivated_at.is_none() {
        return Err(UserError::at(Code::WrongState, "userId").text("state", "ACTIVE").into());
    }
    let version = person.version + 1;
    let mut changed = person.into_active_model();
    changed.deactivated_at = Set(None);
    changed.version = Set(version);
    let person = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "user.reactivate", user_id, json!({})).await?;
    Ok(person)
}

/// What somebody says of themselves; what is left out stays, and the inner `None` is "as the agency".
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// Their name.
    pub name: Option<String>,
    /// The language that they read.
    pub locale: Option<Locale>,
    /// The calendar in which they read dates.
    pub calendar_system: Option<CalendarSystem>,
    /// IANA time zone.
    pub time_zone: Option<Option<String>>,
}

/// Changes the caller's own profile. People alone have one.
pub async fn update_profile(context: &Context, change: ProfileChange) -> Result<app_user::Model, Failure> {
    let actor = context.signed_in()?;
    let row = context.one(app_user::Entity::find_by_id(actor.user_id).lock_exclusive()).await?.ok_or(Code::NotFound)?;
    if row.kind == UserKind::Integration {
        return Err(UserError::new(Code::KindMismatch).text("kind", row.kind.to_value()).into());
    }
    let mut wrong = Complaints::default();
    let name = change.name.map(|name| wrong.text("name", &name, 200).to_owned());
    if let Some(Some(zone)) = &change.time_zone {
        wrong.time_zone("timeZone", zone);
    }
    wrong.check()?;
    let changed = app_user::ActiveModel {
        name: Set(name.unwrap_or_else(|| row.name.clone())),
        locale: Set(change.locale.unwrap_or(row.locale)),
        calendar_system: Set(change.calendar_system.unwrap_or(row.calendar_system)),
        time_zone: Set(change.time_zone.unwrap_or_else(|| row.time_zone.clone())),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    // Everybody may say who they are.
    let permit = Permit {
        tx: context.own_tx(),
        brand_id: Uuid::nil(),
        actor_id: Some(actor.user_id),
        agency_id: actor.agency_id,
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "user.update_profile", row.id, json!({})).await?;
    Ok(row)
}
