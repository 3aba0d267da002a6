//! The frame of a server that is written here: it listens on loopback, answers one request per connection, and stops when dropped.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// The most bytes of a request.
const MOST: usize = 1024 * 1024;

/// A request.
pub(super) struct Asked {
    /// Its first line and its headers.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Asked {
    /// Its method, such as `POST`.
    pub(super) fn method(&self) -> &str {
        self.head.split_whitespace().next().unwrap_or_default()
    }

    /// Its path and query.
    pub(super) fn target(&self) -> &str {
        self.head.split_whitespace().nth(1).unwrap_or("/")
    }

    /// A header, whatever the case of its name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// A header of a head, whatever the case of its name.
pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// An answer.
pub(super) struct Answer {
    /// Its status.
    pub status: u16,
    /// Headers besides the length, as `name: value`.
    pub headers: Vec<String>,
    /// Its body.
    pub body: String,
    /// How long it takes.
    pub wait: Duration,
}

impl Answer {
    /// An answer at once.
    pub(super) fn new(status: u16, headers: Vec<String>, body: String) -> Self {
        Self { status, headers, body, wait: Duration::ZERO }
    }

    /// An answer of JSON.
    pub(super) fn json(status: u16, body: String) -> Self {
        Self::new(status, vec!["content-type: application/json".to_owned()], body)
    }

    /// One that comes later than anybody waits for.
    pub(super) fn too_late() -> Self {
        Self { wait: Duration::from_mins(1), ..Self::json(200, String::new()) }
    }

    /// The same, which asks for so many seconds of patience, where it asks for any.
    pub(super) fn after(mut self, seconds: Option<u32>) -> Self {
        self.headers.extend(seconds.map(|seconds| format!("retry-after: {seconds}")));
        self
    }
}

/// What a server makes of a request and of what it knows.
pub(super) type Answering<S> = fn(&Asked, &mut S) -> Answer;

/// A server; it stops when dropped.
pub(super) struct StandIn<S> {
    /// Where it is.
    pub url: Url,
    state: Arc<Mutex<S>>,
    task: JoinHandle<()>,
}

impl<S> Drop for StandIn<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<S>(state: &Mutex<S>) -> MutexGuard<'_, S> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Send + 'static> StandIn<S> {
    /// A server that knows this and answers so.
    pub(super) async fn start(state: S, answering: Answering<S>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &state, answering).await {
                        eprintln!("a server of {}: {error}", std::any::type_name::<S>());
                    }
                });
            }
        });
        Ok(Self { url, state, task })
    }

    /// What it knows.
    pub(super) fn state(&self) -> MutexGuard<'_, S> {
        lock(&self.state)
    }
}

/// A request whole; none where whoever sent it hung up before.
async fn read(stream: &mut TcpStream) -> Result<Option<Asked>> {
    let (mut received, mut part) = (Vec::new(), [0_u8; 4096]);
    loop {
        if let Some(end) = received.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length: usize = header(&head, "content-length").unwrap_or("0").parse().context("a length")?;
            if received.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&received[end + 4..]).into_owned();
                return Ok(Some(Asked { head, body }));
            }
        }
        let read = stream.read(&mut part).await?;
        if read == 0 || received.len() > MOST {
            return Ok(None);
        }
        received.extend_from_slice(&part[..read]);
    }
}

async fn serve<S>(mut stream: TcpStream, state: &Mutex<S>, answering: Answering<S>) -> Result<()> {
    let Some(asked) = read(&mut stream).await? else { return Ok(()) };
    let Answer { status, headers, body, wait } = answering(&asked, &mut lock(state));
    tokio::time::sleep(wait).await;
    let mut lines =
        vec![format!("HTTP/1.1 {status} x"), "connection: close".to_owned(), format!("content-length: {}", body.len())];
    lines.extend(headers);
    stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).await?;
    // Whoever has had enough hangs up.
    let _hung_up = stream.write_all(body.as_bytes()).await;
    Ok(())
}
