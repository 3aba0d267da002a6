//! Brands of the agency side by side, and the middle of all those that the caller sees.
//!
//! Decided here:
//! - Each brand is told by its own clock, as `insights` tells it.
//! - The middle is the median of the figures of all living brands in which the caller may read numbers, the compared ones among them: half are
//!   above it and half below, and one brand that is far from the others does not move it. Of an even number it is the mean of the two in the
//!   middle. Amounts have one for each currency.
//! - A brand without a figure is not one with a zero: it does not count.

use std::collections::{BTreeMap, HashMap, HashSet};

use diwan_entity::tenancy::brand;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::figures::{Against, KpiFigure, Period, Rights, Sums, Wanted, begun, figure, possible, span, sums, told};
use super::kpi::{Formula, Unit};
use super::place::{Place, places};
use super::targets::{compare, targets};
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};
use crate::finance::{divide_half_even, written};
use crate::permission::Action;
use crate::strategy::text_of;
use crate::tenancy::brands_by_ids;

/// The most brands that are compared at a time.
pub const MOST_COMPARED: usize = 20;
/// The most brands of which the middle is taken: the oldest of those that the caller sees.
pub const MOST_OF_MEDIAN: u64 = 200;

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskedBrands {
    /// Which, each once, 1 to 20.
    pub brand_ids: Vec<Uuid>,
    /// From its first day to its last, at most 1100.
    pub period: Period,
    /// With what each is compared besides.
    pub against: Against,
}

/// A brand beside others.
#[derive(Debug, Clone)]
pub struct BrandFigures {
    /// Which.
    pub brand: brand::Model,
    /// With which days it is compared.
    pub compared: Period,
    /// Each KPI, in the order of the catalogue.
    pub figures: Vec<KpiFigure>,
}

/// The middle of the figures of brands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiMedian {
    /// Of which KPI.
    pub formula: Formula,
    /// Of an amount.
    pub currency: Option<String>,
    /// A decimal.
    pub value: String,
    /// Of how many brands.
    pub brands: usize,
}

/// Brands side by side.
#[derive(Debug, Clone)]
pub struct ComparedBrands {
    /// In the order in which they were asked for.
    pub brands: Vec<BrandFigures>,
    /// In the order of the catalogue; of amounts one for each currency. None where no brand has a figure.
    pub medians: Vec<KpiMedian>,
}

/// The KPIs of several brands of a period. At most fourteen statements, however many brands there are.
pub async fn compare_brands(context: &Context, asked: AskedBrands) -> Result<ComparedBrands, Failure> {
    let AskedBrands { brand_ids, period, against } = asked;
    let once: HashSet<Uuid> = brand_ids.iter().copied().collect();
    if brand_ids.len() > MOST_COMPARED {
        let many = UserError::at(Code::TooMany, "brandIds").number("limit", MOST_COMPARED);
        return Err(many.number("actual", brand_ids.len()).into());
    }
    let first = *brand_ids.first().ok_or_else(|| UserError::at(Code::Invalid, "brandIds"))?;
    if once.len() < brand_ids.len() {
        return Err(UserError::at(Code::AlreadyExists, "brandIds").into());
    }
    context.look_at_brands(&brand_ids).await?;
    for id in &brand_ids {
        context.permit(Action::MetricsRead, *id).await?;
    }
    let permit = context.permit(Action::MetricsRead, first).await?;
    possible(period)?;
    let mut rows: HashMap<Uuid, brand::Model> =
        brands_by_ids(context, &brand_ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let others = others(context, &once).await?;
    let all: Vec<Uuid> = brand_ids.iter().copied().chain(others).collect();
    let there: HashMap<Uuid, Place> = places(permit.tx(), &all).await?.into_iter().map(|one| (one.id, one)).collect();

    let mut ground: Vec<(Place, Period)> = Vec::new();
    let mut wanted: Vec<Wanted> = Vec::new();
    for id in &all {
        let compared = once.contains(id);
        let Some(place) = there.get(id).copied() else {
            if compared {
                return Err(Code::NotFound.into());
            }
            continue;
        };
        let today = context.now.with_timezone(&place.zone).date_naive();
        match begun(period, today) {
            Err(refused) if compared => return Err(refused.into()),
            Err(_) => continue,
            Ok(()) => {}
        }
        let before = period.compared(against, today).ok_or_else(|| Fault::broken("a period beyond the calendar"))?;
        let rights = Rights::of(context, *id);
        wanted.push(Wanted::of_brand(*id, span(place.zone, period)?, rights));
        if compared {
            wanted.push(Wanted::of_brand(*id, span(place.zone, before)?, rights));
        }
        ground.push((place, before));
    }
    let measured = measured(context, permit.tx(), &brand_ids).await?;
    let mut found = sums(permit.tx(), context.now, &wanted).await?.into_iter();
    let (mut brands, mut figures) = (Vec::new(), Figures::default());
    for (place, compared) in ground {
        let now = found.next().unwrap_or_default();
        if !place.archived {
            figures.take(&now);
        }
        if !once.contains(&place.id) {
            continue;
        }
        let before = found.next().unwrap_or_default();
        let mut told: Vec<KpiFigure> = Formula::ALL.into_iter().map(|formula| figure(formula, &now, &before)).collect();
        compare(&mut told, &measured, (place, period), (context.now, &now));
        let brand = rows.remove(&place.id).ok_or(Code::NotFound)?;
        brands.push(BrandFigures { brand, compared, figures: told });
    }
    Ok(ComparedBrands { brands, medians: figures.medians() })
}

/// What the strategies of those of these brands set as targets whose strategy the caller may read.
async fn measured(
    context: &Context,
    tx: &sea_orm::DatabaseTransaction,
    brand_ids: &[Uuid],
) -> Result<Vec<super::targets::Measured>, Failure> {
    let readable: Vec<Uuid> = brand_ids.iter().copied().filter(|id| context.may(Action::StrategyRead, *id)).collect();
    Ok(if readable.is_empty() { Vec::new() } else { targets(tx, &readable).await? })
}

/// The other living brands in which the caller may read numbers.
async fn others(context: &Context, besides: &HashSet<Uuid>) -> Result<Vec<Uuid>, Failure> {
    let seen = brand::Entity::find()
        .filter(brand::Column::DeletedAt.is_null())
        .filter(brand::Column::ArchivedAt.is_null())
        .order_by_asc(brand::Column::Id)
        .limit(MOST_OF_MEDIAN);
    let ids = context.all(seen).await?.into_iter().map(|row| row.id);
    Ok(ids.filter(|id| !besides.contains(id) && context.may(Action::MetricsRead, *id)).collect())
}

/// The figures of many brands, by KPI and currency.
#[derive(Default)]
struct Figures(HashMap<&'static str, BTreeMap<Option<String>, Vec<i64>>>);

impl Figures {
    fn take(&mut self, sums: &Sums) {
        for formula in Formula::ALL {
            if let Ok((value, currency)) = told(formula, sums) {
                self.0.entry(formula.name).or_default().entry(currency).or_default().push(value);
            }
        }
    }

    fn medians(mut self) -> Vec<KpiMedian> {
        let mut medians = Vec::new();
        for formula in Formula::ALL {
            for (currency, mut values) in self.0.remove(formula.name).unwrap_or_default() {
                let Some(middle) = median(&mut values, formula.unit == Unit::Money) else { continue };
                let value = match &currency {
                    Some(code) => written(middle, code),
                    None => text_of(middle),
                };
                medians.push(KpiMedian { formula, currency, value, brands: values.len() });
            }
        }
        medians
    }
}

/// The middle, of an even number the mean of the two there, rounded half to even as figures are: amounts to whole minor units, others to
/// ten-thousandths. None of none.
fn median(values: &mut [i64], money: bool) -> Option<i64> {
    values.sort_unstable();
    let half = values.len() / 2;
    let upper = *values.get(half)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(half.checked_sub(1)?)?;
    let step = if money { 1 } else { 100 };
    divide_half_even(lower.checked_add(upper)?, 1, 2 * step)?.checked_mul(step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_is_between_the_halves() {
        assert_eq!(median(&mut [], false), None);
        assert_eq!(median(&mut [300, 100, 200], false), Some(200));
        assert_eq!(median(&mut [3_000_000, 2_000_000], false), Some(2_500_000));
        // 1.0001 and 1.0002: the even neighbour of 1.00015.
        assert_eq!(median(&mut [1_000_100, 1_000_200], false), Some(1_000_200));
        assert_eq!(median(&mut [1, 2], true), Some(2));
        assert_eq!(median(&mut [2, 3], true), Some(2));
    }

    proptest! {
        #[test]
        fn half_are_not_above_it_and_half_not_below(values in prop::collection::vec(-1_000_000_i64..1_000_000, 1..20)) {
            let mut sorted = values.clone();
            let middle = median(&mut sorted, true).unwrap();
            let (above, below) = (values.iter().filter(|one| **one > middle).count(), values.iter().filter(|one| **one < middle).count());
            prop_assert!(above * 2 <= values.len() && below * 2 <= values.len());
        }
    }
}
