//! Publishing: a film in an upload session, piece by piece, and the first comment.
//! <https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_platform::http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::wire::{self, API, CommentThread, Page, Video, said, videos};
use super::{TITLE, watch};
use crate::call::{Step, asked_later, not_noted, polls, read, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api, refusal};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

const UPLOAD: &str = "https://www.googleapis.com/upload/youtube/v3/videos";

/// The size of a piece of film, in bytes: a multiple of 256 KiB, as the protocol wants it.
const PIECE: u64 = 8 * 1024 * 1024;

/// When YouTube is asked again that is still at work on a film.
const PROCESSING: Duration = Duration::from_secs(30);

/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// The code of an error that says that YouTube has forgotten the upload session.
const SESSION_GONE: &str = "upload_expired";

/// The code of an error that says that YouTube could make nothing of the film, or does not want it.
const FILM_REFUSED: &str = "film_refused";

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The address of the upload session.
    #[serde(default)]
    session: Option<String>,
    /// How much of the film has arrived, in bytes.
    #[serde(default)]
    arrived: u64,
    /// The video that was made.
    #[serde(default)]
    video: Option<String>,
}

/// How far an upload session has come.
enum Session {
    /// So many bytes have arrived.
    At(u64),
    /// All have, and this is the video.
    Whole(String),
    /// YouTube does not know it.
    Gone,
}

/// How a video is.
enum Film {
    Ready,
    Processing,
    Refused(String),
}

/// A publication on its way to a channel.
pub struct Publishing<'a> {
    pub api: Api<'a>,
    pub account: &'a Account,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    /// Begins the session and sends all of the film but its last piece.
    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if !state.sent.is_empty() || state.own.video.is_some() {
            return Ok(());
        }
        let film = self.film()?;
        match self.session(&state.own, film).await? {
            Some(Session::At(arrived)) => state.own.arrived = arrived,
            Some(Session::Whole(video)) => {
                state.own.video = Some(video);
                return state.save(progress).await;
            }
            Some(Session::Gone) | None => {
                state.own = Own { session: Some(self.begin(film).await?), ..Own::default() };
                state.save(progress).await?;
            }
        }
        while film.source.size() - state.own.arrived > PIECE {
            let end = state.own.arrived + PIECE;
            let answer = self.send_piece(&state.own, film, end, Step::Repeatable).await?;
            let arrived = arrived(&answer);
            if arrived <= state.own.arrived {
                return Err(NetworkError::new(ErrorKind::Retry, "upload_stuck", "a piece of the film did not arrive"));
            }
            state.own.arrived = arrived;
            state.save(progress).await?;
        }
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        if !state.sent.is_empty() {
            return self.comment(state).await;
        }
        let video = if let Some(video) = &state.own.video {
            video.clone()
        } else {
            let video = self.finish(&state.own).await?;
            state.own.video = Some(video.clone());
            // The video is there: what is not saved now is found by the session.
            state.save(progress).await.map_err(not_noted)?;
            video
        };
        for pause in polls() {
            match self.video(&video).await.map_err(|error| asked_later(error, PROCESSING))? {
                Film::Ready => return Ok(published(video)),
                Film::Processing => tokio::time::sleep(pause).await,
                Film::Refused(reason) => return Err(NetworkError::new(ErrorKind::Content, FILM_REFUSED, reason)),
            }
        }
        Err(processing())
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        if let Some(video) = parent(state, self.content) {
            return self.find_comment(video, state.sent.len()).await;
        }
        if let Some(video) = &state.own.video {
            return self.made(video).await;
        }
        match self.session(&state.own, self.film()?).await? {
            Some(Session::At(_)) => Ok(Search::NotThere),
            Some(Session::Whole(video)) => self.made(&video).await,
            Some(Session::Gone) | None => self.find_upload().await,
        }
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        if matches!(error.code, SESSION_GONE | FILM_REFUSED) {
            *own = Own::default();
        }
    }
}

impl Publishing<'_> {
    fn film(&self) -> Result<&Media, NetworkError> {
        let none = || NetworkError::new(ErrorKind::Content, "film_missing", "there is no film");
        self.content.media.iter().find(|media| media.is_video()).ok_or_else(none)
    }

    /// Begins an upload session. Answers its address.
    async fn begin(&self, film: &Media) -> Result<String, NetworkError> {
        let (snippet, status) = said(self.content, &serde_json::Value::Null, &serde_json::Value::Null);
        let request = self.api.http.post(google::url(UPLOAD)?);
        let request = request
            .query(&[("uploadType", "resumable"), ("part", "snippet,status")])
            .header("x-upload-content-length", &film.source.size().to_string())
            .header("x-upload-content-type", &film.mime)
            .json(&json!({ "snippet": snippet, "status": status }));
        let answer = self.api.send(request, Step::Repeatable).await?;
        let none = || NetworkError::new(ErrorKind::Retry, "answer_unreadable", "the answer names no upload session");
        answer.header("location").map(str::to_owned).ok_or_else(none)
    }

    /// Asks how far the session has come; none when there is none.
    async fn session(&self, own: &Own, film: &Media) -> Result<Option<Session>, NetworkError> {
        let Some(session) = &own.session else { return Ok(None) };
        let request = self.api.http.request(Method::PUT, google::url(session)?);
        let request = request
            .header("content-range", &format!("bytes */{}", film.source.size()))
            .bytes("application/octet-stream", bytes::Bytes::new());
        let answer = self.api.answer(request, Step::Repeatable).await?;
        Ok(Some(match answer.status {
            StatusCode::PERMANENT_REDIRECT => Session::At(arrived(&answer)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Session::Gone,
            status if status.is_success() => Session::Whole(read::<Video>(&answer, Step::Repeatable)?.id),
            _ => return Err(refusal(&answer, Step::Repeatable)),
        }))
    }

    /// Sends the film from where it has arrived to there.
    async fn send_piece(&self, own: &Own, film: &Media, end: u64, step: Step) -> Result<Response, NetworkError> {
        let session = own.session.as_deref().ok_or_else(session_gone)?;
        let (from, size) = (own.arrived, film.source.size());
        let request = self.api.http.request(Method::PUT, google::url(session)?);
        let request = request
            .source(&film.mime, &film.source, from..end)
            .header("content-range", &format!("bytes {from}-{}/{size}", end.saturating_sub(1)))
            .patience(upload_patience(end - from));
        let answer = self.api.answer(request, step).await?;
        match answer.status {
            StatusCode::PERMANENT_REDIRECT => Ok(answer),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(session_gone()),
            status if status.is_success() => Ok(answer),
            _ => Err(refusal(&answer, step)),
        }
    }

    /// Sends what is left of the film, which makes the video. The session may have got more than is known here, also
    /// all of it.
    async fn finish(&self, own: &Own) -> Result<String, NetworkError> {
        let film = self.film()?;
        let arrived = match self.session(own, film).await? {
            Some(Session::At(arrived)) => arrived,
            Some(Session::Whole(video)) => return Ok(video),
            Some(Session::Gone) | None => return Err(session_gone()),
        };
        let own = Own { session: own.session.clone(), arrived, video: None };
        let answer = self.send_piece(&own, film, film.source.size(), Step::Commit).await?;
        if answer.status == StatusCode::PERMANENT_REDIRECT {
            return Err(NetworkError::new(ErrorKind::Retry, "upload_stuck", "the end of the film did not arrive"));
        }
        Ok(read::<Video>(&answer, Step::Commit)?.id)
    }

    /// How a video of this channel is. <https://developers.google.com/youtube/v3/docs/videos#status.uploadStatus>
    async fn video(&self, id: &str) -> Result<Film, NetworkError> {
        let found = videos(&self.api, "status", &[id]).await?;
        let status = found.first().map(|video| &video.status);
        let word = |name: &str| status.and_then(|status| status[name].as_str());
        Ok(match word("uploadStatus") {
            Some("processed") => Film::Ready,
            Some(refused @ ("failed" | "rejected" | "deleted")) => {
                let reason = word("failureReason").or_else(|| word("rejectionReason")).unwrap_or_default();
                Film::Refused(format!("{refused}: {reason}"))
            }
            // Right after the upload it may not be listed yet.
            _ => Film::Processing,
        })
    }

    /// What became of a video that was made.
    async fn made(&self, video: &str) -> Result<Search, NetworkError> {
        match self.video(video).await? {
            Film::Ready => Ok(Search::Found(published(video.to_owned()))),
            Film::Processing => Err(processing()),
            // Sending it again asks once more, and says why.
            Film::Refused(_) => Ok(Search::NotThere),
        }
    }

    /// Looks for the video among the newest uploads, for want of a session.
    async fn find_upload(&self) -> Result<Search, NetworkError> {
        let Some(uploads) = wire::uploads(&self.api, self.account).await? else { return Ok(Search::CannotTell) };
        let oldest = self.content.created_at - CLOCK_SKEW;
        let title = self.content.options.get(TITLE).map(|title| title.trim());
        let is_it = |video: &&Video| {
            wire::published_at(video).is_none_or(|at| at >= oldest)
                && video.snippet["title"].as_str().map(str::trim) == title
                && video.snippet["description"].as_str().unwrap_or_default().trim() == self.content.text.trim()
        };
        match uploads.iter().find(is_it) {
            Some(video) => self.made(&video.id).await,
            None => Ok(Search::NotThere),
        }
    }

    async fn comment(&self, state: &State<Own>) -> Result<Published, NetworkError> {
        let none = || NetworkError::new(ErrorKind::Ask, "checkpoint_unreadable", "the comment belongs to nothing");
        let video = parent(state, self.content).ok_or_else(none)?;
        let text = self.content.pieces().get(state.sent.len()).copied().unwrap_or_default();
        let request = self.api.http.post(google::url(&format!("{API}/commentThreads"))?);
        let request = request.query(&[("part", "snippet")]).json(&wire::comment(video, text));
        let made: CommentThread = self.api.read(request, Step::Commit).await?;
        Ok(comment_of(video, made.id))
    }

    async fn find_comment(&self, video: &str, index: usize) -> Result<Search, NetworkError> {
        let text = self.content.pieces().get(index).copied().unwrap_or_default();
        let query = [("part", "snippet"), ("videoId", video), ("order", "time"), ("maxResults", "100")];
        let request = self.api.get(&format!("{API}/commentThreads"))?.query(&query);
        let Some(page) = self.api.find::<Page<CommentThread>>(request).await? else { return Ok(Search::NotThere) };
        let is_last = page.next_page_token.is_none();
        let found = page.items.into_iter().find(|thread| thread.is(&self.account.remote_id, text));
        Ok(match found {
            Some(thread) => Search::Found(comment_of(video, thread.id)),
            None if is_last => Search::NotThere,
            // Behind so many newer ones it is not looked for.
            None => Search::CannotTell,
        })
    }
}

/// How many bytes have arrived: `Range: bytes=0-LAST`, and no such header when none have.
fn arrived(answer: &Response) -> u64 {
    let last = answer.header("range").and_then(|range| range.strip_prefix("bytes=0-")?.trim().parse::<u64>().ok());
    last.map_or(0, |last| last + 1)
}

fn published(video: String) -> Published {
    Published { url: watch(&video), remote_id: video }
}

fn comment_of(video: &str, comment: String) -> Published {
    let mut url = watch(video);
    if let Some(url) = &mut url {
        url.query_pairs_mut().append_pair("lc", &comment);
    }
    Published { remote_id: comment, url }
}

fn session_gone() -> NetworkError {
    NetworkError::new(ErrorKind::Retry, SESSION_GONE, "YouTube has forgotten the upload session")
}

fn processing() -> NetworkError {
    NetworkError::waiting("YouTube is still at work on the film", PROCESSING)
}
