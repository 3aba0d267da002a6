//! A reverse proxy on loopback that loses answers, resets connections and delays, as told. It speaks HTTP/1.1, one
//! request per connection, with bodies that have a `Content-Length`.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// The longest request head and body taken.
const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 64 * 1024 * 1024;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it is forwarded and answered.
    Pass,
    /// The server gets it and answers, but the answer never arrives.
    ForwardThenHang,
    /// The server gets it and answers, but the connection is reset instead.
    ForwardThenReset,
    /// The connection is reset before the server gets it.
    ResetBeforeForward,
    /// The proxy answers with this status by itself.
    Status(u16),
    /// It is forwarded after a while.
    Delay(Duration),
}

/// A request that came to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `GET`, `POST` …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// True when the server received it.
    pub forwarded: bool,
}

#[derive(Default)]
struct State {
    upstream: Option<Url>,
    /// Whether the server is told the name by which the proxy was called: where that name is signed.
    keeps_host: bool,
    /// By path prefix; the longest that fits counts. How many requests pass before, and what happens to those after them.
    faults: BTreeMap<String, (usize, Fault)>,
    requests: Vec<Recorded>,
}

/// The proxy; it stops when dropped.
pub struct FaultProxy {
    /// Where clients find it.
    pub url: Url,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    /// The number of changes to `requests`.
    changed: watch::Sender<u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultProxy {
    /// Starts a proxy in front of a server.
    pub async fn start(upstream: &Url) -> Result<Self> {
        let proxy = Self::reserve().await?;
        proxy.forward_to(upstream)?;
        Ok(proxy)
    }

    /// Starts a proxy in front of a server that is told the proxy's name, because its clients sign it.
    pub async fn keeping_host(upstream: &Url) -> Result<Self> {
        let proxy = Self::start(upstream).await?;
        proxy.shared.state().keeps_host = true;
        Ok(proxy)
    }

    /// Starts a proxy whose server comes later, with [`FaultProxy::forward_to`].
    pub async fn reserve() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://localhost:{}/", listener.local_addr()?.port()).parse()?;
        let shared = Arc::new(Shared { state: Mutex::default(), changed: watch::channel(0).0 });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { url, shared, accepting })
    }

    /// Sets the server, an http address.
    pub fn forward_to(&self, upstream: &Url) -> Result<()> {
        if upstream.scheme() != "http" || upstream.port().is_none() {
            bail!("{upstream} is no plain http address with a port");
        }
        self.shared.state().upstream = Some(upstream.clone());
        Ok(())
    }

    /// Sets what happens to requests whose path begins with `prefix`, from now on.
    pub fn set(&self, prefix: &str, fault: Fault) {
        self.set_after(prefix, 0, fault);
    }

    /// The same, for the requests after the next so many.
    pub fn set_after(&self, prefix: &str, passes: usize, fault: Fault) {
        self.shared.state().faults.insert(prefix.to_owned(), (passes, fault));
    }

    /// Lets everything pass again.
    pub fn clear(&self) {
        self.shared.state().faults.clear();
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.state().requests.clone()
    }

    /// How many requests whose path begins with `prefix` came here.
    pub fn count(&self, prefix: &str) -> usize {
        self.shared.state().requests.iter().filter(|request| request.path.starts_with(prefix)).count()
    }

    /// How many of them the server received.
    pub fn forwarded(&self, prefix: &str) -> usize {
        let is_counted = |request: &&Recorded| request.forwarded && request.path.starts_with(prefix);
        self.shared.state().requests.iter().filter(is_counted).count()
    }

    /// Waits until the server has received and answered `number` requests whose path begins with `prefix`.
    pub async fn wait_forwarded(&self, prefix: &str, number: usize, at_most: Duration) -> Result<()> {
        let mut changed = self.shared.changed.subscribe();
        let enough = changed.wait_for(|_| self.forwarded(prefix) >= number);
        tokio::time::timeout(at_most, enough)
            .await
            .with_context(|| format!("{} of {number} requests to {prefix} arrived", self.forwarded(prefix)))??;
        Ok(())
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client that went away is no failure of the proxy.
            let _gone = serve(client, &shared).await;
        });
    }
}

async fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
    let (fault, upstream, keeps_host, index) = {
        let mut state = shared.state();
        let fits = state.faults.iter_mut().filter(|(prefix, _)| request.path.starts_with(prefix.as_str()));
        let fault = match fits.max_by_key(|(prefix, _)| prefix.len()) {
            None => Fault::Pass,
            Some((_, (0, fault))) => *fault,
            Some((_, (passes, _))) => {
                *passes -= 1;
                Fault::Pass
            }
        };
        let Request { method, path, .. } = &request;
        state.requests.push(Recorded { method: method.clone(), path: path.clone(), forwarded: false });
        (fault, state.upstream.clone(), state.keeps_host, state.requests.len() - 1)
    };
    let forward = async || {
        let answer = request.forward(upstream.as_ref(), keeps_host).await?;
        shared.state().requests[index].forwarded = true;
        shared.changed.send_modify(|changes| *changes += 1);
        io::Result::Ok(answer)
    };
    match fault {
        Fault::Pass => client.write_all(&forward().await?).await?,
        Fault::Delay(time) => {
            tokio::time::sleep(time).await;
            client.write_all(&forward().await?).await?;
        }
        Fault::ForwardThenHang => {
            forward().await?;
            // Until the client gives up and closes.
            return client.read_to_end(&mut Vec::new()).await.map(drop);
        }
        Fault::ForwardThenReset => {
            forward().await?;
            return client.set_zero_linger();
        }
        Fault::ResetBeforeForward => return client.set_zero_linger(),
        Fault::Status(status) => {
            let head = format!("HTTP/1.1 {status} Fault\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            client.write_all(head.as_bytes()).await?;
        }
    }
    client.shutdown().await
}

struct Request {
    method: String,
    path: String,
    host: String,
    /// Request line and headers, without what concerns one connection only.
    head: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    /// Reads a whole request; none when the client closed without one.
    async fn read(client: &mut TcpStream) -> io::Result<Option<Self>> {
        let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
        let mut buffer = Vec::new();
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            if client.read_buf(&mut buffer).await? == 0 || buffer.len() > MAX_HEAD {
                return Ok(None);
            }
        };
        let mut body = buffer.split_off(end + 4);
        let text = std::str::from_utf8(&buffer[..end]).map_err(|_| invalid("a head that is not UTF-8"))?;
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap_or_default();
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Err(invalid("no request line")) };
        let mut head = vec![line.to_owned()];
        let (mut length, mut host) = (0, String::new());
        for header in lines {
            let (name, value) = header.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
            match name.to_ascii_lowercase().as_str() {
                "host" => value.trim().clone_into(&mut host),
                "connection" => {}
                "transfer-encoding" => return Err(invalid("a body without a length")),
                "content-length" => {
                    length = value.trim().parse().map_err(|_| invalid("no length"))?;
                    head.push(header.to_owned());
                }
                _ => head.push(header.to_owned()),
            }
        }
        if length > MAX_BODY {
            return Err(invalid("a body that is too large"));
        }
        while body.len() < length {
            if client.read_buf(&mut body).await? == 0 {
                return Ok(None);
            }
        }
        let path = target.split('?').next().unwrap_or(target).to_owned();
        Ok(Some(Self { method: method.to_owned(), path, host, head, body }))
    }

    /// Sends the request on and returns the whole answer, marked as the connection's last.
    async fn forward(&self, upstream: Option<&Url>, keeps_host: bool) -> io::Result<Vec<u8>> {
        let no_server = || io::Error::new(io::ErrorKind::NotConnected, "no server to forward to");
        let upstream = upstream.ok_or_else(no_server)?;
        // The servers listen on IPv4's loopback, whatever name they are called by.
        let mut server = TcpStream::connect(("127.0.0.1", upstream.port().ok_or_else(no_server)?)).await?;
        let lines = self.head.join("\r\n");
        let host = if keeps_host { &self.host } else { upstream.authority() };
        let head = format!("{lines}\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        server.write_all(head.as_bytes()).await?;
        server.write_all(&self.body).await?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).await?;
        let line = answer.windows(2).position(|window| window == b"\r\n").map_or(0, |end| end + 2);
        answer.splice(line..line, b"connection: close\r\n".iter().copied());
        Ok(answer)
    }
}
