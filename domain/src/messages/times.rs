//! Dates and times as people write them, by ICU4X: in their language and in the calendar that they count by. The clock has 24
//! hours, and digits are those of the language, as in every other number that the catalogue shows.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use chrono_tz::Tz;
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use icu_calendar::Iso;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YMD, YMDE};
use icu_datetime::input::{Date, DateTime as Local, Time};

/// A moment in words: the day of the week, the date and the time of day there.
pub fn time_in_words(locale: Locale, system: CalendarSystem, zone: Tz, at: DateTime<Utc>) -> String {
    let there = at.with_timezone(&zone).naive_local();
    let formatter = preferences(locale, system)
        .and_then(|wanted| DateTimeFormatter::try_new(wanted.into(), YMDE::long().with_time_hm()).ok());
    let [hour, minute] = [there.hour(), there.minute()].map(|part| u8::try_from(part).unwrap_or_default());
    match (formatter, iso(there.date()), Time::try_new(hour, minute, 0, 0)) {
        (Some(formatter), Some(date), Ok(time)) => formatter.format(&Local { date, time }).to_string(),
        _ => there.format("%F %R").to_string(),
    }
}

/// The day of a moment in words: the date there, without the day of the week.
pub fn date_in_words(locale: Locale, system: CalendarSystem, zone: Tz, at: DateTime<Utc>) -> String {
    let there = at.with_timezone(&zone).date_naive();
    let formatter =
        preferences(locale, system).and_then(|wanted| DateTimeFormatter::try_new(wanted.into(), YMD::long()).ok());
    match (formatter, iso(there)) {
        (Some(formatter), Some(date)) => formatter.format(&date).to_string(),
        _ => there.to_string(),
    }
}

/// How a language writes dates and times that are counted by this calendar.
fn preferences(locale: Locale, system: CalendarSystem) -> Option<icu_locale_core::Locale> {
    let language = match locale {
        // Day before month, as nearly everybody writes who reads English.
        Locale::En => "en-GB-u",
        Locale::Fa => "fa-u",
        Locale::Ar => "ar-u-nu-arab",
        Locale::El => "el-u",
        Locale::He => "he-u",
    };
    let calendar = match system {
        CalendarSystem::Gregorian => "gregory",
        CalendarSystem::Jalali => "persian",
        CalendarSystem::Hijri => "islamic-umalqura",
        CalendarSystem::Hebrew => "hebrew",
    };
    format!("{language}-hc-h23-ca-{calendar}").parse().ok()
}

fn iso(day: NaiveDate) -> Option<Date<Iso>> {
    let [month, of_month] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or_default());
    Date::try_new_iso(day.year(), month, of_month).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_people_of_the_language_write_it() {
        use CalendarSystem::{Gregorian, Hebrew, Hijri, Jalali};
        let at = "2026-11-26T15:05:00Z".parse().unwrap();
        let words = |locale, system, zone: &str| time_in_words(locale, system, zone.parse().unwrap(), at);
        for (locale, system, expected) in [
            (Locale::En, Gregorian, "Thursday, 26 November 2026 at 17:05"),
            (Locale::En, Jalali, "Thursday, 5 Azar 1405 AP at 17:05"),
            (Locale::Fa, Jalali, "پنجشنبه ۵ آذر ۱۴۰۵ ساعت ۱۷:۰۵"),
            (Locale::Fa, Gregorian, "پنجشنبه ۲۶ نوامبر ۲۰۲۶ ساعت ۱۷:۰۵"),
            (Locale::He, Hebrew, "יום חמישי, ט״ז בכסלו ה׳תשפ״ז בשעה 17:05"),
        ] {
            assert_eq!(words(locale, system, "Europe/Athens"), expected);
        }
        for locale in [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He] {
            for system in [Gregorian, Jalali, Hijri, Hebrew] {
                let said = words(locale, system, "Europe/Athens");
                let clock = ["17:05", "۱۷:۰۵", "١٧:٠٥"].iter().any(|clock| said.contains(clock));
                assert!(clock && !said.contains("2026-11-26"), "{said}");
            }
        }
        assert!(words(Locale::Ar, Hijri, "Europe/Athens").contains("١٧:٠٥"));
    }

    #[test]
    fn a_day_is_that_of_the_place() {
        use CalendarSystem::{Gregorian, Jalali};
        let at = "2026-11-26T22:05:00Z".parse().unwrap();
        let words = |locale, system, zone: &str| date_in_words(locale, system, zone.parse().unwrap(), at);
        for (locale, system, zone, expected) in [
            (Locale::En, Gregorian, "Europe/London", "26 November 2026"),
            (Locale::En, Gregorian, "Europe/Athens", "27 November 2026"),
            (Locale::Fa, Jalali, "Asia/Tehran", "۶ آذر ۱۴۰۵"),
            (Locale::El, Gregorian, "Europe/Athens", "27 Νοεμβρίου 2026"),
            (Locale::Ar, Gregorian, "Asia/Beirut", "٢٧ نوفمبر ٢٠٢٦"),
            (Locale::He, Gregorian, "Asia/Jerusalem", "27 בנובמבר 2026"),
        ] {
            assert_eq!(words(locale, system, zone), expected);
        }
    }
}
