//! Figures by dimensions, and when posts do well, as the API shows them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::insights::Period;
use diwan_domain::insights::explore::{self as domain, AskedGroups, AskedHeatMap, Dimension, Filter, Key, Order};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::{Code, Failure, UserError};
use uuid::Uuid;

use super::figures::{InsightUnit, NoInsightFigure};
use super::ranked::{self, RankedPosts, RankedPostsInput};
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};

/// A KPI that can be divided. What each is made of says `insights { figures { formula } }`.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub(super) enum ExploreMetric {
    /// How many follow the accounts at the end of each group's time.
    Followers,
    /// How many more than at its beginning, of the accounts of which both are known.
    FollowerGrowth,
    /// The same in hundredths of those at the beginning.
    AudienceGrowthRate,
    /// Publications that went out.
    PublishedPosts,
    /// How many people or accounts saw each publication, added up.
    Reach,
    /// How often publications were seen, as each network counts it.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks.
    Interactions,
    /// Interactions of a publication on average.
    InteractionsPerPost,
    /// Interactions by the followers of the account, in hundredths.
    EngagementRateByFollowers,
    /// Interactions by reach, in hundredths.
    EngagementRateByReach,
    /// Dislikes by interactions and dislikes together, in hundredths.
    NegativeFeedbackRate,
    /// From each message under a post to the first answer, by answered messages, in seconds; at the time at which was asked.
    ResponseTime,
    /// Answered messages by those to which an answer was due, in hundredths; at the time at which was asked.
    ResponseRate,
}

/// Each of them beside the KPI that it is.
const METRICS: [(ExploreMetric, Kpi); 13] = [
    (ExploreMetric::Followers, Kpi::Followers),
    (ExploreMetric::FollowerGrowth, Kpi::FollowerGrowth),
    (ExploreMetric::AudienceGrowthRate, Kpi::AudienceGrowthRate),
    (ExploreMetric::PublishedPosts, Kpi::PublishedPosts),
    (ExploreMetric::Reach, Kpi::Reach),
    (ExploreMetric::Views, Kpi::Views),
    (ExploreMetric::Interactions, Kpi::Interactions),
    (ExploreMetric::InteractionsPerPost, Kpi::InteractionsPerPost),
    (ExploreMetric::EngagementRateByFollowers, Kpi::EngagementRateByFollowers),
    (ExploreMetric::EngagementRateByReach, Kpi::EngagementRateByReach),
    (ExploreMetric::NegativeFeedbackRate, Kpi::NegativeFeedbackRate),
    (ExploreMetric::ResponseTime, Kpi::ResponseTime),
    (ExploreMetric::ResponseRate, Kpi::ResponseRate),
];

fn kpi(metric: ExploreMetric) -> Kpi {
    METRICS.iter().find(|(known, _)| *known == metric).map_or(Kpi::PublishedPosts, |(_, kpi)| *kpi)
}

/// By what figures are divided. Days and hours are those of each brand's clock.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Dimension")]
enum ExploreDimension {
    /// The brand.
    Brand,
    /// The account that published.
    Account,
    /// Its network.
    Network,
    /// The campaign of the post. Needs the right to read campaigns.
    Campaign,
    /// The content pillar of the post. Needs the right to read the strategy.
    Pillar,
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` (several images, or the pages of a document) or `VIDEO`.
    ContentType,
    /// Who made the post. Needs the right to read members.
    Author,
    /// The day of the week on which it went out: 1 is Monday, 7 is Sunday.
    Weekday,
    /// The hour at which it went out, 0 to 23. Where clocks go back, the hour that is there twice is one.
    Hour,
    /// The day.
    Day,
    /// The week, from the brand's first day of the week on.
    Week,
    /// The month.
    Month,
    /// The quarter.
    Quarter,
    /// The year.
    Year,
}

/// By what posts are chosen.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum ExploreFilterDimension {
    /// The account that published.
    Account,
    /// Its network.
    Network,
    /// The campaign of the post. Needs the right to read campaigns.
    Campaign,
    /// The content pillar of the post. Needs the right to read the strategy.
    Pillar,
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` (several images, or the pages of a document) or `VIDEO`.
    ContentType,
    /// Who made the post. Needs the right to read members.
    Author,
    /// The day of the week on which it went out: 1 is Monday, 7 is Sunday.
    Weekday,
    /// The hour at which it went out, 0 to 23.
    Hour,
}

/// Only posts of some of the things by which figures are divided.
#[derive(InputObject)]
pub(super) struct ExploreFilterInput {
    /// Of what kind these are.
    dimension: ExploreFilterDimension,
    /// 1 to 100 keys as groups have them; null for posts that have no such thing.
    keys: Vec<Option<String>>,
}

/// In which order groups are told.
#[derive(InputObject)]
struct ExploreOrderInput {
    /// By this figure, one of those that are asked for; by the keys unless given. Groups without a figure are the last.
    metric: Option<ExploreMetric>,
    /// From the greatest on.
    #[graphql(default)]
    descending: bool,
}

/// What figures are asked for.
#[derive(InputObject)]
struct ExploreInsightsInput {
    /// Of which brands, 1 to 20, each once.
    brand_ids: Vec<ID>,
    /// The first day, by each brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// Which figures, each once.
    metrics: Vec<ExploreMetric>,
    /// By what they are divided, at most 3, of which one may be a time. By none: one group of everything.
    #[graphql(default)]
    dimensions: Vec<ExploreDimension>,
    /// Of which posts alone; all of them must be true.
    #[graphql(default)]
    filters: Vec<ExploreFilterInput>,
    /// In which order; by the keys unless given.
    order_by: Option<ExploreOrderInput>,
    /// How many groups, 1 to 500.
    #[graphql(default = 100)]
    first: i32,
}

/// For which posts of a brand it is asked when they do well.
#[derive(InputObject)]
struct InsightsHeatMapInput {
    /// Of which brand.
    brand_id: ID,
    /// The first day, by the brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// Of which posts alone; all of them must be true.
    #[graphql(default)]
    filters: Vec<ExploreFilterInput>,
}

/// A figure of a group. What is missing is null, never zero.
#[derive(SimpleObject)]
pub(super) struct ExploreFigure {
    /// Which.
    metric: ExploreMetric,
    /// In what it is told.
    unit: InsightUnit,
    /// A decimal of at most four digits behind the point, rounded half to even.
    value: Option<String>,
    /// Why there is none.
    no_value: Option<NoInsightFigure>,
    /// The networks that lack some of what it is made of: it is the figure of the others alone.
    missing_networks: Vec<String>,
}

impl ExploreFigure {
    pub(super) fn of(figure: domain::GroupFigure) -> Option<Self> {
        let (metric, _) = METRICS.iter().find(|(_, kpi)| *kpi == figure.formula.kpi)?;
        Some(Self {
            metric: *metric,
            unit: figure.formula.unit.into(),
            value: figure.value,
            no_value: figure.no_figure.map(Into::into),
            missing_networks: figure.missing_networks,
        })
    }
}

/// A key of a group.
#[derive(SimpleObject)]
struct ExploreKey {
    /// Of what kind.
    dimension: ExploreDimension,
    /// An id, a name of a network or a kind, a number, or the first day of a time, which may lie before the period. Null for posts that have
    /// no such thing.
    key: Option<String>,
    /// What it is called, where it has a name of its own.
    label: Option<String>,
}

/// Figures of one group.
#[derive(SimpleObject)]
struct ExploreGroup {
    /// A key for each dimension, in their order.
    keys: Vec<ExploreKey>,
    /// Each figure that was asked for, in their order.
    figures: Vec<ExploreFigure>,
    /// How many publications of it went out.
    posts: Long,
    /// How many of them have not been out for seven days: they count with what they have.
    young_posts: Long,
}

/// Figures by dimensions.
#[derive(SimpleObject)]
struct ExploredInsights {
    /// The first groups.
    groups: Vec<ExploreGroup>,
    /// How many there are in all.
    total_count: Long,
    /// Whether there are more than these.
    more: bool,
}

/// An hour of the week.
#[derive(SimpleObject)]
struct HeatMapCell {
    /// The day of the week: 1 is Monday, 7 is Sunday.
    weekday: i32,
    /// The hour by the brand's clock, 0 to 23.
    hour: i32,
    /// How many publications went out in it.
    posts: Long,
    /// How many of them have a number of interactions.
    counted: Long,
    /// Whether that is enough to say anything. Where it is not, there is neither a mean nor a median.
    enough: bool,
    /// Interactions of one publication on average: a decimal of at most four digits behind the point.
    mean: Option<String>,
    /// Interactions of the publication in the middle: a decimal. One post that did very well does not move it.
    median: Option<String>,
}

/// When posts do well.
#[derive(SimpleObject)]
struct InsightsHeatMap {
    /// Every hour of the week in which something went out, from the brand's first day of the week on.
    cells: Vec<HeatMapCell>,
    /// How many publications went out.
    posts: Long,
    /// How many of them have a number of interactions.
    counted: Long,
    /// Whether that is enough to say anything of an hour.
    enough: bool,
    /// How many are needed in all.
    needed: i32,
    /// How many are needed in an hour of the week for anything to be said of that hour.
    needed_per_time: i32,
    /// The networks of publications without such a number.
    missing_networks: Vec<String>,
}

/// What a key of a dimension is in the API.
fn kind_of(dimension: Dimension) -> Option<Kind> {
    match dimension {
        Dimension::Brand => Some(Kind::Brand),
        Dimension::Account => Some(Kind::Account),
        Dimension::Campaign => Some(Kind::Campaign),
        Dimension::Pillar => Some(Kind::Pillar),
        Dimension::Author => Some(Kind::User),
        _ => None,
    }
}

/// A key as text; `kind` is that of its id.
pub(super) fn text_of(kind: Option<Kind>, key: &Key) -> String {
    match key {
        Key::Id(id) => kind.map_or_else(|| id.to_string(), |kind| kind.id(*id).0),
        Key::Word(word) => word.clone(),
        Key::Number(number) => number.to_string(),
        Key::Day(day) => day.to_string(),
    }
}

/// The ids of brands.
pub(super) fn brands(ids: &[ID]) -> Result<Vec<Uuid>, Failure> {
    ids.iter().enumerate().map(|(place, id)| Kind::Brand.parse(id, &format!("brandIds.{place}"))).collect()
}

/// The filters as the domain takes them.
pub(super) fn filters(filters: Vec<ExploreFilterInput>) -> Result<Vec<Filter>, Failure> {
    let filter = |(place, filter): (usize, ExploreFilterInput)| {
        let dimension = match filter.dimension {
            ExploreFilterDimension::Account => Dimension::Account,
            ExploreFilterDimension::Network => Dimension::Network,
            ExploreFilterDimension::Campaign => Dimension::Campaign,
            ExploreFilterDimension::Pillar => Dimension::Pillar,
            ExploreFilterDimension::ContentType => Dimension::ContentType,
            ExploreFilterDimension::Author => Dimension::Author,
            ExploreFilterDimension::Weekday => Dimension::Weekday,
            ExploreFilterDimension::Hour => Dimension::Hour,
        };
        let key = |(number, text): (usize, Option<String>)| -> Result<Option<Key>, Failure> {
            let Some(text) = text else { return Ok(None) };
            let at = format!("filters.{place}.keys.{number}");
            Ok(Some(match (kind_of(dimension), dimension) {
                (Some(kind), _) => Key::Id(kind.parse(&ID(text), &at)?),
                (None, Dimension::Weekday | Dimension::Hour) => {
                    Key::Number(text.parse().map_err(|_| UserError::at(Code::Invalid, &at))?)
                }
                (None, _) => Key::Word(text),
            }))
        };
        let keys = filter.keys.into_iter().enumerate().map(key).collect::<Result<Vec<_>, Failure>>()?;
        Ok(Filter { dimension, keys })
    };
    filters.into_iter().enumerate().map(filter).collect()
}

impl ExploreInsightsInput {
    fn into_domain(self) -> Result<AskedGroups, Failure> {
        let order = self.order_by.map_or(Order { by: None, descending: false }, |order| Order {
            by: order.metric.map(kpi),
            descending: order.descending,
        });
        Ok(AskedGroups {
            brand_ids: brands(&self.brand_ids)?,
            period: Period { from: self.from, to: self.to },
            metrics: self.metrics.into_iter().map(kpi).collect(),
            dimensions: self.dimensions.into_iter().map(Into::into).collect(),
            filters: filters(self.filters)?,
            order,
            most: usize::try_from(self.first).map_err(|_| UserError::at(Code::Invalid, "first"))?,
        })
    }
}

fn group(group: domain::Group) -> ExploreGroup {
    let key = |key: domain::GroupKey| ExploreKey {
        dimension: key.dimension.into(),
        key: key.key.map(|found| text_of(kind_of(key.dimension), &found)),
        label: key.label,
    };
    ExploreGroup {
        keys: group.keys.into_iter().map(key).collect(),
        figures: group.figures.into_iter().filter_map(ExploreFigure::of).collect(),
        posts: Long(group.posts),
        young_posts: Long(group.young),
    }
}

/// What groups cost: they come in one statement, so each counts a quarter of what a row of a list counts; going through the posts of a
/// period counts as much as a hundred fields.
fn cost(first: i32, child: usize) -> usize {
    let most = i32::try_from(domain::MOST_GROUPS).unwrap_or(i32::MAX);
    let rows = usize::try_from(first.clamp(1, most)).unwrap_or(1);
    100 + child + rows * child / 4
}

/// Queries for figures by dimensions.
#[derive(Default)]
pub struct ExploreQuery;

#[Object]
impl ExploreQuery {
    /// Figures of one or several brands, divided by up to three dimensions. Rates are made of each group's sums, never of averages.
    /// Followers are divided by brand, account, network and time alone: by anything else they are refused (`NOT_BY_DIMENSION`). Divided by
    /// these alone, groups in which nothing went out are told, too. Response time and rate are of messages: the times, weekdays and hours by
    /// which they are divided and chosen are those at which was asked, and all else is that of the post. For MID and above, in each of the
    /// brands.
    #[graphql(complexity = "cost(input.first, child_complexity)")]
    async fn explore_insights(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: ExploreInsightsInput,
    ) -> Result<ExploredInsights> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let asked = op.query(input.into_domain())?;
        let found = op.query(domain::explore(op, asked).await)?;
        let shown = i64::try_from(found.groups.len()).unwrap_or(i64::MAX);
        Ok(ExploredInsights {
            more: found.in_all > shown,
            total_count: Long(found.in_all),
            groups: found.groups.into_iter().map(group).collect(),
        })
    }

    /// How posts of a brand do by the hour of the week at which they went out. What goes together need not be because of each other. For
    /// MID and above.
    #[graphql(complexity = "100 + 40 * child_complexity")]
    async fn insights_heat_map(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: InsightsHeatMapInput,
    ) -> Result<InsightsHeatMap> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let asked = AskedHeatMap {
            brand_id: op.query(Kind::Brand.parse(&input.brand_id, "brandId"))?,
            period: Period { from: input.from, to: input.to },
            filters: op.query(filters(input.filters))?,
        };
        let found = op.query(domain::heat_map(op, asked).await)?;
        let cell = |cell: domain::HeatCell| HeatMapCell {
            weekday: cell.weekday,
            hour: cell.hour,
            posts: Long(cell.posts),
            counted: Long(cell.counted),
            enough: cell.enough,
            mean: cell.mean,
            median: cell.median,
        };
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(InsightsHeatMap {
            cells: found.cells.into_iter().map(cell).collect(),
            posts: Long(found.posts),
            counted: Long(found.counted),
            enough: found.enough,
            needed: number(diwan_domain::calendar::LEAST_POSTS),
            needed_per_time: number(diwan_domain::calendar::LEAST_PER_TIME),
            missing_networks: found.missing_networks,
        })
    }

    /// The publications of a period that did best by a number, each with its figures, and what they have in common. A publication counts
    /// with what it had gathered seven days after it went out. For MID and above, in each of the brands.
    #[graphql(complexity = "ranked::cost(input.first, child_complexity)")]
    async fn top_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: RankedPostsInput,
    ) -> Result<RankedPosts> {
        ranked::ranked(ctx, input, true).await
    }

    /// The publications of a period that did least well by a number, likewise. For MID and above, in each of the brands.
    #[graphql(complexity = "ranked::cost(input.first, child_complexity)")]
    async fn bottom_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: RankedPostsInput,
    ) -> Result<RankedPosts> {
        ranked::ranked(ctx, input, false).await
    }
}
