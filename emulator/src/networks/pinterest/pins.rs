//! Pins: made, listed, changed, deleted.

use std::sync::MutexGuard;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{KEY, Pinterest, State, bad, board_id, board_named, may, page, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::world::World;

/// In characters. <https://developers.pinterest.com/docs/api/v5/pins-create>
const LIMITS: [(&str, usize); 4] = [("title", 100), ("description", 800), ("alt_text", 500), ("link", 2_048)];

/// What can be said when a pin is made, and when it is changed.
const NEW: [&str; 9] = [
    "alt_text",
    "board_id",
    "board_section_id",
    "description",
    "dominant_color",
    "link",
    "media_source",
    "parent_pin_id",
    "title",
];
const CHANGED: [&str; 7] =
    ["alt_text", "board_id", "board_section_id", "carousel_slots", "description", "link", "title"];

/// In bytes.
const MOST_IMAGE: u64 = 20 * 1024 * 1024;

const READ: [&str; 2] = ["boards:read", "pins:read"];
const WRITE: [&str; 4] = ["boards:read", "boards:write", "pins:read", "pins:write"];

/// A pin as it is now.
#[derive(Debug, Clone)]
pub(super) struct Pin {
    account: String,
    board: String,
    words: Value,
    kind: &'static str,
    count: usize,
    at: DateTime<Utc>,
}

impl Pin {
    /// The pin that a post of the ledger is; where that names no board, on the first of the account.
    fn of(post: &Effect, world: &World) -> Self {
        let (said, media) = (&post.detail, &post.media);
        let board = said["board_id"].as_str().map(str::to_owned);
        Self {
            account: post.account.clone(),
            board: board.unwrap_or_else(|| board_id(&post.account, 0, world)),
            words: json!({
                "title": said["title"],
                "description": (!post.text.is_empty()).then_some(post.text.as_str()),
                "alt_text": media.first().and_then(|one| one.alt_text.as_deref()),
                "link": said["link"],
            }),
            kind: match media.as_slice() {
                [one] if one.mime.starts_with("video/") => "video",
                [] | [_] => "image",
                _ => "multiple_images",
            },
            count: media.len(),
            at: post.at,
        }
    }

    fn to_json(&self, id: &str, metrics: bool) -> Value {
        let mut media = json!({ "media_type": self.kind });
        if self.count > 1 {
            media["items"] = vec![json!({ "item_type": "image" }); self.count].into();
        }
        let mut pin = json!({
            "id": id,
            // Without a zone, as the network writes it.
            "created_at": self.at.format("%Y-%m-%dT%H:%M:%S").to_string(),
            "board_id": self.board,
            "is_owner": true,
            "media": media,
        });
        for (name, _) in LIMITS {
            pin[name] = self.words[name].clone();
        }
        if metrics {
            // Nobody looks at what is here.
            let seen = json!({ "impression": 0, "pin_click": 0, "clickthrough": 0, "save": 0 });
            let mut ever = seen.clone();
            (ever["reaction"], ever["comment"]) = (0.into(), 0.into());
            pin["pin_metrics"] = json!({ "90d": seen, "lifetime_metrics": ever });
        }
        pin
    }
}

/// What a pin shows.
struct Seen {
    kind: &'static str,
    media: Vec<SeenMedia>,
    cover: Value,
}

impl Pinterest {
    /// What is known, with the pin of this id if it stands in the ledger alone: one from before a restart, or one that was written there.
    fn knowing(&self, id: &str, world: &World) -> MutexGuard<'_, State> {
        let mut state = self.state();
        if !state.pins.contains_key(id)
            && let Some(post) = world.find(KEY, id)
            && post.kind == EffectKind::Post
        {
            state.pins.insert(post.id.clone(), Pin::of(&post, world));
        }
        state
    }

    pub(super) async fn create(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, &WRITE)?.account;
        let words = words(body, &NEW)?;
        let board = body["board_id"].as_str().ok_or_else(|| bad("board_id is required"))?;
        let name = board_named(&account, board, world).ok_or_else(|| refused(404, 40, "Board not found."))?;
        let mut seen = self.seen(&account, world, &body["media_source"]).await?;
        let alt_text = words["alt_text"].as_str().map(str::to_owned);
        seen.media.iter_mut().for_each(|media| media.alt_text.clone_from(&alt_text));
        let (id, at) = (world.new_id().to_string(), world.now());
        let pin = Pin {
            account: account.clone(),
            board: board.to_owned(),
            words,
            kind: seen.kind,
            count: seen.media.len(),
            at,
        };
        let text = pin.words["description"].as_str().unwrap_or_default().to_owned();
        let detail = json!({
            "board_id": board, "board": name, "title": pin.words["title"], "link": pin.words["link"], "cover": seen.cover,
        });
        let answer = pin.to_json(&id, false);
        self.state().pins.insert(id.clone(), pin);
        world.record(Effect {
            network: KEY.to_owned(),
            account,
            kind: EffectKind::Post,
            id,
            parent: None,
            text,
            media: seen.media,
            detail,
            at,
        });
        Ok(Answer::json(201, &answer))
    }

    /// Takes what the pin is to show.
    async fn seen(&self, account: &str, world: &World, source: &Value) -> Result<Seen, Answer> {
        let url = |value: &Value| value["url"].as_str().map(str::to_owned).ok_or_else(|| bad("url is required"));
        match source["source_type"].as_str() {
            Some("image_url") => {
                let media = vec![image(world, &url(source)?).await?];
                Ok(Seen { kind: "image", media, cover: Value::Null })
            }
            Some("multiple_image_urls") => {
                let items = source["items"].as_array().filter(|items| (2..=5).contains(&items.len()));
                let items = items.ok_or_else(|| bad("items must have 2 to 5 images"))?;
                let mut media = Vec::new();
                for item in items {
                    media.push(image(world, &url(item)?).await?);
                }
                Ok(Seen { kind: "multiple_images", media, cover: Value::Null })
            }
            Some("video_id") => {
                let cover = match (source["cover_image_url"].as_str(), &source["cover_image_key_frame_time"]) {
                    (Some(url), _) => {
                        image(world, url).await?;
                        json!("an image")
                    }
                    (None, Value::Number(second)) if second.as_u64().is_some() => json!({ "second": second }),
                    _ => return Err(bad("a cover image is required for a video Pin")),
                };
                let id = source["media_id"].as_str().unwrap_or_default();
                let state = self.state();
                let film = state.films.get(id).filter(|film| film.account == account);
                let film = film.ok_or_else(|| bad("media_id is not that of a video"))?;
                let seen = film.seen(world.now()).ok_or_else(|| bad("the video has not been processed"))?;
                Ok(Seen { kind: "video", media: vec![seen], cover })
            }
            _ => Err(bad("source_type is not supported")),
        }
    }

    pub(super) fn pins_of(&self, call: &Call, world: &World, board: &str) -> Result<Answer, Answer> {
        let account = may(call, world, &READ)?.account;
        board_named(&account, board, world).ok_or_else(|| refused(404, 40, "Board not found."))?;
        let mut state = self.state();
        for post in world.posts_of(KEY, &account) {
            state.pins.entry(post.id.clone()).or_insert_with(|| Pin::of(&post, world));
        }
        let mut pins: Vec<_> =
            state.pins.iter().filter(|(_, pin)| pin.account == account && pin.board == board).collect();
        // Ids ascend: the newest comes first.
        pins.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then(other.cmp(one)));
        let pins = pins.into_iter().map(|(id, pin)| pin.to_json(id, false)).collect();
        Ok(Answer::json(200, &page(call, pins)?))
    }

    pub(super) fn pin(&self, call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
        let account = may(call, world, &READ)?.account;
        let metrics = call.query("pin_metrics") == Some("true");
        let state = self.knowing(id, world);
        let pin = state.pins.get(id).filter(|pin| pin.account == account).ok_or_else(pin_not_found)?;
        Ok(Answer::json(200, &pin.to_json(id, metrics)))
    }

    pub(super) fn update(&self, call: &Call, world: &World, (id, body): (&str, &Value)) -> Result<Answer, Answer> {
        let account = may(call, world, &WRITE)?.account;
        let words = words(body, &CHANGED)?;
        let board = body["board_id"].as_str();
        if board.is_some_and(|board| board_named(&account, board, world).is_none()) {
            return Err(refused(404, 40, "Board not found."));
        }
        let mut state = self.knowing(id, world);
        let pin = state.pins.get_mut(id).filter(|pin| pin.account == account).ok_or_else(pin_not_found)?;
        for (name, _) in LIMITS {
            if body.get(name).is_some() {
                pin.words[name] = words[name].clone();
            }
        }
        if let Some(board) = board {
            board.clone_into(&mut pin.board);
        }
        let (answer, words) = (pin.to_json(id, false), pin.words.clone());
        drop(state);
        let text = words["description"].as_str().unwrap_or_default().to_owned();
        record(world, &account, (EffectKind::Edit, id), (text, words));
        Ok(Answer::json(200, &answer))
    }

    pub(super) fn delete(&self, call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
        let account = may(call, world, &WRITE)?.account;
        let mut state = self.knowing(id, world);
        state.pins.get(id).filter(|pin| pin.account == account).ok_or_else(pin_not_found)?;
        state.pins.remove(id);
        // Nobody takes it up from the ledger meanwhile.
        record(world, &account, (EffectKind::Delete, id), (String::new(), Value::Null));
        Ok(Answer::empty(204))
    }
}

fn pin_not_found() -> Answer {
    refused(404, 50, "Pin not found.")
}

fn record(world: &World, account: &str, (kind, id): (EffectKind, &str), (text, detail): (String, Value)) {
    world.record(Effect {
        network: KEY.to_owned(),
        account: account.to_owned(),
        kind,
        id: id.to_owned(),
        parent: None,
        text,
        media: Vec::new(),
        detail,
        at: world.now(),
    });
}

/// The words of a pin, if it knows all of them and none is too long.
fn words(body: &Value, known: &[&str]) -> Result<Value, Answer> {
    let fields = body.as_object().ok_or_else(|| bad("not an object"))?;
    if let Some(field) = fields.keys().find(|field| !known.contains(&field.as_str())) {
        return Err(bad(&format!("{field} is not a known field")));
    }
    let mut words = json!({});
    for (name, most) in LIMITS {
        let value = match &body[name] {
            Value::Null => continue,
            Value::String(text) if text.chars().count() > most => {
                return Err(bad(&format!("{name} is longer than {most} characters")));
            }
            Value::String(text) => text.clone(),
            _ => return Err(bad(&format!("{name} is not a string"))),
        };
        let is_page = value.is_empty() || value.starts_with("https://") || value.starts_with("http://");
        if name == "link" && !is_page {
            return Err(bad("link is not a URL"));
        }
        words[name] = value.into();
    }
    Ok(words)
}

/// Fetches an image as the network does.
async fn image(world: &World, url: &str) -> Result<SeenMedia, Answer> {
    let fetched = world.fetch(url).await;
    let fetched = fetched.map_err(|why| refused(400, 235, &format!("Sorry we could not fetch the image: {why}")))?;
    if fetched.image.is_none() || !matches!(fetched.mime.as_str(), "image/jpeg" | "image/png") {
        return Err(refused(400, 236, "The image is not a valid JPEG or PNG."));
    }
    if fetched.size > MOST_IMAGE {
        return Err(refused(400, 237, "The image is too large."));
    }
    Ok(SeenMedia { mime: fetched.mime, size: fetched.size, alt_text: None })
}
