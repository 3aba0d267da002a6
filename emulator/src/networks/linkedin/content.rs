//! What stands below the text of a post. Exactly one of the kinds.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{LinkedIn, illegal, no_more, refused};
use crate::answer::Answer;
use crate::ledger::SeenMedia;

/// How many images stand side by side.
const IMAGES: std::ops::RangeInclusive<usize> = 2..=20;

/// The longest description of a file, in characters.
const ALT_TEXT: usize = 4086;

/// Titles and descriptions of cards are shorter than this.
const TITLE: usize = 400;
const DESCRIPTION: usize = 4086;

/// The longest question and answer of a poll, in characters.
const QUESTION: usize = 140;
const ANSWER: usize = 30;

/// What is shown: its files, and what else it says.
pub struct Shown {
    pub media: Vec<SeenMedia>,
    pub detail: Value,
    /// Whether the post becomes a `ugcPost` instead of a `share`.
    pub is_ugc: bool,
}

/// Checks what stands below the text.
pub fn shown(linkedin: &LinkedIn, author: &str, content: &Value, now: DateTime<Utc>) -> Result<Shown, Answer> {
    let nothing = Shown { media: Vec::new(), detail: json!({}), is_ugc: false };
    if content.is_null() {
        return Ok(nothing);
    }
    no_more(content, &["media", "multiImage", "article", "poll"])?;
    let kinds: Vec<_> = content.as_object().into_iter().flatten().collect();
    let [(kind, value)] = kinds[..] else { return Err(illegal("content must be of one kind")) };
    match kind.as_str() {
        "media" => {
            let media = file(linkedin, author, value, now)?;
            let is_ugc = media.mime.starts_with("video/");
            let detail = if media.mime.starts_with("application/") { titled(value)? } else { json!({}) };
            Ok(Shown { media: vec![media], detail, is_ugc })
        }
        "multiImage" => {
            no_more(value, &["images", "altText"])?;
            let images = value["images"].as_array().filter(|images| IMAGES.contains(&images.len()));
            let images = images.ok_or_else(|| illegal("multiImage has 2 to 20 images"))?;
            let media = images.iter().map(|image| file(linkedin, author, image, now)).collect::<Result<Vec<_>, _>>()?;
            if media.iter().any(|media| !media.mime.starts_with("image/")) {
                return Err(illegal("multiImage has images alone"));
            }
            Ok(Shown { media, ..nothing })
        }
        "article" => article(value).map(|detail| Shown { detail, ..nothing }),
        _ => poll(value).map(|detail| Shown { detail, is_ugc: true, ..nothing }),
    }
}

/// What a document is called.
fn titled(value: &Value) -> Result<Value, Answer> {
    match value["title"].as_str().filter(|title| (1..TITLE).contains(&title.chars().count())) {
        Some(title) => Ok(json!({ "title": title })),
        None => Err(illegal("a document has a title of less than 400 characters")),
    }
}

/// A file that the author has uploaded.
fn file(linkedin: &LinkedIn, author: &str, value: &Value, now: DateTime<Utc>) -> Result<SeenMedia, Answer> {
    no_more(value, &["id", "title", "altText"])?;
    let urn = value["id"].as_str().ok_or_else(|| illegal("a file has an id"))?;
    let alt_text = value["altText"].as_str().map(str::to_owned);
    if alt_text.as_ref().is_some_and(|text| text.chars().count() > ALT_TEXT) {
        return Err(refused(400, "FIELD_LENGTH_TOO_LONG", "altText is too long"));
    }
    let uploads = linkedin.uploads();
    let upload = uploads.get(urn).filter(|upload| upload.is_of(author));
    let upload = upload.ok_or_else(|| illegal(&format!("{urn} is no file of the author")))?;
    let refuse = |code: &str| Err(refused(400, code, &format!("Media asset {urn} cannot be used")));
    match (upload.status(now), upload.mime) {
        ("AVAILABLE", Some(mime)) => Ok(SeenMedia { mime: mime.to_owned(), size: upload.size, alt_text }),
        ("WAITING_UPLOAD", _) => refuse("MEDIA_ASSET_WAITING_UPLOAD"),
        ("PROCESSING", _) => refuse("MEDIA_ASSET_PROCESSING"),
        _ => refuse("MEDIA_ASSET_PROCESSING_FAILED"),
    }
}

fn article(value: &Value) -> Result<Value, Answer> {
    no_more(value, &["source", "title", "description", "thumbnail", "thumbnailAltText"])?;
    let source = value["source"].as_str().and_then(|source| Url::parse(source).ok());
    if !source.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Err(illegal("article has a source on the web"));
    }
    let length = |name: &str| value[name].as_str().map(|text| text.chars().count());
    if !length("title").is_some_and(|length| (1..TITLE).contains(&length)) {
        return Err(illegal("article has a title of less than 400 characters"));
    }
    if length("description").is_some_and(|length| length >= DESCRIPTION) {
        return Err(illegal("article has a description of less than 4086 characters"));
    }
    Ok(json!({ "article": value }))
}

/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/poll-post-api>
fn poll(value: &Value) -> Result<Value, Answer> {
    no_more(value, &["question", "options", "settings"])?;
    let fits = |text: &Value, most: usize| text.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()));
    if !fits(&value["question"], QUESTION) {
        return Err(illegal("poll has a question of at most 140 characters"));
    }
    let answers = value["options"].as_array().filter(|answers| (2..=4).contains(&answers.len()));
    let answers = answers.ok_or_else(|| illegal("poll has 2 to 4 options"))?;
    for answer in answers {
        no_more(answer, &["text"])?;
        if !fits(&answer["text"], ANSWER) {
            return Err(illegal("poll has options of at most 30 characters"));
        }
    }
    let settings = &value["settings"];
    no_more(settings, &["duration", "voteSelectionType", "isVoterVisibleToAuthor"])?;
    let is_one = |name: &str, known: &[&str]| known.iter().any(|known| settings[name] == *known);
    if !is_one("duration", &["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"]) {
        return Err(illegal("poll has a duration"));
    }
    if !is_one("voteSelectionType", &["SINGLE_VOTE"]) || settings["isVoterVisibleToAuthor"] == false {
        return Err(illegal("poll has single votes, and its author sees them"));
    }
    Ok(json!({ "poll": value }))
}
