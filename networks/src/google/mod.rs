//! What the networks of Google have in common: how a person agrees, what is asked with a token, and what errors mean.

pub(crate) mod oauth;

use std::time::Duration;

use diwan_platform::http::{HttpClient, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use crate::call::address as url;
use crate::call::{Step, bad_status, no_answer, read};
use crate::error::{ErrorKind, NetworkError};
use crate::network::NO_ACCOUNT;

/// How long is waited when a day's quota is used up: it is counted anew at midnight in California, and Google does not
/// say how far that is. <https://developers.google.com/youtube/v3/determine_quota_cost>
const QUOTA_WAIT: Duration = Duration::from_hours(1);

/// What is said when the quota of a day is used up, or the person's own.
const QUOTA: &[&str] = &["quotaExceeded", "dailyLimitExceeded", "uploadLimitExceeded", "DAILY_LIMIT_EXCEEDED"];

/// What is said when requests come too fast.
const RATE: &[&str] = &["rateLimitExceeded", "userRateLimitExceeded", "uploadRateLimitExceeded", "RATE_LIMIT_EXCEEDED"];

/// What is said when the person did not agree to what is asked.
const SCOPE: &[&str] = &["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"];

/// What is said about words and settings that are not taken, with status 403.
const CONTENT: &[&str] =
    &["commentsDisabled", "forbiddenPrivacySetting", "forbiddenLicenseSetting", "forbiddenEmbedSetting"];

/// The way to Google with a token.
pub(crate) struct Api<'a> {
    pub(crate) http: &'a HttpClient,
    pub(crate) token: &'a str,
}

impl Api<'_> {
    /// Starts a `GET`.
    pub(crate) fn get(&self, address: &str) -> Result<Request, NetworkError> {
        Ok(self.http.get(url(address)?))
    }

    /// Sends a request and takes any answer.
    pub(crate) async fn answer(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        request.bearer(self.token).send().await.map_err(|error| no_answer(&error, step))
    }

    /// Sends a request and takes a success.
    pub(crate) async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = self.answer(request, step).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Sends a request and reads what a success holds.
    pub(crate) async fn read<T: DeserializeOwned>(&self, request: Request, step: Step) -> Result<T, NetworkError> {
        read(&self.send(request, step).await?, step)
    }

    /// Asks for one thing; none when it is not there.
    pub(crate) async fn find<T: DeserializeOwned>(&self, request: Request) -> Result<Option<T>, NetworkError> {
        let answer = self.answer(request, Step::Repeatable).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => read(&answer, Step::Repeatable).map(Some),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }
}

/// An answer that is no success. The reasons are in `errors`, in newer interfaces in `details`.
/// <https://developers.google.com/youtube/v3/docs/errors>, <https://cloud.google.com/apis/design/errors>
pub(crate) fn refusal(answer: &Response, step: Step) -> NetworkError {
    let said: Value = answer.json().unwrap_or_default();
    let error = &said["error"];
    let listed = ["errors", "details"].into_iter().filter_map(|name| error[name].as_array()).flatten();
    let mut reasons: Vec<&str> = listed.filter_map(|one| one["reason"].as_str()).collect();
    reasons.dedup();
    let message = format!("{} {}", reasons.join(" "), error["message"].as_str().unwrap_or_default());
    let refused = bad_status(answer, step, message.trim());
    let is = |known: &[&str]| reasons.iter().any(|reason| known.contains(reason));
    let means = |kind, code| NetworkError { kind, code, ..refused.clone() };
    match answer.status {
        status if !status.is_client_error() => refused,
        _ if is(QUOTA) => {
            let quota = means(ErrorKind::RateLimited, "quota_used_up");
            NetworkError { retry_after: quota.retry_after.or(Some(QUOTA_WAIT)), ..quota }
        }
        _ if is(RATE) => means(ErrorKind::RateLimited, "rate_limited"),
        _ if is(&["youtubeSignupRequired"]) => means(ErrorKind::Ask, NO_ACCOUNT),
        _ if is(SCOPE) => means(ErrorKind::Reconnect, "scope_missing"),
        _ if is(CONTENT) => means(ErrorKind::Content, "rejected"),
        // A valid token that may not do this: connecting again changes nothing.
        StatusCode::FORBIDDEN => means(ErrorKind::Ask, "forbidden"),
        _ => refused,
    }
}

#[cfg(test)]
mod tests {
    use diwan_platform::http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn refused(status: u16, body: &Value) -> NetworkError {
        let status = StatusCode::from_u16(status).expect("a status");
        refusal(&Response { status, headers: HeaderMap::new(), body: body.to_string().into() }, Step::Commit)
    }

    fn reason(reason: &str) -> Value {
        json!({ "error": { "code": 403, "message": "no", "errors": [{ "reason": reason, "domain": "youtube" }] } })
    }

    #[test]
    fn reasons_say_what_to_do() {
        for (status, said, kind) in [
            (403, "quotaExceeded", ErrorKind::RateLimited),
            (403, "rateLimitExceeded", ErrorKind::RateLimited),
            (400, "uploadLimitExceeded", ErrorKind::RateLimited),
            (403, "insufficientPermissions", ErrorKind::Reconnect),
            (401, "authError", ErrorKind::Reconnect),
            (401, "youtubeSignupRequired", ErrorKind::Ask),
            (403, "forbidden", ErrorKind::Ask),
            (403, "commentsDisabled", ErrorKind::Content),
            (400, "invalidTitle", ErrorKind::Content),
            (503, "backendError", ErrorKind::Unknown),
        ] {
            let error = refused(status, &reason(said));
            assert_eq!(error.kind, kind, "{said}");
            assert!(error.detail.contains(said), "{error}");
        }
        assert_eq!(refused(403, &reason("quotaExceeded")).retry_after, Some(QUOTA_WAIT));
        let newer = json!({ "error": { "status": "PERMISSION_DENIED", "message": "no", "details": [
            { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
        ] } });
        assert_eq!(refused(403, &newer).kind, ErrorKind::Reconnect);
        assert_eq!(refused(429, &Value::Null).kind, ErrorKind::RateLimited);
    }
}
