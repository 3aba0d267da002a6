//! Looking for what may have been published: among the page's posts, its stories, a post's comments, or by a film's own
//! state.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::film::{Stage, stage};
use super::publish::{Before, Kind, LATER, Own, Publishing, film_post};
use super::wire::{Graph, List, POST_FIELDS, Post, id, path, permalink};
use crate::call::{Step, read, server_time};
use crate::content::Content;
use crate::error::NetworkError;
use crate::network::Published;
use crate::steps::Search;

/// Posts of one page of the list, and how many of these are read.
const PAGE: &str = "25";
const MOST_PAGES: usize = 4;

/// How many comments are read.
const COMMENTS: &str = "100";

/// How far Facebook's clock and ours may be apart.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// For so long a story is listed for certain: it ends after a day, and what has ended is listed only by pages that keep
/// an archive.
const STORY_LISTED: TimeDelta = TimeDelta::hours(20);

#[derive(Deserialize)]
struct Story {
    #[serde(default)]
    post_id: Value,
    #[serde(default)]
    media_id: Value,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Comment {
    id: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    from: Value,
    permalink_url: Option<String>,
}

/// The newest post of a page.
pub(super) async fn newest(graph: &Graph<'_>, page: &str) -> Result<Before, NetworkError> {
    let list = posts(graph, page, "1", None).await?;
    Ok(Before { newest: list.data.into_iter().next().map(|post| post.id) })
}

/// Looks for a post among those that are newer than the one that was newest before.
pub(super) async fn post(graph: &Graph<'_>, page: &str, content: &Content, own: &Own) -> Result<Search, NetworkError> {
    let newest = own.before.as_ref().and_then(|before| before.newest.as_deref());
    let oldest = content.created_at - CLOCK_SKEW;
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let list = posts(graph, page, PAGE, after.as_deref()).await?;
        let next = list.after().map(str::to_owned);
        for post in list.data {
            if Some(post.id.as_str()) == newest {
                return Ok(Search::NotThere);
            }
            if is_it(&post, content, &own.photos) {
                let url = permalink(post.permalink_url.as_deref().or(Some(&post.id)));
                return Ok(Search::Found(Published { remote_id: post.id, url }));
            }
            if post.created_at().is_some_and(|moment| moment < oldest) {
                return Ok(Search::NotThere);
            }
        }
        if next.is_none() || next == after {
            return Ok(Search::NotThere);
        }
        after = next;
    }
    Ok(Search::CannotTell)
}

/// Whether a post of the list is the one. Its photos are known by their ids: no other post can have them.
fn is_it(post: &Post, content: &Content, photos: &[String]) -> bool {
    if !photos.is_empty() {
        return photos.iter().any(|photo| post.media().contains(&photo.as_str()));
    }
    let same_link = match (&content.link, post.link()) {
        (Some(wanted), Some(shown)) => wanted.trim_end_matches('/') == shown.trim_end_matches('/'),
        // Facebook makes no card of a page that it cannot read.
        (_, None) => true,
        // Of a link in the text it may have made one by itself.
        (None, Some(shown)) => content.text.contains(shown.trim_end_matches('/')),
    };
    post.media().is_empty() && same_link && is_same(&content.text, &post.message)
}

/// Facebook trims a text and folds its line breaks.
fn is_same(sent: &str, shown: &str) -> bool {
    sent.split_whitespace().eq(shown.split_whitespace())
}

async fn posts(graph: &Graph<'_>, page: &str, limit: &str, after: Option<&str>) -> Result<List<Post>, NetworkError> {
    let mut query = vec![("fields", POST_FIELDS), ("limit", limit)];
    query.extend(after.map(|after| ("after", after)));
    let request = graph.get(&format!("{}/published_posts", path(page)))?.query(&query);
    graph.read(request, Step::Repeatable).await
}

/// Looks for the page's own first comment on its post.
pub(super) async fn comment(
    graph: &Graph<'_>,
    (page, post): (&str, &str),
    content: &Content,
) -> Result<Search, NetworkError> {
    let query = [
        ("fields", "id,message,from,permalink_url"),
        ("filter", "stream"),
        ("order", "reverse_chronological"),
        ("limit", COMMENTS),
    ];
    let request = graph.get(&format!("{}/comments", path(post)))?.query(&query);
    let list: List<Comment> = graph.read(request, Step::Repeatable).await?;
    let text = content.first_comment.as_deref().unwrap_or_default();
    let is_last = list.after().is_none();
    let mut own = list.data.into_iter().filter(|comment| id(&comment.from["id"]).as_deref() == Some(page));
    Ok(match own.find(|comment| is_same(text, &comment.message)) {
        Some(comment) => {
            let url = permalink(comment.permalink_url.as_deref().or(Some(&comment.id)));
            Search::Found(Published { remote_id: comment.id, url })
        }
        None if is_last => Search::NotThere,
        None => Search::CannotTell,
    })
}

/// What became of a film says its own state: it is known by its id before it is published, and cannot be published
/// twice.
pub(super) async fn film(publishing: &Publishing<'_>, kind: Kind, film: &str) -> Result<Search, NetworkError> {
    Ok(match stage(&publishing.graph, film).await? {
        Stage::Public(_) if kind == Kind::FilmStory => {
            listed_story(publishing, film).await?.map_or(Search::CannotTell, Search::Found)
        }
        Stage::Public(url) => Search::Found(film_post(film, url.as_deref())),
        Stage::Working => return Err(NetworkError::waiting("Facebook still processes the film", LATER)),
        Stage::Open(_) | Stage::Whole | Stage::Failed(_) => Search::NotThere,
        Stage::Gone => Search::CannotTell,
    })
}

/// Looks for the story of a photo, which it is known by.
pub(super) async fn story(publishing: &Publishing<'_>, photo: &str) -> Result<Search, NetworkError> {
    let (listed, now) = stories(publishing, photo).await?;
    Ok(match (listed, now) {
        (Some(story), _) => Search::Found(story),
        (None, Some(now)) if now - publishing.content.created_at < STORY_LISTED => Search::NotThere,
        (None, _) => Search::CannotTell,
    })
}

/// The story of this photo or film, as the page lists it.
pub(super) async fn listed_story(publishing: &Publishing<'_>, media: &str) -> Result<Option<Published>, NetworkError> {
    Ok(stories(publishing, media).await?.0)
}

/// The id of a story's post, as those of other posts are: behind that of its page.
pub(super) fn story_id(page: &str, post: &str) -> String {
    if post.contains('_') { post.to_owned() } else { format!("{page}_{post}") }
}

async fn stories(
    publishing: &Publishing<'_>,
    media: &str,
) -> Result<(Option<Published>, Option<DateTime<Utc>>), NetworkError> {
    let (graph, page) = (&publishing.graph, &publishing.account.remote_id);
    let request = graph.get(&format!("{}/stories", path(page)))?.query(&[("limit", "100")]);
    let answer = graph.send(request, Step::Repeatable).await?;
    let list: List<Story> = read(&answer, Step::Repeatable)?;
    let mut of_it = list.data.into_iter().filter(|story| id(&story.media_id).as_deref() == Some(media));
    let story = of_it.find_map(|story| {
        let remote_id = story_id(page, &id(&story.post_id)?);
        Some(Published { url: permalink(story.url.as_deref()), remote_id })
    });
    Ok((story, server_time(&answer)))
}
