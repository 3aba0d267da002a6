//! What Pinterest takes, beyond plain numbers.

use super::{CAPABILITIES, COVER_SECONDS, TITLE, alt_text};
use crate::capabilities::Limits;
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::counting::{PINTEREST_TITLE, TextUnit};
use crate::validate::violations;

/// Everything that Pinterest would refuse or not show.
pub fn check(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = violations(&CAPABILITIES, limits, draft);
    // A pin is an image that leads to a page.
    found.retain(|violation| violation.code != ViolationCode::LinkWithImages);
    let films = draft.media.iter().filter(|media| media.is_video()).count();
    let images = draft.media.len() - films;
    if films > 0 && images > 1 {
        found.push(Violation::of(ViolationCode::MediaMixed, Part::Text));
    }
    if draft.options.contains_key(COVER_SECONDS) && (films == 0 || images > 0) {
        found.push(Violation::of(ViolationCode::NotTogether, Part::Option(COVER_SECONDS.to_owned())));
    }
    if !found.iter().any(|violation| violation.code == ViolationCode::AltTextTooLong) {
        let whole = alt_text(draft.media.iter().map(|media: &DraftMedia| media.alt_text.as_str()));
        found.extend(too_long(ViolationCode::AltTextTooLong, Part::Text, &whole, limits.max_alt_text));
    }
    if let Some(title) = draft.options.get(TITLE) {
        let part = Part::Option(TITLE.to_owned());
        if !found.iter().any(|violation| violation.part == part) {
            found.extend(too_long(ViolationCode::OptionInvalid, part, title, PINTEREST_TITLE.max));
        }
    }
    found
}

fn too_long(code: ViolationCode, part: Part, text: &str, limit: u64) -> Option<Violation> {
    let unit = TextUnit::Utf16Units;
    let actual = unit.count(text, None);
    (actual > limit).then(|| Violation {
        limit: Some(limit),
        actual: Some(actual),
        unit: Some(unit),
        ..Violation::of(code, part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::OptionValue;
    use crate::pinterest::BOARD;

    fn limits() -> Limits {
        let board = OptionValue { value: "1".to_owned(), label: "Recipes".to_owned() };
        Limits { choices: [(BOARD.to_owned(), vec![board])].into(), ..Limits::defaults(&CAPABILITIES) }
    }

    fn media(mime: &str, alt_text: &str) -> DraftMedia {
        let duration_ms = mime.starts_with("video/").then_some(5_000);
        DraftMedia { mime: mime.to_owned(), size: 1, width: 9, height: 9, alt_text: alt_text.to_owned(), duration_ms }
    }

    fn codes(media: Vec<DraftMedia>, options: &[(&str, &str)]) -> Vec<ViolationCode> {
        let options = options.iter().chain(&[(BOARD, "1")]);
        let options = options.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let link = Some("https://example.com/".to_owned());
        let draft = Draft { media, link, options, ..Draft::default() };
        check(&limits(), &draft).into_iter().map(|violation| violation.code).collect()
    }

    #[test]
    fn a_pin_is_an_image_a_few_images_or_a_film_with_its_cover() {
        let (image, film) = (|| media("image/png", ""), || media("video/mp4", ""));
        assert_eq!(codes(vec![image()], &[]), []);
        assert_eq!(codes((0..5).map(|_| image()).collect(), &[]), []);
        assert_eq!(codes((0..6).map(|_| image()).collect(), &[]), [ViolationCode::TooManyImages]);
        assert_eq!(codes(vec![film()], &[(COVER_SECONDS, "2")]), []);
        assert_eq!(codes(vec![film(), image()], &[]), []);
        assert_eq!(codes(vec![film(), image(), image()], &[]), [ViolationCode::MediaMixed]);
        assert_eq!(codes(vec![film(), film()], &[]), [ViolationCode::TooManyVideos]);
        assert_eq!(codes(vec![film(), image()], &[(COVER_SECONDS, "2")]), [ViolationCode::NotTogether]);
        assert_eq!(codes(vec![image()], &[(COVER_SECONDS, "2")]), [ViolationCode::NotTogether]);
        let missing = [ViolationCode::TextEmpty, ViolationCode::MediaMissing];
        assert_eq!(codes(vec![], &[]), missing);
    }

    #[test]
    fn the_descriptions_of_all_images_are_one() {
        let half = "x".repeat(250);
        let two = |second: &str| vec![media("image/png", &half), media("image/png", second)];
        assert_eq!(codes(two(&"y".repeat(249)), &[]), []);
        assert_eq!(codes(two(&"y".repeat(250)), &[]), [ViolationCode::AltTextTooLong]);
    }

    #[test]
    fn a_title_is_counted_as_the_network_counts() {
        let image = || vec![media("image/png", "")];
        assert_eq!(codes(image(), &[(TITLE, &"😀".repeat(50))]), []);
        assert_eq!(codes(image(), &[(TITLE, &"😀".repeat(51))]), [ViolationCode::OptionInvalid]);
        assert_eq!(codes(image(), &[(TITLE, &"x".repeat(101))]), [ViolationCode::OptionInvalid]);
    }
}
