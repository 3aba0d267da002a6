//! A brand's KPIs of a period as the API shows them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights::kpi::{Formula, Kpi, Unit};
use diwan_domain::insights::{self as domain, Against, AskedInsights, NoFigure, Period};
use diwan_entity::insights::metric_gap;

use super::targets::KpiTargetStatus;
use crate::graphql::context::Op;
use crate::graphql::publishing::{Publication, SocialAccount};
use crate::graphql::scalars::{Kind, Long};

/// A figure that says how a brand does. What each is made of says `InsightFigure.formula`.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum InsightKpi {
    /// How many follow the brand's accounts at the end.
    Followers,
    /// How many more than at the beginning, of the accounts of which both are known.
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
    /// Dislikes by interactions and dislikes together, in hundredths: of publications of which both are known.
    NegativeFeedbackRate,
    /// Clicks on the brand's short links.
    ReferralTraffic,
    /// Visits of the brand's pages, as `webSources` count them.
    Sessions,
    /// Those of them that came from social networks.
    SocialSessions,
    /// Visits that ended where they began, of those of which it is known, in hundredths.
    BounceRate,
    /// How often the brand was spoken of, as `mentionSources` count it.
    Mentions,
    /// Mentions of the brand by those of all that it is compared with, in hundredths: of the days of a source on which all of them are known.
    ShareOfVoice,
    /// Conversions that were recorded.
    Conversions,
    /// Conversions that a link led to by clicks on links, in hundredths.
    ConversionRate,
    /// Publications that went out by those that were due, in hundredths.
    PostingConsistency,
    /// From each message under a post to the first answer, by answered messages, in seconds.
    ResponseTime,
    /// Answered messages by those to which an answer was due, in hundredths.
    ResponseRate,
    /// Costs by conversions.
    CostPerResult,
    /// What conversions that a link led to were worth beyond the costs, by the costs, in hundredths.
    ReturnOnInvestment,
}

impl InsightKpi {
    pub(super) fn of(kpi: Kpi) -> Self {
        match kpi {
            Kpi::Followers => Self::Followers,
            Kpi::FollowerGrowth => Self::FollowerGrowth,
            Kpi::AudienceGrowthRate => Self::AudienceGrowthRate,
            Kpi::PublishedPosts => Self::PublishedPosts,
            Kpi::Reach => Self::Reach,
            Kpi::Views => Self::Views,
            Kpi::Interactions => Self::Interactions,
            Kpi::InteractionsPerPost => Self::InteractionsPerPost,
            Kpi::EngagementRateByFollowers => Self::EngagementRateByFollowers,
            Kpi::EngagementRateByReach => Self::EngagementRateByReach,
            Kpi::ReferralTraffic => Self::ReferralTraffic,
            Kpi::Sessions => Self::Sessions,
            Kpi::SocialSessions => Self::SocialSessions,
            Kpi::BounceRate => Self::BounceRate,
            Kpi::Mentions => Self::Mentions,
            Kpi::ShareOfVoice => Self::ShareOfVoice,
            Kpi::Conversions => Self::Conversions,
            Kpi::ConversionRate => Self::ConversionRate,
            Kpi::PostingConsistency => Self::PostingConsistency,
            Kpi::CostPerResult => Self::CostPerResult,
            Kpi::ReturnOnInvestment => Self::ReturnOnInvestment,
            Kpi::ResponseTime => Self::ResponseTime,
            Kpi::ResponseRate => Self::ResponseRate,
            Kpi::NegativeFeedbackRate => Self::NegativeFeedbackRate,
        }
    }

    /// The figure of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        domain::kpi_of_name(name).map(Self::of)
    }

    /// The figure itself.
    pub fn kpi(self) -> Option<Kpi> {
        Formula::ALL.into_iter().map(|formula| formula.kpi).find(|known| Self::of(*known) == self)
    }
}

/// In what a figure is told.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Unit")]
pub(super) enum InsightUnit {
    /// A number of things or people.
    Count,
    /// Hundredths.
    Percent,
    /// An amount in the currency that is named.
    Money,
    /// Seconds.
    Seconds,
}

/// With what a period is compared. Of a period that is not over, only with as many days as have begun of it.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Against")]
pub(super) enum InsightComparison {
    /// As many months right before whole months, as many days right before any others.
    PeriodBefore,
    /// The same days a year before.
    YearBefore,
}

/// Why there is no figure.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "NoFigure")]
pub(super) enum NoInsightFigure {
    /// Nobody said what it is made of.
    Missing,
    /// There was nothing to divide by.
    NothingToDivideBy,
    /// What it is made of is in more than one currency.
    ManyCurrencies,
    /// You may not read what it is made of.
    NotAllowed,
    /// It is beyond all limits.
    TooLarge,
}

/// A KPI of a period beside that of another. What is missing is null, never zero.
#[derive(SimpleObject)]
pub(super) struct InsightFigure {
    /// Which.
    kpi: InsightKpi,
    /// In what it is told.
    unit: InsightUnit,
    /// The currency of an amount.
    currency: Option<String>,
    /// A decimal of at most four digits behind the point, rounded half to even; an amount in its currency's own unit.
    value: Option<String>,
    /// Why there is none.
    no_value: Option<NoInsightFigure>,
    /// The same of the other period: a decimal.
    before: Option<String>,
    /// By how much it is more, in its own unit: a decimal; of hundredths, percentage points.
    difference: Option<String>,
    /// By how much it is more, in hundredths of what it was: a decimal. Null where that was not above zero.
    change_percent: Option<String>,
    /// The networks that lack some of what it is made of: it is the figure of the others alone.
    missing_networks: Vec<String>,
    /// The target that the brand's strategy sets for it, and where it stands; null where there is none, or where you may not read the strategy.
    target: Option<KpiTargetStatus>,
    /// How it is made.
    formula: String,
    /// Who defines it so.
    source: String,
}

impl InsightFigure {
    pub(super) fn of(op: &Op, figure: domain::KpiFigure) -> Self {
        Self {
            target: KpiTargetStatus::of(op, &figure),
            kpi: InsightKpi::of(figure.formula.kpi),
            unit: figure.formula.unit.into(),
            currency: figure.currency,
            value: figure.value,
            no_value: figure.no_figure.map(Into::into),
            before: figure.before,
            difference: figure.difference,
            change_percent: figure.change_percent,
            missing_networks: figure.missing_networks,
            formula: figure.formula.written.to_owned(),
            source: figure.formula.source.to_owned(),
        }
    }
}

/// What publications of one kind brought.
#[derive(SimpleObject)]
struct ContentTypeInsight {
    /// `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` (several images, or the pages of a document) or `VIDEO`.
    content_type: String,
    /// How many publications of it went out.
    posts: Long,
    /// How many of them have a number of interactions.
    counted: Long,
    /// Their interactions; null where no network said any.
    interactions: Option<Long>,
}

/// Why numbers could not be read.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "metric_gap::GapReason")]
enum MetricGapReason {
    /// The account must be connected again.
    NeedsReconnect,
    /// The network failed or refused.
    Network,
    /// Its server does not give these numbers.
    NotServed,
    /// The post is not there any more.
    Gone,
    /// The work itself failed.
    GaveUp,
    /// The network does not allow as many requests as there is to be read. It will be read; younger posts come first.
    RateLimit,
}

/// A time in which the numbers of an account or of a publication could not be read.
struct MetricGap {
    op: Op,
    row: metric_gap::Model,
}

/// A time in which the numbers of an account or of a publication could not be read.
#[Object]
impl MetricGap {
    /// The account.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        let row = self.op.load(self.row.social_account_id).await?;
        Ok(row.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// The publication; null for the account's own numbers.
    async fn publication(&self) -> Result<Option<Publication>> {
        let Some(id) = self.row.publication_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// Why, by the newest attempt.
    async fn reason(&self) -> MetricGapReason {
        self.row.reason.into()
    }
    /// When the first attempt failed.
    async fn began_at(&self) -> DateTime<Utc> {
        self.row.began_at
    }
    /// How many attempts have failed.
    async fn tries(&self) -> i32 {
        self.row.tries
    }
    /// When numbers were read again; null while they are missing.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
}

/// What a brand's numbers say of a period. A post belongs to the period in which it went out, and counts with what it had gathered
/// seven days later.
#[derive(SimpleObject)]
struct Insights {
    /// The first day, by the brand's clock.
    from: NaiveDate,
    /// The last day, which is part of it.
    to: NaiveDate,
    /// The first day with which it is compared.
    compared_from: NaiveDate,
    /// The last day with which it is compared.
    compared_to: NaiveDate,
    /// Each KPI, always in the same order.
    figures: Vec<InsightFigure>,
    /// What publications of each kind brought.
    content_types: Vec<ContentTypeInsight>,
    /// How many publications of the period have not been out for seven days: they count with what they have.
    young_posts: Long,
    /// When numbers could not be read within the period, the newest first, at most 100.
    gaps: Vec<MetricGap>,
}

/// What insights are asked for.
#[derive(InputObject)]
struct InsightsInput {
    /// Of which brand.
    brand_id: ID,
    /// The first day, by the brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// With what it is compared; the period before unless given.
    against: Option<InsightComparison>,
}

/// Queries for figures.
#[derive(Default)]
pub struct InsightsQuery;

#[Object]
impl InsightsQuery {
    /// A brand's KPIs of a period, compared with another. For MID and above.
    #[graphql(complexity = "40 + 20 * child_complexity")]
    async fn insights(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: InsightsInput,
    ) -> Result<Insights> {
        let op = Op::of(ctx)?;
        let InsightsInput { brand_id, from, to, against } = input;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let against = against.map_or(Against::PeriodBefore, Into::into);
        let asked = AskedInsights { brand_id, period: Period { from, to }, against };
        let found = op.query(domain::insights(op, asked).await)?;
        let kind = |figures: domain::ContentTypeFigures| ContentTypeInsight {
            content_type: figures.content_type,
            posts: Long(figures.posts),
            counted: Long(figures.counted),
            interactions: figures.interactions.map(Long),
        };
        let gap = |row| MetricGap { op: op.clone(), row };
        Ok(Insights {
            from: found.period.from,
            to: found.period.to,
            compared_from: found.compared.from,
            compared_to: found.compared.to,
            figures: found.figures.into_iter().map(|figure| InsightFigure::of(op, figure)).collect(),
            content_types: found.content_types.into_iter().map(kind).collect(),
            young_posts: Long(found.young),
            gaps: found.gaps.into_iter().map(gap).collect(),
        })
    }
}
