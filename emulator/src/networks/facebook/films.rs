//! Films: sent in parts and in one body, processed, published.
//! <https://developers.facebook.com/docs/graph-api/reference/page/videos/>,
//! <https://developers.facebook.com/docs/video-api/guides/reels-publishing/>,
//! <https://developers.facebook.com/docs/graph-api/reference/video-status/>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::fields::chosen;
use super::parameters::Parameters;
use super::stories::own_part;
use super::{Facebook, KEY, LONGEST_POST, Page, allowed, done, fits, invalid, posts, unknown};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::networks::meta;
use crate::tokens::TokenKind;
use crate::world::World;

/// The largest part that is wanted at a time, in bytes.
const PART: u64 = 256 * 1024;

/// The largest film, in bytes.
const LARGEST: u64 = 4_000_000_000;

/// How long an upload may take.
const UPLOAD: TimeDelta = TimeDelta::hours(24);

/// How many reels a page may publish in a day.
const MOST_REELS: usize = 30;

/// The longest title is shorter than this, in UTF-16 units.
const TITLE: usize = 255;

/// The subcode that says that a part begins where it should not.
const ELSEWHERE: u32 = 1_363_037;

/// A film on its way.
#[derive(Debug, Clone)]
pub(super) struct Film {
    id: String,
    page: String,
    /// What becomes of it.
    edge: String,
    /// The upload session of a film that is sent in parts.
    session: Option<String>,
    /// How large it is to be, as far as that was said.
    size: Option<u64>,
    received: u64,
    head: Vec<u8>,
    begun_at: DateTime<Utc>,
    /// When it is processed, once it was published.
    ready_at: Option<DateTime<Utc>>,
}

impl Film {
    fn is_whole(&self) -> bool {
        self.size == Some(self.received)
    }

    /// What the first box of the file names.
    fn mime(&self) -> Option<&'static str> {
        match (self.head.get(4..8), self.head.get(8..12)) {
            (Some(b"ftyp"), Some(b"qt  ")) => Some("video/quicktime"),
            (Some(b"ftyp"), Some(_)) => Some("video/mp4"),
            _ => None,
        }
    }

    fn status(&self, now: DateTime<Utc>) -> Value {
        let phase = |status: &str| json!({ "status": status });
        let mut uploading = phase(if self.is_whole() { "complete" } else { "in_progress" });
        uploading["bytes_transfered"] = json!(self.received);
        let flawed = self.is_whole() && self.mime().is_none();
        let (video, processing, publishing) = match self.ready_at {
            _ if flawed => {
                let error = json!({ "message": "The file is not a film that can be read" });
                ("error", json!({ "status": "error", "error": error }), phase("not_started"))
            }
            None if !self.is_whole() && now - self.begun_at > UPLOAD => {
                ("expired", phase("not_started"), phase("not_started"))
            }
            None if self.is_whole() => ("upload_complete", phase("not_started"), phase("not_started")),
            None => ("processing", phase("not_started"), phase("not_started")),
            Some(ready) if now < ready => ("processing", phase("in_progress"), phase("not_started")),
            Some(ready) => {
                let publishing = json!({
                    "status": "complete", "publish_status": "published", "publish_time": ready.timestamp(),
                });
                ("ready", phase("complete"), publishing)
            }
        };
        json!({
            "video_status": video,
            "uploading_phase": uploading,
            "processing_phase": processing,
            "publishing_phase": publishing,
        })
    }
}

/// One of the phases of an upload.
pub(super) fn phase(
    facebook: &Facebook,
    page: &Page,
    edge: &str,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    allowed(&page.token, "pages_manage_posts")?;
    match (parameters.needed("upload_phase")?, edge) {
        ("start", _) => start(facebook, page, edge, parameters, world),
        ("transfer", "videos") => transfer(facebook, page, parameters),
        ("finish", _) => finish(facebook, page, edge, parameters, world),
        (phase, _) => Err(invalid(&format!("(upload_phase) {phase} is not one of its values"))),
    }
}

fn start(
    facebook: &Facebook,
    page: &Page,
    edge: &str,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    let in_parts = edge == "videos";
    parameters.only(if in_parts { &["upload_phase", "file_size"] } else { &["upload_phase"] })?;
    let size = if in_parts {
        let size = parameters.needed("file_size")?.parse().ok().filter(|size| (1..=LARGEST).contains(size));
        Some(size.ok_or_else(|| invalid("(file_size) must be between 1 and 4000000000"))?)
    } else {
        None
    };
    let id = world.new_id().to_string();
    let session = in_parts.then(|| world.new_id().to_string());
    facebook.state().films.push(Film {
        id: id.clone(),
        page: page.id.clone(),
        edge: edge.to_owned(),
        session: session.clone(),
        size,
        received: 0,
        head: Vec::new(),
        begun_at: world.now(),
        ready_at: None,
    });
    Ok(match (session, size) {
        (Some(session), Some(size)) => json!({
            "video_id": id, "upload_session_id": session,
            "start_offset": "0", "end_offset": size.min(PART).to_string(),
        }),
        _ => json!({ "video_id": id, "upload_url": format!("https://rupload.facebook.com/video-upload/v25.0/{id}") }),
    })
}

/// Takes a part. It must begin where the last one ended, and may be shorter than what is wanted.
fn transfer(facebook: &Facebook, page: &Page, parameters: &Parameters) -> Result<Value, Answer> {
    parameters.only(&["upload_phase", "upload_session_id", "start_offset", "video_file_chunk"])?;
    let session = parameters.needed("upload_session_id")?;
    let from: u64 =
        parameters.needed("start_offset")?.parse().map_err(|_| invalid("(start_offset) must be a number"))?;
    let part =
        parameters.file("video_file_chunk").ok_or_else(|| invalid("The parameter video_file_chunk is required"))?;
    let mut state = facebook.state();
    let mut films = state.films.iter_mut();
    let film = films.find(|film| film.session.as_deref() == Some(session) && film.page == page.id);
    let film = film.ok_or_else(|| unknown(session))?;
    let size = film.size.unwrap_or_default();
    let wanted = |film: &Film| {
        json!({
            "start_offset": film.received.to_string(),
            "end_offset": size.min(film.received + PART).to_string(),
        })
    };
    if from != film.received {
        let mut body =
            meta::body(6001, Some(ELSEWHERE), "There was a problem uploading your video file. Please try again.");
        body["error"]["error_data"] = wanted(film);
        return Err(Answer::json(400, &body));
    }
    if part.size == 0 || film.received + part.size > size.min(film.received + PART) {
        return Err(meta::error(400, 6001, Some(1_363_033), "The part is not within the offsets that were asked for"));
    }
    if film.received == 0 {
        film.head.clone_from(&part.head);
    }
    film.received += part.size;
    Ok(wanted(film))
}

/// Takes the bytes of reels and stories, from an offset on.
pub(super) async fn receive(facebook: &Facebook, mut call: Call, world: &World, id: &str) -> Result<Answer, Answer> {
    let refused = |status: u16, kind: &str, message: &str| {
        let info = json!({ "retriable": false, "type": kind, "message": message });
        Answer::json(status, &json!({ "debug_info": info }))
    };
    let token = call
        .authorization("oauth")
        .ok_or_else(|| refused(401, "NotAuthorizedError", "Authorization: OAuth is missing"))?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(meta::bad_token)?;
    let page = super::pages::of_token(granted, world)?;
    let number = |name: &str| call.header(name).and_then(|value| value.parse::<u64>().ok());
    let (offset, size) = (number("offset"), number("file_size"));
    let place = |facebook: &Facebook| {
        let state = facebook.state();
        let at = state.films.iter().position(|film| film.id == id && film.page == page.id && film.session.is_none());
        at.map(|at| (at, state.films[at].received))
    };
    let (at, received) =
        place(facebook).ok_or_else(|| refused(404, "ProcessingFailedError", "There is no such upload"))?;
    let (from, head, bytes, size) = if let Some(url) = call.header("file_url") {
        let file = world.fetch(url).await.map_err(|why| refused(400, "ProcessingFailedError", &why))?;
        (0, file.head, file.size, file.size)
    } else {
        let (Some(offset), Some(size)) = (offset, size) else {
            return Err(refused(400, "PartialRequestError", "offset and file_size are needed"));
        };
        if offset != 0 && offset != received {
            return Err(refused(
                400,
                "OffsetInvalidError",
                &format!("offset {offset}, and {received} bytes are there"),
            ));
        }
        let body = call.measure().await?;
        (offset, body.head, body.size, size)
    };
    if bytes == 0 || from + bytes > size || size > LARGEST {
        return Err(refused(400, "PartialRequestError", "the body is not what file_size says"));
    }
    let mut state = facebook.state();
    let film = &mut state.films[at];
    if film.ready_at.is_some() {
        return Err(refused(400, "ProcessingFailedError", "the film was published already"));
    }
    if from == 0 {
        film.head = head;
    }
    film.size = Some(size);
    film.received = from + bytes;
    Ok(Answer::json(200, &done()))
}

/// Publishes a film whose bytes are all there.
fn finish(
    facebook: &Facebook,
    page: &Page,
    edge: &str,
    parameters: &Parameters,
    world: &World,
) -> Result<Value, Answer> {
    let named = match edge {
        "videos" => ("upload_session_id", ["upload_phase", "upload_session_id", "title", "description"].as_slice()),
        "video_reels" => ("video_id", ["upload_phase", "video_id", "video_state", "title", "description"].as_slice()),
        _ => ("video_id", ["upload_phase", "video_id"].as_slice()),
    };
    parameters.only(named.1)?;
    if edge == "video_reels" && parameters.needed("video_state")? != "PUBLISHED" {
        return Err(invalid("(video_state) must be PUBLISHED: drafts and plans are not emulated"));
    }
    let (title, text) = (parameters.text("title"), parameters.text("description").unwrap_or_default());
    fits(text, LONGEST_POST)?;
    fits(title.unwrap_or_default(), TITLE - 1)?;
    if edge == "video_reels" && reels_today(page, world) >= MOST_REELS {
        return Err(meta::error(
            400,
            613,
            None,
            "Calls to this api have exceeded the rate limit: 30 reels in 24 hours",
        ));
    }
    let wanted = parameters.needed(named.0)?;
    let ready_at = world.now() + world.processing(KEY);
    let film = {
        let mut state = facebook.state();
        let mut films = state.films.iter_mut();
        let is_it =
            |film: &Film| if edge == "videos" { film.session.as_deref() == Some(wanted) } else { film.id == wanted };
        let film = films.find(|film| is_it(film) && film.page == page.id && film.edge == edge);
        let film = film.ok_or_else(|| unknown(wanted))?;
        if !film.is_whole() {
            return Err(meta::error(400, 6001, Some(1_363_047), "The film is not whole"));
        }
        if film.ready_at.is_some() {
            return Err(invalid("The film was published already"));
        }
        if film.mime().is_none() {
            return Err(meta::error(
                400,
                352,
                Some(1_363_024),
                "The video file you selected is in a format that we don't support.",
            ));
        }
        film.ready_at = Some(ready_at);
        film.clone()
    };
    Ok(published(page, &film, (title, text), world))
}

fn published(page: &Page, film: &Film, (title, text): (Option<&str>, &str), world: &World) -> Value {
    let post = format!("{}_{}", page.id, world.new_id());
    let format = match film.edge.as_str() {
        "video_reels" => "reel",
        "video_stories" => "story",
        _ => "feed",
    };
    // A story is known by its post, and everything else by the film.
    let id = if format == "story" { post.clone() } else { film.id.clone() };
    let mime = film.mime().unwrap_or_default().to_owned();
    world.record(Effect {
        network: KEY.to_owned(),
        account: page.name.clone(),
        kind: EffectKind::Post,
        id,
        parent: None,
        text: text.to_owned(),
        media: vec![SeenMedia { mime, size: film.received, alt_text: None }],
        detail: json!({ "format": format, "film": film.id, "post_id": post, "title": title }),
        at: world.now(),
    });
    match format {
        "feed" => done(),
        _ => json!({ "success": true, "post_id": own_part(&post) }),
    }
}

fn reels_today(page: &Page, world: &World) -> usize {
    let day_ago = world.now() - TimeDelta::hours(24);
    let made = world.effects().into_iter().filter(|effect| effect.network == KEY && effect.account == page.name);
    made.filter(|effect| effect.kind == EffectKind::Post && effect.detail["format"] == "reel" && effect.at > day_ago)
        .count()
}

/// Whether this is a film that is still processed.
pub(super) fn is_hidden(facebook: &Facebook, id: &str, world: &World) -> bool {
    let state = facebook.state();
    let film = state.films.iter().find(|film| film.id == id);
    film.and_then(|film| film.ready_at).is_some_and(|ready| ready > world.now())
}

/// A film by its own id; none when this is none. What was published in an earlier run is known by the ledger alone.
pub(super) fn show(
    facebook: &Facebook,
    page: &Page,
    id: &str,
    parameters: &Parameters,
    world: &World,
) -> Option<Result<Value, Answer>> {
    let film = facebook.state().films.iter().find(|film| film.id == id && film.page == page.id).cloned();
    let is_of_it = |effect: &&Effect| {
        effect.network == KEY
            && effect.kind == EffectKind::Post
            && effect.account == page.name
            && effect.detail["film"] == id
    };
    let made = world.effects().iter().find(is_of_it).cloned();
    let post = made.as_ref().and_then(|made| world.find(KEY, &made.id));
    match (&film, &made, &post) {
        (None, None, _) => return None,
        // It was published and deleted.
        (_, Some(_), None) => return Some(Err(unknown(id))),
        _ => {}
    }
    let status = film.as_ref().map_or_else(
        || {
            json!({ "video_status": "ready", "uploading_phase": { "status": "complete" },
            "processing_phase": { "status": "complete" }, "publishing_phase": { "status": "complete" } })
        },
        |film| film.status(world.now()),
    );
    let comments = world.effects().iter().filter(|effect| effect.parent.as_deref() == Some(id)).count();
    let node = json!({
        "id": id,
        "status": status,
        "published": status["publishing_phase"]["status"] == "complete",
        "description": post.as_ref().map(|post| post.text.clone()),
        "title": post.as_ref().map(|post| post.detail["title"].clone()),
        "permalink_url": post.as_ref().map(|post| world.permalink(KEY, &page.name, &post.id)),
        "created_time": post.as_ref().map(posts::moment),
        "post_id": post.as_ref().map(|post| post.detail["post_id"].clone()),
        "views": posts::seen(id),
        "likes": { "data": [], "summary": { "total_count": posts::seen(id) % 100 } },
        "comments": { "data": [], "summary": { "total_count": comments } },
    });
    Some(allowed(&page.token, "pages_read_engagement").and_then(|()| chosen(&node, parameters, &["description"])))
}
