//! For whom a deliverable is, and by which calendar its days are counted.

use chrono_tz::Tz;
use diwan_entity::tenancy::agency::CalendarSystem;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::error::{Failure, Fault};

const PLACE: &str = "select b.name as brand, a.name as agency, b.time_zone, a.calendar_system
  from brand b join agency a on a.id = b.agency_id where b.id = $1";

#[derive(FromQueryResult)]
struct Row {
    brand: String,
    agency: String,
    time_zone: String,
    calendar_system: String,
}

/// A brand, as those outside read of it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The brand.
    pub(super) brand: String,
    /// Its agency.
    pub(super) agency: String,
    /// The brand's time zone, by which days are counted.
    pub(super) zone: Tz,
    /// The agency's calendar, in which days are written.
    pub(super) system: CalendarSystem,
}

impl Place {
    /// Reads it within the scope of the brand.
    pub(super) async fn read(tx: &impl ConnectionTrait, brand_id: Uuid) -> Result<Self, Failure> {
        let row: Option<Row> = db::one(tx, PLACE, [brand_id.into()]).await?;
        let row = row.ok_or_else(|| Fault::broken("a deliverable of a brand that is gone"))?;
        Ok(Self {
            brand: row.brand,
            agency: row.agency,
            zone: row.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?,
            system: CalendarSystem::try_from_value(&row.calendar_system)?,
        })
    }
}
