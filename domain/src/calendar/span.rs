//! Which days a day, a week, a month or an agenda is, and when each of them begins.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use diwan_entity::tenancy::agency::{CalendarSystem, WeekStart};

use super::clock::day_start;
use super::dates::{YEARS, month_around};

/// The most days of an agenda.
pub const LONGEST_AGENDA: u32 = 92;

/// How much of a calendar is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The day itself.
    Day,
    /// The week in which it lies.
    Week,
    /// The month in which it lies, by the calendar that counts.
    Month,
    /// The month with the days of its first and last week that are not in it: whole weeks, as a page shows them.
    MonthInWeeks,
    /// So many days from it on, 1 to [`LONGEST_AGENDA`].
    Agenda(u32),
}

/// By what a span is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Whose months.
    pub system: CalendarSystem,
    /// The day on which weeks begin.
    pub week_start: WeekStart,
    /// Whose midnights.
    pub zone: Tz,
}

/// One day of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// Its first moment.
    pub starts_at: DateTime<Utc>,
    /// The first moment of the next day.
    pub ends_at: DateTime<Utc>,
}

/// Whether a day can be asked for.
pub fn can_be_asked_for(date: NaiveDate) -> bool {
    YEARS.contains(&date.year())
}

/// How many days a date is behind the beginning of its week.
pub fn into_week(date: NaiveDate, week_start: WeekStart) -> u64 {
    let first = match week_start {
        WeekStart::Monday => Weekday::Mon,
        WeekStart::Saturday => Weekday::Sat,
        WeekStart::Sunday => Weekday::Sun,
    };
    u64::from(date.weekday().days_since(first))
}

impl Count {
    /// The days of a span, in order and without a gap. `anchor` is one that can be asked for.
    pub fn days(&self, span: Span, anchor: NaiveDate) -> Vec<Day> {
        let (first, length) = self.dates(span, anchor);
        let start = |offset: u64| day_start(self.zone, first + Days::new(offset));
        let mut starts_at = start(0);
        (0..u64::from(length))
            .map(|offset| {
                let day = Day { date: first + Days::new(offset), starts_at, ends_at: start(offset + 1) };
                starts_at = day.ends_at;
                day
            })
            .collect()
    }

    /// The first day of a span, and how many it has.
    fn dates(self, span: Span, anchor: NaiveDate) -> (NaiveDate, u32) {
        let back = |date: NaiveDate| date - Days::new(into_week(date, self.week_start));
        match span {
            Span::Day => (anchor, 1),
            Span::Week => (back(anchor), 7),
            Span::Month => month_around(self.system, anchor),
            Span::MonthInWeeks => {
                let (first, length) = month_around(self.system, anchor);
                let begin = back(first);
                let whole = u32::try_from((first - begin).num_days()).unwrap_or_default() + length;
                (begin, whole.next_multiple_of(7))
            }
            Span::Agenda(days) => (anchor, days.clamp(1, LONGEST_AGENDA)),
        }
    }
}

/// The day in which a moment lies.
pub fn day_of(days: &[Day], at: DateTime<Utc>) -> Option<usize> {
    let behind = days.partition_point(|day| day.ends_at <= at);
    days.get(behind).filter(|day| day.starts_at <= at).map(|_| behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(zone: &str, system: CalendarSystem, week_start: WeekStart) -> Count {
        Count { system, week_start, zone: zone.parse().unwrap() }
    }

    fn ends(count: Count, span: Span, anchor: &str) -> (String, String, usize) {
        let days = count.days(span, anchor.parse().unwrap());
        (days[0].date.to_string(), days[days.len() - 1].date.to_string(), days.len())
    }

    fn found(first: &str, last: &str, days: usize) -> (String, String, usize) {
        (first.to_owned(), last.to_owned(), days)
    }

    #[test]
    fn spans_are_counted_by_the_calendar_and_the_week() {
        use CalendarSystem::{Gregorian, Hebrew, Hijri, Jalali};
        use WeekStart::{Monday, Saturday, Sunday};
        let athens = count("Europe/Athens", Gregorian, Monday);
        assert_eq!(ends(athens, Span::Day, "2026-03-29"), found("2026-03-29", "2026-03-29", 1));
        assert_eq!(ends(athens, Span::Week, "2026-03-29"), found("2026-03-23", "2026-03-29", 7));
        assert_eq!(ends(athens, Span::Month, "2026-02-10"), found("2026-02-01", "2026-02-28", 28));
        assert_eq!(ends(athens, Span::MonthInWeeks, "2026-03-10"), found("2026-02-23", "2026-04-05", 42));
        assert_eq!(ends(athens, Span::MonthInWeeks, "2027-02-10"), found("2027-02-01", "2027-02-28", 28));
        assert_eq!(ends(athens, Span::Agenda(10), "2026-12-28"), found("2026-12-28", "2027-01-06", 10));
        let tehran = count("Asia/Tehran", Jalali, Saturday);
        assert_eq!(ends(tehran, Span::Week, "2026-03-29"), found("2026-03-28", "2026-04-03", 7));
        assert_eq!(ends(tehran, Span::Month, "2026-03-25"), found("2026-03-21", "2026-04-20", 31));
        let jerusalem = count("Asia/Jerusalem", Hebrew, Sunday);
        assert_eq!(ends(jerusalem, Span::Month, "2024-02-20"), found("2024-02-10", "2024-03-10", 30));
        assert_eq!(
            ends(count("Asia/Riyadh", Hijri, Sunday), Span::Month, "2026-03-01"),
            found("2026-02-18", "2026-03-19", 30)
        );
    }

    #[test]
    fn a_moment_lies_in_one_day() {
        let days = count("Europe/Athens", CalendarSystem::Gregorian, WeekStart::Monday)
            .days(Span::Week, "2026-03-29".parse().unwrap());
        let of = |text: &str| day_of(&days, text.parse().unwrap());
        assert_eq!(of("2026-03-22T21:59:59Z"), None);
        assert_eq!(of("2026-03-22T22:00:00Z"), Some(0));
        assert_eq!(of("2026-03-28T22:00:00Z"), Some(6));
        assert_eq!(of("2026-03-29T20:59:59Z"), Some(6), "the day has 23 hours");
        assert_eq!(of("2026-03-29T21:00:00Z"), None);
    }
}
