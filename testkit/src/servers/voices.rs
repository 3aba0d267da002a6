//! A server on loopback that tells how often something is spoken of, as a server of Bluesky does that can search and as a server of
//! Mastodon: as strict as their interfaces are, from their documentation, and with what goes wrong on demand.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use url::Url;

use super::stand_in::{Answer, Asked, StandIn};

/// The token that it takes.
pub const VOICES_TOKEN: &str = "known-to-the-voices";

#[derive(Default)]
struct State {
    /// Posts: when, and what they say.
    posts: Vec<(DateTime<Utc>, String)>,
    /// How often a hashtag was used on a day of UTC, in small letters.
    uses: HashMap<(String, NaiveDate), i64>,
    /// The days of which the history of a hashtag tells.
    days: Vec<NaiveDate>,
    /// The next requests end so: a status, and how many seconds of patience it asks for.
    faults: Vec<(u16, Option<u32>)>,
    requests: Vec<String>,
}

/// The server; it stops when dropped.
pub struct VoiceServer {
    /// Where it is.
    pub url: Url,
    stand_in: StandIn<State>,
}

impl VoiceServer {
    /// A server on which nobody has said anything.
    pub async fn start() -> Result<Self> {
        let stand_in = StandIn::start(State::default(), answer).await?;
        Ok(Self { url: stand_in.url.clone(), stand_in })
    }

    /// So many posts say this at this time.
    pub fn post(&self, at: DateTime<Utc>, text: &str, times: usize) {
        self.stand_in.state().posts.extend(std::iter::repeat_n((at, text.to_owned()), times));
    }

    /// The history of hashtags has these days.
    pub fn tell_of(&self, days: impl IntoIterator<Item = NaiveDate>) {
        self.stand_in.state().days = days.into_iter().collect();
    }

    /// A hashtag was used so often on a day.
    pub fn used(&self, tag: &str, day: NaiveDate, uses: i64) {
        self.stand_in.state().uses.insert((tag.to_lowercase(), day), uses);
    }

    /// The next request ends with this status, and asks for so many seconds of patience.
    pub fn fail(&self, status: u16, patience: Option<u32>) {
        self.stand_in.state().faults.push((status, patience));
    }

    /// What was asked so far: of searches the words and the first moment, of hashtags their name.
    pub fn requests(&self) -> Vec<String> {
        self.stand_in.state().requests.clone()
    }
}

fn answer(asked: &Asked, state: &mut State) -> Answer {
    let (what, (status, said)) = match Url::parse("http://voices.example").and_then(|base| base.join(asked.target())) {
        Ok(url) => told(&url, state),
        Err(_) => (asked.target().to_owned(), invalid("InvalidRequest")),
    };
    state.requests.push(what);
    let is_known = asked.header("authorization") == Some(&*format!("Bearer {VOICES_TOKEN}"));
    let fault = (!state.faults.is_empty()).then(|| state.faults.remove(0));
    match fault {
        Some((status, patience)) => {
            Answer::json(status, json!({ "error": "Fault", "message": "as it was told" }).to_string()).after(patience)
        }
        None if is_known => Answer::json(status, said.to_string()),
        None => Answer::json(401, json!({ "error": "AuthMissing", "message": "no token" }).to_string()),
    }
}

/// What was asked, and the answer.
fn told(url: &Url, state: &State) -> (String, (u16, Value)) {
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let segments: Vec<String> = url.path_segments().into_iter().flatten().map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments[..] {
        ["xrpc", "app.bsky.feed.searchPosts"] => {
            let of = |name: &str| query.get(name).cloned().unwrap_or_default();
            let what = format!("{} {} {}", of("q"), of("since"), of("cursor")).trim().to_owned();
            (what, found(&query, state).unwrap_or_else(|| invalid("InvalidRequest")))
        }
        ["api", "v1", "tags", tag] => (tag.to_owned(), (200, history(tag, state))),
        _ => (url.path().to_owned(), (404, json!({ "error": "Record not found" }))),
    }
}

fn decoded(segment: &str) -> String {
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(segment.replace('+', "%2B").as_bytes()).into_owned().collect();
    pairs.into_iter().next().map(|(name, _)| name).unwrap_or_default()
}

fn invalid(name: &str) -> (u16, Value) {
    (400, json!({ "error": name, "message": "a parameter is wrong" }))
}

/// The page of posts that a search finds; none where it is not as the lexicon says.
fn found(query: &HashMap<String, String>, state: &State) -> Option<(u16, Value)> {
    let words = query.get("q").filter(|words| !words.is_empty())?;
    let moment = |name: &str| query.get(name).map(|at| at.parse::<DateTime<Utc>>());
    let (since, until) = (moment("since")?.ok()?, moment("until")?.ok()?);
    if !matches!(query.get("sort").map_or("latest", String::as_str), "top" | "latest") {
        return None;
    }
    let limit: usize =
        query.get("limit").map_or(Some(25), |limit| limit.parse().ok()).filter(|limit| (1..=100).contains(limit))?;
    let from: usize = query.get("cursor").map_or(Some(0), |cursor| cursor.parse().ok())?;
    let looked_for = words.trim_matches('"').to_lowercase();
    let all: Vec<usize> = state
        .posts
        .iter()
        .enumerate()
        .filter(|(_, (at, text))| *at >= since && *at < until && text.to_lowercase().contains(&looked_for))
        .map(|(place, _)| place)
        .collect();
    let page: Vec<Value> = all
        .iter()
        .skip(from)
        .take(limit)
        .map(|place| json!({ "uri": format!("at://did:plc:voices/app.bsky.feed.post/{place}"), "cid": "c" }))
        .collect();
    let next = from + page.len();
    let mut body = json!({ "posts": page });
    if next < all.len() {
        body["cursor"] = json!(next.to_string());
        body["hitsTotal"] = json!(all.len());
    }
    Some((200, body))
}

/// A hashtag that nobody used has a history, too, of zeros.
fn history(tag: &str, state: &State) -> Value {
    let uses = |day: &NaiveDate| state.uses.get(&(tag.to_lowercase(), *day)).copied().unwrap_or_default();
    let days = state.days.iter().map(|day| {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        json!({ "day": midnight.to_string(), "uses": uses(day).to_string(), "accounts": "1" })
    });
    json!({ "id": "1", "name": tag, "url": format!("https://voices.example/tags/{tag}"), "history": days.collect::<Vec<_>>() })
}
