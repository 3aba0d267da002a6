//! Numbers and dates as each language writes them.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use icu_calendar::Iso;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_datetime::input::Date;

use super::model::{Days, Number, OtherCalendar, Place, Unit, Writing};
use super::words::{ReportWords, report_words};
use crate::language::{Digits, Language};
use crate::text::{MISSING, Style, line};
use crate::words::words;

/// The most digits behind the point of what is no amount. Files for machines have all of them.
const PLACES: u8 = 2;
/// The longest name of a place that is shown whole, in characters.
const NAME: usize = 80;

/// Writes numbers and dates of one report.
pub(crate) struct Writer {
    style: Style,
    words: &'static ReportWords,
    beside: Option<DateTimeFormatter<YMD>>,
}

impl Writer {
    /// For this way of writing.
    pub(crate) fn new(writing: Writing) -> Self {
        let Writing { language, digits, time_zone, .. } = writing;
        Self {
            style: Style { language, digits, time_zone, words: words(language) },
            words: report_words(language),
            beside: writing.beside.and_then(|calendar| formatter(language, digits, calendar)),
        }
    }

    /// A number with its unit: at most two digits behind the point, amounts with as many as their currency has.
    pub(crate) fn number(&self, number: Number, unit: &Unit) -> String {
        // The model has at most 9 places.
        let exact = Exact { mantissa: number.mantissa.into(), places: number.places.min(18) };
        match unit {
            Unit::Count => self.decimal(exact.short()),
            Unit::Percent => format!("{}{}", self.decimal(exact.short()), self.percent_sign()),
            Unit::Money(currency) => self.amount(exact, currency),
            Unit::Seconds => self.duration(exact),
        }
    }

    /// The same, or the sign for a missing number.
    pub(crate) fn or_missing(&self, number: Option<Number>, unit: &Unit) -> String {
        number.map_or_else(|| MISSING.to_owned(), |number| self.number(number, unit))
    }

    /// A change in hundredths, with its sign.
    pub(crate) fn change(&self, number: Number) -> String {
        let plain = self.number(number, &Unit::Percent);
        if number.mantissa > 0 { format!("\u{200E}+{plain}") } else { plain }
    }

    /// The same text with its digits as the report writes them.
    pub(crate) fn digits(&self, text: &str) -> String {
        self.style.local(text)
    }

    /// A decimal without a unit, all its places behind the point.
    pub(super) fn decimal(&self, Exact { mantissa, places }: Exact) -> String {
        let divisor = 10_u128.pow(u32::from(places));
        let (whole, part) = (mantissa.unsigned_abs() / divisor, mantissa.unsigned_abs() % divisor);
        let mut out = String::new();
        if mantissa < 0 {
            // The mark keeps the sign on the left of its digits when the text around runs from right to left.
            out.push_str("\u{200E}−");
        }
        out.push_str(&self.style.number(i128::try_from(whole).unwrap_or(i128::MAX)));
        if places > 0 {
            out.push(match (self.style.language, self.style.digits) {
                (Language::Fa | Language::Ar, Digits::Local) => '٫',
                (Language::El, _) => ',',
                _ => '.',
            });
            out.push_str(&self.digits(&format!("{part:0>width$}", width = usize::from(places))));
        }
        out
    }

    /// The sign behind hundredths.
    pub(super) const fn percent_sign(&self) -> char {
        match (self.style.language, self.style.digits) {
            (Language::Fa | Language::Ar, Digits::Local) => '٪',
            _ => '%',
        }
    }

    fn amount(&self, exact: Exact, currency: &str) -> String {
        let code = line(currency, 12);
        let minor = iso_currency::Currency::from_code(&code).and_then(iso_currency::Currency::exponent);
        let written = self.decimal(exact.trimmed(minor.map_or(exact.places, |minor| u8::try_from(minor).unwrap_or(2))));
        // The mark keeps the code behind the number, in the direction of the page, where the number is negative.
        let mark = if self.style.language.is_rtl() { "\u{200F}" } else { "" };
        format!("{written}{mark}\u{A0}{code}")
    }

    /// Seconds as the two largest of hours, minutes and seconds.
    fn duration(&self, exact: Exact) -> String {
        let exact = exact.rounded(0);
        let all = exact.mantissa.unsigned_abs();
        let sign = if exact.mantissa < 0 { "\u{200E}−" } else { "" };
        let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
        let part = |phrase: &str, count: u128| {
            phrase.replace("{n}", &self.style.number(i128::try_from(count).unwrap_or(i128::MAX))).replace(' ', "\u{A0}")
        };
        let mut parts = Vec::new();
        if hours > 0 {
            parts.push(part(self.words.hours, hours));
        }
        if minutes > 0 {
            parts.push(part(self.words.minutes, minutes));
        }
        if hours == 0 && (seconds > 0 || parts.is_empty()) {
            parts.push(part(self.words.seconds, seconds));
        }
        format!("{sign}{}", parts.join(" "))
    }

    /// A day with its year, such as `4 March 2025`.
    pub(crate) fn day(&self, day: NaiveDate) -> String {
        format!("{} {}", self.short_day(day), self.year(day))
    }

    /// A day without its year, such as `4 March`.
    pub(crate) fn short_day(&self, day: NaiveDate) -> String {
        let month = self.style.words.months_in_dates.get(day.month0() as usize).copied().unwrap_or_default();
        format!("{} {month}", self.digits(&day.day().to_string()))
    }

    /// A month with its year, such as `March 2025`.
    pub(crate) fn month(&self, first: NaiveDate) -> String {
        format!("{} {}", self.month_name(first), self.year(first))
    }

    /// A month without its year.
    pub(crate) fn month_name(&self, first: NaiveDate) -> &'static str {
        self.style.words.months.get(first.month0() as usize).copied().unwrap_or_default()
    }

    fn year(&self, day: NaiveDate) -> String {
        self.digits(&day.year().to_string())
    }

    /// Days from one to another, in as few words as say it.
    pub(crate) fn days(&self, Days { from, to }: Days) -> String {
        if from == to {
            return self.day(from);
        }
        let (range, first) = if from.year() != to.year() {
            (self.words.range.to_owned(), self.day(from))
        } else if from.month() != to.month() {
            (self.words.range.to_owned(), self.short_day(from))
        } else {
            // Between bare numbers the dash stands close.
            (self.words.range.replace(" – ", "–"), self.digits(&from.day().to_string()))
        };
        range.replace("{a}", &first).replace("{b}", &self.day(to))
    }

    /// A day in the calendar that stands beside; none where none does.
    pub(crate) fn beside_day(&self, day: NaiveDate) -> Option<String> {
        let [month, of_month] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or_default());
        let date: Date<Iso> = Date::try_new_iso(day.year(), month, of_month).ok()?;
        let mut out = String::new();
        write!(out, "{}", self.beside.as_ref()?.format(&date)).ok()?;
        Some(out)
    }

    /// Days in the calendar that stands beside; none where none does.
    pub(crate) fn beside_days(&self, Days { from, to }: Days) -> Option<String> {
        let first = self.beside_day(from)?;
        if from == to {
            return Some(first);
        }
        Some(self.words.range.replace("{a}", &first).replace("{b}", &self.beside_day(to)?))
    }

    /// Day, month, year and time in the brand's time zone.
    pub(crate) fn moment(&self, at: DateTime<Utc>) -> String {
        self.style.day_and_time(at)
    }

    /// Where on an axis, in few words.
    pub(crate) fn place(&self, place: &Place) -> String {
        match place {
            Place::Day(day) => self.short_day(*day),
            Place::Month(first) => self.month(*first),
            Place::Weekday(day) => self.words.short_weekday(*day).to_owned(),
            Place::Named(name) => line(name, NAME),
            Place::ContentType(key) => line(&self.words.content_type(key), NAME),
        }
    }
}

/// How a language writes dates that are counted by another calendar.
fn formatter(language: Language, digits: Digits, calendar: OtherCalendar) -> Option<DateTimeFormatter<YMD>> {
    let locale = match language {
        // Day before month, as nearly everybody writes who reads English.
        Language::En => "en-GB",
        other => other.code(),
    };
    let numerals = match (language, digits) {
        (Language::Fa, Digits::Local) => "arabext",
        (Language::Ar, Digits::Local) => "arab",
        _ => "latn",
    };
    let calendar = match calendar {
        OtherCalendar::Jalali => "persian",
        OtherCalendar::Hijri => "islamic-umalqura",
        OtherCalendar::Hebrew => "hebrew",
    };
    let wanted: icu_locale_core::Locale = format!("{locale}-u-ca-{calendar}-nu-{numerals}").parse().ok()?;
    DateTimeFormatter::try_new(wanted.into(), YMD::long()).ok()
}

/// A decimal that may be larger than those of the model: `mantissa` by ten to the power of `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    pub(super) mantissa: i128,
    pub(super) places: u8,
}

impl Exact {
    /// As people read it: few places, none of them a trailing zero; what is not zero does not become it.
    fn short(self) -> Self {
        let short = (PLACES..self.places.max(PLACES)).map(|most| self.rounded(most)).find(|short| short.mantissa != 0);
        short.unwrap_or(self).trimmed(0)
    }

    /// To at most so many places, half to even.
    fn rounded(self, most: u8) -> Self {
        let Some(dropped) = self.places.checked_sub(most) else { return self };
        let divisor = 10_i128.pow(u32::from(dropped));
        let (whole, rest) = (self.mantissa / divisor, (self.mantissa % divisor).abs());
        let up = match (rest * 2).cmp(&divisor) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => whole % 2 != 0,
            std::cmp::Ordering::Greater => true,
        };
        Self { mantissa: whole + if up { self.mantissa.signum() } else { 0 }, places: most }
    }

    /// Without trailing zeros behind the point beyond `least` places; with zeros up to these.
    pub(super) fn trimmed(mut self, least: u8) -> Self {
        while self.places > least && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.places -= 1;
        }
        while self.places < least {
            self.mantissa *= 10;
            self.places += 1;
        }
        self
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
