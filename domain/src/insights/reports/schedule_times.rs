//! When a schedule's report is due by the brand's clock, and which days it is about.
//!
//! A local time that a change of the clocks skips is as much later, and of one that is repeated the earlier counts, as for slots.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use diwan_entity::insights::report_schedule::{self, Cadence};

use crate::calendar::at_wall_clock;

/// On which day of each week, month or quarter, and at which local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) cadence: Cadence,
    /// Of the week from Monday, 1; of the month from 1. A month that has no such day has its last.
    pub(super) day: u32,
    pub(super) at: NaiveTime,
}

impl From<&report_schedule::Model> for Times {
    fn from(row: &report_schedule::Model) -> Self {
        let day = row.weekday.or(row.month_day).and_then(|day| u32::try_from(day).ok()).unwrap_or(1);
        Self { cadence: row.cadence, day, at: row.at_time }
    }
}

/// An occurrence: its day by the brand's clock, and its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) on: NaiveDate,
    pub(super) at: DateTime<Utc>,
}

impl Times {
    /// The first day of the week, month or quarter that a day is in.
    fn begin(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.cadence {
            Cadence::Weekly => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Cadence::Monthly => day.with_day(1),
            Cadence::Quarterly => day.with_day(1)?.with_month0(day.month0() / 3 * 3),
        }
    }

    /// As many weeks, months or quarters later, or earlier.
    fn later(self, begin: NaiveDate, cycles: i32) -> Option<NaiveDate> {
        let size = cycles.unsigned_abs();
        let (days, months) = match self.cadence {
            Cadence::Weekly => (Days::new(u64::from(size) * 7), Months::new(0)),
            Cadence::Monthly => (Days::new(0), Months::new(size)),
            Cadence::Quarterly => (Days::new(0), Months::new(size * 3)),
        };
        if cycles < 0 {
            begin.checked_sub_days(days)?.checked_sub_months(months)
        } else {
            begin.checked_add_days(days)?.checked_add_months(months)
        }
    }

    /// When it is due in the week, month or quarter that begins on this day.
    fn within(self, zone: Tz, begin: NaiveDate) -> Option<Due> {
        let on = match self.cadence {
            Cadence::Weekly => begin.checked_add_days(Days::new(u64::from(self.day.clamp(1, 7) - 1)))?,
            Cadence::Monthly | Cadence::Quarterly => (1..=self.day).rev().find_map(|day| begin.with_day(day))?,
        };
        Some(Due { on, at: at_wall_clock(zone, on.and_time(self.at)) })
    }

    fn around(self, zone: Tz, now: DateTime<Utc>, cycles: std::ops::RangeInclusive<i32>) -> Vec<Due> {
        let Some(begin) = self.begin(now.with_timezone(&zone).date_naive()) else { return Vec::new() };
        cycles.filter_map(|cycles| self.within(zone, self.later(begin, cycles)?)).collect()
    }

    /// The next time after this moment; none at the end of the calendar.
    pub(super) fn next(self, zone: Tz, now: DateTime<Utc>) -> Option<Due> {
        self.around(zone, now, -1..=2).into_iter().find(|due| due.at > now)
    }

    /// The last time up to this moment.
    pub(super) fn last(self, zone: Tz, now: DateTime<Utc>) -> Option<Due> {
        self.around(zone, now, -2..=1).into_iter().rev().find(|due| due.at <= now)
    }

    /// The first and the last day of the week, month or quarter that had just ended on this day.
    pub(super) fn period(self, week_start: Weekday, on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let begin = match self.cadence {
            Cadence::Weekly => on.checked_sub_days(Days::new(on.weekday().days_since(week_start).into()))?,
            Cadence::Monthly | Cadence::Quarterly => self.begin(on)?,
        };
        Some((self.later(begin, -1)?, begin.pred_opt()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times(cadence: Cadence, day: u32, at: &str) -> Times {
        Times { cadence, day, at: NaiveTime::parse_from_str(at, "%R").unwrap() }
    }

    fn after(times: Times, zone: &str, now: &str) -> String {
        let due = times.next(zone.parse().unwrap(), now.parse().unwrap()).unwrap();
        format!("{} {}", due.on, due.at.format("%F %R"))
    }

    #[test]
    fn a_time_stays_where_the_clock_has_it() {
        let monthly = times(Cadence::Monthly, 31, "09:00");
        assert_eq!(after(monthly, "Europe/Athens", "2026-02-01T00:00:00Z"), "2026-02-28 2026-02-28 07:00");
        assert_eq!(after(monthly, "Europe/Athens", "2026-02-28T07:00:00Z"), "2026-03-31 2026-03-31 06:00");
        // 03:30 is skipped on the last Sunday of March, and comes twice on that of October.
        let sunday = times(Cadence::Weekly, 7, "03:30");
        assert_eq!(after(sunday, "Europe/Athens", "2026-03-25T00:00:00Z"), "2026-03-29 2026-03-29 01:30");
        assert_eq!(after(sunday, "Europe/Athens", "2026-10-20T00:00:00Z"), "2026-10-25 2026-10-25 00:30");
        let quarterly = times(Cadence::Quarterly, 5, "00:30");
        assert_eq!(after(quarterly, "Asia/Tehran", "2026-02-10T00:00:00Z"), "2026-04-05 2026-04-04 21:00");
    }

    #[test]
    fn a_report_is_about_what_has_just_ended() {
        let period = |times: Times, on: &str| {
            let (from, to) = times.period(Weekday::Sat, on.parse().unwrap()).unwrap();
            format!("{from} {to}")
        };
        // Weeks that begin on Saturday: on a Saturday one has just ended.
        assert_eq!(period(times(Cadence::Weekly, 6, "09:00"), "2026-07-11"), "2026-07-04 2026-07-10");
        assert_eq!(period(times(Cadence::Weekly, 5, "09:00"), "2026-07-10"), "2026-06-27 2026-07-03");
        assert_eq!(period(times(Cadence::Monthly, 1, "09:00"), "2026-03-01"), "2026-02-01 2026-02-28");
        assert_eq!(period(times(Cadence::Quarterly, 1, "09:00"), "2026-01-01"), "2025-10-01 2025-12-31");
    }

    proptest! {
        #[test]
        fn the_last_is_over_the_next_is_to_come_and_none_lies_between(
            cadence in prop::sample::select(vec![Cadence::Weekly, Cadence::Monthly, Cadence::Quarterly]),
            day in 1..=31_u32,
            minute in 0..24 * 60_u32,
            now in 1_700_000_000..2_000_000_000_i64,
        ) {
            let day = if cadence == Cadence::Weekly { day % 7 + 1 } else { day };
            let at = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let (times, zone) = (Times { cadence, day, at }, chrono_tz::Africa::Cairo);
            let now = DateTime::from_timestamp(now, 0).unwrap();
            let (last, next) = (times.last(zone, now).unwrap(), times.next(zone, now).unwrap());
            prop_assert!(last.at <= now && now < next.at);
            prop_assert_eq!(times.next(zone, last.at).unwrap(), next);
            prop_assert_eq!(times.last(zone, next.at).unwrap(), next);
            let (from, to) = times.period(Weekday::Sat, next.on).unwrap();
            prop_assert!(from < to && to < next.on);
            prop_assert_eq!(times.period(Weekday::Sat, last.on).unwrap().1.succ_opt(), Some(from));
        }
    }
}
