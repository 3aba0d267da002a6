//! Exact decimals: whole millionths inside, text outside.

use rust_decimal::Decimal;

/// Digits behind the point.
const SCALE: u32 = 6;

/// Reads `-12.5` as -12 500 000 millionths. None when it is no decimal, has more than six digits behind the point, or does not
/// fit into 64 bits.
pub fn micro_of(text: &str) -> Option<i64> {
    // The library would also take an underscore between digits and a plus before them.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
        return None;
    }
    let mut read = Decimal::from_str_exact(text).ok()?.normalize();
    if read.scale() > SCALE {
        return None;
    }
    read.rescale(SCALE);
    if read.scale() != SCALE {
        return None;
    }
    i64::try_from(read.mantissa()).ok()
}

/// Writes millionths as a decimal, without zeros at its end.
pub fn text_of(micro: i64) -> String {
    Decimal::from_i128_with_scale(i128::from(micro), SCALE).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", ".", "-", "1e5", "1,5", "NaN", "0x1", "1_000", "+1", " 1", "1.0000001", "9223372036855", "۱۲"]
        {
            assert_eq!(micro_of(text), None, "{text:?}");
        }
        assert_eq!(micro_of("-0.5"), Some(-500_000));
        assert_eq!(micro_of("9223372036854.775807"), Some(i64::MAX));
        assert_eq!(micro_of("1.50000000"), Some(1_500_000));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(micro: i64) {
            prop_assert_eq!(micro_of(&text_of(micro)), Some(micro));
        }
    }
}
