//! Looking at the figures of alerts: all of a brand's at once, in as many statements as those of one.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use diwan_entity::insights::insight_alert::{self, AlertBound, AlertKind};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::season::{Band, WEEKS};
use crate::calendar::day_start;
use crate::error::Fault;
use crate::finance::written;
use crate::insights::figures::{Period, Rights, Sums, Wanted, span, sums, told};
use crate::insights::kpi::{Formula, Quantity, Shape, Unit};
use crate::insights::place::Place;
use crate::insights::targets::{Measured, Standing, formula_of, running, target_of, targets};
use crate::strategy::{micro_of, text_of};

/// Millionths of one: a number of things is no part of one.
const ONE: i64 = 1_000_000;

/// What was seen of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub alarm: bool,
    /// All in millionths of the KPI's unit, of an amount of its currency's own unit.
    pub figure: i64,
    pub expected: i64,
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub currency: Option<String>,
}

/// Sums that are asked for once each, whichever alerts want them.
struct Asked<'a> {
    place: Place,
    day: NaiveDate,
    /// How long after the end of the days it is looked at them.
    after: TimeDelta,
    wanted: Vec<Wanted>,
    known: HashMap<(Option<Uuid>, NaiveDate, NaiveDate), usize>,
    measured: &'a [Measured],
}

/// Where the sums of an alert are, the newest first; none where the brand or the account was not there then.
type Places = Vec<Option<usize>>;

/// A figure in millionths, and its currency where it is an amount.
type Figure = (i64, Option<String>);

impl Asked<'_> {
    /// The sums of these days, as they were known as long after their end as the newest are now.
    fn days(&mut self, account_id: Option<Uuid>, from: NaiveDate, to: NaiveDate) -> Result<usize, Fault> {
        if let Some(place) = self.known.get(&(account_id, from, to)) {
            return Ok(*place);
        }
        let span = span(self.place.zone, Period { from, to })?;
        let known_by = Some(span.end + self.after);
        let rights = Rights::ALL;
        self.wanted.push(Wanted { brand_id: self.place.id, account_id, span, known_by, rights });
        let place = self.wanted.len() - 1;
        self.known.insert((account_id, from, to), place);
        Ok(place)
    }

    /// What an alert wants: of the days themselves, and of earlier ones, by which it is seen whether something is missing that was there.
    fn of(&mut self, alert: &insight_alert::Model, formula: Formula) -> Result<Places, Fault> {
        let account_id = alert.social_account_id;
        let Some(window) = alert.window_days else {
            let Some(own) = running(self.measured, formula, self.place, self.day) else { return Ok(Places::new()) };
            let length = u64::try_from(own.days()).unwrap_or_default();
            let before = own.from.checked_sub_days(Days::new(length)).zip(own.from.pred_opt());
            let before = before.filter(|(from, _)| *from >= self.place.since);
            let newest = self.days(None, own.from, self.day)?;
            return Ok(vec![Some(newest), before.map(|(from, to)| self.days(None, from, to)).transpose()?]);
        };
        let since = account_id.and_then(made_at).map(|at| at.with_timezone(&self.place.zone).date_naive());
        let since = since.map_or(self.place.since, |day| day.max(self.place.since));
        let mut places = Places::new();
        for week in 0..=WEEKS {
            let to = self.day.checked_sub_days(Days::new(u64::from(week) * 7));
            let before = u64::try_from(window - 1).unwrap_or_default();
            let from = to.and_then(|to| to.checked_sub_days(Days::new(before)));
            let days = from.zip(to).filter(|(from, _)| week == 0 || *from >= since);
            places.push(days.map(|(from, to)| self.days(account_id, from, to)).transpose()?);
        }
        Ok(places)
    }
}

/// When something was made, by its id.
fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// A figure as alerts keep it; none where there is none.
fn figure_of(formula: Formula, sums: &Sums) -> Option<Figure> {
    let (value, currency) = told(formula, sums).ok()?;
    match currency {
        Some(code) => Some((micro_of(&written(value, &code))?, Some(code))),
        None => Some((value, None)),
    }
}

/// What a figure was in earlier days beside the newest; none where it was made of less then, or of visits of other sites. Followers are those of
/// the accounts that are there now: one that was taken away is no fall.
fn figure_before(formula: Formula, before: &Sums, newest: &Sums) -> Option<Figure> {
    let needs = formula.shape.needs();
    if before.lost(&needs, newest) || before.of_other_sources(&needs, newest) {
        return None;
    }
    if formula.shape == Shape::Total(Quantity::Followers) {
        return Some((before.followers_of(newest)?.checked_mul(ONE)?, None));
    }
    figure_of(formula, before)
}

/// What is to be said of each alert for a day that is over, in their order; none where a figure is missing, or a part of it that was there in
/// one of the weeks before: that is no alarm, and takes none back. Ten statements at most, however many alerts there are.
pub(super) async fn look(
    tx: &DatabaseTransaction,
    place: Place,
    (day, now): (NaiveDate, DateTime<Utc>),
    alerts: &[insight_alert::Model],
) -> Result<Vec<Option<Seen>>, Fault> {
    let with_target = alerts.iter().any(|alert| alert.kind == AlertKind::TargetMissed);
    let measured = if with_target { targets(tx, &[place.id]).await? } else { Vec::new() };
    let next = day.succ_opt().ok_or_else(|| Fault::broken("the end of the calendar"))?;
    let end = day_start(place.zone, next);
    let (wanted, known) = (Vec::new(), HashMap::new());
    let mut asked = Asked { place, day, after: now - end, wanted, known, measured: &measured };
    let mut ground: Vec<Option<(Formula, Places)>> = Vec::new();
    for alert in alerts {
        let formula = formula_of(&alert.kpi);
        ground.push(formula.map(|formula| asked.of(alert, formula).map(|places| (formula, places))).transpose()?);
    }
    let found = if asked.wanted.is_empty() { Vec::new() } else { sums(tx, now, &asked.wanted).await? };
    let judged = alerts.iter().zip(ground).map(|(alert, ground)| {
        let (formula, places) = ground?;
        let of = |place: &Option<usize>| found.get((*place)?);
        let newest = places.first().and_then(of)?;
        let earlier: Vec<&Sums> = places.iter().skip(1).filter_map(of).collect();
        let needs = formula.shape.needs();
        if newest.lacks_days(&needs) || earlier.iter().any(|before| newest.lost(&needs, before)) {
            return None;
        }
        let this = figure_of(formula, newest)?;
        match alert.kind {
            AlertKind::Threshold => threshold(alert, this),
            AlertKind::Unusual => {
                let before = earlier.iter().filter_map(|before| figure_before(formula, before, newest));
                unusual(formula, this, &before.collect::<Vec<_>>())
            }
            AlertKind::TargetMissed => missed(&measured, formula, (place, day, end), this),
        }
    });
    Ok(judged.collect())
}

fn threshold(alert: &insight_alert::Model, (figure, currency): Figure) -> Option<Seen> {
    let threshold = alert.threshold_micro?;
    // An amount in another currency says nothing beside this one.
    if alert.currency != currency {
        return None;
    }
    let (alarm, low, high) = match alert.bound? {
        AlertBound::Above => (figure > threshold, None, Some(threshold)),
        AlertBound::Below => (figure < threshold, Some(threshold), None),
    };
    Some(Seen { alarm, figure, expected: threshold, low, high, currency })
}

fn unusual(formula: Formula, (figure, currency): Figure, before: &[Figure]) -> Option<Seen> {
    let alike: Vec<i64> = before.iter().filter(|(_, code)| *code == currency).map(|(value, _)| *value).collect();
    let least = if formula.unit == Unit::Count { ONE } else { 0 };
    let band = Band::of(&alike, least)?;
    Some(Seen {
        alarm: !band.holds(figure),
        figure,
        expected: band.middle,
        low: Some(band.low),
        high: Some(band.high),
        currency,
    })
}

/// As the figure stood when the day ended, beside the target that was in force on that day.
fn missed(
    measured: &[Measured],
    formula: Formula,
    (place, day, end): (Place, NaiveDate, DateTime<Utc>),
    (figure, currency): Figure,
) -> Option<Seen> {
    let period = running(measured, formula, place, day)?;
    let value = text_of(figure);
    let on = end - TimeDelta::seconds(1);
    let target = target_of(measured, (formula, Some(&value), currency.as_deref()), (place, period), (on, end))?;
    let expected = micro_of(&target.expected)?;
    let alarm = target.standing? == Standing::Behind;
    Some(Seen { alarm, figure, expected, low: None, high: None, currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::kpi::Kpi;

    #[test]
    fn amounts_are_looked_at_in_their_own_currency_alone() {
        let formula = Formula::ALL.into_iter().find(|formula| formula.kpi == Kpi::CostPerResult).unwrap();
        let euros = |value| (value, Some("EUR".to_owned()));
        let mut before: Vec<Figure> = vec![euros(5_000_000); 6];
        let seen = unusual(formula, euros(9_000_000), &before).unwrap();
        assert_eq!(
            (seen.alarm, seen.expected, seen.low, seen.high),
            (true, 5_000_000, Some(4_750_000), Some(5_250_000))
        );
        assert_eq!(unusual(formula, (9_000_000, Some("USD".to_owned())), &before), None);
        before[0].1 = Some("USD".to_owned());
        assert_eq!(unusual(formula, euros(9_000_000), &before), None, "five weeks are too few");
    }
}
