//! A language model on loopback, with the chat completions interface: it keeps what it is asked and answers what it is told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// The key that it takes.
pub const LANGUAGE_KEY: &str = "sk-known-to-the-model";

/// What it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// This text, for so many tokens in all.
    Text(String, i64),
    /// This status.
    Status(u16),
    /// Nothing for longer than anybody waits.
    Nothing,
}

struct State {
    said: Said,
    asked: Vec<Value>,
}

/// The server; it stops when dropped.
pub struct LanguageServer {
    /// Below which its interface is.
    pub url: Url,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for LanguageServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LanguageServer {
    /// A server that refuses until it is told what to say.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}/ai", listener.local_addr()?))?;
        let state = Arc::new(Mutex::new(State { said: Said::Status(503), asked: Vec::new() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &state).await {
                        eprintln!("the language model: {error}");
                    }
                });
            }
        });
        Ok(Self { url, state, task })
    }

    /// Answers so from now on.
    pub fn says(&self, said: Said) {
        lock(&self.state).said = said;
    }

    /// What it was asked so far: the bodies of right requests.
    pub fn asked(&self) -> Vec<Value> {
        lock(&self.state).asked.clone()
    }
}

/// A request whole: its head and its body; none where the line broke.
async fn request(stream: &mut TcpStream) -> Result<Option<(String, Vec<u8>)>> {
    let (mut received, mut part) = (Vec::new(), [0_u8; 4096]);
    loop {
        let end = received.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(received.get(..end).unwrap_or_default()).into_owned();
            let length = head.lines().filter_map(|line| line.split_once(':'));
            let length = length.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.map_or("0", |(_, value)| value.trim()).parse().context("a length")?;
            if received.len() >= end + 4 + length {
                return Ok(Some((head, received.split_off(end + 4))));
            }
        }
        let read = stream.read(&mut part).await?;
        if read == 0 || received.len() > 256 * 1024 {
            return Ok(None);
        }
        received.extend_from_slice(part.get(..read).unwrap_or_default());
    }
}

/// What is wrong with a request, as a status; its body where nothing is.
fn check(head: &str, body: &[u8]) -> Result<Value, u16> {
    let mut lines = head.lines();
    if !lines.next().is_some_and(|line| line.starts_with("POST /ai/v1/chat/completions ")) {
        return Err(404);
    }
    let key = format!("bearer {LANGUAGE_KEY}");
    let authorized = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.trim().eq_ignore_ascii_case(&key));
    if !authorized {
        return Err(401);
    }
    let asked: Value = serde_json::from_slice(body).map_err(|_| 400_u16)?;
    let texts = asked.get("messages").and_then(Value::as_array).is_some_and(|messages| {
        messages.iter().all(|message| message["role"].is_string() && message["content"].is_string())
    });
    if texts && asked["model"].is_string() && asked["max_tokens"].is_u64() { Ok(asked) } else { Err(400) }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let Some((head, body)) = request(&mut stream).await? else { return Ok(()) };
    let (status, answer) = match check(&head, &body) {
        Err(status) => (status, json!({ "error": { "message": "refused" } })),
        Ok(asked) => {
            let said = {
                let mut state = lock(state);
                state.asked.push(asked);
                state.said.clone()
            };
            match said {
                Said::Status(status) => (status, json!({ "error": { "message": "not now" } })),
                Said::Nothing => {
                    tokio::time::sleep(Duration::from_mins(1)).await;
                    return Ok(());
                }
                Said::Text(text, tokens) => (
                    200,
                    json!({ "object": "chat.completion",
                        "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
                        "usage": { "total_tokens": tokens } }),
                ),
            }
        }
    };
    let body = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    Ok(stream.write_all(body.as_bytes()).await?)
}
