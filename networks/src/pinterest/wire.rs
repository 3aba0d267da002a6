//! The Pinterest API, version 5: paths, bodies and errors. <https://developers.pinterest.com/docs/api/v5/>

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use diwan_platform::http::{HttpClient, Method, Request, Response, StatusCode};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::Url;

use crate::call::{Step, bad_status, no_answer, within};
use crate::error::NetworkError;

/// An account.
#[derive(Deserialize)]
pub struct AccountAnswer {
    pub id: Option<String>,
    pub username: String,
    pub business_name: Option<String>,
}

/// A page of a list.
#[derive(Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; none behind the last.
    pub bookmark: Option<String>,
}

/// A board.
#[derive(Deserialize)]
pub struct Board {
    pub id: String,
    pub name: String,
    /// Takes nothing but advertisements.
    #[serde(default)]
    pub is_ads_only: bool,
}

/// A pin.
#[derive(Deserialize)]
pub struct Pin {
    pub id: String,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub link: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub media: Value,
}

/// The interface writes its moments without a zone; they are in UTC.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| {
        let with_zone = DateTime::parse_from_rfc3339(&text).ok().map(|moment| moment.to_utc());
        with_zone.or_else(|| text.parse::<NaiveDateTime>().ok().map(|moment| moment.and_utc()))
    }))
}

/// A film that may be uploaded. <https://developers.pinterest.com/docs/api/v5/media-create>
#[derive(Deserialize)]
pub struct Registered {
    pub media_id: String,
    pub upload_url: Url,
    /// What is sent before the file, as it is.
    pub upload_parameters: Map<String, Value>,
}

/// How far a film has come.
#[derive(Deserialize)]
pub struct MediaAnswer {
    pub status: String,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    message: String,
}

/// The interface, with or without an account.
pub struct Api<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: &'a str,
}

impl Api<'_> {
    /// Starts a request for a path behind `/v5`.
    pub fn request(&self, method: Method, path: &[&str]) -> Result<Request, NetworkError> {
        Ok(self.http.request(method, within(self.base, "v5", path)?).bearer(self.token))
    }

    /// Sends a request and takes a success.
    pub async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Asks for one thing; none when it is not there.
    pub async fn find(&self, request: Request) -> Result<Option<Response>, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => Ok(Some(answer)),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }
}

/// An answer that is no success.
pub fn refusal(answer: &Response, step: Step) -> NetworkError {
    let body: ErrorBody = answer.json().unwrap_or_default();
    let mut error = bad_status(answer, step, &format!("{} {}", body.code, body.message));
    if answer.status == StatusCode::TOO_MANY_REQUESTS && error.retry_after.is_none() {
        error.retry_after = reset(answer);
    }
    error
}

/// In how many seconds the limit starts anew. <https://developers.pinterest.com/docs/reference/rate-limits/>
fn reset(answer: &Response) -> Option<Duration> {
    let seconds: f64 = answer.header("x-ratelimit-reset")?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use diwan_platform::http::{HeaderMap, HeaderValue};

    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn the_limit_says_when_it_starts_anew() {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-reset", HeaderValue::from_static("41"));
        let body = Bytes::from_static(br#"{"code":8,"message":"too many"}"#);
        let answer = Response { status: StatusCode::TOO_MANY_REQUESTS, headers, body };
        let error = refusal(&answer, Step::Commit);
        assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimited, Some(Duration::from_secs(41))));
        assert!(error.detail.contains("8 too many"), "{}", error.detail);
    }

    #[test]
    fn a_moment_has_a_zone_or_is_in_utc() {
        let at = |text: &str| {
            let pin = serde_json::json!({ "id": "1", "created_at": text });
            serde_json::from_value::<Pin>(pin).unwrap().created_at.map(|moment| moment.timestamp())
        };
        assert_eq!(at("2024-05-01T10:00:00"), at("2024-05-01T10:00:00Z"));
        assert!(at("2024-05-01T10:00:00").is_some());
        assert_eq!(at("yesterday"), None);
    }
}
