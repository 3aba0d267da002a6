//! Publishing, and finding out afterwards whether it happened.

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_platform::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::media::{self, Uploaded};
use super::text;
use super::wire::{Server, Status, refusal};
use super::{POLL, POLL_MINUTES, POLL_MULTIPLE, SENSITIVE, SPOILER_TEXT, VISIBILITY};
use crate::call::{Step, read};
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Progress, Published};
use crate::steps::{Search, State, Steps, parent};

/// Posts per page of an account's list, and how many pages a look-up reads.
const PAGE: usize = 40;
const MAX_PAGES: usize = 5;
/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The files uploaded so far, in the order of the images.
    #[serde(default)]
    pub media: Vec<Uploaded>,
    /// The account's newest post before sending; none when the server could not tell.
    #[serde(default)]
    before: Option<Before>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Before {
    /// None when the account had no post at all.
    newest: Option<String>,
}

/// A publication on its way to an account.
pub struct Publishing<'a> {
    pub server: Server<'a>,
    pub account: &'a Account,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<(), NetworkError> {
        if state.sent.is_empty() {
            media::upload(&self.server, self.content, state, progress).await?;
        }
        state.own.before = newest(&self.server, self.account).await?;
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, _progress: &dyn Progress) -> Result<Published, NetworkError> {
        send_next(&self.server, self.content, state).await
    }

    /// Servers that ignore the idempotency key may leave posts that not everybody sees out of the account's list, too (snac): what is
    /// not found there may still exist.
    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let visibility = self.content.options.get(VISIBILITY);
        let hidden = visibility.is_some_and(|value| matches!(value.as_str(), "private" | "direct"));
        Ok(match listed(&self.server, self.account, self.content, state).await? {
            Search::NotThere if hidden => Search::CannotTell,
            search => search,
        })
    }
}

/// Makes the next post visible.
async fn send_next(server: &Server<'_>, content: &Content, state: &State<Own>) -> Result<Published, NetworkError> {
    let key = idempotency_key(content, state.sent.len());
    let seconds = poll_seconds(content);
    let form = form(content, state, &seconds);
    let request = server.post("/api/v1/statuses")?.header("idempotency-key", &key).form(&form);
    let answer = server.send(request, Step::Commit).await?;
    read(&answer, Step::Commit).map(super::published)
}

/// What is said of the next post. <https://docs.joinmastodon.org/methods/statuses/#create>
fn form<'a>(content: &'a Content, state: &'a State<Own>, seconds: &'a str) -> Vec<(&'static str, &'a str)> {
    let index = state.sent.len();
    let text = content.pieces().get(index).copied().unwrap_or_default();
    let mut form = vec![("status", text), ("visibility", option(content, VISIBILITY).unwrap_or("public"))];
    form.extend(common(content));
    form.extend(parent(state, content).map(|parent| ("in_reply_to_id", parent)));
    if index == 0 {
        form.extend(state.own.media.iter().map(|media| ("media_ids[]", media.id())));
        if let Some(answers) = option(content, POLL) {
            form.extend(answers.lines().map(|answer| ("poll[options][]", answer)));
            form.push(("poll[expires_in]", seconds));
            form.extend(option(content, POLL_MULTIPLE).map(|multiple| ("poll[multiple]", multiple)));
        }
    }
    form
}

fn option<'a>(content: &'a Content, name: &str) -> Option<&'a str> {
    content.options.get(name).map(String::as_str)
}

/// What every post of a publication has.
fn common(content: &Content) -> impl Iterator<Item = (&'static str, &str)> {
    let language = content.language.as_deref().map(|language| ("language", language));
    let sensitive = option(content, SENSITIVE).map(|sensitive| ("sensitive", sensitive));
    let warning = option(content, SPOILER_TEXT).map(|warning| ("spoiler_text", warning));
    language.into_iter().chain(sensitive).chain(warning)
}

/// How long a poll is open, in seconds: a day where nothing is said.
fn poll_seconds(content: &Content) -> String {
    let minutes = option(content, POLL_MINUTES).and_then(|minutes| minutes.parse::<u64>().ok());
    (minutes.unwrap_or(24 * 60) * 60).to_string()
}

/// One key per post: the publication's id, and behind it which of its posts.
fn idempotency_key(content: &Content, index: usize) -> String {
    match index {
        0 => content.idempotency_key.to_string(),
        _ => format!("{}-{index}", content.idempotency_key),
    }
}

/// Looks for the next post among the account's posts that are newer than the one that was newest before sending.
async fn listed(
    server: &Server<'_>,
    account: &Account,
    content: &Content,
    state: &State<Own>,
) -> Result<Search, NetworkError> {
    let newest = state.own.before.as_ref().and_then(|before| before.newest.as_deref());
    let oldest = content.created_at - CLOCK_SKEW;
    let mut last: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let Some(page) = posts(server, account, PAGE, last.as_deref()).await? else { return Ok(Search::CannotTell) };
        let next = page.last().map(|status| status.id.clone());
        for status in page {
            if Some(status.id.as_str()) == newest {
                return Ok(Search::NotThere);
            }
            if is_next(&status, content, state) {
                return Ok(Search::Found(super::published(status)));
            }
            // Asked last: a server whose clock is slow dates its newest posts too early.
            if status.created_at.is_some_and(|moment| moment < oldest) {
                return Ok(Search::NotThere);
            }
        }
        // A server that does not page answers the same page again.
        if next.is_none() || last == next {
            return Ok(Search::NotThere);
        }
        last = next;
    }
    Ok(Search::CannotTell)
}

/// True when a post of the account's list is the next one of the publication. A server that says what a post answers must say
/// the right one.
fn is_next(status: &Status, content: &Content, state: &State<Own>) -> bool {
    let index = state.sent.len();
    let images = if index == 0 { content.media.len() } else { 0 };
    let answers = status.in_reply_to_id.as_deref();
    status.reblog.is_null()
        && !state.sent.iter().any(|post| post.remote_id == status.id)
        && (answers.is_none() || answers == parent(state, content))
        && status.media_attachments.len() == images
        && content.pieces().get(index).is_some_and(|text| text::is_same(text, &shown_text(status)))
}

/// The text as written where the server tells it, else that of its HTML.
pub fn shown_text(status: &Status) -> String {
    match &status.text {
        Some(source) => source.clone(),
        None => text::plain(&status.content),
    }
}

/// A page of the account's posts, newest first; none when the server does not list them.
async fn posts(
    server: &Server<'_>,
    account: &Account,
    limit: usize,
    older_than: Option<&str>,
) -> Result<Option<Vec<Status>>, NetworkError> {
    let limit = limit.to_string();
    let mut parameters = vec![("limit", limit.as_str()), ("exclude_reblogs", "true")];
    parameters.extend(older_than.map(|id| ("max_id", id)));
    let path = format!("/api/v1/accounts/{}/statuses", account.remote_id);
    let answer = server.answer(server.get(&path)?.query(&parameters), Step::Repeatable).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED => Ok(None),
        status if status.is_success() => read(&answer, Step::Repeatable).map(Some),
        _ => Err(refusal(&answer, Step::Repeatable)),
    }
}

async fn newest(server: &Server<'_>, account: &Account) -> Result<Option<Before>, NetworkError> {
    let page = posts(server, account, 1, None).await?;
    Ok(page.map(|page| Before { newest: page.into_iter().next().map(|status| status.id) }))
}

/// Replaces the words of a post. What is not named is taken away, so its images and films are named.
/// <https://docs.joinmastodon.org/methods/statuses/#edit>
pub async fn edit(server: &Server<'_>, path: &str, content: &Content) -> Result<(), NetworkError> {
    let not_editable = |detail: &str| NetworkError::new(ErrorKind::Ask, "not_editable", detail);
    if content.options.contains_key(POLL) {
        // What is voted on would begin anew.
        return Err(not_editable("a poll cannot be changed"));
    }
    let gone = || not_editable("the post is not there any more");
    let there: Status = read(&server.find(path).await?.ok_or_else(gone)?, Step::Repeatable)?;
    let media: Vec<_> = there.media_attachments.iter().filter_map(|media| media["id"].as_str()).collect();
    let mut form = vec![("status", content.text.as_str())];
    form.extend(common(content));
    form.extend(media.into_iter().map(|id| ("media_ids[]", id)));
    let request = server.http.request(Method::PUT, server.url(path)?).form(&form);
    let answer = server.answer(request, Step::Repeatable).await?;
    match answer.status.as_u16() {
        _ if answer.status.is_success() => Ok(()),
        404 | 405 | 501 => Err(NetworkError::new(ErrorKind::Ask, "edit_not_served", "the server changes no posts")),
        _ => Err(refusal(&answer, Step::Repeatable)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::content::Checkpoint;

    #[test]
    fn a_poll_is_of_the_first_post_alone() {
        let options = [(POLL, "yes\nno"), (POLL_MINUTES, "60"), (POLL_MULTIPLE, "true")];
        let content = Content {
            text: "well?".to_owned(),
            language: None,
            media: Vec::new(),
            thread: vec!["more".to_owned()],
            first_comment: None,
            link: None,
            options: options.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            idempotency_key: Uuid::nil(),
            created_at: DateTime::UNIX_EPOCH,
        };
        let seconds = poll_seconds(&content);
        let mut state = State::new(Checkpoint::PREPARING);
        let expected = [
            ("status", "well?"),
            ("visibility", "public"),
            ("poll[options][]", "yes"),
            ("poll[options][]", "no"),
            ("poll[expires_in]", "3600"),
            ("poll[multiple]", "true"),
        ];
        assert_eq!(form(&content, &state, &seconds), expected);
        state.arrived(Published { remote_id: "1".to_owned(), url: None });
        let answer = [("status", "more"), ("visibility", "public"), ("in_reply_to_id", "1")];
        assert_eq!(form(&content, &state, &seconds), answer);
    }
}
