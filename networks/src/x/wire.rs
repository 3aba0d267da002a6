//! The X API, version 2: requests, answers and errors. <https://api.x.com/2/openapi.json>

use std::time::Duration;

use chrono::{DateTime, Utc};
use diwan_platform::http::{HttpClient, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::call::{Step, bad_status, below, no_answer, read, server_time};
use crate::error::{ErrorKind, NetworkError};

/// What is asked of a post.
pub const POST_FIELDS: (&str, &str) =
    ("tweet.fields", "created_at,entities,attachments,referenced_tweets,public_metrics,note_tweet");

/// The code of an error that says that X has a post with the same words already.
pub const DUPLICATE: &str = "duplicate";

/// The code of an error that says that X does not know an uploaded file, or not any more.
pub const MEDIA_UNKNOWN: &str = "media_unknown";

/// What X says beside or instead of data. <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    detail: String,
    message: String,
    errors: Vec<Self>,
    error: Value,
    error_description: String,
}

impl Problem {
    /// What it is about: the last part of its type.
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }

    fn says(&self) -> String {
        let code = self.error.as_str().unwrap_or_default();
        let own = [&self.title, &self.detail, &self.message, code, &self.error_description];
        let inner = self.errors.iter().flat_map(|error| [&error.detail, &error.message]).map(String::as_str);
        let said: Vec<&str> = own.into_iter().chain(inner).filter(|text| !text.is_empty()).collect();
        said.join(": ")
    }
}

/// What an answer is wrapped in. Errors may stand in a success.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    #[serde(default = "Vec::new")]
    errors: Vec<Problem>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Deserialize, Default)]
struct Meta {
    next_token: Option<String>,
}

/// Anything that was made or begun.
#[derive(Deserialize)]
pub struct Created {
    pub id: String,
}

/// An account.
#[derive(Deserialize)]
pub struct User {
    pub id: String,
    pub username: String,
    #[serde(default)]
    pub name: String,
    /// `Premium`, `PremiumPlus`, `Basic` or `None`; told to the account itself alone.
    #[serde(default)]
    pub subscription_type: Option<String>,
}

/// A post.
#[derive(Deserialize)]
pub struct Post {
    pub id: String,
    pub text: String,
    #[serde(default)]
    pub entities: Entities,
    /// The whole of a long text, of which `text` holds the beginning.
    #[serde(default)]
    pub note_tweet: Option<Note>,
    #[serde(default)]
    pub attachments: Attachments,
    #[serde(default)]
    pub referenced_tweets: Vec<Reference>,
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
}

impl Post {
    /// The id of the post that this one relates to in this way.
    pub fn related(&self, how: &str) -> Option<&str> {
        self.referenced_tweets.iter().find(|reference| reference.kind == how).map(|reference| reference.id.as_str())
    }
}

/// The whole of a long text.
#[derive(Deserialize)]
pub struct Note {
    pub text: String,
    #[serde(default)]
    pub entities: Entities,
}

/// What was found in a text.
#[derive(Deserialize, Default)]
pub struct Entities {
    #[serde(default)]
    pub urls: Vec<Link>,
}

/// A link, as X shortened it.
#[derive(Deserialize)]
pub struct Link {
    pub url: String,
    #[serde(default)]
    pub expanded_url: String,
    /// Set when it stands for a file of the post.
    #[serde(default)]
    pub media_key: Option<String>,
}

/// What a post carries.
#[derive(Deserialize, Default)]
pub struct Attachments {
    #[serde(default)]
    pub media_keys: Vec<String>,
}

/// Another post that a post relates to.
#[derive(Deserialize)]
pub struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// One page of a list.
pub struct Page<T> {
    pub items: Vec<T>,
    /// What the next page is asked with.
    pub next: Option<String>,
}

/// The API with an account's token.
pub struct Api<'a> {
    pub http: &'a HttpClient,
    pub base: &'a Url,
    pub token: &'a str,
}

impl Api<'_> {
    /// Starts a request.
    pub fn request(&self, method: Method, path: &str) -> Result<Request, NetworkError> {
        let url = below(self.base, path)?;
        Ok(self.http.request(method, url).bearer(self.token))
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

    /// Sends a request and reads what it answers.
    pub async fn data<T: DeserializeOwned>(&self, request: Request, step: Step) -> Result<T, NetworkError> {
        let answer = self.send(request, step).await?;
        let envelope: Envelope<T> = read(&answer, step)?;
        envelope.data.ok_or_else(|| instead_of_data(&answer, &envelope.errors, step))
    }

    /// Asks for one thing; none when it is not there.
    pub async fn find<T: DeserializeOwned>(&self, request: Request) -> Result<Option<T>, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.status.is_success() {
            return Err(refusal(&answer, Step::Repeatable));
        }
        let envelope: Envelope<T> = read(&answer, Step::Repeatable)?;
        match envelope.data {
            Some(data) => Ok(Some(data)),
            None if envelope.errors.iter().any(|problem| problem.is("resource-not-found")) => Ok(None),
            None => Err(instead_of_data(&answer, &envelope.errors, Step::Repeatable)),
        }
    }

    /// Asks for a page of a list; nothing to list is an empty page.
    pub async fn page<T: DeserializeOwned>(&self, request: Request) -> Result<Page<T>, NetworkError> {
        let answer = self.send(request, Step::Repeatable).await?;
        let envelope: Envelope<Vec<T>> = read(&answer, Step::Repeatable)?;
        Ok(Page { items: envelope.data.unwrap_or_default(), next: envelope.meta.next_token })
    }

    /// Whose token it is.
    pub async fn me(&self) -> Result<User, NetworkError> {
        let fields = [("user.fields", "subscription_type")];
        self.data(self.get("/2/users/me")?.query(&fields), Step::Repeatable).await
    }
}

/// An answer that is no success.
pub fn refusal(answer: &Response, step: Step) -> NetworkError {
    let problem: Problem = answer.json().unwrap_or_default();
    let says = problem.says();
    let error = bad_status(answer, step, &says);
    let (kind, code) = match answer.status.as_u16() {
        // Money is at its end, or what was bought: waiting does not help.
        // <https://docs.x.com/x-api/fundamentals/post-cap>
        402 => (ErrorKind::Ask, "no_credit"),
        403 | 429 if problem.is("usage-capped") => (ErrorKind::Ask, "no_credit"),
        429 => return NetworkError { retry_after: daily(answer).or(error.retry_after), ..error },
        403 if says.contains("duplicate content") => match step {
            Step::Commit => (ErrorKind::Unknown, DUPLICATE),
            Step::Repeatable => (ErrorKind::Content, DUPLICATE),
        },
        403 if says.contains("video longer than") => (ErrorKind::Content, "video_too_long"),
        403 if says.contains("too long") => (ErrorKind::Content, "text_too_long"),
        403 if problem.is("unsupported-authentication") => (ErrorKind::Reconnect, "forbidden"),
        // What the account or the application may not do; the token is as good as before.
        403 => (ErrorKind::Ask, "not_permitted"),
        400 if is_unknown_media(&says) => (ErrorKind::Retry, MEDIA_UNKNOWN),
        _ => return error,
    };
    NetworkError { kind, code, retry_after: None, ..error }
}

/// "Your media IDs are invalid", "media id … has expired".
fn is_unknown_media(says: &str) -> bool {
    let says = says.to_lowercase();
    says.contains("media id") && ["invalid", "expired", "not found"].iter().any(|word| says.contains(word))
}

/// How long the limits of a day ask to wait when they are used up: that of the account, then that of the application.
/// <https://docs.x.com/x-api/fundamentals/rate-limits>
fn daily(answer: &Response) -> Option<Duration> {
    let now = server_time(answer)?;
    let resets = ["x-user-limit-24hour", "x-app-limit-24hour"].into_iter().filter_map(|limit| {
        let left = answer.header(&format!("{limit}-remaining"))?;
        let reset = answer.header(&format!("{limit}-reset")).filter(|_| left.trim() == "0")?;
        (DateTime::from_timestamp(reset.trim().parse().ok()?, 0)? - now).to_std().ok()
    });
    resets.max()
}

/// A success that holds errors alone.
fn instead_of_data(answer: &Response, errors: &[Problem], step: Step) -> NetworkError {
    let says: Vec<String> = errors.iter().map(Problem::says).collect();
    bad_status(answer, step, &says.join("; "))
}

#[cfg(test)]
mod tests {
    use diwan_platform::http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        Response { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.to_owned().into() }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let cases = [
            (401, r#"{"title":"Unauthorized","type":"about:blank"}"#, ErrorKind::Reconnect, "unauthorized"),
            (402, r#"{"title":"CreditsDepleted"}"#, ErrorKind::Ask, "no_credit"),
            (
                403,
                r#"{"detail":"not allowed to create a Tweet with duplicate content."}"#,
                ErrorKind::Unknown,
                DUPLICATE,
            ),
            (403, r#"{"detail":"You are not permitted to perform this action."}"#, ErrorKind::Ask, "not_permitted"),
            (400, r#"{"errors":[{"message":"Your media IDs are invalid."}]}"#, ErrorKind::Retry, MEDIA_UNKNOWN),
            (400, r#"{"errors":[{"message":"poll.options is invalid"}]}"#, ErrorKind::Content, "rejected"),
            (429, r#"{"type":"https://api.x.com/2/problems/usage-capped"}"#, ErrorKind::Ask, "no_credit"),
            (429, "{}", ErrorKind::RateLimited, "rate_limited"),
            (503, "<html>", ErrorKind::Unknown, "server_error"),
        ];
        for (status, body, kind, code) in cases {
            let error = refusal(&answer(status, &[], body), Step::Commit);
            assert_eq!((error.kind, error.code), (kind, code), "{status} {body}");
        }
    }

    #[test]
    fn a_used_up_day_is_waited_for_and_not_a_quarter_of_an_hour() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap().to_rfc2822();
        let quarter = [("date", now.as_str()), ("x-rate-limit-reset", "1800000060")];
        let day = [("x-user-limit-24hour-remaining", "0"), ("x-user-limit-24hour-reset", "1800007200")];
        let wait = |headers: &[(&'static str, &str)]| refusal(&answer(429, headers, "{}"), Step::Commit).retry_after;
        assert_eq!(wait(&quarter), Some(Duration::from_mins(1)));
        assert_eq!(wait(&[&quarter[..], &day[..]].concat()), Some(Duration::from_hours(2)));
    }
}
