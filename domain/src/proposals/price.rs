//! What a line comes to, and what lines come to together.
//!
//! The price is quantity times unit price, the discount is off the price, the tax is on what is left. Each of the three is rounded to the
//! nearest minor unit by itself, half to even; totals are sums of what was rounded, so that what is printed adds up. The same is checked
//! by the constraints of `proposal_line` (migration `m0054`).

use diwan_entity::proposals::proposal_line;
use diwan_entity::tenancy::agency::Locale;
use serde::{Deserialize, Serialize};

use super::content::LineContent;
use crate::finance::{MOST_MINOR, divide_half_even, written};

/// How many basis points are the whole.
const WHOLE_BP: i64 = 10_000;
/// How many thousandths are one.
const ONE_MILLI: i64 = 1000;

/// What is taken off the price of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// Nothing.
    None,
    /// A part of it, in hundredths of a percent: 0 to 10 000.
    Part(i32),
    /// An amount, in minor units, from zero up to the price.
    Fixed(i64),
}

/// What a line comes to, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced {
    /// Quantity times unit price.
    pub price: i64,
    /// What is taken off.
    pub discount: i64,
    /// What is left of the price.
    pub net: i64,
    /// The tax on that.
    pub tax: i64,
}

impl Priced {
    /// What a line came to when it was written.
    pub(super) fn of(row: &proposal_line::Model) -> Self {
        Self { price: row.price_minor, discount: row.discount_minor, net: row.net_minor, tax: row.tax_minor }
    }
}

/// Reckons a line. None where something is out of its range, or the price is more than [`MOST_MINOR`].
pub fn priced(line: &LineContent) -> Option<Priced> {
    if line.unit_price_minor < 0 || line.quantity_milli < 1 || !(0..=WHOLE_BP).contains(&line.tax_bp.into()) {
        return None;
    }
    let price = divide_half_even(line.unit_price_minor, line.quantity_milli, ONE_MILLI)?;
    if price > MOST_MINOR {
        return None;
    }
    let discount = match line.discount {
        Discount::None => 0,
        Discount::Part(bp) if (0..=WHOLE_BP).contains(&bp.into()) => divide_half_even(price, bp.into(), WHOLE_BP)?,
        Discount::Fixed(minor) if (0..=price).contains(&minor) => minor,
        Discount::Part(_) | Discount::Fixed(_) => return None,
    };
    let net = price - discount;
    Some(Priced { price, discount, net, tax: divide_half_even(net, line.tax_bp.into(), WHOLE_BP)? })
}

/// What lines come to together, in minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Before discounts.
    pub price: i64,
    /// What is taken off.
    pub discount: i64,
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
    /// What is to be paid.
    pub gross: i64,
}

impl Totals {
    /// The sums of these lines. A hundred lines stay far below what 64 bits hold.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a proposal_line::Model>) -> Self {
        lines.into_iter().fold(Self::default(), |sum, line| Self {
            price: sum.price + line.price_minor,
            discount: sum.discount + line.discount_minor,
            net: sum.net + line.net_minor,
            tax: sum.tax + line.tax_minor,
            gross: sum.gross + line.net_minor + line.tax_minor,
        })
    }
}

/// A number of which so many digits stand behind the point, without zeros at its end: 2500 with three is 2.5.
pub fn decimal(value: i64, digits: usize) -> String {
    let unit = 10_i64.pow(u32::try_from(digits).unwrap_or_default());
    let (whole, rest) = (value / unit, value % unit);
    let rest = format!("{rest:0digits$}");
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { whole.to_string() } else { format!("{whole}.{rest}") }
}

/// Hundredths of a percent as a percentage: 1950 is 19.5.
pub fn percent(bp: i32) -> String {
    decimal(bp.into(), 2)
}

/// A decimal as the language writes it: its digits, in groups of three, and its point.
pub fn in_digits(locale: Locale, decimal: &str) -> String {
    let (zero, group, point) = match locale {
        Locale::Fa => ('۰', '٬', '٫'),
        Locale::Ar => ('٠', '٬', '٫'),
        Locale::El => ('0', '.', ','),
        Locale::En | Locale::He => ('0', ',', '.'),
    };
    let local = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit)).unwrap_or(c);
    let (whole, rest) = decimal.split_once('.').map_or((decimal, None), |(whole, rest)| (whole, Some(rest)));
    let mut said = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            said.push(group);
        }
        said.push(local(digit));
    }
    if let Some(rest) = rest {
        said.push(point);
        said.extend(rest.chars().map(local));
    }
    said
}

/// An amount from zero on as the language writes it, without its currency.
pub fn amount(locale: Locale, minor: i64, currency: &str) -> String {
    in_digits(locale, &written(minor, currency))
}

#[cfg(test)]
mod tests {
    use diwan_entity::finance::budget_line::LineCategory;
    use proptest::prelude::*;

    use super::*;
    use crate::finance::exponent;

    fn line(quantity_milli: i64, unit_price_minor: i64, discount: Discount, tax_bp: i32) -> LineContent {
        LineContent {
            name: "Films".to_owned(),
            detail: String::new(),
            category: LineCategory::Production,
            quantity_milli,
            unit: "day".to_owned(),
            unit_price_minor,
            discount,
            tax_bp,
            optional: false,
        }
    }

    #[test]
    fn a_line_is_rounded_at_each_step_half_to_even() {
        // 2.5 times 0.01, 0.03 and 0.05: halves go to the even neighbour.
        for (unit, expected) in [(1, 2), (3, 8), (5, 12)] {
            assert_eq!(priced(&line(2500, unit, Discount::None, 0)).unwrap().price, expected, "{unit}");
        }
        // 3 days at 333.33, ten percent off, 19 percent tax.
        let found = priced(&line(3000, 33_333, Discount::Part(1000), 1900)).unwrap();
        assert_eq!(found, Priced { price: 99_999, discount: 10_000, net: 89_999, tax: 17_100 });
        let found = priced(&line(1000, 100, Discount::Fixed(100), 2500)).unwrap();
        assert_eq!(found, Priced { price: 100, discount: 100, net: 0, tax: 0 });
    }

    #[test]
    fn what_is_out_of_range_has_no_price() {
        for bad in [
            line(0, 1, Discount::None, 0),
            line(1000, -1, Discount::None, 0),
            line(1000, 1, Discount::None, 10_001),
            line(1000, 1, Discount::Part(10_001), 0),
            line(1000, 1, Discount::Part(-1), 0),
            line(1000, 1, Discount::Fixed(2), 0),
            line(1000, 1, Discount::Fixed(-1), 0),
            line(1001, MOST_MINOR, Discount::None, 0),
            line(i64::MAX, i64::MAX, Discount::None, 0),
        ] {
            assert_eq!(priced(&bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_are_written_without_needless_zeros() {
        let found = [decimal(2500, 3), decimal(1000, 3), decimal(1, 3), percent(1900), percent(1950), percent(0)];
        assert_eq!(found, ["2.5", "1", "0.001", "19", "19.5", "0"]);
    }

    #[test]
    fn amounts_are_written_as_the_language_does() {
        for (locale, minor, currency, expected) in [
            (Locale::En, 123_456_789, "EUR", "1,234,567.89"),
            (Locale::Fa, 123_456, "IRR", "۱٬۲۳۴٫۵۶"),
            (Locale::Ar, 1_250, "KWD", "١٫٢٥٠"),
            (Locale::El, 100_000, "JPY", "100.000"),
            (Locale::He, 7, "ILS", "0.07"),
        ] {
            assert_eq!(amount(locale, minor, currency), expected);
        }
    }

    fn any_line() -> impl Strategy<Value = LineContent> {
        let discount = prop_oneof![
            Just(Discount::None),
            (0..=10_000_i32).prop_map(Discount::Part),
            (0..=100_i64).prop_map(Discount::Fixed)
        ];
        (1..=1_000_000_i64, 100_000..=10_000_000_i64, discount, 0..=10_000_i32)
            .prop_map(|(quantity, unit, discount, tax)| line(quantity, unit, discount, tax))
    }

    /// The amount that a text says which people read, in minor units.
    fn read(text: &str, digits: u32) -> i64 {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        assert_eq!(rest.len(), usize::try_from(digits).unwrap(), "{text}");
        format!("{whole}{rest}").parse().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_printed_adds_up_in_every_currency(lines in proptest::collection::vec(any_line(), 1..40)) {
            let rows: Vec<proposal_line::Model> = lines.iter().map(|line| {
                let found = priced(line).unwrap();
                super::super::content::row_of(line, found)
            }).collect();
            let totals = Totals::of(&rows);
            for currency in ["EUR", "JPY", "KWD", "CLF", "IRR"] {
                let digits = exponent(currency).unwrap();
                let printed = |minor: i64| read(&written(minor, currency), digits);
                prop_assert_eq!(rows.iter().map(|row| printed(row.net_minor)).sum::<i64>(), printed(totals.net));
                prop_assert_eq!(rows.iter().map(|row| printed(row.tax_minor)).sum::<i64>(), printed(totals.tax));
                prop_assert_eq!(printed(totals.net) + printed(totals.tax), printed(totals.gross));
                prop_assert_eq!(printed(totals.price) - printed(totals.discount), printed(totals.net));
            }
        }

        #[test]
        fn no_rounding_is_more_than_half_a_unit_away(line in any_line()) {
            let found = priced(&line).unwrap();
            let off = |got: i64, parts: i64, exact: i128| (i128::from(got) * i128::from(parts) - exact).abs() * 2 <= i128::from(parts);
            prop_assert!(off(found.price, 1000, i128::from(line.unit_price_minor) * i128::from(line.quantity_milli)));
            prop_assert!(off(found.tax, 10_000, i128::from(found.net) * i128::from(line.tax_bp)));
            prop_assert!(found.net >= 0 && found.tax <= found.net && found.price == found.net + found.discount);
        }
    }
}
