//! Whether what is seen among a few is more than chance gives.
//!
//! Of `all` posts `with` have a trait; `drawn` of them are the best, and `found` of these have it. Were the trait without effect, the best
//! would be drawn blindly: `found` would be hypergeometric. The two-sided test of Fisher (*Statistical Methods for Research Workers*, 5th
//! edition, 1934, § 21.02) adds up the probabilities of all outcomes that are no more probable than what was found, as R's `fisher.test`
//! does. Many traits are looked at, and one in twenty would stand out by chance alone: Holm's step-down procedure (*A simple sequentially
//! rejective multiple test procedure*, Scandinavian Journal of Statistics 6, 1979) keeps the risk that any of them is told wrongly below
//! the level.

/// Outcomes that differ by less are as probable as each other: what rounding leaves, as in R.
const SAME: f64 = 1e-7;

/// The probability, were the trait without effect, of finding what was found or something no more probable. `with`, `drawn` and `found`
/// are at most what they are of; the answer is right to about ten digits.
pub(super) fn fisher(all: u32, with: u32, drawn: u32, found: u32) -> f64 {
    let (with, drawn) = (with.min(all), drawn.min(all));
    let lowest = drawn.saturating_sub(all - with);
    let highest = with.min(drawn);
    // The logarithm of each outcome's weight, from that of the one below it: no factorial is taken.
    let mut weight = 0.0_f64;
    let mut weights = vec![weight];
    for below in lowest..highest {
        let odds = f64::from(with - below) * f64::from(drawn - below)
            / (f64::from(below + 1) * f64::from(all - with - (drawn - (below + 1))));
        weight += odds.ln();
        weights.push(weight);
    }
    let greatest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let place = usize::try_from(found.clamp(lowest, highest) - lowest).unwrap_or_default();
    let seen = weights.get(place).copied().unwrap_or(greatest);
    let sum = |chosen: &dyn Fn(f64) -> bool| -> f64 {
        weights.iter().filter(|weight| chosen(**weight)).map(|weight| (weight - greatest).exp()).sum()
    };
    let no_more = sum(&|weight| weight <= seen + SAME);
    (no_more / sum(&|_| true)).min(1.0)
}

/// The same probabilities, raised for how many there are: one below the level can be told.
pub(super) fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = probabilities.iter().copied().enumerate().collect();
    order.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut raised = vec![1.0; probabilities.len()];
    let mut least = 0.0_f64;
    let many = u32::try_from(probabilities.len()).unwrap_or(u32::MAX);
    for ((place, probability), left) in order.into_iter().zip((1..=many).rev()) {
        least = least.max((probability * f64::from(left)).min(1.0));
        if let Some(slot) = raised.get_mut(place) {
            *slot = least;
        }
    }
    raised
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In whole numbers: the outcomes that are no more probable, and all of them.
    fn exactly(all: u32, with: u32, drawn: u32, found: u32) -> f64 {
        let choose = |n: u32, k: u32| -> u32 {
            let ways = if k > n { 0 } else { (0..k).fold(1, |ways, i| ways * u64::from(n - i) / u64::from(i + 1)) };
            u32::try_from(ways).unwrap()
        };
        let ways = |k: u32| if k > drawn { 0 } else { choose(with, k) * choose(all - with, drawn - k) };
        let seen = ways(found);
        let no_more: u32 = (0..=drawn).map(ways).filter(|ways| *ways <= seen).sum();
        f64::from(no_more) / f64::from(choose(all, drawn))
    }

    #[test]
    fn the_lady_tasting_tea() {
        // Fisher's own: eight cups, four with the milk first, and four are named.
        assert!((fisher(8, 4, 4, 4) - 2.0 / 70.0).abs() < 1e-12);
        assert!((fisher(8, 4, 4, 3) - 34.0 / 70.0).abs() < 1e-12);
        assert!((fisher(8, 4, 4, 2) - 1.0).abs() < 1e-12);
        // By whole numbers of any length: 5.959139653717926e-05.
        assert!((fisher(100, 30, 10, 9) - 5.959_139_653_717_926e-5).abs() < 1e-15);
        // A trait that all have, or none, says nothing.
        assert!((fisher(50, 50, 10, 10) - 1.0).abs() < 1e-12);
        assert!((fisher(50, 0, 10, 0) - 1.0).abs() < 1e-12);
        // Far out, where factorials would not be held.
        assert!(fisher(200_000, 100_000, 50, 50) < 1e-13);
    }

    #[test]
    fn the_more_are_looked_at_the_more_it_takes() {
        let raised = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in raised.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{raised:?}");
        }
        assert!(holm(&[]).is_empty());
        assert!(holm(&[0.9, 0.8]).iter().all(|one| (one - 1.0).abs() < 1e-12));
    }

    proptest! {
        #[test]
        fn it_agrees_with_whole_numbers(all in 1..30_u32, with in 0..30_u32, drawn in 0..30_u32, found in 0..30_u32) {
            let (with, drawn) = (with.min(all), drawn.min(all));
            let found = found.clamp(drawn.saturating_sub(all - with), with.min(drawn));
            prop_assert!((fisher(all, with, drawn, found) - exactly(all, with, drawn, found)).abs() < 1e-9);
        }
    }
}
