//! A client of the public API, as an integrator would write one: GraphQL over HTTP and over `graphql-transport-ws`,
//! uploads and downloads.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use diwan_platform::crypto;
use diwan_platform::http::{HttpClient, HttpPolicy, Method, Request, Response};
use futures::{SinkExt as _, StreamExt as _};
pub use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use url::Url;

/// How long a server may take to answer, on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where the server listens.
    pub base: Url,
    http: HttpClient,
}

/// What a GraphQL request was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The whole answer, with its headers.
    pub response: Response,
    /// The body as JSON; null when it was something else.
    pub body: Value,
}

impl Answer {
    fn new(response: Response) -> Self {
        let body = response.json().unwrap_or(Value::Null);
        Self { status: response.status.as_u16(), response, body }
    }

    /// A value of the data by its path of names and positions: `createPost.post.id`. Null where there is none.
    pub fn get(&self, path: &str) -> &Value {
        path.split('.').fold(&self.body["data"], |value, step| match step.parse::<usize>() {
            Ok(position) => &value[position],
            Err(_) => &value[step],
        })
    }

    /// A text of the data.
    pub fn text(&self, path: &str) -> Result<String> {
        let text = self.get(path).as_str();
        Ok(text.with_context(|| format!("no text at {path} in {}", self.body))?.to_owned())
    }

    /// The code of the first top-level error; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The codes of a mutation's user errors.
    pub fn user_codes(&self, mutation: &str) -> Vec<String> {
        let errors = self.body["data"][mutation]["userErrors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Itself, if there is neither a top-level error nor a user error.
    pub fn ok(self) -> Result<Self> {
        ensure!(self.body["errors"].is_null(), "refused: {}", self.body);
        ensure!(self.body["data"].is_object(), "no data: {} {}", self.status, self.body);
        for (name, value) in self.body["data"].as_object().into_iter().flatten() {
            let errors = &value["userErrors"];
            ensure!(errors.as_array().is_none_or(Vec::is_empty), "{name} was refused: {errors}");
        }
        Ok(self)
    }
}

/// A new idempotency key.
pub fn new_key() -> Result<String> {
    Ok(crypto::token("test")?)
}

impl Client {
    /// A client of the server at `base`.
    pub fn new(base: &Url) -> Result<Self> {
        let policy = HttpPolicy {
            allowed_hosts: vec![base.authority().to_owned()],
            user_agent: "Diwan's tests".to_owned(),
            max_response_bytes: 64 * 1024 * 1024,
            ..HttpPolicy::default()
        };
        Ok(Self { base: base.clone(), http: HttpClient::new(policy)? })
    }

    /// A request to a path of the server, or to the path of a link that the server gave.
    pub fn request(&self, method: Method, path_or_link: &str) -> Result<Request> {
        let mut url = self.base.join(path_or_link)?;
        url.set_host(self.base.host_str())?;
        url.set_port(self.base.port()).ok().context("an address without a port")?;
        url.set_scheme(self.base.scheme()).ok().context("an address with another scheme")?;
        Ok(self.http.request(method, url))
    }

    /// Fetches a path or link.
    pub async fn get(&self, path_or_link: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path_or_link)?.send().await?)
    }

    /// Sends a file to a path or link.
    pub async fn put(&self, path_or_link: &str, bytes: impl Into<Bytes>) -> Result<Response> {
        let request = self.request(Method::PUT, path_or_link)?;
        Ok(request.bytes("application/octet-stream", bytes.into()).send().await?)
    }

    /// Sends a body to the GraphQL endpoint as it is.
    pub async fn send(&self, token: &str, key: Option<&str>, body: impl Into<Bytes>) -> Result<Answer> {
        let mut request = self.request(Method::POST, "/graphql")?.bytes("application/json", body.into());
        if !token.is_empty() {
            request = request.bearer(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        Ok(Answer::new(request.send().await?))
    }

    /// Runs an operation under an idempotency key.
    pub async fn gql_with_key(&self, token: &str, key: &str, query: &str, variables: Value) -> Result<Answer> {
        self.send(token, Some(key), json!({ "query": query, "variables": variables }).to_string()).await
    }

    /// Runs an operation, as nobody when `token` is empty. A mutation gets an idempotency key of its own.
    pub async fn gql(&self, token: &str, query: &str, variables: Value) -> Result<Answer> {
        let key = query.trim_start().starts_with("mutation").then(new_key).transpose()?;
        self.send(token, key.as_deref(), json!({ "query": query, "variables": variables }).to_string()).await
    }

    /// Runs a mutation with one input and fails unless it was carried out: `mutate(t, "createBrand", "brand { id }", ..)`.
    pub async fn mutate(&self, token: &str, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.try_mutate(token, name, selection, input).await?.ok()
    }

    /// Runs a mutation with one input, whatever comes of it.
    pub async fn try_mutate(&self, token: &str, name: &str, selection: &str, input: Value) -> Result<Answer> {
        let mut letters = name.chars();
        let first = letters.next().context("a mutation has a name")?.to_ascii_uppercase();
        let kind = format!("{first}{}Input", letters.as_str());
        let query = format!(
            "mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} userErrors {{ code message field }} }} }}"
        );
        self.gql(token, &query, json!({ "input": input })).await
    }

    /// Opens a subscription.
    pub async fn subscribe(&self, token: &str, query: &str, variables: Value) -> Result<Subscription> {
        let authorization = (!token.is_empty()).then(|| format!("Bearer {token}"));
        let payload = authorization.map_or(json!({}), |value| json!({ "authorization": value }));
        let mut subscription = Subscription { socket: self.socket().await?, refused: None };
        subscription.say(&json!({ "type": "connection_init", "payload": payload })).await?;
        match subscription.hear(Instant::now() + PATIENCE).await? {
            Heard::Message(message) if message["type"] == "connection_ack" => {}
            Heard::Message(message) => bail!("instead of an acknowledgement: {message}"),
            Heard::Closed(code, reason) => {
                subscription.refused = Some((code, reason));
                return Ok(subscription);
            }
        }
        let payload = json!({ "query": query, "variables": variables });
        subscription.say(&json!({ "type": "subscribe", "id": "1", "payload": payload })).await?;
        Ok(subscription)
    }

    async fn socket(&self) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>> {
        let address = format!("ws://{}/graphql/ws", self.base.authority());
        let mut request = address.into_client_request()?;
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let connected = tokio::time::timeout(PATIENCE, connect_async(request)).await;
        let (socket, answer) = connected.context("the server does not answer")??;
        let agreed = answer.headers().get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
        ensure!(agreed == Some("graphql-transport-ws"), "the server agreed to {agreed:?}");
        Ok(socket)
    }
}

/// An open subscription.
#[derive(Debug)]
pub struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The close code and reason with which the server refused the connection itself.
    pub refused: Option<(u16, String)>,
}

/// What a subscription brings next.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The data and errors of one event.
    Next(Value),
    /// The operation was refused, with these errors.
    Error(Value),
    /// There is no more.
    Complete,
    /// The server closed the connection, with this code.
    Closed(u16),
}

enum Heard {
    Message(Value),
    Closed(u16, String),
}

impl Subscription {
    /// What comes next; an error when nothing comes within `at_most`.
    pub async fn next(&mut self, at_most: Duration) -> Result<Event> {
        if let Some((code, _)) = self.refused {
            return Ok(Event::Closed(code));
        }
        // For all that comes together: pings are no answer.
        let deadline = Instant::now() + at_most;
        loop {
            let message = match self.hear(deadline).await? {
                Heard::Closed(code, _) => return Ok(Event::Closed(code)),
                Heard::Message(message) => message,
            };
            match message["type"].as_str() {
                Some("next") => return Ok(Event::Next(message["payload"].clone())),
                Some("error") => return Ok(Event::Error(message["payload"].clone())),
                Some("complete") => return Ok(Event::Complete),
                Some("ping") => self.say(&json!({ "type": "pong" })).await?,
                Some("pong") => {}
                _ => bail!("not of the protocol: {message}"),
            }
        }
    }

    async fn say(&mut self, message: &Value) -> Result<()> {
        let said = tokio::time::timeout(PATIENCE, self.socket.send(Message::text(message.to_string()))).await;
        Ok(said.context("the server does not read")??)
    }

    async fn hear(&mut self, deadline: Instant) -> Result<Heard> {
        loop {
            let message = tokio::time::timeout_at(deadline, self.socket.next()).await.context("nothing came")?;
            match message {
                Some(Ok(Message::Text(text))) => return Ok(Heard::Message(serde_json::from_str(&text)?)),
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) =
                        frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
                    return Ok(Heard::Closed(code, reason));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => bail!("the connection broke: {error}"),
                None => return Ok(Heard::Closed(1006, String::new())),
            }
        }
    }
}
