//! Differences with their intervals.
//!
//! - Of means: Welch's interval, which does not suppose that both spread alike. B. L. Welch, "The generalization of 'Student's' problem
//!   when several different population variances are involved", Biometrika 34 (1947), with the degrees of freedom of Satterthwaite
//!   (1946).
//! - Of rates: the interval of R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison
//!   of eleven methods", Statistics in Medicine 17 (1998), method 10, made of Wilson's interval of each rate. It takes each view as a
//!   trial of its own.
//!
//! The confidence is 95 per cent for all comparisons of an experiment together (Bonferroni): with k of them, each has
//! 1 - 0.05 / k.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF as _, Normal, StudentsT};

/// How sure the intervals are, all of an experiment together.
const ERROR: f64 = 0.05;

/// How a difference is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// Of means, by Welch.
    MeansWelch,
    /// Of rates, by Newcombe.
    RatesNewcombe,
}

/// A difference and between what it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Difference {
    pub by: f64,
    pub low: f64,
    pub high: f64,
}

/// How some numbers are spread.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Sample {
    /// How many there are.
    pub count: i64,
    /// Their mean.
    pub mean: f64,
    /// The variance that they are a sample of.
    pub variance: f64,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rate {
    pub hits: i64,
    pub trials: i64,
}

#[expect(clippy::cast_precision_loss, reason = "counts, far below what a double holds exactly")]
fn float(count: i64) -> f64 {
    count as f64
}

/// The part of the error that one of so many comparisons may have, on one side.
fn tail(comparisons: usize) -> f64 {
    float(i64::try_from(comparisons.max(1)).unwrap_or(i64::MAX)).recip() * ERROR / 2.0
}

/// The mean of `other` less that of `first`; none where either has fewer than two numbers, or none of them differ.
pub(super) fn of_means(first: Sample, other: Sample, comparisons: usize) -> Option<Difference> {
    if first.count < 2 || other.count < 2 {
        return None;
    }
    let part = |sample: Sample| sample.variance / float(sample.count);
    let (a, b) = (part(first), part(other));
    let error = a + b;
    if error <= 0.0 || !error.is_finite() {
        return None;
    }
    let freedom = error.powi(2) / (a.powi(2) / (float(first.count) - 1.0) + b.powi(2) / (float(other.count) - 1.0));
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - tail(comparisons));
    let by = other.mean - first.mean;
    let half = t * error.sqrt();
    half.is_finite().then_some(Difference { by, low: by - half, high: by + half })
}

/// Wilson's interval of a rate.
fn wilson(rate: Rate, z: f64) -> (f64, f64) {
    let (n, p) = (float(rate.trials), share(rate));
    let middle = p + z.powi(2) / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z.powi(2) / (4.0 * n.powi(2))).sqrt();
    let whole = 1.0 + z.powi(2) / n;
    ((middle - half) / whole, (middle + half) / whole)
}

/// The rate itself.
pub(super) fn share(rate: Rate) -> f64 {
    float(rate.hits) / float(rate.trials)
}

/// Whether it is a rate at all: no more hits than trials, and some of these.
pub(super) fn is_rate(rate: Rate) -> bool {
    rate.trials > 0 && (0..=rate.trials).contains(&rate.hits)
}

/// The rate of `other` less that of `first`; none where either is none.
pub(super) fn of_rates(first: Rate, other: Rate, comparisons: usize) -> Option<Difference> {
    if !is_rate(first) || !is_rate(other) {
        return None;
    }
    let z = Normal::standard().inverse_cdf(1.0 - tail(comparisons));
    let (p, q) = (share(other), share(first));
    let ((p_low, p_high), (q_low, q_high)) = (wilson(other, z), wilson(first, z));
    let by = p - q;
    let below = ((p - p_low).powi(2) + (q_high - q).powi(2)).sqrt();
    let above = ((p_high - p).powi(2) + (q - q_low).powi(2)).sqrt();
    Some(Difference { by, low: by - below, high: by + above })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 5e-4
    }

    #[test]
    fn rates_are_as_newcombe_printed_them() {
        // His table II: 56/70 less 48/80, and 9/10 less 3/10, by method 10.
        for (other, first, low, high) in [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)] {
            let rate = |(hits, trials)| Rate { hits, trials };
            let found = of_rates(rate(first), rate(other), 1).unwrap();
            assert!(near(found.low, low) && near(found.high, high), "{found:?}");
        }
    }

    #[test]
    fn means_are_as_welch_has_them() {
        // Ten and twelve numbers: 16.46 degrees of freedom, of which t of 0.975 is 2.115.
        let first = Sample { count: 10, mean: 20.0, variance: 16.0 };
        let other = Sample { count: 12, mean: 25.0, variance: 9.0 };
        let found = of_means(first, other, 1).unwrap();
        let half = 2.115 * (1.6_f64 + 0.75).sqrt();
        assert!((found.by - 5.0).abs() < 1e-12 && (found.high - found.by - half).abs() < 0.005, "{found:?}");
    }

    #[test]
    fn too_little_says_nothing() {
        let one = Sample { count: 1, mean: 3.0, variance: 0.0 };
        let two = Sample { count: 2, mean: 3.0, variance: 0.0 };
        assert_eq!(of_means(one, two, 1), None);
        assert_eq!(of_means(two, two, 1), None, "numbers that never differ have no spread to judge by");
        assert_eq!(of_rates(Rate { hits: 0, trials: 0 }, Rate { hits: 1, trials: 2 }, 1), None);
        assert_eq!(of_rates(Rate { hits: 3, trials: 2 }, Rate { hits: 1, trials: 2 }, 1), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_difference_and_grows_with_the_comparisons(
            a in 0..500_i64, b in 0..500_i64, more in 1..500_i64, k in 1..9_usize
        ) {
            let (first, other) = (Rate { hits: a, trials: a + more }, Rate { hits: b, trials: b + more });
            let (one, many) = (of_rates(first, other, 1).unwrap(), of_rates(first, other, k).unwrap());
            prop_assert!(one.low <= one.by && one.by <= one.high && one.low >= -1.0 && one.high <= 1.0);
            prop_assert!(many.low <= one.low + 1e-9 && one.high <= many.high + 1e-9);
        }
    }
}
