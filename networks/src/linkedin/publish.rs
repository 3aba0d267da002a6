//! Publishing, and finding out afterwards whether it happened.

use async_trait::async_trait;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::little::{self, is_same};
use super::media::{Uploaded, upload};
use super::wire::{Api, Comment, DUPLICATE, Elements, Found, Post, UPLOAD_GONE, encoded};
use super::{DOCUMENT_TITLE, LINK_DESCRIPTION, LINK_TITLE, PERSON, POLL, POLL_DURATION, POLL_QUESTION, VISIBILITY};
use crate::call::{Step, not_noted, read};
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};
use crate::validate::web_page;

/// Posts per page of an author's list, and how many pages a look-up reads.
const PAGE: usize = 50;
const MAX_PAGES: usize = 4;
/// The most comments of a post among which the first one is looked for.
const COMMENTS: usize = 100;
/// How far LinkedIn's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The files uploaded so far, in their order.
    #[serde(default)]
    pub media: Vec<Uploaded>,
    /// The author's newest post before sending; none when there was none, or LinkedIn does not tell.
    #[serde(default)]
    before: Option<Before>,
    /// LinkedIn has refused the next post once because it has one with the same content.
    #[serde(default)]
    refused_as_duplicate: bool,
}

/// A post, and when it was made, in milliseconds of Unix time.
#[derive(Clone, Serialize, Deserialize)]
struct Before {
    id: String,
    at: i64,
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
        if !state.sent.is_empty() {
            return Ok(());
        }
        upload(&self.api, (self.content, &self.account.remote_id), state, progress).await?;
        let posts = self.posts(0).await?.unwrap_or_default();
        let newest = posts.into_iter().max_by_key(|post| post.created_at);
        state.own.before = newest.map(|post| Before { id: post.id, at: post.created_at });
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        let sent = match parent(state, self.content) {
            None => self.send_post(state).await,
            Some(parent) => self.send_comment(parent).await,
        };
        match sent {
            // Refused a second time, after the author's posts were read without finding it: it is another post.
            Err(error) if error.code == DUPLICATE && state.own.refused_as_duplicate => {
                Err(NetworkError { kind: ErrorKind::Content, ..error })
            }
            Err(error) if error.code == DUPLICATE => {
                state.own.refused_as_duplicate = true;
                state.save(progress).await.map_err(not_noted)?;
                Err(error)
            }
            other => other,
        }
    }

    /// What members post cannot be listed: `r_member_social` is closed.
    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        if self.account.remote_id.starts_with(PERSON) {
            return Ok(Search::CannotTell);
        }
        match parent(state, self.content) {
            None => self.find_post(state).await,
            Some(parent) => self.find_comment(parent).await,
        }
    }

    fn arrived(&self, own: &mut Own) {
        own.refused_as_duplicate = false;
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        own.refused_as_duplicate = false;
        if error.code == UPLOAD_GONE {
            own.media.clear();
        }
    }
}

impl Publishing<'_> {
    async fn send_post(&self, state: &State<Own>) -> Result<Published, NetworkError> {
        let option = |name| self.content.options.get(name).map(String::as_str);
        let visibility = if option(VISIBILITY) == Some("connections") { "CONNECTIONS" } else { "PUBLIC" };
        let mut body = json!({
            "author": self.account.remote_id,
            "commentary": little::escaped(&self.content.text),
            "visibility": visibility,
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": false,
        });
        if let Some(shown) = self.shown(&state.own.media) {
            body["content"] = shown;
        }
        let answer = self.api.send(self.api.post("/rest/posts")?.json(&body), Step::Commit).await?;
        let urn = answer.header("x-restli-id").filter(|urn| !urn.is_empty());
        let unnamed = || NetworkError::new(ErrorKind::Unknown, "answer_unreadable", "a post was made and not named");
        Ok(published(urn.ok_or_else(unnamed)?))
    }

    /// What stands below the text: files, a poll, or a card.
    fn shown(&self, media: &[Uploaded]) -> Option<Value> {
        let option = |name| self.content.options.get(name).map(String::as_str);
        let files = media.iter().zip(&self.content.media).map(|(file, media)| {
            let mut shown = json!({ "id": file.urn });
            if media.is_document() {
                shown["title"] = json!(option(DOCUMENT_TITLE).unwrap_or_default());
            } else if !media.alt_text.is_empty() {
                shown["altText"] = json!(media.alt_text);
            }
            shown
        });
        let mut files: Vec<_> = files.collect();
        if files.len() > 1 {
            return Some(json!({ "multiImage": { "images": files } }));
        }
        if let Some(file) = files.pop() {
            return Some(json!({ "media": file }));
        }
        if let Some(answers) = option(POLL) {
            let answers: Vec<_> = answers.lines().map(|answer| json!({ "text": answer.trim() })).collect();
            let duration = option(POLL_DURATION).unwrap_or("three_days").to_uppercase();
            return Some(json!({ "poll": {
                "question": option(POLL_QUESTION).unwrap_or_default(),
                "options": answers,
                "settings": {
                    "voteSelectionType": "SINGLE_VOTE",
                    "duration": duration,
                    "isVoterVisibleToAuthor": true,
                },
            } }));
        }
        let link = self.content.link.as_deref()?;
        let host = web_page(link).and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let mut card = json!({ "source": link, "title": option(LINK_TITLE).unwrap_or(&host) });
        if let Some(description) = option(LINK_DESCRIPTION) {
            card["description"] = json!(description);
        }
        Some(json!({ "article": card }))
    }

    async fn send_comment(&self, post: &str) -> Result<Published, NetworkError> {
        let text = self.content.first_comment.as_deref().unwrap_or_default();
        let body = json!({ "actor": self.account.remote_id, "object": post, "message": { "text": text } });
        let request = self.api.post(&format!("/rest/socialActions/{}/comments", encoded(post)))?.json(&body);
        let answer = self.api.send(request, Step::Commit).await?;
        let comment: Comment = answer.json().unwrap_or_default();
        let id = answer.header("x-restli-id").map_or_else(|| comment.id.clone(), str::to_owned);
        if id.is_empty() && comment.urn.is_none() {
            return Err(NetworkError::new(ErrorKind::Unknown, "answer_unreadable", "a comment was made and not named"));
        }
        Ok(commented(post, &Comment { id, ..comment }))
    }

    /// Looks for the post among the author's posts that are newer than the one that was newest before sending.
    async fn find_post(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let begun = (self.content.created_at - CLOCK_SKEW).timestamp_millis();
        let before = state.own.before.as_ref();
        let oldest = before.map_or(begun, |before| before.at);
        let is_newer = |post: &Post| {
            post.created_at > oldest || post.created_at == oldest && before.is_none_or(|before| before.id != post.id)
        };
        for page in 0..MAX_PAGES {
            let Some(posts) = self.posts(page).await? else { return Ok(Search::CannotTell) };
            // The list begins with what was changed last, and nothing is changed before it is made.
            let is_last = posts.len() < PAGE || posts.last().is_some_and(|post| post.modified_at < oldest);
            if let Some(post) = posts.iter().find(|post| is_newer(post) && self.is_it(post)) {
                return Ok(Search::Found(published(&post.id)));
            }
            if is_last {
                return Ok(Search::NotThere);
            }
        }
        Ok(Search::CannotTell)
    }

    fn is_it(&self, post: &Post) -> bool {
        let question = self.content.options.get(POLL_QUESTION).filter(|_| self.content.options.contains_key(POLL));
        post.files() == self.content.media.len()
            && post.content.pointer("/poll/question").and_then(Value::as_str) == question.map(String::as_str)
            && is_same(&self.content.text, &little::plain(&post.commentary))
    }

    async fn find_comment(&self, post: &str) -> Result<Search, NetworkError> {
        let text = self.content.first_comment.as_deref().unwrap_or_default();
        let path = format!("/rest/socialActions/{}/comments?start=0&count={COMMENTS}", encoded(post));
        let Found::There(answer) = self.api.find(&path).await? else { return Ok(Search::CannotTell) };
        let comments: Elements<Comment> = read(&answer, Step::Repeatable)?;
        let own = |comment: &&Comment| comment.actor == self.account.remote_id && is_same(text, &comment.message.text);
        Ok(match comments.elements.iter().find(own) {
            Some(comment) => Search::Found(commented(post, comment)),
            None if comments.elements.len() < COMMENTS => Search::NotThere,
            None => Search::CannotTell,
        })
    }

    /// A page of the author's posts, those changed last first; none where this token may not read them.
    async fn posts(&self, page: usize) -> Result<Option<Vec<Post>>, NetworkError> {
        if self.account.remote_id.starts_with(PERSON) {
            return Ok(None);
        }
        let author = encoded(&self.account.remote_id);
        let start = page * PAGE;
        let path = format!("/rest/posts?q=author&author={author}&start={start}&count={PAGE}&sortBy=LAST_MODIFIED");
        match self.api.find(&path).await? {
            Found::There(answer) => read::<Elements<Post>>(&answer, Step::Repeatable).map(|page| Some(page.elements)),
            Found::Nothing | Found::NotServed => Ok(None),
        }
    }
}

/// A post, where people see it.
pub fn published(urn: &str) -> Published {
    Published { remote_id: urn.to_owned(), url: page(urn).parse().ok() }
}

/// The address of a post.
pub fn page(urn: &str) -> String {
    format!("https://www.linkedin.com/feed/update/{urn}/")
}

/// A comment on a post, which LinkedIn names by both.
fn commented(post: &str, comment: &Comment) -> Published {
    let object = if comment.object.is_empty() { post } else { &comment.object };
    let urn = comment.urn.clone().unwrap_or_else(|| format!("urn:li:comment:({object},{})", comment.id));
    let url = page(post).parse().ok().map(|mut url: url::Url| {
        url.query_pairs_mut().append_pair("commentUrn", &urn);
        url
    });
    Published { remote_id: urn, url }
}
