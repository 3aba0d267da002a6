//! Colours of a report: the accent made dark enough to be read, and paler for what is less.

/// The least contrast of text with white that WCAG 2.2 asks for (1.4.3), and of a shape (1.4.11).
pub(super) const TEXT: f64 = 4.5;
/// See [`TEXT`].
pub(super) const SHAPE: f64 = 3.0;

/// The colour, darkened until its contrast with white is at least this.
pub(super) fn darkened(mut color: [u8; 3], least: f64) -> [u8; 3] {
    while contrast_with_white(color) < least {
        color = color.map(|part| u8::try_from(u16::from(part) * 9 / 10).unwrap_or_default());
    }
    color
}

/// By WCAG 2.2, 1 to 21.
pub(super) fn contrast_with_white(color: [u8; 3]) -> f64 {
    let [red, green, blue] = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

/// So many thousandths of the colour on white.
pub(super) fn tint(color: [u8; 3], thousandths: u32) -> [u8; 3] {
    color.map(|part| {
        let taken = (255 - u32::from(part)) * thousandths.min(1000) / 1000;
        u8::try_from(255 - taken).unwrap_or_default()
    })
}

/// The colour as templates read it.
pub(super) fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_can_be_read_on_white() {
        for color in [[255, 255, 255], [255, 255, 0], [0, 255, 255], [250, 204, 21], [15, 107, 107], [0, 0, 0]] {
            for least in [SHAPE, TEXT] {
                assert!(contrast_with_white(darkened(color, least)) >= least, "{color:?}");
            }
        }
        // What is dark enough stays as it is.
        assert_eq!(darkened([15, 107, 107], TEXT), [15, 107, 107]);
        assert!((contrast_with_white([0, 0, 0]) - 21.0).abs() < 0.01);
    }

    #[test]
    fn a_tint_runs_from_white_to_the_colour() {
        assert_eq!(tint([15, 107, 255], 0), [255, 255, 255]);
        assert_eq!(tint([15, 107, 255], 1000), [15, 107, 255]);
        assert_eq!(hex([15, 107, 255]), "#0f6bff");
    }
}
