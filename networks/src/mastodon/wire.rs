//! The Mastodon API: paths, bodies and errors.

use chrono::{DateTime, Utc};
use diwan_platform::http::{HttpClient, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::call::{Step, bad_status, below, no_answer};
use crate::error::{ErrorKind, NetworkError};

/// What an application may do: read (for look-ups and numbers), post, attach.
pub const SCOPES: &str = "read write:statuses write:media";

/// What is kept of an account, encrypted by the caller.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grant {
    pub client_id: String,
    pub client_secret: String,
    #[serde(rename = "access_token")]
    pub access: String,
    #[serde(default, rename = "refresh_token")]
    pub refresh: Option<String>,
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is kept while a person decides at their server.
#[derive(Serialize, Deserialize)]
pub struct Pending {
    pub instance: Url,
    pub client_id: String,
    pub client_secret: String,
    pub code_verifier: String,
}

/// Answer of `POST /api/v1/apps`.
#[derive(Deserialize)]
pub struct AppAnswer {
    pub client_id: String,
    pub client_secret: String,
}

/// Answer of `POST /oauth/token`.
#[derive(Deserialize)]
pub struct TokenAnswer {
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// Seconds.
    pub expires_in: Option<i64>,
    /// Unix time.
    pub created_at: Option<i64>,
}

/// An account as `verify_credentials` shows it.
#[derive(Deserialize)]
pub struct AccountAnswer {
    pub id: String,
    pub username: String,
    #[serde(default)]
    pub display_name: String,
    pub url: Option<String>,
}

/// An uploaded file.
#[derive(Deserialize)]
pub struct MediaAnswer {
    pub id: String,
}

/// A post.
#[derive(Deserialize)]
pub struct Status {
    pub id: String,
    pub url: Option<String>,
    #[serde(default)]
    pub content: String,
    /// The source; only some servers tell it.
    pub text: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    /// Which post it answers.
    pub in_reply_to_id: Option<String>,
    #[serde(default)]
    pub media_attachments: Vec<Value>,
    #[serde(default)]
    pub reblog: Value,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    error_description: Value,
}

/// One server, with or without an account.
pub struct Server<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: Option<&'a str>,
}

impl Server<'_> {
    /// Starts a `GET`.
    pub fn get(&self, path: &str) -> Result<Request, NetworkError> {
        Ok(self.http.get(self.url(path)?))
    }

    /// Starts a `POST`.
    pub fn post(&self, path: &str) -> Result<Request, NetworkError> {
        Ok(self.http.post(self.url(path)?))
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> Result<Url, NetworkError> {
        below(self.base, path)
    }

    /// Sends a request and takes any answer.
    pub async fn answer(&self, mut request: Request, step: Step) -> Result<Response, NetworkError> {
        if let Some(token) = self.token {
            request = request.bearer(token);
        }
        request.send().await.map_err(|error| no_answer(&error, step))
    }

    /// Sends a request and takes a success.
    pub async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = self.answer(request, step).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Asks for one thing; none when it is not there.
    pub async fn find(&self, path: &str) -> Result<Option<Response>, NetworkError> {
        let answer = self.answer(self.get(path)?, Step::Repeatable).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => Ok(Some(answer)),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }

    /// Asks whose token this is. Every refusal means that the token is no good: some servers answer 422.
    pub async fn verify_credentials(&self) -> Result<Response, NetworkError> {
        let answer = self.answer(self.get("/api/v1/accounts/verify_credentials")?, Step::Repeatable).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(rejected(&answer)) }
    }
}

/// An answer that is no success.
pub fn refusal(answer: &Response, step: Step) -> NetworkError {
    let body: ErrorBody = answer.json().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    bad_status(answer, step, &format!("{} {}", text(&body.error), text(&body.error_description)))
}

/// A refusal where only the credentials can be at fault.
pub fn rejected(answer: &Response) -> NetworkError {
    let mut error = refusal(answer, Step::Repeatable);
    let patience = [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT];
    if answer.status.is_client_error() && !patience.contains(&answer.status) {
        (error.kind, error.code) = (ErrorKind::Reconnect, "authorization_rejected");
    }
    error
}
