//! By which clock and which weeks a brand's days are counted.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use diwan_entity::tenancy::agency::WeekStart;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::error::Fault;

/// A brand, as its days are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub id: Uuid,
    pub zone: Tz,
    pub week_start: Weekday,
    /// The day on which it was made.
    pub since: NaiveDate,
    pub archived: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    time_zone: String,
    week_start: String,
    created_at: DateTime<Utc>,
    archived: bool,
}

const PLACES: &str = "
  select b.id, b.time_zone, coalesce(b.week_start, a.week_start) as week_start, b.created_at, b.archived_at is not null as archived
  from brand b join agency a on a.id = b.agency_id where b.id = any ($1) and b.deleted_at is null order by b.id";

/// Those of these brands that are seen and there, by their ids.
pub(super) async fn places(on: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Place>, Fault> {
    let rows: Vec<Row> = db::all(on, PLACES, [ids.to_vec().into()]).await?;
    let place = |row: Row| {
        let zone: Tz = row.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        let week_start = match WeekStart::try_from_value(&row.week_start)? {
            WeekStart::Monday => Weekday::Mon,
            WeekStart::Saturday => Weekday::Sat,
            WeekStart::Sunday => Weekday::Sun,
        };
        let since = row.created_at.with_timezone(&zone).date_naive();
        Ok(Place { id: row.id, zone, week_start, since, archived: row.archived })
    };
    rows.into_iter().map(place).collect()
}
