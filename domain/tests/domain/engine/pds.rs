//! A small PDS that counts: it keeps one session, whose refresh token works once, and takes posts one after the other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use url::Url;

/// The identifier of its one account.
pub const DID: &str = "did:plc:amal";

/// What is wrong with renewals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewing {
    /// Nothing.
    Works,
    /// The old token is spent, and the answer never arrives.
    AnswerLost,
    /// It has a fault.
    Away,
}

/// What is in it.
#[derive(Debug)]
pub struct State {
    pub renewing: Renewing,
    /// Whether the session is accepted.
    pub revoked: bool,
    /// A session whose access token it has ended before its time.
    pub ended_early: Option<usize>,
    /// Until when it wants nothing, and what it says then: seconds to wait.
    pub busy: Option<(Instant, Option<u64>)>,
    /// Texts that it does not answer.
    pub silent: Vec<String>,
    /// What it says to whoever looks for a post: so many seconds to wait.
    pub hides: Option<u64>,
    /// How many renewals were asked for, and how many were refused.
    pub renewals: usize,
    pub refused: usize,
    /// How many times the profile was read, and what the account is called there.
    pub profiles: usize,
    pub handle: Option<String>,
    /// What it says to whoever asks for the numbers of posts: so many seconds to wait.
    pub keeps_numbers: Option<u64>,
    /// What it says to whoever asks for a thread: so many seconds to wait.
    pub keeps_threads: Option<u64>,
    /// The post of which it refuses to tell the numbers, and with it of all that are asked for in the same request.
    pub refuses: Option<String>,
    /// How many likes each post has.
    pub likes: i64,
    /// What it says of the thread under any post: null of one that is gone; false, and it refuses to.
    pub thread: Value,
    /// How many times the numbers of posts were asked for.
    pub read: usize,
    /// Requests to publish, with when they came.
    pub asked: Vec<Instant>,
    /// The texts, in the order in which they came to be there.
    pub posts: Vec<String>,
    records: BTreeMap<String, Value>,
    /// Counts the sessions.
    session: usize,
    /// When the access token ends.
    ends_at: DateTime<Utc>,
}

/// The server; it stops when dropped.
pub struct Pds {
    pub url: Url,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl Pds {
    /// Starts one whose tokens from now on end at `ends_at`.
    pub async fn start(ends_at: DateTime<Utc>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://localhost:{}/", listener.local_addr()?.port()).parse()?;
        let state = Arc::new(Mutex::new(State {
            renewing: Renewing::Works,
            revoked: false,
            ended_early: None,
            busy: None,
            silent: Vec::new(),
            hides: None,
            renewals: 0,
            refused: 0,
            profiles: 0,
            handle: None,
            keeps_numbers: None,
            keeps_threads: None,
            refuses: None,
            thread: Value::Null,
            likes: 0,
            read: 0,
            asked: Vec::new(),
            posts: Vec::new(),
            records: BTreeMap::new(),
            session: 1,
            ends_at,
        }));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { url, state, accepting })
    }

    /// What is in it now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The account's secrets, with an access token that ends then.
    pub fn secrets(&self, ends_at: DateTime<Utc>) -> Value {
        let state = self.state();
        json!({ "did": DID, "access_jwt": access(state.session, ends_at), "refresh_jwt": refresh(state.session) })
    }
}

impl Drop for Pds {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn access(session: usize, ends_at: DateTime<Utc>) -> String {
    let payload = json!({ "exp": ends_at.timestamp(), "session": session });
    format!("e30.{}.s", BASE64URL_NOPAD.encode(payload.to_string().as_bytes()))
}

fn refresh(session: usize) -> String {
    format!("refresh-{session}")
}

/// The session of an access token.
fn session_of(token: &str) -> Option<usize> {
    let payload = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    usize::try_from(payload["session"].as_u64()?).ok()
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            if let Err(error) = serve(stream, &state).await {
                println!("the PDS could not serve: {error:#}");
            }
        });
    }
}

/// A request, as far as it matters.
struct Asked {
    path: String,
    query: String,
    token: String,
    body: Value,
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let asked = read(&mut stream).await?;
    // As long as a real server may take, so that those who come at the same time overlap.
    sleep(Duration::from_millis(15)).await;
    let answer = answer(&asked, &mut lock(state));
    let Some((status, wait, body)) = answer else {
        sleep(Duration::from_secs(10)).await;
        return Ok(());
    };
    let body = body.to_string();
    let wait = wait.map(|wait| format!("Retry-After: {wait}\r\n")).unwrap_or_default();
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{wait}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

async fn read(stream: &mut TcpStream) -> Result<Asked> {
    let mut bytes = Vec::new();
    let head = loop {
        anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "no request");
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let header = |name: &str| {
        let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let length: usize = header("content-length").parse().unwrap_or(0);
    while bytes.len() < head + 4 + length {
        anyhow::ensure!(stream.read_buf(&mut bytes).await? > 0, "half a request");
    }
    let target = text.split(' ').nth(1).context("no path")?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Asked {
        path: path.trim_start_matches("/xrpc/").to_owned(),
        query: query.to_owned(),
        token: header("authorization").trim_start_matches("Bearer ").to_owned(),
        body: serde_json::from_slice(&bytes[head + 4..]).unwrap_or(Value::Null),
    })
}

type Answer = Option<(u16, Option<u64>, Value)>;

#[expect(clippy::unnecessary_wraps, reason = "it stands for an answer among others that may not come")]
fn refuse(status: u16, name: &str) -> Answer {
    Some((status, None, json!({ "error": name, "message": "" })))
}

#[expect(clippy::unnecessary_wraps, reason = "it stands for an answer among others that may not come")]
fn too_many(wait: Option<u64>) -> Answer {
    Some((429, wait, json!({ "error": "RateLimitExceeded", "message": "" })))
}

/// None: it never comes.
fn answer(asked: &Asked, state: &mut State) -> Answer {
    match asked.path.as_str() {
        "com.atproto.server.refreshSession" => renew(asked, state),
        "com.atproto.repo.getRecord" if state.hides.is_some() => too_many(state.hides),
        "com.atproto.repo.getRecord" => {
            let key = asked.query.split('&').find_map(|pair| pair.strip_prefix("rkey="));
            match key.and_then(|key| state.records.get(key)) {
                Some(record) => Some((200, None, json!({ "uri": "at://x", "cid": "c", "value": record }))),
                None => refuse(400, "RecordNotFound"),
            }
        }
        "app.bsky.actor.getProfile" => {
            state.profiles += 1;
            match allowed(asked, state) {
                Ok(()) => Some((200, None, json!({ "did": DID, "followersCount": 3, "handle": state.handle }))),
                Err(refused) => refused,
            }
        }
        "app.bsky.feed.getPosts" => {
            state.read += 1;
            if state.keeps_numbers.is_some() {
                return too_many(state.keeps_numbers);
            }
            let uris: Vec<&str> = asked.query.split('&').filter_map(|pair| pair.strip_prefix("uris=")).collect();
            if state.refuses.as_deref().is_some_and(|refused| uris.contains(&refused)) {
                return refuse(400, "InvalidRequest");
            }
            let posts: Vec<Value> = uris.iter().map(|uri| json!({ "uri": uri, "likeCount": state.likes })).collect();
            Some((200, None, json!({ "posts": posts })))
        }
        "app.bsky.feed.getPostThread" if state.keeps_threads.is_some() => too_many(state.keeps_threads),
        "app.bsky.feed.getPostThread" if state.thread.is_null() => refuse(400, "NotFound"),
        "app.bsky.feed.getPostThread" if state.thread == json!(false) => refuse(400, "InvalidRequest"),
        "app.bsky.feed.getPostThread" => Some((200, None, json!({ "thread": state.thread }))),
        "com.atproto.repo.putRecord" => put(asked, state),
        _ => refuse(404, "MethodNotImplemented"),
    }
}

fn allowed(asked: &Asked, state: &State) -> Result<(), Answer> {
    let ended = state.revoked || state.ended_early == Some(state.session);
    if ended || session_of(&asked.token) != Some(state.session) {
        return Err(refuse(400, "ExpiredToken"));
    }
    Ok(())
}

fn renew(asked: &Asked, state: &mut State) -> Answer {
    state.renewals += 1;
    if state.renewing == Renewing::Away {
        return refuse(503, "Away");
    }
    if state.revoked || asked.token != refresh(state.session) {
        state.refused += 1;
        return refuse(400, "ExpiredToken");
    }
    state.session += 1;
    if state.renewing == Renewing::AnswerLost {
        return None;
    }
    let (access, refresh) = (access(state.session, state.ends_at), refresh(state.session));
    Some((200, None, json!({ "did": DID, "handle": "amal.example", "accessJwt": access, "refreshJwt": refresh })))
}

fn put(asked: &Asked, state: &mut State) -> Answer {
    state.asked.push(Instant::now());
    if let Some((until, wait)) = state.busy
        && Instant::now() < until
    {
        return too_many(wait);
    }
    if let Err(refused) = allowed(asked, state) {
        return refused;
    }
    let record = asked.body["record"].clone();
    let text = record["text"].as_str().unwrap_or_default().to_owned();
    if state.silent.contains(&text) {
        return None;
    }
    let key = asked.body["rkey"].as_str().unwrap_or_default().to_owned();
    if state.records.insert(key.clone(), record).is_none() {
        state.posts.push(text);
    }
    Some((200, None, json!({ "uri": format!("at://{DID}/app.bsky.feed.post/{key}"), "cid": "c" })))
}
