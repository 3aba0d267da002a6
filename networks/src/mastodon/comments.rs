//! What people answer to a post: `GET /api/v1/statuses/:id/context`, of which a server gives everything at once, and no more than 4096 answers.
//! <https://docs.joinmastodon.org/methods/statuses/#context>

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::status_path;
use super::text::plain;
use super::wire::Server;
use crate::call::{Step, read};
use crate::comments::{Comment, CommentPage, post_gone};
use crate::error::NetworkError;

/// So many answers a server gives at most to somebody who is signed in; whatever is behind them is not seen.
const MOST: usize = 4096;

#[derive(Deserialize)]
struct Context {
    #[serde(default)]
    descendants: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    in_reply_to_id: Option<String>,
    account: Author,
    #[serde(default)]
    content: String,
    created_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Author {
    id: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    acct: String,
    #[serde(default)]
    display_name: String,
}

impl Author {
    fn name(&self) -> Option<String> {
        [&self.display_name, &self.acct, &self.username].into_iter().find(|name| !name.trim().is_empty()).cloned()
    }
}

/// Every answer to a post.
pub async fn read_all(server: &Server<'_>, own_id: &str, id: &str) -> Result<CommentPage, NetworkError> {
    let Some(answer) = server.find(&format!("{}/context", status_path(id))).await? else {
        return Err(post_gone());
    };
    let context: Context = read(&answer, Step::Repeatable)?;
    let is_whole = context.descendants.len() < MOST;
    let comment = |answer: Answer| Comment {
        in_reply_to: answer.in_reply_to_id.unwrap_or_else(|| id.to_owned()),
        author_name: answer.account.name(),
        is_own: answer.account.id == own_id,
        author_id: Some(answer.account.id),
        text: plain(&answer.content),
        at: answer.created_at,
        remote_id: answer.id,
    };
    Ok(CommentPage { comments: context.descendants.into_iter().map(comment).collect(), next: None, is_whole })
}
