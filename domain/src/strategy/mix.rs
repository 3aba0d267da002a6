//! The planned mix: which part of a month's posts each pillar should have. Shares are whole ten-thousandths (basis points), so
//! that nothing is lost to rounding.

use crate::error::{Code, UserError};

/// All of it.
pub(crate) const WHOLE: i64 = 10_000;

/// Refuses shares that are more than the whole together: the one place where that is decided. The database holds the same
/// (migration `m0020`).
pub(super) fn check_whole(shares: impl IntoIterator<Item = i32>, field: &str) -> Result<(), UserError> {
    let sum: i64 = shares.into_iter().map(i64::from).sum();
    if sum > WHOLE {
        let error = UserError::at(Code::MixAboveWhole, field);
        // In percent, rounded up: 100.01 % is not 100 %.
        return Err(error.number("actual", (sum + 99) / 100));
    }
    Ok(())
}

/// How many of `total` posts a pillar may have: its share and the tolerance, rounded up, since there are no parts of posts. A
/// month that follows the plan as closely as whole posts can is so never off, however few posts it has.
pub(super) fn allowed(share_bp: i32, tolerance_bp: i32, total: i64) -> i64 {
    let part = (i64::from(share_bp) + i64::from(tolerance_bp)).min(WHOLE);
    (part * total + WHOLE - 1) / WHOLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Shares that are the whole together.
    fn plan() -> impl Strategy<Value = Vec<i32>> {
        proptest::collection::vec(0..=10_000_i32, 0..6).prop_map(|mut cuts| {
            cuts.sort_unstable();
            let mut shares = Vec::new();
            let mut last = 0;
            for cut in cuts {
                shares.push(cut - last);
                last = cut;
            }
            shares.push(10_000 - last);
            shares
        })
    }

    /// Whole posts by the method of the largest remainder (Hamilton).
    fn posts(shares: &[i32], total: i64) -> Vec<i64> {
        let exact: Vec<i64> = shares.iter().map(|share| i64::from(*share) * total).collect();
        let mut posts: Vec<i64> = exact.iter().map(|part| part / WHOLE).collect();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by_key(|place| std::cmp::Reverse(exact[*place] % WHOLE));
        let rest = usize::try_from(total - posts.iter().sum::<i64>()).unwrap();
        for place in order.into_iter().take(rest) {
            posts[place] += 1;
        }
        posts
    }

    proptest! {
        #[test]
        fn a_month_that_follows_the_plan_is_never_off(shares in plan(), total in 0..200_i64, tolerance in 0..=10_000_i32) {
            for (share, count) in shares.iter().zip(posts(&shares, total)) {
                prop_assert!(count <= allowed(*share, tolerance, total), "{count} of {total} for {share}");
            }
        }

        #[test]
        fn a_month_that_is_off_by_more_than_a_post_is_found(
            share in 0..=10_000_i32,
            tolerance in 0..=2_000_i32,
            (total, count) in (1..200_i64).prop_flat_map(|total| (Just(total), 0..=total)),
        ) {
            let over = count * WHOLE > (i64::from(share) + i64::from(tolerance)) * total + WHOLE;
            prop_assert!(!over || count > allowed(share, tolerance, total));
        }

        #[test]
        fn more_share_more_tolerance_or_more_posts_never_allow_less(share in 0..9_999_i32, tolerance in 0..9_999_i32, total in 0..200_i64) {
            let now = allowed(share, tolerance, total);
            prop_assert!(now <= allowed(share + 1, tolerance, total));
            prop_assert!(now <= allowed(share, tolerance + 1, total));
            prop_assert!(now <= allowed(share, tolerance, total + 1));
            prop_assert!(now <= total);
        }

        #[test]
        fn shares_are_the_whole_and_no_more(shares in plan(), more in 1..=10_000_i32) {
            prop_assert!(check_whole(shares.iter().copied(), "shares").is_ok());
            prop_assert!(check_whole(shares.iter().copied().chain([more]), "shares").is_err());
        }
    }
}
