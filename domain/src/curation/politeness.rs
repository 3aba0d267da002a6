//! When a feed is read next.

use chrono::{DateTime, Duration, Utc};

/// The least time between two readings of a feed, in minutes.
pub const LEAST_MINUTES: i32 = 15;
/// The most time, in minutes: a week.
pub const MOST_MINUTES: i32 = 7 * 24 * 60;
/// While a feed fails, it is read at least once a day, unless its server or its own interval asks for less.
const LONGEST_BACK_OFF: Duration = Duration::days(1);
/// The longest that a server can ask for.
const LONGEST_ASKED: Duration = Duration::days(7);

/// What decides when a feed is read next.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wishes {
    /// What the team wants, in minutes.
    pub every_minutes: i32,
    /// Readings in a row that failed.
    pub failures: i32,
    /// What the feed itself asks for (`ttl`), in minutes.
    pub ttl_minutes: Option<u32>,
    /// What the server asked for (`Retry-After`).
    pub retry_after: Option<Duration>,
}

/// When a feed is read next: after its interval, or what the feed asks for if that is longer; twice as long for each failure.
pub(super) fn next_reading(now: DateTime<Utc>, wishes: Wishes) -> DateTime<Utc> {
    let every = Duration::minutes(wishes.every_minutes.clamp(LEAST_MINUTES, MOST_MINUTES).into());
    let ttl =
        wishes.ttl_minutes.map_or(Duration::zero(), |minutes| Duration::minutes(minutes.into()).min(LONGEST_ASKED));
    let base = every.max(ttl);
    let doublings = u32::try_from(wishes.failures.clamp(0, 12)).unwrap_or_default();
    let backed_off = if doublings == 0 {
        base
    } else {
        base.checked_mul(1 << doublings).unwrap_or(LONGEST_BACK_OFF).min(LONGEST_BACK_OFF.max(base))
    };
    let asked = wishes.retry_after.unwrap_or_else(Duration::zero).clamp(Duration::zero(), LONGEST_ASKED);
    now + backed_off.max(asked)
}

/// `Retry-After` of RFC 9110: seconds, or a date.
pub(crate) fn retry_after(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(Duration::seconds(seconds.into()));
    }
    let at = DateTime::parse_from_rfc2822(header).ok()?.to_utc();
    (at > now).then(|| at - now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn a_server_can_ask_for_patience_in_two_ways() {
        assert_eq!(retry_after("120", now()), Some(Duration::minutes(2)));
        let later = (now() + Duration::hours(2)).format("%a, %d %b %Y %T GMT").to_string();
        assert_eq!(retry_after(&later, now()), Some(Duration::hours(2)));
        for nonsense in ["", "-3", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "99999999999999999999"] {
            assert_eq!(retry_after(nonsense, now()), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn nobody_is_asked_too_often_or_forgotten(
            every_minutes in -5..20_000_i32,
            failures in 0..2000_i32,
            ttl_minutes in proptest::option::of(any::<u32>()),
            asked in proptest::option::of(-5..2_000_000_i64),
        ) {
            let wishes = Wishes { every_minutes, failures, ttl_minutes, retry_after: asked.map(Duration::seconds) };
            let wait = next_reading(now(), wishes) - now();
            prop_assert!(wait >= Duration::minutes(LEAST_MINUTES.into()));
            prop_assert!(wait <= Duration::days(7));
            let worse = next_reading(now(), Wishes { failures: failures + 1, ..wishes }) - now();
            prop_assert!(worse >= wait);
        }
    }
}
