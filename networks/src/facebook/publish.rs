//! Publishing: photos and films are sent before, invisible, and one request makes the post of them.

use std::time::Duration;

use async_trait::async_trait;
use diwan_platform::http::Part;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::film::{Film, Stage, rejected, stage};
use super::wire::{Graph, Made, id, path, permalink};
use super::{Format, TITLE, find};
use crate::call::{Step, polls, read, upload_patience};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::meta::{DUPLICATE, NOT_THERE};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

/// After how long a film is looked at again that is processed for longer than one attempt waits.
pub(super) const LATER: Duration = Duration::from_secs(15);

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Own {
    /// The photos sent so far, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) photos: Vec<String>,
    /// The film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) film: Option<Film>,
    /// True when Facebook has refused the post once, because the page has the same already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_double: bool,
    /// The page's newest post before sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Before>,
}

/// What was there before.
#[derive(Serialize, Deserialize)]
pub(super) struct Before {
    /// None when the page had no post at all.
    pub(super) newest: Option<String>,
}

/// What is made of a publication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A post with text, a link or photos.
    Post,
    /// A film among the posts.
    Film,
    /// A reel.
    Reel,
    /// A photo that is gone after a day.
    PhotoStory,
    /// A film that is gone after a day.
    FilmStory,
}

impl Kind {
    pub(super) fn of(content: &Content) -> Self {
        let film = content.media.first().is_some_and(Media::is_video);
        match (Format::of(&content.options), film) {
            (Format::Reel, _) => Self::Reel,
            (Format::Story, true) => Self::FilmStory,
            (Format::Story, false) => Self::PhotoStory,
            (Format::Feed, true) => Self::Film,
            (Format::Feed, false) => Self::Post,
        }
    }
}

/// A publication on its way to a page.
pub(super) struct Publishing<'a> {
    pub(super) graph: Graph<'a>,
    pub(super) account: &'a Account,
    pub(super) content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if !state.sent.is_empty() {
            return Ok(());
        }
        match (Kind::of(self.content), self.content.media.first()) {
            (Kind::Film, Some(film)) => self.upload_in_parts(film, state, progress).await,
            (Kind::Reel, Some(film)) => self.upload_whole("video_reels", film, state, progress).await,
            (Kind::FilmStory, Some(film)) => self.upload_whole("video_stories", film, state, progress).await,
            (Kind::PhotoStory, _) => self.upload_photos(state, progress).await,
            _ => {
                self.upload_photos(state, progress).await?;
                state.own.before = Some(find::newest(&self.graph, &self.account.remote_id).await?);
                Ok(())
            }
        }
    }

    /// What Facebook refuses as a double may be the post of an earlier attempt: it is looked for, like everything that
    /// may be there. If it is not found, and refused again, it is another post with the same words.
    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        match self.make(state).await {
            Err(error) if error.code == DUPLICATE && state.own.is_double => {
                Err(NetworkError { kind: ErrorKind::Content, ..error })
            }
            Err(error) if error.code == DUPLICATE => {
                state.own.is_double = true;
                match state.save(progress).await {
                    Err(lost) if lost.kind == ErrorKind::LeaseLost => Err(lost),
                    _ => Err(error),
                }
            }
            made => made,
        }
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        if let Some(post) = parent(state, self.content) {
            return find::comment(&self.graph, (&self.account.remote_id, post), self.content).await;
        }
        match (Kind::of(self.content), &state.own.film, state.own.photos.first()) {
            // Without the ids of its photos a post cannot be told from others.
            (Kind::Post, ..) if state.own.photos.len() != self.content.media.len() => Ok(Search::CannotTell),
            (Kind::Post, ..) => find::post(&self.graph, &self.account.remote_id, self.content, &state.own).await,
            (Kind::PhotoStory, _, Some(photo)) => find::story(self, photo).await,
            (kind, Some(film), _) => find::film(self, kind, &film.id).await,
            _ => Ok(Search::CannotTell),
        }
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    /// What was sent before may have ended, or cannot be used twice: it is sent anew.
    fn refused(&self, own: &mut Own, error: &NetworkError) {
        if error.code == NOT_THERE || error.kind == ErrorKind::Content {
            *own = Own::default();
        }
    }
}

impl Publishing<'_> {
    /// Makes the next post.
    async fn make(&self, state: &State<Own>) -> Result<Published, NetworkError> {
        if let Some(post) = parent(state, self.content) {
            return self.comment(post).await;
        }
        match (Kind::of(self.content), &state.own.film, state.own.photos.first()) {
            (Kind::Post, ..) => self.post(&state.own.photos).await,
            (Kind::PhotoStory, _, Some(photo)) => self.photo_story(photo).await,
            (kind, Some(film), _) => self.film(kind, film).await,
            _ => Err(NetworkError::new(ErrorKind::Retry, "upload_missing", "nothing was sent that could be published")),
        }
    }

    /// Sends the photos that are missing; nobody sees them yet.
    /// <https://developers.facebook.com/docs/graph-api/reference/page/photos/>
    async fn upload_photos(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        for media in self.content.media.iter().skip(state.own.photos.len()) {
            let name = format!("photo.{}", media.mime.rsplit('/').next().unwrap_or("jpeg"));
            let mut parts = vec![Part::text("published", "false")];
            if !media.alt_text.is_empty() {
                parts.push(Part::text("alt_text_custom", media.alt_text.clone()));
            }
            parts.push(Part::file("source", name, media.mime.clone(), media.source.clone()));
            let edge = format!("{}/photos", path(&self.account.remote_id));
            let patience = upload_patience(media.source.size());
            let request = self.graph.post(&edge)?.multipart(parts).patience(patience);
            let photo: Made = self.graph.read(request, Step::Repeatable).await?;
            state.own.photos.push(photo.id);
            state.save(progress).await?;
        }
        Ok(())
    }

    /// <https://developers.facebook.com/docs/pages-api/posts/>
    async fn post(&self, photos: &[String]) -> Result<Published, NetworkError> {
        let mut form = Vec::new();
        if !self.content.text.trim().is_empty() {
            form.push(("message".to_owned(), self.content.text.clone()));
        }
        form.extend(self.content.link.iter().map(|link| ("link".to_owned(), link.clone())));
        let attached = photos.iter().enumerate();
        form.extend(
            attached
                .map(|(index, photo)| (format!("attached_media[{index}]"), json!({ "media_fbid": photo }).to_string())),
        );
        let edge = format!("{}/feed", path(&self.account.remote_id));
        let made: Made = self.graph.read(self.graph.post(&edge)?.form(&form), Step::Commit).await?;
        Ok(self.shown(made.id).await)
    }

    /// <https://developers.facebook.com/docs/graph-api/reference/object/comments>
    async fn comment(&self, post: &str) -> Result<Published, NetworkError> {
        let text = self.content.first_comment.as_deref().unwrap_or_default();
        let request = self.graph.post(&format!("{}/comments", path(post)))?.form(&[("message", text)]);
        let made: Made = self.graph.read(request, Step::Commit).await?;
        Ok(self.shown(made.id).await)
    }

    async fn photo_story(&self, photo: &str) -> Result<Published, NetworkError> {
        let edge = format!("{}/photo_stories", path(&self.account.remote_id));
        let request = self.graph.post(&edge)?.form(&[("photo_id", photo)]);
        let answer: Value = self.graph.read(request, Step::Commit).await?;
        self.story_made(photo, &answer).await
    }

    /// A story from the page's list, where its address is; if it is not listed yet, by the answer to the request that
    /// made it.
    async fn story_made(&self, media: &str, answer: &Value) -> Result<Published, NetworkError> {
        if let Ok(Some(listed)) = find::listed_story(self, media).await {
            return Ok(listed);
        }
        let post = id(&answer["post_id"]).filter(|_| answer["success"] == true);
        let unclear = || NetworkError::new(ErrorKind::Unknown, "answer_unreadable", "no id of the story");
        Ok(Published { remote_id: find::story_id(&self.account.remote_id, &post.ok_or_else(unclear)?), url: None })
    }

    /// Publishes a film, and waits for a while until it is processed.
    async fn film(&self, kind: Kind, film: &Film) -> Result<Published, NetworkError> {
        let (edge, mut form) = match kind {
            Kind::Reel => ("video_reels", vec![("video_id", film.id.as_str()), ("video_state", "PUBLISHED")]),
            Kind::FilmStory => ("video_stories", vec![("video_id", film.id.as_str())]),
            _ => ("videos", vec![("upload_session_id", film.session.as_deref().unwrap_or_default())]),
        };
        form.push(("upload_phase", "finish"));
        if kind != Kind::FilmStory {
            if !self.content.text.trim().is_empty() {
                form.push(("description", &self.content.text));
            }
            form.extend(self.content.options.get(TITLE).map(|title| ("title", title.as_str())));
        }
        let edge = format!("{}/{edge}", path(&self.account.remote_id));
        let answer = self.graph.send(self.graph.post(&edge)?.form(&form), Step::Commit).await?;
        let answer: Value = read(&answer, Step::Commit)?;
        if answer["success"] != true {
            let detail = "Facebook does not say that it was done";
            return Err(NetworkError::new(ErrorKind::Unknown, "answer_unreadable", detail));
        }
        self.wait(kind, film, &answer).await
    }

    /// Facebook has taken the film: whatever goes wrong from here on, it is looked for later and never sent again.
    async fn wait(&self, kind: Kind, film: &Film, answer: &Value) -> Result<Published, NetworkError> {
        let mut pauses = polls();
        loop {
            match stage(&self.graph, &film.id).await {
                Ok(Stage::Public(_)) if kind == Kind::FilmStory => return self.story_made(&film.id, answer).await,
                Ok(Stage::Public(url)) => return Ok(film_post(&film.id, url.as_deref())),
                Ok(Stage::Failed(why)) => return Err(rejected(&why)),
                _ => {}
            }
            match pauses.next() {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(NetworkError::waiting("Facebook still processes the film", LATER)),
            }
        }
    }

    /// The post, with the address at which people see it. That is asked for, and not waited for: the post is there.
    async fn shown(&self, id: String) -> Published {
        let asked = async {
            let request = self.graph.get(&path(&id))?.query(&[("fields", "permalink_url")]);
            self.graph.find::<Value>(request).await
        };
        let shown = asked.await.ok().flatten();
        let url = shown.as_ref().and_then(|shown| shown["permalink_url"].as_str());
        Published { url: permalink(url.or(Some(&id))), remote_id: id }
    }
}

/// A film that everybody sees.
pub(super) fn film_post(film: &str, url: Option<&str>) -> Published {
    Published { remote_id: film.to_owned(), url: permalink(url.or(Some(film))) }
}
