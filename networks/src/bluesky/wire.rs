//! XRPC: paths, bodies and errors of the AT Protocol.

use bytes::Bytes;
use diwan_platform::http::{HttpClient, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::call::{Step, bad_status, below, no_answer, read, upload_patience};
use crate::content::Media;
use crate::error::{ErrorKind, NetworkError};

/// The collection of posts.
pub const POST: &str = "app.bsky.feed.post";

/// What is kept of a session, encrypted by the caller.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    pub did: String,
    pub access_jwt: String,
    pub refresh_jwt: String,
}

/// Answer of `createSession` and `refreshSession`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAnswer {
    pub did: String,
    pub handle: String,
    pub access_jwt: String,
    pub refresh_jwt: String,
    pub did_doc: Option<DidDocument>,
    pub active: Option<bool>,
    pub status: Option<String>,
}

#[derive(Deserialize)]
pub struct DidDocument {
    #[serde(default)]
    pub service: Vec<DidService>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidService {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub service_endpoint: Value,
}

impl DidDocument {
    /// The server that keeps the repository.
    pub fn pds(&self) -> Option<Url> {
        self.service
            .iter()
            .find(|service| service.id.ends_with("#atproto_pds") && service.kind == "AtprotoPersonalDataServer")
            .and_then(|service| service.service_endpoint.as_str())
            .and_then(|endpoint| endpoint.parse().ok())
    }
}

/// Answer of `uploadBlob`; the blob goes into the record as it is.
#[derive(Deserialize)]
pub struct BlobAnswer {
    pub blob: Value,
}

/// Answer of `getRecord`.
#[derive(Deserialize)]
pub struct RecordAnswer {
    #[serde(default)]
    pub cid: String,
    #[serde(default)]
    pub value: Value,
}

/// Answer of `putRecord`: the hash of what is there now.
#[derive(Deserialize)]
pub struct PutAnswer {
    pub cid: String,
}

/// Answer of `listRecords`, as far as counting needs it.
#[derive(Deserialize)]
pub struct RecordList {
    pub cursor: Option<String>,
    pub records: Vec<Value>,
}

/// Answer of `resolveHandle`.
#[derive(Deserialize)]
pub struct ResolvedHandle {
    pub did: String,
}

/// Answer of `getPosts`.
#[derive(Deserialize)]
pub struct Posts {
    pub posts: Vec<Value>,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
}

/// What an answer that is no success says.
pub struct XrpcError {
    /// The protocol's name of the error, for instance `RecordNotFound`.
    pub name: String,
    /// What to do about it.
    pub error: NetworkError,
}

impl From<XrpcError> for NetworkError {
    fn from(error: XrpcError) -> Self {
        error.error
    }
}

impl From<NetworkError> for XrpcError {
    fn from(error: NetworkError) -> Self {
        Self { name: String::new(), error }
    }
}

/// The PDS of one account.
pub struct Xrpc<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: Option<&'a str>,
}

impl Xrpc<'_> {
    /// A query (`GET`).
    pub async fn query(&self, method: &str, parameters: &[(&str, &str)]) -> Result<Response, XrpcError> {
        self.send(self.http.get(self.url(method)?).query(parameters), Step::Repeatable).await
    }

    /// A procedure (`POST`) with a JSON body; without one when `body` is null.
    pub async fn procedure(&self, method: &str, body: &Value, step: Step) -> Result<Response, XrpcError> {
        let request = self.http.post(self.url(method)?);
        self.send(if body.is_null() { request } else { request.json(body) }, step).await
    }

    /// Uploads raw bytes.
    pub async fn upload(&self, mime: &str, bytes: Bytes) -> Result<BlobAnswer, XrpcError> {
        let request = self.http.post(self.url("com.atproto.repo.uploadBlob")?).bytes(mime, bytes);
        Ok(read(&self.send(request, Step::Repeatable).await?, Step::Repeatable)?)
    }

    /// Uploads a film, a piece at a time.
    pub async fn upload_film(&self, film: &Media) -> Result<BlobAnswer, XrpcError> {
        let size = film.source.size();
        let request = self.http.post(self.url("com.atproto.repo.uploadBlob")?);
        let request = request.source(&film.mime, &film.source, 0..size).patience(upload_patience(size));
        Ok(read(&self.send(request, Step::Repeatable).await?, Step::Repeatable)?)
    }

    /// Reads one record of a repository; none when it is not there.
    pub async fn record(&self, did: &str, collection: &str, rkey: &str) -> Result<Option<RecordAnswer>, NetworkError> {
        let parameters = [("repo", did), ("collection", collection), ("rkey", rkey)];
        match self.query("com.atproto.repo.getRecord", &parameters).await {
            Ok(answer) => read(&answer, Step::Repeatable).map(Some),
            Err(error) if error.name == "RecordNotFound" => Ok(None),
            Err(error) => Err(error.error),
        }
    }

    fn url(&self, method: &str) -> Result<Url, NetworkError> {
        below(self.base, &format!("/xrpc/{method}"))
    }

    async fn send(&self, mut request: Request, step: Step) -> Result<Response, XrpcError> {
        if let Some(token) = self.token {
            request = request.bearer(token);
        }
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let body: ErrorBody = answer.json().unwrap_or_default();
        let mut error = bad_status(&answer, step, &format!("{} {}", body.error, body.message));
        // The protocol answers most troubles with 400 and tells them apart by name.
        let meaning = match body.error.as_str() {
            "ExpiredToken" | "InvalidToken" => Some((ErrorKind::Reconnect, "session_ended")),
            "AuthMissing" | "AuthenticationRequired" => Some((ErrorKind::Reconnect, "unauthorized")),
            "AuthFactorTokenRequired" => Some((ErrorKind::Reconnect, "app_password_required")),
            "AccountTakedown" | "AccountDeactivated" | "RepoDeactivated" | "RepoTakendown" | "RepoSuspended" => {
                Some((ErrorKind::Ask, "account_inactive"))
            }
            "RateLimitExceeded" => Some((ErrorKind::RateLimited, "rate_limited")),
            _ => None,
        };
        if let Some((kind, code)) = meaning
            && answer.status.is_client_error()
        {
            (error.kind, error.code) = (kind, code);
        }
        Err(XrpcError { name: body.error, error })
    }
}

/// True for an answer by which a PDS says that it does not serve an `AppView`'s reads: it has none (400 with this
/// message, 404, 501), or the one it has does not answer (502 `UpstreamFailure`).
pub fn is_not_served(error: &XrpcError) -> bool {
    error.error.code == "server_error"
        || matches!(error.name.as_str(), "UpstreamFailure" | "MethodNotImplemented" | "XRPCNotSupported")
        || error.error.detail.contains("No service configured")
}
