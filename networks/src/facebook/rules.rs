//! What Facebook refuses beside the limits: of reels, of stories, of comments.

use super::{FORMAT, Format, TITLE};
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::counting::TextUnit;

/// The longest comment, in UTF-16 units, as the site enforces it; its documentation names no number.
/// <https://postonce.to/tools/character-counter/facebook>
const COMMENT: u64 = 8_000;

/// Of reels and film stories. <https://developers.facebook.com/docs/video-api/guides/reels-publishing/>
const LEAST_WIDTH: u32 = 540;
const LEAST_HEIGHT: u32 = 960;
const SHORTEST_MS: u64 = 3_000;
const LONGEST_REEL_MS: u64 = 90_000;

/// <https://developers.facebook.com/docs/page-stories-api/>
const LONGEST_STORY_MS: u64 = 60_000;

/// Everything about a draft that Facebook's own rules forbid.
pub(super) fn violations(draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    let format = Format::of(&draft.options);
    let has_film = draft.media.iter().any(DraftMedia::is_video);
    if format != Format::Feed {
        one_medium(format, draft, &mut found);
    }
    if format == Format::Story {
        if !draft.text.trim().is_empty() {
            found.push(Violation::of(ViolationCode::NotTogether, Part::Text));
        }
        if draft.first_comment.is_some() {
            found.push(Violation::of(ViolationCode::NotTogether, Part::FirstComment));
        }
    }
    if draft.options.contains_key(TITLE) && (format == Format::Story || !has_film) {
        found.push(Violation::of(ViolationCode::NotTogether, Part::Option(TITLE.to_owned())));
    }
    if let Some(comment) = &draft.first_comment {
        let length = TextUnit::Utf16Units.count(comment, None);
        // What is longer than any text is refused as such.
        if (COMMENT + 1..=crate::counting::FACEBOOK.max).contains(&length) {
            found.push(Violation {
                limit: Some(COMMENT),
                actual: Some(length),
                unit: Some(TextUnit::Utf16Units),
                ..Violation::of(ViolationCode::TextTooLong, Part::FirstComment)
            });
        }
    }
    found
}

/// A reel is one film, and a story one photo or film.
fn one_medium(format: Format, draft: &Draft, found: &mut Vec<Violation>) {
    let [media] = draft.media.as_slice() else {
        let code = if draft.media.is_empty() { ViolationCode::MediaMissing } else { ViolationCode::NotTogether };
        return found.push(Violation::of(code, Part::Option(FORMAT.to_owned())));
    };
    if media.is_video() {
        let longest = if format == Format::Reel { LONGEST_REEL_MS } else { LONGEST_STORY_MS };
        found.extend(upright(media));
        found.extend(length(media, longest));
    } else if format == Format::Reel {
        found.push(Violation::of(ViolationCode::NotTogether, Part::Option(FORMAT.to_owned())));
    }
}

/// A film of 9:16 and not too small; a fiftieth more or less is cut or filled.
fn upright(media: &DraftMedia) -> Option<Violation> {
    let (width, height) = (media.width, media.height);
    let of_film = |limit: Option<u32>, actual: Option<u32>| Violation {
        limit: limit.map(u64::from),
        actual: actual.map(u64::from),
        media_index: Some(0),
        ..Violation::of(ViolationCode::MediaShape, Part::Text)
    };
    let (wide, tall) = (u64::from(width) * 16, u64::from(height) * 9);
    if wide.abs_diff(tall) * 50 > tall {
        Some(of_film(None, None))
    } else if width < LEAST_WIDTH {
        Some(of_film(Some(LEAST_WIDTH), Some(width)))
    } else if height < LEAST_HEIGHT {
        Some(of_film(Some(LEAST_HEIGHT), Some(height)))
    } else {
        None
    }
}

fn length(media: &DraftMedia, longest: u64) -> Option<Violation> {
    let length = media.duration_ms?;
    let of_film = |code, limit: u64, actual: u64| Violation {
        limit: Some(limit),
        actual: Some(actual),
        media_index: Some(0),
        ..Violation::of(code, Part::Text)
    };
    if length > longest {
        return Some(of_film(ViolationCode::VideoTooLong, longest / 1000, length.div_ceil(1000)));
    }
    // What is shorter than any film may be is refused as such.
    let too_short = (super::CAPABILITIES.media.video?.min_ms..SHORTEST_MS).contains(&length);
    too_short.then(|| of_film(ViolationCode::VideoTooShort, SHORTEST_MS / 1000, length / 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(width: u32, height: u32, duration_ms: u64) -> DraftMedia {
        let (mime, alt_text) = ("video/mp4".to_owned(), String::new());
        DraftMedia { mime, size: 1_000, width, height, alt_text, duration_ms: Some(duration_ms) }
    }

    fn photo() -> DraftMedia {
        DraftMedia { mime: "image/jpeg".to_owned(), duration_ms: None, ..film(1_000, 1_000, 0) }
    }

    fn draft(format: &str, media: Vec<DraftMedia>) -> Draft {
        Draft { media, options: [(FORMAT.to_owned(), format.to_owned())].into(), ..Draft::default() }
    }

    fn codes(draft: &Draft) -> Vec<(ViolationCode, Option<u64>, Option<u64>)> {
        violations(draft).into_iter().map(|found| (found.code, found.limit, found.actual)).collect()
    }

    #[test]
    fn a_reel_is_one_upright_film_of_so_many_seconds() {
        use ViolationCode::{MediaMissing, MediaShape, NotTogether, VideoTooLong, VideoTooShort};
        let reel = |media| codes(&draft("reel", media));
        assert_eq!(reel(vec![film(1_080, 1_920, 30_000)]), []);
        assert_eq!(reel(vec![film(1_080, 1_910, 30_000)]), [], "nearly so");
        assert_eq!(reel(Vec::new()), [(MediaMissing, None, None)]);
        assert_eq!(reel(vec![photo()]), [(NotTogether, None, None)]);
        assert_eq!(reel(vec![film(1_920, 1_080, 30_000)]), [(MediaShape, None, None)]);
        assert_eq!(reel(vec![film(360, 640, 30_000)]), [(MediaShape, Some(540), Some(360))]);
        assert_eq!(reel(vec![film(1_080, 1_920, 90_001)]), [(VideoTooLong, Some(90), Some(91))]);
        assert_eq!(reel(vec![film(1_080, 1_920, 2_900)]), [(VideoTooShort, Some(3), Some(2))]);
    }

    #[test]
    fn a_story_is_one_photo_or_film_without_words() {
        use ViolationCode::{NotTogether, VideoTooLong};
        assert_eq!(codes(&draft("story", vec![photo()])), []);
        assert_eq!(codes(&draft("story", vec![photo(), photo()])), [(NotTogether, None, None)]);
        assert_eq!(codes(&draft("story", vec![film(1_080, 1_920, 61_000)])), [(VideoTooLong, Some(60), Some(61))]);
        let first_comment = Some("more".to_owned());
        let mut words = Draft { text: "hi".to_owned(), first_comment, ..draft("story", vec![photo()]) };
        words.options.insert(TITLE.to_owned(), "A title".to_owned());
        let parts: Vec<_> = violations(&words).into_iter().map(|found| found.part).collect();
        assert_eq!(parts, [Part::Text, Part::FirstComment, Part::Option(TITLE.to_owned())]);
    }

    #[test]
    fn a_title_is_of_a_film_and_a_comment_has_its_own_limit() {
        let mut titled = draft("feed", vec![photo()]);
        titled.options.insert(TITLE.to_owned(), "A title".to_owned());
        assert_eq!(codes(&titled), [(ViolationCode::NotTogether, None, None)]);
        titled.media = vec![film(1_920, 1_080, 600_000)];
        assert_eq!(codes(&titled), []);
        let long = Draft { first_comment: Some("م".repeat(8_001)), ..draft("feed", Vec::new()) };
        assert_eq!(codes(&long), [(ViolationCode::TextTooLong, Some(8_000), Some(8_001))]);
    }
}
