//! Writing days of a source down, in a statement or two, however many they are.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::db;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use super::said::{Days, GoalRow, VisitRow};
use crate::error::Fault;

/// How many rows were new, said otherwise than before, and known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub new: usize,
    pub restated: usize,
    pub known: usize,
}

#[derive(FromQueryResult)]
struct Touched {
    revised: bool,
}

const VISITS: &str = "
  insert into web_day (brand_id, source_id, day, channel, referrer, sessions, bounces, page_views, recorded_at)
  select $1, $2, r.day, r.channel, r.referrer, r.sessions, r.bounces, r.page_views, $4
  from jsonb_to_recordset($3::jsonb) r (day date, channel text, referrer text, sessions bigint, bounces bigint, page_views bigint)
  on conflict (brand_id, source_id, day, channel, referrer) do update
    set sessions = excluded.sessions, bounces = excluded.bounces, page_views = excluded.page_views, revised_at = excluded.recorded_at
    where (web_day.sessions, web_day.bounces, web_day.page_views) is distinct from (excluded.sessions, excluded.bounces, excluded.page_views)
  returning revised_at is not null as revised";

const GOALS: &str = "
  insert into web_goal_day (brand_id, source_id, day, goal, completions, value_minor, currency, recorded_at)
  select $1, $2, r.day, r.goal, r.completions, r.value_minor, r.currency, $4
  from jsonb_to_recordset($3::jsonb) r (day date, goal text, completions bigint, value_minor bigint, currency text)
  on conflict (brand_id, source_id, day, goal) do update
    set completions = excluded.completions, value_minor = excluded.value_minor, currency = excluded.currency,
      revised_at = excluded.recorded_at
    where (web_goal_day.completions, web_goal_day.value_minor, web_goal_day.currency)
      is distinct from (excluded.completions, excluded.value_minor, excluded.currency)
  returning revised_at is not null as revised";

const OTHER_VISITS: &str = "
  delete from web_day d where d.brand_id = $1 and d.source_id = $2 and d.day between $4 and $5
    and not exists (select from jsonb_to_recordset($3::jsonb) r (day date, channel text, referrer text)
      where r.day = d.day and r.channel = d.channel and r.referrer = d.referrer)";

const OTHER_GOALS: &str = "
  delete from web_goal_day d where d.brand_id = $1 and d.source_id = $2 and d.day between $4 and $5
    and not exists (select from jsonb_to_recordset($3::jsonb) r (day date, goal text) where r.day = d.day and r.goal = d.goal)";

fn rows<T: Serialize>(rows: &[T]) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(rows).map_err(|error| Fault::broken(error.to_string()))
}

/// Writes what is new or said otherwise; the same again changes nothing. Each row is said once. The statement takes the brand, the source, the rows as
/// JSON and the moment, and answers of each row that it wrote whether it was there before (`revised`). Whoever calls holds the source's row, so that two
/// writers wait for each other there.
pub(crate) async fn write_days<T: Serialize + Sync>(
    tx: &impl ConnectionTrait,
    (sql, said): (&str, &[T]),
    (brand_id, source_id): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Counts, Fault> {
    if said.is_empty() {
        return Ok(Counts::default());
    }
    let values = [brand_id.into(), source_id.into(), rows(said)?.into(), now.into()];
    let touched: Vec<Touched> = db::all(tx, sql, values).await?;
    let restated = touched.iter().filter(|row| row.revised).count();
    Ok(Counts { new: touched.len() - restated, restated, known: said.len() - touched.len() })
}

/// Writes visits and goals ([`write_days`]).
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    whose: (Uuid, Uuid),
    days: &Days,
    now: DateTime<Utc>,
) -> Result<Counts, Fault> {
    let visits = write_days::<VisitRow>(tx, (VISITS, &days.visits), whose, now).await?;
    let goals = write_days::<GoalRow>(tx, (GOALS, &days.goals), whose, now).await?;
    Ok(Counts {
        new: visits.new + goals.new,
        restated: visits.restated + goals.restated,
        known: visits.known + goals.known,
    })
}

/// The same for days that are told whole: what was said of them before and is not any more goes.
pub(super) async fn replace(
    tx: &impl ConnectionTrait,
    whose: (Uuid, Uuid),
    (from, to): (NaiveDate, NaiveDate),
    (days, now): (&Days, DateTime<Utc>),
) -> Result<(), Fault> {
    for (sql, said) in [(OTHER_VISITS, rows(&days.visits)?), (OTHER_GOALS, rows(&days.goals)?)] {
        let values = [whose.0.into(), whose.1.into(), said.into(), from.into(), to.into()];
        tx.execute_raw(db::statement(sql, values)).await?;
    }
    write(tx, whose, days, now).await.map(|_| ())
}
