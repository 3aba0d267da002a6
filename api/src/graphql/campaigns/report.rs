//! The figures with which a campaign was closed.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::campaigns as domain;
use diwan_domain::strategy::text_of;

use super::types::TargetSource;
use crate::graphql::approvals::Money;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::KpiDirection;

/// Something of a campaign that cannot be told.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::MissingFigure", name = "MissingCampaignFigure")]
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

/// What was reached of one target in the end.
#[derive(SimpleObject)]
pub struct ReportedTarget {
    /// The target's id.
    target_id: ID,
    /// What it was called.
    name: String,
    /// Where the figure comes from.
    source: TargetSource,
    /// Whether it was a floor or a ceiling.
    direction: KpiDirection,
    /// In what.
    unit: String,
    /// How much was wanted: a decimal.
    target: String,
    /// How much was reached: a decimal; null where nothing was measured or stated.
    achieved: Option<String>,
    /// Of how many publications, posts or links that is the sum; 0 for what is one value.
    counted: Long,
    /// Of how many publications the number is missing. They are not counted as zero.
    missing: Long,
    /// Whether the target was met; null where nothing was measured or stated.
    met: Option<bool>,
}

/// What was spent on one kind of thing.
#[derive(SimpleObject)]
pub struct CampaignCost {
    /// The category of the budget's lines, such as `ADS`.
    category: String,
    /// How much was spent, less what was refunded.
    amount: Money,
}

/// What a campaign came to. It never changes.
#[derive(SimpleObject)]
pub struct CampaignReport {
    /// The first day that was planned.
    from: NaiveDate,
    /// The last day that was planned.
    to: NaiveDate,
    /// When these figures were taken.
    taken_at: DateTime<Utc>,
    /// What was to be reached, and what was.
    targets: Vec<ReportedTarget>,
    /// How many posts belonged to it.
    posts: Long,
    /// How many of them were published.
    published_posts: Long,
    /// What it was to cost; null where nothing was planned.
    planned_budget: Option<Money>,
    /// How conversions are credited to the campaign's links: `FIRST_TOUCH`, `LAST_TOUCH` or `LINEAR`.
    attribution_model: String,
    /// In how many conversions its links have a part.
    conversions: Long,
    /// What it is credited with, once for each currency.
    attributed_values: Vec<Money>,
    /// What was spent from its budgets, by category and currency.
    costs: Vec<CampaignCost>,
    /// The kinds of cost of a return for which nothing was booked: whether there were none, nobody said.
    unbooked_costs: Vec<String>,
    /// Return on investment = (attributed value - all costs) / all costs: a decimal, rounded to the fourth digit behind the point, half
    /// to even. Null where a part is missing, or they are not all in one currency.
    return_on_investment: Option<String>,
    /// What is missing.
    missing: Vec<MissingFigure>,
}

impl CampaignReport {
    /// As the domain has it.
    pub fn of(report: domain::ClosingReport) -> Self {
        let domain::Return { values, costs, unbooked, roi } = report.returned;
        let target = |target: domain::ReportedTarget| ReportedTarget {
            target_id: Kind::CampaignTarget.id(target.target_id),
            name: target.name,
            source: target.source.into(),
            direction: target.direction.into(),
            unit: target.unit,
            target: text_of(target.target_micro),
            achieved: target.achieved_micro.map(text_of),
            counted: Long(target.counted),
            missing: Long(target.missing),
            met: target.met,
        };
        let cost = |cost: domain::Cost| CampaignCost { category: cost.category, amount: cost.amount.into() };
        Self {
            from: report.from,
            to: report.to,
            taken_at: report.taken_at,
            targets: report.targets.into_iter().map(target).collect(),
            posts: Long(report.posts),
            published_posts: Long(report.published_posts),
            planned_budget: report.planned.map(Money::from),
            attribution_model: report.model,
            conversions: Long(report.conversions),
            attributed_values: values.into_iter().map(Money::from).collect(),
            costs: costs.into_iter().map(cost).collect(),
            unbooked_costs: unbooked,
            return_on_investment: roi,
            missing: report.missing.into_iter().map(Into::into).collect(),
        }
    }
}
