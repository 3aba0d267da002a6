//! The figures of the tour, reckoned here from what it enters and by nothing of the product: whole minor units, halves to the even
//! neighbour.

/// The currency of all its amounts, of which a hundredth is the minor unit.
pub const CURRENCY: &str = "EUR";

/// A line of the offer.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// What it is called.
    pub name: &'static str,
    /// The category of the budget's line on which its money goes.
    pub category: &'static str,
    /// How much of it, as it is written.
    pub quantity: &'static str,
    /// The same in thousandths.
    pub milli: i64,
    /// What one costs, in minor units.
    pub unit_minor: i64,
    /// What is taken off, in hundredths of a percent.
    pub discount_bp: i64,
    /// The tax on what is left, in hundredths of a percent.
    pub tax_bp: i64,
    /// Whether the client may leave it.
    pub optional: bool,
}

impl Line {
    fn price(&self) -> i64 {
        half_even(self.unit_minor * self.milli, 1000)
    }

    /// What is taken off.
    pub fn discount(&self) -> i64 {
        half_even(self.price() * self.discount_bp, 10_000)
    }

    /// Without tax.
    pub fn net(&self) -> i64 {
        self.price() - self.discount()
    }

    /// The tax.
    pub fn tax(&self) -> i64 {
        half_even(self.net() * self.tax_bp, 10_000)
    }
}

/// A division, rounded: halves go to the even neighbour.
pub fn half_even(numerator: i64, denominator: i64) -> i64 {
    let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let up = rest * 2 > denominator || (rest * 2 == denominator && whole % 2 != 0);
    whole + i64::from(up)
}

/// What one of several touches has of a value that all of them share: what cannot be divided goes to the first ones.
pub fn share(value: i64, touches: i64, place: i64) -> i64 {
    value / touches + i64::from(place <= value % touches)
}

/// (value - cost) / cost, with four digits behind the point and without zeros at the end.
pub fn return_on(value: i64, cost: i64) -> String {
    let parts = half_even((value - cost) * 10_000, cost);
    let sign = if parts < 0 { "-" } else { "" };
    let digits = format!("{sign}{}.{:04}", parts.abs() / 10_000, parts.abs() % 10_000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An amount from zero on, without its currency.
pub fn written(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// The same for people: in groups of three.
pub fn grouped(minor: i64) -> String {
    let whole = (minor / 100).to_string();
    let mut said = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    format!("{said}.{:02}", minor % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (numerator, denominator, expected) in
            [(833_325, 10, 83_332), (5, 2, 2), (7, 2, 4), (8, 3, 3), (-5, 2, -2), (-7, 2, -4), (0, 9, 0)]
        {
            assert_eq!(half_even(numerator, denominator), expected, "{numerator} / {denominator}");
        }
    }

    #[test]
    fn shares_add_up() {
        for (value, touches) in [(1000, 3), (7, 2), (333_333, 2), (0, 4)] {
            assert_eq!((1..=touches).map(|place| share(value, touches, place)).sum::<i64>(), value);
        }
    }

    #[test]
    fn returns_and_amounts_are_written_without_needless_zeros() {
        let returns = [return_on(7500, 5000), return_on(0, 300), return_on(400, 300), return_on(300, 300)];
        assert_eq!(returns, ["0.5", "-1", "0.3333", "0"]);
        assert_eq!(
            (written(7), grouped(123_456_789), grouped(99_999)),
            ("0.07".to_owned(), "1,234,567.89".to_owned(), "999.99".to_owned())
        );
    }
}
