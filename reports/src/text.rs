//! Text from people and numbers, made ready for the page.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use unicode_segmentation::UnicodeSegmentation;

use crate::language::{Digits, Language};
use crate::words::Words;

/// The sign for a number that is not known.
pub(crate) const MISSING: &str = "–";

/// The longest run of characters without a place to break a line.
const LONGEST_WORD: usize = 22;

/// How numbers, dates and times are written in one report.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) language: Language,
    pub(crate) digits: Digits,
    pub(crate) time_zone: Tz,
    pub(crate) words: &'static Words,
}

impl Style {
    /// A whole number in groups of three digits.
    pub(crate) fn number(&self, value: i128) -> String {
        let plain = value.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(plain.len() * 2);
        if value < 0 {
            // The mark keeps the sign on the left of its digits when the text around runs from right to left.
            grouped.push_str("\u{200E}−");
        }
        for (place, digit) in plain.chars().enumerate() {
            if place > 0 && (plain.len() - place).is_multiple_of(3) {
                grouped.push(self.language.group_separator(self.digits));
            }
            grouped.push(digit);
        }
        self.local(&grouped)
    }

    /// A number, or the sign for a missing one.
    pub(crate) fn number_or_missing(&self, value: Option<i64>) -> String {
        value.map_or_else(|| MISSING.to_owned(), |value| self.number(value.into()))
    }

    /// The same text with every digit 0 to 9 in the digits of the report.
    pub(crate) fn local(&self, text: &str) -> String {
        let digits = self.language.digits(self.digits);
        text.chars().map(|character| character.to_digit(10).map_or(character, |digit| digits[digit as usize])).collect()
    }

    /// Day and month in the brand's time zone, such as `4 March`.
    pub(crate) fn day(&self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&self.time_zone);
        format!("{} {}", self.local(&at.day().to_string()), self.words.months_in_dates[at.month0() as usize])
    }

    /// Hour and minute in the brand's time zone.
    pub(crate) fn time(&self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&self.time_zone);
        self.local(&format!("{:02}:{:02}", at.hour(), at.minute()))
    }

    /// Day, month, year and time in the brand's time zone.
    pub(crate) fn day_and_time(&self, at: DateTime<Utc>) -> String {
        let year = at.with_timezone(&self.time_zone).year();
        let comma = self.words.comma;
        format!("{} {}{comma} {}", self.day(at), self.local(&year.to_string()), self.time(at))
    }
}

/// One line of a person's text: white space folded, control characters and direction overrides removed, cut after `most`
/// characters as people count them, and long words given places to break.
pub(crate) fn line(text: &str, most: usize) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unwanted(*c)).collect();
    let folded = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(folded.len());
    let mut run = 0;
    for (count, cluster) in folded.graphemes(true).enumerate() {
        if count == most {
            out.truncate(out.trim_end().len());
            out.push('…');
            break;
        }
        if cluster == " " || cluster == "-" {
            run = 0;
        } else if run == LONGEST_WORD {
            out.push('\u{200B}');
            run = 1;
        } else {
            run += 1;
        }
        out.push_str(cluster);
    }
    out
}

/// Characters that would change the direction of what follows them, or mean nothing on a page. Joiners and marks that
/// Persian, Hebrew and emoji need stay.
fn is_unwanted(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// What somebody or something wrote, without the characters that are left out where it is shown: what is checked is then what is read.
pub fn as_shown(text: &str) -> String {
    text.chars().filter(|c| !is_unwanted(*c) && *c != '\u{200B}').collect()
}

/// Whether a text reads from right to left: what its first letter says, otherwise `fallback`.
pub(crate) fn is_rtl(text: &str, fallback: bool) -> bool {
    text.chars()
        .find(|c| c.is_alphabetic())
        .map_or(fallback, |c| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}'))
}

/// An address that a reader may follow from the page.
pub(crate) fn link(url: &str) -> Option<&str> {
    let url = url.trim();
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    (web && !url.chars().any(|c| c.is_control() || c.is_whitespace()) && url.len() <= 2000).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(language: Language, digits: Digits) -> Style {
        Style { language, digits, time_zone: chrono_tz::Asia::Tehran, words: crate::words::words(language) }
    }

    #[test]
    fn numbers_are_grouped_in_the_language() {
        let en = style(Language::En, Digits::Latin);
        assert_eq!(en.number(0), "0");
        assert_eq!(en.number(999), "999");
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(en.number(-1_000), "\u{200E}−1,000");
        assert_eq!(en.number_or_missing(None), "–");
        assert_eq!(style(Language::El, Digits::Local).number(12_345), "12.345");
        assert_eq!(style(Language::Fa, Digits::Latin).number(12_345), "12,345");
        assert_eq!(style(Language::Fa, Digits::Local).number(12_345), "۱۲٬۳۴۵");
        assert_eq!(style(Language::Ar, Digits::Local).number(12_345), "١٢٬٣٤٥");
    }

    #[test]
    fn instants_are_written_in_the_time_zone() {
        let at = DateTime::from_timestamp(1_740_859_800, 0).unwrap(); // 2025-03-01T20:10Z
        let fa = style(Language::Fa, Digits::Local);
        assert_eq!(fa.day_and_time(at), "۱ مارس ۲۰۲۵، ۲۳:۴۰");
        assert_eq!(style(Language::El, Digits::Local).day(at), "1 Μαρτίου");
    }

    #[test]
    fn lines_are_cleaned_cut_and_breakable() {
        assert_eq!(line(" a\u{0}b\n\tc\u{202E} ", 50), "a b c");
        assert_eq!(line("می\u{200C}خواهم", 50), "می\u{200C}خواهم");
        assert_eq!(line("one two", 4), "one…");
        assert_eq!(line("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 1), "👩‍👩‍👧‍👦…");
        let long = line(&"x".repeat(100), 200);
        assert!(long.split('\u{200B}').all(|part| part.len() <= LONGEST_WORD), "{long}");
        assert_eq!(line("", 5), "");
    }

    #[test]
    fn direction_follows_the_first_letter() {
        assert!(is_rtl("12 — سلام hello", false));
        assert!(is_rtl("#שלום", false));
        assert!(!is_rtl("hello سلام", true));
        assert!(is_rtl("123", true));
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link(" https://example.com/a?b=1 "), Some("https://example.com/a?b=1"));
        assert_eq!(link("HTTP://example.com"), Some("HTTP://example.com"));
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("file:///etc/passwd"), None);
        assert_eq!(link("https://a b"), None);
        assert_eq!(link("é"), None);
    }
}
