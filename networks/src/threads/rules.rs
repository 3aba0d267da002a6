//! What Threads takes, beyond plain numbers. <https://developers.facebook.com/documentation/threads/posts>

use std::collections::HashSet;

use super::{CAPABILITIES, POLL, TOPIC};
use crate::capabilities::Limits;
use crate::content::{Draft, DraftMedia, Part, Violation, ViolationCode};
use crate::counting::{THREADS_LINKS, links};
use crate::validate::violations;

/// How wide a film may be, in pixels.
const MOST_WIDTH: u32 = 1_920;

/// How often one side of an image goes into the other at most.
const MOST_RATIO: u64 = 10;

/// Everything that Threads would refuse or not show.
pub fn check(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = violations(&CAPABILITIES, limits, draft);
    for (index, media) in draft.media.iter().enumerate() {
        if !has_shape(media) {
            found.push(Violation { media_index: Some(index), ..Violation::of(ViolationCode::MediaShape, Part::Text) });
        }
    }
    let option = |name: &str| Part::Option(name.to_owned());
    if draft.options.contains_key(POLL) && (!draft.media.is_empty() || draft.link.is_some()) {
        found.push(Violation::of(ViolationCode::NotTogether, option(POLL)));
    }
    // <https://developers.facebook.com/documentation/threads/posts#topic-tags--links--and-gifs>
    if draft.options.get(TOPIC).is_some_and(|topic| topic.contains(['.', '&'])) {
        found.push(Violation::of(ViolationCode::OptionInvalid, option(TOPIC)));
    }
    // A link that stands in the text already is the same one.
    if let Some(link) = &draft.link {
        let mut all: HashSet<_> = links(&draft.text).into_iter().map(|place| &draft.text[place]).collect();
        if all.len() as u64 <= THREADS_LINKS.max && all.insert(link) && all.len() as u64 > THREADS_LINKS.max {
            let (limit, actual, unit) = (Some(THREADS_LINKS.max), Some(all.len() as u64), Some(THREADS_LINKS.unit));
            found.push(Violation { limit, actual, unit, ..Violation::of(ViolationCode::TextTooLong, Part::Link) });
        }
    }
    found
}

/// An image up to 10:1 either way; a film between 0.01:1 and 10:1. Of a film whose size is not known nothing is said.
fn has_shape(media: &DraftMedia) -> bool {
    let (width, height) = (u64::from(media.width), u64::from(media.height));
    if media.is_video() {
        return width == 0 || (media.width <= MOST_WIDTH && 100 * width >= height && width <= MOST_RATIO * height);
    }
    width.max(height) <= MOST_RATIO * width.min(height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::REPLY_CONTROL;

    fn media(mime: &str, (width, height): (u32, u32)) -> DraftMedia {
        let duration_ms = mime.starts_with("video/").then_some(20_000);
        DraftMedia { mime: mime.to_owned(), size: 1_000, width, height, alt_text: String::new(), duration_ms }
    }

    fn draft(text: &str, media: Vec<DraftMedia>, options: &[(&str, &str)]) -> Draft {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Draft { text: text.to_owned(), media, options, ..Draft::default() }
    }

    fn found(draft: &Draft) -> Vec<(ViolationCode, Part)> {
        let found = check(&Limits::defaults(&CAPABILITIES), draft);
        found.into_iter().map(|violation| (violation.code, violation.part)).collect()
    }

    #[test]
    fn an_image_is_not_too_long_and_a_film_not_too_wide() {
        use ViolationCode::MediaShape;
        let shape = |mime, size| found(&draft("", vec![media(mime, size)], &[]));
        assert_eq!(shape("image/png", (1000, 100)), []);
        assert_eq!(shape("image/png", (1001, 100)), [(MediaShape, Part::Text)]);
        assert_eq!(shape("image/png", (100, 1001)), [(MediaShape, Part::Text)]);
        assert_eq!(shape("video/mp4", (1920, 1080)), []);
        assert_eq!(shape("video/mp4", (1921, 1080)), [(MediaShape, Part::Text)]);
    }

    #[test]
    fn a_poll_stands_alone_and_a_topic_is_one_word_or_more() {
        let poll = (POLL, "yes\nno");
        let option = |code, name: &str| vec![(code, Part::Option(name.to_owned()))];
        let everybody = (REPLY_CONTROL, "everyone");
        assert_eq!(
            found(&draft("Tea?", vec![], &[poll, everybody, (TOPIC, "Tea & coffee")])),
            option(ViolationCode::OptionInvalid, TOPIC)
        );
        assert_eq!(found(&draft("Tea?", vec![], &[poll, everybody, (TOPIC, "Hot drinks")])), []);
        let image = vec![media("image/png", (100, 100))];
        assert_eq!(found(&draft("Tea?", image, &[poll])), option(ViolationCode::NotTogether, POLL));
        let link = Draft { link: Some("https://e.io/".to_owned()), ..draft("Tea?", vec![], &[poll]) };
        assert_eq!(found(&link), option(ViolationCode::NotTogether, POLL));
        let long = format!("yes\n{}", "n".repeat(26));
        assert_eq!(found(&draft("Tea?", vec![], &[(POLL, &long)])), option(ViolationCode::OptionInvalid, POLL));
    }

    #[test]
    fn the_link_beside_the_text_is_one_of_five() {
        let text = (1..=5).map(|n| format!("https://e{n}.com")).collect::<Vec<_>>().join(" ");
        let link = |link: &str| Draft { link: Some(link.to_owned()), ..draft(&text, vec![], &[]) };
        assert_eq!(found(&link("https://e3.com")), []);
        assert_eq!(found(&link("https://e6.com")), [(ViolationCode::TextTooLong, Part::Link)]);
        let six = format!("{text} https://e6.com");
        assert_eq!(found(&draft(&six, vec![], &[])), [(ViolationCode::TextTooLong, Part::Text)]);
    }
}
