//! Who an amount needs: the ladder of levels and their limits. Whole minor units, one currency at a time.

use std::collections::HashMap;

use diwan_entity::tenancy::app_user::Level;
use serde::{Deserialize, Serialize};

/// From the first level that can decide at all to the highest.
const LADDER: [Level; 4] = [Level::Mid, Level::Senior, Level::Director, Level::Cmo];

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// In the smallest unit of the currency.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// The limits of one kind in one currency. A level without one covers nothing, but the CMO covers everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The agency's.
    pub agency: HashMap<Level, i64>,
    /// The brand's own, which count instead.
    pub brand: HashMap<Level, i64>,
}

impl Limits {
    /// Up to which amount a level may decide; none for no amount at all. Of the CMO it is never asked.
    pub fn of(&self, level: Level) -> Option<i64> {
        self.brand.get(&level).or_else(|| self.agency.get(&level)).copied()
    }

    /// Whether somebody of this level may decide about the amount.
    pub fn covers(&self, level: Level, minor: i64) -> bool {
        level == Level::Cmo || (level >= Level::Mid && self.of(level).is_some_and(|limit| limit >= minor))
    }

    /// The first level that covers the amount.
    pub fn level_for(&self, minor: i64) -> Level {
        LADDER.into_iter().find(|level| self.covers(*level, minor)).unwrap_or(Level::Cmo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some_limits() -> impl Strategy<Value = HashMap<Level, i64>> {
        let levels = proptest::sample::select(vec![Level::Mid, Level::Senior, Level::Director]);
        proptest::collection::hash_map(levels, 0..=1_000_000_i64, 0..=3)
    }

    fn limits() -> impl Strategy<Value = Limits> {
        (some_limits(), some_limits()).prop_map(|(agency, brand)| Limits { agency, brand })
    }

    proptest! {
        #[test]
        fn a_higher_amount_never_needs_a_lower_level(limits in limits(), a in 0..=1_100_000_i64, b in 0..=1_100_000_i64) {
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(limits.level_for(less) <= limits.level_for(more));
        }

        #[test]
        fn the_level_covers_and_none_below_does(limits in limits(), minor in 0..=i64::MAX) {
            let level = limits.level_for(minor);
            prop_assert!(limits.covers(level, minor));
            for below in LADDER.into_iter().filter(|below| *below < level) {
                prop_assert!(!limits.covers(below, minor));
            }
        }

        #[test]
        fn the_brand_s_own_limit_wins(limits in limits(), minor in 0..=1_100_000_i64) {
            for (level, limit) in &limits.brand {
                prop_assert_eq!(limits.covers(*level, minor), *limit >= minor);
            }
        }

        #[test]
        fn without_a_limit_nothing_is_covered(limits in limits(), minor in 0..=i64::MAX) {
            for level in [Level::Junior, Level::Mid, Level::Senior, Level::Director] {
                if !limits.brand.contains_key(&level) && !limits.agency.contains_key(&level) {
                    prop_assert!(!limits.covers(level, minor));
                }
            }
            prop_assert!(!limits.covers(Level::Junior, minor) && limits.covers(Level::Cmo, minor));
        }
    }
}
