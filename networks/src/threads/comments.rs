//! What is answered to a post, of all depths.
//! <https://developers.facebook.com/documentation/threads/retrieve-and-manage-replies/replies-and-conversations>

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::call::{Step, read};
use crate::comments::{Comment, CommentPage, post_gone};
use crate::error::NetworkError;
use crate::meta::containers::{Graph, Page, Thing, moment};

/// The most of one page.
const PAGE: &str = "50";

const FIELDS: &str = "id,text,timestamp,username,replied_to,is_reply_owned_by_me";

#[derive(Deserialize)]
struct Said {
    id: String,
    #[serde(default)]
    text: String,
    #[serde(default, deserialize_with = "moment")]
    timestamp: Option<DateTime<Utc>>,
    /// Told of public profiles and of one's own.
    username: Option<String>,
    replied_to: Option<Thing>,
    is_reply_owned_by_me: Option<bool>,
}

/// One page of the answers to a post.
pub(super) async fn read_page(
    graph: &Graph<'_>,
    handle: &str,
    (remote_id, after): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    let mut query = vec![("reverse", "false"), ("limit", PAGE)];
    query.extend(after.map(|after| ("after", after)));
    let request = graph.get(&[remote_id, "conversation"], FIELDS)?.query(&query);
    let answer = graph.find(request).await?.ok_or_else(post_gone)?;
    let page: Page<Said> = read(&answer, Step::Repeatable)?;
    let next = page.after().map(str::to_owned);
    let comment = |said: Said| {
        let named = said.username.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(handle));
        Some(Comment {
            remote_id: said.id,
            in_reply_to: said.replied_to.map_or_else(|| remote_id.to_owned(), |to| to.id),
            // An id of an author is not told.
            author_id: None,
            is_own: said.is_reply_owned_by_me.unwrap_or(named),
            author_name: said.username,
            text: said.text,
            at: said.timestamp?,
        })
    };
    Ok(CommentPage { comments: page.data.into_iter().filter_map(comment).collect(), next, is_whole: true })
}
