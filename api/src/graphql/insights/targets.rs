//! Where figures stand: beside their targets, and beside those of other brands.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::insights::{self as domain, Against, AskedBrands, KpiTarget, Period, Standing, TargetBasis};

use super::figures::{InsightComparison, InsightFigure, InsightKpi};
use crate::graphql::context::Op;
use crate::graphql::scalars::Kind;
use crate::graphql::strategy::{Kpi, KpiDirection, KpiPeriod};
use crate::graphql::tenancy::Brand;

/// Where a figure stands beside what was due of its target: better or worse by more than a twentieth of the target, or neither.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Standing")]
enum KpiStanding {
    /// Better than was due.
    Ahead,
    /// As was due.
    OnTrack,
    /// Worse.
    Behind,
}

/// With what a figure is compared.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "TargetBasis")]
enum KpiTargetBasis {
    /// With as much of the target as the time that is gone asks for: what is added up over days.
    ShareOfTime,
    /// With the target as it is: levels and rates.
    Level,
}

/// The target of a figure and where it stands.
pub(super) struct KpiTargetStatus {
    op: Op,
    target: KpiTarget,
    figure: domain::KpiFigure,
}

impl KpiTargetStatus {
    pub(super) fn of(op: &Op, figure: &domain::KpiFigure) -> Option<Self> {
        let target = figure.target.clone()?;
        Some(Self { op: op.clone(), target, figure: figure.clone() })
    }
}

/// The target of a figure and where it stands. Each day has the target that was in force then.
#[Object]
impl KpiTargetStatus {
    /// The KPI of the strategy that sets it: of several that the figure measures, the one whose own period is the longest that is not longer
    /// than the days that are asked for.
    async fn kpi(&self) -> Result<Option<Kpi>> {
        Ok(self.op.load(self.target.kpi_id).await?.map(|row| Kpi { op: self.op.clone(), row }))
    }
    /// Whether it is a floor or a ceiling.
    async fn direction(&self) -> KpiDirection {
        self.target.direction.into()
    }
    /// For how long the strategy says it.
    async fn period(&self) -> KpiPeriod {
        self.target.period.into()
    }
    /// The target of all the days that are asked for, a decimal in the figure's own unit: of what is added up, the part of each day.
    async fn target(&self) -> &str {
        &self.target.target
    }
    /// As much of it as was due by now: a decimal.
    async fn expected(&self) -> &str {
        &self.target.expected
    }
    /// With what the figure is compared.
    async fn basis(&self) -> KpiTargetBasis {
        self.target.basis.into()
    }
    /// Where the figure stands; null where there is none, or where it is in another currency than the target.
    async fn status(&self) -> Option<KpiStanding> {
        self.target.standing.map(Into::into)
    }
    /// Why, in the caller's language.
    async fn reason(&self) -> Option<String> {
        domain::reason_of_target(self.op.locale(), &self.figure)
    }
}

/// A brand beside others.
#[derive(SimpleObject)]
struct ComparedBrand {
    /// The brand.
    brand: Brand,
    /// The first day with which it is compared.
    compared_from: NaiveDate,
    /// The last day with which it is compared.
    compared_to: NaiveDate,
    /// Each KPI, always in the same order.
    figures: Vec<InsightFigure>,
}

/// The median of the figures of brands: half are above it and half below.
#[derive(SimpleObject)]
struct InsightMedian {
    /// Of which KPI.
    kpi: InsightKpi,
    /// Of amounts: those in this currency alone.
    currency: Option<String>,
    /// A decimal, in the KPI's own unit.
    value: String,
    /// How many brands have a figure.
    brands: i32,
}

/// Brands side by side, each by its own clock.
#[derive(SimpleObject)]
struct BrandComparison {
    /// In the order in which they were asked for.
    brands: Vec<ComparedBrand>,
    /// Of all living brands of the agency in which you may read numbers, up to 200, those that are compared among them. Of amounts one for each
    /// currency; none where no brand has a figure.
    medians: Vec<InsightMedian>,
}

/// Which brands are compared.
#[derive(InputObject)]
struct CompareBrandsInput {
    /// The brands, each once, 1 to 20.
    brand_ids: Vec<ID>,
    /// The first day, by each brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// With what each is compared besides; the period before unless given.
    against: Option<InsightComparison>,
}

/// What brands side by side cost: the medians are of all that the caller sees, whatever is asked; besides, each brand and the medians are told as
/// the figures of one brand are. What is refused in any case is not counted further.
fn compared_cost(brands: usize, child: usize) -> usize {
    200 + 20 * child * (1 + brands.clamp(1, domain::MOST_COMPARED))
}

/// Queries over several brands.
#[derive(Default)]
pub struct CompareQuery;

#[Object]
impl CompareQuery {
    /// The KPIs of several brands side by side, and the median of all that you see. For MID and above in each of them.
    #[graphql(complexity = "compared_cost(input.brand_ids.len(), child_complexity)")]
    async fn compare_brands(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: CompareBrandsInput,
    ) -> Result<BrandComparison> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let CompareBrandsInput { brand_ids, from, to, against } = input;
        let ids = brand_ids.iter().map(|id| Kind::Brand.parse(id, "brandIds"));
        let brand_ids = op.query(ids.collect::<Result<Vec<_>, _>>())?;
        let against = against.map_or(Against::PeriodBefore, Into::into);
        let asked = AskedBrands { brand_ids, period: Period { from, to }, against };
        let found = op.query(domain::compare_brands(op, asked).await)?;
        let brand = |one: domain::BrandFigures| ComparedBrand {
            brand: Brand { op: op.clone(), row: one.brand },
            compared_from: one.compared.from,
            compared_to: one.compared.to,
            figures: one.figures.into_iter().map(|figure| InsightFigure::of(op, figure)).collect(),
        };
        let median = |one: domain::KpiMedian| {
            let kpi = InsightKpi::of(one.formula.kpi);
            let brands = i32::try_from(one.brands).unwrap_or(i32::MAX);
            InsightMedian { kpi, currency: one.currency, value: one.value, brands }
        };
        Ok(BrandComparison {
            brands: found.brands.into_iter().map(brand).collect(),
            medians: found.medians.into_iter().map(median).collect(),
        })
    }
}
