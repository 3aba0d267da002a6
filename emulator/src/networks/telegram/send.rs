//! Sending, changing and deleting messages.

use serde_json::{Value, json};

use super::chats::{Chat, Message, Removed, Words};
use super::parameters::Parameters;
use super::{Bot, KEY, Telegram, bad, refused};
use crate::answer::Answer;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::world::World;

/// In units of UTF-16.
const MOST_TEXT: usize = 4_096;
const MOST_CAPTION: usize = 1_024;
const MOST_QUESTION: usize = 300;
const MOST_ANSWER: usize = 100;

/// In bytes.
const MOST_PHOTO: u64 = 10 * 1024 * 1024;
const MOST_UPLOAD: u64 = 50 * 1024 * 1024;

/// A file that came with a request, or that was fetched for it.
struct File {
    size: u64,
    head: Vec<u8>,
    image: Option<(u32, u32)>,
}

/// What a message is made of, before it is one.
struct Draft {
    words: Words,
    text: String,
    shown: Value,
    media: Vec<SeenMedia>,
    detail: Value,
}

impl Telegram {
    pub(super) fn send_message(&self, bot: &Bot, from: &Parameters, world: &World) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let text = text_of(from)?;
        let shown = link_preview(from)?;
        let draft = Draft {
            words: Words::Text,
            text,
            shown: shown.clone(),
            media: vec![],
            detail: json!({ "link_preview": shown }),
        };
        let ids = self.post(&chat, from, world, (draft, 1));
        Ok(message(&chat, ids.first(), world))
    }

    pub(super) async fn send_file(
        &self,
        bot: &Bot,
        from: &Parameters,
        world: &World,
        kind: &'static str,
    ) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let text = caption_of(&from.text("caption").unwrap_or_default())?;
        let named = from.text(kind);
        let media = check(kind, &file(from, world, (kind, named.as_deref())).await?)?;
        let shown = json!({ "caption_above": from.is_on("show_caption_above_media") });
        let detail = json!({ "spoiler": from.is_on("has_spoiler"), "shown": shown });
        let draft = Draft { words: Words::Caption, text, shown, media: vec![media], detail };
        let ids = self.post(&chat, from, world, (draft, 1));
        Ok(message(&chat, ids.first(), world))
    }

    pub(super) async fn send_album(&self, bot: &Bot, from: &Parameters, world: &World) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let items = from.value("media")?;
        let items = items.as_array().filter(|items| (2..=10).contains(&items.len()));
        let items = items.ok_or_else(|| bad("there must be 2 to 10 media in an album"))?;
        let mut media = Vec::new();
        for item in items {
            let kind = match item["type"].as_str() {
                Some("photo") => "photo",
                Some("video") => "video",
                _ => return Err(bad("can't parse InputMedia: unsupported type")),
            };
            caption_of(item["caption"].as_str().unwrap_or_default())?;
            let named = item["media"].as_str().ok_or_else(|| bad("can't parse InputMedia: media not found"))?;
            media.push(check(kind, &file(from, world, (kind, Some(named))).await?)?);
        }
        // The words of an album are those of its first item.
        let Some(first) = items.first() else { return Err(bad("there must be 2 to 10 media in an album")) };
        let shown = json!({ "caption_above": first["show_caption_above_media"] == true });
        let draft = Draft {
            words: Words::Caption,
            text: first["caption"].as_str().unwrap_or_default().to_owned(),
            detail: json!({ "spoiler": items.iter().all(|item| item["has_spoiler"] == true), "shown": shown }),
            shown,
            media,
        };
        let ids = self.post(&chat, from, world, (draft, items.len()));
        Ok(ids.iter().map(|id| message(&chat, Some(id), world)).collect())
    }

    pub(super) fn send_poll(&self, bot: &Bot, from: &Parameters, world: &World) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let question = from.text("question").unwrap_or_default();
        if question.trim().is_empty() || utf16(&question) > MOST_QUESTION {
            return Err(bad("poll question must be 1 to 300 characters long"));
        }
        let options = from.value("options")?;
        let options: Vec<_> =
            options.as_array().into_iter().flatten().filter_map(|option| option["text"].as_str()).collect();
        if !(1..=12).contains(&options.len()) {
            return Err(bad("poll must have 1 to 12 options"));
        }
        if options.iter().any(|option| option.trim().is_empty() || utf16(option) > MOST_ANSWER) {
            return Err(bad("poll options length must not exceed 100"));
        }
        let period = from.integer("open_period");
        if period.is_some_and(|period| !(5..=2_628_000).contains(&period)) {
            return Err(bad("POLL_PERIOD_INVALID"));
        }
        if chat.kind == "channel" && from.text("is_anonymous").is_some() && !from.is_on("is_anonymous") {
            return Err(bad("non-anonymous polls can't be sent to channel chats"));
        }
        let detail = json!({
            "poll": options,
            "multiple": from.is_on("allows_multiple_answers"),
            "open_period": period,
        });
        let draft = Draft { words: Words::Poll, text: question, shown: Value::Null, media: vec![], detail };
        let ids = self.post(&chat, from, world, (draft, 1));
        Ok(message(&chat, ids.first(), world))
    }

    /// Makes the messages of a post, and the post.
    fn post(&self, chat: &Chat, from: &Parameters, world: &World, (draft, messages): (Draft, usize)) -> Vec<i64> {
        let mut state = self.state();
        let ids = state.next(chat, messages);
        let post = format!("{}/{}", chat.name, ids.first().copied().unwrap_or_default());
        for (index, id) in ids.iter().enumerate() {
            let text = if index == 0 { draft.text.clone() } else { String::new() };
            let message = Message { post: post.clone(), words: draft.words, text, shown: draft.shown.clone() };
            state.keep(chat, *id, message);
        }
        drop(state);
        let mut detail = draft.detail;
        detail["messages"] = json!(ids);
        detail["silent"] = from.is_on("disable_notification").into();
        detail["protected"] = from.is_on("protect_content").into();
        world.record(Effect {
            network: KEY.to_owned(),
            account: chat.name.clone(),
            kind: EffectKind::Post,
            id: post,
            parent: None,
            text: draft.text,
            media: draft.media,
            detail,
            at: world.now(),
        });
        ids
    }

    pub(super) fn edit_text(&self, bot: &Bot, from: &Parameters, world: &World) -> Result<Value, Answer> {
        let text = text_of(from)?;
        self.edit(bot, from, world, (Words::Text, text, link_preview(from)?))
    }

    pub(super) fn edit_caption(&self, bot: &Bot, from: &Parameters, world: &World) -> Result<Value, Answer> {
        let text = caption_of(&from.text("caption").unwrap_or_default())?;
        let shown = json!({ "caption_above": from.is_on("show_caption_above_media") });
        self.edit(bot, from, world, (Words::Caption, text, shown))
    }

    fn edit(
        &self,
        bot: &Bot,
        from: &Parameters,
        world: &World,
        (words, text, shown): (Words, String, Value),
    ) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let id = from.integer("message_id").ok_or_else(|| bad("message identifier is not specified"))?;
        let mut state = self.state();
        let there = state.message(&chat, id).ok_or_else(|| bad("message to edit not found"))?;
        if there.words != words {
            return Err(bad(match words {
                Words::Text => "there is no text in the message to edit",
                Words::Caption | Words::Poll => "there is no caption in the message to edit",
            }));
        }
        if there.text == text && there.shown == shown {
            return Err(bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a current \
                 content and reply markup of the message",
            ));
        }
        (there.text, there.shown) = (text.clone(), shown.clone());
        let post = there.post.clone();
        drop(state);
        record(world, &chat, (EffectKind::Edit, post), (text, json!({ "message": id, "shown": shown })));
        Ok(message(&chat, Some(&id), world))
    }

    pub(super) fn delete(&self, bot: &Bot, from: &Parameters, world: &World, many: bool) -> Result<Value, Answer> {
        let chat = self.own_chat(bot, from, world)?;
        let ids: Vec<i64> = if many {
            let list = from.value("message_ids")?;
            let list: Vec<_> = list.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
            if !(1..=100).contains(&list.len()) {
                return Err(bad("there must be 1 to 100 message identifiers"));
            }
            list
        } else {
            vec![from.integer("message_id").ok_or_else(|| bad("message identifier is not specified"))?]
        };
        for id in ids {
            let removed = self.state().remove(&chat, id);
            match removed {
                Removed::Nothing if !many => return Err(bad("message to delete not found")),
                Removed::Post(post) => record(world, &chat, (EffectKind::Delete, post), (String::new(), Value::Null)),
                Removed::Nothing | Removed::Part => {}
            }
        }
        Ok(true.into())
    }
}

fn record(world: &World, chat: &Chat, (kind, id): (EffectKind, String), (text, detail): (String, Value)) {
    world.record(Effect {
        network: KEY.to_owned(),
        account: chat.name.clone(),
        kind,
        id,
        parent: None,
        text,
        media: Vec::new(),
        detail,
        at: world.now(),
    });
}

fn message(chat: &Chat, id: Option<&i64>, world: &World) -> Value {
    json!({ "message_id": id, "date": world.now().timestamp(), "chat": chat.to_json(), "sender_chat": chat.to_json() })
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn text_of(from: &Parameters) -> Result<String, Answer> {
    let text = from.text("text").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    if utf16(&text) > MOST_TEXT { Err(bad("message is too long")) } else { Ok(text) }
}

fn caption_of(text: &str) -> Result<String, Answer> {
    if utf16(text) > MOST_CAPTION { Err(bad("message caption is too long")) } else { Ok(text.to_owned()) }
}

fn link_preview(from: &Parameters) -> Result<Value, Answer> {
    let options = from.value("link_preview_options")?;
    let url = options["url"].as_str();
    if url.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(bad("wrong link preview URL"));
    }
    Ok(options)
}

/// A file by its field, by `attach://` and the name of a field, or by its address.
async fn file(from: &Parameters, world: &World, (field, named): (&str, Option<&str>)) -> Result<File, Answer> {
    let attached = named.and_then(|named| named.strip_prefix("attach://"));
    let sent = match (attached, named) {
        (Some(name), _) => Some(from.file(name).ok_or_else(|| bad("wrong file identifier/HTTP URL specified"))?),
        (None, Some(_)) => None,
        (None, None) => Some(from.file(field).ok_or_else(|| bad(&format!("there is no {field} in the request")))?),
    };
    if let Some(sent) = sent {
        return Ok(File { size: sent.size, head: sent.head.clone(), image: sent.image });
    }
    let fetched = world.fetch(named.unwrap_or_default()).await;
    let fetched = fetched.map_err(|_| bad("wrong file identifier/HTTP URL specified"))?;
    Ok(File { size: fetched.size, head: fetched.head, image: fetched.image })
}

/// What a file may be, as a photo or as a film. <https://core.telegram.org/bots/api#sendphoto>
fn check(kind: &str, file: &File) -> Result<SeenMedia, Answer> {
    if file.size > MOST_UPLOAD {
        return Err(refused(413, "Request Entity Too Large"));
    }
    if file.size == 0 {
        return Err(bad("file must be non-empty"));
    }
    let seen = |mime: &str| SeenMedia { mime: mime.to_owned(), size: file.size, alt_text: None };
    if kind == "video" {
        let is_film = file.head.get(4..8) == Some(b"ftyp");
        return if is_film { Ok(seen("video/mp4")) } else { Err(bad("VIDEO_FILE_INVALID")) };
    }
    if file.size > MOST_PHOTO {
        return Err(bad("file is too big for a photo; the maximum size is 10485760 bytes"));
    }
    let (width, height) = file.image.ok_or_else(|| bad("IMAGE_PROCESS_FAILED"))?;
    let (width, height) = (u64::from(width), u64::from(height));
    let (short, long) = (width.min(height), width.max(height));
    if width + height > 10_000 || short == 0 || long > 20 * short {
        return Err(bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(seen(if file.head.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }))
}
