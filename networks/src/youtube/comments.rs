//! Comments on a video and the answers to them.
//! <https://developers.google.com/youtube/v3/docs/commentThreads/list>, <https://developers.google.com/youtube/v3/docs/comments/list>
//!
//! Some answers come with each comment; where that is not all of them, they are asked for.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::wire::API;
use crate::comments::{Ask, Comment, CommentPage, Walk, post_gone};
use crate::error::NetworkError;
use crate::google::Api;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    id: String,
    snippet: Top,
    #[serde(default)]
    replies: Replies,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Top {
    top_level_comment: Said,
    #[serde(default)]
    total_reply_count: usize,
}

#[derive(Deserialize, Default)]
struct Replies {
    #[serde(default)]
    comments: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    id: String,
    snippet: Words,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Words {
    #[serde(default)]
    text_display: String,
    author_display_name: Option<String>,
    author_channel_id: Option<Channel>,
    published_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Channel {
    value: String,
}

impl Said {
    fn comment(self, own_id: &str, in_reply_to: &str) -> Comment {
        let author_id = self.snippet.author_channel_id.map(|channel| channel.value);
        Comment {
            remote_id: self.id,
            in_reply_to: in_reply_to.to_owned(),
            is_own: author_id.as_deref() == Some(own_id),
            author_id,
            author_name: self.snippet.author_display_name,
            text: self.snippet.text_display,
            at: self.snippet.published_at,
        }
    }
}

/// One page of the comments on a video, or of the answers to one of them.
pub(super) async fn read_page(
    api: &Api<'_>,
    own_id: &str,
    (video, from): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    let (ask, mut walk) = Walk::go_on(from)?;
    let mut query = vec![("maxResults", "100"), ("textFormat", "plainText")];
    let mut comments = Vec::new();
    match ask {
        Ask::Comments(after) => {
            query.extend([("part", "snippet,replies"), ("videoId", video), ("order", "time")]);
            query.extend(after.as_deref().map(|after| ("pageToken", after)));
            let found = api.find(api.get(&format!("{API}/commentThreads"))?.query(&query)).await?;
            let list: List<Thread> = found.ok_or_else(post_gone)?;
            walk.comments(list.next_page_token);
            for thread in list.items {
                if thread.snippet.total_reply_count > thread.replies.comments.len() {
                    walk.answers(&thread.id, None);
                }
                let answers = thread.replies.comments.into_iter();
                comments.extend(answers.map(|said| said.comment(own_id, &thread.id)));
                comments.push(thread.snippet.top_level_comment.comment(own_id, video));
            }
        }
        Ask::Answers(comment, after) => {
            query.extend([("part", "snippet"), ("parentId", comment.as_str())]);
            query.extend(after.as_deref().map(|after| ("pageToken", after)));
            // None of a comment that was taken back meanwhile.
            let found: Option<List<Said>> = api.find(api.get(&format!("{API}/comments"))?.query(&query)).await?;
            if let Some(list) = found {
                if list.next_page_token.is_some() {
                    walk.answers(&comment, list.next_page_token);
                }
                comments.extend(list.items.into_iter().map(|said| said.comment(own_id, &comment)));
            }
        }
    }
    Ok(walk.page(comments))
}
