//! Comments on a page's post and the answers to them.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api>
//!
//! Who wrote is told as a name of the network's own, which says a member's name to nobody: comments of members have none. What is under posts
//! of members may be read by nobody (`r_member_social` is closed).

use chrono::DateTime;
use serde::Deserialize;

use super::wire::{Api, Elements, Found, encoded};
use super::{ORGANIZATION, not_served};
use crate::call::{Step, read};
use crate::comments::{Ask, Comment, CommentPage, Walk, post_gone};
use crate::error::NetworkError;

/// The most of one page.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    comment_urn: String,
    actor: String,
    parent_comment: Option<String>,
    message: Option<Message>,
    created: Stamp,
    comments_summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Stamp {
    /// In milliseconds of Unix time.
    time: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(default)]
    aggregated_total_comments: i64,
}

impl Said {
    /// Whether it has answers, or does not say.
    fn is_answered(&self) -> bool {
        self.comments_summary.as_ref().is_none_or(|summary| summary.aggregated_total_comments > 0)
    }

    /// None where the network says no moment.
    fn comment(self, own: &str, in_reply_to: &str) -> Option<Comment> {
        Some(Comment {
            remote_id: self.comment_urn,
            in_reply_to: self.parent_comment.unwrap_or_else(|| in_reply_to.to_owned()),
            is_own: self.actor == own,
            author_id: Some(self.actor),
            author_name: None,
            text: self.message.map(|message| message.text).unwrap_or_default(),
            at: DateTime::from_timestamp_millis(self.created.time)?,
        })
    }
}

/// One page of the comments on a post, or of the answers to one of them.
pub(super) async fn read_page(
    api: &Api<'_>,
    own: &str,
    (post, from): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    if !own.starts_with(ORGANIZATION) {
        return Err(not_served());
    }
    let (ask, mut walk) = Walk::go_on(from)?;
    let (below, after) = match &ask {
        Ask::Comments(after) => (post, after),
        Ask::Answers(comment, after) => (comment.as_str(), after),
    };
    let start: usize = after.as_deref().and_then(|after| after.parse().ok()).unwrap_or_default();
    let path = format!("/rest/socialActions/{}/comments?start={start}&count={PAGE}", encoded(below));
    let list: Elements<Said> = match (api.find(&path).await?, &ask) {
        (Found::There(answer), _) => read(&answer, Step::Repeatable)?,
        (Found::NotServed, _) => return Err(not_served()),
        (Found::Nothing, Ask::Comments(_)) => return Err(post_gone()),
        // The comment was taken back meanwhile.
        (Found::Nothing, Ask::Answers(..)) => return Ok(walk.page(Vec::new())),
    };
    let next = (list.elements.len() >= PAGE).then(|| (start + PAGE).to_string());
    match &ask {
        Ask::Answers(comment, _) if next.is_some() => walk.answers(comment, next),
        Ask::Answers(..) => {}
        Ask::Comments(_) => {
            walk.comments(next);
            for said in list.elements.iter().filter(|said| said.is_answered()) {
                walk.answers(&said.comment_urn, None);
            }
        }
    }
    let comments = list.elements.into_iter().filter_map(|said| said.comment(own, below)).collect();
    Ok(walk.page(comments))
}
