//! What Instagram takes, beyond plain numbers.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>

use super::{CAPABILITIES, COVER_SECONDS, FORMAT, Format, MEGABYTE, SHARE_TO_FEED};
use crate::capabilities::Limits;
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::validate::violations;

/// The longest and largest film of a story.
const STORY_MS: u64 = 60_000;
const STORY_BYTES: u64 = 100 * MEGABYTE;

/// How wide a film may be, in pixels.
const MOST_WIDTH: u32 = 1_920;

/// Everything that Instagram would refuse or not show.
pub fn check(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = violations(&CAPABILITIES, limits, draft);
    let films = draft.media.iter().filter(|media| media.is_video()).count();
    let format = Format::of(&draft.options, films, draft.media.len());
    let mut apart = |part: Part| found.push(Violation::of(ViolationCode::NotTogether, part));
    let option = |name: &str| Part::Option(name.to_owned());
    if format == Format::Story {
        if draft.media.len() > 1 {
            apart(option(FORMAT));
        }
        if !draft.text.trim().is_empty() {
            apart(Part::Text);
        }
        if draft.first_comment.is_some() {
            apart(Part::FirstComment);
        }
    }
    let is_reel = format == Format::Reel;
    if is_reel && (films, draft.media.len()) != (1, 1) {
        apart(option(FORMAT));
    }
    let hidden = draft.options.get(SHARE_TO_FEED).is_some_and(|value| value == "false");
    if hidden && (!is_reel || Format::named(&draft.options) == Some(Format::Feed)) {
        apart(option(SHARE_TO_FEED));
    }
    if let Some(seconds) = draft.options.get(COVER_SECONDS) {
        let film = draft.media.iter().find(|media| media.is_video()).filter(|_| is_reel);
        match (film, seconds.parse::<u64>()) {
            (None, _) => apart(option(COVER_SECONDS)),
            (Some(film), Ok(second)) if film.duration_ms.is_some_and(|length| second * 1000 >= length) => {
                found.push(Violation::of(ViolationCode::OptionInvalid, option(COVER_SECONDS)));
            }
            (Some(_), _) => {}
        }
    }
    found.extend(shapes(format, &draft.media));
    found
}

/// What is wrong with the images and films themselves.
fn shapes(format: Format, media: &[DraftMedia]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, media) in media.iter().enumerate() {
        let mut add = |code, limit: Option<(u64, u64)>| {
            let (limit, actual) = (limit.map(|(most, _)| most), limit.map(|(_, actual)| actual));
            found.push(Violation { limit, actual, media_index: Some(index), ..Violation::of(code, Part::Text) });
        };
        let fits =
            if media.is_video() { is_film_shape(media) } else { format == Format::Story || is_image_shape(media) };
        if !fits {
            add(ViolationCode::MediaShape, None);
        }
        if format != Format::Story || !media.is_video() {
            continue;
        }
        if media.size > STORY_BYTES {
            add(ViolationCode::VideoTooLarge, Some((STORY_BYTES, media.size)));
        }
        if let Some(length) = media.duration_ms.filter(|length| *length > STORY_MS) {
            add(ViolationCode::VideoTooLong, Some((STORY_MS / 1000, length.div_ceil(1000))));
        }
    }
    found
}

/// Between 4:5 and 1.91:1. What is too wide or too narrow is scaled.
fn is_image_shape(media: &DraftMedia) -> bool {
    let (width, height) = (u64::from(media.width), u64::from(media.height));
    5 * width >= 4 * height && 100 * width <= 191 * height
}

/// Between 0.01:1 and 10:1. Of a film whose size is not known nothing is said.
fn is_film_shape(media: &DraftMedia) -> bool {
    let (width, height) = (u64::from(media.width), u64::from(media.height));
    width == 0 || (media.width <= MOST_WIDTH && 100 * width >= height && width <= 10 * height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(mime: &str, (width, height): (u32, u32), ms: u64) -> DraftMedia {
        let duration_ms = mime.starts_with("video/").then_some(ms);
        DraftMedia { mime: mime.to_owned(), size: 1_000, width, height, alt_text: String::new(), duration_ms }
    }

    fn image() -> DraftMedia {
        media("image/jpeg", (1080, 1350), 0)
    }

    fn film() -> DraftMedia {
        media("video/mp4", (1080, 1920), 20_000)
    }

    fn draft(media: Vec<DraftMedia>, options: &[(&str, &str)]) -> Draft {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Draft { media, options, ..Draft::default() }
    }

    fn found(draft: &Draft) -> Vec<(ViolationCode, Part)> {
        let found = check(&Limits::defaults(&CAPABILITIES), draft);
        found.into_iter().map(|violation| (violation.code, violation.part)).collect()
    }

    fn option(code: ViolationCode, name: &str) -> Vec<(ViolationCode, Part)> {
        vec![(code, Part::Option(name.to_owned()))]
    }

    #[test]
    fn images_have_a_shape_except_in_stories() {
        use ViolationCode::MediaShape;
        let shape = |size, format: &str| found(&draft(vec![media("image/jpeg", size, 0)], &[(FORMAT, format)]));
        for size in [(1080, 1350), (1910, 1000), (320, 320)] {
            assert_eq!(shape(size, "feed"), [], "{size:?}");
        }
        for size in [(1080, 1351), (1911, 1000), (1080, 1920)] {
            assert_eq!(shape(size, "feed"), [(MediaShape, Part::Text)], "{size:?}");
        }
        assert_eq!(shape((1080, 1920), "story"), []);
        let wide = media("video/mp4", (2560, 1440), 20_000);
        assert_eq!(found(&draft(vec![wide], &[])), [(MediaShape, Part::Text)]);
    }

    #[test]
    fn a_story_is_one_thing_and_no_words() {
        let story = [(FORMAT, "story")];
        assert_eq!(found(&draft(vec![image()], &story)), []);
        assert_eq!(found(&draft(vec![image(), film()], &story)), option(ViolationCode::NotTogether, FORMAT));
        let words = Draft { text: "words".to_owned(), ..draft(vec![image()], &story) };
        assert_eq!(found(&words), [(ViolationCode::NotTogether, Part::Text)]);
        let comment = Draft { first_comment: Some("first".to_owned()), ..draft(vec![image()], &story) };
        assert_eq!(found(&comment), [(ViolationCode::NotTogether, Part::FirstComment)]);
        let long = media("video/mp4", (1080, 1920), 60_001);
        assert_eq!(found(&draft(vec![long.clone()], &story)), [(ViolationCode::VideoTooLong, Part::Text)]);
        assert_eq!(found(&draft(vec![long], &[])), []);
    }

    #[test]
    fn a_reel_is_one_film() {
        let reel = [(FORMAT, "reel")];
        assert_eq!(found(&draft(vec![film()], &reel)), []);
        assert_eq!(found(&draft(vec![image()], &reel)), option(ViolationCode::NotTogether, FORMAT));
        assert_eq!(found(&draft(vec![film(), image()], &reel)), option(ViolationCode::NotTogether, FORMAT));
        assert_eq!(found(&draft(vec![film(), image()], &[])), []);
        let hidden = (SHARE_TO_FEED, "false");
        assert_eq!(found(&draft(vec![film()], &[hidden])), []);
        assert_eq!(
            found(&draft(vec![film()], &[hidden, (FORMAT, "feed")])),
            option(ViolationCode::NotTogether, SHARE_TO_FEED)
        );
        assert_eq!(found(&draft(vec![image()], &[hidden])), option(ViolationCode::NotTogether, SHARE_TO_FEED));
        assert_eq!(found(&draft(vec![film()], &[(COVER_SECONDS, "19")])), []);
        assert_eq!(
            found(&draft(vec![film()], &[(COVER_SECONDS, "20")])),
            option(ViolationCode::OptionInvalid, COVER_SECONDS)
        );
        assert_eq!(
            found(&draft(vec![image()], &[(COVER_SECONDS, "1")])),
            option(ViolationCode::NotTogether, COVER_SECONDS)
        );
    }

    #[test]
    fn there_is_something_to_see_and_no_more_than_ten() {
        let words = Draft { text: "words".to_owned(), ..draft(vec![], &[]) };
        assert_eq!(found(&words), [(ViolationCode::MediaMissing, Part::Text)]);
        let ten: Vec<_> = (0..5).flat_map(|_| [image(), film()]).collect();
        assert_eq!(found(&draft(ten.clone(), &[])), []);
        let eleven = ten.into_iter().chain([image()]).collect();
        assert_eq!(found(&draft(eleven, &[])), [(ViolationCode::TooManyImages, Part::Text)]);
        let png = media("image/png", (500, 500), 0);
        assert_eq!(found(&draft(vec![png], &[])), [(ViolationCode::ImageTypeUnsupported, Part::Text)]);
    }
}
