//! Whether a campaign is where it should be: the time that is gone beside what was reached.

use diwan_entity::campaigns::campaign_target::TargetSource;
use diwan_entity::strategy::kpi_version::KpiDirection;

/// By how much what was reached may differ from the time that is gone, in ten-thousandths of the target, and be on track: a tenth.
const TOLERANCE_BP: i64 = 1000;
/// The whole, in ten-thousandths.
const WHOLE: i64 = 10_000;

/// Where a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Better than the time that is gone asks for.
    Ahead,
    /// As the time that is gone asks for.
    OnTrack,
    /// Worse.
    Behind,
    /// It cannot be told.
    Unknown,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaceReason {
    /// The share that was reached beside the share of time that is gone.
    ShareOfTime,
    /// A KPI is a level and not a sum: it is compared with the target as it is.
    Level,
    /// The campaign has not begun.
    NotBegun,
    /// Nothing was measured or stated.
    NoFigure,
}

/// What is compared, in millionths of the unit and ten-thousandths of the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    pub source: TargetSource,
    pub direction: KpiDirection,
    pub target_micro: i64,
    pub achieved_micro: Option<i64>,
    /// None before the campaign has begun.
    pub elapsed_bp: Option<i64>,
}

/// How much of a target was reached, in ten-thousandths, rounded down; targets are above zero.
pub(crate) fn share_bp(achieved_micro: i64, target_micro: i64) -> i64 {
    let share = i128::from(achieved_micro) * i128::from(WHOLE) / i128::from(target_micro.max(1));
    i64::try_from(share).unwrap_or(i64::MAX)
}

/// How much of a time is gone, in ten-thousandths, rounded down: none before it begins, all of it after its end.
pub(super) fn elapsed_bp(since_start: i64, length: i64) -> Option<i64> {
    if since_start < 0 {
        return None;
    }
    let gone = i128::from(since_start.min(length)) * i128::from(WHOLE) / i128::from(length.max(1));
    Some(i64::try_from(gone).unwrap_or(WHOLE).min(WHOLE))
}

/// Whether what was reached, in millionths of the unit, is what was wanted.
pub(crate) fn met(direction: KpiDirection, achieved_micro: i64, target_micro: i64) -> bool {
    match direction {
        KpiDirection::AtLeast => achieved_micro >= target_micro,
        KpiDirection::AtMost => achieved_micro <= target_micro,
    }
}

/// Where something stands of which this share of its target was reached and that share was due, both in ten-thousandths: more than
/// `tolerance_bp` better or worse than was due, or neither.
pub(crate) fn standing(direction: KpiDirection, (share_bp, due_bp): (i64, i64), tolerance_bp: i64) -> Pace {
    let more = share_bp.saturating_sub(due_bp);
    let better = match direction {
        KpiDirection::AtLeast => more,
        KpiDirection::AtMost => more.saturating_neg(),
    };
    if better > tolerance_bp {
        Pace::Ahead
    } else if better < -tolerance_bp {
        Pace::Behind
    } else {
        Pace::OnTrack
    }
}

/// Where a target stands, and why. A floor is asked for in proportion to the time; so is a ceiling, of which less is better. A KPI is
/// a level: it is kept or it is not.
pub(super) fn pace(compared: Compared) -> (Pace, PaceReason) {
    let Some(elapsed) = compared.elapsed_bp else { return (Pace::Unknown, PaceReason::NotBegun) };
    let Some(achieved) = compared.achieved_micro else { return (Pace::Unknown, PaceReason::NoFigure) };
    if compared.source == TargetSource::Kpi {
        let kept = met(compared.direction, achieved, compared.target_micro);
        return (if kept { Pace::OnTrack } else { Pace::Behind }, PaceReason::Level);
    }
    let share = share_bp(achieved, compared.target_micro);
    (standing(compared.direction, (share, elapsed), TOLERANCE_BP), PaceReason::ShareOfTime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at_least(achieved: i64, elapsed: i64) -> Pace {
        let compared = Compared {
            source: TargetSource::Stated,
            direction: KpiDirection::AtLeast,
            target_micro: 1_000_000,
            achieved_micro: Some(achieved),
            elapsed_bp: Some(elapsed),
        };
        pace(compared).0
    }

    #[test]
    fn half_of_the_time_asks_for_half_of_the_target() {
        assert_eq!(at_least(500_000, 5000), Pace::OnTrack);
        assert_eq!(at_least(400_000, 5000), Pace::OnTrack);
        assert_eq!(at_least(399_900, 5000), Pace::Behind);
        assert_eq!(at_least(600_100, 5000), Pace::Ahead);
    }

    #[test]
    fn what_is_missing_is_not_zero() {
        let compared = Compared {
            source: TargetSource::Metric,
            direction: KpiDirection::AtLeast,
            target_micro: 1_000_000,
            achieved_micro: None,
            elapsed_bp: Some(9000),
        };
        assert_eq!(pace(compared), (Pace::Unknown, PaceReason::NoFigure));
        assert_eq!(pace(Compared { elapsed_bp: None, ..compared }), (Pace::Unknown, PaceReason::NotBegun));
    }

    #[test]
    fn a_kpi_is_kept_or_not_whatever_the_time() {
        for (direction, achieved, expected) in [
            (KpiDirection::AtLeast, 10, Pace::OnTrack),
            (KpiDirection::AtLeast, 9, Pace::Behind),
            (KpiDirection::AtMost, 10, Pace::OnTrack),
            (KpiDirection::AtMost, 11, Pace::Behind),
        ] {
            let compared = Compared {
                source: TargetSource::Kpi,
                direction,
                target_micro: 10,
                achieved_micro: Some(achieved),
                elapsed_bp: Some(100),
            };
            assert_eq!(pace(compared), (expected, PaceReason::Level), "{direction:?} {achieved}");
        }
    }

    proptest! {
        #[test]
        fn more_is_never_worse_for_a_floor_and_never_better_for_a_ceiling(
            target in 1..i64::MAX, less in 0..i64::MAX, more in 0..i64::MAX, elapsed in 0..=10_000_i64
        ) {
            let rank = |direction, achieved| {
                let source = TargetSource::PublishedPosts;
                let achieved_micro = Some(achieved);
                let elapsed_bp = Some(elapsed);
                match pace(Compared { source, direction, target_micro: target, achieved_micro, elapsed_bp }).0 {
                    Pace::Ahead => 2,
                    Pace::OnTrack => 1,
                    Pace::Behind | Pace::Unknown => 0,
                }
            };
            let (less, more) = (less.min(more), less.max(more));
            prop_assert!(rank(KpiDirection::AtLeast, less) <= rank(KpiDirection::AtLeast, more));
            prop_assert!(rank(KpiDirection::AtMost, less) >= rank(KpiDirection::AtMost, more));
        }

        #[test]
        fn time_is_between_nothing_and_all(since in i64::MIN..i64::MAX, length in 1..i64::MAX) {
            match elapsed_bp(since, length) {
                None => prop_assert!(since < 0),
                Some(gone) => prop_assert!((0..=WHOLE).contains(&gone) && (since < length || gone == WHOLE)),
            }
        }
    }
}
