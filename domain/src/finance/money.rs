//! Minor units: how many decimals a currency has, and the one rounding.
//!
//! Exponents are those of ISO 4217. What is divided is rounded half to even, as IEEE 754 and ISO 80000-1 (B.3, rule A) do, so that
//! many roundings do not add up in one direction.

use rust_decimal::Decimal;

/// Whether this is the code of a currency of ISO 4217 with a minor unit, in capitals: amounts are reckoned in those alone.
pub fn is_currency(code: &str) -> bool {
    exponent(code).is_some()
}

/// How many decimals of its own unit a currency's minor unit has: 2 for EUR, 0 for JPY, 3 for KWD. None for what is no currency, or
/// for one without minor units, such as gold.
pub fn exponent(currency: &str) -> Option<u32> {
    iso_currency::Currency::from_code(currency).and_then(iso_currency::Currency::exponent).map(u32::from)
}

/// An amount in the currency's own unit, as people write it: 12345 of EUR is 123.45, of JPY 12345.
pub(crate) fn written(minor: i64, currency: &str) -> String {
    let digits = exponent(currency).unwrap_or(0);
    let unit = 10_u64.pow(digits);
    let sign = if minor < 0 { "-" } else { "" };
    let whole = minor.unsigned_abs();
    if unit == 1 {
        return format!("{sign}{whole}");
    }
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{sign}{}.{:0width$}", whole / unit, whole % unit)
}

/// Reads an amount as people write it, `12.50` of EUR, exactly, in minor units: decimal digits with no more of them behind the point than
/// the currency has, and no sign.
pub(crate) fn minor_of_text(text: &str, currency: &str) -> Option<i64> {
    let digits = exponent(currency)?;
    // The library would also take an underscore between digits and a sign before them.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let mut read = Decimal::from_str_exact(text).ok().filter(|_| plain)?.normalize();
    if read.scale() > digits {
        return None;
    }
    read.rescale(digits);
    if read.scale() == digits { i64::try_from(read.mantissa()).ok() } else { None }
}

/// `minor` times `times` by `parts`, rounded half to even. None where `parts` is not above zero, or where 64 bits do not hold it.
pub fn divide_half_even(minor: i64, times: i64, parts: i64) -> Option<i64> {
    half_even(i128::from(minor) * i128::from(times), parts.into())
}

/// `product` by `parts`, rounded half to even, likewise.
pub(super) fn half_even(product: i128, parts: i128) -> Option<i64> {
    if parts <= 0 {
        return None;
    }
    let (whole, rest) = (product.div_euclid(parts), product.rem_euclid(parts));
    let up = match rest.cmp(&(parts - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => whole % 2 != 0,
    };
    i64::try_from(whole + i128::from(up)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponents_are_those_of_iso_4217() {
        let expected = [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("IRR", 2), ("CLF", 4)];
        for (currency, digits) in expected {
            assert_eq!(exponent(currency), Some(digits), "{currency}");
        }
        assert_eq!((exponent("XXZ"), exponent("eur"), exponent("XAU")), (None, None, None));
        assert!(is_currency("JPY") && !is_currency("XAU"));
    }

    #[test]
    fn amounts_are_written_as_people_read_them() {
        for (minor, currency, expected) in
            [(50_000, "EUR", "500.00"), (12_345, "JPY", "12345"), (7, "USD", "0.07"), (1_250, "KWD", "1.250")]
        {
            assert_eq!(written(minor, currency), expected, "{currency}");
        }
    }

    #[test]
    fn amounts_below_nothing_are_written_with_a_sign() {
        assert_eq!(written(-5, "EUR"), "-0.05");
        assert_eq!(written(-1_250, "KWD"), "-1.250");
        assert_eq!(written(i64::MIN, "JPY"), "-9223372036854775808");
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (minor, parts, expected) in [(1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (7, 3, 2), (8, 3, 3)]
        {
            assert_eq!(divide_half_even(minor, 1, parts), Some(expected), "{minor} by {parts}");
        }
        assert_eq!((divide_half_even(1, 1, 0), divide_half_even(i64::MAX, 2, 1)), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_rounded_is_no_more_than_half_away(minor in any::<i64>(), times in 0..10_000_i64, parts in 1..10_000_i64) {
            let product = i128::from(minor) * i128::from(times);
            if let Some(rounded) = divide_half_even(minor, times, parts) {
                let off = (i128::from(rounded) * i128::from(parts) - product).abs();
                prop_assert!(off * 2 <= i128::from(parts));
            }
        }
    }
}
