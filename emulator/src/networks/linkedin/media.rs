//! Uploads. <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api>,
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api>,
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api>

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEY, LinkedIn, acting, denied, granted, illegal, no_more, nothing_here, reading, refused};
use crate::answer::Answer;
use crate::call::{Call, Measured};
use crate::world::World;

/// An image has fewer pixels.
const PIXELS: u64 = 36_152_320;

/// How small and how large a film may be, and its parts, in bytes.
const SMALLEST_FILM: u64 = 75 * 1024;
const LARGEST_FILM: u64 = 500 * 1024 * 1024;
const PART: u64 = 4 * 1024 * 1024;

/// How large a document may be, in bytes.
const LARGEST_DOCUMENT: u64 = 100 * 1024 * 1024;

/// How long a place to upload to is one.
const LIFETIME: TimeDelta = TimeDelta::days(1);

/// All uploads by their URNs.
pub type Uploads = HashMap<String, Upload>;

/// A file on its way, or there.
#[derive(Debug)]
pub struct Upload {
    /// The URN and the name of its owner.
    owner: String,
    /// What the addresses of its places hold, which nobody can guess.
    secret: String,
    /// What a film's end is said with.
    token: String,
    /// The tags of the parts that are there, in order.
    parts: Vec<Option<String>>,
    /// How many bytes it has.
    pub size: u64,
    /// When it is processed; none as long as it is not whole.
    ready_at: Option<DateTime<Utc>>,
    /// Its media type, when it is one that LinkedIn takes.
    pub mime: Option<&'static str>,
    expires_at: DateTime<Utc>,
}

impl Upload {
    /// Whether it is somebody's own.
    pub fn is_of(&self, urn: &str) -> bool {
        self.owner == urn
    }

    /// How far it is.
    pub fn status(&self, now: DateTime<Utc>) -> &'static str {
        match self.ready_at {
            None => "WAITING_UPLOAD",
            Some(ready) if ready > now => "PROCESSING",
            Some(_) if self.mime.is_none() => "PROCESSING_FAILED",
            Some(_) => "AVAILABLE",
        }
    }
}

/// What sort of file an upload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Document,
    Film,
}

impl Kind {
    /// The sort of a resource.
    fn of(resource: &str) -> Self {
        match resource {
            "videos" => Self::Film,
            "documents" => Self::Document,
            _ => Self::Image,
        }
    }

    /// As its URNs and the fields of answers name it.
    fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Film => "video",
        }
    }

    fn urn(self, id: &str) -> String {
        format!("urn:li:{}:{id}", self.name())
    }
}

/// The media type by the first bytes, if LinkedIn takes it.
fn mime_of(measured: &Measured, kind: Kind) -> Option<&'static str> {
    let head = measured.head.as_slice();
    match kind {
        Kind::Film => return (head.get(4..8) == Some(b"ftyp")).then_some("video/mp4"),
        Kind::Document if measured.size > LARGEST_DOCUMENT => return None,
        // Files of office programs begin as all ZIP and all OLE files do.
        Kind::Document => {
            let kinds: [(&[u8], _); 3] = [
                (b"%PDF-", "application/pdf"),
                (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
                (b"\xd0\xcf\x11\xe0", "application/vnd.ms-powerpoint"),
            ];
            return kinds.into_iter().find(|(start, _)| head.starts_with(start)).map(|(_, mime)| mime);
        }
        Kind::Image => {}
    }
    let pixels = measured.image.map(|(width, height)| u64::from(width) * u64::from(height));
    if pixels.is_none_or(|pixels| pixels >= PIXELS) {
        return None;
    }
    let kinds: [(&[u8], _); 3] = [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"GIF8", "image/gif")];
    kinds.into_iter().find(|(start, _)| head.starts_with(start)).map(|(_, mime)| mime)
}

fn place(id: u64, part: usize, secret: &str) -> String {
    format!("https://www.linkedin.com/dms-uploads/{id}/{part}?ca=vector_feedshare&sync=0&v=beta&ut={secret}")
}

/// Begins the upload of an image or a document.
pub async fn whole(linkedin: &LinkedIn, mut call: Call, world: &World, resource: &str) -> Result<Answer, Answer> {
    let kind = Kind::of(resource);
    if call.query("action") != Some("initializeUpload") {
        return Err(illegal("action must be initializeUpload"));
    }
    let body = call.json().await?;
    let request = &body["initializeUploadRequest"];
    no_more(request, if kind == Kind::Image { &["owner", "mediaLibraryMetadata"] } else { &["owner"] })?;
    let (id, urn, secret, expires_at) = begin(linkedin, &call, world, (request, kind, 1))?;
    let mut value = json!({ "uploadUrlExpiresAt": expires_at.timestamp_millis(), "uploadUrl": place(id, 0, &secret) });
    value[kind.name()] = json!(urn);
    Ok(Answer::json(200, &json!({ "value": value })))
}

/// Remembers an upload of so many parts.
fn begin(
    linkedin: &LinkedIn,
    call: &Call,
    world: &World,
    (request, kind, parts): (&Value, Kind, usize),
) -> Result<(u64, String, String, DateTime<Utc>), Answer> {
    let owner = request["owner"].as_str().ok_or_else(|| illegal("owner is required"))?;
    acting(call, world, owner)?;
    let (id, secret, expires_at) = (world.new_id(), world.secret(""), world.now() + LIFETIME);
    let urn = kind.urn(&id.to_string());
    let upload = Upload {
        owner: owner.to_owned(),
        secret: secret.clone(),
        token: if kind == Kind::Film { world.secret("") } else { String::new() },
        parts: vec![None; parts],
        size: request["fileSizeBytes"].as_u64().unwrap_or(0),
        ready_at: None,
        mime: None,
        expires_at,
    };
    linkedin.uploads().insert(urn.clone(), upload);
    Ok((id, urn, secret, expires_at))
}

/// Begins or ends the upload of a film.
pub async fn film(linkedin: &LinkedIn, mut call: Call, world: &World) -> Result<Answer, Answer> {
    let body = call.json().await?;
    match call.query("action") {
        Some("initializeUpload") => {
            let request = &body["initializeUploadRequest"];
            no_more(request, &["owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"])?;
            let size = request["fileSizeBytes"].as_u64().ok_or_else(|| illegal("fileSizeBytes is required"))?;
            if !(SMALLEST_FILM..=LARGEST_FILM).contains(&size) {
                return Err(illegal("fileSizeBytes must be from 75 KB to 500 MB"));
            }
            let count = usize::try_from(size.div_ceil(PART)).map_err(|_| illegal("too many parts"))?;
            let (id, urn, secret, expires_at) = begin(linkedin, &call, world, (request, Kind::Film, count))?;
            let parts = (0_u64..).zip(0..count).map(|(number, index)| {
                let last = ((number + 1) * PART).min(size) - 1;
                json!({ "uploadUrl": place(id, index, &secret), "firstByte": number * PART, "lastByte": last })
            });
            let parts: Vec<_> = parts.collect();
            let token = linkedin.uploads().get(&urn).map(|upload| upload.token.clone());
            Ok(Answer::json(
                200,
                &json!({ "value": {
                "uploadUrlsExpireAt": expires_at.timestamp_millis(),
                "video": urn,
                "uploadInstructions": parts,
                "uploadToken": token,
            } }),
            ))
        }
        Some("finalizeUpload") => finalize(linkedin, &call, world, &body["finalizeUploadRequest"]),
        _ => Err(illegal("action must be initializeUpload or finalizeUpload")),
    }
}

fn finalize(linkedin: &LinkedIn, call: &Call, world: &World, request: &Value) -> Result<Answer, Answer> {
    no_more(request, &["video", "uploadToken", "uploadedPartIds"])?;
    let urn = request["video"].as_str().ok_or_else(|| illegal("video is required"))?;
    let takes = world.processing(KEY);
    let owner = linkedin.uploads().get(urn).map(|upload| upload.owner.clone()).ok_or_else(nothing_here)?;
    acting(call, world, &owner)?;
    let mut uploads = linkedin.uploads();
    let upload = uploads.get_mut(urn).ok_or_else(nothing_here)?;
    let named: Option<Vec<&str>> =
        request["uploadedPartIds"].as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let there: Option<Vec<&str>> = upload.parts.iter().map(Option::as_deref).collect();
    if upload.ready_at.is_some() {
        return Err(illegal("the upload is finalized already"));
    }
    if request["uploadToken"] != upload.token.as_str() || named.is_none() || named != there {
        return Err(illegal("uploadToken or uploadedPartIds are not those of the upload"));
    }
    upload.ready_at = Some(world.now() + takes);
    Ok(Answer::empty(200))
}

/// Takes the bytes of an image or a document, or of a part of a film.
pub async fn put(
    linkedin: &LinkedIn,
    mut call: Call,
    world: &World,
    (id, part): (&str, &str),
) -> Result<Answer, Answer> {
    let now = world.now();
    let index: usize = part.parse().map_err(|_| nothing_here())?;
    let kinds = [Kind::Image, Kind::Document, Kind::Film];
    let begun = |kind: &Kind| linkedin.uploads().contains_key(&kind.urn(id));
    let kind = kinds.into_iter().find(begun).unwrap_or(Kind::Image);
    let (urn, is_film) = (kind.urn(id), kind == Kind::Film);
    let (expected, parts) = {
        let uploads = linkedin.uploads();
        let upload = uploads.get(&urn).filter(|upload| call.query("ut") == Some(upload.secret.as_str()));
        let upload = upload.filter(|upload| upload.expires_at > now).ok_or_else(|| denied("the place has expired"))?;
        (upload.size, upload.parts.len())
    };
    if index >= parts {
        return Err(nothing_here());
    }
    match (is_film, call.bearer().is_some()) {
        (true, true) => return Err(illegal("a film's parts are sent without a token")),
        (false, false) => return Err(refused(401, "INVALID_ACCESS_TOKEN", "Empty oauth2 access token")),
        (false, true) => {
            granted(&call, world, "openid")?;
        }
        (true, false) => {}
    }
    let measured = call.measure().await?;
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    if is_film && measured.size != (expected - number * PART).min(PART) {
        return Err(illegal("the part has not the size that it should have"));
    }
    let takes = if is_film { None } else { Some(world.processing(KEY)) };
    let mut uploads = linkedin.uploads();
    let upload = uploads.get_mut(&urn).ok_or_else(nothing_here)?;
    if index == 0 {
        upload.mime = mime_of(&measured, kind);
    }
    let tag = format!("/ambry-video/signedId/{id}-{index}-{}", measured.sha256.get(..16).unwrap_or_default());
    if let Some(takes) = takes {
        upload.size = measured.size;
        upload.ready_at = Some(now + takes);
    }
    if let Some(place) = upload.parts.get_mut(index) {
        *place = Some(tag.clone());
    }
    Ok(if is_film { Answer::empty(200).header("etag", tag) } else { Answer::empty(201) })
}

/// How far a file is. That of a member is told to nobody.
pub fn status(linkedin: &LinkedIn, call: &Call, world: &World, (kind, urn): (&str, &str)) -> Result<Answer, Answer> {
    let is_of_kind = urn.starts_with(&Kind::of(kind).urn(""));
    let owner = linkedin.uploads().get(urn).filter(|_| is_of_kind).map(|upload| upload.owner.clone());
    let owner = owner.ok_or_else(nothing_here)?;
    reading(call, world, &owner)?;
    let uploads = linkedin.uploads();
    let status = uploads.get(urn).map(|upload| upload.status(world.now()));
    Ok(Answer::json(200, &json!({ "id": urn, "owner": owner, "status": status })))
}
