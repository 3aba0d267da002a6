//! Writing days down, in one statement, however many they are.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::db;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Fault;
use crate::insights::{Counts, write_days};

/// The most mentions of one day.
pub(super) const MOST_COUNT: i64 = 1_000_000_000_000;

/// A day of a monitor, as a source says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct DayRow {
    pub monitor_id: Uuid,
    pub day: NaiveDate,
    pub mentions: i64,
}

const DAYS: &str = "
  insert into mention_day (brand_id, source_id, monitor_id, day, mentions, recorded_at)
  select $1, $2, r.monitor_id, r.day, r.mentions, $4
  from jsonb_to_recordset($3::jsonb) r (monitor_id uuid, day date, mentions bigint)
  on conflict (brand_id, source_id, monitor_id, day) do update
    set mentions = excluded.mentions, revised_at = excluded.recorded_at
    where mention_day.mentions <> excluded.mentions
  returning revised_at is not null as revised";

const UNTOLD: &str = "
  delete from mention_day d where d.brand_id = $1 and d.source_id = $2 and d.monitor_id = $3 and d.day = any ($4)";

/// Forgets days of which a source does not tell any more how often something was spoken of: what it said before is not known to be right.
pub(super) async fn forget(
    tx: &impl ConnectionTrait,
    (brand_id, source_id): (Uuid, Uuid),
    (monitor_id, days): (Uuid, Vec<NaiveDate>),
) -> Result<(), Fault> {
    if !days.is_empty() {
        let values = [brand_id.into(), source_id.into(), monitor_id.into(), days.into()];
        tx.execute_raw(db::statement(UNTOLD, values)).await?;
    }
    Ok(())
}

/// Writes days of monitors, each there once ([`write_days`]).
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    whose: (Uuid, Uuid),
    days: &[DayRow],
    now: DateTime<Utc>,
) -> Result<Counts, Fault> {
    write_days(tx, (DAYS, days), whose, now).await
}
