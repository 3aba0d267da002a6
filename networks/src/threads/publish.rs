//! Publishing, and finding out afterwards whether it happened.

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::{POLL, POST_FIELDS, REPLY_CONTROL, TOPIC};
use crate::content::{Content, Media};
use crate::error::NetworkError;
use crate::meta::containers::{Form, Graph, Lookup, Own, Plan, Post};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

/// How far the clock of Threads may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is asked of an answer.
const REPLY_FIELDS: &str = "id,text,media_type,permalink,timestamp,replied_to";

/// The names of a poll's answers.
const ANSWERS: [&str; 4] = ["option_a", "option_b", "option_c", "option_d"];

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
        let plan = self.plan(state);
        self.graph.fill(&[&self.account.remote_id, "threads"], plan, state, progress).await?;
        self.graph.note(&self.list(state), state).await
    }

    async fn send(&self, state: &mut State<Own>, _progress: &dyn Progress) -> Result<Published, NetworkError> {
        let id = self.graph.publish(&[&self.account.remote_id, "threads_publish"], &state.own).await?;
        Ok(self.graph.published(id).await)
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let text = self.text(state);
        let media = if state.sent.is_empty() { self.content.media.len() } else { 0 };
        let parent = parent(state, self.content);
        let is_it = |post: &Post| {
            let answers = post.replied_to.as_ref().map(|thing| thing.id.as_str());
            let is_known = state.sent.iter().any(|sent| sent.remote_id == post.id);
            // Whom a post answers is not always told.
            !is_known && (answers.is_none() || answers == parent) && post.says(text) && post.media_count() == media
        };
        self.graph.search(&state.own, &self.list(state), is_it).await
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        Graph::refused(own, error);
    }
}

impl Publishing<'_> {
    /// Answers have a list of their own.
    fn list(&self, state: &State<Own>) -> Lookup<'_> {
        let oldest = self.content.created_at - CLOCK_SKEW;
        let (edge, fields) = if state.sent.is_empty() { ("threads", POST_FIELDS) } else { ("replies", REPLY_FIELDS) };
        Lookup { path: [&self.account.remote_id, edge], fields, oldest }
    }

    /// The text of the next post.
    fn text(&self, state: &State<Own>) -> &str {
        self.content.pieces().get(state.sent.len()).copied().unwrap_or_default()
    }

    /// What containers the next post takes. <https://developers.facebook.com/documentation/threads/reference/publishing>
    fn plan(&self, state: &State<Own>) -> Plan {
        let text = self.text(state);
        let words = (!text.is_empty()).then(|| ("text", text.to_owned()));
        if let Some(parent) = parent(state, self.content) {
            let mut post = vec![("media_type", "TEXT".to_owned()), ("reply_to_id", parent.to_owned())];
            post.extend(words);
            return Plan { items: Vec::new(), post };
        }
        let (items, mut post) = match self.content.media.as_slice() {
            [] => (Vec::new(), self.words_alone()),
            [media] => (Vec::new(), shown(media)),
            media => {
                let items = media.iter().map(|media| {
                    let mut item = shown(media);
                    item.push(("is_carousel_item", "true".to_owned()));
                    item
                });
                (items.collect(), vec![("media_type", "CAROUSEL".to_owned())])
            }
        };
        post.extend(words);
        for (option, field) in [(TOPIC, "topic_tag"), (REPLY_CONTROL, "reply_control")] {
            post.extend(self.content.options.get(option).map(|value| (field, value.clone())));
        }
        Plan { items, post }
    }

    /// What only a post without images and films may have.
    fn words_alone(&self) -> Form {
        let mut form = vec![("media_type", "TEXT".to_owned())];
        form.extend(self.content.link.clone().map(|link| ("link_attachment", link)));
        if let Some(poll) = self.content.options.get(POLL) {
            let answers = ANSWERS.into_iter().zip(poll.lines());
            let answers: Map<_, _> = answers.map(|(name, answer)| (name.to_owned(), answer.trim().into())).collect();
            form.push(("poll_attachment", Value::Object(answers).to_string()));
        }
        form
    }
}

/// An image or a film.
fn shown(media: &Media) -> Form {
    let (kind, address) = if media.is_video() { ("VIDEO", "video_url") } else { ("IMAGE", "image_url") };
    let mut form = vec![("media_type", kind.to_owned()), (address, media.link.to_string())];
    if !media.alt_text.is_empty() {
        form.push(("alt_text", media.alt_text.clone()));
    }
    form
}
