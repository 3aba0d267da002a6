//! Publishing, and finding out afterwards whether it happened.

use async_trait::async_trait;
use chrono::{SecondsFormat, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::media::{Uploaded, upload};
use super::text::is_same;
use super::wire::{Api, Created, DUPLICATE, MEDIA_UNKNOWN, POST_FIELDS, Page, Post};
use super::{MADE_WITH_AI, POLL, POLL_MINUTES, POLL_MINUTES_DEFAULT, REPLY_SETTINGS};
use crate::call::{Step, not_noted};
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

/// Posts per page of an account's list (5 to 100), and how many pages a look-up reads.
const PAGE: &str = "100";
const SMALLEST_PAGE: &str = "5";
const MAX_PAGES: usize = 5;
/// How far X's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The files uploaded so far, in their order.
    #[serde(default)]
    pub media: Vec<Uploaded>,
    /// The account's newest post before the first of the publication was sent; none where it had none, or nobody asked.
    #[serde(default)]
    before: Option<String>,
    /// X has refused the next post once because it has one with the same words.
    #[serde(default)]
    refused_as_duplicate: bool,
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

    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if state.sent.is_empty() {
            upload(&self.api, self.content, state, progress).await?;
            let newest = self.posts(&[("max_results", SMALLEST_PAGE)]).await?.items.into_iter();
            state.own.before = newest.map(|post| post.id).max_by_key(|id| number(id));
        }
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        let request = self.api.post("/2/tweets")?.json(&self.body(state));
        match self.api.data::<Created>(request, Step::Commit).await {
            Ok(Created { id }) => Ok(published(self.account, id)),
            // Refused a second time, after the account's posts were read without finding it: it is another post.
            Err(error) if error.code == DUPLICATE && state.own.refused_as_duplicate => {
                Err(NetworkError { kind: ErrorKind::Content, ..error })
            }
            Err(error) if error.code == DUPLICATE => {
                state.own.refused_as_duplicate = true;
                state.save(progress).await.map_err(not_noted)?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let last = state.sent.iter().map(|post| &post.remote_id).max_by_key(|id| number(id));
        let begun = (self.content.created_at - CLOCK_SKEW).to_rfc3339_opts(SecondsFormat::Secs, true);
        let from = match last.or(state.own.before.as_ref()) {
            Some(id) => ("since_id", id.clone()),
            None => ("start_time", begun),
        };
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = vec![("max_results", PAGE), (from.0, from.1.as_str())];
            query.extend(next.as_deref().map(|token| ("pagination_token", token)));
            let page = self.posts(&query).await?;
            if let Some(post) = page.items.into_iter().find(|post| self.is_next(post, state)) {
                return Ok(Search::Found(published(self.account, post.id)));
            }
            next = page.next;
            if next.is_none() {
                return Ok(Search::NotThere);
            }
        }
        Ok(Search::CannotTell)
    }

    fn arrived(&self, own: &mut Own) {
        own.refused_as_duplicate = false;
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        own.refused_as_duplicate = false;
        if error.code == MEDIA_UNKNOWN {
            own.media.clear();
        }
    }
}

impl Publishing<'_> {
    /// The next post, as X takes it: fields that it does not know, or without a value, are refused.
    fn body(&self, state: &State<Own>) -> Value {
        let index = state.sent.len();
        let text = self.content.pieces().get(index).copied().unwrap_or_default();
        let option = |name| self.content.options.get(name).map(String::as_str);
        let mut body = serde_json::Map::new();
        if !text.is_empty() {
            body.insert("text".to_owned(), json!(text));
        }
        if let Some(parent) = parent(state, self.content) {
            body.insert("reply".to_owned(), json!({ "in_reply_to_tweet_id": parent }));
        }
        if option(MADE_WITH_AI) == Some("true") {
            body.insert("made_with_ai".to_owned(), json!(true));
        }
        if index > 0 {
            return Value::Object(body);
        }
        if !state.own.media.is_empty() {
            let ids: Vec<_> = state.own.media.iter().map(|media| &media.id).collect();
            body.insert("media".to_owned(), json!({ "media_ids": ids }));
        }
        if let Some(answers) = option(POLL) {
            let answers: Vec<_> = answers.lines().map(str::trim).collect();
            let minutes = option(POLL_MINUTES).and_then(|minutes| minutes.parse().ok()).unwrap_or(POLL_MINUTES_DEFAULT);
            body.insert("poll".to_owned(), json!({ "options": answers, "duration_minutes": minutes }));
        }
        if let Some(who) = option(REPLY_SETTINGS) {
            let who = if who == "mentioned_users" { "mentionedUsers" } else { who };
            body.insert("reply_settings".to_owned(), json!(who));
        }
        Value::Object(body)
    }

    /// A page of the account's own posts, newest first.
    async fn posts(&self, query: &[(&str, &str)]) -> Result<Page<Post>, NetworkError> {
        let request = self.api.get(&format!("/2/users/{}/tweets", self.account.remote_id))?;
        self.api.page(request.query(query).query(&[POST_FIELDS, ("exclude", "retweets")])).await
    }

    /// True when a post of the account is the next one of the publication.
    fn is_next(&self, post: &Post, state: &State<Own>) -> bool {
        let index = state.sent.len();
        let files = if index == 0 { self.content.media.len() } else { 0 };
        !state.sent.iter().any(|sent| sent.remote_id == post.id)
            && post.related("retweeted").is_none()
            && post.related("replied_to") == parent(state, self.content)
            && post.attachments.media_keys.len() == files
            && self.content.pieces().get(index).is_some_and(|text| is_same(text, post, &self.account.handle))
    }
}

/// Ids are numbers that grow.
fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

/// A post of the account, where people see it.
fn published(account: &Account, id: String) -> Published {
    Published { url: format!("https://x.com/{}/status/{id}", account.handle).parse().ok(), remote_id: id }
}
