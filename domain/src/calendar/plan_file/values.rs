//! Dates, times and digits as people write them.

use chrono::{NaiveDate, NaiveTime};
use diwan_entity::tenancy::agency::CalendarSystem;

use crate::calendar::YearlyDay;
use crate::calendar::dates::YEARS;

/// The same with Latin digits, and without marks of direction and the space around it.
pub(super) fn latin(text: &str) -> String {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10).unwrap_or(c),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10).unwrap_or(c),
        _ => c,
    };
    let marks = |c: &char| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(marks).map(digit).collect::<String>().trim().to_owned()
}

/// A date: the year first or last, with hyphens, full stops or slashes. By the count of `system` where the year is none of our
/// time by the Gregorian.
pub(super) fn date(text: &str, system: CalendarSystem) -> Option<NaiveDate> {
    let text = latin(text);
    let parts: Vec<&str> = text.split(['-', '.', '/']).map(str::trim).collect();
    let [first, month, last] = parts[..] else { return None };
    let whole = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
    let (year, day) = match (first.len(), last.len()) {
        (4, 1..=2) => (first, last),
        (1..=2, 4) => (last, first),
        _ => return None,
    };
    if !(1..=2).contains(&month.len()) {
        return None;
    }
    let (year, month, day) = (i32::try_from(whole(year)?).ok()?, whole(month)?, whole(day)?);
    if YEARS.contains(&year) {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    // Hebrew months are told by their names, since leap years number them otherwise.
    if !matches!(system, CalendarSystem::Jalali | CalendarSystem::Hijri) {
        return None;
    }
    let found = YearlyDay::new(system, &format!("M{month:02}"), i32::try_from(day).ok()?)?.exactly_in_year(year)?;
    YEARS.contains(&chrono::Datelike::year(&found)).then_some(found)
}

/// A time of the day, 24 hours.
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let text = latin(text);
    let (hours, rest) = text.split_once(':')?;
    let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    let whole = |text: &str| {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u32>().ok())?
    };
    if minutes.len() != 2 || seconds.len() != 2 {
        return None;
    }
    NaiveTime::from_hms_opt(whole(hours)?, whole(minutes)?, whole(seconds)?)
}

/// What would begin a formula stands behind an apostrophe. One that stands before such a text itself gets another, so that
/// every text comes back as it was.
pub(super) fn escape(text: &str) -> String {
    if begins_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that was escaped.
pub(super) fn unescape(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| begins_a_formula(rest)).unwrap_or(text)
}

fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
