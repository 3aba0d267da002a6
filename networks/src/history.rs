//! How many followed an account before it was connected, as far as its network tells.

use chrono::{DateTime, Utc};

/// What a network tells of an account's past, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountHistory {
    /// Of how many days before now it tells.
    pub days: u32,
    /// Of how many days it tells in one request: 90 at most, so that they are within four months.
    pub at_once: u32,
    /// How many days after a moment whoever came and went before it is told for sure: what came since is reckoned from no younger number. None
    /// where totals are told, of which nothing is reckoned.
    pub told_after: u32,
    /// Where the network says so.
    pub source: &'static str,
}

/// A moment of an account's past: where one of the network's days ends, or begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowersThen {
    /// When.
    pub at: DateTime<Utc>,
    /// What is told of it.
    pub told: FollowersTold,
}

/// What a network tells of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowersTold {
    /// How many followed then.
    Total(i64),
    /// How many more there were one day later. Those who went are taken off where the network tells of them.
    GainedAfter(i64),
}

#[cfg(test)]
mod tests {
    use crate::{Metric, registry};

    #[test]
    fn what_is_told_of_the_past_has_limits_and_a_source_and_goes_on_with_the_followers() {
        let mut told = Vec::new();
        for network in registry() {
            let capabilities = network.capabilities();
            let Some(history) = capabilities.history else { continue };
            assert!((1..=90).contains(&history.at_once), "{}", capabilities.key);
            assert!(history.days >= history.at_once, "{}", capabilities.key);
            assert!(history.told_after < 7, "{}: a figure believes no number so long", capabilities.key);
            assert!(history.source.starts_with("https://"), "{}", capabilities.key);
            assert!(capabilities.metrics.contains(&Metric::Followers), "{}", capabilities.key);
            told.push(capabilities.key.as_str());
        }
        assert_eq!(told, ["facebook", "linkedin", "youtube"]);
    }
}
