//! The figures with which a campaign is closed. They are written down once and never reckoned anew.
//!
//! Return on investment = (attributed value - all costs) / all costs. There is one only where all of both are in one currency, for
//! amounts are not added across currencies. It is rounded to the fourth digit behind the point, half to even.

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::campaigns::campaign;
use diwan_entity::campaigns::campaign_target::TargetSource;
use diwan_entity::strategy::kpi_version::KpiDirection;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::approvals::Money;
use crate::error::Fault;

/// Digits behind the point of a return.
const DIGITS: u32 = 4;
/// The kinds of cost of which a return is made.
const COSTS: [&str; 5] = ["ADS", "INFLUENCERS", "PRODUCTION", "FREELANCERS", "STAFF"];

/// What a campaign came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingReport {
    /// The first day that was planned.
    pub from: NaiveDate,
    /// The last day that was planned.
    pub to: NaiveDate,
    /// When these figures were taken.
    pub taken_at: DateTime<Utc>,
    /// What was to be reached, and what was.
    pub targets: Vec<ReportedTarget>,
    /// How many posts belonged to it.
    pub posts: i64,
    /// And how many of them were published.
    pub published_posts: i64,
    /// What it was to cost.
    pub planned: Option<Money>,
    /// How conversions are credited: `FIRST_TOUCH`, `LAST_TOUCH` or `LINEAR`.
    pub model: String,
    /// In how many conversions its links have a part.
    pub conversions: i64,
    /// What came of it and what it cost.
    pub returned: Return,
    /// What is missing.
    pub missing: Vec<MissingFigure>,
}

/// What was reached of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedTarget {
    /// Which target.
    pub target_id: Uuid,
    /// What it was called.
    pub name: String,
    /// Where the figure comes from.
    pub source: TargetSource,
    /// Whether it was a floor or a ceiling.
    pub direction: KpiDirection,
    /// In what.
    pub unit: String,
    /// How much was wanted, in millionths of the unit.
    pub target_micro: i64,
    /// How much was reached; none where nothing was measured.
    pub achieved_micro: Option<i64>,
    /// Of how many publications, posts or links that is the sum; 0 for what is one value.
    pub counted: i64,
    /// Of how many publications it is missing.
    pub missing: i64,
    /// Whether the target was met; none where nothing was measured.
    pub met: Option<bool>,
}

/// What somebody paid for, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The category of the budget's lines.
    pub category: String,
    /// How much was spent, less what was refunded.
    pub amount: Money,
}

/// What came of a campaign and what it cost, with all its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// What it is credited with, once for each currency.
    pub values: Vec<Money>,
    /// What was spent from its budgets, by category and currency.
    pub costs: Vec<Cost>,
    /// The kinds of cost for which nothing was booked: whether there were none, nobody said.
    pub unbooked: Vec<String>,
    /// (value - costs) / costs, a decimal; none where that cannot be told.
    pub roi: Option<String>,
}

/// Something that cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MissingFigure {
    /// Of some target nothing was measured or stated.
    Target,
    /// Some publications have no numbers.
    Numbers,
    /// Nothing was spent from a budget of the campaign.
    Costs,
    /// No conversion with a value is credited to the campaign's links.
    Value,
    /// Values and costs are in more than one currency, so that there is no return.
    OneCurrency,
    /// Some kinds of cost have nothing booked.
    KindsOfCost,
}

impl Return {
    /// Reckons what can be told; what cannot is added to `missing`.
    pub(super) fn of(values: Vec<Money>, costs: Vec<Cost>, missing: &mut Vec<MissingFigure>) -> Self {
        let booked = |kind: &&str| costs.iter().any(|cost| cost.category == **kind);
        let unbooked: Vec<String> = COSTS.iter().filter(|kind| !booked(kind)).map(|kind| (*kind).to_owned()).collect();
        if values.is_empty() {
            missing.push(MissingFigure::Value);
        }
        if costs.is_empty() {
            missing.push(MissingFigure::Costs);
        } else if !unbooked.is_empty() {
            missing.push(MissingFigure::KindsOfCost);
        }
        let amounts = || values.iter().chain(costs.iter().map(|cost| &cost.amount));
        let currency = amounts().next().map(|amount| amount.currency.as_str());
        let roi = if values.is_empty() || costs.is_empty() {
            None
        } else if amounts().any(|amount| Some(amount.currency.as_str()) != currency) {
            missing.push(MissingFigure::OneCurrency);
            None
        } else {
            let sum = |minor: i128, amount: &Money| minor + i128::from(amount.minor);
            let value = values.iter().fold(0, sum);
            let cost = costs.iter().map(|cost| &cost.amount).fold(0, sum);
            return_on(value, cost)
        };
        Self { values, costs, unbooked, roi }
    }
}

/// (value - cost) / cost; none where there was no cost.
fn return_on(value: i128, cost: i128) -> Option<String> {
    if cost <= 0 {
        return None;
    }
    let gained = Decimal::try_from_i128_with_scale(value - cost, 0).ok()?;
    let cost = Decimal::try_from_i128_with_scale(cost, 0).ok()?;
    Some(gained.checked_div(cost)?.round_dp(DIGITS).normalize().to_string())
}

/// The figures of a closed campaign; none of one that is not closed.
pub fn report_of(row: &campaign::Model) -> Result<Option<ClosingReport>, Fault> {
    let read = |value: &serde_json::Value| {
        serde_json::from_value(value.clone())
            .map_err(|error| Fault::broken(format!("the report of campaign {}: {error}", row.id)))
    };
    row.report.as_ref().map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money { minor, currency: currency.to_owned() }
    }

    fn cost(category: &str, minor: i64, currency: &str) -> Cost {
        Cost { category: category.to_owned(), amount: money(minor, currency) }
    }

    #[test]
    fn a_return_is_what_came_back_beyond_the_costs() {
        let mut missing = Vec::new();
        let costs = COSTS.iter().map(|kind| cost(kind, 1000, "EUR")).collect();
        let returned = Return::of(vec![money(7500, "EUR")], costs, &mut missing);
        assert_eq!(returned.roi.as_deref(), Some("0.5"));
        assert_eq!(missing, []);
        assert_eq!(return_on(0, 300).as_deref(), Some("-1"));
        assert_eq!(return_on(400, 300).as_deref(), Some("0.3333"));
        assert_eq!(return_on(400, 0), None);
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_added_across_currencies() {
        let mut missing = Vec::new();
        let returned = Return::of(Vec::new(), Vec::new(), &mut missing);
        assert_eq!(returned.roi, None);
        assert_eq!(missing, [MissingFigure::Value, MissingFigure::Costs]);
        let mut missing = Vec::new();
        let costs = vec![cost("ADS", 100, "EUR"), cost("TOOLS", 100, "USD")];
        let returned = Return::of(vec![money(500, "EUR")], costs, &mut missing);
        assert_eq!(returned.roi, None);
        assert_eq!(missing, [MissingFigure::KindsOfCost, MissingFigure::OneCurrency]);
        assert_eq!(returned.unbooked, ["INFLUENCERS", "PRODUCTION", "FREELANCERS", "STAFF"]);
    }

    proptest! {
        #[test]
        fn there_is_a_gain_exactly_where_more_came_than_went(value in 0..i64::MAX, cost in 1..i64::MAX) {
            let roi: Decimal = return_on(value.into(), cost.into()).unwrap().parse().unwrap();
            let fits = if value >= cost { roi >= Decimal::ZERO } else { roi <= Decimal::ZERO };
            prop_assert!(fits, "{}", roi);
            prop_assert!(roi >= Decimal::NEGATIVE_ONE);
        }
    }
}
