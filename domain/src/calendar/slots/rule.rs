//! Days by a rule of RFC 5545, and when a local time is on each of them.
//!
//! The rule names days: `FREQ` is `DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`, and the parts that name hours, minutes and seconds are
//! not taken, so that each day comes once. It is counted by the wall clock, where every day has its place and no clock changes; only
//! then does [`at_wall_clock`] say when the time of each day is. So 09:00 stays 09:00, a time that a change of the clocks skips is
//! as much later, and of one that is repeated the earlier counts: nothing is lost, nothing comes twice. A day that a time zone leaves
//! out has no time. A first day that the rule does not name is no occurrence.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Unvalidated};

use crate::calendar::clock::{at_wall_clock, day_start};
use crate::calendar::span::can_be_asked_for;
use crate::error::{Code, Complaints, UserError};

/// The longest text of a rule, in characters.
const LONGEST: usize = 300;
/// Within so many days from its start a rule names a day, or it is refused. Any rule that people mean does: a leap day comes
/// within eight years.
const FIRST_WITHIN: u64 = 8 * 366 + 2;
/// The most days by one rule that are looked at in one go.
const MOST: usize = 5000;

/// Which days, as somebody writes it: one of the two.
#[derive(Debug, Clone, Default)]
pub struct RuleInput {
    /// Every week on these days.
    pub weekdays: Vec<Weekday>,
    /// A rule of RFC 5545, such as `FREQ=MONTHLY;BYDAY=1MO`.
    pub rule: Option<String>,
}

/// Days by a rule, and the local time of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// A rule of RFC 5545, checked.
    pub rule: String,
    /// The local time.
    pub at: NaiveTime,
    /// From this day on.
    pub starts_on: NaiveDate,
    /// The last day; without an end unless given.
    pub ends_on: Option<NaiveDate>,
}

/// One day of a rule, with its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleDay {
    /// The day by the rule, which names the occurrence.
    pub on: NaiveDate,
    /// When its local time is.
    pub at: DateTime<Utc>,
}

impl Recurrence {
    /// What is written, with everything that is wrong with it said under `prefix`.
    pub(crate) fn of_input(
        wrong: &mut Complaints,
        prefix: &str,
        days: &RuleInput,
        at: NaiveTime,
        (starts_on, ends_on): (NaiveDate, Option<NaiveDate>),
    ) -> Self {
        let path = |field: &str| format!("{prefix}.{field}");
        if at.second() != 0 || at.nanosecond() != 0 {
            wrong.add(UserError::at(Code::Invalid, &path("time")));
        }
        if !can_be_asked_for(starts_on) {
            wrong.add(UserError::at(Code::Invalid, &path("startsOn")));
        }
        if ends_on.is_some_and(|end| end < starts_on || !can_be_asked_for(end)) {
            wrong.add(UserError::at(Code::Invalid, &path("endsOn")));
        }
        let rule = match (&days.rule, days.weekdays.is_empty()) {
            (Some(rule), true) => rule.trim().trim_start_matches("RRULE:").to_ascii_uppercase(),
            (None, false) => weekly(&days.weekdays),
            _ => {
                wrong.add(UserError::at(Code::Invalid, &path("rule")));
                String::new()
            }
        };
        let recurrence = Self { rule, at, starts_on, ends_on };
        if !recurrence.rule.is_empty() && can_be_asked_for(starts_on) && !recurrence.can_be_kept() {
            wrong.add(UserError::at(Code::RuleNotUnderstood, &path("rule")));
        }
        recurrence
    }

    /// Whether it is a rule for days that names at least one of them before long.
    fn can_be_kept(&self) -> bool {
        let Some(rule) = parse(&self.rule) else { return false };
        let Some(set) = days_of(&rule, self.starts_on) else { return false };
        let limit = self.starts_on + Days::new(FIRST_WITHIN);
        (&set).into_iter().next().is_some_and(|first| first.date_naive() <= limit)
    }

    /// The weekdays, where the rule is nothing but `every week on these days`.
    pub fn weekdays(&self) -> Option<Vec<Weekday>> {
        let rule = parse(&self.rule)?;
        let days: Vec<Weekday> = rule
            .get_by_weekday()
            .iter()
            .filter_map(|day| match day {
                NWeekday::Every(day) => Some(*day),
                NWeekday::Nth(..) => None,
            })
            .collect();
        (weekly(&days) == self.rule).then_some(days)
    }
}

/// Every week on these days, each named once, from Monday on.
fn weekly(days: &[Weekday]) -> String {
    let mut days: Vec<Weekday> = days.to_vec();
    days.sort_by_key(Weekday::num_days_from_monday);
    days.dedup();
    let names: Vec<String> = days.iter().map(|day| day.to_string()[..2].to_ascii_uppercase()).collect();
    format!("FREQ=WEEKLY;BYDAY={}", names.join(","))
}

/// A rule for days; none if it is not of the form, or is for less than days.
fn parse(text: &str) -> Option<RRule<Unvalidated>> {
    // Until when is said beside the rule, as a day: in the rule it would have to be a moment of UTC.
    if text.len() > LONGEST || !text.is_ascii() || text.contains(['\n', '\r', ':']) || text.contains("UNTIL") {
        return None;
    }
    let rule: RRule<Unvalidated> = text.parse().ok()?;
    let of_days =
        matches!(rule.get_freq(), Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly);
    let timed = !rule.get_by_hour().is_empty() || !rule.get_by_minute().is_empty() || !rule.get_by_second().is_empty();
    (of_days && !timed && rule.get_interval() > 0).then_some(rule)
}

/// The days of the rule from its start on, at noon of a clock that never changes.
fn days_of(rule: &RRule<Unvalidated>, starts_on: NaiveDate) -> Option<RRuleSet> {
    let noon = starts_on.and_hms_opt(12, 0, 0)?.and_utc().with_timezone(&rrule::Tz::UTC);
    Some(rule.clone().build(noon).ok()?.limit())
}

/// What the rule names from `from` on and before `until`, in order.
pub fn occurrences(zone: Tz, of: &Recurrence, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<RuleDay> {
    let Some(set) = parse(&of.rule).and_then(|rule| days_of(&rule, of.starts_on)) else { return Vec::new() };
    // A time that is skipped may lie on the next day.
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let last = of.ends_on.unwrap_or(NaiveDate::MAX).min(local(until));
    let first = local(from).checked_sub_days(Days::new(2)).unwrap_or(NaiveDate::MIN);
    (&set)
        .into_iter()
        .map(|noon| noon.date_naive())
        .take_while(|on| *on <= last)
        .skip_while(|on| *on < first)
        .take(MOST)
        .map(|on| RuleDay { on, at: at_wall_clock(zone, on.and_time(of.at)) })
        .filter(|one| local(one.at) == one.on || exists(zone, one.on))
        .filter(|one| from <= one.at && one.at < until)
        .collect()
}

/// Whether the day is in the time zone: some zones left one out when they changed sides of the date line.
fn exists(zone: Tz, on: NaiveDate) -> bool {
    on.succ_opt().is_none_or(|next| day_start(zone, on) < day_start(zone, next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of(rule: &str, at: &str, starts_on: &str) -> Recurrence {
        let at = NaiveTime::parse_from_str(at, "%R").unwrap();
        Recurrence { rule: rule.to_owned(), at, starts_on: date(starts_on), ends_on: None }
    }

    fn all(zone: &str, of: &Recurrence, from: &str, until: &str) -> Vec<String> {
        let at = |text: &str| day_start(Tz::UTC, date(text));
        let found = occurrences(zone.parse().unwrap(), of, at(from), at(until));
        found.iter().map(|one| format!("{} {}", one.on, one.at.format("%F %R"))).collect()
    }

    #[test]
    fn nine_stays_nine_and_what_is_skipped_or_repeated_comes_once() {
        let nine = of("FREQ=DAILY", "09:00", "2026-03-28");
        assert_eq!(
            all("Europe/Athens", &nine, "2026-03-28", "2026-03-30"),
            ["2026-03-28 2026-03-28 07:00", "2026-03-29 2026-03-29 06:00"]
        );
        let skipped = of("FREQ=DAILY", "03:30", "2026-03-28");
        assert_eq!(
            all("Europe/Athens", &skipped, "2026-03-28", "2026-03-31"),
            ["2026-03-28 2026-03-28 01:30", "2026-03-29 2026-03-29 01:30", "2026-03-30 2026-03-30 00:30"]
        );
        let repeated = of("FREQ=DAILY", "03:30", "2026-10-24");
        assert_eq!(
            all("Europe/Athens", &repeated, "2026-10-24", "2026-10-27"),
            ["2026-10-24 2026-10-24 00:30", "2026-10-25 2026-10-25 00:30", "2026-10-26 2026-10-26 01:30"]
        );
        // The day that Samoa left out.
        let samoa = of("FREQ=DAILY", "10:00", "2011-12-29");
        let days: Vec<String> = all("Pacific/Apia", &samoa, "2011-12-29", "2012-01-02");
        assert_eq!(
            days.iter().map(|one| &one[..10]).collect::<Vec<_>>(),
            ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]
        );
    }

    #[test]
    fn rules_mean_what_the_rfc_says() {
        let days = |rule: &str, start: &str, until: &str| -> Vec<String> {
            all("UTC", &of(rule, "09:00", start), start, until).iter().map(|one| one[..10].to_owned()).collect()
        };
        assert_eq!(
            days("FREQ=WEEKLY;BYDAY=MO,TH", "2026-01-01", "2026-01-12"),
            ["2026-01-01", "2026-01-05", "2026-01-08"]
        );
        assert_eq!(days("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-01", "2026-03-01"), ["2026-01-30", "2026-02-27"]);
        assert_eq!(
            days("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", "2026-06-01"),
            ["2026-01-31", "2026-03-31", "2026-05-31"]
        );
        assert_eq!(
            days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-01-06", "2026-02-10"),
            ["2026-01-06", "2026-01-20", "2026-02-03"]
        );
        assert_eq!(days("FREQ=DAILY;COUNT=2", "2026-01-01", "2027-01-01"), ["2026-01-01", "2026-01-02"]);
        assert_eq!(
            days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2033-01-01"),
            ["2028-02-29", "2032-02-29"]
        );
    }

    #[test]
    fn what_is_no_rule_for_days_is_refused() {
        for rule in [
            "",
            "FREQ=HOURLY",
            "FREQ=SECONDLY",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;BYMINUTE=1,2",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;UNTIL=20270101T000000Z",
            "FREQ=DAILY\nRRULE:FREQ=HOURLY",
            "FREQ=NEVER",
            "BYDAY=MO",
            "every monday",
            "FREQ=WEEKLY;BYDAY=ΔΕ",
            "FREQ=MONTHLY;BYMONTHDAY=32",
        ] {
            assert!(!of(rule, "09:00", "2026-01-01").can_be_kept(), "{rule}");
        }
        let started = std::time::Instant::now();
        assert!(!of("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "09:00", "2026-01-01").can_be_kept(), "it names no day");
        println!("a rule that names no day takes {:?}", started.elapsed());
    }

    #[test]
    fn weekdays_are_a_rule_and_come_back() {
        let days = [Weekday::Sat, Weekday::Mon, Weekday::Mon];
        let rule = weekly(&days);
        assert_eq!(rule, "FREQ=WEEKLY;BYDAY=MO,SAT".replace("SAT", "SA"));
        assert_eq!(of(&rule, "09:00", "2026-01-01").weekdays(), Some(vec![Weekday::Mon, Weekday::Sat]));
        assert_eq!(of("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "09:00", "2026-01-01").weekdays(), None);
    }

    proptest! {
        #[test]
        fn nothing_panics_whatever_is_written(text in "[A-Z0-9=;,:+-]{0,60}") {
            let _kept = of(&text, "09:00", "2026-01-01").can_be_kept();
        }

        #[test]
        fn a_window_split_in_two_holds_the_same(split in 0..80_i64, hour in 0..24_u32, minute in 0..60_u32) {
            let zone: Tz = "Africa/Cairo".parse().unwrap();
            let mut daily = of("FREQ=DAILY", "09:00", "2026-03-01");
            daily.at = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
            let start = day_start(Tz::UTC, date("2026-03-01"));
            let (middle, end) = (start + chrono::Duration::days(split), start + chrono::Duration::days(80));
            let mut parts = occurrences(zone, &daily, start, middle);
            parts.extend(occurrences(zone, &daily, middle, end));
            prop_assert_eq!(parts, occurrences(zone, &daily, start, end));
        }
    }
}
