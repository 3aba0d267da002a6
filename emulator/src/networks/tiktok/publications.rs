//! Publications on their way. <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>,
//! <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>,
//! <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEY, PRIVACY_LEVELS, TikTok, UPLOAD, bad, done, may, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::world::World;

const MEGABYTE: u64 = 1024 * 1024;

/// A film is at most so large, a chunk of it within these, and the last one at most so large, in bytes.
const LARGEST_FILM: u64 = 4096 * MEGABYTE;
const CHUNK: std::ops::RangeInclusive<u64> = 5 * MEGABYTE..=64 * MEGABYTE;
const LAST_CHUNK: u64 = 128 * MEGABYTE;

/// Photos of a post, and how large each is, in bytes.
const PHOTOS: std::ops::RangeInclusive<usize> = 1..=35;
const LARGEST_PHOTO: u64 = 20 * MEGABYTE;

/// The sides of a photo, in pixels.
const SIDES: (u32, u32) = (1080, 1920);

/// How long the address of an upload is good.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

const FILM_INFO: &[&str] = &[
    "title",
    "privacy_level",
    "disable_duet",
    "disable_comment",
    "disable_stitch",
    "video_cover_timestamp_ms",
    "brand_content_toggle",
    "brand_organic_toggle",
    "is_aigc",
];
const PHOTO_INFO: &[&str] = &[
    "title",
    "description",
    "privacy_level",
    "disable_comment",
    "auto_add_music",
    "brand_content_toggle",
    "brand_organic_toggle",
];

/// A film that is uploaded.
#[derive(Debug, Clone)]
struct Film {
    size: u64,
    chunk: u64,
    count: u64,
    received: u64,
    mime: String,
    head: Vec<u8>,
    secret: String,
    expires_at: DateTime<Utc>,
}

/// How far a publication is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Uploading,
    Posted(DateTime<Utc>),
    Failed(&'static str),
}

/// A publication.
#[derive(Debug, Clone)]
pub struct Publication {
    account: String,
    info: Value,
    film: Option<Film>,
    stage: Stage,
    /// The post that it becomes.
    post_id: String,
}

impl Publication {
    /// Whether it becomes this post.
    pub fn becomes(&self, post_id: &str) -> bool {
        self.post_id == post_id
    }

    /// When its post can be seen, once it is one.
    pub fn visible_at(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Posted(at) => Some(at),
            _ => None,
        }
    }

    fn record(&self, text: &str, media: Vec<SeenMedia>, world: &World) {
        world.record(Effect {
            network: KEY.to_owned(),
            account: self.account.clone(),
            kind: EffectKind::Post,
            id: self.post_id.clone(),
            parent: None,
            text: text.to_owned(),
            media,
            detail: self.info.clone(),
            at: world.now(),
        });
    }
}

/// Refuses what the interface does not know.
fn only(object: &Value, known: &[&str]) -> Result<(), Answer> {
    let object = object.as_object().ok_or_else(|| bad("an object is expected"))?;
    let unknown = object.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(bad(&format!("the field {name} is unknown"))))
}

/// A text of at most so many units of UTF-16.
fn text<'a>(info: &'a Value, name: &str, most: usize) -> Result<&'a str, Answer> {
    let text = info[name].as_str().unwrap_or_default();
    if text.encode_utf16().count() <= most { Ok(text) } else { Err(bad(&format!("{name} is too long"))) }
}

/// What is wrong with what is said of a post.
fn check_info(info: &Value, known: &[&str]) -> Result<(), Answer> {
    only(info, known)?;
    let privacy = info["privacy_level"].as_str().ok_or_else(|| bad("privacy_level is required"))?;
    if !PRIVACY_LEVELS.contains(&privacy) {
        return Err(refused(403, "privacy_level_option_mismatch", "privacy_level is none that creator_info offers."));
    }
    if privacy == "SELF_ONLY" && info["brand_content_toggle"] == true {
        return Err(bad("branded content cannot be private"));
    }
    let flags =
        known.iter().filter(|name| name.starts_with("disable") || name.contains("toggle") || **name == "is_aigc");
    for name in flags {
        if info.get(*name).is_some_and(|value| !value.is_boolean()) {
            return Err(bad(&format!("{name} must be true or false")));
        }
    }
    Ok(())
}

/// Size, size of a chunk and number of chunks of a film that is announced.
fn check_film(source: &Value) -> Result<(u64, u64, u64), Answer> {
    only(source, &["source", "video_size", "chunk_size", "total_chunk_count"])?;
    if source["source"] != "FILE_UPLOAD" {
        return Err(refused(403, "url_ownership_unverified", "source must be FILE_UPLOAD here"));
    }
    let number = |name: &str| source[name].as_u64().ok_or_else(|| bad(&format!("{name} is required")));
    let (size, chunk, count) = (number("video_size")?, number("chunk_size")?, number("total_chunk_count")?);
    if size == 0 || size > LARGEST_FILM {
        return Err(bad("the video size is invalid"));
    }
    let whole = count == 1 && chunk == size && size <= *CHUNK.end();
    if !whole && (!CHUNK.contains(&chunk) || count != size / chunk || !(1..=1000).contains(&count)) {
        return Err(bad("The chunk size is invalid"));
    }
    if size - (count - 1) * chunk > LAST_CHUNK {
        return Err(bad("The total chunk count is invalid"));
    }
    Ok((size, chunk, count))
}

impl TikTok {
    fn keep(&self, publish_id: String, publication: Publication) {
        self.state().publications.insert(publish_id, publication);
    }

    /// Names a film.
    pub(super) fn begin_film(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, "video.publish")?.account;
        only(body, &["post_info", "source_info"])?;
        let info = &body["post_info"];
        check_info(info, FILM_INFO)?;
        text(info, "title", 2200)?;
        let (size, chunk, count) = check_film(&body["source_info"])?;
        self.count(&account, world)?;
        let publish_id = format!("v_pub_file~v2-1.{}", world.new_id());
        let secret = world.secret("");
        let film = Film {
            size,
            chunk,
            count,
            received: 0,
            mime: String::new(),
            head: Vec::new(),
            secret: secret.clone(),
            expires_at: world.now() + LIFETIME,
        };
        let post_id = world.new_id().to_string();
        let info = info.clone();
        self.keep(
            publish_id.clone(),
            Publication { account, info, film: Some(film), stage: Stage::Uploading, post_id },
        );
        let upload_id: String = url::form_urlencoded::byte_serialize(publish_id.as_bytes()).collect();
        let upload_url = format!("https://{UPLOAD}/video/?upload_id={upload_id}&upload_token={secret}");
        Ok(done(&json!({ "publish_id": publish_id, "upload_url": upload_url })))
    }

    /// Fetches photos and posts them.
    pub(super) async fn begin_photos(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, "video.publish")?.account;
        only(body, &["media_type", "post_mode", "post_info", "source_info"])?;
        if body["media_type"] != "PHOTO" || body["post_mode"] != "DIRECT_POST" {
            return Err(bad("media_type must be PHOTO, and post_mode DIRECT_POST here"));
        }
        let (info, source) = (&body["post_info"], &body["source_info"]);
        check_info(info, PHOTO_INFO)?;
        text(info, "title", 90)?;
        let description = text(info, "description", 4000)?;
        only(source, &["source", "photo_images", "photo_cover_index"])?;
        let photos: Vec<&str> =
            source["photo_images"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let cover = source["photo_cover_index"].as_u64().and_then(|index| usize::try_from(index).ok());
        if source["source"] != "PULL_FROM_URL" || !PHOTOS.contains(&photos.len()) {
            return Err(bad("1 to 35 photos are expected, from PULL_FROM_URL"));
        }
        if cover.is_none_or(|cover| cover >= photos.len()) {
            return Err(bad("photo_cover_index is invalid"));
        }
        self.count(&account, world)?;
        let (stage, media) = match pulled(&photos, world).await {
            Ok(media) => (posted(world), media),
            Err(reason) => (Stage::Failed(reason), Vec::new()),
        };
        let post_id = world.new_id().to_string();
        let publication = Publication { account, info: info.clone(), film: None, stage, post_id };
        let publish_id = format!("p_pub_url~v2.{}", world.new_id());
        // A post in the ledger that no publication is known of is seen at once.
        self.keep(publish_id.clone(), publication.clone());
        if matches!(stage, Stage::Posted(_)) {
            publication.record(description, media, world);
        }
        Ok(done(&json!({ "publish_id": publish_id })))
    }

    /// Takes a chunk of a film.
    pub(super) async fn receive(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let empty = Answer::empty;
        let id = call.query("upload_id").unwrap_or_default().to_owned();
        let found = self.state().publications.get(&id).cloned();
        let mut publication = found.ok_or_else(|| empty(404))?;
        let film = publication.film.as_mut().ok_or_else(|| empty(404))?;
        if call.method != actix_web::http::Method::PUT || publication.stage != Stage::Uploading {
            return Err(empty(400));
        }
        if call.query("upload_token") != Some(&film.secret) || film.expires_at <= world.now() {
            return Err(empty(403));
        }
        let range = call.header("content-range").and_then(|range| {
            let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
            let (first, last) = range.split_once('-')?;
            Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?, total.parse::<u64>().ok()?))
        });
        let (first, last, total) = range.ok_or_else(|| empty(400))?;
        let mime = call.content_type();
        let measured = call.measure().await?;
        let is_last = film.received == (film.count - 1) * film.chunk;
        let end = if is_last { film.size } else { film.received + film.chunk };
        if total != film.size || last < first || measured.size != last - first + 1 {
            return Err(empty(400));
        }
        if !["video/mp4", "video/quicktime", "video/webm"].contains(&mime.as_str()) {
            return Err(empty(400));
        }
        if first != film.received || last + 1 != end {
            let got = format!("bytes 0-{}/{}", film.received.saturating_sub(1), film.size);
            return Err(empty(416).header("content-range", got));
        }
        if first == 0 {
            (film.head, film.mime) = (measured.head, mime);
        }
        film.received = end;
        let got = format!("bytes 0-{}/{}", end - 1, film.size);
        if !is_last {
            self.keep(id, publication);
            return Ok(empty(206).header("content-range", got));
        }
        let is_film = film.head.get(4..8) == Some(b"ftyp") || film.head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]);
        let media = vec![SeenMedia { mime: film.mime.clone(), size: film.size, alt_text: None }];
        publication.stage = if is_film { posted(world) } else { Stage::Failed("file_format_check_failed") };
        if is_film {
            publication.record(publication.info["title"].as_str().unwrap_or_default(), media, world);
        }
        self.keep(id, publication);
        Ok(empty(201).header("content-range", got))
    }

    /// Tells how far a publication is.
    pub(super) fn status(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, "video.publish")?.account;
        only(body, &["publish_id"])?;
        let state = self.state();
        let invalid = || refused(400, "invalid_publish_id", "The publish_id does not exist.");
        let publication = body["publish_id"].as_str().and_then(|id| state.publications.get(id)).ok_or_else(invalid)?;
        if publication.account != account {
            return Err(refused(403, "token_not_authorized_for_specified_publish_id", "It is somebody else's."));
        }
        let mut data = json!({});
        if let Some(film) = &publication.film {
            data["uploaded_bytes"] = film.received.into();
        }
        data["status"] = match publication.stage {
            Stage::Uploading => "PROCESSING_UPLOAD".into(),
            Stage::Failed(reason) => {
                data["fail_reason"] = reason.into();
                "FAILED".into()
            }
            Stage::Posted(at) if at > world.now() && publication.film.is_some() => "PROCESSING_UPLOAD".into(),
            Stage::Posted(at) if at > world.now() => "PROCESSING_DOWNLOAD".into(),
            Stage::Posted(_) => {
                let public = publication.info["privacy_level"] == "PUBLIC_TO_EVERYONE";
                let ids: Vec<u64> = publication.post_id.parse().into_iter().filter(|_| public).collect();
                data["publicaly_available_post_id"] = json!(ids);
                "PUBLISH_COMPLETE".into()
            }
        };
        Ok(done(&data))
    }
}

/// It is posted, and can be seen once it has been processed.
fn posted(world: &World) -> Stage {
    Stage::Posted(world.now() + TimeDelta::from_std(world.processing(KEY)).unwrap_or_default())
}

/// Fetches photos, or says why it came to nothing.
async fn pulled(photos: &[&str], world: &World) -> Result<Vec<SeenMedia>, &'static str> {
    let mut media = Vec::with_capacity(photos.len());
    for photo in photos {
        let fetched = world.fetch(photo).await.map_err(|_| "photo_pull_failed")?;
        let is_webp = fetched.head.starts_with(b"RIFF") && fetched.head.get(8..12) == Some(b"WEBP");
        if !is_webp && !fetched.head.starts_with(b"\xff\xd8\xff") {
            return Err("file_format_check_failed");
        }
        let fits = |(width, height): (u32, u32)| width.min(height) <= SIDES.0 && width.max(height) <= SIDES.1;
        if !fetched.image.is_some_and(fits) || fetched.size > LARGEST_PHOTO {
            return Err("picture_size_check_failed");
        }
        media.push(SeenMedia { mime: fetched.mime, size: fetched.size, alt_text: None });
    }
    Ok(media)
}
