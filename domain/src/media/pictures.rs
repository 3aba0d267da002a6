//! Other forms of a picture: smaller, and as a network takes them.

use std::io::Cursor;

use diwan_networks::Limits;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits as Bounds, RgbImage};

use super::facts::MAX_DECODED;
use crate::error::Fault;

/// The purpose of the small form that lists show.
pub const THUMBNAIL: &str = "THUMBNAIL";

/// The purpose of the form that people look at: no larger than a screen shows, and without what a camera adds to its pictures.
pub const SCREEN: &str = "SCREEN";

/// The purpose of the form for networks that do not take a picture as it is, and take this one.
pub const JPEG: &str = "JPEG";

/// The longest side of a form for the screen, in pixels: a phone as wide as they come shows 900 of an upright picture's width.
pub(super) const SCREEN_SIDE: u32 = 1600;

/// The longest side of a thumbnail, in pixels.
const THUMBNAIL_SIDE: u32 = 320;

/// The longest side of what goes to a network, in pixels: no network shows more.
const NETWORK_SIDE: u32 = 4096;

/// Qualities of JPEG, the best first; below the last it is better to make the picture smaller.
const QUALITIES: [u8; 5] = [90, 82, 74, 66, 58];

/// The form of a picture.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) bytes: Vec<u8>,
    pub(super) mime_type: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Decodes a picture within limits, and turns it as its camera says.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::broken(format!("a picture that was looked at: {error}"));
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| broken(&error))?;
    let mut bounds = Bounds::default();
    bounds.max_alloc = Some(MAX_DECODED);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(|error| broken(&error))?;
    let turned = decoder.orientation().map_err(|error| broken(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| broken(&error))?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The small form.
pub(super) fn thumbnail(picture: &DynamicImage) -> Result<Form, Fault> {
    shown(picture, THUMBNAIL_SIDE, 80)
}

/// The form for the screen.
pub(super) fn screen(picture: &DynamicImage) -> Result<Form, Fault> {
    shown(picture, SCREEN_SIDE, 85)
}

/// A form with no side longer than this. What lets through light stays so.
fn shown(picture: &DynamicImage, longest: u32, quality: u8) -> Result<Form, Fault> {
    let small = within(picture, f64::from(longest) / f64::from(picture.width().max(picture.height())));
    if !small.color().has_alpha() {
        return jpeg(&small.to_rgb8(), quality);
    }
    let small = small.to_rgba8();
    let mut bytes = Vec::new();
    small.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(Form { bytes, mime_type: "image/png", width: small.width(), height: small.height() })
}

/// The picture as JPEG within a network's limits, as good as it can be; none if it cannot be.
pub(super) fn for_network(picture: &DynamicImage, limits: &Limits) -> Result<Option<Form>, Fault> {
    if !limits.mime_types.iter().any(|mime| mime == "image/jpeg") {
        return Ok(None);
    }
    let sides = (f64::from(picture.width()), f64::from(picture.height()));
    let by_pixels = limits.max_image_pixels.map_or(1.0, |most| {
        #[expect(clippy::cast_precision_loss, reason = "a number of pixels is far below what a double holds")]
        let most = most as f64;
        (most / (sides.0 * sides.1)).sqrt()
    });
    let mut scale = (f64::from(NETWORK_SIDE) / sides.0.max(sides.1)).min(by_pixels).min(1.0);
    for _ in 0..12 {
        let smaller = on_white(&within(picture, scale));
        for quality in QUALITIES {
            let form = jpeg(&smaller, quality)?;
            if form.bytes.len() as u64 <= limits.max_image_bytes {
                return Ok(Some(form));
            }
        }
        scale *= 0.75;
    }
    Ok(None)
}

/// The sides of what has these, made to fit; never larger, and never nothing.
pub(super) fn fitting(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let most = u64::from(width.max(height).max(1));
    let side = |side: u32| {
        let smaller = u64::from(side) * u64::from(longest.min(width.max(height))) / most;
        u32::try_from(smaller).unwrap_or(longest).max(1)
    };
    (side(width), side(height))
}

/// Smaller by a factor; never larger, and never nothing.
fn within(picture: &DynamicImage, scale: f64) -> DynamicImage {
    if scale >= 1.0 {
        return picture.clone();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a side that is a u32")]
    let side = |pixels: u32| ((f64::from(pixels) * scale).floor() as u32).max(1);
    picture.resize_exact(side(picture.width()), side(picture.height()), FilterType::Lanczos3)
}

/// What lets through light stands on white: JPEG knows no other way.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [red, green, blue, alpha] = source.get_pixel(x, y).0;
        let over = |part: u8| {
            let mixed = (u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Form, Fault> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.write_with_encoder(encoder).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(Form { bytes, mime_type: "image/jpeg", width: picture.width(), height: picture.height() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that compresses badly.
    fn noise(width: u32, height: u32, alpha: bool) -> DynamicImage {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        if alpha {
            image::RgbaImage::from_fn(width, height, |_, _| image::Rgba([next(), next(), next(), next()])).into()
        } else {
            RgbImage::from_fn(width, height, |_, _| image::Rgb([next(), next(), next()])).into()
        }
    }

    fn limits(bytes: u64, pixels: Option<u64>, mime: &str) -> Limits {
        Limits {
            max_text: 1,
            max_text_bytes: None,
            url_length: None,
            max_images: 1,
            max_image_bytes: bytes,
            max_image_pixels: pixels,
            mime_types: vec![mime.to_owned()],
            max_alt_text: 1,
            video: None,
            quota: None,
            asks_as: None,
            choices: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn sides_keep_their_proportion_and_do_not_grow() {
        for (sides, expected) in [
            ((1920, 1080), (1600, 900)),
            ((1080, 1920), (900, 1600)),
            ((64, 48), (64, 48)),
            ((1600, 1600), (1600, 1600)),
            ((16_384, 1), (1600, 1)),
        ] {
            assert_eq!(fitting(sides.0, sides.1, SCREEN_SIDE), expected, "{sides:?}");
        }
    }

    #[test]
    fn a_form_fits_and_can_be_read() -> Result<(), Fault> {
        for alpha in [false, true] {
            let picture = noise(900, 300, alpha);
            for (bytes, pixels) in [(10_000_000, None), (60_000, None), (4_000, None), (10_000_000, Some(20_000))] {
                let form = for_network(&picture, &limits(bytes, pixels, "image/jpeg"))?.expect("it fits");
                assert!(form.bytes.len() as u64 <= bytes);
                assert!(pixels.is_none_or(|most| u64::from(form.width) * u64::from(form.height) <= most));
                let read = decode(&form.bytes)?;
                assert_eq!((read.width(), read.height()), (form.width, form.height));
            }
            let small = thumbnail(&picture)?;
            assert_eq!((small.width, small.height), (320, 106));
            assert_eq!(small.mime_type, if alpha { "image/png" } else { "image/jpeg" });
        }
        let seen = screen(&noise(3200, 1000, false))?;
        assert_eq!((seen.width, seen.height, seen.mime_type), (1600, 500, "image/jpeg"));
        let as_large = screen(&noise(90, 30, true))?;
        assert_eq!((as_large.width, as_large.height, as_large.mime_type), (90, 30, "image/png"));
        let thin = thumbnail(&noise(2000, 1, false))?;
        assert_eq!((thin.width, thin.height), (320, 1));
        assert!(for_network(&noise(9, 9, false), &limits(10, None, "image/jpeg"))?.is_none(), "no picture is so small");
        assert!(for_network(&noise(9, 9, false), &limits(10_000, None, "image/gif"))?.is_none());
        Ok(())
    }
}
