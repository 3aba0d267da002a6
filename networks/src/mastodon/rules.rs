//! What Mastodon takes, beyond plain numbers.

use super::{CAPABILITIES, POLL, POLL_MINUTES, POLL_MULTIPLE, SPOILER_TEXT};
use crate::capabilities::Limits;
use crate::content::{Draft, Part, Violation, ViolationCode, graphemes};
use crate::validate::violations;

/// Everything that a server would refuse. It counts the content warning together with each text.
pub fn check(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let warning = draft.options.get(SPOILER_TEXT).map_or(0, |text| graphemes(text));
    let left = limits.max_text.saturating_sub(warning);
    let mut found = violations(&CAPABILITIES, &Limits { max_text: left, ..limits.clone() }, draft);
    let has = |name: &str| draft.options.contains_key(name);
    let together = ViolationCode::NotTogether;
    let rules = [
        (POLL, ViolationCode::OptionUnknown, has(POLL) && takes_no_polls(limits)),
        (POLL, together, has(POLL) && !draft.media.is_empty()),
        (POLL_MINUTES, together, has(POLL_MINUTES) && !has(POLL)),
        (POLL_MULTIPLE, together, has(POLL_MULTIPLE) && !has(POLL)),
    ];
    let broken = rules.into_iter().filter(|(_, _, is_broken)| *is_broken);
    found.extend(broken.map(|(name, code, _)| Violation::of(code, Part::Option(name.to_owned()))));
    found
}

/// Some servers of this kind take a poll and make a post without it: they say nothing of polls in their description, which
/// is kept as an option that has no value at all.
fn takes_no_polls(limits: &Limits) -> bool {
    limits.choices.get(POLL).is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::DraftMedia;

    fn codes(options: &[(&str, &str)], mimes: &[&str]) -> Vec<ViolationCode> {
        let media = mimes.iter().map(|mime| DraftMedia {
            mime: (*mime).to_owned(),
            size: 1,
            width: 9,
            height: 9,
            alt_text: String::new(),
            duration_ms: None,
        });
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let draft = Draft { text: "words".to_owned(), media: media.collect(), options, ..Draft::default() };
        check(&Limits::defaults(&CAPABILITIES), &draft).into_iter().map(|violation| violation.code).collect()
    }

    #[test]
    fn a_poll_has_no_images_and_its_settings_want_it() {
        let poll = (POLL, "yes\nno");
        assert_eq!(codes(&[poll, (POLL_MINUTES, "60"), (POLL_MULTIPLE, "true")], &[]), []);
        assert_eq!(codes(&[poll], &["image/png"]), [ViolationCode::NotTogether]);
        assert_eq!(codes(&[(POLL_MINUTES, "60"), (POLL_MULTIPLE, "true")], &[]), [ViolationCode::NotTogether; 2]);
        assert_eq!(codes(&[(POLL, "a\nb\nc\nd\ne")], &[]), [ViolationCode::OptionInvalid]);
        assert_eq!(codes(&[poll, (POLL_MINUTES, "4")], &[]), [ViolationCode::OptionInvalid]);
    }

    #[test]
    fn a_server_that_knows_no_polls_gets_none() {
        let limits = Limits { choices: [(POLL.to_owned(), Vec::new())].into(), ..Limits::defaults(&CAPABILITIES) };
        let options = [(POLL.to_owned(), "yes\nno".to_owned())].into();
        let draft = Draft { text: "well?".to_owned(), options, ..Draft::default() };
        let found: Vec<_> = check(&limits, &draft).into_iter().map(|violation| violation.code).collect();
        assert_eq!(found, [ViolationCode::OptionUnknown]);
    }

    #[test]
    fn one_film_stands_alone() {
        assert_eq!(codes(&[], &["video/mp4"]), []);
        assert_eq!(codes(&[], &["video/mp4", "video/webm"]), [ViolationCode::TooManyVideos]);
        assert_eq!(codes(&[], &["video/mp4", "image/png"]), [ViolationCode::MediaMixed]);
    }
}
