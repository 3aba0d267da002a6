//! Where a figure stands beside the target that the brand's strategy sets for it.
//!
//! Decided here:
//! - A KPI of the strategy says which figure measures it ([`measure_kpi`](crate::strategy::measure_kpi)). Several may name the same one: of
//!   those the one counts whose own period is the longest that is not longer than the days that are asked for, else the shortest; of several
//!   such the one that was made first.
//! - Each day has the target that was in force then: that of the newest meaning that was written until that day, by the brand's clock. Days
//!   before the first meaning have that of the first. Where it was written after the days that are asked for, or the KPI was put away before
//!   their end, there is no target.
//! - What is added up over days (posts, reach, clicks, new followers) is asked for in proportion: each day has its part of its week, month,
//!   quarter or year, and today as much of it as is over; of visits and mentions, the days until the last that was read. Levels and rates are compared as
//!   they are, with the target of the last day.
//! - The rule is that of campaigns ([`standing`](crate::campaigns::standing)): what was reached and what was due, both in parts of the target,
//!   may differ by [`TOLERANCE_BP`].
//! - An amount is compared with a target in its own currency alone: that of the KPI's unit.

mod words;

use chrono::{DateTime, Months, NaiveDate, Utc, Weekday};
use diwan_entity::strategy::kpi_version::{KpiDirection, KpiPeriod};
use diwan_platform::db;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use sea_orm::{ActiveEnum as _, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

pub use self::words::reason_of_target;
use super::figures::{KpiFigure, Period, Sums};
use super::kpi::{Formula, Kpi, Quantity, Shape, Unit};
use super::place::Place;
use crate::calendar::day_start;
use crate::campaigns::{Pace, met, share_bp, standing};
use crate::error::Fault;
use crate::strategy::{micro_of, period_start, text_of};

/// By how much what was reached may differ from what was due and be on track, in ten-thousandths of the target: a twentieth.
pub const TOLERANCE_BP: i64 = 500;
/// Millionths of a ten-thousandth: targets in parts are rounded as figures are.
const STEP: i64 = 100;

/// Where a figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Better than was due.
    Ahead,
    /// As was due.
    OnTrack,
    /// Worse.
    Behind,
}

/// With what a figure is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetBasis {
    /// With the part of the target that was due by now.
    ShareOfTime,
    /// With the target itself.
    Level,
}

/// The target of a KPI and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiTarget {
    /// The KPI of the strategy that sets it.
    pub kpi_id: Uuid,
    /// Whether it is a floor or a ceiling.
    pub direction: KpiDirection,
    /// For how long the strategy says it.
    pub period: KpiPeriod,
    /// Of all the days that are asked for: a decimal in the figure's own unit.
    pub target: String,
    /// As much of it as was due by now: a decimal.
    pub expected: String,
    /// Of what was due.
    pub basis: TargetBasis,
    /// None where there is no figure, or one in another currency.
    pub standing: Option<Standing>,
}

/// A meaning of a KPI.
#[derive(Debug, Clone)]
struct Meaning {
    written_at: DateTime<Utc>,
    direction: KpiDirection,
    target_micro: i64,
    unit: String,
    period: KpiPeriod,
}

/// A KPI of a strategy that a figure measures, with what it means and meant, in the order in which that was written.
#[derive(Debug, Clone)]
pub(in crate::insights) struct Measured {
    kpi_id: Uuid,
    brand_id: Uuid,
    insight: String,
    archived_at: Option<DateTime<Utc>>,
    meanings: Vec<Meaning>,
}

#[derive(FromQueryResult)]
struct Row {
    kpi_id: Uuid,
    brand_id: Uuid,
    insight: String,
    archived_at: Option<DateTime<Utc>>,
    direction: String,
    target_micro: i64,
    unit: String,
    period: String,
    created_at: DateTime<Utc>,
}

const MEASURED: &str = "
  select k.id as kpi_id, k.brand_id, k.insight, k.archived_at, m.direction, m.target_micro, m.unit, m.period, m.created_at
  from kpi k join kpi_version m on m.brand_id = k.brand_id and m.kpi_id = k.id
  where k.brand_id = any ($1) and k.insight is not null order by k.id, m.number";

/// The KPIs of these brands' strategies that figures measure, those that were put away with them. One statement.
pub(in crate::insights) async fn targets(
    on: &impl ConnectionTrait,
    brand_ids: &[Uuid],
) -> Result<Vec<Measured>, Fault> {
    let mut all: Vec<Measured> = Vec::new();
    for row in db::all::<Row>(on, MEASURED, [brand_ids.to_vec().into()]).await? {
        let meaning = Meaning {
            written_at: row.created_at,
            direction: KpiDirection::try_from_value(&row.direction)?,
            target_micro: row.target_micro,
            unit: row.unit,
            period: KpiPeriod::try_from_value(&row.period)?,
        };
        match all.last_mut().filter(|last| last.kpi_id == row.kpi_id) {
            Some(known) => known.meanings.push(meaning),
            None => all.push(Measured {
                kpi_id: row.kpi_id,
                brand_id: row.brand_id,
                insight: row.insight,
                archived_at: row.archived_at,
                meanings: vec![meaning],
            }),
        }
    }
    Ok(all)
}

impl Measured {
    /// What it meant on a day; on days before the first meaning, that.
    fn on(&self, place: Place, day: NaiveDate) -> Option<&Meaning> {
        let written = |meaning: &&Meaning| meaning.written_at.with_timezone(&place.zone).date_naive() <= day;
        self.meanings.iter().rev().find(written).or_else(|| self.meanings.first())
    }

    /// Whether it was there at some time of these days, and not put away before their end.
    fn in_force(&self, place: Place, (period, today): (Period, NaiveDate)) -> bool {
        let last = period.to.min(today);
        let day = |at: DateTime<Utc>| at.with_timezone(&place.zone).date_naive();
        let begun = self.meanings.first().is_some_and(|first| day(first.written_at) <= last);
        begun && self.archived_at.is_none_or(|at| day(at) > last)
    }
}

/// How many days such a period has at least.
fn least_days(period: KpiPeriod) -> i64 {
    match period {
        KpiPeriod::Week => 7,
        KpiPeriod::Month => 28,
        KpiPeriod::Quarter => 90,
        KpiPeriod::Year => 365,
    }
}

/// The period of a KPI in which a day lies: its first day, and the first of the next.
fn own_period(period: KpiPeriod, week_start: Weekday, day: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = period_start(period, week_start, day)?;
    let next = match period {
        KpiPeriod::Week => first.checked_add_days(chrono::Days::new(7)),
        KpiPeriod::Month => first.checked_add_months(Months::new(1)),
        KpiPeriod::Quarter => first.checked_add_months(Months::new(3)),
        KpiPeriod::Year => first.checked_add_months(Months::new(12)),
    };
    Some((first, next?))
}

/// Whether a figure is added up over the days of a period.
pub(in crate::insights) fn adds_up(formula: Formula) -> bool {
    matches!(formula.shape, Shape::Total(one) if one != Quantity::Followers)
        || matches!(formula.shape, Shape::Change(..))
}

/// The one whose target counts for this figure of this many days, with what it means on their last that has begun.
fn fitting(
    measured: &[Measured],
    formula: Formula,
    place: Place,
    (period, today): (Period, NaiveDate),
) -> Option<(&Measured, &Meaning)> {
    let there = measured.iter().filter(|one| one.brand_id == place.id && one.insight == formula.name);
    let mut best: Option<(&Measured, &Meaning)> = None;
    for one in there.filter(|one| one.in_force(place, (period, today))) {
        let Some(meaning) = one.on(place, period.to.min(today)) else { continue };
        // Longer is better as long as it fits; of those that do not, shorter.
        let rank = |meaning: &Meaning| {
            let days = least_days(meaning.period);
            if days <= period.days() { (true, days) } else { (false, -days) }
        };
        if best.is_none_or(|(_, known)| rank(meaning) > rank(known)) {
            best = Some((one, meaning));
        }
    }
    best
}

/// What a target asks for, in millionths: of all the days, and by now.
struct Asked {
    all: i64,
    due: i64,
}

/// The target of days, each with its part of its own period.
fn in_parts(one: &Measured, place: Place, period: Period, now: DateTime<Utc>) -> Option<Asked> {
    let today = now.with_timezone(&place.zone).date_naive();
    let (mut all, mut due) = (Decimal::ZERO, Decimal::ZERO);
    for day in period.from.iter_days().take_while(|day| *day <= period.to) {
        let meaning = one.on(place, day)?;
        let (first, next) = own_period(meaning.period, place.week_start, day)?;
        let part = Decimal::from(meaning.target_micro).checked_div(Decimal::from((next - first).num_days()))?;
        all = all.checked_add(part)?;
        if day < today {
            due = due.checked_add(part)?;
        } else if day == today {
            let (start, end) = (day_start(place.zone, day), day_start(place.zone, day.succ_opt()?));
            let (gone, whole) = ((now - start).num_seconds().max(0), (end - start).num_seconds().max(1));
            due = due.checked_add(part.checked_mul(Decimal::from(gone))?.checked_div(Decimal::from(whole))?)?;
        }
    }
    let rounded = |sum: Decimal| {
        let steps = sum.checked_div(Decimal::from(STEP))?.round_dp(0).to_i64()?;
        steps.checked_mul(STEP)
    };
    Some(Asked { all: rounded(all)?, due: rounded(due)? })
}

/// Where a figure stands, all in millionths. Targets that are not above zero have no parts: they are kept or not.
fn stands(direction: KpiDirection, figure: i64, asked: &Asked) -> Standing {
    let pace = if asked.all > 0 {
        let shares = (share_bp(figure, asked.all), share_bp(asked.due, asked.all));
        standing(direction, shares, TOLERANCE_BP)
    } else if met(direction, figure, asked.due) {
        Pace::OnTrack
    } else {
        Pace::Behind
    };
    match pace {
        Pace::Ahead => Standing::Ahead,
        Pace::OnTrack => Standing::OnTrack,
        Pace::Behind | Pace::Unknown => Standing::Behind,
    }
}

/// The target of one figure, which is a decimal and perhaps an amount, in these days: what it is now, and what was due of it by a moment that
/// may be earlier. None where the strategy sets none.
pub(in crate::insights) fn target_of(
    measured: &[Measured],
    (formula, value, currency): (Formula, Option<&str>, Option<&str>),
    (place, period): (Place, Period),
    (now, due_by): (DateTime<Utc>, DateTime<Utc>),
) -> Option<KpiTarget> {
    let today = now.with_timezone(&place.zone).date_naive();
    let (one, meaning) = fitting(measured, formula, place, (period, today))?;
    let (basis, asked) = if adds_up(formula) {
        (TargetBasis::ShareOfTime, in_parts(one, place, period, due_by)?)
    } else {
        (TargetBasis::Level, Asked { all: meaning.target_micro, due: meaning.target_micro })
    };
    let comparable = formula.unit != Unit::Money || currency == Some(meaning.unit.as_str());
    let figure = value.filter(|_| comparable).and_then(micro_of);
    Some(KpiTarget {
        kpi_id: one.kpi_id,
        direction: meaning.direction,
        period: meaning.period,
        target: text_of(asked.all),
        expected: text_of(asked.due),
        basis,
        standing: figure.map(|figure| stands(meaning.direction, figure, &asked)),
    })
}

/// The period of the strategy's target for a figure in which a day lies: of several targets the one that is asked for most often. None where
/// there is none.
pub(in crate::insights) fn running(
    measured: &[Measured],
    formula: Formula,
    place: Place,
    day: NaiveDate,
) -> Option<Period> {
    let (_, meaning) = fitting(measured, formula, place, (Period { from: day, to: day }, day))?;
    let (first, next) = own_period(meaning.period, place.week_start, day)?;
    Some(Period { from: first, to: next.pred_opt()? })
}

/// Sets the targets of a brand's figures of a period. Of visits and mentions, which are read a day later, as much is due as until the last day
/// of which they are known.
pub(in crate::insights) fn compare(
    figures: &mut [KpiFigure],
    measured: &[Measured],
    at: (Place, Period),
    (now, sums): (DateTime<Utc>, &Sums),
) {
    for figure in figures {
        let told = (figure.formula, figure.value.as_deref(), figure.currency.as_deref());
        let until = sums.known_until(&figure.formula.shape.needs()).and_then(|day| day.succ_opt());
        let due_by = until.map_or(now, |day| day_start(at.0.zone, day).min(now));
        figure.target = target_of(measured, told, at, (now, due_by));
    }
}

/// The formula of this name, of those of which there are figures.
pub(in crate::insights) fn formula_of(name: &str) -> Option<Formula> {
    Formula::ALL.into_iter().find(|formula| formula.name == name)
}

/// The name under which a figure is kept; none for those of which there are none.
pub(crate) fn name_of(kpi: Kpi) -> Option<&'static str> {
    Formula::ALL.into_iter().find(|formula| formula.kpi == kpi).map(|formula| formula.name)
}

/// The figure of this name.
pub fn kpi_of_name(name: &str) -> Option<Kpi> {
    formula_of(name).map(|formula| formula.kpi)
}

#[cfg(test)]
mod tests;
