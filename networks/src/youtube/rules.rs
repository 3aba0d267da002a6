//! What YouTube takes, beyond plain limits, and what it allows one channel.

use serde::Deserialize;
use serde_json::Value;

use super::wire::{API, Channel, Page};
use super::{CAPABILITIES, CATEGORY, MADE_FOR_KIDS, PRIVACY, TAGS, TITLE};
use crate::call::Step;
use crate::capabilities::{Limits, OptionValue};
use crate::content::{Draft, Part, Violation, ViolationCode};
use crate::counting::{TextUnit, YOUTUBE_TITLE};
use crate::error::NetworkError;
use crate::google::Api;
use crate::validate;

/// The most characters of all tags together, with the commas between them and quotes around those with a space.
/// <https://developers.google.com/youtube/v3/docs/videos#snippet.tags[]>
const MAX_TAGS: u64 = 500;

/// How long a film may be of a channel whose owner has not shown who they are.
/// <https://support.google.com/youtube/answer/71673>
const UNVERIFIED_MS: u64 = 15 * 60 * 1000;

/// The country whose categories are offered where a channel names none: they hardly differ.
const COUNTRY: &str = "US";

#[derive(Deserialize)]
struct Category {
    id: String,
    #[serde(default)]
    snippet: Value,
}

/// Everything that YouTube would refuse.
pub fn violations(limits: &Limits, draft: &Draft) -> Vec<Violation> {
    let mut found = validate::violations(&CAPABILITIES, limits, draft);
    let mut add = |code, name: &str, limit: Option<(u64, u64, TextUnit)>| {
        found.push(Violation {
            code,
            part: Part::Option(name.to_owned()),
            limit: limit.map(|(most, ..)| most),
            actual: limit.map(|(_, actual, _)| actual),
            unit: limit.map(|(.., unit)| unit),
            media_index: None,
        });
    };
    if let Some(title) = draft.options.get(TITLE) {
        let length = YOUTUBE_TITLE.unit.count(title, None);
        // Longer ones in graphemes are refused already.
        if length > YOUTUBE_TITLE.max && crate::content::graphemes(title) <= YOUTUBE_TITLE.max {
            add(ViolationCode::OptionInvalid, TITLE, Some((YOUTUBE_TITLE.max, length, YOUTUBE_TITLE.unit)));
        }
        if title.contains(['<', '>']) {
            add(ViolationCode::OptionInvalid, TITLE, None);
        }
    }
    if let Some(tags) = draft.options.get(TAGS) {
        let length = tags_length(tags);
        if length > MAX_TAGS {
            add(ViolationCode::OptionInvalid, TAGS, Some((MAX_TAGS, length, TextUnit::Utf16Units)));
        }
        if tags.contains(['<', '>', ',']) {
            add(ViolationCode::OptionInvalid, TAGS, None);
        }
    }
    // Nobody can comment on such videos. <https://support.google.com/youtube/answer/9706180>,
    // <https://support.google.com/youtube/answer/157177>
    let is = |name: &str, value: &str| draft.options.get(name).is_some_and(|found| found == value);
    if draft.first_comment.is_some() {
        for (name, value) in [(MADE_FOR_KIDS, "true"), (PRIVACY, "private")] {
            if is(name, value) {
                add(ViolationCode::NotTogether, name, None);
            }
        }
    }
    found
}

fn tags_length(tags: &str) -> u64 {
    let tags: Vec<&str> = tags.lines().map(str::trim).collect();
    let each = tags.iter().map(|tag| {
        let quotes = if tag.contains(' ') { 2 } else { 0 };
        TextUnit::Utf16Units.count(tag, None) + quotes
    });
    each.sum::<u64>() + (tags.len() as u64).saturating_sub(1)
}

/// What this channel may do: how long its films may be, and which categories there are.
pub async fn limits(api: &Api<'_>, channel: &Channel) -> Result<Limits, NetworkError> {
    let mut limits = Limits::defaults(&CAPABILITIES);
    if channel.status.long_uploads_status != "allowed"
        && let Some(video) = &mut limits.video
    {
        video.max_ms = UNVERIFIED_MS;
    }
    let country = channel.snippet.country.as_deref().unwrap_or(COUNTRY);
    let query = [("part", "snippet"), ("regionCode", country)];
    let request = api.get(&format!("{API}/videoCategories"))?.query(&query);
    let categories: Page<Category> = api.read(request, Step::Repeatable).await?;
    let offered = categories.items.into_iter().filter(|category| category.snippet["assignable"] == true);
    let values = offered.map(|Category { id, snippet }| OptionValue {
        label: snippet["title"].as_str().unwrap_or(&id).to_owned(),
        value: id,
    });
    limits.choices.insert(CATEGORY.to_owned(), values.collect());
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::DraftMedia;

    fn draft(options: &[(&str, &str)]) -> Draft {
        let film = DraftMedia {
            mime: "video/mp4".to_owned(),
            size: 1000,
            width: 1920,
            height: 1080,
            alt_text: String::new(),
            duration_ms: Some(5000),
        };
        let needed = [(TITLE, "A title"), (MADE_FOR_KIDS, "false")];
        let options = needed.iter().chain(options).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Draft { media: vec![film], options: options.collect(), ..Draft::default() }
    }

    fn found(draft: &Draft) -> Vec<(ViolationCode, Part, Option<u64>)> {
        let found = violations(&Limits::defaults(&CAPABILITIES), draft).into_iter();
        found.map(|violation| (violation.code, violation.part, violation.actual)).collect()
    }

    #[test]
    fn titles_and_tags_are_measured_as_youtube_measures() {
        assert_eq!(found(&draft(&[])), []);
        let title = || Part::Option(TITLE.to_owned());
        let emoji = "🎬".repeat(60);
        assert_eq!(found(&draft(&[(TITLE, &emoji)])), [(ViolationCode::OptionInvalid, title(), Some(120))]);
        assert_eq!(found(&draft(&[(TITLE, "a < b")])), [(ViolationCode::OptionInvalid, title(), None)]);
        // Nine tags of 50 characters, quoted, with commas: 9 × 52 + 8.
        let fits = vec![format!("{} {}", "a".repeat(24), "b".repeat(25)); 9].join("\n");
        assert_eq!(found(&draft(&[(TAGS, &fits)])), []);
        let too_long = format!("{fits}\n{}", "c".repeat(24));
        let tags = Part::Option(TAGS.to_owned());
        assert_eq!(found(&draft(&[(TAGS, &too_long)])), [(ViolationCode::OptionInvalid, tags, Some(501))]);
    }

    #[test]
    fn nobody_comments_where_comments_are_off() {
        for (name, value) in [(MADE_FOR_KIDS, "true"), (PRIVACY, "private")] {
            let draft = Draft { first_comment: Some("first".to_owned()), ..draft(&[(name, value)]) };
            assert_eq!(found(&draft), [(ViolationCode::NotTogether, Part::Option(name.to_owned()), None)]);
        }
    }

    #[test]
    fn a_video_needs_a_film_a_title_and_a_word_about_children() {
        use ViolationCode as V;
        let codes: Vec<_> = found(&Draft::default()).into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, [V::TextEmpty, V::MediaMissing, V::OptionMissing, V::OptionMissing]);
    }
}
