//! A server of feeds on loopback: it answers as told, knows validators, and counts who asks how.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

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
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for FeedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FeedServer {
    /// A server that knows no path yet.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &state).await {
                        eprintln!("the server of feeds: {error}");
                    }
                });
            }
        });
        Ok(Self { url, state, task })
    }

    /// From now on this is answered to the path.
    pub fn answer(&self, path: &str, answer: FeedAnswer) {
        lock(&self.state).answers.insert(path.to_owned(), answer);
    }

    /// From now on this feed is answered to the path, with a validator if there is one.
    pub fn feed(&self, path: &str, body: impl Into<String>, etag: Option<&str>) {
        self.answer(path, FeedAnswer { body: body.into(), etag: etag.map(str::to_owned), ..FeedAnswer::default() });
    }

    /// Who asked so far, and how.
    pub fn requests(&self) -> Vec<FeedRequest> {
        lock(&self.state).requests.clone()
    }

    /// The address of a path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{}", self.url, path.trim_start_matches('/'))
    }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let mut head = Vec::new();
    let mut part = [0_u8; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await?;
        if read == 0 || head.len() > 64 * 1024 {
            return Ok(());
        }
        head.extend_from_slice(&part[..read]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let header = |name: &str| {
        let line = head.lines().skip(1).find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let path = head.split_whitespace().nth(1).unwrap_or("/").to_owned();
    let answer = {
        let mut state = lock(state);
        let known = state.answers.get(&path).cloned();
        let mut answer = known.unwrap_or_else(|| FeedAnswer { status: 404, ..FeedAnswer::default() });
        answer.status = if answer.status == 0 { 200 } else { answer.status };
        let (asked, since) = (header("if-none-match"), header("if-modified-since"));
        let same = answer.etag.is_some() && asked == answer.etag;
        let old = asked.is_none() && answer.last_modified.is_some() && since == answer.last_modified;
        if answer.status == 200 && (same || old) {
            answer = FeedAnswer { status: 304, body: String::new(), ..answer };
        }
        state.requests.push(FeedRequest {
            path,
            if_none_match: asked,
            if_modified_since: since,
            user_agent: header("user-agent"),
            status: answer.status,
        });
        answer
    };
    let mut lines = vec![
        format!("HTTP/1.1 {} x", answer.status),
        "connection: close".to_owned(),
        format!("content-length: {}", answer.body.len()),
    ];
    for (name, value) in [("etag", &answer.etag), ("last-modified", &answer.last_modified)] {
        lines.extend(value.iter().map(|value| format!("{name}: {value}")));
    }
    lines.extend(answer.headers.iter().cloned());
    let text = format!("{}\r\n\r\n", lines.join("\r\n"));
    stream.write_all(text.as_bytes()).await?;
    // Whoever has had enough hangs up.
    let _hung_up = stream.write_all(answer.body.as_bytes()).await;
    Ok(())
}
