//! Numbers and keys of a report as machines read them: the same in every language.

use chrono::Weekday;

use super::model::{Audience, Block, Number, Place, Standing, TextKind, Unit, WhyNothing};

/// The most digits that a number of a workbook keeps.
const MOST_DIGITS: u64 = 999_999_999_999_999;

/// An exact decimal with a point: no groups, no exponent, as many places as the number has.
pub(crate) fn decimal(number: Number) -> String {
    let digits = number.mantissa.unsigned_abs().to_string();
    let places = usize::from(number.places);
    let digits = format!("{digits:0>width$}", width = places + 1);
    let sign = if number.mantissa < 0 { "-" } else { "" };
    let (whole, part) = digits.split_at(digits.len() - places);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// The number as a workbook keeps it; none where it has more digits than are kept there.
pub(crate) fn float(number: Number) -> Option<f64> {
    if number.mantissa.unsigned_abs() > MOST_DIGITS {
        return None;
    }
    decimal(number).parse().ok()
}

/// A text that somebody wrote, for a cell of a text file: what a spreadsheet would take for a formula stands behind an apostrophe, and one
/// that stands before such a text itself gets another.
pub(crate) fn harmless(text: &str) -> String {
    // Full-width signs, too: spreadsheets of East Asia take them for the same.
    let is_sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}');
    let begins = text.trim_start_matches(['\'', ' ']).starts_with(|c: char| c.is_control() || is_sign(c));
    if begins { format!("'{text}") } else { text.to_owned() }
}

/// The key of a unit: an amount's is its currency.
pub(crate) fn unit(unit: &Unit) -> &str {
    match unit {
        Unit::Count => "COUNT",
        Unit::Percent => "PERCENT",
        Unit::Money(currency) => currency,
        Unit::Seconds => "SECONDS",
    }
}

/// The key of a block, such as `HEAT_MAP`.
pub(crate) fn block(block: &Block) -> &str {
    match block {
        Block::Text(text) => text_kind(text.kind),
        Block::Figures(_) => "FIGURES",
        Block::Chart(_) => "CHART",
        Block::HeatMap(_) => "HEAT_MAP",
        Block::Posts(posts) if posts.best => "TOP_POSTS",
        Block::Posts(_) => "BOTTOM_POSTS",
        Block::Audience(_) => "AUDIENCE",
        Block::Community(_) => "COMMUNITY",
        Block::Campaigns(_) => "CAMPAIGNS",
        Block::Budgets(_) => "BUDGETS",
        Block::Progress(_) => "PROGRESS",
        Block::Nothing(nothing) => &nothing.block,
    }
}

/// The key of what a text is.
pub(crate) fn text_kind(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Summary => "SUMMARY",
        TextKind::MachineSummary => "MACHINE_SUMMARY",
        TextKind::Notes => "NOTES",
        TextKind::NextSteps => "NEXT_STEPS",
    }
}

/// The key of for whom a report is.
pub(crate) fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Team => "TEAM",
        Audience::Management => "MANAGEMENT",
        Audience::Client => "CLIENT",
    }
}

/// The key of how a figure stands to its target.
pub(crate) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Ahead => "AHEAD",
        Standing::OnTrack => "ON_TRACK",
        Standing::Behind => "BEHIND",
    }
}

/// The key of why a block is empty.
pub(crate) fn why(why: WhyNothing) -> &'static str {
    match why {
        WhyNothing::Empty => "EMPTY",
        WhyNothing::NotAllowed => "NOT_ALLOWED",
    }
}

/// The key of a day of the week.
pub(crate) fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MONDAY",
        Weekday::Tue => "TUESDAY",
        Weekday::Wed => "WEDNESDAY",
        Weekday::Thu => "THURSDAY",
        Weekday::Fri => "FRIDAY",
        Weekday::Sat => "SATURDAY",
        Weekday::Sun => "SUNDAY",
    }
}

/// A place on an axis: a day as ISO 8601 has it, a month as its year and number, a key or a name.
pub(crate) fn place(place: &Place) -> String {
    match place {
        Place::Day(day) => day.format("%F").to_string(),
        Place::Month(first) => first.format("%Y-%m").to_string(),
        Place::Weekday(day) => weekday(*day).to_owned(),
        Place::Named(name) => name.clone(),
        Place::ContentType(key) => key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let of = |mantissa, places| decimal(Number { mantissa, places });
        assert_eq!(
            (of(1250, 2), of(-5, 2), of(0, 0), of(7, 0)),
            ("12.50".into(), "-0.05".into(), "0".into(), "7".into())
        );
        assert_eq!(of(i64::MIN, 9), "-9223372036.854775808");
        assert_eq!(float(Number { mantissa: -1250, places: 2 }), Some(-12.5));
        assert_eq!(float(Number { mantissa: 1_000_000_000_000_000, places: 2 }), None);
    }

    #[test]
    fn what_would_begin_a_formula_is_text() {
        for text in ["=1+1", "+1", "-1", "@a", "\tx", "\n=1", " =1", "\u{ff1d}1", "'=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
        assert_eq!(harmless("'tis"), "'tis");
    }
}
