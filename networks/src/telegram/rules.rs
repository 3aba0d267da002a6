//! What Telegram takes, beyond plain numbers.

use super::{
    CAPABILITIES, CAPTION_ABOVE, LINK_PREVIEW, LINK_PREVIEW_ABOVE, MOST_ANSWER, POLL, POLL_MINUTES, POLL_MULTIPLE,
    SENSITIVE,
};
use crate::capabilities::Limits;
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::counting::TextUnit;
use crate::validate::violations;

/// The longest question of a poll. <https://core.telegram.org/bots/api#sendpoll>
const MOST_QUESTION: u64 = 300;

/// Of a photo: width and height together in pixels, and how often one goes into the other.
/// <https://core.telegram.org/bots/api#sendphoto>
const MOST_SIDES: u64 = 10_000;
const MOST_RATIO: u64 = 20;

/// Everything that Telegram would refuse or not show.
pub fn check(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = violations(&CAPABILITIES, limits, draft);
    for (index, image) in draft.media.iter().enumerate().filter(|(_, media)| !media.is_video()) {
        if has_no_shape(image) {
            found.push(Violation { media_index: Some(index), ..Violation::of(ViolationCode::MediaShape, Part::Text) });
        }
    }
    let apart = together(draft).into_iter();
    found.extend(apart.map(|name| Violation::of(ViolationCode::NotTogether, Part::Option(name.to_owned()))));
    if let Some(answers) = draft.options.get(POLL) {
        let unit = TextUnit::Utf16Units;
        let longest = answers.lines().map(|answer| unit.count(answer, None)).max().unwrap_or(0);
        found.extend(too_long(ViolationCode::OptionInvalid, Part::Option(POLL.to_owned()), longest, MOST_ANSWER));
        let question = unit.count(&draft.text, None);
        found.extend(too_long(ViolationCode::TextTooLong, Part::Text, question, MOST_QUESTION));
    }
    found
}

/// The options that do not go together with the rest of the draft.
fn together(draft: &Draft) -> Vec<&'static str> {
    let has = |name: &str| draft.options.contains_key(name);
    let is_on = |name: &str| draft.options.get(name).is_some_and(|value| value == "true");
    let with_media = !draft.media.is_empty();
    let is_poll = has(POLL);
    let no_preview = draft.options.get(LINK_PREVIEW).is_some_and(|value| value == "none");
    let rules = [
        (POLL, is_poll && (with_media || draft.link.is_some())),
        (POLL_MINUTES, has(POLL_MINUTES) && !is_poll),
        (POLL_MULTIPLE, has(POLL_MULTIPLE) && !is_poll),
        (LINK_PREVIEW, has(LINK_PREVIEW) && (with_media || is_poll || no_preview && draft.link.is_some())),
        (LINK_PREVIEW_ABOVE, is_on(LINK_PREVIEW_ABOVE) && (with_media || is_poll || no_preview)),
        (CAPTION_ABOVE, is_on(CAPTION_ABOVE) && (!with_media || draft.text.trim().is_empty())),
        (SENSITIVE, is_on(SENSITIVE) && !with_media),
    ];
    rules.into_iter().filter_map(|(name, is_broken)| is_broken.then_some(name)).collect()
}

fn has_no_shape(image: &DraftMedia) -> bool {
    let (short, long) = (image.width.min(image.height), image.width.max(image.height));
    u64::from(short) + u64::from(long) > MOST_SIDES || u64::from(long) > MOST_RATIO * u64::from(short)
}

fn too_long(code: ViolationCode, part: Part, actual: u64, limit: u64) -> Option<Violation> {
    let unit = Some(TextUnit::Utf16Units);
    (actual > limit).then(|| Violation { limit: Some(limit), actual: Some(actual), unit, ..Violation::of(code, part) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(width: u32, height: u32) -> DraftMedia {
        let (mime, alt_text) = ("image/jpeg".to_owned(), String::new());
        DraftMedia { mime, size: 1, width, height, alt_text, duration_ms: None }
    }

    fn draft(options: &[(&str, &str)], media: Vec<DraftMedia>) -> Draft {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Draft { text: "words".to_owned(), options, media, ..Draft::default() }
    }

    fn codes(draft: &Draft) -> Vec<ViolationCode> {
        check(&Limits::defaults(&CAPABILITIES), draft).into_iter().map(|violation| violation.code).collect()
    }

    #[test]
    fn a_photo_has_a_shape() {
        assert_eq!(codes(&draft(&[], vec![image(5000, 5000), image(20, 400)])), []);
        assert_eq!(codes(&draft(&[], vec![image(5001, 5000)])), [ViolationCode::MediaShape]);
        assert_eq!(codes(&draft(&[], vec![image(401, 20)])), [ViolationCode::MediaShape]);
    }

    #[test]
    fn a_poll_stands_alone() {
        let poll = (POLL, "yes\nno");
        assert_eq!(codes(&draft(&[poll, (POLL_MINUTES, "60"), (POLL_MULTIPLE, "true")], vec![])), []);
        assert_eq!(codes(&draft(&[poll], vec![image(9, 9)])), [ViolationCode::NotTogether]);
        assert_eq!(codes(&draft(&[(POLL_MINUTES, "60")], vec![])), [ViolationCode::NotTogether]);
        let long = Draft { text: "x".repeat(301), ..draft(&[poll], vec![]) };
        assert_eq!(codes(&long), [ViolationCode::TextTooLong]);
        // An emoji is one for the eye and two for the network.
        let answer = format!("{}\nno", "😀".repeat(51));
        assert_eq!(codes(&draft(&[(POLL, &answer)], vec![])), [ViolationCode::OptionInvalid]);
    }

    #[test]
    fn options_want_what_they_are_about() {
        assert_eq!(codes(&draft(&[(CAPTION_ABOVE, "true"), (SENSITIVE, "true")], vec![image(9, 9)])), []);
        assert_eq!(codes(&draft(&[(SENSITIVE, "true")], vec![])), [ViolationCode::NotTogether]);
        assert_eq!(codes(&draft(&[(SENSITIVE, "false")], vec![])), []);
        assert_eq!(codes(&draft(&[(LINK_PREVIEW, "large")], vec![image(9, 9)])), [ViolationCode::NotTogether]);
        let link = Some("https://example.com/".to_owned());
        let hidden = Draft { link, ..draft(&[(LINK_PREVIEW, "none")], vec![]) };
        assert_eq!(codes(&hidden), [ViolationCode::NotTogether]);
    }
}
