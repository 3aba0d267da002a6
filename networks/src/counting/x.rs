//! The weighted length of X: twitter-text, configuration 3 (scale 100, weight 200 unless in a range of weight 100, links 23, emoji
//! counted as wholes). <https://docs.x.com/fundamentals/counting-characters>,
//! <https://github.com/twitter/twitter-text/blob/master/config/v3.json>
//!
//! The crate `twitter-text` would count the same, but brings a C++ library with it.

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation as _;

use super::links::links;

const SCALE: u64 = 100;
const DEFAULT_WEIGHT: u64 = 200;
const LIGHT_WEIGHT: u64 = 100;
const URL_LENGTH: u64 = 23;
const JOINER: char = '\u{200d}';

/// The length, of which 280 are taken.
pub(super) fn weighted_length(text: &str) -> u64 {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let mut weight = 0;
    let mut end = 0;
    for link in links(&text) {
        weight += weigh(&text[end..link.start]) + URL_LENGTH * SCALE;
        end = link.end;
    }
    (weight + weigh(&text[end..])) / SCALE
}

fn weigh(text: &str) -> u64 {
    text.graphemes(true).map(weigh_grapheme).sum()
}

/// An emoji is two, however many characters it is put together of; one that is not known is what its parts are.
fn weigh_grapheme(grapheme: &str) -> u64 {
    let is_whole = |piece: &str| piece.chars().nth(1).is_some() && emojis::get(piece).is_some();
    if is_whole(grapheme) {
        return DEFAULT_WEIGHT;
    }
    let joiners = grapheme.chars().filter(|c| *c == JOINER).map(weight).sum::<u64>();
    let pieces = grapheme.split(JOINER);
    joiners
        + pieces
            .map(|piece| if is_whole(piece) { DEFAULT_WEIGHT } else { piece.chars().map(weight).sum() })
            .sum::<u64>()
}

fn weight(c: char) -> u64 {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => LIGHT_WEIGHT,
        _ => DEFAULT_WEIGHT,
    }
}
