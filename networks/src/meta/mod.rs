//! What the networks of Meta have in common: what their errors mean, how long they ask to wait, and the proof that a
//! token is used by the application to which it was given.

pub(crate) mod audience;
pub(crate) mod containers;
pub(crate) mod daily;
pub(crate) mod login;
pub(crate) mod proof;

use std::time::Duration;

use diwan_platform::http::Response;
use serde_json::Value;

use crate::call::{Step, bad_status, retry_after};
use crate::error::{ErrorKind, NetworkError};

/// The code of an error that says that the same was posted already.
pub(crate) const DUPLICATE: &str = "duplicate";

/// The code of an error that says that a container has ended or is not known.
pub(crate) const CONTAINER_GONE: &str = "container_gone";

/// The code of an error that says that something is not there, or that this token may not see it.
pub(crate) const NOT_THERE: &str = "not_there";

/// How long is waited for a file that is still processed when it is to be published.
const NOT_READY: Duration = Duration::from_secs(30);

/// How many bytes of a message are kept.
const MOST_MESSAGE: usize = 250;

/// An error as Meta words it.
struct Said {
    code: i64,
    subcode: i64,
    is_transient: bool,
    message: String,
}

impl Said {
    /// That of an answer; none where the body is no such error.
    fn of(response: &Response) -> Option<Self> {
        let body: Value = response.json().ok()?;
        let error = body.get("error")?;
        let text = |name: &str| error[name].as_str().unwrap_or_default();
        let message = if text("error_user_msg").is_empty() { text("message") } else { text("error_user_msg") };
        Some(Self {
            code: error["code"].as_i64()?,
            subcode: error["error_subcode"].as_i64().unwrap_or_default(),
            is_transient: error["is_transient"].as_bool().unwrap_or_default(),
            message: message.chars().filter(|c| !c.is_control()).take(MOST_MESSAGE).collect(),
        })
    }

    /// What it means; none where the status alone must tell.
    fn meaning(&self, step: Step) -> Option<(ErrorKind, &'static str)> {
        // "An unknown error occurred" and "temporarily unavailable" do not say that nothing was done.
        let open = match step {
            Step::Repeatable => ErrorKind::Retry,
            Step::Commit => ErrorKind::Unknown,
        };
        Some(match (self.code, self.subcode) {
            (102 | 190, _) => (ErrorKind::Reconnect, "token_refused"),
            (3 | 10 | 200..=299, _) => (ErrorKind::Reconnect, "permission_missing"),
            // Suspected of spam, or shut out until somebody looks after the account.
            (4, 2_207_051) | (25 | 368, _) => (ErrorKind::Ask, "blocked_by_network"),
            (4 | 17 | 32 | 341 | 613 | 80_000..=80_014, _) => (ErrorKind::RateLimited, "rate_limited"),
            (9, _) => (ErrorKind::RateLimited, "quota_used_up"),
            (506, _) if step == Step::Commit => (ErrorKind::Unknown, DUPLICATE),
            (506, _) => (ErrorKind::Ask, DUPLICATE),
            (24, _) => (ErrorKind::Retry, CONTAINER_GONE),
            (9007, _) => (ErrorKind::Retry, "media_not_ready"),
            (9004, _) => (ErrorKind::Retry, "media_unreachable"),
            (352 | 36_000..=36_004, _) => (ErrorKind::Content, "media_rejected"),
            (100, 33) | (803, _) => (ErrorKind::Ask, NOT_THERE),
            (-2 | -1 | 1 | 2, _) => (open, "server_error"),
            _ if self.is_transient => (open, "server_error"),
            (100, _) => (ErrorKind::Content, "rejected"),
            _ => return None,
        })
    }
}

/// An answer that is no success.
/// <https://developers.facebook.com/docs/graph-api/guides/error-handling>, for containers also
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes>
pub(crate) fn refusal(response: &Response, step: Step) -> NetworkError {
    let Some(said) = Said::of(response) else { return bad_status(response, step, "") };
    let (code, subcode) = (said.code, said.subcode);
    // What is said of a token can quote it.
    let message = if matches!(code, 102 | 190) { "" } else { said.message.as_str() };
    let message = format!("error {code}, subcode {subcode}: {message}");
    let error = bad_status(response, step, message.trim_end_matches([' ', ':']));
    if response.status.is_server_error() {
        return error;
    }
    match said.meaning(step) {
        Some((kind, code)) => {
            let wait = match kind {
                ErrorKind::RateLimited => wait(response),
                _ if code == "media_not_ready" => Some(NOT_READY),
                _ => error.retry_after,
            };
            NetworkError { kind, code, retry_after: wait, ..error }
        }
        None => error,
    }
}

/// Whether an answer says that what was asked for is not there.
pub(crate) fn is_gone(response: &Response) -> bool {
    response.status.as_u16() == 404
        || Said::of(response).is_some_and(|said| matches!((said.code, said.subcode), (100, 33) | (803, _)))
}

/// How long an answer asks to wait: `Retry-After`, else the longest of the minutes in `X-Business-Use-Case-Usage`.
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>
fn wait(response: &Response) -> Option<Duration> {
    let usage = || {
        let usage: Value = serde_json::from_str(response.header("x-business-use-case-usage")?).ok()?;
        let entries = usage.as_object()?.values().filter_map(Value::as_array).flatten();
        let minutes = entries.filter_map(|entry| entry["estimated_time_to_regain_access"].as_u64()).max()?;
        (minutes > 0).then(|| Duration::from_mins(minutes))
    };
    retry_after(response).or_else(usage)
}

#[cfg(test)]
mod tests {
    use diwan_platform::http::{HeaderMap, HeaderValue, StatusCode};
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Value) -> Response {
        let status = StatusCode::from_u16(status).expect("a status");
        Response { status, headers: HeaderMap::new(), body: body.to_string().into() }
    }

    fn refused(status: u16, code: i64, subcode: i64, step: Step) -> NetworkError {
        let error =
            json!({ "message": "no EAAtoken", "type": "OAuthException", "code": code, "error_subcode": subcode });
        refusal(&answer(status, &json!({ "error": error })), step)
    }

    #[test]
    fn a_code_says_what_to_do() {
        use ErrorKind::{Ask, Content, RateLimited, Reconnect, Retry, Unknown};
        for (status, code, subcode, repeatable, commit) in [
            (401, 190, 463, Reconnect, Reconnect),
            (400, 190, 460, Reconnect, Reconnect),
            (403, 10, 0, Reconnect, Reconnect),
            (403, 200, 0, Reconnect, Reconnect),
            (400, 4, 0, RateLimited, RateLimited),
            (400, 80_001, 0, RateLimited, RateLimited),
            (400, 9, 2_207_042, RateLimited, RateLimited),
            (400, 368, 0, Ask, Ask),
            (400, 4, 2_207_051, Ask, Ask),
            (403, 25, 2_207_050, Ask, Ask),
            (400, 506, 1_455_006, Ask, Unknown),
            (400, 100, 33, Ask, Ask),
            (400, 100, 0, Content, Content),
            (400, 24, 2_207_008, Retry, Retry),
            (400, 24, 4_279_009, Retry, Retry),
            (400, 9007, 2_207_027, Retry, Retry),
            (400, 36_003, 2_207_009, Content, Content),
            (400, 1, 0, Retry, Unknown),
            (500, 2, 0, Retry, Unknown),
            (400, 4711, 0, Content, Content),
        ] {
            assert_eq!(refused(status, code, subcode, Step::Repeatable).kind, repeatable, "{code}");
            assert_eq!(refused(status, code, subcode, Step::Commit).kind, commit, "{code}");
        }
        assert_eq!(refusal(&answer(502, &Value::Null), Step::Commit).kind, Unknown);
        assert_eq!(refusal(&answer(200, &Value::Null), Step::Commit).kind, Unknown);
    }

    #[test]
    fn a_token_is_never_quoted() {
        let detail = refused(401, 190, 467, Step::Repeatable).detail;
        assert!(detail.contains("190") && detail.contains("467") && !detail.contains("EAA"), "{detail}");
        assert!(refused(400, 100, 0, Step::Repeatable).detail.contains("no EAAtoken"), "other messages are kept");
    }

    #[test]
    fn the_minutes_that_are_named_are_waited() {
        let mut limited = answer(400, &json!({ "error": { "code": 80_001, "message": "too many" } }));
        assert_eq!(refusal(&limited, Step::Repeatable).retry_after, None);
        let usage = r#"{"17":[{"type":"pages","estimated_time_to_regain_access":0}],
            "18":[{"type":"pages","estimated_time_to_regain_access":19}]}"#
            .replace('\n', "");
        limited.headers.insert("x-business-use-case-usage", HeaderValue::from_str(&usage).unwrap());
        assert_eq!(refusal(&limited, Step::Repeatable).retry_after, Some(Duration::from_mins(19)));
        limited.headers.insert("retry-after", HeaderValue::from_static("5"));
        assert_eq!(refusal(&limited, Step::Repeatable).retry_after, Some(Duration::from_secs(5)));
    }

    #[test]
    fn what_is_gone_is_told_from_what_is_refused() {
        assert!(is_gone(&answer(400, &json!({ "error": { "code": 100, "error_subcode": 33 } }))));
        assert!(!is_gone(&answer(400, &json!({ "error": { "code": 100 } }))));
        assert!(is_gone(&answer(404, &Value::Null)));
    }
}
