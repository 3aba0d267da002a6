//! A server of feeds on loopback: it answers as told, knows validators, and counts who asks how.

use std::collections::BTreeMap;

use anyhow::Result;
use url::Url;

use super::stand_in::{Answer, Asked, StandIn};

/// What is answered to a path.
#[derive(Debug, Clone, Default)]
pub struct FeedAnswer {
    /// The status; 200 unless told.
    pub status: u16,
    /// Headers besides the length, as `name: value`.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
    /// With it, whoever names it in `If-None-Match` gets 304.
    pub etag: Option<String>,
    /// With it, whoever names it in `If-Modified-Since` gets 304.
    pub last_modified: Option<String>,
}

/// A request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedRequest {
    /// The path.
    pub path: String,
    /// The validators that it named.
    pub if_none_match: Option<String>,
    /// Likewise.
    pub if_modified_since: Option<String>,
    /// Who asked.
    pub user_agent: Option<String>,
    /// What was answered.
    pub status: u16,
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, FeedAnswer>,
    requests: Vec<FeedRequest>,
}

/// The server; it stops when dropped.
pub struct FeedServer {
    /// Where it is.
    pub url: Url,
    stand_in: StandIn<State>,
}

impl FeedServer {
    /// A server that knows no path yet.
    pub async fn start() -> Result<Self> {
        let stand_in = StandIn::start(State::default(), answer).await?;
        Ok(Self { url: stand_in.url.clone(), stand_in })
    }

    /// From now on this is answered to the path.
    pub fn answer(&self, path: &str, answer: FeedAnswer) {
        self.stand_in.state().answers.insert(path.to_owned(), answer);
    }

    /// From now on this feed is answered to the path, with a validator if there is one.
    pub fn feed(&self, path: &str, body: impl Into<String>, etag: Option<&str>) {
        self.answer(path, FeedAnswer { body: body.into(), etag: etag.map(str::to_owned), ..FeedAnswer::default() });
    }

    /// Who asked so far, and how.
    pub fn requests(&self) -> Vec<FeedRequest> {
        self.stand_in.state().requests.clone()
    }

    /// The address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{}", self.url, path.trim_start_matches('/'))
    }
}

fn answer(asked: &Asked, state: &mut State) -> Answer {
    let header = |name: &str| asked.header(name).map(str::to_owned);
    let path = asked.target().to_owned();
    let known = state.answers.get(&path).cloned();
    let mut answer = known.unwrap_or_else(|| FeedAnswer { status: 404, ..FeedAnswer::default() });
    answer.status = if answer.status == 0 { 200 } else { answer.status };
    let (validator, since) = (header("if-none-match"), header("if-modified-since"));
    let same = answer.etag.is_some() && validator == answer.etag;
    let old = validator.is_none() && answer.last_modified.is_some() && since == answer.last_modified;
    if answer.status == 200 && (same || old) {
        answer = FeedAnswer { status: 304, body: String::new(), ..answer };
    }
    state.requests.push(FeedRequest {
        path,
        if_none_match: validator,
        if_modified_since: since,
        user_agent: header("user-agent"),
        status: answer.status,
    });
    let mut headers = answer.headers;
    for (name, value) in [("etag", answer.etag), ("last-modified", answer.last_modified)] {
        headers.extend(value.map(|value| format!("{name}: {value}")));
    }
    Answer::new(answer.status, headers, answer.body)
}
