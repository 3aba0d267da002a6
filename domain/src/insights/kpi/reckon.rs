//! Reckoning a formula.

use super::catalogue::{Formula, Quantity, Shape, Unit};
use crate::finance::divide_half_even;

/// Millionths of one: how figures are kept that are no money.
const MICRO: i64 = 1_000_000;
/// Figures are rounded to ten-thousandths.
const PARTS: i64 = 10_000;
/// Hundredths of a whole.
const HUNDRED: i64 = 100;

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Untold {
    /// Nobody said how many of these there are.
    Missing(Quantity),
    /// There is nothing to divide by.
    NothingToDivideBy,
    /// The figure is beyond all limits.
    TooLarge,
}

/// The figure, from the sums that are known: in millionths of its unit, of money in whole minor units.
pub fn reckon(formula: Formula, sum: impl Fn(Quantity) -> Option<i64>) -> Result<i64, Untold> {
    let known = |quantity| sum(quantity).ok_or(Untold::Missing(quantity));
    let money = formula.unit == Unit::Money;
    match formula.shape {
        Shape::Total(one) => scaled(known(one)?, money),
        Shape::Change(before, after) => {
            let (before, after) = (known(before)?, known(after)?);
            scaled(after.checked_sub(before).ok_or(Untold::TooLarge)?, money)
        }
        Shape::Average(all, each) => {
            let (all, each) = (known(all)?, known(each)?);
            if money { divided(all, 1, each) } else { rounded(all, PARTS, each) }
        }
        Shape::Share(part, whole) => {
            let (part, whole) = (known(part)?, known(whole)?);
            rounded(part, HUNDRED * PARTS, whole)
        }
        Shape::Growth(before, after) => {
            let (before, after) = (known(before)?, known(after)?);
            rounded(after.checked_sub(before).ok_or(Untold::TooLarge)?, HUNDRED * PARTS, before)
        }
    }
}

/// By how much a figure has changed, in millionths of hundredths of what it was, rounded as figures are. None where it was not above
/// zero.
pub fn change(before: i64, now: i64) -> Option<i64> {
    rounded(now.checked_sub(before)?, HUNDRED * PARTS, before).ok()
}

fn scaled(value: i64, money: bool) -> Result<i64, Untold> {
    if money { Ok(value) } else { value.checked_mul(MICRO).ok_or(Untold::TooLarge) }
}

/// `value` times `times` by `parts`, in ten-thousandths when `times` says so, as millionths.
fn rounded(value: i64, times: i64, parts: i64) -> Result<i64, Untold> {
    divided(value, times, parts)?.checked_mul(MICRO / PARTS).ok_or(Untold::TooLarge)
}

fn divided(value: i64, times: i64, parts: i64) -> Result<i64, Untold> {
    if parts <= 0 {
        return Err(Untold::NothingToDivideBy);
    }
    divide_half_even(value, times, parts).ok_or(Untold::TooLarge)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::super::catalogue::Kpi;
    use super::*;

    fn formula(kpi: Kpi) -> Formula {
        Formula::ALL.into_iter().find(|formula| formula.kpi == kpi).unwrap()
    }

    fn of(kpi: Kpi, first: i64, second: i64) -> Result<i64, Untold> {
        let formula = formula(kpi);
        let needs = formula.shape.needs();
        reckon(formula, |quantity| if quantity == needs[0] { Some(first) } else { Some(second) })
    }

    #[test]
    fn figures_are_as_by_hand() {
        assert_eq!(of(Kpi::Followers, 1_234, 0), Ok(1_234_000_000));
        assert_eq!(of(Kpi::FollowerGrowth, 1_000, 990), Ok(-10_000_000));
        // 4 of 1000 more: 0.4 %.
        assert_eq!(of(Kpi::AudienceGrowthRate, 1_000, 1_004), Ok(400_000));
        // 1 of 3: 33.3333 %.
        assert_eq!(of(Kpi::EngagementRateByReach, 1, 3), Ok(33_333_300));
        assert_eq!(of(Kpi::InteractionsPerPost, 7, 2), Ok(3_500_000));
        // 10.01 by 2 is 5.005: the even neighbour.
        assert_eq!(of(Kpi::CostPerResult, 1_001, 2), Ok(500));
        // 150 came of 100: half of it more.
        assert_eq!(of(Kpi::ReturnOnInvestment, 100, 150), Ok(50_000_000));
        assert_eq!(of(Kpi::ReturnOnInvestment, 100, 0), Ok(-100_000_000));
    }

    #[test]
    fn what_cannot_be_told_says_why() {
        for formula in Formula::ALL {
            let needs = formula.shape.needs();
            for missing in &needs {
                let found = reckon(formula, |quantity| (quantity != *missing).then_some(1));
                assert_eq!(found, Err(Untold::Missing(*missing)), "{}", formula.name);
            }
        }
        assert_eq!(of(Kpi::ConversionRate, 3, 0), Err(Untold::NothingToDivideBy));
        assert_eq!(of(Kpi::AudienceGrowthRate, 0, 3), Err(Untold::NothingToDivideBy));
        assert_eq!(of(Kpi::Views, i64::MAX, 0), Err(Untold::TooLarge));
        assert_eq!((change(0, 5), change(-1, 5), change(200, 100)), (None, None, Some(-50_000_000)));
    }

    proptest! {
        #[test]
        fn rates_agree_with_exact_decimals(part in 0..1_000_000_000_i64, whole in 1..1_000_000_000_i64) {
            let expected = (Decimal::from(part) * Decimal::from(100) / Decimal::from(whole)).round_dp(4);
            // Decimals of 28 digits are as exact as this needs, but for a half at the very last digit.
            let found = Decimal::from_i128_with_scale(i128::from(of(Kpi::EngagementRateByReach, part, whole).unwrap()), 6);
            prop_assert!((found - expected).abs() <= Decimal::new(1, 4), "{} {}", found, expected);
            let off = (found * Decimal::from(whole) - Decimal::from(part) * Decimal::from(100)).abs();
            prop_assert!(off * Decimal::from(2) <= Decimal::from(whole) * Decimal::new(1, 4));
        }

        #[test]
        fn a_share_of_what_holds_it_is_between_none_and_all(part in 0..i64::MAX, more in 0..i64::MAX) {
            let whole = part.saturating_add(more).max(1);
            let share = of(Kpi::PostingConsistency, part.min(whole), whole).unwrap();
            prop_assert!((0..=100 * MICRO).contains(&share));
        }

        #[test]
        fn growth_and_change_have_one_sign(before in 1..i64::MAX / 2, after in 0..i64::MAX / 2) {
            if let (Ok(rate), Ok(step)) = (of(Kpi::AudienceGrowthRate, before, after), of(Kpi::FollowerGrowth, before, after)) {
                prop_assert!(rate == 0 || (rate > 0) == (step > 0));
                prop_assert_eq!(Some(rate), change(before, after));
            }
        }

        #[test]
        fn the_rate_of_a_whole_lies_between_those_of_its_parts(
            a in 0..1_000_000_i64, b in 1..1_000_000_i64, c in 0..1_000_000_i64, d in 1..1_000_000_i64
        ) {
            let rate = |part, whole| of(Kpi::ConversionRate, part, whole).unwrap();
            let (one, other, both) = (rate(a, b), rate(c, d), rate(a + c, b + d));
            prop_assert!(one.min(other) <= both && both <= one.max(other));
        }
    }
}
