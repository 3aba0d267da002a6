//! Uploads. <https://docs.x.com/x-api/media/quickstart/media-upload-chunked>,
//! <https://docs.x.com/x-api/media/quickstart/best-practices>

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEY, X, granted, invalid, no_more, only, problem};
use crate::answer::Answer;
use crate::call::{Call, Field};
use crate::ledger::SeenMedia;
use crate::world::World;

/// How long an upload can be used, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;

/// The most bytes: of an image, of a GIF, of a film, of one part.
const IMAGE: u64 = 5 * 1024 * 1024;
const ANIMATION: u64 = 15 * 1024 * 1024;
const FILM: u64 = 8 * 1024 * 1024 * 1024;
const PART: u64 = 5 * 1024 * 1024;

/// The longest description, in characters.
const ALT_TEXT: usize = 1000;

/// All uploads by their ids.
pub type Uploads = HashMap<String, Upload>;

/// A file on its way, or there.
#[derive(Debug)]
pub struct Upload {
    account: String,
    category: String,
    mime: String,
    total: u64,
    /// Sizes of the parts by their numbers.
    parts: BTreeMap<u32, u64>,
    /// The first bytes of the first part.
    head: Vec<u8>,
    /// When it is processed; none as long as it is not whole.
    ready_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    alt_text: Option<String>,
}

impl Upload {
    fn is_image(&self) -> bool {
        self.category == "tweet_image"
    }

    /// Whether the bytes are what they were said to be.
    fn is_sound(&self) -> bool {
        is_of(&self.mime, &self.head)
    }
}

fn is_of(mime: &str, head: &[u8]) -> bool {
    match mime {
        "image/jpeg" | "image/pjpeg" => head.starts_with(b"\xff\xd8\xff"),
        "image/png" => head.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/gif" => head.starts_with(b"GIF8"),
        "image/webp" => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        "video/mp4" | "video/quicktime" => head.get(4..8) == Some(b"ftyp"),
        _ => true,
    }
}

/// The files of a post. They must be the account's, whole, processed and not too old; a GIF or a film stands alone.
pub fn attached(x: &X, account: &str, ids: &[&str], now: DateTime<Utc>) -> Result<Vec<SeenMedia>, Answer> {
    let uploads = x.uploads();
    let unknown = || invalid("Your media IDs are invalid.");
    let mut seen = Vec::new();
    for id in ids {
        let upload = uploads.get(*id).filter(|upload| {
            let ready = upload.ready_at.is_some_and(|ready| ready <= now);
            upload.account == account && ready && upload.expires_at > now && upload.category.starts_with("tweet_")
        });
        let upload = upload.filter(|upload| upload.is_sound()).ok_or_else(unknown)?;
        if ids.len() > 1 && !upload.is_image() {
            return Err(invalid("You may attach up to 4 photos, 1 animated GIF or 1 video in a Post."));
        }
        let (mime, alt_text) = (upload.mime.clone(), upload.alt_text.clone());
        seen.push(SeenMedia { mime, size: upload.total, alt_text });
    }
    Ok(seen)
}

/// An image in one request.
pub async fn whole(x: &X, mut call: Call, world: &World) -> Result<Answer, Answer> {
    only(&call, &[])?;
    let granted = granted(&call, world, &["media.write"])?;
    let fields = call.multipart().await?;
    known_fields(&fields, &["media", "media_category", "media_type", "shared", "additional_owners"])?;
    let category = text_of(&fields, "media_category").ok_or_else(|| invalid("media_category is required"))?;
    if category != "tweet_image" {
        return Err(invalid("$.media_category: only tweet_image can be uploaded for a post in one request"));
    }
    let media = fields.iter().find(|field| field.name == "media").ok_or_else(|| invalid("media is required"))?;
    let mime = text_of(&fields, "media_type").or(media.mime.as_deref()).unwrap_or_default().to_owned();
    if !["image/jpeg", "image/bmp", "image/png", "image/webp", "image/pjpeg", "image/tiff"].contains(&mime.as_str()) {
        return Err(invalid("$.media_type: does not have a value in the enumeration"));
    }
    if media.size > IMAGE {
        return Err(invalid(&format!("File size exceeds {IMAGE} bytes.")));
    }
    if media.size == 0 || !is_of(&mime, &media.head) {
        return Err(invalid("media type unrecognized."));
    }
    let now = world.now();
    let upload = Upload {
        account: granted.account,
        category: category.to_owned(),
        mime,
        total: media.size,
        parts: BTreeMap::from([(0, media.size)]),
        head: media.head.clone(),
        ready_at: Some(now),
        expires_at: now + TimeDelta::seconds(LIFETIME),
        alt_text: None,
    };
    Ok(keep(x, world, upload))
}

fn keep(x: &X, world: &World, upload: Upload) -> Answer {
    let id = world.new_id().to_string();
    let answer = described(&id, &upload, Value::Null);
    x.uploads().insert(id, upload);
    answer
}

fn described(id: &str, upload: &Upload, processing: Value) -> Answer {
    let number = match upload.category.as_str() {
        "tweet_image" => 3,
        "tweet_gif" => 16,
        _ => 7,
    };
    let mut data = json!({ "id": id, "media_key": format!("{number}_{id}"), "expires_after_secs": LIFETIME });
    if upload.ready_at.is_some() {
        data["size"] = json!(upload.total);
    }
    if !processing.is_null() {
        data["processing_info"] = processing;
    }
    Answer::json(200, &json!({ "data": data }))
}

fn known_fields(fields: &[Field], names: &[&str]) -> Result<(), Answer> {
    match fields.iter().find(|field| !names.contains(&field.name.as_str())) {
        None => Ok(()),
        Some(field) => Err(invalid(&format!("$.{}: is not defined in the schema", field.name))),
    }
}

fn text_of<'a>(fields: &'a [Field], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name == name).and_then(|field| field.text.as_deref())
}

/// Begins an upload in parts.
pub async fn initialize(x: &X, mut call: Call, world: &World) -> Result<Answer, Answer> {
    only(&call, &[])?;
    let granted = granted(&call, world, &["media.write"])?;
    let body = call.json().await?;
    no_more(&body, &["additional_owners", "media_category", "media_type", "shared", "total_bytes"])?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (mime, mut category) = (text("media_type"), text("media_category"));
    if category.is_empty() {
        category = match mime.as_str() {
            "image/gif" => "tweet_gif".to_owned(),
            mime if mime.starts_with("video/") => "tweet_video".to_owned(),
            _ => "tweet_image".to_owned(),
        };
    }
    let films = ["video/mp4", "video/webm", "video/mp2t", "video/quicktime"];
    let images = ["image/jpeg", "image/png", "image/webp", "image/bmp", "image/pjpeg", "image/tiff"];
    let (fits, most) = match category.as_str() {
        "tweet_gif" => (mime == "image/gif", ANIMATION),
        "tweet_image" => (images.contains(&mime.as_str()), IMAGE),
        "tweet_video" | "amplify_video" => (films.contains(&mime.as_str()), FILM),
        _ => return Err(invalid("$.media_category: does not have a value in the enumeration")),
    };
    let total = body["total_bytes"].as_u64().filter(|total| *total > 0);
    let total = total.ok_or_else(|| invalid("$.total_bytes: is missing but it is required"))?;
    if !fits {
        return Err(invalid("$.media_type: does not fit media_category"));
    }
    if total > most {
        return Err(invalid(&format!("File size exceeds {most} bytes.")));
    }
    let expires_at = world.now() + TimeDelta::seconds(LIFETIME);
    let upload = Upload {
        account: granted.account,
        category,
        mime,
        total,
        parts: BTreeMap::new(),
        head: Vec::new(),
        ready_at: None,
        expires_at,
        alt_text: None,
    };
    Ok(keep(x, world, upload))
}

/// An upload of this account that is not forgotten.
fn find<'a>(uploads: &'a mut Uploads, id: &str, account: &str, now: DateTime<Utc>) -> Result<&'a mut Upload, Answer> {
    let found = uploads.get_mut(id).filter(|upload| upload.account == account && upload.expires_at > now);
    found.ok_or_else(|| problem(404, "resource-not-found", "Could not find media with that id."))
}

/// One part of a file.
pub async fn append(x: &X, mut call: Call, world: &World, id: &str) -> Result<Answer, Answer> {
    only(&call, &[])?;
    let granted = granted(&call, world, &["media.write"])?;
    find(&mut x.uploads(), id, &granted.account, world.now())?;
    let fields = call.multipart().await?;
    known_fields(&fields, &["media", "segment_index"])?;
    let index = text_of(&fields, "segment_index").and_then(|index| index.parse().ok()).filter(|index| *index < 1000);
    let index: u32 = index.ok_or_else(|| invalid("$.segment_index: must be a whole number from 0 to 999"))?;
    let media = fields.iter().find(|field| field.name == "media").ok_or_else(|| invalid("media is required"))?;
    if media.size > PART {
        return Err(problem(413, "", "Request Entity Too Large"));
    }
    let mut uploads = x.uploads();
    let upload = find(&mut uploads, id, &granted.account, world.now())?;
    if upload.ready_at.is_some() {
        return Err(invalid("The upload has been finalized."));
    }
    upload.parts.insert(index, media.size);
    if index == 0 {
        upload.head.clone_from(&media.head);
    }
    Ok(Answer::json(200, &json!({ "data": { "expires_at": upload.expires_at.timestamp() } })))
}

/// All parts are there.
pub fn finalize(x: &X, call: &Call, world: &World, id: &str) -> Result<Answer, Answer> {
    only(call, &[])?;
    let granted = granted(call, world, &["media.write"])?;
    let now = world.now();
    let takes = world.processing(KEY);
    let mut uploads = x.uploads();
    let upload = find(&mut uploads, id, &granted.account, now)?;
    if upload.ready_at.is_some() {
        return Err(invalid("The upload has been finalized."));
    }
    let in_order = (0..).zip(upload.parts.keys()).all(|(expected, index)| expected == *index);
    if !in_order || upload.parts.values().sum::<u64>() != upload.total {
        return Err(invalid("Segments do not add up to provided total file size."));
    }
    upload.ready_at = Some(now + takes);
    Ok(described(id, upload, processing(upload, now)))
}

/// How far the processing is; nothing is said of images.
fn processing(upload: &Upload, now: DateTime<Utc>) -> Value {
    let Some(ready) = upload.ready_at.filter(|_| !upload.is_image()) else { return Value::Null };
    let left = (ready - now).to_std().unwrap_or(Duration::ZERO);
    if !left.is_zero() {
        let after = left.as_secs().clamp(1, 5);
        return json!({ "state": "in_progress", "check_after_secs": after, "progress_percent": 10 });
    }
    if upload.is_sound() {
        return json!({ "state": "succeeded", "progress_percent": 100 });
    }
    let error = json!({ "code": 1, "name": "InvalidMedia", "message": "Unsupported video format" });
    json!({ "state": "failed", "progress_percent": 0, "error": error })
}

/// How far a file is.
pub fn status(x: &X, call: &Call, world: &World) -> Result<Answer, Answer> {
    only(call, &["command", "media_id"])?;
    let granted = granted(call, world, &["media.write"])?;
    if call.query("command").is_some_and(|command| command != "STATUS") {
        return Err(invalid("The `command` query parameter value is not one of [STATUS]"));
    }
    let id = call.query("media_id").ok_or_else(|| invalid("The `media_id` query parameter can not be empty"))?;
    let now = world.now();
    let mut uploads = x.uploads();
    let upload = find(&mut uploads, id, &granted.account, now)?;
    Ok(described(id, upload, processing(upload, now)))
}

/// What is said about a file: its description.
pub async fn metadata(x: &X, mut call: Call, world: &World) -> Result<Answer, Answer> {
    only(&call, &[])?;
    let granted = granted(&call, world, &["media.write"])?;
    let body = call.json().await?;
    no_more(&body, &["id", "metadata"])?;
    no_more(&body["metadata"], &["alt_text", "sensitive_media_warning"])?;
    let id = body["id"].as_str().ok_or_else(|| invalid("$.id: is missing but it is required"))?;
    let text = body.pointer("/metadata/alt_text/text").and_then(Value::as_str);
    let text = text.ok_or_else(|| invalid("$.metadata.alt_text.text: is missing but it is required"))?;
    if text.chars().count() > ALT_TEXT {
        return Err(invalid(&format!("$.metadata.alt_text.text: must be at most {ALT_TEXT} characters long")));
    }
    let mut uploads = x.uploads();
    let upload = find(&mut uploads, id, &granted.account, world.now())?;
    upload.alt_text = Some(text.to_owned());
    let known = json!({ "id": id, "associated_metadata": { "alt_text": { "text": text } } });
    Ok(Answer::json(200, &json!({ "data": known })))
}
