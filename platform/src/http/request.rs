//! A request being built, and its way to the server and back.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::time::timeout;
use tracing::Instrument as _;
use url::Url;

use super::{HttpClient, HttpError, NotPublic, Response, has_cause, origin, reason, silent};
use crate::source::Source;

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    name: String,
    content: Source,
    file: Option<(String, String)>,
}

impl Part {
    /// A plain field.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), content: Bytes::from(value.into()).into(), file: None }
    }

    /// A file with its name and media type, read while it is sent.
    pub fn file(
        name: impl Into<String>,
        file_name: impl Into<String>,
        mime: impl Into<String>,
        content: impl Into<Source>,
    ) -> Self {
        Self { name: name.into(), content: content.into(), file: Some((file_name.into(), mime.into())) }
    }
}

enum Body {
    Empty,
    Bytes(Bytes),
    Source(Source, Range<u64>),
    Multipart(Vec<Part>),
}

/// A request being built; [`Request::send`] makes it.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    client: HttpClient,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Body,
    max_response_bytes: usize,
    patience: Option<Duration>,
    traced: bool,
    flaw: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &origin(&self.url))
            .finish_non_exhaustive()
    }
}

impl Request {
    pub(super) fn new(client: HttpClient, method: Method, url: Url) -> Self {
        Self {
            max_response_bytes: client.0.policy.max_response_bytes,
            client,
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::Empty,
            patience: None,
            traced: true,
            flaw: None,
        }
    }

    /// Sets a header. An impossible name or value fails the request before it is sent.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(name == reqwest::header::AUTHORIZATION || name == reqwest::header::COOKIE);
                self.headers.insert(name, value);
            }
            _ => self.flaw = Some(format!("the header {name} cannot be sent")),
        }
        self
    }

    /// Sets `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds query parameters.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(mut self, pairs: &[(K, V)]) -> Self {
        if !pairs.is_empty() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// A JSON body.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.bytes("application/json", body.into()),
            Err(error) => {
                self.flaw = Some(format!("the body cannot be written as JSON: {error}"));
                self
            }
        }
    }

    /// A form body, `application/x-www-form-urlencoded`.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, pairs: &[(K, V)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.bytes("application/x-www-form-urlencoded", body.into())
    }

    /// A body as it is, with its media type.
    pub fn bytes(mut self, mime: &str, body: Bytes) -> Self {
        self.body = Body::Bytes(body);
        self.header("content-type", mime)
    }

    /// A body that is read while it is sent, this range of it, with its media type and its length.
    pub fn source(mut self, mime: &str, source: &Source, range: Range<u64>) -> Self {
        let end = range.end.min(source.size());
        self.body = Body::Source(source.clone(), range.start.min(end)..end);
        self.header("content-type", mime)
    }

    /// Replaces the policy's limits on the time of request and answer together and on the silence before the answer for this request:
    /// large bodies take longer.
    pub fn patience(mut self, limit: Duration) -> Self {
        self.patience = Some(limit);
        self
    }

    /// A `multipart/form-data` body.
    pub fn multipart(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Multipart(parts);
        self
    }

    /// Replaces the policy's limit on the answer's size for this request.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Leaves no span behind: for what sends spans itself.
    pub fn untraced(mut self) -> Self {
        self.traced = false;
        self
    }

    /// Sends the request and reads the whole answer.
    pub async fn send(self) -> Result<Response, HttpError> {
        if !self.traced {
            return self.converse().await;
        }
        let span = tracing::info_span!(
            "outbound request",
            otel.kind = "client",
            http.request.method = %self.method,
            server.address = self.url.host_str(),
            http.response.status_code = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        let answer = self.converse().instrument(span.clone()).await;
        match &answer {
            Ok(answer) => span.record("http.response.status_code", answer.status.as_u16()),
            Err(error) => span.record("error", tracing::field::display(error)),
        };
        answer
    }

    async fn converse(self) -> Result<Response, HttpError> {
        let origin = origin(&self.url);
        let limit = self.max_response_bytes;
        let silence = self.client.0.policy.read_timeout;
        let method = self.method.clone();
        let answer = self.exchange(&origin).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        tracing::debug!(%method, %origin, status = status.as_u16(), "outbound request");
        let too_large = || HttpError::TooLarge { origin: origin.clone(), limit, status };
        if answer.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = timeout(silence, chunks.next()).await.map_err(|_| silent(&origin))? {
            let chunk = chunk.map_err(|error| HttpError::Unknown { origin: origin.clone(), reason: reason(&error) })?;
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body: body.freeze() })
    }

    /// Sends and waits for the head of the answer.
    async fn exchange(self, origin: &str) -> Result<reqwest::Response, HttpError> {
        let not_sent = |reason: String| HttpError::NotSent { origin: origin.to_owned(), reason };
        if let Some(flaw) = self.flaw {
            return Err(not_sent(flaw));
        }
        let silence = self.client.0.policy.read_timeout;
        let url = self.client.called(&self.url);
        let mut request = self.client.dialer(&url)?.request(self.method, url).headers(self.headers);
        if let Some(patience) = self.patience {
            request = request.timeout(patience);
        }
        request = match self.body {
            Body::Empty => request,
            Body::Bytes(body) => request.body(body),
            Body::Source(source, range) => request
                .header(reqwest::header::CONTENT_LENGTH, range.end - range.start)
                .body(reqwest::Body::wrap_stream(source.stream(range))),
            Body::Multipart(parts) => {
                let mut form = reqwest::multipart::Form::new();
                for Part { name, content, file } in parts {
                    let length = content.size();
                    let body = reqwest::Body::wrap_stream(content.stream(0..length));
                    let mut part = reqwest::multipart::Part::stream_with_length(body, length);
                    if let Some((file_name, mime)) = file {
                        part = part.file_name(file_name).mime_str(&mime).map_err(|error| not_sent(reason(&error)))?;
                    }
                    form = form.part(name, part);
                }
                request.multipart(form)
            }
        };
        let request = request.build().map_err(|error| not_sent(reason(&error)))?;
        let sending = self.client.send(request, origin);
        if self.patience.is_some() {
            // A large body is on its way for long before there is anything to answer.
            return sending.await;
        }
        timeout(silence, sending).await.unwrap_or_else(|_| Err(silent(origin)))
    }
}

impl HttpClient {
    async fn send(&self, request: reqwest::Request, origin: &str) -> Result<reqwest::Response, HttpError> {
        let dialer = self.dialer(request.url())?;
        dialer.execute(request).await.map_err(|error| {
            let origin = origin.to_owned();
            if has_cause::<NotPublic>(&error) {
                HttpError::Refused { origin, reason: "not a public address" }
            } else if error.is_connect() || error.is_builder() {
                HttpError::NotSent { origin, reason: reason(&error) }
            } else {
                HttpError::Unknown { origin, reason: reason(&error) }
            }
        })
    }
}
