//! The interfaces of TikTok: requests, answers and errors.
//! <https://developers.tiktok.com/doc/tiktok-api-v2-introduction>

use std::time::Duration;

use diwan_platform::http::{HttpClient, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

pub(super) use crate::call::address;
use crate::call::{Step, bad_status, no_answer, read};
use crate::error::{ErrorKind, NetworkError};

const API: &str = "https://open.tiktokapis.com/v2";

/// The most posts that are asked for at once. <https://developers.tiktok.com/doc/tiktok-api-v2-video-query>
pub const AT_ONCE: usize = 20;

/// How long is waited when an account may post nothing more for now: TikTok counts 24 hours back, and does not say how
/// far it is.
const POSTS_WAIT: Duration = Duration::from_hours(1);

/// The code of an error that says that TikTok does not know a publication, or that it came to nothing.
pub const PUBLICATION_GONE: &str = "publication_gone";

/// What every answer is wrapped in, also a success.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Said,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Said {
    code: String,
    message: String,
}

/// What TikTok says of an account before each post.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info>
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Creator {
    pub privacy_level_options: Vec<String>,
    pub comment_disabled: bool,
    pub duet_disabled: bool,
    pub stitch_disabled: bool,
    pub max_video_post_duration_sec: Option<u64>,
}

/// A publication that was begun.
#[derive(Deserialize)]
pub struct Begun {
    pub publish_id: String,
    #[serde(default)]
    pub upload_url: Option<String>,
}

/// How far a publication is.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Status {
    #[serde(rename = "status")]
    pub state: String,
    pub fail_reason: String,
    #[serde(rename = "publicaly_available_post_id")]
    post_ids: Vec<Value>,
    pub uploaded_bytes: u64,
}

impl Status {
    /// The post that everybody sees, when TikTok has looked at it.
    pub fn post_id(&self) -> Option<String> {
        match self.post_ids.first()? {
            Value::String(id) if !id.is_empty() => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct User {
    user: Value,
}

#[derive(Deserialize)]
struct Videos {
    #[serde(default)]
    videos: Vec<Value>,
}

/// The way to TikTok with a token.
pub struct Api<'a> {
    pub http: &'a HttpClient,
    pub token: &'a str,
}

impl Api<'_> {
    /// Asks by `POST` with a JSON body.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value, step: Step) -> Result<T, NetworkError> {
        self.read(self.http.post(url(path)?).json(body), step).await
    }

    async fn read<T: DeserializeOwned>(&self, request: Request, step: Step) -> Result<T, NetworkError> {
        let answer = request.bearer(self.token).send().await.map_err(|error| no_answer(&error, step))?;
        unwrapped(&answer, step)
    }

    /// What the account may do now.
    pub async fn creator(&self) -> Result<Creator, NetworkError> {
        self.post("/post/publish/creator_info/query/", &json!({}), Step::Repeatable).await
    }

    /// How far a publication is.
    pub async fn status(&self, publish_id: &str) -> Result<Status, NetworkError> {
        let body = json!({ "publish_id": publish_id });
        self.post("/post/publish/status/fetch/", &body, Step::Repeatable).await
    }

    /// The post behind an id: itself, or that of a publication whose post had none yet. None while there is none.
    pub async fn post_id(&self, remote_id: &str) -> Result<Option<String>, NetworkError> {
        if remote_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(remote_id.to_owned()));
        }
        match self.status(remote_id).await {
            Ok(status) => Ok(status.post_id()),
            Err(error) if error.code == PUBLICATION_GONE => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// These fields of the account.
    pub async fn user(&self, fields: &str) -> Result<Value, NetworkError> {
        let request = self.http.get(url("/user/info/")?).query(&[("fields", fields)]);
        Ok(self.read::<User>(request, Step::Repeatable).await?.user)
    }

    /// These fields of posts that everybody sees.
    pub async fn videos(&self, ids: &[&str], fields: &str) -> Result<Vec<Value>, NetworkError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let request = self.http.post(url("/video/query/")?).query(&[("fields", fields)]);
        let request = request.json(&json!({ "filters": { "video_ids": ids } }));
        Ok(self.read::<Videos>(request, Step::Repeatable).await?.videos)
    }

    /// These fields of the newest posts that everybody sees.
    pub async fn newest(&self, fields: &str) -> Result<Vec<Value>, NetworkError> {
        let request = self.http.post(url("/video/list/")?).query(&[("fields", fields)]);
        let request = request.json(&json!({ "max_count": AT_ONCE }));
        Ok(self.read::<Videos>(request, Step::Repeatable).await?.videos)
    }
}

/// The address of a path.
pub fn url(path: &str) -> Result<Url, NetworkError> {
    address(&format!("{API}{path}"))
}

/// What an answer holds. Errors may stand in a success.
fn unwrapped<T: DeserializeOwned>(answer: &Response, step: Step) -> Result<T, NetworkError> {
    if !answer.status.is_success() {
        return Err(refusal(answer, step));
    }
    let envelope: Envelope<T> = read(answer, step)?;
    match envelope.data {
        Some(data) if matches!(envelope.error.code.as_str(), "ok" | "") => Ok(data),
        _ => Err(refusal(answer, step)),
    }
}

/// An answer that is no success, by its code.
/// <https://developers.tiktok.com/doc/tiktok-api-v2-error-handling>,
/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>
pub fn refusal(answer: &Response, step: Step) -> NetworkError {
    let said: Value = answer.json().unwrap_or_default();
    let word = |name: &str| said["error"][name].as_str().unwrap_or_default().to_owned();
    let said = Said { code: word("code"), message: word("message") };
    let refused = bad_status(answer, step, format!("{} {}", said.code, said.message).trim());
    let means = |kind, code| NetworkError { kind, code, ..refused.clone() };
    let later = |error: NetworkError| NetworkError { retry_after: error.retry_after.or(Some(POSTS_WAIT)), ..error };
    match said.code.as_str() {
        _ if answer.status.is_server_error() => refused,
        "access_token_invalid" | "access_token_expired" => means(ErrorKind::Reconnect, "unauthorized"),
        "scope_not_authorized" | "scope_permission_missed" => means(ErrorKind::Reconnect, "scope_missing"),
        "rate_limit_exceeded" => means(ErrorKind::RateLimited, "rate_limited"),
        "spam_risk_too_many_posts" | "spam_risk_too_many_pending_share" | "reached_active_user_cap" => {
            later(means(ErrorKind::RateLimited, "quota_used_up"))
        }
        "spam_risk_user_banned_from_posting" => means(ErrorKind::Ask, "banned"),
        "spam_risk" | "spam_risk_text" => means(ErrorKind::Content, "rejected"),
        "unaudited_client_can_only_post_to_private_accounts"
        | "url_ownership_unverified"
        | "app_version_check_failed" => means(ErrorKind::Ask, "app_not_allowed"),
        "invalid_publish_id" | "token_not_authorized_for_specified_publish_id" => {
            means(ErrorKind::Retry, PUBLICATION_GONE)
        }
        "privacy_level_option_mismatch" | "invalid_param" | "invalid_params" | "invalid_file_upload" => {
            means(ErrorKind::Content, "rejected")
        }
        // A success that says that something is wrong inside.
        "internal_error" | "internal" => {
            let kind = if step == Step::Commit { ErrorKind::Unknown } else { ErrorKind::Retry };
            means(kind, "server_error")
        }
        _ if answer.status == StatusCode::FORBIDDEN => means(ErrorKind::Ask, "forbidden"),
        _ => refused,
    }
}

#[cfg(test)]
mod tests {
    use diwan_platform::http::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &Value) -> Response {
        let status = StatusCode::from_u16(status).expect("a status");
        Response { status, headers: HeaderMap::new(), body: body.to_string().into() }
    }

    #[test]
    fn codes_say_what_to_do_also_in_a_success() {
        for (status, code, kind) in [
            (401, "access_token_invalid", ErrorKind::Reconnect),
            (200, "access_token_invalid", ErrorKind::Reconnect),
            (401, "scope_not_authorized", ErrorKind::Reconnect),
            (429, "rate_limit_exceeded", ErrorKind::RateLimited),
            (403, "spam_risk_too_many_posts", ErrorKind::RateLimited),
            (403, "spam_risk_user_banned_from_posting", ErrorKind::Ask),
            (403, "privacy_level_option_mismatch", ErrorKind::Content),
            (400, "invalid_params", ErrorKind::Content),
            (200, "internal_error", ErrorKind::Unknown),
            (500, "internal_error", ErrorKind::Unknown),
            (200, "something_new", ErrorKind::Unknown),
        ] {
            let body = json!({ "data": {}, "error": { "code": code, "message": "no", "log_id": "1" } });
            let error = unwrapped::<Value>(&answer(status, &body), Step::Commit).expect_err("an error");
            assert_eq!(error.kind, kind, "{status} {code}");
        }
    }

    #[test]
    fn the_id_of_a_post_comes_late_and_as_a_number_or_a_text() {
        let status = |ids: Value| {
            let status: Status = serde_json::from_value(json!({ "publicaly_available_post_id": ids })).unwrap();
            status.post_id()
        };
        assert_eq!(status(json!([])), None);
        assert_eq!(status(json!([7_250_000_000_000_000_000_u64])).as_deref(), Some("7250000000000000000"));
        assert_eq!(status(json!(["72"])).as_deref(), Some("72"));
    }
}
