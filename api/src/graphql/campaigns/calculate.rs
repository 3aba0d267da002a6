//! What a campaign may bring and cost.

use async_graphql::{ComplexObject, Enum, ID, InputObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Failure;
use diwan_domain::campaigns::{
    self as domain, Assumptions, Calculation, HISTORY_DAYS, LEAST_SAMPLES, PlannedChannel, Span, WantedCalculation,
};
use diwan_entity::publishing::social_account;
use uuid::Uuid;

use crate::graphql::context::Op;
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::{Kind, Long};

/// Posts that are planned on one account.
#[derive(InputObject)]
struct PlannedChannelInput {
    /// Which account of the brand.
    social_account_id: ID,
    /// How many posts, 1 to 1000.
    posts: i32,
}

/// What something costs, from the least to the most; each above zero, in the smallest unit of the currency.
#[derive(InputObject)]
struct CostRangeInput {
    /// The least.
    low: Long,
    /// What is likely.
    likely: Long,
    /// The most.
    high: Long,
}

/// A rate in per cent, from the worst to the best: decimals above zero up to 100 such as `2.5`, with at most six digits behind the
/// point.
#[derive(InputObject)]
struct RateRangeInput {
    /// The worst.
    low: String,
    /// What is likely.
    likely: String,
    /// The best.
    high: String,
}

/// A campaign to reckon with.
#[derive(InputObject)]
pub struct CalculateCampaignInput {
    /// For which brand.
    brand_id: ID,
    /// The posts that are planned, up to 50 accounts.
    #[graphql(default)]
    channels: Vec<PlannedChannelInput>,
    /// Of all amounts, ISO 4217; needed where there are any.
    currency: Option<String>,
    /// What may be spent, above zero.
    budget_minor: Option<Long>,
    /// How many results are wanted, above zero.
    wanted_results: Option<Long>,
    /// What a click is assumed to cost.
    cost_per_click: Option<CostRangeInput>,
    /// What a result is assumed to cost.
    cost_per_result: Option<CostRangeInput>,
    /// How many of a hundred who click are assumed to become a result.
    conversion_rate: Option<RateRangeInput>,
}

impl CalculateCampaignInput {
    /// As the domain takes it.
    pub fn into_domain(self) -> Result<WantedCalculation, Failure> {
        let channels = self.channels.iter().enumerate().map(|(place, channel)| {
            let account_id =
                Kind::Account.parse(&channel.social_account_id, &format!("channels.{place}.socialAccountId"))?;
            Ok(PlannedChannel { account_id, posts: channel.posts })
        });
        let cost = |range: CostRangeInput| Span { low: range.low.0, likely: range.likely.0, high: range.high.0 };
        let rate = |range: RateRangeInput| Span { low: range.low, likely: range.likely, high: range.high };
        Ok(WantedCalculation {
            brand_id: Kind::Brand.parse(&self.brand_id, "brandId")?,
            channels: channels.collect::<Result<_, Failure>>()?,
            currency: self.currency,
            budget_minor: self.budget_minor.map(|Long(minor)| minor),
            wanted_results: self.wanted_results.map(|Long(wanted)| wanted),
            assumptions: Assumptions {
                cost_per_click: self.cost_per_click.map(cost),
                cost_per_result: self.cost_per_result.map(cost),
                conversion_rate: self.conversion_rate.map(rate),
            },
        })
    }
}

/// Something that goes into a reckoning, or comes out of it.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PartName", name = "CalculationPartName")]
pub enum PartName {
    /// What may be spent, in the smallest unit of the currency.
    Budget,
    /// How many results are wanted.
    WantedResults,
    /// What a click costs, in the smallest unit of the currency.
    CostPerClick,
    /// What a result costs, in the smallest unit of the currency.
    CostPerResult,
    /// Results of a hundred clicks, in per cent.
    ConversionRate,
    /// How many clicks the budget buys: budget / cost per click, rounded down.
    BoughtClicks,
    /// How many results the budget buys: budget / cost per result, or else clicks bought x conversion rate, rounded down.
    BoughtResults,
    /// What the wanted results cost, by their cost or else by that of their clicks, rounded up; without wanted results the budget. In
    /// the smallest unit of the currency.
    Cost,
    /// How often the posts are seen: posts x views of a post.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks of the posts: posts x those of a post.
    Engagement,
    /// How often the posts are clicked: posts x clicks of a post.
    Clicks,
    /// How many results the posts bring by themselves: clicks of the posts x conversion rate, rounded down. Not part of what is bought.
    ResultsOfPosts,
}

/// Where a part of a reckoning comes from.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::PartOrigin", name = "CalculationPartOrigin")]
pub enum PartOrigin {
    /// The caller said so.
    Stated,
    /// What the brand's own posts brought.
    History,
    /// It follows from the others.
    Reckoned,
}

/// Why a figure is missing.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Lack", name = "CalculationLack")]
pub enum Lack {
    /// Too few publications of the account have the figure.
    TooFewSamples,
    /// No posts are planned.
    NoPosts,
    /// Neither a budget nor wanted results are given.
    NoBudget,
    /// No cost is assumed that leads from money to the figure.
    NoCost,
    /// No conversion rate is assumed.
    NoConversionRate,
    /// It is more than can be reckoned with.
    TooLarge,
}

/// What is looked at of an account's publications.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Figure", name = "HistoryFigureName")]
pub enum Figure {
    /// How often a post was seen.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks together.
    Engagement,
    /// Clicks on a post or its link.
    Clicks,
}

/// A part of a reckoning, with its range.
#[derive(SimpleObject)]
pub struct CalculationPart {
    /// Which.
    name: PartName,
    /// Where it comes from.
    origin: PartOrigin,
    /// The least: a decimal.
    low: String,
    /// What is likely.
    likely: String,
    /// The most.
    high: String,
}

/// A figure that is missing.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LackingFigure {
    #[graphql(skip)]
    op: Op,
    #[graphql(skip)]
    account_id: Option<Uuid>,
    /// Which.
    name: PartName,
    /// Why.
    why: Lack,
}

#[ComplexObject]
impl LackingFigure {
    /// On which account, where it is one account's.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.account_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
}

/// How a figure of an account was spread, and what the planned posts may bring.
#[derive(SimpleObject)]
pub struct HistoryFigure {
    /// Which.
    name: Figure,
    /// How many publications have it.
    samples: Long,
    /// A quarter of the publications had no more than this; null where none has the figure.
    lower_quartile: Option<f64>,
    /// Half of them.
    median: Option<f64>,
    /// Three quarters of them.
    upper_quartile: Option<f64>,
    /// What the posts bring if each is as a quarter was; null where there are too few publications to say.
    low: Option<Long>,
    /// If each is as half was.
    likely: Option<Long>,
    /// If each is as three quarters were.
    high: Option<Long>,
}

/// What posts on one account may bring.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ChannelForecast {
    #[graphql(skip)]
    op: Op,
    #[graphql(skip)]
    account_id: Uuid,
    /// How many posts are planned.
    posts: i32,
    /// Figure by figure.
    figures: Vec<HistoryFigure>,
}

#[ComplexObject]
impl ChannelForecast {
    /// Which account.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        let row = self.op.load::<social_account::Model>(self.account_id).await?;
        Ok(row.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
}

/// What a campaign may bring and cost. What posts bring by themselves and what a budget buys are never added up.
#[derive(SimpleObject)]
pub struct CampaignCalculation {
    /// Account by account.
    channels: Vec<ChannelForecast>,
    /// Everything that went in and came out.
    parts: Vec<CalculationPart>,
    /// Every figure that is missing, and why.
    missing: Vec<LackingFigure>,
    /// Since when publications were looked at; those of the last two days do not count.
    history_since: DateTime<Utc>,
    /// How many days that is.
    history_days: Long,
    /// How many publications of an account there must be to say anything.
    least_samples: Long,
}

impl CampaignCalculation {
    /// As the domain has it.
    pub fn of(op: &Op, found: Calculation) -> Self {
        let part = |domain::Part { name, origin, span }: domain::Part| CalculationPart {
            name: name.into(),
            origin: origin.into(),
            low: span.low.normalize().to_string(),
            likely: span.likely.normalize().to_string(),
            high: span.high.normalize().to_string(),
        };
        let lacking = |lacking: domain::Lacking| LackingFigure {
            op: op.clone(),
            account_id: lacking.account_id,
            name: lacking.name.into(),
            why: lacking.why.into(),
        };
        Self {
            channels: found.channels.into_iter().map(|channel| forecast(op, channel)).collect(),
            parts: found.parts.into_iter().map(part).collect(),
            missing: found.lacking.into_iter().map(lacking).collect(),
            history_since: found.history_since,
            history_days: Long(HISTORY_DAYS),
            least_samples: Long(LEAST_SAMPLES),
        }
    }
}

fn forecast(op: &Op, channel: domain::ChannelForecast) -> ChannelForecast {
    let figures =
        channel.spreads.into_iter().zip(channel.expected).map(|((figure, spread), (_, expected))| HistoryFigure {
            name: figure.into(),
            samples: Long(spread.map_or(0, |spread| spread.samples)),
            lower_quartile: spread.map(|spread| spread.lower),
            median: spread.map(|spread| spread.median),
            upper_quartile: spread.map(|spread| spread.upper),
            low: expected.map(|span| Long(span.low)),
            likely: expected.map(|span| Long(span.likely)),
            high: expected.map(|span| Long(span.high)),
        });
    let figures = figures.collect();
    ChannelForecast { op: op.clone(), account_id: channel.account_id, posts: channel.posts, figures }
}
