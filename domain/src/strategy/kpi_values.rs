//! What KPIs came to, period by period.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use diwan_entity::InBrand as _;
use diwan_entity::strategy::kpi_version::KpiPeriod;
use diwan_entity::strategy::{kpi, kpi_value, kpi_version};
use diwan_entity::tenancy::agency::{self, WeekStart};
use diwan_entity::tenancy::brand;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::decimal::micro_of;
use super::fields::{begin, date, live, maybe_text};
use super::kpis::newest_version;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust;

/// What was measured.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Of which KPI; it is kept under what the KPI means now.
    pub kpi_id: Uuid,
    /// Any day of the period that was measured, not after today.
    pub on: NaiveDate,
    /// In the KPI's unit: a decimal with at most six digits behind the point.
    pub value: String,
    /// Where it comes from, up to 2000 characters.
    pub note: String,
    /// The version of the value that is corrected; none for a period that has none yet.
    pub version: Option<i32>,
}

/// The first day of the period in which a day lies.
pub(crate) fn period_start(period: KpiPeriod, week_start: Weekday, day: NaiveDate) -> Option<NaiveDate> {
    match period {
        KpiPeriod::Week => day.checked_sub_days(Days::new(day.weekday().days_since(week_start).into())),
        KpiPeriod::Month => day.with_day(1),
        KpiPeriod::Quarter => day.with_day(1)?.with_month(day.month0() / 3 * 3 + 1),
        KpiPeriod::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    }
}

/// Records what a KPI came to in a period, or corrects it.
pub async fn record_kpi_value(context: &Context, new: Recorded) -> Result<kpi_value::Model, Failure> {
    let (permit, row) = begin::<kpi::Entity>(context, Action::KpiRecord, new.kpi_id, "kpiId").await?;
    let mut wrong = Complaints::default();
    live(&mut wrong, row.archived_at, "kpiId");
    let value = micro_of(&new.value);
    if value.is_none() {
        wrong.add(UserError::at(Code::Invalid, "value"));
    }
    let note = maybe_text(&mut wrong, "note", &new.note, 2000);
    date(&mut wrong, "on", Some(new.on));
    wrong.check()?;
    let place = context.one(brand::Entity::visible([row.brand_id])).await?.ok_or(Code::NotFound)?;
    let week_start = match place.week_start {
        Some(own) => own,
        None => context.one(agency::Entity::find()).await?.ok_or(Code::NotFound)?.week_start,
    };
    let week_start = match week_start {
        WeekStart::Monday => Weekday::Mon,
        WeekStart::Saturday => Weekday::Sat,
        WeekStart::Sunday => Weekday::Sun,
    };
    let zone = place.time_zone.parse().unwrap_or(chrono_tz::UTC);
    if new.on > context.now.with_timezone(&zone).date_naive() {
        return Err(UserError::at(Code::PeriodInFuture, "on").into());
    }
    let meaning = newest_version(context, row.id).await?;
    let start = period_start(meaning.period, week_start, new.on)
        .filter(|day| day.year() >= 1)
        .ok_or_else(|| UserError::at(Code::Invalid, "on"))?;
    let known = kpi_value::Entity::in_brand(row.brand_id)
        .filter(kpi_value::Column::KpiVersionId.eq(meaning.id))
        .filter(kpi_value::Column::PeriodStart.eq(start))
        .lock_exclusive();
    let known = context.one(known).await?;
    let mut wrong = Complaints::default();
    wrong.version(known.as_ref().map_or(0, |known| known.version), new.version.unwrap_or(0));
    wrong.check()?;
    let version = new.version.unwrap_or(0) + 1;
    let is_new = known.is_none();
    let changed = kpi_value::ActiveModel {
        value_micro: Set(value.unwrap_or_default()),
        note: Set(note),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(context.now),
        version: Set(version),
        ..match known {
            Some(known) => known.into_active_model(),
            None => kpi_value::ActiveModel {
                id: Set(context.new_id()),
                brand_id: Set(row.brand_id),
                kpi_version_id: Set(meaning.id),
                period_start: Set(start),
                ..Default::default()
            },
        }
    };
    let value = if is_new {
        kpi_value::Entity::insert(changed).exec_with_returning(permit.tx()).await?
    } else {
        changed.update(permit.tx()).await?
    };
    let detail = serde_json::json!({ "kpi": row.id, "period": start, "version": version });
    trust::record(permit, context.now, "kpi_value.record", value.id, detail).await?;
    Ok(value)
}

/// The most values of one definition that are shown with it.
const SHOWN: i64 = 100;

/// What was measured under these definitions, the newest period first, at most 100 of each.
pub async fn values_of_versions(context: &Context, version_ids: &[Uuid]) -> Result<Vec<kpi_value::Model>, Failure> {
    let sql = "select v.* from unnest($1::uuid[]) m (id) cross join lateral (
        select * from kpi_value k where k.kpi_version_id = m.id order by k.period_start desc limit $2) v
      order by v.period_start desc";
    Ok(context.rows(sql, [version_ids.to_vec().into(), SHOWN.into()]).await?)
}

/// All values of a KPI, under whichever definition, the last recorded first.
pub async fn kpi_values(context: &Context, kpi_id: Uuid, page: Page) -> Result<Slice<kpi_value::Model>, Failure> {
    let not_there = || UserError::at(Code::NotFound, "kpiId");
    let row = context.one(kpi::Entity::visible([kpi_id])).await?.ok_or_else(not_there)?;
    context.permit(Action::StrategyRead, row.brand_id).await?;
    let versions = kpi_version::Entity::in_brand(row.brand_id).filter(kpi_version::Column::KpiId.eq(kpi_id));
    let versions: Vec<Uuid> = context.all(versions).await?.into_iter().map(|version| version.id).collect();
    let select = kpi_value::Entity::in_brand(row.brand_id).filter(kpi_value::Column::KpiVersionId.is_in(versions));
    newest_first(context, select, kpi_value::Column::Id, page).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_period_holds_the_day_and_begins_where_the_one_before_ends(days in 1..3_000_000_i32, period in 0..4_usize, week in 0..3_usize) {
            let Some(day) = NaiveDate::from_num_days_from_ce_opt(days) else { return Ok(()) };
            let period = [KpiPeriod::Week, KpiPeriod::Month, KpiPeriod::Quarter, KpiPeriod::Year][period];
            let week = [Weekday::Mon, Weekday::Sat, Weekday::Sun][week];
            let Some(start) = period_start(period, week, day) else { return Ok(()) };
            let longest = match period { KpiPeriod::Week => 7, KpiPeriod::Month => 31, KpiPeriod::Quarter => 92, KpiPeriod::Year => 366 };
            prop_assert!(start <= day && (day - start).num_days() < longest);
            prop_assert_eq!(period_start(period, week, start), Some(start));
            if let Some(before) = start.pred_opt().and_then(|last| period_start(period, week, last)) {
                prop_assert!(before < start);
            }
            if period == KpiPeriod::Week {
                prop_assert_eq!(start.weekday(), week);
            }
        }
    }
}
