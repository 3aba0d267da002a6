//! Changing, extending, suspending and ending somebody's place in a brand. It takes effect with their next request.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_entity::tenancy::membership::{self, Specialty};
use sea_orm::QuerySelect as _;
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::invite::specialties;
use super::rank::Held;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// How far away the end of a place may lie: ten years. A freelancer's term that ends in the year 9999 would be none.
const LONGEST: Duration = Duration::days(3653);

/// A place that the caller may change, locked, and what they hold there.
struct Place<'a> {
    permit: Permit<'a>,
    own: Held,
    agency: Option<Level>,
    row: membership::Model,
}

/// Locks the place named by `membershipId` and asks the one rule.
async fn lock(context: &Context, membership_id: Uuid) -> Result<Place<'_>, Failure> {
    let actor = context.signed_in()?;
    let row = context.one(membership::Entity::visible([membership_id]).lock_exclusive()).await?;
    let row = row.ok_or_else(|| UserError::at(Code::NotFound, "membershipId"))?;
    let permit = context.permit(Action::MemberManage, row.brand_id).await?;
    if row.user_id == actor.user_id {
        return Err(UserError::at(Code::NotYourself, "membershipId").into());
    }
    let person = context.one(app_user::Entity::find_by_id(row.user_id)).await?;
    let agency = person.and_then(|person| person.agency_level);
    let own = Held::own(&actor, row.brand_id);
    own.must_manage(Held { brand: Some(row.level), agency }, "membershipId")?;
    Ok(Place { permit, own, agency, row })
}

impl Place<'_> {
    /// What has ended does not change: somebody is invited anew.
    fn must_not_have_ended(&self) -> Result<(), UserError> {
        if self.row.ended_at.is_some() {
            return Err(UserError::at(Code::WrongState, "membershipId").text("state", "ENDED"));
        }
        Ok(())
    }

    async fn write(
        self,
        context: &Context,
        action: &str,
        detail: Value,
        change: impl FnOnce(&mut membership::ActiveModel),
    ) -> Result<membership::Model, Failure> {
        let version = self.row.version + 1;
        let mut changed = self.row.into_active_model();
        changed.version = Set(version);
        change(&mut changed);
        let row = changed.update(self.permit.tx()).await?;
        trust::record(self.permit, context.now, action, row.id, detail).await?;
        Ok(row)
    }
}

/// Gives a place another level or other specialties; what is left out stays.
pub async fn update_membership(
    context: &Context,
    membership_id: Uuid,
    version: i32,
    level: Option<Level>,
    named: Option<Vec<Specialty>>,
) -> Result<membership::Model, Failure> {
    let place = lock(context, membership_id).await?;
    place.must_not_have_ended()?;
    let mut wrong = Complaints::default();
    wrong.version(place.row.version, version);
    let level = level.unwrap_or(place.row.level);
    let junior = matches!(place.row.user_kind, UserKind::Freelancer | UserKind::Client);
    if junior && level != Level::Junior {
        wrong.add(UserError::at(Code::Invalid, "level"));
    }
    if level != place.row.level
        && let Err(error) = place.own.must_manage(Held { brand: Some(level), agency: place.agency }, "level")
    {
        wrong.add(error);
    }
    wrong.check()?;
    let names = named.map_or_else(|| place.row.specialties.clone(), |named| specialties(&named));
    let detail =
        json!({ "level": { "from": place.row.level.to_value(), "to": level.to_value() }, "specialties": names });
    let change = |row: &mut membership::ActiveModel| {
        row.level = Set(level);
        row.specialties = Set(names);
    };
    place.write(context, "membership.update", detail, change).await
}

/// What is wrong with the end of a place that begins then, if anything is.
pub(super) fn wrong_end(
    kind: UserKind,
    begins: DateTime<Utc>,
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    path: &str,
) -> Option<UserError> {
    let limit = now + LONGEST;
    match end {
        None => (kind == UserKind::Freelancer).then(|| UserError::at(Code::ExpiryRequired, path)),
        Some(end) if end <= begins => Some(UserError::at(Code::TimeInPast, path)),
        Some(end) if end > limit => {
            Some(UserError::at(Code::TimeTooFar, path).text("limit", limit.format("%F").to_string()))
        }
        Some(_) => None,
    }
}

/// Lets a place last until another time, or without an end. One that has expired holds again.
pub async fn extend_membership(
    context: &Context,
    membership_id: Uuid,
    until: Option<DateTime<Utc>>,
) -> Result<membership::Model, Failure> {
    let place = lock(context, membership_id).await?;
    place.must_not_have_ended()?;
    let begins = place.row.starts_at.max(context.now);
    if let Some(error) = wrong_end(place.row.user_kind, begins, until, context.now, "expiresAt") {
        return Err(error.into());
    }
    let detail = json!({ "from": place.row.expires_at, "to": until });
    place.write(context, "membership.extend", detail, |row| row.expires_at = Set(until)).await
}

/// Suspends a place: whoever has it sees the brand no more until it is resumed.
pub async fn suspend_membership(context: &Context, membership_id: Uuid) -> Result<membership::Model, Failure> {
    let place = lock(context, membership_id).await?;
    place.must_not_have_ended()?;
    if place.row.suspended_at.is_some() {
        return Err(UserError::at(Code::WrongState, "membershipId").text("state", "SUSPENDED").into());
    }
    place.write(context, "membership.suspend", json!({}), |row| row.suspended_at = Set(Some(context.now))).await
}

/// Resumes a suspended place.
pub async fn resume_membership(context: &Context, membership_id: Uuid) -> Result<membership::Model, Failure> {
    let place = lock(context, membership_id).await?;
    place.must_not_have_ended()?;
    if place.row.suspended_at.is_none() {
        return Err(UserError::at(Code::WrongState, "membershipId").text("state", "ACTIVE").into());
    }
    place.write(context, "membership.resume", json!({}), |row| row.suspended_at = Set(None)).await
}

/// Ends a place for good; whoever comes back is invited anew.
pub async fn end_membership(context: &Context, membership_id: Uuid) -> Result<membership::Model, Failure> {
    let place = lock(context, membership_id).await?;
    place.must_not_have_ended()?;
    place.write(context, "membership.end", json!({}), |row| row.ended_at = Set(Some(context.now))).await
}
