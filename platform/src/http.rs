//! The one outbound HTTP client.
//!
//! Everything Diwan asks of another server goes through [`HttpClient`]: https to public addresses only (except hosts
//! the operator allows), no redirects, no proxies, limits on time and size. Its errors say what a caller that must not
//! do a thing twice needs to know: whether the request can have reached the server ([`HttpError::was_sent`]).

mod address;
mod request;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::{Host, Url};

pub use address::is_public;
pub use request::{Part, Request};

/// Whether an address is one of the web: what comes from outside is never shown as a link otherwise.
pub fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// What the client may do, and how long and how much.
#[derive(Debug, Clone)]
pub struct HttpPolicy {
    /// `host` or `host:port` that may be a private address and may be spoken to without TLS.
    pub allowed_hosts: Vec<String>,
    /// Time to resolve and connect, TLS included.
    pub connect_timeout: Duration,
    /// Longest silence while an answer is waited for and read; of a request with [`Request::patience`], while it is read.
    pub read_timeout: Duration,
    /// Longest time for request and answer together.
    pub total_timeout: Duration,
    /// Largest answer, counted while it streams in.
    pub max_response_bytes: usize,
    /// The `User-Agent` header; some servers refuse requests without one.
    pub user_agent: String,
    /// A server that is called in the place of others.
    pub stand_in: Option<StandIn>,
}

/// A server that stands in for others, to try things without them: `https://host/path` becomes `{at}/host/path`.
#[derive(Debug, Clone)]
pub struct StandIn {
    /// Where it is. It may be a private address and may be spoken to without TLS.
    pub at: Url,
    /// The hosts that are never called themselves.
    pub hosts: Vec<String>,
}

impl StandIn {
    /// The address at which it answers for this one; none for a host that it does not stand in for.
    fn instead_of(&self, url: &Url) -> Option<Url> {
        let host = url.host_str().filter(|host| self.hosts.iter().any(|known| known == host))?;
        let mut instead = self.at.clone();
        instead.set_path(&format!("{}/{host}{}", self.at.path().trim_end_matches('/'), url.path()));
        instead.set_query(url.query());
        instead.set_fragment(url.fragment());
        Some(instead)
    }
}

impl Default for HttpPolicy {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            max_response_bytes: 8 * 1024 * 1024,
            user_agent: concat!("Diwan/", env!("CARGO_PKG_VERSION")).to_owned(),
            stand_in: None,
        }
    }
}

/// Why there is no answer. The texts hold no path, query or user information of the address: these carry secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HttpError {
    /// The policy forbids this address. Nothing was sent; trying again changes nothing.
    #[error("refused to call {origin}: {reason}")]
    Refused {
        /// Scheme, host and port.
        origin: String,
        /// Which rule.
        reason: &'static str,
    },
    /// The request certainly never reached the server: no such name, no connection, or it could not be built.
    #[error("could not reach {origin}: {reason}")]
    NotSent {
        /// Scheme, host and port.
        origin: String,
        /// What went wrong.
        reason: String,
    },
    /// The request may have reached the server and had its effect: a timeout, a reset, an answer cut short.
    #[error("no complete answer from {origin}: {reason}")]
    Unknown {
        /// Scheme, host and port.
        origin: String,
        /// What went wrong.
        reason: String,
    },
    /// The server answered with more than the limit.
    #[error("the answer of {origin} is larger than {limit} bytes")]
    TooLarge {
        /// Scheme, host and port.
        origin: String,
        /// The limit in bytes.
        limit: usize,
        /// The status of the answer, known before its body.
        status: StatusCode,
    },
    /// The client itself could not be made, for instance without any trusted certificate.
    #[error("the HTTP client could not be made: {0}")]
    Setup(String),
}

impl HttpError {
    /// True when the server may have received the request.
    pub fn was_sent(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::TooLarge { .. })
    }
}

/// The outbound client.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

struct Inner {
    policy: HttpPolicy,
    /// Dials public addresses only.
    public: reqwest::Client,
    /// Dials whatever an allowed host resolves to.
    allowed: reqwest::Client,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("policy", &self.0.policy).finish_non_exhaustive()
    }
}

impl HttpClient {
    /// Makes a client under `policy`.
    pub fn new(policy: HttpPolicy) -> Result<Self, HttpError> {
        install_crypto_provider();
        let base = || {
            #[expect(clippy::disallowed_methods, reason = "this is the one client everything else has to use")]
            let builder = reqwest::Client::builder();
            builder
                .user_agent(&policy.user_agent)
                .connect_timeout(policy.connect_timeout)
                // Its limit on silence would count from the first byte that is sent, and end every long upload: we have our own.
                .timeout(policy.total_timeout)
                // A server may close a kept connection just as a request leaves on it, and then nobody knows whether
                // it arrived (seen with snac, 2 in 400). A new connection each time costs a handshake, no doubt.
                .pool_max_idle_per_host(0)
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .retry(reqwest::retry::never())
                .no_proxy()
        };
        let setup = |error: reqwest::Error| HttpError::Setup(causes(&error));
        let public = base().https_only(true).dns_resolver(PublicResolver).build().map_err(setup)?;
        let allowed = base().build().map_err(setup)?;
        Ok(Self(Arc::new(Inner { policy, public, allowed })))
    }

    /// Starts a request.
    pub fn request(&self, method: Method, url: Url) -> Request {
        Request::new(self.clone(), method, url)
    }

    /// Starts a `GET`.
    pub fn get(&self, url: Url) -> Request {
        self.request(Method::GET, url)
    }

    /// Starts a `POST`.
    pub fn post(&self, url: Url) -> Request {
        self.request(Method::POST, url)
    }

    /// True when the operator allows this host (and port) to be private and to speak plain http.
    pub fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        if self.0.policy.stand_in.as_ref().is_some_and(|stand_in| stand_in.at.origin() == url.origin()) {
            return true;
        }
        self.0.policy.allowed_hosts.iter().any(|allowed| {
            allowed.eq_ignore_ascii_case(host)
                || with_port.as_ref().is_some_and(|with_port| allowed.eq_ignore_ascii_case(with_port))
        })
    }

    /// Checks an address against the policy without resolving its name.
    pub fn check(&self, url: &Url) -> Result<(), HttpError> {
        self.dialer(&self.called(url)).map(|_| ())
    }

    /// The address that is called for this one: itself, or that of the server that stands in for its host. Whoever sends a
    /// person's browser to a network sends it there.
    pub fn called(&self, url: &Url) -> Url {
        let instead = self.0.policy.stand_in.as_ref().and_then(|stand_in| stand_in.instead_of(url));
        instead.unwrap_or_else(|| url.clone())
    }

    /// The inner client that may speak to `url`.
    fn dialer(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let refused = |reason| Err(HttpError::Refused { origin: origin(url), reason });
        if !url.username().is_empty() || url.password().is_some() {
            return refused("the address names a user");
        }
        if self.allows(url) {
            return match url.scheme() {
                "http" | "https" => Ok(&self.0.allowed),
                _ => refused("only http and https are spoken"),
            };
        }
        if url.scheme() != "https" {
            return refused("only https is spoken");
        }
        match url.host() {
            Some(Host::Ipv4(v4)) if !is_public(v4.into()) => refused("not a public address"),
            Some(Host::Ipv6(v6)) if !is_public(v6.into()) => refused("not a public address"),
            Some(_) => Ok(&self.0.public),
            None => refused("the address names no host"),
        }
    }
}

/// rustls needs one provider per process; whoever comes first wins, and all bring the same one.
fn install_crypto_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("a TLS crypto provider was installed already");
        }
    });
}

/// Resolves by the system and hands on public addresses only, so that the address checked is the address dialled.
struct PublicResolver;

/// No address of the name is public.
#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
struct NotPublic;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// A complete answer, whatever its status.
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    /// Reads the body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// A header as text, when it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn silent(origin: &str) -> HttpError {
    HttpError::Unknown { origin: origin.to_owned(), reason: "no answer in time".to_owned() }
}

/// Scheme, host and port: all of an address that may be told.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An error's causes without the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() { "timed out".to_owned() } else { causes(error) }
}

/// The innermost cause says what happened; reqwest's own outer texts name the whole address.
fn causes(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if inner.is::<reqwest::Error>() { "the request could not be made".to_owned() } else { inner.to_string() }
}

fn has_cause<T: std::error::Error + 'static>(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<T>() {
            return true;
        }
        next = cause.source();
    }
    false
}

#[cfg(test)]
mod tests;
