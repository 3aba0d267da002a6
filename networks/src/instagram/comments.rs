//! Comments on a post and the answers to them.
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies>
//!
//! Answers have no answers: what is answered to one stands below the comment. The first of them come with the comments, more are asked for.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::call::{Step, read};
use crate::comments::{Ask, Comment, CommentPage, Walk, post_gone};
use crate::error::NetworkError;
use crate::meta::containers::{Graph, Page, moment};

/// The most of one page.
const PAGE: &str = "50";

/// What is asked of an answer, and of a comment.
const OF_ANSWER: &str = "id,text,timestamp,username,from";
const OF_COMMENT: &str = "id,text,timestamp,username,from,replies.limit(50){id,text,timestamp,username,from}";

#[derive(Deserialize)]
struct Said {
    id: String,
    #[serde(default)]
    text: String,
    #[serde(default, deserialize_with = "moment")]
    timestamp: Option<DateTime<Utc>>,
    username: Option<String>,
    from: Option<Author>,
    replies: Option<Page<Said>>,
}

#[derive(Deserialize)]
struct Author {
    id: Option<String>,
    username: Option<String>,
}

impl Said {
    /// None where the network says no moment.
    fn comment(self, handle: &str, in_reply_to: &str) -> Option<Comment> {
        let (author_id, named) = self.from.map_or((None, None), |from| (from.id, from.username));
        let author_name = self.username.or(named);
        Some(Comment {
            remote_id: self.id,
            in_reply_to: in_reply_to.to_owned(),
            // The account's own id is another one in `from`: names are unique.
            is_own: author_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(handle)),
            author_id,
            author_name,
            text: self.text,
            at: self.timestamp?,
        })
    }
}

/// One page of the comments on a post, or of the answers to one of them.
pub(super) async fn read_page(
    graph: &Graph<'_>,
    handle: &str,
    (remote_id, from): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    let (ask, mut walk) = Walk::go_on(from)?;
    let (path, fields, after) = match &ask {
        Ask::Comments(after) => ([remote_id, "comments"], OF_COMMENT, after),
        Ask::Answers(comment, after) => ([comment.as_str(), "replies"], OF_ANSWER, after),
    };
    let mut query = vec![("limit", PAGE)];
    query.extend(after.as_deref().map(|after| ("after", after)));
    let answer = graph.find(graph.get(&path, fields)?.query(&query)).await?;
    let page: Page<Said> = match (answer, &ask) {
        (Some(answer), _) => read(&answer, Step::Repeatable)?,
        (None, Ask::Comments(_)) => return Err(post_gone()),
        // The comment was taken back meanwhile.
        (None, Ask::Answers(..)) => return Ok(walk.page(Vec::new())),
    };
    let next = page.after().map(str::to_owned);
    let mut comments = Vec::new();
    match ask {
        Ask::Answers(comment, _) => {
            if next.is_some() {
                walk.answers(&comment, next);
            }
            comments.extend(page.data.into_iter().filter_map(|said| said.comment(handle, &comment)));
        }
        Ask::Comments(_) => {
            walk.comments(next);
            for mut said in page.data {
                let id = said.id.clone();
                if let Some(answers) = said.replies.take() {
                    if let Some(after) = answers.after() {
                        walk.answers(&id, Some(after.to_owned()));
                    }
                    comments.extend(answers.data.into_iter().filter_map(|said| said.comment(handle, &id)));
                }
                comments.extend(said.comment(handle, remote_id));
            }
        }
    }
    Ok(walk.page(comments))
}
