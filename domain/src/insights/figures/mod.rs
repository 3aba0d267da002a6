//! A brand's KPIs of a period, compared with another.
//!
//! Decided here:
//! - A post belongs to the period in which it went out, by the brand's clock. It counts with what it had gathered seven days later
//!   ([`COUNTED_FOR`]), so that posts of last month and of this one are compared alike, and a period's figures stand still a week after
//!   its end. Those that are younger are counted with what they have, and told ([`Insights::young`]).
//! - Followers are a level: the newest reading of the week before either end. Where there is none, the number is missing.
//! - What nobody said is missing: a figure is made of what is known, and the networks that lack something are named with it.
//! - Amounts are never added across currencies.
//! - Whoever may read numbers may not read everything that some KPIs are made of: those have no figure for them.

mod period;
mod statements;
mod sums;

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::insights::metric_gap;
use uuid::Uuid;

pub use self::period::{Against, Period};
pub(super) use self::sums::{ANSWER_DUE, FRESH, Rights, Span, Sums, Wanted, sums};
pub use self::sums::{COUNTED_FOR, ContentTypeFigures};
use super::gaps::gaps_between;
use super::kpi::{Formula, Quantity, Unit, Untold, change, reckon};
use super::place::{Place, places};
use super::targets::{KpiTarget, compare, targets};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::finance::written;
use crate::permission::Action;
use crate::strategy::text_of;

/// The most days of a period: three years.
const MOST_DAYS: i64 = 1100;

/// Why a KPI has no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoFigure {
    /// Nobody said what it is made of.
    Missing,
    /// There was nothing to divide by.
    NothingToDivideBy,
    /// What it is made of is in more than one currency.
    ManyCurrencies,
    /// The caller may not read what it is made of.
    NotAllowed,
    /// It is beyond all limits.
    TooLarge,
}

impl From<Untold> for NoFigure {
    fn from(untold: Untold) -> Self {
        match untold {
            Untold::Missing(_) => Self::Missing,
            Untold::NothingToDivideBy => Self::NothingToDivideBy,
            Untold::TooLarge => Self::TooLarge,
        }
    }
}

/// A KPI of a period beside that of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiFigure {
    /// What it is and how it is made.
    pub formula: Formula,
    /// Of an amount.
    pub currency: Option<String>,
    /// A decimal.
    pub value: Option<String>,
    /// Why there is none.
    pub no_figure: Option<NoFigure>,
    /// The same of the other period; of an amount in the same currency.
    pub before: Option<String>,
    /// By how much it is more, a decimal in the KPI's own unit: of a rate, percentage points.
    pub difference: Option<String>,
    /// By how much it is more, in hundredths of what it was: a decimal of at most four digits behind the point. None where that was not
    /// above zero.
    pub change_percent: Option<String>,
    /// The networks that lack some of what it is made of, in this period, in alphabetical order.
    pub missing_networks: Vec<String>,
    /// The target that the brand's strategy sets for it, and where it stands beside it. None where there is none.
    pub target: Option<KpiTarget>,
}

/// What a brand's numbers say of a period.
#[derive(Debug, Clone)]
pub struct Insights {
    /// The period.
    pub period: Period,
    /// With which it is compared.
    pub compared: Period,
    /// Each KPI, in the order of the catalogue.
    pub figures: Vec<KpiFigure>,
    /// What posts of each kind brought.
    pub content_types: Vec<ContentTypeFigures>,
    /// How many publications of the period have not yet had the time for which they count.
    pub young: i64,
    /// When numbers could not be read within the period, the newest first, at most 100.
    pub gaps: Vec<metric_gap::Model>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct AskedInsights {
    /// Of which brand.
    pub brand_id: Uuid,
    /// From its first day to its last, at most 1100.
    pub period: Period,
    /// With what it is compared.
    pub against: Against,
}

/// A brand's KPIs of a period, compared with another and with the targets of its strategy. Eleven statements, however much there is.
pub async fn insights(context: &Context, asked: AskedInsights) -> Result<Insights, Failure> {
    let permit = context.permit(Action::MetricsRead, asked.brand_id).await?;
    let period = asked.period;
    possible(period)?;
    let place = places(permit.tx(), &[asked.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let Place { zone, .. } = place;
    let today = context.now.with_timezone(&zone).date_naive();
    begun(period, today)?;
    let beyond = || Fault::broken("a period beyond the calendar");
    let compared = period.compared(asked.against, today).ok_or_else(beyond)?;
    let this = span(zone, period)?;
    let rights = Rights::of(context, asked.brand_id);
    let wanted = [this, span(zone, compared)?].map(|span| Wanted::of_brand(asked.brand_id, span, rights));
    let mut both = sums(permit.tx(), context.now, &wanted).await?.into_iter();
    let now = both.next().unwrap_or_default();
    let before = both.next().unwrap_or_default();
    let mut figures: Vec<KpiFigure> = Formula::ALL.into_iter().map(|formula| figure(formula, &now, &before)).collect();
    if context.may(Action::StrategyRead, asked.brand_id) {
        let measured = targets(permit.tx(), &[asked.brand_id]).await?;
        compare(&mut figures, &measured, (place, period), (context.now, &now));
    }
    let gaps = gaps_between(context, asked.brand_id, (this.start, this.end)).await?;
    Ok(Insights { period, compared, figures, content_types: now.content_types, young: now.young, gaps })
}

/// Refuses what is no period, or a longer one than figures are told of.
pub(crate) fn possible(period: Period) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    if !(2000..=2100).contains(&period.from.year()) {
        wrong.add(UserError::at(Code::Invalid, "from"));
    }
    let days = (2000..=2103).contains(&period.to.year()).then(|| period.days());
    match days {
        Some(days) if days > MOST_DAYS => {
            wrong.add(UserError::at(Code::TooMany, "to").number("limit", MOST_DAYS).number("actual", days));
        }
        Some(1..) => {}
        Some(_) | None => wrong.add(UserError::at(Code::Invalid, "to")),
    }
    wrong.check()
}

/// Refuses a period that has not begun.
pub(super) fn begun(period: Period, today: NaiveDate) -> Result<(), UserError> {
    if period.from > today { Err(UserError::at(Code::Invalid, "from")) } else { Ok(()) }
}

/// When a period begins and ends by a zone's clocks.
pub(super) fn span(zone: Tz, period: Period) -> Result<Span, Fault> {
    let after = |date: NaiveDate| date.succ_opt().ok_or_else(|| Fault::broken("a period beyond the calendar"));
    let (start, end) = (day_start(zone, period.from), day_start(zone, after(period.to)?));
    Ok(Span { days: (period.from, period.to), start, end })
}

/// A figure of one period and its currency, where it is an amount.
pub(super) fn told(formula: Formula, sums: &Sums) -> Result<(i64, Option<String>), NoFigure> {
    let needs = formula.shape.needs();
    let mut currency = None;
    let mut minor = (None, None);
    if needs.contains(&Quantity::CostMinor) {
        let costs = sums.costs.as_ref().ok_or(NoFigure::NotAllowed)?;
        let values = sums.values.as_ref().ok_or(NoFigure::NotAllowed)?;
        let with_value = needs.contains(&Quantity::ValueMinor);
        let amounts = costs.iter().chain(values.iter().filter(|_| with_value));
        let currencies: BTreeSet<&str> = amounts.map(|money| money.currency.as_str()).collect();
        if currencies.len() > 1 {
            return Err(NoFigure::ManyCurrencies);
        }
        currency = currencies.first().map(|code| (*code).to_owned());
        minor = (costs.first().map(|money| money.minor), values.first().map(|money| money.minor));
    }
    let conversions = [Quantity::Conversions, Quantity::ConversionsFromLinks];
    let hidden = (!sums.links_told && needs.contains(&Quantity::LinkClicks))
        || (!sums.conversions_told && needs.iter().any(|need| conversions.contains(need)));
    if hidden {
        return Err(NoFigure::NotAllowed);
    }
    let sum = |quantity| match quantity {
        Quantity::CostMinor => minor.0,
        Quantity::ValueMinor => minor.1,
        other => sums.get(other),
    };
    match reckon(formula, sum) {
        Ok(value) => Ok((value, currency.filter(|_| formula.unit == Unit::Money))),
        Err(untold) => Err(untold.into()),
    }
}

/// A figure of one period beside that of another; with no target yet.
pub(super) fn figure(formula: Formula, now: &Sums, before: &Sums) -> KpiFigure {
    let needs = formula.shape.needs();
    let lacking: BTreeSet<&String> = needs.iter().flat_map(|need| now.lacking(*need)).collect();
    let (this, other) = (told(formula, now), told(formula, before));
    let no_figure = this.as_ref().err().copied();
    let (value, currency) = match this {
        Ok((value, currency)) => (Some(value), currency),
        Err(_) => (None, None),
    };
    // An amount in another currency says nothing beside this one.
    let before = other.ok().filter(|(_, code)| value.is_none() || *code == currency);
    let code = currency.or_else(|| before.as_ref().and_then(|(_, code)| code.clone()));
    let text = |value: i64| match &code {
        Some(code) => written(value, code),
        None => text_of(value),
    };
    let before = before.map(|(value, _)| value);
    let both = value.zip(before);
    KpiFigure {
        formula,
        value: value.map(text),
        no_figure,
        before: before.map(text),
        difference: both.and_then(|(now, before)| now.checked_sub(before)).map(text),
        change_percent: both.and_then(|(now, before)| change(before, now)).map(text_of),
        missing_networks: lacking.into_iter().cloned().collect(),
        currency: code,
        target: None,
    }
}

#[cfg(test)]
mod tests;
