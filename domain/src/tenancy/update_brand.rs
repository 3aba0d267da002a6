//! A brand's settings. What a brand does not say is as the agency has it.

use diwan_entity::tenancy::agency::{Locale, WeekStart};
use diwan_entity::tenancy::brand;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};
use uuid::Uuid;

use super::brands::{lock_brand, refuse_taken_name};
use super::hours::{Opening, check_hours};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// A change of a brand's settings; what is left out stays, and the inner `None` is "as the agency".
#[derive(Debug, Clone, Default)]
pub struct BrandChange {
    /// Which brand.
    pub brand_id: Uuid,
    /// The version that the change started from.
    pub version: i32,
    /// Its name.
    pub name: Option<String>,
    /// Its language.
    pub locale: Option<Locale>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// How long after its time a post may still go out, in seconds.
    pub publish_grace_seconds: Option<i32>,
    /// ISO 4217 code.
    pub base_currency: Option<Option<String>>,
    /// The day on which a week begins.
    pub week_start: Option<Option<WeekStart>>,
    /// When somebody is there.
    pub business_hours: Option<Option<Vec<Opening>>>,
}

/// Changes a brand's settings.
pub async fn update_brand(context: &Context, change: BrandChange) -> Result<brand::Model, Failure> {
    let row = lock_brand(context, change.brand_id).await?;
    let permit = context.permit(Action::BrandUpdate, row.id).await?;
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
    if let Some(seconds) = change.publish_grace_seconds {
        if !(60..=86_400).contains(&seconds) {
            wrong.add(UserError::at(Code::Invalid, "publishGraceSeconds"));
        }
        new.publish_grace_seconds = seconds;
    }
    if let Some(currency) = change.base_currency {
        if let Some(currency) = &currency {
            wrong.currency("baseCurrency", currency);
        }
        new.base_currency = currency;
    }
    if let Some(hours) = change.business_hours {
        new.business_hours = hours.map(|hours| check_hours(&mut wrong, "businessHours", &hours));
    }
    wrong.check()?;
    if change.name.is_some() {
        refuse_taken_name(context, &new.name, Some(row.id)).await?;
    }
    let changed = brand::ActiveModel {
        name: Set(new.name),
        locale: Set(change.locale.unwrap_or(new.locale)),
        time_zone: Set(new.time_zone),
        publish_grace_seconds: Set(new.publish_grace_seconds),
        base_currency: Set(new.base_currency),
        week_start: Set(change.week_start.unwrap_or(new.week_start)),
        business_hours: Set(new.business_hours),
        version: Set(new.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "brand.update", row.id, serde_json::json!({ "version": row.version })).await?;
    Ok(row)
}
