//! What is usual for a figure, by its own season: the same days of the weeks before.
//!
//! The middle is the median of those weeks, and their spread the median of the distances from it (MAD), times 1.4826, which is the standard
//! deviation where figures are spread normally. Beyond 3.5 of these a figure is unusual: Iglewicz, Hoaglin: *How to Detect and Handle
//! Outliers*, ASQC Quality Press 1993, chapter 3. One week out of the way moves neither of the two, as it would a mean.

/// How many weeks are looked back.
pub(super) const WEEKS: u32 = 8;
/// Of how many of them the figure must be known.
const LEAST_WEEKS: usize = 6;
/// 3.5 times 1.4826, in ten-thousandths: how many distances off a figure is still usual.
const DISTANCES: i128 = 51_891;
const PARTS: i128 = 10_000;
/// Where weeks were nearly alike, everything would be unusual: so much of the middle is usual in any case, one part of so many.
const LEAST_PART: i64 = 20;

/// Between which figures one is usual, both ends part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    pub low: i64,
    pub middle: i64,
    pub high: i64,
}

impl Band {
    /// From the figures of the weeks before of which they are known. At least `least` off the middle is usual. None where too few are known.
    pub(super) fn of(known: &[i64], least: i64) -> Option<Self> {
        if known.len() < LEAST_WEEKS {
            return None;
        }
        let middle = median(known)?;
        let distances: Vec<i64> = known.iter().map(|one| saturated(one.abs_diff(middle))).collect();
        let spread = i128::from(median(&distances)?) * DISTANCES / PARTS;
        let least = least.max(saturated(middle.unsigned_abs()) / LEAST_PART);
        let wide = i64::try_from(spread).unwrap_or(i64::MAX).max(least);
        Some(Self { low: middle.saturating_sub(wide), middle, high: middle.saturating_add(wide) })
    }

    pub(super) fn holds(self, figure: i64) -> bool {
        (self.low..=self.high).contains(&figure)
    }
}

fn saturated(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The middle; of an even number the mean of the two there, rounded down.
fn median(values: &[i64]) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(half.checked_sub(1)?)?;
    i64::try_from((i128::from(lower) + i128::from(upper)).div_euclid(2)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_week_out_of_the_way_moves_neither_the_middle_nor_the_spread() {
        let quiet = [1000, 1020, 980, 1010, 990, 1000, 1030, 970];
        let band = Band::of(&quiet, 0).unwrap();
        // Distances 0, 20, 20, 10, 10, 0, 30, 30: their median is 15, and 15 times 5.1891 is 77.
        assert_eq!(band, Band { low: 923, middle: 1000, high: 1077 });
        let mut loud = quiet;
        loud[6] = 1_000_000;
        assert_eq!(Band::of(&loud, 0).unwrap(), Band { low: 923, middle: 1000, high: 1077 });
        assert!(band.holds(923) && band.holds(1077) && !band.holds(922) && !band.holds(1078));
    }

    #[test]
    fn too_few_weeks_say_nothing_and_equal_ones_allow_a_little() {
        assert_eq!(Band::of(&[7; 5], 0), None);
        assert_eq!(Band::of(&[100; 6], 0), Some(Band { low: 95, middle: 100, high: 105 }));
        assert_eq!(Band::of(&[0; 8], 1), Some(Band { low: -1, middle: 0, high: 1 }));
    }

    proptest! {
        #[test]
        fn most_of_the_weeks_themselves_are_usual(known in prop::collection::vec(any::<i64>(), 6..=8)) {
            let band = Band::of(&known, 0).unwrap();
            prop_assert!(band.low <= band.middle && band.middle <= band.high);
            prop_assert!(known.iter().filter(|one| band.holds(**one)).count() * 2 >= known.len());
        }
    }
}
