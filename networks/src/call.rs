//! What every network does alike with an answer, or with none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diwan_platform::http::{HttpError, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::{ErrorKind, NetworkError};

/// Whether a request can be repeated freely or makes a post visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Repeating it does no harm: without an answer, try again.
    Repeatable,
    /// It makes the post visible: without an answer, the outcome is unknown.
    Commit,
}

impl Step {
    /// What no usable answer means.
    fn without_answer(self) -> ErrorKind {
        match self {
            Self::Repeatable => ErrorKind::Retry,
            Self::Commit => ErrorKind::Unknown,
        }
    }
}

/// No answer.
pub fn no_answer(error: &HttpError, step: Step) -> NetworkError {
    let detail = error.to_string();
    match error {
        HttpError::Refused { .. } => NetworkError::new(ErrorKind::Ask, "address_refused", detail),
        HttpError::NotSent { .. } | HttpError::Setup(_) => NetworkError::new(ErrorKind::Retry, "unreachable", detail),
        HttpError::Unknown { .. } => NetworkError::new(step.without_answer(), "no_answer", detail),
        HttpError::TooLarge { .. } => NetworkError::new(step.without_answer(), "answer_too_large", detail),
    }
}

/// An answer that is no success, where the network has no meaning of its own for it. `message` is what the network
/// wrote.
pub fn bad_status(response: &Response, step: Step, message: &str) -> NetworkError {
    let status = response.status;
    let (kind, code) = match status {
        StatusCode::UNAUTHORIZED => (ErrorKind::Reconnect, "unauthorized"),
        StatusCode::FORBIDDEN => (ErrorKind::Reconnect, "forbidden"),
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorKind::Content, "too_large"),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (ErrorKind::Content, "rejected")
        }
        StatusCode::TOO_MANY_REQUESTS => (ErrorKind::RateLimited, "rate_limited"),
        StatusCode::REQUEST_TIMEOUT => (step.without_answer(), "server_timeout"),
        status if status.is_server_error() => (step.without_answer(), "server_error"),
        status if status.is_redirection() => (ErrorKind::Ask, "redirected"),
        status if status.is_success() => (step.without_answer(), "answer_unreadable"),
        _ => (ErrorKind::Ask, "unexpected_status"),
    };
    let message: String = message.chars().filter(|c| !c.is_control()).take(300).collect();
    let mut error = NetworkError::new(kind, code, format!("{status}: {message}"));
    error.retry_after = retry_after(response);
    error
}

/// Reads a success; a body that cannot be read leaves it open what the server did.
pub fn read<T: DeserializeOwned>(response: &Response, step: Step) -> Result<T, NetworkError> {
    response.json().map_err(|error| {
        let detail =
            format!("{}: not the JSON expected (line {}, column {})", response.status, error.line(), error.column());
        NetworkError::new(step.without_answer(), "answer_unreadable", detail)
    })
}

/// A file that could not be read from where it lies: nothing was sent, and it may be there the next time.
pub fn unreadable(error: &std::io::Error) -> NetworkError {
    NetworkError::new(ErrorKind::Retry, "file_unreadable", error.to_string())
}

/// How long a body of so many bytes may take on its way: at least half a minute, and as long as it takes at 256 KiB a second.
pub fn upload_patience(bytes: u64) -> Duration {
    Duration::from_secs(30 + bytes / (256 * 1024))
}

/// The pauses between questions whether a file has been processed, inside one attempt: ten at most, the first ones short.
pub fn polls() -> impl Iterator<Item = Duration> {
    [200, 500].into_iter().chain(std::iter::repeat_n(1000, 8)).map(Duration::from_millis)
}

/// What was sent is there, or certainly on its way: a failure to hear of it is no failure of it, and it is asked for again.
pub fn asked_later(error: NetworkError, again: Duration) -> NetworkError {
    match error.kind {
        ErrorKind::Unknown | ErrorKind::LeaseLost | ErrorKind::Waiting => error,
        _ => NetworkError { kind: ErrorKind::Waiting, retry_after: error.retry_after.or(Some(again)), ..error },
    }
}

/// What was sent is there and could not be written down: it is looked for.
pub fn not_noted(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::LeaseLost => error,
        _ => NetworkError { kind: ErrorKind::Unknown, ..error },
    }
}

/// An address of the network, or one that it handed out.
pub fn address(address: &str) -> Result<Url, NetworkError> {
    Url::parse(address).map_err(invalid)
}

/// The address of a path, which may have a query, on the server at `base`.
pub fn below(base: &Url, path: &str) -> Result<Url, NetworkError> {
    base.join(path).map_err(invalid)
}

/// The address of a path whose parts are taken as they are, behind what stands before each path of an interface, such as `v25.0`.
pub fn within(base: &Url, first: &str, path: &[&str]) -> Result<Url, NetworkError> {
    let mut url = base.clone();
    let wrong = || NetworkError::new(ErrorKind::Ask, "address_invalid", "not an address of the network");
    url.path_segments_mut().map_err(|()| wrong())?.clear().push(first).extend(path);
    Ok(url)
}

fn invalid(error: url::ParseError) -> NetworkError {
    NetworkError::new(ErrorKind::Ask, "address_invalid", error.to_string())
}

/// What the server's clock said when it answered.
pub fn server_time(response: &Response) -> Option<DateTime<Utc>> {
    date(response.header("date")?)
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date, else the moment its rate limit starts
/// anew (`X-RateLimit-Reset` as ISO time on Mastodon, `RateLimit-Reset` as Unix time on Bluesky, `X-Rate-Limit-Reset`
/// likewise on X), which counts only when the limit is used up. Moments are compared with the server's own clock.
pub fn retry_after(response: &Response) -> Option<Duration> {
    let until = |moment: DateTime<Utc>| (moment - server_time(response)?).to_std().ok();
    if let Some(value) = response.header("retry-after") {
        return match value.trim().parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => date(value).and_then(until),
        };
    }
    if response.status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let iso = response.header("x-ratelimit-reset").and_then(|value| DateTime::parse_from_rfc3339(value).ok());
    let unix = response.header("ratelimit-reset").or_else(|| response.header("x-rate-limit-reset"));
    let unix = unix.and_then(|value| value.trim().parse().ok());
    iso.map(|moment| moment.to_utc())
        .or_else(|| unix.and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
        .and_then(until)
}

/// A date as HTTP writes it.
fn date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value).ok().map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use diwan_platform::http::{HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).expect("a value"));
        }
        Response { status: StatusCode::from_u16(status).expect("a status"), headers: map, body: Bytes::new() }
    }

    #[test]
    fn only_the_request_that_makes_the_post_visible_has_an_unknown_outcome() {
        for status in [200, 408, 500, 502, 503, 504] {
            assert_eq!(bad_status(&answer(status, &[]), Step::Commit, "").kind, ErrorKind::Unknown, "{status}");
            assert_eq!(bad_status(&answer(status, &[]), Step::Repeatable, "").kind, ErrorKind::Retry, "{status}");
        }
        let origin = || "https://a.example".to_owned();
        let lost = HttpError::Unknown { origin: origin(), reason: "timed out".to_owned() };
        assert_eq!(no_answer(&lost, Step::Commit).kind, ErrorKind::Unknown);
        assert_eq!(no_answer(&lost, Step::Repeatable).kind, ErrorKind::Retry);
        let not_sent = HttpError::NotSent { origin: origin(), reason: "no route".to_owned() };
        assert_eq!(no_answer(&not_sent, Step::Commit).kind, ErrorKind::Retry);
    }

    #[test]
    fn refusals_are_definite() {
        let kinds = [
            (401, ErrorKind::Reconnect),
            (403, ErrorKind::Reconnect),
            (413, ErrorKind::Content),
            (422, ErrorKind::Content),
            (429, ErrorKind::RateLimited),
            (301, ErrorKind::Ask),
            (404, ErrorKind::Ask),
        ];
        for (status, kind) in kinds {
            assert_eq!(bad_status(&answer(status, &[]), Step::Commit, "").kind, kind, "{status}");
        }
    }

    #[test]
    fn reads_how_long_to_wait() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let then = now + Duration::from_mins(1);
        let minute = Some(Duration::from_mins(1));
        let date = now.to_rfc2822();
        let wait = |status, name, value: &str| retry_after(&answer(status, &[("date", &date), (name, value)]));
        assert_eq!(wait(503, "retry-after", "60"), minute);
        assert_eq!(wait(429, "retry-after", &then.to_rfc2822()), minute);
        assert_eq!(wait(429, "ratelimit-reset", "1800000060"), minute);
        assert_eq!(wait(429, "x-ratelimit-reset", &then.to_rfc3339()), minute);
        assert_eq!(wait(500, "x-ratelimit-reset", &then.to_rfc3339()), None);
        assert_eq!(retry_after(&answer(429, &[("ratelimit-reset", "1800000060")])), None, "no clock to compare with");
    }
}
