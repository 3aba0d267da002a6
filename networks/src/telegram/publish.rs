//! Publishing: one request that makes a message, or an album of messages, visible.

use async_trait::async_trait;
use diwan_platform::http::{Part, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::connect::message_url;
use super::wire::{Bot, Message};
use super::{
    CAPTION_ABOVE, LINK_PREVIEW, LINK_PREVIEW_ABOVE, POLL, POLL_MINUTES, POLL_MULTIPLE, PROTECTED, SENSITIVE, SILENT,
};
use crate::call::{Step, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps};

/// Nothing is prepared, so nothing is remembered.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {}

/// A publication on its way to a chat.
pub struct Publishing<'a> {
    pub bot: Bot<'a>,
    pub account: &'a Account,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, _state: &mut State<Own>, _progress: &dyn Progress) -> Result<(), NetworkError> {
        Ok(())
    }

    async fn send(&self, _state: &mut State<Own>, _progress: &dyn Progress) -> Result<Published, NetworkError> {
        let request = self.request()?;
        let messages = match self.content.media.len() {
            0 | 1 => vec![self.bot.send::<Message>(request, Step::Commit).await?],
            _ => self.bot.send::<Vec<Message>>(request, Step::Commit).await?,
        };
        published(self.account, &messages)
    }

    /// A bot sees neither the history of a chat nor its own messages.
    async fn find(&self, _state: &State<Own>) -> Result<Search, NetworkError> {
        Ok(Search::CannotTell)
    }
}

/// The id of a post is that of its message; of an album, those of all its messages, since each is taken back by itself.
fn published(account: &Account, messages: &[Message]) -> Result<Published, NetworkError> {
    let Some(first) = messages.first() else {
        return Err(NetworkError::new(ErrorKind::Unknown, "answer_unreadable", "an album without a message"));
    };
    let ids: Vec<_> = messages.iter().map(|message| message.message_id.to_string()).collect();
    let url = message_url(&account.handle, &account.remote_id, first.message_id);
    Ok(Published { remote_id: ids.join(","), url })
}

/// The messages of a post, from its id.
pub fn message_ids(remote_id: &str) -> Result<Vec<i64>, NetworkError> {
    let ids: Result<Vec<i64>, _> = remote_id.split(',').map(str::parse).collect();
    ids.map_err(|_| NetworkError::new(ErrorKind::Ask, "post_id_unreadable", "not the id of a message"))
}

impl Publishing<'_> {
    fn request(&self) -> Result<Request, NetworkError> {
        let content = self.content;
        match content.media.as_slice() {
            [] if content.options.contains_key(POLL) => Ok(self.bot.method("sendPoll")?.json(&self.poll())),
            [] => Ok(self.bot.method("sendMessage")?.json(&self.message())),
            [one] => self.file(one),
            several => self.album(several),
        }
    }

    /// What every message has.
    fn common(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("chat_id".to_owned(), chat(self.account));
        for (option, field) in [(SILENT, "disable_notification"), (PROTECTED, "protect_content")] {
            if is_on(self.content, option) {
                body.insert(field.to_owned(), true.into());
            }
        }
        body
    }

    fn message(&self) -> Value {
        let mut body = self.common();
        body.insert("text".to_owned(), self.content.text.as_str().into());
        body.extend(link_preview(self.content).map(|preview| ("link_preview_options".to_owned(), preview)));
        Value::Object(body)
    }

    fn poll(&self) -> Value {
        let mut body = self.common();
        let option = |name: &str| self.content.options.get(name).map(String::as_str);
        let answers: Vec<_> =
            option(POLL).into_iter().flat_map(str::lines).map(|text| json!({ "text": text })).collect();
        body.insert("question".to_owned(), self.content.text.as_str().into());
        body.insert("options".to_owned(), answers.into());
        if is_on(self.content, POLL_MULTIPLE) {
            body.insert("allows_multiple_answers".to_owned(), true.into());
        }
        if let Some(minutes) = option(POLL_MINUTES).and_then(|minutes| minutes.parse::<u64>().ok()) {
            body.insert("open_period".to_owned(), (minutes * 60).into());
        }
        Value::Object(body)
    }

    /// A photo or a film. Beside a file, everything is a text.
    fn file(&self, media: &Media) -> Result<Request, NetworkError> {
        let (method, field) = if media.is_video() { ("sendVideo", "video") } else { ("sendPhoto", "photo") };
        let mut fields = self.common();
        fields.extend(described(media));
        fields.extend(about_media(self.content, true));
        let mut parts = texts(fields);
        parts.push(part(field, media));
        Ok(self.bot.method(method)?.multipart(parts).patience(upload_patience(media.source.size())))
    }

    /// An album: the words stand with its first picture.
    fn album(&self, several: &[Media]) -> Result<Request, NetworkError> {
        let items = several.iter().enumerate().map(|(index, media)| {
            let mut item = described(media);
            item.insert("type".to_owned(), if media.is_video() { "video" } else { "photo" }.into());
            item.insert("media".to_owned(), format!("attach://file{index}").into());
            item.extend(about_media(self.content, index == 0));
            Value::Object(item)
        });
        let mut fields = self.common();
        fields.insert("media".to_owned(), items.collect());
        let mut parts = texts(fields);
        parts.extend(several.iter().enumerate().map(|(index, media)| part(&format!("file{index}"), media)));
        let bytes = several.iter().map(|media| media.source.size()).sum();
        Ok(self.bot.method("sendMediaGroup")?.multipart(parts).patience(upload_patience(bytes)))
    }
}

/// The chat of an account, as the interface wants it.
pub fn chat(account: &Account) -> Value {
    account.remote_id.parse::<i64>().map_or_else(|_| account.remote_id.as_str().into(), Value::from)
}

/// How the page behind a link is shown. <https://core.telegram.org/bots/api#linkpreviewoptions>
pub fn link_preview(content: &Content) -> Option<Value> {
    let mut preview = Map::new();
    match content.options.get(LINK_PREVIEW).map(String::as_str) {
        Some("none") => return Some(json!({ "is_disabled": true })),
        Some("small") => preview.extend([("prefer_small_media".to_owned(), true.into())]),
        Some("large") => preview.extend([("prefer_large_media".to_owned(), true.into())]),
        _ => {}
    }
    if let Some(link) = &content.link {
        preview.insert("url".to_owned(), link.as_str().into());
    }
    if is_on(content, LINK_PREVIEW_ABOVE) {
        preview.insert("show_above_text".to_owned(), true.into());
    }
    (!preview.is_empty()).then_some(Value::Object(preview))
}

/// What is said of a film: players make room for it before they have it.
fn described(media: &Media) -> Map<String, Value> {
    let mut fields = Map::new();
    if media.is_video() {
        if media.width > 0 && media.height > 0 {
            fields.insert("width".to_owned(), media.width.into());
            fields.insert("height".to_owned(), media.height.into());
        }
        if let Some(length) = media.duration_ms {
            fields.insert("duration".to_owned(), length.div_ceil(1000).into());
        }
        fields.insert("supports_streaming".to_owned(), true.into());
    }
    fields
}

/// The words to a picture, and how both are shown.
fn about_media(content: &Content, with_words: bool) -> Map<String, Value> {
    let mut fields = Map::new();
    if with_words && !content.text.is_empty() {
        fields.insert("caption".to_owned(), content.text.as_str().into());
    }
    for (option, field) in [(CAPTION_ABOVE, "show_caption_above_media"), (SENSITIVE, "has_spoiler")] {
        if is_on(content, option) {
            fields.insert(field.to_owned(), true.into());
        }
    }
    fields
}

/// Whether a flag is set.
pub fn is_on(content: &Content, option: &str) -> bool {
    content.options.get(option).is_some_and(|value| value == "true")
}

fn texts(fields: Map<String, Value>) -> Vec<Part> {
    let text = |value: Value| if let Value::String(text) = value { text } else { value.to_string() };
    fields.into_iter().map(|(name, value)| Part::text(name, text(value))).collect()
}

fn part(name: &str, media: &Media) -> Part {
    let extension = media.mime.rsplit('/').next().unwrap_or("bin");
    Part::file(name, format!("{name}.{extension}"), media.mime.clone(), media.source.clone())
}
