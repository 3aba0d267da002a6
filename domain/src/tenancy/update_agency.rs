//! The agency's settings, which are every brand's defaults, and what binds everybody who signs in.

use diwan_entity::tenancy::agency::{self, CalendarSystem, Locale, WeekStart};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _};

use super::hours::{Opening, check_hours};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// The longest time of grace before a brand is deleted, in days.
const LONGEST_GRACE: i32 = 365;

/// A change of the agency's settings; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct AgencyChange {
    /// The version that the change started from.
    pub version: i32,
    /// Its name.
    pub name: Option<String>,
    /// Its language.
    pub locale: Option<Locale>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// ISO 4217 code.
    pub base_currency: Option<String>,
    /// The day on which a week begins.
    pub week_start: Option<WeekStart>,
    /// The calendar in which dates are read.
    pub calendar_system: Option<CalendarSystem>,
    /// When somebody is there.
    pub business_hours: Option<Vec<Opening>>,
    /// How long a brand waits between the order to delete it and its end, in days.
    pub deletion_grace_days: Option<i32>,
}

/// Changes the agency's settings.
pub async fn update_agency(context: &Context, change: AgencyChange) -> Result<agency::Model, Failure> {
    let permit = context.permit_agency(Action::AgencyUpdate).await?;
    let row = context.one(agency::Entity::find().lock_exclusive()).await?.ok_or(Code::NotFound)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    let mut new = row.clone();
    if let Some(name) = &change.name {
        wrong.text("name", name, 200).clone_into(&mut new.name);
    }
    if let Some(zone) = change.time_zone {
        wrong.time_zone("timeZone", &zone);
        new.time_zone = zone;
    }
    if let Some(currency) = change.base_currency {
        wrong.currency("baseCurrency", &currency);
        new.base_currency = currency;
    }
    if let Some(hours) = &change.business_hours {
        new.business_hours = check_hours(&mut wrong, "businessHours", hours);
    }
    if let Some(days) = change.deletion_grace_days {
        if !(1..=LONGEST_GRACE).contains(&days) {
            wrong.add(UserError::at(Code::Invalid, "deletionGraceDays"));
        }
        new.deletion_grace_days = days;
    }
    wrong.check()?;
    new.locale = change.locale.unwrap_or(new.locale);
    new.week_start = change.week_start.unwrap_or(new.week_start);
    new.calendar_system = change.calendar_system.unwrap_or(new.calendar_system);
    new.version += 1;
    let changed = agency::ActiveModel {
        name: Set(new.name),
        locale: Set(new.locale),
        time_zone: Set(new.time_zone),
        base_currency: Set(new.base_currency),
        week_start: Set(new.week_start),
        calendar_system: Set(new.calendar_system),
        business_hours: Set(new.business_hours),
        deletion_grace_days: Set(new.deletion_grace_days),
        version: Set(new.version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "agency.update", row.id, serde_json::json!({ "version": row.version })).await?;
    Ok(row)
}

/// A change of what binds everybody; what is left out stays.
#[derive(Debug, Clone, Copy)]
pub struct SecurityChange {
    /// The version that the change started from.
    pub version: i32,
    /// Whether everybody needs a second factor.
    pub require_second_factor: Option<bool>,
    /// Whether nobody approves what they wrote or asked for.
    pub four_eyes: Option<bool>,
}

/// Changes what binds everybody. What it was before stands on the audit trail.
pub async fn update_security(context: &Context, change: SecurityChange) -> Result<agency::Model, Failure> {
    let permit = context.permit_agency(Action::SecurityUpdate).await?;
    let row = context.one(agency::Entity::find().lock_exclusive()).await?.ok_or(Code::NotFound)?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, change.version);
    wrong.check()?;
    let before = (row.require_second_factor, row.four_eyes);
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.require_second_factor = Set(change.require_second_factor.unwrap_or(before.0));
    changed.four_eyes = Set(change.four_eyes.unwrap_or(before.1));
    changed.version = Set(version);
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({
        "require_second_factor": { "from": before.0, "to": row.require_second_factor },
        "four_eyes": { "from": before.1, "to": row.four_eyes },
    });
    trust::record(permit, context.now, "agency.update_security", row.id, detail).await?;
    Ok(row)
}
