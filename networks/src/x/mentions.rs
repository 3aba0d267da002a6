//! How often something is spoken of: `GET /2/tweets/counts/recent`, of the last seven days, all of which one answer tells.
//! <https://docs.x.com/x-api/posts/get-count-of-recent-posts>, <https://docs.x.com/x-api/posts/counts/integrate/overview>
//!
//! X takes a bearer token of an application alone for this, and none of a person. It is had for the application's API key and its secret,
//! which are others than those with which people agree, and is the same until somebody takes it back.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
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

/// The most parts of an answer that are asked for: it is not documented that there is ever more than one.
const MOST_PAGES: usize = 6;

#[derive(Deserialize)]
struct Counts {
    data: Vec<Part>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Part {
    start: DateTime<Utc>,
    tweet_count: i64,
}

#[derive(Deserialize)]
struct Meta {
    next_token: Option<String>,
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

/// The largest parts into which X divides what it counts and that lie within the days: it divides by the clock of UTC, so that days of another one are
/// made of hours, and where that differs by less than whole hours of minutes.
fn granularity(days: &[MentionDay]) -> (&'static str, TimeDelta) {
    let mut ends = days.iter().flat_map(|day| [day.start, day.end]);
    if ends.all(|at| at.timestamp().rem_euclid(3600) == 0) {
        ("hour", TimeDelta::hours(1))
    } else {
        ("minute", TimeDelta::minutes(1))
    }
}

/// What parts of this length come to on each of the days. X tells of parts also where they hold nothing: a day without its first or its last one
/// was not told of.
fn by_days(days: &[MentionDay], parts: &[Part], length: TimeDelta) -> Vec<MentionCount> {
    let of = |day: &MentionDay| {
        let within: Vec<&Part> = parts.iter().filter(|part| (day.start..day.end).contains(&part.start)).collect();
        let is_told = [day.start, day.end - length].iter().all(|end| within.iter().any(|part| part.start == *end));
        let mentions = within.iter().map(|part| part.tweet_count).sum();
        is_told.then_some(MentionCount { date: day.date, mentions })
    };
    days.iter().filter_map(of).collect()
}

/// How often any of the words was in a post that is no repost, on each of the days. They are asked for together: X counts requests, and is paid for them.
pub async fn count(
    out: Outside<'_>,
    account: &Account,
    words: MentionWords<'_>,
    days: &[MentionDay],
) -> Result<Vec<MentionCount>, NetworkError> {
    let (Some(start), Some(end)) = (days.iter().map(|day| day.start).min(), days.iter().map(|day| day.end).max())
    else {
        return Ok(Vec::new());
    };
    let token = bearer(out.http, account, out.app()?).await?;
    let api = Api { http: out.http, base: &account.base_url, token: &token };
    let query = query(words);
    let (granularity, length) = granularity(days);
    let [start, end] = [start, end].map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let (mut parts, mut next): (Vec<Part>, Option<String>) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let mut asked =
            vec![("query", &*query), ("granularity", granularity), ("start_time", &*start), ("end_time", &*end)];
        asked.extend(next.as_deref().map(|next| ("next_token", next)));
        let request = api.get("/2/tweets/counts/recent")?.query(&asked);
        let answer = api.send(request, Step::Repeatable).await.map_err(of_application)?;
        let told: Counts = read(&answer, Step::Repeatable)?;
        parts.extend(told.data);
        next = told.meta.next_token;
        if next.is_none() {
            return Ok(by_days(days, &parts, length));
        }
    }
    Err(NetworkError::new(ErrorKind::Ask, "answer_unreadable", "the counts of some days do not end"))
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
    fn days_are_made_of_parts_that_lie_within_them() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let day = |start: &str, end: &str| MentionDay { date: at(end).date_naive(), start: at(start), end: at(end) };
        // In Athens, where clocks are put back; and in Tehran.
        let athens =
            [day("2026-10-24T21:00:00Z", "2026-10-25T22:00:00Z"), day("2026-10-25T22:00:00Z", "2026-10-26T22:00:00Z")];
        let tehran = [day("2026-10-24T20:30:00Z", "2026-10-25T20:30:00Z")];
        assert_eq!((granularity(&athens).0, granularity(&tehran).0), ("hour", "minute"));
        let part = |start: &str, tweet_count| Part { start: at(start), tweet_count };
        let parts = [
            part("2026-10-24T20:00:00Z", 100),
            part("2026-10-24T21:00:00Z", 1),
            part("2026-10-25T21:00:00Z", 2),
            part("2026-10-25T22:00:00Z", 4),
            part("2026-10-26T21:00:00Z", 0),
            part("2026-10-26T22:00:00Z", 100),
        ];
        let counts = |days: &[MentionDay]| {
            by_days(days, &parts, TimeDelta::hours(1)).iter().map(|count| count.mentions).collect::<Vec<_>>()
        };
        assert_eq!(counts(&athens), [3, 4]);
        // In whatever order they come. What was told in part, or not at all, is not known.
        let in_part = day("2026-10-26T22:00:00Z", "2026-10-27T22:00:00Z");
        let not_at_all = day("2026-10-27T22:00:00Z", "2026-10-28T22:00:00Z");
        assert_eq!(counts(&[not_at_all, athens[1], in_part, athens[0]]), [4, 3]);
    }

    #[test]
    fn an_answer_may_have_more_parts() {
        let told = r#"{"data":[{"start":"2026-10-24T21:00:00.000Z","end":"2026-10-24T22:00:00.000Z","tweet_count":3}],
            "meta":{"total_tweet_count":3,"next_token":"more"}}"#;
        let told: Counts = serde_json::from_str(told).unwrap();
        assert_eq!((told.data[0].tweet_count, told.meta.next_token.as_deref()), (3, Some("more")));
        let last: Counts = serde_json::from_str(r#"{"data":[],"meta":{"total_tweet_count":0}}"#).unwrap();
        assert!(last.data.is_empty() && last.meta.next_token.is_none());
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
