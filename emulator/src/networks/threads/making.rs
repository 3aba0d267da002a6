//! Making containers and publishing them.
//! <https://developers.facebook.com/documentation/threads/reference/publishing>

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{ANSWERS, Asked, KEY, POSTS, Threads, invalid};
use crate::answer::Answer;
use crate::ledger::SeenMedia;
use crate::networks::containers::{Filling, FilmTrouble, film, image, in_a_day, record};
use crate::networks::facebook::parameters::Parameters;
use crate::networks::meta;

/// In bytes.
const MOST_FILM: u64 = 1024 * 1024 * 1024;

/// What a container may be told. `auto_publish_text` is none of it: nothing here asks for it.
const FIELDS: [&str; 12] = [
    "media_type",
    "text",
    "image_url",
    "video_url",
    "is_carousel_item",
    "children",
    "reply_to_id",
    "reply_control",
    "link_attachment",
    "topic_tag",
    "alt_text",
    "poll_attachment",
];

const REPLY_CONTROL: [&str; 5] =
    ["everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only"];

/// How many posts or answers the account made in 24 hours.
pub(super) fn used(asked: &Asked<'_>, answers: bool) -> usize {
    in_a_day(KEY, &asked.account, asked.world, |post| post.parent.is_some() == answers)
}

/// "Emojis are counted as the number of UTF-8 bytes."
fn length(text: &str) -> usize {
    let is_emoji = |c: char| matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff | 0xfe0f | 0x200d);
    text.chars().map(|c| if is_emoji(c) { c.len_utf8() } else { 1 }).sum()
}

/// The text, if it is not too long and has no more than five links, the one beside it counted.
fn text(parameters: &Parameters) -> Result<String, Answer> {
    let text = parameters.text("text").unwrap_or_default();
    if length(text) > 500 {
        return Err(invalid("Param text must be at most 500 characters long."));
    }
    let is_link = |word: &&str| ["https://", "http://", "www."].iter().any(|start| word.starts_with(start));
    let mut links: HashSet<_> = text.split_whitespace().filter(is_link).collect();
    links.extend(parameters.text("link_attachment"));
    if links.len() > 5 {
        return Err(meta::error(400, 1, None, "THREADS_API__LINK_LIMIT_EXCEEDED"));
    }
    Ok(text.to_owned())
}

/// Refuses what only posts of words may have.
fn without(parameters: &Parameters, names: &[&str]) -> Result<(), Answer> {
    match names.iter().find(|name| parameters.text(name).is_some()) {
        Some(name) => Err(invalid(&format!("Param {name} is not supported for this media_type"))),
        None => Ok(()),
    }
}

fn alt_text(parameters: &Parameters) -> Result<Option<String>, Answer> {
    match parameters.text("alt_text") {
        Some(text) if text.chars().count() > 1_000 => {
            Err(invalid("Param alt_text must be at most 1000 characters long."))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// The answers of a poll. <https://developers.facebook.com/documentation/threads/create-posts/polls>
fn poll(parameters: &Parameters) -> Result<Value, Answer> {
    const NAMES: [&str; 4] = ["option_a", "option_b", "option_c", "option_d"];
    let Some(text) = parameters.text("poll_attachment") else { return Ok(Value::Null) };
    let wrong =
        || invalid("Param poll_attachment must be an object of option_a, option_b, and perhaps option_c, option_d");
    let poll: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let answers = poll.as_object().ok_or_else(wrong)?;
    let fits = |answer: &Value| answer.as_str().is_some_and(|answer| (1..=25).contains(&answer.chars().count()));
    let named = NAMES.iter().take(answers.len()).all(|name| answers.contains_key(*name));
    if !(2..=4).contains(&answers.len()) || !named || !answers.values().all(fits) {
        return Err(wrong());
    }
    Ok(poll)
}

/// What is said of a post besides its text.
fn detail(parameters: &Parameters, kind: &str) -> Result<Value, Answer> {
    let topic = parameters.text("topic_tag");
    if topic.is_some_and(|topic| topic.chars().count() > 50 || topic.contains(['.', '&'])) {
        return Err(invalid("Param topic_tag must be 1 to 50 characters without periods and ampersands"));
    }
    let control = parameters.text("reply_control");
    if control.is_some_and(|control| !REPLY_CONTROL.contains(&control)) {
        return Err(invalid("Param reply_control is none of the known values"));
    }
    let link = parameters.text("link_attachment");
    if link.is_some_and(|link| !link.starts_with("https://") && !link.starts_with("http://")) {
        return Err(invalid("Param link_attachment must be a valid URL"));
    }
    let poll = poll(parameters)?;
    Ok(json!({ "media_type": kind, "topic_tag": topic, "reply_control": control, "link": link, "poll": poll }))
}

impl Threads {
    pub(super) async fn make(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        let parameters = asked.parameters;
        asked.is_me(id)?;
        parameters.only(&FIELDS)?;
        let is_item = parameters.text("is_carousel_item") == Some("true");
        let parent = parameters.text("reply_to_id").map(str::to_owned);
        if let Some(parent) = &parent
            && asked.world.find(KEY, parent).is_none()
        {
            return Err(meta::error(400, 24, Some(4_279_009), &format!("The media with id {parent} cannot be found.")));
        }
        if is_item {
            without(parameters, &["text", "reply_to_id", "topic_tag", "reply_control"])?;
        }
        let (kind, media, failed) = match parameters.needed("media_type")? {
            "TEXT" if !is_item => {
                without(parameters, &["image_url", "video_url", "children", "alt_text"])?;
                parameters.needed("text")?;
                ("TEXT_POST", Vec::new(), None)
            }
            "IMAGE" => picture(asked).await?,
            "VIDEO" => moving(asked).await?,
            "CAROUSEL" if !is_item => {
                without(parameters, &["image_url", "video_url", "alt_text", "link_attachment", "poll_attachment"])?;
                let media = self.containers.items(parameters.needed("children")?, &asked.account, asked.world.now())?;
                if !(2..=20).contains(&media.len()) {
                    return Err(invalid("A carousel has 2 to 20 children"));
                }
                ("CAROUSEL_ALBUM", media, None)
            }
            other => return Err(invalid(&format!("Param media_type must not be {other} here"))),
        };
        let account = asked.account.clone();
        let (text, detail) = (text(parameters)?, detail(parameters, kind)?);
        let id =
            self.containers.make(KEY, Filling { account, is_item, text, media, detail, parent, failed }, asked.world);
        Ok(Answer::json(200, &json!({ "id": id })))
    }

    /// Publishes a container, if the day's number is not used up.
    pub(super) fn publish(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        asked.is_me(id)?;
        asked.parameters.only(&["creation_id"])?;
        if used(asked, false) >= POSTS || used(asked, true) >= ANSWERS {
            return Err(meta::error(400, 9, Some(2_207_042), "The profile has reached its limit of posts in 24 hours"));
        }
        let container = asked.parameters.needed("creation_id")?;
        let filling = self.containers.publish(container, &asked.account, asked.world.now())?;
        let id = asked.world.new_id().to_string();
        record(KEY, &id, filling, asked.world);
        Ok(Answer::json(200, &json!({ "id": id })))
    }
}

type Seen = (&'static str, Vec<SeenMedia>, Option<String>);

async fn picture(asked: &Asked<'_>) -> Result<Seen, Answer> {
    let parameters = asked.parameters;
    without(parameters, &["video_url", "children", "link_attachment", "poll_attachment"])?;
    let alt_text = alt_text(parameters)?;
    let fetched = image(asked.world, parameters.needed("image_url")?, &["image/png"]).await?;
    let (width, height) = fetched.image.unwrap_or_default();
    let is_long = u64::from(width.max(height)) > 10 * u64::from(width.min(height));
    let failed = is_long.then(|| "INVALID_ASPEC_RATIO".to_owned());
    Ok(("IMAGE", vec![SeenMedia { mime: fetched.mime, size: fetched.size, alt_text }], failed))
}

async fn moving(asked: &Asked<'_>) -> Result<Seen, Answer> {
    let parameters = asked.parameters;
    without(parameters, &["image_url", "children", "link_attachment", "poll_attachment"])?;
    let alt_text = alt_text(parameters)?;
    let (seen, trouble) = film(asked.world, parameters.needed("video_url")?, MOST_FILM).await;
    let failed = trouble.map(|trouble| match trouble {
        FilmTrouble::NotFetched => "FAILED_DOWNLOADING_VIDEO".to_owned(),
        FilmTrouble::Unusable => "FAILED_PROCESSING_VIDEO".to_owned(),
    });
    Ok(("VIDEO", vec![SeenMedia { alt_text, ..seen }], failed))
}
