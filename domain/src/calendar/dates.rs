//! Dates in four calendars, by ICU4X (`icu_calendar`): Gregorian; Jalali, the arithmetic of the Persian solar calendar; Hijri,
//! by the tables of Umm al-Qura, which cover 1300 to 1600 AH (1882 to 2174) and are continued by arithmetic outside; Hebrew.
//!
//! A month is named by its number in the calendar's own count, as `M01` to `M12`. A leap month has the number of the month
//! before it and an `L`: of the Hebrew calendar, `M05L` is Adar I, and `M06` is Adar, which in leap years is Adar II.
//!
//! Where a year lacks what recurs in it: a day that its month does not have that year falls on the last day of the month
//! (30 Esfand on 29 Esfand, 29 February on 28 February), and a leap month that the year does not have is the month after it
//! (Adar I is Adar).

use chrono::{Datelike as _, Days, NaiveDate};
use diwan_entity::tenancy::agency::CalendarSystem;
use icu_calendar::options::{DateFromFieldsOptions, Overflow};
use icu_calendar::types::{DateFields, Month, RataDie};
use icu_calendar::{AnyCalendar, AnyCalendarKind, Date};

/// Gregorian years that can be asked for: those for which the tables of the Hijri calendar hold, with room to both sides.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2170;

/// A date as one of the calendars counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDate {
    /// Whose count it is.
    pub system: CalendarSystem,
    /// The year.
    pub year: i32,
    /// The month's place in its year, from 1; up to 13 in a Hebrew leap year.
    pub month: u8,
    /// The month's name, such as `M01` or `M05L`.
    pub month_code: String,
    /// The day of the month, from 1.
    pub day: u8,
}

fn calendar(system: CalendarSystem) -> AnyCalendar {
    AnyCalendar::new(match system {
        CalendarSystem::Gregorian => AnyCalendarKind::Gregorian,
        CalendarSystem::Jalali => AnyCalendarKind::Persian,
        CalendarSystem::Hijri => AnyCalendarKind::HijriUmmAlQura,
        CalendarSystem::Hebrew => AnyCalendarKind::Hebrew,
    })
}

fn counted(system: CalendarSystem, date: NaiveDate) -> Date<AnyCalendar> {
    Date::from_rata_die(RataDie::new(date.num_days_from_ce().into()), calendar(system))
}

fn gregorian(date: &Date<AnyCalendar>) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(date.to_rata_die().to_i64_date()).ok()?)
}

/// A day as this calendar counts it.
pub fn local_date(system: CalendarSystem, date: NaiveDate) -> LocalDate {
    let counted = counted(system, date);
    let month = counted.month();
    LocalDate {
        system,
        year: counted.year().extended_year(),
        month: month.ordinal,
        month_code: month.to_input().code().0.to_string(),
        day: counted.day_of_month().0,
    }
}

/// The first day of the month in which a day lies, and how many days it has.
pub fn month_around(system: CalendarSystem, date: NaiveDate) -> (NaiveDate, u32) {
    let counted = counted(system, date);
    let before = u64::from(counted.day_of_month().0.saturating_sub(1));
    (date.checked_sub_days(Days::new(before)).unwrap_or(date), u32::from(counted.days_in_month()))
}

/// A month and a day, as they recur in a calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearlyDay {
    system: CalendarSystem,
    month: Month,
    day: u8,
}

impl YearlyDay {
    /// A day of a month that the calendar has in some year; none otherwise.
    pub fn new(system: CalendarSystem, month_code: &str, day: i32) -> Option<Self> {
        let month = Month::try_from_str(month_code).ok()?;
        let leap = month.is_leap() && system == CalendarSystem::Hebrew && month.number() == 5;
        if !(1..=12).contains(&month.number()) || (month.is_leap() && !leap) {
            return None;
        }
        let longest = match (system, month.number()) {
            (CalendarSystem::Gregorian, 2) => 29,
            (CalendarSystem::Gregorian, 4 | 6 | 9 | 11) => 30,
            (CalendarSystem::Gregorian, _) | (CalendarSystem::Jalali, 1..=6) => 31,
            // Heshvan and Kislev have 29 or 30 days; Tevet, Adar, Iyar, Tammuz and Elul 29.
            (CalendarSystem::Hebrew, 4 | 6 | 8 | 10 | 12) if !leap => 29,
            _ => 30,
        };
        let day = u8::try_from(day).ok().filter(|day| (1..=longest).contains(day))?;
        Some(Self { system, month, day })
    }

    /// The day in one year of its calendar; where the year lacks it, by the rule above.
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        let mut fields = DateFields::default();
        fields.extended_year = Some(year);
        fields.month = Some(self.month);
        fields.day = Some(self.day);
        let mut options = DateFromFieldsOptions::default();
        options.overflow = Some(Overflow::Constrain);
        let date = Date::try_from_fields(fields, options, calendar(self.system)).ok()?;
        gregorian(&date)
    }

    /// The day in one year of its calendar, if the year has it.
    pub fn exactly_in_year(self, year: i32) -> Option<NaiveDate> {
        gregorian(&Date::try_new(year.into(), self.month, self.day, calendar(self.system)).ok()?)
    }

    /// Every time that the day recurs from one day to another, both included. A Hijri day may recur twice in a Gregorian
    /// year.
    pub fn between(self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let year = |date| counted(self.system, date).year().extended_year();
        (year(first)..=year(last))
            .filter_map(move |year| self.in_year(year))
            .filter(move |day| (first..=last).contains(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CalendarSystem::{Gregorian, Hebrew, Hijri, Jalali};
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn yearly(system: CalendarSystem, code: &str, on: i32) -> YearlyDay {
        YearlyDay::new(system, code, on).unwrap()
    }

    #[test]
    fn known_days_are_where_everybody_knows_them() {
        // Nowruz 1405, Yalda 1404, Eid al-Fitr and Eid al-Adha 1447 by Umm al-Qura, Rosh Hashanah 5787, Purim 5784 (a leap year).
        assert_eq!(yearly(Jalali, "M01", 1).in_year(1405), Some(day("2026-03-21")));
        assert_eq!(yearly(Jalali, "M09", 30).in_year(1404), Some(day("2025-12-21")));
        assert_eq!(yearly(Hijri, "M10", 1).in_year(1447), Some(day("2026-03-20")));
        assert_eq!(yearly(Hijri, "M12", 10).in_year(1447), Some(day("2026-05-27")));
        assert_eq!(yearly(Hebrew, "M01", 1).in_year(5787), Some(day("2026-09-12")));
        assert_eq!(yearly(Hebrew, "M06", 14).in_year(5784), Some(day("2024-03-24")));
        assert_eq!(yearly(Hebrew, "M05L", 14).in_year(5784), Some(day("2024-02-23")));
        let found = local_date(Jalali, day("2026-03-21"));
        assert_eq!((found.year, found.month, found.month_code.as_str(), found.day), (1405, 1, "M01", 1));
        assert_eq!(local_date(Hebrew, day("2024-03-24")).month_code, "M06");
        assert_eq!(local_date(Hebrew, day("2024-03-24")).month, 7);
    }

    #[test]
    fn what_a_year_lacks_falls_where_the_rule_says() {
        assert_eq!(yearly(Gregorian, "M02", 29).in_year(2027), Some(day("2027-02-28")));
        // 1403 is a leap year, 1404 is not.
        assert_eq!(yearly(Jalali, "M12", 30).in_year(1403), Some(day("2025-03-20")));
        assert_eq!(yearly(Jalali, "M12", 30).in_year(1404), Some(day("2026-03-20")));
        assert_eq!(yearly(Jalali, "M12", 29).in_year(1404), Some(day("2026-03-20")));
        assert_eq!(yearly(Jalali, "M12", 30).exactly_in_year(1404), None);
        // 5786 has one Adar.
        assert_eq!(yearly(Hebrew, "M05L", 14).in_year(5786), yearly(Hebrew, "M06", 14).in_year(5786));
        assert_eq!(yearly(Hebrew, "M05L", 14).exactly_in_year(5786), None);
    }

    #[test]
    fn what_no_year_has_is_no_day() {
        for (system, code, on) in [
            (Gregorian, "M02", 30),
            (Gregorian, "M13", 1),
            (Gregorian, "M04", 31),
            (Jalali, "M07", 31),
            (Hijri, "M01", 31),
            (Hijri, "M05L", 1),
            (Hebrew, "M06", 30),
            (Hebrew, "M03L", 1),
            (Hebrew, "M13", 1),
            (Gregorian, "M00", 1),
            (Gregorian, "1", 1),
            (Gregorian, "M01", 0),
            (Gregorian, "M01", -1),
            (Gregorian, "M01", 300),
        ] {
            assert_eq!(YearlyDay::new(system, code, on), None, "{system:?} {code} {on}");
        }
    }

    #[test]
    fn a_hijri_day_may_recur_twice_in_a_gregorian_year() {
        let found: Vec<_> = yearly(Hijri, "M10", 1).between(day("2033-01-01"), day("2033-12-31")).collect();
        assert_eq!(found.len(), 2, "{found:?}");
    }

    fn systems() -> impl Strategy<Value = CalendarSystem> {
        proptest::sample::select(vec![Gregorian, Jalali, Hijri, Hebrew])
    }

    proptest! {
        #[test]
        fn a_day_is_the_day_of_its_own_month_and_year(system in systems(), offset in 0..98_000_u64) {
            let date = day("1900-01-01") + Days::new(offset);
            let found = local_date(system, date);
            let again = yearly(system, &found.month_code, found.day.into()).exactly_in_year(found.year);
            prop_assert_eq!(again, Some(date));
            let (first, length) = month_around(system, date);
            let last = first + Days::new(u64::from(length) - 1);
            prop_assert!(first <= date && date <= last);
            prop_assert_eq!(local_date(system, first).day, 1);
            prop_assert_eq!(local_date(system, last + Days::new(1)).day, 1);
            prop_assert_eq!(local_date(system, last).month_code, found.month_code);
        }

        #[test]
        fn it_recurs_once_in_each_year_of_its_calendar(system in systems(), offset in 0..80_000_u64) {
            let date = day("1900-01-01") + Days::new(offset);
            let found = local_date(system, date);
            let recurring = yearly(system, &found.month_code, found.day.into());
            let days: Vec<_> = recurring.between(date, date + Days::new(10 * 354)).collect();
            prop_assert_eq!(days.first(), Some(&date));
            prop_assert!(days.is_sorted() && (9..=11).contains(&days.len()), "{:?}", days);
        }
    }
}
