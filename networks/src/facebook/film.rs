//! Films: upload sessions that can be gone on with, and how far Facebook is with one.
//! <https://developers.facebook.com/docs/graph-api/reference/page/videos/>,
//! <https://developers.facebook.com/docs/video-api/guides/reels-publishing/>,
//! <https://developers.facebook.com/docs/page-stories-api/>

use diwan_platform::http::{Part, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::publish::{Own, Publishing};
use super::wire::{Graph, address, id, number, path};
use crate::call::{Step, no_answer, read, upload_patience};
use crate::content::Media;
use crate::error::{ErrorKind, NetworkError};
use crate::meta::{is_gone, refusal};
use crate::network::Progress;
use crate::steps::State;

/// Where the bytes of reels and stories go.
const UPLOAD: &str = "https://rupload.facebook.com/video-upload/v25.0";

/// The largest part that is read into memory, in bytes.
const PART: u64 = 4 * 1024 * 1024;

/// The subcode that says that a part begins elsewhere than where the session is; `error_data` says where that is.
const RESUME_ELSEWHERE: u64 = 1_363_037;

/// What is remembered of a film: its id, by which it is known before anybody sees it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Film {
    pub(super) id: String,
    /// The upload session, where the film is sent in parts.
    #[serde(default)]
    pub(super) session: Option<String>,
    /// The part that Facebook wants next: from this byte on.
    #[serde(default)]
    at: u64,
    /// Up to this byte, which does not belong to it.
    #[serde(default)]
    until: u64,
    /// True when all bytes are there.
    #[serde(default)]
    is_whole: bool,
}

/// How far Facebook is with a film.
pub(super) enum Stage {
    /// There is no such film, or its upload session has ended.
    Gone,
    /// So many bytes are there.
    Open(u64),
    /// All bytes are there, and it was not published.
    Whole,
    /// It is being processed.
    Working,
    /// Everybody sees it, there.
    Public(Option<String>),
    /// It cannot be published, and why.
    Failed(String),
}

impl Publishing<'_> {
    /// Sends the film in the parts that Facebook asks for.
    pub(super) async fn upload_in_parts(
        &self,
        media: &Media,
        state: &mut State<Own>,
        progress: &dyn Progress,
    ) -> Result<(), NetworkError> {
        let edge = format!("{}/videos", path(&self.account.remote_id));
        let mut film = match state.own.film.clone() {
            Some(film) => film,
            None => self.begin_parts(&edge, media).await?,
        };
        keep(&film, state, progress).await?;
        while film.at < film.until {
            let answer = self.send_part(&edge, &film, media).await?;
            let offsets: Value = if answer.status.is_success() {
                read(&answer, Step::Repeatable)?
            } else if let Some(offsets) = elsewhere(&answer) {
                offsets
            } else {
                let error = refusal(&answer, Step::Repeatable);
                return Err(if is_gone(&answer) { forget(error, state, progress).await } else { error });
            };
            let before = (film.at, film.until);
            (film.at, film.until) = range(&offsets, media)?;
            if before == (film.at, film.until) {
                let detail = "Facebook asks again for the part that was sent";
                return Err(NetworkError::new(ErrorKind::Retry, "upload_stuck", detail));
            }
            keep(&film, state, progress).await?;
        }
        Ok(())
    }

    async fn begin_parts(&self, edge: &str, media: &Media) -> Result<Film, NetworkError> {
        let size = media.source.size().to_string();
        let request = self.graph.post(edge)?.form(&[("upload_phase", "start"), ("file_size", &size)]);
        let begun: Value = self.graph.read(request, Step::Repeatable).await?;
        let (Some(film), Some(session)) = (id(&begun["video_id"]), id(&begun["upload_session_id"])) else {
            return Err(unreadable("a film's session"));
        };
        let (at, until) = range(&begun, media)?;
        Ok(Film { id: film, session: Some(session), at, until, is_whole: false })
    }

    async fn send_part(&self, edge: &str, film: &Film, media: &Media) -> Result<Response, NetworkError> {
        // Less than Facebook wants is taken, too: its answer says from where on the rest is wanted.
        let until = film.until.min(film.at + PART);
        let part = media.source.part(film.at..until);
        let patience = upload_patience(PART);
        let parts = vec![
            Part::text("upload_phase", "transfer"),
            Part::text("upload_session_id", film.session.clone().unwrap_or_default()),
            Part::text("start_offset", film.at.to_string()),
            Part::file("video_file_chunk", "part", "application/octet-stream", part),
        ];
        let request = self.graph.post(edge)?.multipart(parts).patience(patience);
        self.graph.answer(request, Step::Repeatable).await
    }

    /// Sends the film in one body, from where an earlier attempt came to. `edge` says what becomes of it:
    /// `video_reels`, `video_stories`.
    pub(super) async fn upload_whole(
        &self,
        edge: &str,
        media: &Media,
        state: &mut State<Own>,
        progress: &dyn Progress,
    ) -> Result<(), NetworkError> {
        let edge = format!("{}/{edge}", path(&self.account.remote_id));
        let (mut film, from) = match state.own.film.clone() {
            Some(film) if film.is_whole => return Ok(()),
            Some(film) => match stage(&self.graph, &film.id).await? {
                Stage::Open(bytes) => (film, Some(bytes)),
                Stage::Whole | Stage::Working | Stage::Public(_) => (film, None),
                Stage::Gone => return Err(forget(unreadable("the upload session"), state, progress).await),
                Stage::Failed(why) => return Err(forget(rejected(&why), state, progress).await),
            },
            None => {
                let request = self.graph.post(&edge)?.form(&[("upload_phase", "start")]);
                let begun: Value = self.graph.read(request, Step::Repeatable).await?;
                let film = id(&begun["video_id"]).ok_or_else(|| unreadable("a film's id"))?;
                (Film { id: film, session: None, at: 0, until: 0, is_whole: false }, Some(0))
            }
        };
        keep(&film, state, progress).await?;
        if let Some(from) = from {
            self.send_rest(&film, media, from).await?;
        }
        film.is_whole = true;
        keep(&film, state, progress).await
    }

    async fn send_rest(&self, film: &Film, media: &Media, from: u64) -> Result<(), NetworkError> {
        let size = media.source.size();
        let request = self
            .graph
            .http
            .post(address(&format!("{UPLOAD}{}", path(&film.id)))?)
            .header("authorization", &format!("OAuth {}", self.graph.token))
            .header("offset", &from.to_string())
            .header("file_size", &size.to_string())
            .source("application/octet-stream", &media.source, from..size)
            .patience(upload_patience(size.saturating_sub(from)));
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        if answer.status.is_success() {
            return Ok(());
        }
        let error = refusal(&answer, Step::Repeatable);
        let said: Value = answer.json().unwrap_or_default();
        let message = said["debug_info"]["message"].as_str().unwrap_or_default();
        let message: String = message.chars().filter(|c| !c.is_control()).take(250).collect();
        // What is wrong with the film itself is told by its state; from where the rest is wanted, the next attempt
        // asks.
        Err(match error.kind {
            ErrorKind::Content | ErrorKind::Ask => {
                NetworkError::new(ErrorKind::Retry, "upload_refused", format!("{}: {message}", answer.status))
            }
            _ => error,
        })
    }
}

/// Asks how far Facebook is with a film.
pub(super) async fn stage(graph: &Graph<'_>, film: &str) -> Result<Stage, NetworkError> {
    let request = graph.get(&path(film))?.query(&[("fields", "status,published,permalink_url")]);
    Ok(graph.find::<Value>(request).await?.map_or(Stage::Gone, |film| stage_of(&film)))
}

/// <https://developers.facebook.com/docs/graph-api/reference/video-status/>. What is not known is taken for work that
/// goes on.
fn stage_of(film: &Value) -> Stage {
    let status = &film["status"];
    let phase = |name: &str| status[name]["status"].as_str().unwrap_or_default();
    let phases = ["uploading_phase", "processing_phase", "publishing_phase"];
    let flaw = phases.into_iter().find(|name| phase(name) == "error" || !status[*name]["error"].is_null());
    let state = status["video_status"].as_str().unwrap_or_default();
    if state == "expired" {
        return Stage::Gone;
    }
    if flaw.is_some() || matches!(state, "error" | "upload_failed") {
        let why =
            flaw.and_then(|name| status[name]["error"]["message"].as_str()).unwrap_or("the film was not accepted");
        return Stage::Failed(why.to_owned());
    }
    let is_public = phase("publishing_phase") == "complete" || film["published"] == true;
    match (phase("uploading_phase"), state) {
        ("in_progress" | "not_started", _) => {
            let uploading = &status["uploading_phase"];
            // Spelt so in the documentation.
            let bytes = number(&uploading["bytes_transfered"]).or_else(|| number(&uploading["bytes_transferred"]));
            Stage::Open(bytes.unwrap_or_default())
        }
        (_, "ready") if is_public => Stage::Public(film["permalink_url"].as_str().map(str::to_owned)),
        (_, "ready" | "upload_complete") => Stage::Whole,
        _ => Stage::Working,
    }
}

/// What Facebook says of a film that it does not publish.
pub(super) fn rejected(why: &str) -> NetworkError {
    let why: String = why.chars().filter(|c| !c.is_control()).take(250).collect();
    NetworkError::new(ErrorKind::Content, "media_rejected", why)
}

fn unreadable(what: &str) -> NetworkError {
    NetworkError::new(ErrorKind::Retry, "answer_unreadable", format!("Facebook did not give {what}"))
}

/// Where the session is, when a part was sent that it does not want.
fn elsewhere(answer: &Response) -> Option<Value> {
    let said: Value = answer.json().ok()?;
    let error = &said["error"];
    (number(&error["error_subcode"]) == Some(RESUME_ELSEWHERE)).then(|| error["error_data"].clone())
}

/// The part that is wanted next, which lies within the film.
fn range(offsets: &Value, media: &Media) -> Result<(u64, u64), NetworkError> {
    match (number(&offsets["start_offset"]), number(&offsets["end_offset"])) {
        (Some(from), Some(until)) if from <= until && until <= media.source.size() => Ok((from, until)),
        _ => Err(unreadable("the part that it wants")),
    }
}

async fn keep(film: &Film, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
    state.own.film = Some(film.clone());
    state.save(progress).await
}

/// Forgets a session that has ended: the next attempt begins a new one. The error is what to say of this one.
async fn forget(error: NetworkError, state: &mut State<Own>, progress: &dyn Progress) -> NetworkError {
    state.own.film = None;
    let kind = if error.kind == ErrorKind::Content { ErrorKind::Content } else { ErrorKind::Retry };
    match state.save(progress).await {
        Ok(()) => NetworkError { kind, ..error },
        Err(not_saved) => not_saved,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn film(video: &str, uploading: &str, publishing: &str) -> Value {
        json!({ "permalink_url": "/reel/1/", "status": {
            "video_status": video,
            "uploading_phase": { "status": uploading, "bytes_transfered": 50_002 },
            "processing_phase": { "status": "not_started" },
            "publishing_phase": { "status": publishing },
        } })
    }

    #[test]
    fn a_film_is_public_when_all_three_phases_are_over() {
        assert!(matches!(stage_of(&film("processing", "in_progress", "not_started")), Stage::Open(50_002)));
        assert!(matches!(stage_of(&film("upload_complete", "complete", "not_started")), Stage::Whole));
        assert!(matches!(stage_of(&film("processing", "complete", "not_started")), Stage::Working));
        assert!(matches!(stage_of(&film("ready", "complete", "not_started")), Stage::Whole));
        assert!(matches!(stage_of(&film("ready", "complete", "complete")), Stage::Public(Some(_))));
        assert!(matches!(stage_of(&film("expired", "in_progress", "not_started")), Stage::Gone));
        assert!(matches!(stage_of(&json!({})), Stage::Working));
    }

    #[test]
    fn an_error_in_a_phase_is_told_in_its_words() {
        let mut flawed = film("processing", "complete", "not_started");
        flawed["status"]["processing_phase"]["error"] = json!({ "message": "Resolution too low" });
        assert!(matches!(stage_of(&flawed), Stage::Failed(why) if why == "Resolution too low"));
    }
}
