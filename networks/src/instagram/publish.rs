//! Publishing, and finding out afterwards whether it happened.

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_platform::http::Method;

use super::{COVER_SECONDS, Format, POST_FIELDS, SHARE_TO_FEED};
use crate::call::{Step, read};
use crate::content::{Content, Media};
use crate::error::{ErrorKind, NetworkError};
use crate::meta::containers::{Form, Graph, Lookup, Own, Page, Plan, Post, Thing};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

/// How far Instagram's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// The most comments of a post among which the first one is looked for.
const COMMENTS: &str = "50";

/// A publication on its way to an account.
pub struct Publishing<'a> {
    pub graph: Graph<'a>,
    pub account: &'a Account,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if state.sent.is_empty() {
            let path = [self.account.remote_id.as_str(), "media"];
            self.graph.fill(&path, self.plan(), state, progress).await?;
            self.graph.note(&self.list(), state).await?;
        }
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, _progress: &dyn Progress) -> Result<Published, NetworkError> {
        if let Some(post) = parent(state, self.content) {
            return self.comment(post).await;
        }
        let id = self.graph.publish(&[&self.account.remote_id, "media_publish"], &state.own).await?;
        Ok(self.graph.published(id).await)
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        if let Some(post) = parent(state, self.content) {
            return self.find_comment(post).await;
        }
        let (format, kind) = (self.format(), self.kind());
        let is_it = |post: &Post| match format {
            Format::Story => post.media_type.as_deref() == Some(kind),
            _ => post.says(&self.content.text) && post.media_count() == self.content.media.len(),
        };
        self.graph.search(&state.own, &self.list(), is_it).await
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        Graph::refused(own, error);
    }
}

impl Publishing<'_> {
    fn format(&self) -> Format {
        let films = self.content.media.iter().filter(|media| media.is_video()).count();
        Format::of(&self.content.options, films, self.content.media.len())
    }

    /// What a story shows, as Instagram calls it.
    fn kind(&self) -> &'static str {
        if self.content.media.iter().any(Media::is_video) { "VIDEO" } else { "IMAGE" }
    }

    /// Stories have a list of their own.
    fn list(&self) -> Lookup<'_> {
        let edge = if self.format() == Format::Story { "stories" } else { "media" };
        let oldest = self.content.created_at - CLOCK_SKEW;
        Lookup { path: [&self.account.remote_id, edge], fields: POST_FIELDS, oldest }
    }

    /// What containers the post takes.
    /// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>
    fn plan(&self) -> Plan {
        let caption = (!self.content.text.is_empty()).then(|| ("caption", self.content.text.clone()));
        match (self.format(), self.content.media.as_slice()) {
            (Format::Story, [media, ..]) => {
                Plan { items: Vec::new(), post: vec![("media_type", "STORIES".to_owned()), address(media)] }
            }
            (_, [film]) if film.is_video() => {
                let option = |name| self.content.options.get(name).map(String::as_str);
                let share = option(SHARE_TO_FEED).unwrap_or("true");
                let mut post =
                    vec![("media_type", "REELS".to_owned()), address(film), ("share_to_feed", share.to_owned())];
                if let Some(seconds) = option(COVER_SECONDS).and_then(|seconds| seconds.parse::<u64>().ok()) {
                    post.push(("thumb_offset", (seconds * 1000).to_string()));
                }
                post.extend(caption);
                Plan { items: Vec::new(), post }
            }
            (_, [image]) => {
                let mut post = shown(image);
                post.extend(caption);
                Plan { items: Vec::new(), post }
            }
            (_, media) => {
                let items = media.iter().map(|media| {
                    let mut item = shown(media);
                    item.push(("is_carousel_item", "true".to_owned()));
                    item
                });
                let mut post = vec![("media_type", "CAROUSEL".to_owned())];
                post.extend(caption);
                Plan { items: items.collect(), post }
            }
        }
    }

    fn comment_text(&self) -> &str {
        self.content.first_comment.as_deref().unwrap_or_default()
    }

    /// Comments on the post. <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/comments>
    async fn comment(&self, post: &str) -> Result<Published, NetworkError> {
        let request = self.graph.request(Method::POST, &[post, "comments"])?;
        let request = request.form(&[("message", self.comment_text())]);
        let made: Thing = read(&self.graph.send(request, Step::Commit).await?, Step::Commit)?;
        Ok(Published { remote_id: made.id, url: None })
    }

    /// Nobody else says the same right away: what says it and is not by somebody else is it.
    async fn find_comment(&self, post: &str) -> Result<Search, NetworkError> {
        let request = self.graph.get(&[post, "comments"], "id,text,timestamp,username")?.query(&[("limit", COMMENTS)]);
        let Some(answer) = self.graph.find(request).await? else {
            let detail = "the post to comment on is not there any more";
            return Err(NetworkError::new(ErrorKind::Ask, "post_gone", detail));
        };
        let page: Page<Post> = read(&answer, Step::Repeatable)?;
        let is_full = page.is_not_the_last();
        let found = page.data.into_iter().find(|comment| {
            let own = comment.username.as_deref().is_none_or(|name| name == self.account.handle);
            own && comment.says(self.comment_text())
        });
        Ok(match found {
            Some(comment) => Search::Found(Published { remote_id: comment.id, url: None }),
            None if is_full => Search::CannotTell,
            None => Search::NotThere,
        })
    }
}

/// Where the bytes of an image or a film are.
fn address(media: &Media) -> (&'static str, String) {
    (if media.is_video() { "video_url" } else { "image_url" }, media.link.to_string())
}

/// An image or a film. Descriptions are taken of images alone.
fn shown(media: &Media) -> Form {
    let mut form = vec![address(media)];
    if media.is_video() {
        form.push(("media_type", "VIDEO".to_owned()));
    } else if !media.alt_text.is_empty() {
        form.push(("alt_text", media.alt_text.clone()));
    }
    form
}
