//! Comments on a page's post, of all depths, a page at a time. <https://developers.facebook.com/docs/graph-api/reference/object/comments>
//!
//! `filter=stream` gives answers to comments in the same list, with what they answer as `parent`. Who wrote a comment is told only of those
//! that the page itself wrote and of people who let it; the others have no name.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::wire::{Graph, List, path};
use crate::call::Step;
use crate::comments::{Comment, CommentPage};
use crate::error::NetworkError;

/// The most of one page.
const PAGE: &str = "100";

#[derive(Deserialize)]
struct Said {
    id: String,
    #[serde(default)]
    message: String,
    created_time: String,
    from: Option<Author>,
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Author {
    id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Parent {
    id: String,
}

/// One page of the comments on a post.
pub(super) async fn read_page(
    graph: &Graph<'_>,
    own_id: &str,
    (remote_id, after): (&str, Option<&str>),
) -> Result<CommentPage, NetworkError> {
    let mut query = vec![
        ("fields", "id,message,created_time,from{id,name},parent{id}"),
        ("filter", "stream"),
        ("order", "chronological"),
        ("limit", PAGE),
    ];
    query.extend(after.map(|after| ("after", after)));
    let request = graph.get(&format!("{}/comments", path(remote_id)))?.query(&query);
    let list: List<Said> = graph.read(request, Step::Repeatable).await?;
    let next = list.after().map(str::to_owned);
    let comments = list.data.into_iter().filter_map(|said| comment(said, own_id, remote_id)).collect();
    Ok(CommentPage { comments, next, is_whole: true })
}

/// None where the network says no moment: it writes `+0000`, which is not quite RFC 3339.
fn comment(said: Said, own_id: &str, post_id: &str) -> Option<Comment> {
    let at = DateTime::parse_from_str(&said.created_time, "%Y-%m-%dT%H:%M:%S%z").ok()?.with_timezone(&Utc);
    let (author_id, author_name) = said.from.map_or((None, None), |from| (Some(from.id), from.name));
    Some(Comment {
        remote_id: said.id,
        in_reply_to: said.parent.map_or_else(|| post_id.to_owned(), |parent| parent.id),
        is_own: author_id.as_deref() == Some(own_id),
        author_id,
        author_name,
        text: said.message,
        at,
    })
}
