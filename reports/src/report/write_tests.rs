use chrono::Weekday;
use proptest::prelude::*;

use super::*;

fn writing(language: Language, digits: Digits, beside: Option<OtherCalendar>) -> Writing {
    Writing { language, digits, beside, time_zone: chrono_tz::Asia::Tehran, week_start: Weekday::Mon }
}

fn writer(language: Language, digits: Digits) -> Writer {
    Writer::new(writing(language, digits, None))
}

fn of(mantissa: i64, places: u8) -> Number {
    Number { mantissa, places }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn numbers_have_the_signs_of_their_language() {
    let percent = |language, digits| writer(language, digits).number(of(-1_234_567, 2), &Unit::Percent);
    assert_eq!(percent(Language::En, Digits::Latin), "\u{200E}−12,345.67%");
    assert_eq!(percent(Language::El, Digits::Local), "\u{200E}−12.345,67%");
    assert_eq!(percent(Language::He, Digits::Local), "\u{200E}−12,345.67%");
    assert_eq!(percent(Language::Fa, Digits::Local), "\u{200E}−۱۲٬۳۴۵٫۶۷٪");
    assert_eq!(percent(Language::Fa, Digits::Latin), "\u{200E}−12,345.67%");
    assert_eq!(percent(Language::Ar, Digits::Local), "\u{200E}−١٢٬٣٤٥٫٦٧٪");
}

#[test]
fn numbers_are_short_and_never_wrong() {
    let en = writer(Language::En, Digits::Latin);
    let count = |mantissa, places| en.number(of(mantissa, places), &Unit::Count);
    assert_eq!(count(12_345, 4), "1.23");
    assert_eq!(count(12_350, 4), "1.24");
    assert_eq!(count(12_250, 4), "1.22");
    assert_eq!(count(20_000, 4), "2");
    assert_eq!(count(-5, 1), "\u{200E}−0.5");
    assert_eq!(count(3, 4), "0.0003");
    assert_eq!(count(0, 4), "0");
    assert_eq!(count(i64::MIN, 0), "\u{200E}−9,223,372,036,854,775,808");
    assert_eq!(en.change(of(125, 1)), "\u{200E}+12.5%");
    assert_eq!(en.change(of(0, 1)), "0%");
    assert_eq!(en.or_missing(None, &Unit::Count), "–");
}

#[test]
fn amounts_have_the_digits_of_their_currency() {
    let en = writer(Language::En, Digits::Latin);
    let amount = |mantissa, places, code: &str| en.number(of(mantissa, places), &Unit::Money(code.to_owned()));
    assert_eq!(amount(125_050, 2, "EUR"), "1,250.50\u{A0}EUR");
    assert_eq!(amount(5, 0, "EUR"), "5.00\u{A0}EUR");
    assert_eq!(amount(5, 0, "JPY"), "5\u{A0}JPY");
    assert_eq!(amount(500, 2, "JPY"), "5\u{A0}JPY");
    assert_eq!(amount(1, 0, "KWD"), "1.000\u{A0}KWD");
    assert_eq!(amount(12_345, 4, "EUR"), "1.2345\u{A0}EUR");
    let fa = writer(Language::Fa, Digits::Local);
    assert_eq!(fa.number(of(-125_050, 2), &Unit::Money("EUR".to_owned())), "\u{200E}−۱٬۲۵۰٫۵۰\u{200F}\u{A0}EUR");
}

#[test]
fn durations_are_told_in_their_largest_parts() {
    let en = writer(Language::En, Digits::Latin);
    let seconds = |mantissa| en.number(of(mantissa, 0), &Unit::Seconds);
    assert_eq!(seconds(0), "0\u{A0}s");
    assert_eq!(seconds(59), "59\u{A0}s");
    assert_eq!(seconds(3_599), "59\u{A0}min 59\u{A0}s");
    assert_eq!(seconds(7_261), "2\u{A0}h 1\u{A0}min");
}

#[test]
fn periods_are_told_in_few_words() {
    let en = writer(Language::En, Digits::Latin);
    let days = |from, to| Days { from: day(from), to: day(to) };
    assert_eq!(en.days(days("2025-03-01", "2025-03-31")), "1–31 March 2025");
    assert_eq!(en.days(days("2025-03-01", "2025-04-04")), "1 March – 4 April 2025");
    assert_eq!(en.days(days("2024-12-28", "2025-01-03")), "28 December 2024 – 3 January 2025");
    assert_eq!(en.days(days("2025-03-01", "2025-03-01")), "1 March 2025");
    assert_eq!(en.beside_days(days("2025-03-01", "2025-03-31")), None);
    let fa = writer(Language::Fa, Digits::Local);
    assert_eq!(fa.days(days("2025-03-01", "2025-03-31")), "۱ تا ۳۱ مارس ۲۰۲۵");
}

#[test]
fn the_other_calendar_stands_beside() {
    let beside = |language, digits, calendar| {
        Writer::new(writing(language, digits, Some(calendar))).beside_day(day("2026-11-26")).unwrap()
    };
    assert_eq!(beside(Language::Fa, Digits::Local, OtherCalendar::Jalali), "۵ آذر ۱۴۰۵");
    assert_eq!(beside(Language::Fa, Digits::Latin, OtherCalendar::Jalali), "5 آذر 1405");
    assert!(beside(Language::En, Digits::Latin, OtherCalendar::Jalali).starts_with("5 Azar 1405"));
    assert!(beside(Language::Ar, Digits::Local, OtherCalendar::Hijri).contains("١٤٤٨"));
    assert!(beside(Language::En, Digits::Latin, OtherCalendar::Hebrew).contains("Kislev"));
    let period = Days { from: day("2026-03-21"), to: day("2026-04-20") };
    let fa = Writer::new(writing(Language::Fa, Digits::Local, Some(OtherCalendar::Jalali)));
    assert_eq!(fa.beside_days(period).as_deref(), Some("۱ فروردین ۱۴۰۵ تا ۳۱ فروردین ۱۴۰۵"));
}

proptest! {
    #[test]
    fn every_number_is_written(mantissa in any::<i64>(), places in 0..=9_u8, seconds in any::<bool>()) {
        for language in Language::ALL {
            for digits in [Digits::Latin, Digits::Local] {
                let writer = writer(language, digits);
                let unit = if seconds { Unit::Seconds } else { Unit::Money("KWD".to_owned()) };
                for unit in [Unit::Count, Unit::Percent, unit] {
                    prop_assert!(!writer.number(of(mantissa, places), &unit).is_empty());
                }
            }
        }
    }

    #[test]
    fn what_is_not_zero_is_not_written_as_zero(mantissa in any::<i64>(), places in 0..=9_u8) {
        let written = writer(Language::En, Digits::Latin).number(of(mantissa, places), &Unit::Count);
        let zero = written.chars().filter(char::is_ascii_digit).all(|digit| digit == '0');
        prop_assert_eq!(zero, mantissa == 0);
    }
}
