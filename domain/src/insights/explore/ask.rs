//! What is asked, checked: which brands, in which days by their clocks, divided into which times, of which posts.

use std::collections::HashSet;

use chrono::{DateTime, Days, Months, NaiveDate, Utc, Weekday};
use diwan_entity::strategy::kpi_version::KpiPeriod;
use sea_orm::Value;
use uuid::Uuid;

use super::dimension::{Dimension, Filter, Grain, Key, Kind};
use super::statement::Statement;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::figures::{ANSWER_DUE, COUNTED_FOR, FRESH, Period, Span, begun, possible, span};
use crate::insights::kpi::{Formula, Kpi, Quantity};
use crate::insights::place::{self, Place};
use crate::permission::Action;
use crate::strategy::period_start;

/// The most brands of one answer.
pub const MOST_BRANDS: usize = 20;
/// The most times, such as days, into which the periods of all these brands are divided.
pub const MOST_TIMES: usize = 6000;
/// The most filters.
const MOST_FILTERS: usize = 20;
/// The most keys of one filter.
pub const MOST_KEYS: usize = 100;

/// A time of a brand. Its key is its first day, be it before the period.
#[derive(Debug, PartialEq, Eq)]
struct Time {
    brand_id: Uuid,
    key: NaiveDate,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// What is looked at: checked, and allowed.
#[derive(Debug)]
pub(super) struct Ground {
    pub places: Vec<Place>,
    spans: Vec<Span>,
    times: Vec<Time>,
    filters: Vec<Filter>,
}

/// What is looked at, as it was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub brand_ids: &'a [Uuid],
    /// The input field that names them, and whether it is a list.
    pub field: (&'static str, bool),
    pub period: Period,
    pub dimensions: &'a [Dimension],
    pub filters: &'a [Filter],
}

/// Of whole accounts: what is only divided by what divides accounts.
pub(super) fn of_accounts(formula: Formula) -> bool {
    let levels = [Quantity::Followers, Quantity::FollowersBefore, Quantity::FollowersAfter];
    formula.shape.needs().iter().any(|need| levels.contains(need))
}

/// Whether it is made of followers in any way.
pub(super) fn with_followers(formula: Formula) -> bool {
    let of_posts = [Quantity::FollowersOfPosts, Quantity::InteractionsOfFollowed];
    of_accounts(formula) || formula.shape.needs().iter().any(|need| of_posts.contains(need))
}

/// Whether it is made of what people ask under posts.
pub(super) fn of_messages(formula: Formula) -> bool {
    formula.shape.needs().contains(&Quantity::AnsweredMessages)
}

/// The formula of a KPI.
pub(super) fn formula_of(kpi: Kpi) -> Option<Formula> {
    Formula::ALL.into_iter().find(|formula| formula.kpi == kpi)
}

impl Ground {
    /// At most three statements.
    pub(super) async fn find(context: &Context, asked: Asked<'_>) -> Result<Self, Failure> {
        let places = places(context, &asked).await?;
        possible(asked.period)?;
        let mut wrong = Complaints::default();
        if asked.filters.len() > MOST_FILTERS {
            let many = UserError::at(Code::TooMany, "filters").number("limit", MOST_FILTERS);
            return Err(many.number("actual", asked.filters.len()).into());
        }
        for (place, filter) in asked.filters.iter().enumerate() {
            check(&mut wrong, place, filter);
        }
        wrong.check()?;
        let grain = asked.dimensions.iter().find_map(|dimension| dimension.grain());
        let (mut times, mut spans) = (Vec::new(), Vec::new());
        for place in &places {
            let today = context.now.with_timezone(&place.zone).date_naive();
            begun(asked.period, today)?;
            spans.push(span(place.zone, asked.period)?);
            times.extend(divide(place, asked.period, grain, today)?);
        }
        if times.len() > MOST_TIMES {
            let many = UserError::at(Code::TooMany, "dimensions").number("limit", MOST_TIMES);
            return Err(many.number("actual", times.len()).into());
        }
        Ok(Self { places, spans, times, filters: asked.filters.to_vec() })
    }

    /// A statement that has what each of its parts wants, in the order in which [`Statement`] says.
    pub(super) fn statement(&self, now: DateTime<Utc>) -> Statement {
        let place = |value: fn(&Place) -> Uuid| self.places.iter().map(value).collect::<Vec<Uuid>>();
        let starts: Vec<DateTime<Utc>> = self.spans.iter().map(|span| span.start).collect();
        let ends: Vec<DateTime<Utc>> = self.spans.iter().map(|span| span.end).collect();
        let zones: Vec<String> = self.places.iter().map(|place| place.zone.name().to_owned()).collect();
        let first = starts.iter().min().copied().unwrap_or(now);
        let last = ends.iter().max().copied().unwrap_or(now);
        let of_times: Vec<Uuid> = self.times.iter().map(|time| time.brand_id).collect();
        let keys: Vec<NaiveDate> = self.times.iter().map(|time| time.key).collect();
        let begins: Vec<DateTime<Utc>> = self.times.iter().map(|time| time.start).collect();
        // Followers of a time that is not over are those of now.
        let closes: Vec<DateTime<Utc>> = self.times.iter().map(|time| time.end.min(now)).collect();
        let values: Vec<Value> = vec![
            place(|place| place.id).into(),
            starts.into(),
            ends.into(),
            zones.into(),
            first.into(),
            (last + COUNTED_FOR).into(),
            diwan_platform::db::seconds(COUNTED_FOR).into(),
            diwan_networks::Metric::interactions().into(),
            (now - COUNTED_FOR).into(),
            of_times.into(),
            keys.into(),
            begins.into(),
            closes.into(),
            diwan_platform::db::seconds(FRESH).into(),
            (first - FRESH).into(),
            diwan_platform::db::seconds(ANSWER_DUE).into(),
            now.into(),
        ];
        Statement::new(values, &self.filters)
    }

    /// The day on which weeks begin, where that is the same in all of these brands; Monday unless.
    pub(super) fn week_start(&self) -> Weekday {
        let first = self.places.first().map_or(Weekday::Mon, |place| place.week_start);
        if self.places.iter().all(|place| place.week_start == first) { first } else { Weekday::Mon }
    }

    /// Whether the caller may do this in each of the brands.
    pub(super) fn may(&self, context: &Context, action: Action) -> bool {
        self.places.iter().all(|place| context.may(action, place.id))
    }
}

/// The brands, in each of which the caller may read numbers, and whatever else is asked of. Two statements.
async fn places(context: &Context, asked: &Asked<'_>) -> Result<Vec<Place>, Failure> {
    let (field, listed) = asked.field;
    if asked.brand_ids.is_empty() {
        return Err(UserError::at(Code::Invalid, field).into());
    }
    if asked.brand_ids.len() > MOST_BRANDS {
        let many = UserError::at(Code::TooMany, field).number("limit", MOST_BRANDS);
        return Err(many.number("actual", asked.brand_ids.len()).into());
    }
    let named = asked.dimensions.iter().chain(asked.filters.iter().map(|filter| &filter.dimension));
    let mut actions = vec![Action::MetricsRead];
    actions.extend(named.filter_map(|dimension| dimension.reads()));
    context.look_at_brands(asked.brand_ids).await?;
    let mut wrong = Complaints::default();
    let mut seen = HashSet::new();
    for (at, id) in asked.brand_ids.iter().enumerate() {
        let path = if listed { format!("{field}.{at}") } else { field.to_owned() };
        if !seen.insert(*id) {
            wrong.add(UserError::at(Code::Invalid, &path));
        }
        for action in &actions {
            match context.permit(*action, *id).await {
                Ok(_) => {}
                Err(Failure::Refused(errors)) => {
                    for error in errors {
                        wrong.add(UserError { field: path.split('.').map(str::to_owned).collect(), ..error });
                    }
                    break;
                }
                Err(fault) => return Err(fault),
            }
        }
    }
    wrong.check()?;
    let first = asked.brand_ids.first().copied().unwrap_or_default();
    let permit = context.permit(Action::MetricsRead, first).await?;
    let found = place::places(permit.tx(), asked.brand_ids).await?;
    if found.len() < asked.brand_ids.len() {
        return Err(UserError::at(Code::NotFound, field).into());
    }
    Ok(found)
}

fn check(wrong: &mut Complaints, place: usize, filter: &Filter) {
    let at = |field: &str| format!("filters.{place}.{field}");
    let dimension = filter.dimension;
    if dimension == Dimension::Brand || dimension.grain().is_some() {
        wrong.add(UserError::at(Code::Invalid, &at("dimension")));
    }
    if filter.keys.is_empty() {
        wrong.add(UserError::at(Code::Invalid, &at("keys")));
    }
    if filter.keys.len() > MOST_KEYS {
        let many = UserError::at(Code::TooMany, &at("keys")).number("limit", MOST_KEYS);
        wrong.add(many.number("actual", filter.keys.len()));
    }
    for (number, key) in filter.keys.iter().enumerate() {
        let fits = match (key, dimension.kind()) {
            (None, _) | (Some(Key::Id(_)), Kind::Row(..)) => true,
            (Some(Key::Word(word)), Kind::Word) => word.len() <= 40 && !word.contains('\0'),
            (Some(Key::Number(number)), Kind::Number) => {
                let all = if dimension == Dimension::Hour { 0..=23 } else { 1..=7 };
                all.contains(number)
            }
            _ => false,
        };
        if !fits {
            wrong.add(UserError::at(Code::Invalid, &at(&format!("keys.{number}"))));
        }
    }
}

/// The times of a brand that have begun. Without a grain, the whole period is one.
fn divide(place: &Place, period: Period, grain: Option<Grain>, today: NaiveDate) -> Result<Vec<Time>, Fault> {
    let beyond = || Fault::broken("a period beyond the calendar");
    let time = |key: NaiveDate, days: Period| -> Result<Time, Fault> {
        let span = span(place.zone, days)?;
        Ok(Time { brand_id: place.id, key, start: span.start, end: span.end })
    };
    let Some(grain) = grain else { return Ok(vec![time(period.from, period)?]) };
    let mut times = Vec::new();
    let mut key = match grain {
        Grain::Day => period.from,
        Grain::Longer(long) => period_start(long, place.week_start, period.from).ok_or_else(beyond)?,
    };
    while key <= period.to && key <= today {
        let next = match grain {
            Grain::Day => key.succ_opt(),
            Grain::Longer(KpiPeriod::Week) => key.checked_add_days(Days::new(7)),
            Grain::Longer(KpiPeriod::Month) => key.checked_add_months(Months::new(1)),
            Grain::Longer(KpiPeriod::Quarter) => key.checked_add_months(Months::new(3)),
            Grain::Longer(KpiPeriod::Year) => key.checked_add_months(Months::new(12)),
        };
        let next = next.ok_or_else(beyond)?;
        let last = next.pred_opt().ok_or_else(beyond)?.min(period.to);
        let found = time(key, Period { from: key.max(period.from), to: last })?;
        // A zone may leave a day out.
        if found.start < found.end {
            times.push(found);
        }
        key = next;
    }
    Ok(times)
}

/// The number of a day of the week: 1 is Monday, 7 is Sunday.
pub(super) fn number_of(day: Weekday) -> i32 {
    i32::try_from(day.number_from_monday()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn place(zone: Tz, week_start: Weekday) -> Place {
        Place { id: Uuid::nil(), zone, week_start, since: NaiveDate::MIN, archived: false }
    }

    fn keys(grain: Dimension, from: &str, to: &str) -> Vec<String> {
        let place = place(chrono_tz::Africa::Cairo, Weekday::Sat);
        let period = Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let times = divide(&place, period, grain.grain(), "2026-12-01".parse().unwrap()).unwrap();
        // Nothing is left out, and nothing is there twice.
        for pair in times.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
        let whole = span(place.zone, period).unwrap();
        assert_eq!((times[0].start, times[times.len() - 1].end), (whole.start, whole.end));
        times.iter().map(|time| time.key.to_string()).collect()
    }

    #[test]
    fn times_are_those_of_the_brand() {
        assert_eq!(
            keys(Dimension::Week, "2026-04-20", "2026-05-02"),
            ["2026-04-18", "2026-04-25", "2026-05-02"],
            "from Saturday on"
        );
        assert_eq!(keys(Dimension::Month, "2026-01-31", "2026-03-01"), ["2026-01-01", "2026-02-01", "2026-03-01"]);
        assert_eq!(keys(Dimension::Quarter, "2026-03-31", "2026-04-01"), ["2026-01-01", "2026-04-01"]);
        assert_eq!(keys(Dimension::Year, "2025-12-31", "2026-01-01"), ["2025-01-01", "2026-01-01"]);
        assert_eq!(keys(Dimension::Day, "2026-04-23", "2026-04-25").len(), 3, "clocks change at midnight of the 24th");
    }

    #[test]
    fn what_has_not_begun_is_no_time() {
        let place = place(chrono_tz::UTC, Weekday::Mon);
        let period = Period { from: "2026-01-01".parse().unwrap(), to: "2026-12-31".parse().unwrap() };
        let today = "2026-03-05".parse().unwrap();
        assert_eq!(divide(&place, period, Dimension::Month.grain(), today).unwrap().len(), 3);
        // A day that a zone left out.
        let apia = Place { zone: chrono_tz::Pacific::Apia, ..place };
        let period = Period { from: "2011-12-29".parse().unwrap(), to: "2011-12-31".parse().unwrap() };
        assert_eq!(divide(&apia, period, Dimension::Day.grain(), today).unwrap().len(), 2);
    }
}
