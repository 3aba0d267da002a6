//! What TikTok takes, beyond plain limits, and what it allows one account.

use super::wire::Creator;
use super::{
    BRAND_CONTENT, CAPABILITIES, DISABLE_DUET, DISABLE_STITCH, MADE_WITH_AI, PHOTO_TEXT, PHOTO_TITLE, PRIVACY, TITLE,
};
use crate::capabilities::{Limits, OptionValue};
use crate::content::{Draft, Part, Violation, ViolationCode, graphemes};
use crate::counting::TextUnit;
use crate::validate;

/// The one circle in which nobody else sees a post.
const ONLY_ME: &str = "SELF_ONLY";

/// The sides of a photo are at most these, in pixels, whichever way it stands.
/// <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>
const LONGER_SIDE: u32 = 1920;
const SHORTER_SIDE: u32 = 1080;

/// The sides of a film, in pixels.
const FILM_SIDES: std::ops::RangeInclusive<u32> = 360..=4096;

/// What only films have.
const OF_FILMS: &[&str] = &[DISABLE_DUET, DISABLE_STITCH, MADE_WITH_AI];

/// Everything that TikTok would refuse.
pub fn violations(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let photos = !draft.media.is_empty() && draft.media.iter().all(|media| !media.is_video());
    let max_text = if photos { limits.max_text.max(PHOTO_TEXT) } else { limits.max_text };
    let mut found = validate::violations(&CAPABILITIES, &Limits { max_text, ..limits.clone() }, draft);
    found.extend(shapes(draft));
    let mut add = |code, name: &str, limit: Option<(u64, u64)>| {
        let part = Part::Option(name.to_owned());
        let unit = limit.map(|_| TextUnit::Utf16Units);
        let (limit, actual) = (limit.map(|(most, _)| most), limit.map(|(_, actual)| actual));
        found.push(Violation { code, part, limit, actual, unit, media_index: None });
    };
    let is_set = |name: &str| draft.options.get(name).is_some_and(|value| value == "true");
    if photos {
        for name in OF_FILMS.iter().filter(|name| is_set(name)) {
            add(ViolationCode::NotTogether, name, None);
        }
    }
    if let Some(title) = draft.options.get(TITLE) {
        let length = TextUnit::Utf16Units.count(title, None);
        if !photos {
            add(ViolationCode::NotTogether, TITLE, None);
        } else if length > PHOTO_TITLE && graphemes(title) <= PHOTO_TITLE {
            add(ViolationCode::OptionInvalid, TITLE, Some((PHOTO_TITLE, length)));
        }
    }
    // A paid partnership that nobody sees: <https://developers.tiktok.com/doc/content-sharing-guidelines>
    if is_set(BRAND_CONTENT) && draft.options.get(PRIVACY).is_some_and(|value| value == ONLY_ME) {
        add(ViolationCode::NotTogether, BRAND_CONTENT, None);
    }
    found
}

/// Which photos and films are too large or too small.
fn shapes(draft: &Draft) -> Vec<Violation> {
    let fits = |media: &crate::content::DraftMedia| {
        let (longer, shorter) = (media.width.max(media.height), media.width.min(media.height));
        if media.is_video() {
            // Of a film whose size is not known nothing is said.
            longer == 0 || (FILM_SIDES.contains(&longer) && FILM_SIDES.contains(&shorter))
        } else {
            longer <= LONGER_SIDE && shorter <= SHORTER_SIDE
        }
    };
    let unfit = draft.media.iter().enumerate().filter(|(_, media)| !fits(media));
    let violation =
        |(index, _)| Violation { media_index: Some(index), ..Violation::of(ViolationCode::MediaShape, Part::Text) };
    unfit.map(violation).collect()
}

/// What this account may do now: who may see its posts, and how long its films may be.
pub fn limits(creator: &Creator) -> Limits {
    let mut limits = Limits::defaults(&CAPABILITIES);
    if let (Some(video), Some(seconds)) = (&mut limits.video, creator.max_video_post_duration_sec) {
        video.max_ms = seconds.saturating_mul(1000);
    }
    let values = creator
        .privacy_level_options
        .iter()
        .map(|value| OptionValue { label: circle(value).to_owned(), value: value.clone() });
    limits.choices.insert(PRIVACY.to_owned(), values.collect());
    limits
}

/// What TikTok's own application calls those who see a post.
fn circle(value: &str) -> &str {
    match value {
        "PUBLIC_TO_EVERYONE" => "Everyone",
        "MUTUAL_FOLLOW_FRIENDS" => "Friends",
        "FOLLOWER_OF_CREATOR" => "Followers",
        ONLY_ME => "Only me",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::DraftMedia;

    fn media(mime: &str, (width, height): (u32, u32)) -> DraftMedia {
        let (mime, alt_text) = (mime.to_owned(), String::new());
        DraftMedia { mime, size: 1000, width, height, alt_text, duration_ms: None }
    }

    fn found(text: &str, media: DraftMedia, options: &[(&str, &str)]) -> Vec<(ViolationCode, Option<u64>)> {
        let levels = ["PUBLIC_TO_EVERYONE", ONLY_ME].map(str::to_owned).to_vec();
        let limits = limits(&Creator { privacy_level_options: levels, ..Creator::default() });
        let privacy = [(PRIVACY, "PUBLIC_TO_EVERYONE")];
        let options = privacy.iter().chain(options).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let draft = Draft { text: text.to_owned(), media: vec![media], options: options.collect(), ..Draft::default() };
        violations(&limits, &draft).into_iter().map(|violation| (violation.code, violation.actual)).collect()
    }

    #[test]
    fn photos_take_more_text_than_films_and_a_title() {
        let (film, photo) = (|| media("video/mp4", (1080, 1920)), || media("image/jpeg", (1080, 1350)));
        let long = "a".repeat(2201);
        assert_eq!(found(&long, film(), &[]), [(ViolationCode::TextTooLong, Some(2201))]);
        assert_eq!(found(&long, photo(), &[(TITLE, "A title")]), []);
        assert_eq!(found(&"a".repeat(4001), photo(), &[]), [(ViolationCode::TextTooLong, Some(4001))]);
        assert_eq!(found("", film(), &[(TITLE, "A title")]), [(ViolationCode::NotTogether, None)]);
        let emoji = "🎬".repeat(46);
        assert_eq!(found("", photo(), &[(TITLE, &emoji)]), [(ViolationCode::OptionInvalid, Some(92))]);
    }

    #[test]
    fn some_things_do_not_go_together() {
        let photo = || media("image/webp", (100, 100));
        for name in OF_FILMS {
            assert_eq!(found("", photo(), &[(name, "true")]), [(ViolationCode::NotTogether, None)]);
            assert_eq!(found("", photo(), &[(name, "false")]), []);
        }
        let secret = [(BRAND_CONTENT, "true"), (PRIVACY, ONLY_ME)];
        assert_eq!(found("", photo(), &secret), [(ViolationCode::NotTogether, None)]);
        assert_eq!(found("", photo(), &[(PRIVACY, "FOLLOWER_OF_CREATOR")]), [(ViolationCode::OptionInvalid, None)]);
    }

    #[test]
    fn sizes_are_those_of_a_telephone() {
        let shape = [(ViolationCode::MediaShape, None)];
        assert_eq!(found("", media("image/jpeg", (1920, 1080)), &[]), []);
        assert_eq!(found("", media("image/jpeg", (1200, 1200)), &[]), shape);
        assert_eq!(found("", media("video/mp4", (359, 640)), &[]), shape);
        assert_eq!(found("", media("video/mp4", (4096, 2160)), &[]), []);
    }
}
