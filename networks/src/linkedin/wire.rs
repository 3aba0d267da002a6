//! LinkedIn's API: requests, answers and errors.
//! <https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling>

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use diwan_platform::http::{HttpClient, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::call::{Step, bad_status, below, no_answer, server_time};
use crate::error::{ErrorKind, NetworkError};

/// The version of the API by its month; each is served for a year.
/// <https://learn.microsoft.com/en-us/linkedin/marketing/versioning>
const VERSION: &str = "202609";

/// The code of an error that says that LinkedIn has a post with the same content already.
pub const DUPLICATE: &str = "duplicate";

/// The code of an error that says that an uploaded file, or the way to it, is not there any more.
pub const UPLOAD_GONE: &str = "upload_expired";

/// How long to wait for a file that LinkedIn still processes when nothing says how far it is.
const PROCESSING: Duration = Duration::from_secs(30);

/// What LinkedIn says when it refuses.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    code: Value,
    message: String,
    #[serde(rename = "serviceErrorCode")]
    service_code: Value,
    error: String,
    error_description: String,
}

/// A post, as it is read back.
#[derive(Deserialize)]
pub struct Post {
    pub id: String,
    #[serde(default)]
    pub commentary: String,
    #[serde(default)]
    pub content: Value,
    /// In milliseconds of Unix time.
    #[serde(default, rename = "createdAt")]
    pub created_at: i64,
    /// Likewise.
    #[serde(default, rename = "lastModifiedAt")]
    pub modified_at: i64,
}

impl Post {
    /// How many images, films and documents it has.
    pub fn files(&self) -> usize {
        let images = self.content.pointer("/multiImage/images").and_then(Value::as_array).map_or(0, Vec::len);
        images + usize::from(self.content.get("media").is_some_and(|media| !media.is_null()))
    }
}

/// A comment, as it is read back or answered when it is made.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Comment {
    pub id: String,
    pub actor: String,
    pub object: String,
    #[serde(rename = "commentUrn")]
    pub urn: Option<String>,
    pub message: Message,
}

/// What a comment says.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Message {
    pub text: String,
}

/// A page of a list.
#[derive(Deserialize)]
pub struct Elements<T> {
    #[serde(default = "Vec::new")]
    pub elements: Vec<T>,
}

/// A name as one part of a path or of a list in a query.
pub fn encoded(urn: &str) -> String {
    url::form_urlencoded::byte_serialize(urn.as_bytes()).collect()
}

/// The API with an account's token.
pub struct Api<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: &'a str,
}

impl Api<'_> {
    /// Starts a request. Path and query come as they are sent: the brackets of lists stand in them without escapes.
    pub fn request(&self, method: Method, path: &str) -> Result<Request, NetworkError> {
        let url = below(self.base, path)?;
        let request = self.http.request(method, url).bearer(self.token);
        Ok(request.header("linkedin-version", VERSION).header("x-restli-protocol-version", "2.0.0"))
    }

    /// Starts a `GET`.
    pub fn get(&self, path: &str) -> Result<Request, NetworkError> {
        self.request(Method::GET, path)
    }

    /// Starts a `POST`.
    pub fn post(&self, path: &str) -> Result<Request, NetworkError> {
        self.request(Method::POST, path)
    }

    /// Sends a request and takes a success.
    pub async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Asks for one thing; none when it is not there, or not for this token.
    pub async fn find(&self, path: &str) -> Result<Found, NetworkError> {
        let answer = self.get(path)?.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Found::Nothing),
            StatusCode::FORBIDDEN => Ok(Found::NotServed),
            status if status.is_success() => Ok(Found::There(answer)),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }
}

/// What asking for one thing brings.
pub enum Found {
    /// It is there.
    There(Response),
    /// It is not.
    Nothing,
    /// This token may not read it.
    NotServed,
}

/// An answer that is no success.
pub fn refusal(answer: &Response, step: Step) -> NetworkError {
    let said: Refusal = answer.json().unwrap_or_default();
    let text =
        |value: &Value| value.as_str().map_or_else(|| value.as_i64().map(|n| n.to_string()), |s| Some(s.to_owned()));
    let codes = [text(&said.code), text(&said.service_code)].into_iter().flatten();
    let says = codes.chain([said.message, said.error, said.error_description]).filter(|text| !text.is_empty());
    let says = says.collect::<Vec<_>>().join(" ");
    let error = bad_status(answer, step, &says);
    let (kind, code, wait) = match answer.status.as_u16() {
        // Of two writes at once one is not done.
        409 => (ErrorKind::Retry, "conflict", None),
        422 if says.to_lowercase().contains("duplicate") => match step {
            Step::Commit => (ErrorKind::Unknown, DUPLICATE, None),
            Step::Repeatable => (ErrorKind::Content, DUPLICATE, None),
        },
        426 => (ErrorKind::Ask, "version_ended", None),
        // The limits are those of a day, and no header tells them.
        429 => (ErrorKind::RateLimited, error.code, error.retry_after.or_else(|| until_midnight(answer))),
        400 | 422 if says.contains("MEDIA_ASSET_WAITING_UPLOAD") => (ErrorKind::Retry, UPLOAD_GONE, None),
        400 | 422 if says.contains("MEDIA_ASSET_PROCESSING_FAILED") => (ErrorKind::Content, "media_rejected", None),
        400 | 422 if says.contains("MEDIA_ASSET_PROCESSING") => {
            (ErrorKind::Retry, "media_processing", Some(PROCESSING))
        }
        _ => return error,
    };
    NetworkError { kind, code, retry_after: wait, ..error }
}

/// Limits start anew at midnight in UTC.
fn until_midnight(answer: &Response) -> Option<Duration> {
    let now: DateTime<Utc> = server_time(answer)?;
    let midnight = (now + TimeDelta::days(1)).date_naive().and_time(NaiveTime::MIN).and_utc();
    (midnight - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use diwan_platform::http::{HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert("date", HeaderValue::from_static("Thu, 26 Nov 2026 22:30:00 GMT"));
        Response { status: StatusCode::from_u16(status).unwrap(), headers, body: body.to_owned().into() }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let cases = [
            (401, r#"{"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN"}"#, ErrorKind::Reconnect, "unauthorized"),
            (403, r#"{"code":"ACCESS_DENIED"}"#, ErrorKind::Reconnect, "forbidden"),
            (409, "{}", ErrorKind::Retry, "conflict"),
            (422, r#"{"message":"Content is a duplicate of urn:li:share:1"}"#, ErrorKind::Unknown, DUPLICATE),
            (422, r#"{"message":"too long"}"#, ErrorKind::Content, "rejected"),
            (426, r#"{"code":"NONEXISTENT_VERSION"}"#, ErrorKind::Ask, "version_ended"),
            (400, r#"{"code":"MEDIA_ASSET_PROCESSING"}"#, ErrorKind::Retry, "media_processing"),
            (400, r#"{"code":"MEDIA_ASSET_PROCESSING_FAILED"}"#, ErrorKind::Content, "media_rejected"),
            (400, r#"{"code":"MEDIA_ASSET_WAITING_UPLOAD"}"#, ErrorKind::Retry, UPLOAD_GONE),
            (504, "<html>", ErrorKind::Unknown, "server_error"),
        ];
        for (status, body, kind, code) in cases {
            let error = refusal(&answer(status, body), Step::Commit);
            assert_eq!((error.kind, error.code), (kind, code), "{status} {body}");
        }
    }

    #[test]
    fn a_used_up_day_ends_at_midnight() {
        let error = refusal(&answer(429, "{}"), Step::Commit);
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert_eq!(error.retry_after, Some(Duration::from_mins(90)));
    }

    #[test]
    fn files_are_counted() {
        let post = |content: Value| Post {
            id: String::new(),
            commentary: String::new(),
            content,
            created_at: 0,
            modified_at: 0,
        };
        assert_eq!(post(Value::Null).files(), 0);
        assert_eq!(post(serde_json::json!({ "media": { "id": "1" } })).files(), 1);
        assert_eq!(post(serde_json::json!({ "multiImage": { "images": [{}, {}] } })).files(), 2);
    }
}
