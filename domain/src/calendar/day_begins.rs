//! When a day of a brand begins.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::tenancy::brand;
use sea_orm::{ConnectionTrait, EntityTrait as _};
use uuid::Uuid;

use super::clock::day_start;
use crate::error::{Failure, Fault};

/// The first moment of a day in a brand's time zone.
pub(crate) async fn day_begins(
    tx: &impl ConnectionTrait,
    brand_id: Uuid,
    day: NaiveDate,
) -> Result<DateTime<Utc>, Failure> {
    let place = brand::Entity::find_by_id(brand_id).one(tx).await?;
    let place = place.ok_or_else(|| Fault::broken("a thing without its brand"))?;
    let zone = place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    Ok(day_start(zone, day))
}
