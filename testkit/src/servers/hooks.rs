//! A server that receives webhooks on loopback: it keeps what arrives and answers with the status that it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// Something that arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hook {
    /// The head of the request: its first line and its headers.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Hook {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

struct State {
    status: u16,
    hooks: Vec<Hook>,
}

/// The server; it stops when dropped.
pub struct HookServer {
    /// Where it is.
    pub url: Url,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for HookServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HookServer {
    /// A server that receives everything.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let state = Arc::new(Mutex::new(State { status: 204, hooks: Vec::new() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &state).await {
                        eprintln!("the server of webhooks: {error}");
                    }
                });
            }
        });
        Ok(Self { url, state, task })
    }

    /// Answers with this status from now on; a redirect leads to the server itself.
    pub fn answer(&self, status: u16) {
        lock(&self.state).status = status;
    }

    /// What arrived so far.
    pub fn hooks(&self) -> Vec<Hook> {
        lock(&self.state).hooks.clone()
    }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let (mut received, mut part) = (Vec::new(), [0_u8; 4096]);
    let (head, length) = loop {
        if let Some(end) = received.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = Hook { head: head.clone(), body: String::new() };
            let length: usize = length.header("content-length").unwrap_or("0").parse().context("a length")?;
            received.drain(..end + 4);
            break (head, length);
        }
        let read = stream.read(&mut part).await?;
        if read == 0 || received.len() > 64 * 1024 {
            return Ok(());
        }
        received.extend_from_slice(&part[..read]);
    };
    while received.len() < length {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        received.extend_from_slice(&part[..read]);
    }
    let status = {
        let mut state = lock(state);
        state.hooks.push(Hook { head, body: String::from_utf8_lossy(&received).into_owned() });
        state.status
    };
    let answer = format!("HTTP/1.1 {status} x\r\nconnection: close\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n");
    Ok(stream.write_all(answer.as_bytes()).await?)
}
