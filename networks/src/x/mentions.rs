//! How often something is spoken of: `GET /2/tweets/counts/recent`, of the last seven days.
//! <https://docs.x.com/x-api/posts/get-count-of-recent-posts>, <https://docs.x.com/x-api/posts/counts/integrate/overview>
//!
//! X takes a bearer token of an application alone for this, and none of a person. It is had for the application's API key and its secret,
//! which are others than those with which people agree, and is the same until somebody takes it back.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use diwan_platform::apps::App;
use diwan_platform::http::HttpClient;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::wire::{Api, refusal};
use crate::call::{Step, no_answer, read};
use crate::error::{ErrorKind, NetworkError};
use crate::mentions::{MentionCount, MentionCounting, MentionDay, MentionWords, quoted};
use crate::network::{Account, Outside};

/// Six whole days lie within the last seven times 24 hours. The application is known by its API key.
pub const COUNTING: MentionCounting =
    MentionCounting { keywords: true, days: 6, any_clock: true, app: Some("x_api"), pages: None };

/// Of what a post is none of its own: what only passes on another.
const WITHOUT_REPOSTS: &str = "-is:retweet";

#[derive(Deserialize)]
struct Counts {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    total_tweet_count: i64,
}

#[derive(Deserialize)]
struct Bearer {
    token_type: String,
    access_token: String,
}

/// The query: posts that have any of the words in them.
fn query(words: MentionWords<'_>) -> String {
    let keywords = words.keywords.iter().map(|word| quoted(word));
    let any: Vec<String> = keywords.chain(words.hashtags.iter().map(|tag| format!("#{tag}"))).collect();
    format!("({}) {WITHOUT_REPOSTS}", any.join(" OR "))
}

/// The token of the application itself.
async fn bearer(http: &HttpClient, account: &Account, app: &App) -> Result<String, NetworkError> {
    let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let basic = STANDARD.encode(format!("{}:{}", escaped(&app.client_id), escaped(&app.client_secret)));
    let url = crate::call::below(&account.base_url, "/oauth2/token")?;
    let request = http.post(url).header("authorization", &format!("Basic {basic}"));
    let request = request.form(&[("grant_type", "client_credentials")]);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if !answer.status.is_success() {
        let error = refusal(&answer, Step::Repeatable);
        return Err(match answer.status.as_u16() {
            // It is the application that is not known, and not the account.
            400 | 401 | 403 => NetworkError { kind: ErrorKind::Ask, code: "app_rejected", ..error },
            _ => error,
        });
    }
    let token: Bearer = read(&answer, Step::Repeatable)?;
    if !token.token_type.eq_ignore_ascii_case("bearer") {
        return Err(NetworkError::new(ErrorKind::Ask, "answer_unreadable", "no bearer token"));
    }
    Ok(token.access_token)
}

/// How often any of the words was in a post that is no repost, on each of the days.
pub async fn count(
    out: Outside<'_>,
    account: &Account,
    words: MentionWords<'_>,
    days: &[MentionDay],
) -> Result<Vec<MentionCount>, NetworkError> {
    let token = bearer(out.http, account, out.app()?).await?;
    let api = Api { http: out.http, base: &account.base_url, token: &token };
    let query = query(words);
    let mut counts = Vec::with_capacity(days.len());
    for day in days {
        let [start, end] = [day.start, day.end].map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        let asked = [("query", &*query), ("granularity", "day"), ("start_time", &*start), ("end_time", &*end)];
        let request = api.get("/2/tweets/counts/recent")?.query(&asked);
        let answer = api.send(request, Step::Repeatable).await.map_err(of_application)?;
        let told: Counts = read(&answer, Step::Repeatable)?;
        counts.push(MentionCount { date: day.date, mentions: told.meta.total_tweet_count });
    }
    Ok(counts)
}

/// What is refused here is refused to the application: connecting the account again helps nothing.
fn of_application(error: NetworkError) -> NetworkError {
    match error.kind {
        ErrorKind::Reconnect => NetworkError { kind: ErrorKind::Ask, code: "app_rejected", ..error },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_all_words() {
        let (keywords, hashtags) = (["tea house".to_owned(), "@nour".to_owned()], ["چای".to_owned()]);
        let words = MentionWords { keywords: &keywords, hashtags: &hashtags };
        assert_eq!(query(words), "(\"tea house\" OR \"@nour\" OR #چای) -is:retweet");
        assert_eq!(query(MentionWords { keywords: &[], hashtags: &hashtags }), "(#چای) -is:retweet");
    }

    #[test]
    fn the_longest_words_are_one_question() {
        // A monitor has at most 20 words of 300 characters together; X takes 512 characters.
        let keywords: Vec<String> = (0..20).map(|_| "a".repeat(15)).collect();
        assert!(query(MentionWords { keywords: &keywords, hashtags: &[] }).chars().count() <= 512);
    }

    #[test]
    fn what_the_application_may_not_do_is_no_matter_of_the_account() {
        let refused = |kind| of_application(NetworkError::new(kind, "unauthorized", "401")).kind;
        assert_eq!(
            (refused(ErrorKind::Reconnect), refused(ErrorKind::RateLimited)),
            (ErrorKind::Ask, ErrorKind::RateLimited)
        );
    }
}
