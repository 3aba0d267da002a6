//! Publishing: a film in chunks, or photos by their addresses.
//! <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta};
use diwan_platform::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::wire::{self, Api, Begun, Creator, PUBLICATION_GONE, Status, refusal};
use super::{
    BRAND_CONTENT, BRAND_ORGANIC, DISABLE_COMMENT, DISABLE_DUET, DISABLE_STITCH, MADE_WITH_AI, PRIVACY, TITLE,
};
use crate::call::{Step, asked_later, no_answer, not_noted, polls, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps};

/// The size of a chunk, in bytes: between the 5 and 64 MB that TikTok takes. What is left over goes with the last one.
const CHUNK: u64 = 10_000_000;

/// When TikTok is asked again that is still at work. It may be asked 30 times a minute.
const PROCESSING: Duration = Duration::from_secs(15);

/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is asked of a post.
const FIELDS: &str = "id,title,video_description,create_time,share_url";

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The publication's id at TikTok.
    #[serde(default)]
    publish_id: Option<String>,
    /// Where its film goes.
    #[serde(default)]
    upload_url: Option<String>,
    /// How much of the film has arrived, in bytes.
    #[serde(default)]
    arrived: u64,
    /// The account's newest posts before photos were sent.
    #[serde(default)]
    before: Vec<String>,
    /// What TikTok lets nobody do with the account's posts.
    #[serde(default)]
    disabled: [bool; 3],
}

/// A publication on its way to an account.
pub struct Publishing<'a> {
    pub api: Api<'a>,
    pub account: &'a Account,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    /// Asks what the account may do now, as TikTok demands before each post. Of a film, names it to TikTok and sends
    /// all but its last chunk.
    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if let Some(publish_id) = &state.own.publish_id {
            let status = self.api.status(publish_id).await;
            match status {
                Ok(status) if status.state == "PROCESSING_UPLOAD" => state.own.arrived = status.uploaded_bytes,
                // Posted already, or at work: sending asks for it.
                Ok(status) if status.state != "FAILED" => return Ok(()),
                Err(error) if error.code != PUBLICATION_GONE => return Err(error),
                Ok(_) | Err(_) => state.own = Own::default(),
            }
        }
        if state.own.publish_id.is_none() {
            let creator = self.api.creator().await?;
            self.is_allowed(&creator)?;
            state.own.disabled = [creator.comment_disabled, creator.duet_disabled, creator.stitch_disabled];
            match self.film() {
                Some(film) => {
                    let begun = self.begin(film, &state.own).await?;
                    state.own.publish_id = Some(begun.publish_id);
                    state.own.upload_url = begun.upload_url;
                }
                None => state.own.before = self.newest().await?,
            }
            state.save(progress).await?;
        }
        let Some(film) = self.film() else { return Ok(()) };
        let sent = self.send_chunks(film, state, progress).await;
        if sent.as_ref().is_err_and(|error| error.code == PUBLICATION_GONE) {
            // It is begun anew.
            state.own = Own::default();
            state.save(progress).await?;
        }
        sent
    }

    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        let publish_id = match (self.film(), state.own.publish_id.clone()) {
            (Some(film), Some(publish_id)) => {
                self.finish(film, &state.own, &publish_id).await?;
                publish_id
            }
            (Some(_), None) => return Err(gone("there is no publication")),
            (None, Some(publish_id)) => publish_id,
            (None, None) => {
                let body = self.photos(&state.own);
                let begun: Begun = self.api.post("/post/publish/content/init/", &body, Step::Commit).await?;
                state.own.publish_id = Some(begun.publish_id.clone());
                state.save(progress).await.map_err(not_noted)?;
                begun.publish_id
            }
        };
        let mut complete = None;
        for pause in polls() {
            let status = self.api.status(&publish_id).await.map_err(|error| asked_later(error, PROCESSING))?;
            match status.state.as_str() {
                "PUBLISH_COMPLETE" if status.post_id().is_some() || !self.is_public() => {
                    return Ok(self.published(&publish_id, &status).await);
                }
                // Everybody will see it, once TikTok has looked at it. It has no id until then.
                "PUBLISH_COMPLETE" => complete = Some(status),
                "FAILED" => return Err(failed(&status.fail_reason)),
                _ => {}
            }
            tokio::time::sleep(pause).await;
        }
        match complete {
            Some(status) => Ok(self.published(&publish_id, &status).await),
            None => Err(processing()),
        }
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let Some(publish_id) = &state.own.publish_id else { return self.listed(&state.own).await };
        let status = match self.api.status(publish_id).await {
            // Only what came to nothing is forgotten so soon.
            Err(error) if error.code == PUBLICATION_GONE => return self.listed(&state.own).await,
            status => status?,
        };
        match status.state.as_str() {
            "PUBLISH_COMPLETE" => Ok(Search::Found(self.published(publish_id, &status).await)),
            // Sending asks once more, and says why.
            "FAILED" => Ok(Search::NotThere),
            "PROCESSING_UPLOAD" if self.film().is_some_and(|film| status.uploaded_bytes < film.source.size()) => {
                Ok(Search::NotThere)
            }
            _ => Err(processing()),
        }
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    /// A publication that came to nothing is begun anew.
    fn refused(&self, own: &mut Own, error: &NetworkError) {
        if matches!(error.code, PUBLICATION_GONE | FAILED | PULL_FAILED) {
            *own = Own::default();
        }
    }
}

/// The codes of errors that say that TikTok could make nothing of a publication, or could not fetch its photos.
const FAILED: &str = "publication_failed";
const PULL_FAILED: &str = "pull_failed";

impl Publishing<'_> {
    fn film(&self) -> Option<&Media> {
        self.content.media.iter().find(|media| media.is_video())
    }

    fn option(&self, name: &str) -> &str {
        self.content.options.get(name).map(String::as_str).unwrap_or_default()
    }

    fn is_set(&self, name: &str) -> bool {
        self.option(name) == "true"
    }

    fn is_public(&self) -> bool {
        self.option(PRIVACY) == "PUBLIC_TO_EVERYONE"
    }

    /// What may have changed since the post was written.
    fn is_allowed(&self, creator: &Creator) -> Result<(), NetworkError> {
        let refused = |code, detail: String| Err(NetworkError::new(ErrorKind::Content, code, detail));
        let privacy = self.option(PRIVACY);
        if !creator.privacy_level_options.iter().any(|offered| offered == privacy) {
            return refused("privacy_not_offered", format!("the account does not offer {privacy} now"));
        }
        let longest = creator.max_video_post_duration_sec.map(|seconds| seconds.saturating_mul(1000));
        match (self.film().and_then(|film| film.duration_ms), longest) {
            (Some(length), Some(longest)) if length > longest => {
                refused("film_too_long", format!("the account's films may take {} s", longest / 1000))
            }
            _ => Ok(()),
        }
    }

    /// What is said of a post of either kind.
    fn said(&self, own: &Own) -> Value {
        json!({
            "privacy_level": self.option(PRIVACY),
            "disable_comment": self.is_set(DISABLE_COMMENT) || own.disabled[0],
            "brand_content_toggle": self.is_set(BRAND_CONTENT),
            "brand_organic_toggle": self.is_set(BRAND_ORGANIC),
        })
    }

    /// Names a film to TikTok.
    async fn begin(&self, film: &Media, own: &Own) -> Result<Begun, NetworkError> {
        let mut info = self.said(own);
        info["title"] = self.content.text.as_str().into();
        info["disable_duet"] = (self.is_set(DISABLE_DUET) || own.disabled[1]).into();
        info["disable_stitch"] = (self.is_set(DISABLE_STITCH) || own.disabled[2]).into();
        info["is_aigc"] = self.is_set(MADE_WITH_AI).into();
        let (size, count) = (film.source.size(), chunks(film.source.size()));
        let source = json!({
            "source": "FILE_UPLOAD",
            "video_size": size,
            "chunk_size": if count == 1 { size } else { CHUNK },
            "total_chunk_count": count,
        });
        let body = json!({ "post_info": info, "source_info": source });
        self.api.post("/post/publish/video/init/", &body, Step::Repeatable).await
    }

    /// The photos, as TikTok is told of them.
    fn photos(&self, own: &Own) -> Value {
        let mut info = self.said(own);
        info["description"] = self.content.text.as_str().into();
        if let Some(title) = self.content.options.get(TITLE) {
            info["title"] = title.as_str().into();
        }
        let photos: Vec<&str> = self.content.media.iter().map(|photo| photo.link.as_str()).collect();
        json!({
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": info,
            "source_info": { "source": "PULL_FROM_URL", "photo_images": photos, "photo_cover_index": 0 },
        })
    }

    /// Sends all chunks but the last.
    async fn send_chunks(
        &self,
        film: &Media,
        state: &mut State<Own>,
        progress: &dyn Progress,
    ) -> Result<(), NetworkError> {
        let last = (chunks(film.source.size()) - 1) * CHUNK;
        // A chunk that arrived in part is sent again as a whole.
        state.own.arrived = state.own.arrived / CHUNK * CHUNK;
        while state.own.arrived < last {
            let end = state.own.arrived + CHUNK;
            self.send_chunk(film, &state.own, end, Step::Repeatable).await?;
            state.own.arrived = end;
            state.save(progress).await?;
        }
        Ok(())
    }

    async fn send_chunk(&self, film: &Media, own: &Own, end: u64, step: Step) -> Result<(), NetworkError> {
        let url = own.upload_url.as_deref().ok_or_else(|| gone("there is nowhere to upload to"))?;
        let (from, size) = (own.arrived, film.source.size());
        let request = self.api.http.request(Method::PUT, wire::address(url)?);
        let request = request
            .source(&film.mime, &film.source, from..end)
            .header("content-range", &format!("bytes {from}-{}/{size}", end.saturating_sub(1)))
            .patience(upload_patience(end - from));
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        match answer.status {
            status if status.is_success() => Ok(()),
            // Its address is good for an hour.
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(gone("the address of the upload has ended")),
            // Another chunk was expected: the next attempt asks which.
            StatusCode::RANGE_NOT_SATISFIABLE => {
                Err(NetworkError::new(ErrorKind::Retry, "upload_stuck", "TikTok has got more or less of the film"))
            }
            _ => Err(refusal(&answer, step)),
        }
    }

    /// Sends the last chunk, which makes the post, unless it has arrived already.
    async fn finish(&self, film: &Media, own: &Own, publish_id: &str) -> Result<(), NetworkError> {
        let status = self.api.status(publish_id).await?;
        let size = film.source.size();
        let last = (chunks(size) - 1) * CHUNK;
        match status.state.as_str() {
            "FAILED" => Err(failed(&status.fail_reason)),
            "PROCESSING_UPLOAD" if status.uploaded_bytes < last => {
                Err(NetworkError::new(ErrorKind::Retry, "upload_stuck", "a chunk of the film did not arrive"))
            }
            "PROCESSING_UPLOAD" if status.uploaded_bytes < size => {
                let own = Own { upload_url: own.upload_url.clone(), arrived: last, ..Own::default() };
                self.send_chunk(film, &own, size, Step::Commit).await
            }
            _ => Ok(()),
        }
    }

    /// The post, by its own id where it has one yet, and by that of its publication where not.
    async fn published(&self, publish_id: &str, status: &Status) -> Published {
        let Some(id) = status.post_id() else { return Published { remote_id: publish_id.to_owned(), url: None } };
        // Without an answer the address is made as TikTok makes it.
        let shared = self.api.videos(&[&id], FIELDS).await.ok();
        let shared = shared.and_then(|videos| videos.first()?["share_url"].as_str()?.parse().ok());
        let kind = if self.film().is_some() { "video" } else { "photo" };
        let made = || format!("{}@{}/{kind}/{id}", super::HOME, self.account.handle).parse().ok();
        Published { url: shared.or_else(made), remote_id: id }
    }

    /// The ids of the newest posts that everybody sees.
    async fn newest(&self) -> Result<Vec<String>, NetworkError> {
        let posts = self.api.newest("id").await?;
        Ok(posts.iter().filter_map(|post| post["id"].as_str().map(str::to_owned)).collect())
    }

    /// Looks for the post among the newest that everybody sees, for want of its publication. What is not there may
    /// still be somewhere.
    async fn listed(&self, own: &Own) -> Result<Search, NetworkError> {
        let oldest = self.content.created_at - CLOCK_SKEW;
        let posts = self.api.newest(FIELDS).await?;
        let is_it = |post: &&Value| {
            let id = post["id"].as_str();
            let at = post["create_time"].as_i64().and_then(|at| DateTime::from_timestamp(at, 0));
            id.is_some_and(|id| !own.before.iter().any(|known| known == id))
                && at.is_none_or(|at| at >= oldest)
                && post["video_description"].as_str().is_some_and(|text| text.trim() == self.content.text.trim())
        };
        let found = posts.iter().find(is_it);
        let post = found.and_then(|post| {
            let url = post["share_url"].as_str().and_then(|url| url.parse().ok());
            Some(Published { remote_id: post["id"].as_str()?.to_owned(), url })
        });
        Ok(post.map_or(Search::CannotTell, Search::Found))
    }
}

/// In how many chunks a film of so many bytes is sent: all but the last are of one size.
fn chunks(size: u64) -> u64 {
    (size / CHUNK).max(1)
}

fn gone(why: &str) -> NetworkError {
    NetworkError::new(ErrorKind::Retry, PUBLICATION_GONE, why)
}

fn processing() -> NetworkError {
    NetworkError::waiting("TikTok is still at work on the post", PROCESSING)
}

/// A publication that came to nothing, by its reason.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>
fn failed(reason: &str) -> NetworkError {
    let (kind, code) = match reason {
        "internal" => (ErrorKind::Retry, FAILED),
        "video_pull_failed" | "photo_pull_failed" => (ErrorKind::Retry, PULL_FAILED),
        "auth_removed" => (ErrorKind::Reconnect, FAILED),
        "spam_risk_too_many_posts" | "spam_risk_too_many_pending_share" => (ErrorKind::RateLimited, FAILED),
        "spam_risk_user_banned_from_posting" => (ErrorKind::Ask, FAILED),
        _ => (ErrorKind::Content, FAILED),
    };
    NetworkError::new(kind, code, format!("TikTok did not post it: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_as_large_as_tiktok_takes_them() {
        for (size, count) in
            [(1, 1), (4_999_999, 1), (19_999_999, 1), (20_000_000, 2), (29_999_999, 2), (4_000_000_000, 400)]
        {
            assert_eq!(chunks(size), count, "{size}");
            let last = size - (count - 1) * CHUNK;
            assert!(last <= 128_000_000 && (count == 1 || last >= CHUNK), "{size}");
        }
    }

    #[test]
    fn reasons_say_what_to_do() {
        assert_eq!(failed("internal").kind, ErrorKind::Retry);
        assert_eq!(failed("photo_pull_failed").code, PULL_FAILED);
        assert_eq!(failed("file_format_check_failed").kind, ErrorKind::Content);
        assert_eq!(failed("auth_removed").kind, ErrorKind::Reconnect);
    }
}
