//! Uploads in sessions. <https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::videos::{self, Video};
use super::{API, KEY, NOBODY, UPLOAD, YouTube, may, parts, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind, SeenMedia};
use crate::world::World;

/// All pieces but the last have a multiple of so many bytes.
const UNIT: u64 = 256 * 1024;

/// The largest film, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024 * 1024;

/// How long a session lives.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// How many videos an application uploads in a day. <https://developers.google.com/youtube/v3/determine_quota_cost>
const A_DAY: usize = 100;

/// A film on its way, or there.
#[derive(Debug, Clone)]
pub struct Upload {
    account: String,
    mime: String,
    size: u64,
    received: u64,
    head: Vec<u8>,
    body: Value,
    expires_at: DateTime<Utc>,
    /// The video that it became.
    video: Option<String>,
}

/// Which bytes a request brings: from and to, the last one counted; none when it only asks.
type Range = Option<(u64, u64)>;

/// `bytes 0-9/10` or `bytes */10`.
fn range(call: &Call) -> Option<(Range, u64)> {
    let (range, total) = call.header("content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let total = total.parse().ok()?;
    if range == "*" {
        return Some((None, total));
    }
    let (first, last) = range.split_once('-')?;
    Some((Some((first.parse().ok()?, last.parse().ok()?)), total))
}

fn resume(received: u64) -> Answer {
    let answer = Answer::empty(308);
    if received == 0 { answer } else { answer.header("range", format!("bytes=0-{}", received - 1)) }
}

impl YouTube {
    /// Begins a session.
    pub(super) async fn begin(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let account = may(KEY, &call, world, UPLOAD)?.account;
        if account == NOBODY {
            return Err(refused(401, "youtubeSignupRequired", "The account has no channel."));
        }
        if call.query("uploadType") != Some("resumable") {
            return Err(refused(400, "badRequest", "uploadType must be resumable here"));
        }
        parts(&call, &["snippet", "status"])?;
        let header = |name: &str| call.header(name).unwrap_or_default().to_owned();
        let (mime, size) = (header("x-upload-content-type"), header("x-upload-content-length"));
        if !mime.starts_with("video/") && mime != "application/octet-stream" {
            return Err(refused(400, "badRequest", &format!("Media type '{mime}' is not supported.")));
        }
        let size = size.parse().ok().filter(|size| (1..=LARGEST).contains(size));
        let size = size.ok_or_else(|| refused(400, "badRequest", "X-Upload-Content-Length is missing or too large"))?;
        let body = call.json().await?;
        videos::check(&body, false)?;
        let now = world.now();
        let mut state = self.state();
        let today = state.videos.iter().filter(|video| video.made_at > now - TimeDelta::days(1)).count();
        if today >= A_DAY {
            return Err(refused(
                403,
                "quotaExceeded",
                "The request cannot be completed: you have exceeded your quota.",
            ));
        }
        let id = world.secret("");
        let upload = Upload {
            account,
            mime,
            size,
            received: 0,
            head: Vec::new(),
            body,
            expires_at: now + LIFETIME,
            video: None,
        };
        state.uploads.insert(id.clone(), upload);
        let location =
            format!("https://{API}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&upload_id={id}");
        Ok(Answer::empty(200).header("location", location))
    }

    /// Takes a piece, or tells how far the session is.
    pub(super) async fn receive(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let account = may(KEY, &call, world, UPLOAD)?.account;
        let gone = || refused(404, "notFound", "The upload session is unknown, or has ended.");
        let id = call.query("upload_id").unwrap_or_default().to_owned();
        let upload = self.state().uploads.get(&id).cloned();
        let upload = upload.filter(|upload| upload.account == account && upload.expires_at > world.now());
        let upload = upload.ok_or_else(gone)?;
        let wrong = |why: &str| refused(400, "badRequest", &format!("Failed to parse Content-Range header: {why}"));
        let said = call.header("content-range").map(|_| range(&call).ok_or_else(|| wrong("its form"))).transpose()?;
        // Without the header it is all of it.
        let (range, total) = said.unwrap_or((Some((0, upload.size.saturating_sub(1))), upload.size));
        if total != upload.size {
            return Err(wrong("another size than was announced"));
        }
        if let Some(video) = &upload.video {
            call.measure().await?;
            let state = self.state();
            let video = state.video(video).ok_or_else(gone)?;
            return Ok(Answer::json(200, &video.resource(&["snippet", "status"], world)));
        }
        let Some((first, last)) = range else { return Ok(resume(upload.received)) };
        let measured = call.measure().await?;
        if first != upload.received || last < first || last >= total || measured.size != last - first + 1 {
            return Err(wrong("not the bytes that come next"));
        }
        if last + 1 < total && measured.size % UNIT != 0 {
            return Err(wrong("a piece must be a multiple of 256 KiB"));
        }
        let mut upload = upload;
        if first == 0 {
            upload.head = measured.head;
        }
        upload.received = last + 1;
        if upload.received < total {
            let received = upload.received;
            self.state().uploads.insert(id, upload);
            return Ok(resume(received));
        }
        let video = made(&upload, world);
        let answer = Answer::json(201, &video.resource(&["snippet", "status"], world));
        // Nobody takes it up from the ledger meanwhile.
        let mut state = self.state();
        if video.failure.is_none() {
            record(&video, &upload, world);
        }
        upload.video = Some(video.id.clone());
        state.uploads.insert(id, upload);
        state.videos.push(video);
        Ok(answer)
    }
}

/// The video of a film that has arrived.
fn made(upload: &Upload, world: &World) -> Video {
    let is_film = upload.head.get(4..8) == Some(b"ftyp")
        || upload.head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])
        || upload.head.starts_with(&[0, 0, 1, 0xba]);
    let now = world.now();
    let delay = TimeDelta::from_std(world.processing(KEY)).unwrap_or_default();
    Video {
        id: world.secret("").chars().take(11).collect(),
        account: upload.account.clone(),
        snippet: upload.body["snippet"].clone(),
        status: upload.body["status"].clone(),
        made_at: now,
        ready_at: now + delay,
        failure: (!is_film).then_some("invalidFile"),
    }
}

fn record(video: &Video, upload: &Upload, world: &World) {
    world.record(Effect {
        network: KEY.to_owned(),
        account: video.account.clone(),
        kind: EffectKind::Post,
        id: video.id.clone(),
        parent: None,
        text: video.snippet["description"].as_str().unwrap_or_default().to_owned(),
        media: vec![SeenMedia { mime: upload.mime.clone(), size: upload.size, alt_text: None }],
        detail: video.detail(),
        at: video.made_at,
    });
}
