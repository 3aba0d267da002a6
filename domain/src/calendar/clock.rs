//! Wall clocks: what a local time means in a time zone, and where its days begin.
//!
//! A local time that a change of the clocks skips is as much later as the clocks go forward (02:30 becomes 03:30). One that
//! they repeat is the earlier of the two. (The same as `compatible` in ECMAScript's Temporal and in RFC 5545.)
//!
//! A day begins at the first moment that bears its date, which is not 00:00 where that is skipped. It ends where the next
//! begins, so that days have 23 or 25 hours where the clocks change, and none where a zone leaves a date out.

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Longest change of the clocks that is looked for, in quarters of an hour: a whole day and some.
const LONGEST_GAP: i32 = 26 * 4;

/// The moment of a local time.
pub fn at_wall_clock(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => after_gap(zone, local).0,
    }
}

/// For a local time that is skipped: what it becomes, and a moment shortly before the gap.
fn after_gap(zone: Tz, local: NaiveDateTime) -> (DateTime<Utc>, DateTime<Utc>) {
    let before = (1..=LONGEST_GAP).find_map(|steps| {
        zone.from_local_datetime(&(local - Duration::minutes(15) * steps)).latest().map(|at| (at, steps))
    });
    match before {
        // By the clocks as they stood before: the same distance from there on.
        Some((at, steps)) => (at.to_utc() + Duration::minutes(15) * steps, at.to_utc()),
        None => (Utc.from_utc_datetime(&local), Utc.from_utc_datetime(&local)),
    }
}

/// The first moment of a day.
pub fn day_start(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    match zone.from_local_datetime(&midnight) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            // The clocks jump over midnight. Where exactly lies between a moment before and one after.
            let (after, before) = after_gap(zone, midnight);
            let (mut low, mut high) = (before.timestamp(), after.timestamp());
            while low + 1 < high {
                let middle = low + (high - low) / 2;
                let jumped = DateTime::from_timestamp(middle, 0)
                    .is_some_and(|at| at.with_timezone(&zone).naive_local() >= midnight);
                if jumped { high = middle } else { low = middle }
            }
            DateTime::from_timestamp(high, 0).unwrap_or(after)
        }
    }
}

/// The same wall-clock time some days later, or earlier.
pub fn days_later(zone: Tz, at: DateTime<Utc>, days: i64) -> Option<DateTime<Utc>> {
    let local = at.with_timezone(&zone).naive_local();
    let size = Days::new(days.unsigned_abs());
    let moved = if days < 0 { local.checked_sub_days(size) } else { local.checked_add_days(size) }?;
    Some(at_wall_clock(zone, moved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str) -> String {
        let local = NaiveDateTime::parse_from_str(local, "%F %R").unwrap();
        at_wall_clock(zone.parse().unwrap(), local).format("%F %R").to_string()
    }

    fn hours(zone: &str, date: &str) -> i64 {
        let (zone, date): (Tz, NaiveDate) = (zone.parse().unwrap(), date.parse().unwrap());
        (day_start(zone, date + Days::new(1)) - day_start(zone, date)).num_minutes() / 60
    }

    #[test]
    fn skipped_and_repeated_times_are_as_the_rule_says() {
        assert_eq!(at("Europe/Athens", "2026-03-29 03:30"), "2026-03-29 01:30", "skipped: 04:30 summer time");
        assert_eq!(at("Europe/Athens", "2026-10-25 03:30"), "2026-10-25 00:30", "repeated: the earlier");
        assert_eq!(at("Europe/Athens", "2026-06-01 09:00"), "2026-06-01 06:00");
        // Half an hour.
        assert_eq!(at("Australia/Lord_Howe", "2026-10-04 02:15"), "2026-10-03 15:45");
        // A whole day was left out.
        assert_eq!(at("Pacific/Apia", "2011-12-30 10:00"), "2011-12-30 20:00");
    }

    #[test]
    fn days_have_as_many_hours_as_they_have() {
        assert_eq!(hours("Europe/Athens", "2026-03-29"), 23);
        assert_eq!(hours("Europe/Athens", "2026-10-25"), 25);
        assert_eq!(hours("Europe/Athens", "2026-06-01"), 24);
        // The clocks go forward at midnight.
        assert_eq!(hours("Asia/Beirut", "2026-03-29"), 23);
        assert_eq!(hours("Africa/Cairo", "2026-04-24"), 23);
        assert_eq!(hours("Pacific/Apia", "2011-12-30"), 0);
        assert_eq!(hours("Asia/Tehran", "2026-03-22"), 24);
    }
}
