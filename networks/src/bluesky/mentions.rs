//! How often something is spoken of: `app.bsky.feed.searchPosts`, one word after the other, and each post once.
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/searchPosts.json>
//!
//! The network says no number that could be relied on (`hitsTotal` may be rounded), and knows no "or": so posts are read and counted, up
//! to a bound. A day that has more is not known.

use std::collections::HashSet;

use chrono::SecondsFormat;
use serde::Deserialize;

use super::wire::{Xrpc, is_not_served};
use crate::call::{Step, read};
use crate::error::{ErrorKind, NetworkError};
use crate::mentions::{MentionCount, MentionCounting, MentionDay, MentionWords, quoted};

/// Search has no end; a week is what the other networks tell.
pub const COUNTING: MentionCounting =
    MentionCounting { keywords: true, days: 6, any_clock: true, app: None, pages: Some(MOST_PAGES) };

/// Posts of one page, the most that the network gives.
const PAGE: &str = "100";
/// After so many pages of one word on one day, the day is not counted.
const MOST_PAGES: usize = 5;
/// The same in posts: more are not read at all where the network says that there are.
const MOST_HITS: i64 = 500;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    cursor: Option<String>,
    hits_total: Option<i64>,
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Post {
    uri: String,
}

/// How often any of the words was in a post, on each of the days that can be counted.
pub async fn count(
    pds: &Xrpc<'_>,
    words: MentionWords<'_>,
    days: &[MentionDay],
) -> Result<Vec<MentionCount>, NetworkError> {
    let keywords = words.keywords.iter().map(|word| (quoted(word), None));
    let hashtags = words.hashtags.iter().map(|tag| (format!("#{tag}"), Some(tag.as_str())));
    let asked: Vec<(String, Option<&str>)> = keywords.chain(hashtags).collect();
    let mut counts = Vec::with_capacity(days.len());
    for day in days {
        if let Some(mentions) = posts_of(pds, &asked, day).await? {
            counts.push(MentionCount { date: day.date, mentions });
        }
    }
    Ok(counts)
}

/// How many posts of a day have any of these in them; none where they are too many to be read.
async fn posts_of(
    pds: &Xrpc<'_>,
    asked: &[(String, Option<&str>)],
    day: &MentionDay,
) -> Result<Option<i64>, NetworkError> {
    let [since, until] = [day.start, day.end].map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true));
    let mut seen = HashSet::new();
    for (words, tag) in asked {
        let mut cursor = String::new();
        let mut pages = 0;
        loop {
            let mut parameters = vec![
                ("q", words.as_str()),
                ("since", &*since),
                ("until", &*until),
                ("sort", "latest"),
                ("limit", PAGE),
            ];
            parameters.extend(tag.map(|tag| ("tag", tag)));
            if !cursor.is_empty() {
                parameters.push(("cursor", &*cursor));
            }
            let answer = match pds.query("app.bsky.feed.searchPosts", &parameters).await {
                Ok(answer) => answer,
                Err(error) if is_not_served(&error) => return Err(not_served(&error.error)),
                Err(error) => return Err(error.error),
            };
            let found: Found = read(&answer, Step::Repeatable)?;
            seen.extend(found.posts.into_iter().map(|post| post.uri));
            pages += 1;
            let Some(next) = found.cursor.filter(|next| !next.is_empty()) else { break };
            if pages == MOST_PAGES || found.hits_total.is_some_and(|hits| hits > MOST_HITS) {
                return Ok(None);
            }
            cursor = next;
        }
    }
    Ok(Some(i64::try_from(seen.len()).unwrap_or(i64::MAX)))
}

/// A server that stands alone cannot search. One that cannot at the moment may again.
fn not_served(error: &NetworkError) -> NetworkError {
    if error.code == "server_error" {
        return error.clone();
    }
    NetworkError::new(ErrorKind::Ask, "not_served", error.detail.clone())
}
