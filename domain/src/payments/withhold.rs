//! What is kept back of a payment for the tax office.

use crate::finance::divide_half_even;

/// The whole, in basis points.
const WHOLE: i64 = 10_000;

/// How much of an amount is withheld, in minor units, at so many basis points (0 to 10000): rounded half to even. None for another share.
pub fn withheld_of(minor: i64, basis_points: i32) -> Option<i64> {
    let share = i64::from(basis_points);
    (0..=WHOLE).contains(&share).then(|| divide_half_even(minor, share, WHOLE)).flatten()
}

/// What so many minutes at a rate for an hour come to, in minor units: rounded half to even.
pub fn fee_of(minutes: i32, minor_per_hour: i64) -> Option<i64> {
    divide_half_even(minor_per_hour, i64::from(minutes), 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_neighbor() {
        for (minor, basis_points, expected) in
            [(10_000, 2_000, 2_000), (50, 100, 0), (150, 100, 2), (333, 1_500, 50), (1, 10_000, 1), (7, 0, 0)]
        {
            assert_eq!(withheld_of(minor, basis_points), Some(expected), "{minor} at {basis_points}");
        }
        assert_eq!((withheld_of(1, -1), withheld_of(1, 10_001)), (None, None));
        assert_eq!((fee_of(90, 5_000), fee_of(1, 30), fee_of(3, 30)), (Some(7_500), Some(0), Some(2)));
    }

    proptest! {
        #[test]
        fn what_is_withheld_is_a_part(minor in 0..=1_000_000_000_000_000_i64, share in 0..=10_000_i32) {
            let withheld = withheld_of(minor, share).unwrap();
            prop_assert!((0..=minor).contains(&withheld));
            let off = (i128::from(withheld) * 10_000 - i128::from(minor) * i128::from(share)).abs();
            prop_assert!(off <= 5_000);
        }
    }
}
