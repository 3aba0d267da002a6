//! How many posts have words in them: the counts of the last seven days, for the application itself alone.
//! <https://docs.x.com/x-api/posts/counts/integrate/overview>, <https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only>

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{KEY, OAUTH, invalid, only, problem};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::EffectKind;
use crate::tokens::TokenKind;
use crate::world::World;

/// The longest query, in characters.
const MOST_QUERY: usize = 512;

/// How far back it tells, and how long before now what it tells ends.
const BACK: TimeDelta = TimeDelta::days(7);
const BEFORE: TimeDelta = TimeDelta::seconds(10);

/// The token of the application, for its key and its secret.
pub async fn token(mut call: Call, world: &World) -> Result<Answer, Answer> {
    let refused = |status: u16, label: &str, message: &str| {
        Answer::json(status, &json!({ "errors": [{ "code": 99, "message": message, "label": label }] }))
    };
    let unknown = || refused(403, "authenticity_token_error", "Unable to verify your credentials");
    let (id, secret) = call.basic().ok_or_else(unknown)?;
    let mut form = call.form().await?;
    form.extend([("client_id".to_owned(), id), ("client_secret".to_owned(), secret)]);
    OAUTH.client(&form).map_err(|_| unknown())?;
    if !form.iter().any(|(name, value)| name == "grant_type" && value == "client_credentials") {
        return Err(refused(400, "invalid_request", "Missing required parameter: grant_type"));
    }
    let token = world.issue(KEY, "", TokenKind::Access, None, json!({ "application": true }));
    Ok(Answer::json(200, &json!({ "token_type": "bearer", "access_token": token })))
}

/// Refuses whoever is not the application.
fn application(call: &Call, world: &World) -> Result<(), Answer> {
    let unauthorized = || problem(401, "", "Unauthorized");
    let token = call.bearer().ok_or_else(unauthorized)?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(|_| unauthorized())?;
    if granted.detail["application"] == true {
        return Ok(());
    }
    let says = "Authenticating with OAuth 2.0 User Context is forbidden for this endpoint.  Supported authentication types are [OAuth 2.0 \
        Application-Only].";
    Err(problem(403, "unsupported-authentication", says))
}

/// What a query looks for: words and phrases, and hashtags, any of which is enough. Only queries as `("two words" OR #tag) -is:retweet` are
/// understood; nobody passes on a post here, so that the last part leaves out nothing.
fn terms(query: &str) -> Option<Vec<String>> {
    let any = query.trim().strip_suffix("-is:retweet").unwrap_or(query).trim();
    let any = any.strip_prefix('(')?.strip_suffix(')')?;
    let (mut terms, mut rest) = (Vec::new(), any.trim());
    loop {
        let (term, after) = match rest.strip_prefix('"') {
            Some(phrase) => phrase.split_once('"')?,
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        let is_plain = rest.starts_with('"') || term.starts_with('#');
        if term.trim().is_empty() || !is_plain {
            return None;
        }
        terms.push(term.to_lowercase());
        rest = after.trim();
        if rest.is_empty() {
            return Some(terms);
        }
        rest = rest.strip_prefix("OR ")?.trim();
    }
}

/// Whether a text has this in it: whole words in their order.
fn has(text: &str, term: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '\'');
        text.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (text, term) = (words(text), words(term));
    !term.is_empty() && text.windows(term.len()).any(|window| window == term)
}

fn moment(call: &Call, name: &str) -> Result<Option<DateTime<Utc>>, Answer> {
    let wrong = || invalid(&format!("The `{name}` query parameter value is not a valid time"));
    call.query(name).map(|value| value.parse().map_err(|_| wrong())).transpose()
}

/// The counts by granularity, and the sum.
pub fn recent(call: &Call, world: &World) -> Result<Answer, Answer> {
    let known = [
        "query",
        "start_time",
        "end_time",
        "since_id",
        "until_id",
        "next_token",
        "pagination_token",
        "granularity",
        "search_count.fields",
    ];
    only(call, &known)?;
    application(call, world)?;
    let query = call.query("query").unwrap_or_default();
    if !(1..=MOST_QUERY).contains(&query.chars().count()) {
        return Err(invalid(&format!("The `query` query parameter has to be 1 to {MOST_QUERY} characters")));
    }
    let terms = terms(query).ok_or_else(|| invalid("There were errors processing your request: the query"))?;
    let granularity = match call.query("granularity").unwrap_or("hour") {
        "day" => TimeDelta::days(1),
        "hour" => TimeDelta::hours(1),
        "minute" => TimeDelta::minutes(1),
        _ => return Err(invalid("The `granularity` query parameter value is not one of [minute,hour,day]")),
    };
    let now = world.now();
    let end = moment(call, "end_time")?.unwrap_or(now - TimeDelta::seconds(30));
    let start = moment(call, "start_time")?.unwrap_or(now - BACK);
    if start < now - BACK {
        return Err(invalid("Invalid 'start_time': it must be on or after the last seven days"));
    }
    if end > now - BEFORE || end <= start {
        return Err(invalid("Invalid 'end_time': it must be after 'start_time' and 10 seconds before now"));
    }
    let times = posted(world, &terms, (start, end));
    Ok(Answer::json(200, &counted(&times, (start, end), granularity)))
}

/// When posts went out that have any of the terms in them and are still there.
fn posted(world: &World, terms: &[String], (start, end): (DateTime<Utc>, DateTime<Utc>)) -> Vec<DateTime<Utc>> {
    let effects = world.effects();
    let of_x = || effects.iter().filter(|effect| effect.network == KEY);
    let gone: HashSet<&str> =
        of_x().filter(|effect| effect.kind == EffectKind::Delete).map(|effect| effect.id.as_str()).collect();
    let within = of_x().filter(|effect| {
        effect.kind == EffectKind::Post && effect.at >= start && effect.at < end && !gone.contains(effect.id.as_str())
    });
    within.filter(|effect| terms.iter().any(|term| has(&effect.text, term))).map(|effect| effect.at).collect()
}

/// Parts begin at whole ones of UTC, but for the first.
fn counted(times: &[DateTime<Utc>], (start, end): (DateTime<Utc>, DateTime<Utc>), granularity: TimeDelta) -> Value {
    let step = granularity.num_seconds();
    let mut data = Vec::new();
    let mut from = start;
    while from < end {
        let whole = (from.timestamp().div_euclid(step) + 1) * step;
        let to = DateTime::from_timestamp(whole, 0).unwrap_or(end).min(end);
        let count = times.iter().filter(|at| **at >= from && **at < to).count();
        let written = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        data.push(json!({ "start": written(from), "end": written(to), "tweet_count": count }));
        from = to;
    }
    json!({ "data": data, "meta": { "total_tweet_count": times.len() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_as_they_are_written() {
        let of = |query| terms(query).map(|terms| terms.join("|"));
        assert_eq!(of("(\"Tea House\" OR #Tea OR \"@nour\") -is:retweet").as_deref(), Some("tea house|#tea|@nour"));
        assert_eq!(of("(#tea)").as_deref(), Some("#tea"));
        for wrong in ["", "tea", "(tea)", "(\"tea\" #tea)", "(\"tea\" OR )", "(\"tea)", "(\"tea\") -is:reply"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_are_whole_and_in_their_order() {
        assert!(has("Our Tea house, at last", "tea house") && has("Drink #Tea!", "#tea"));
        assert!(!has("House of tea", "tea house") && !has("Teapots", "tea") && !has("tea", "#tea"));
    }
}
