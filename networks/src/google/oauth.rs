//! Agreeing at Google: the code flow with PKCE, access tokens for an hour, and a refresh token that stays.
//! <https://developers.google.com/identity/protocols/oauth2/web-server>

use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::url;
use crate::call::{Step, bad_status, no_answer, read, server_time};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Authorization, Credentials, Outside};
use crate::oauth::{TokenAnswer, Tokens, challenge, verifier};

const AUTHORIZE: &str = "https://accounts.google.com/o/oauth2/v2/auth";
const TOKEN: &str = "https://oauth2.googleapis.com/token";

/// Access tokens are renewed this long before they end.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// A refresh token dies when it is not used for half a year: it is used at least every two months.
/// <https://developers.google.com/identity/protocols/oauth2#expiration>
const UNUSED: TimeDelta = TimeDelta::days(60);

#[derive(Deserialize)]
struct Scopes {
    #[serde(default)]
    scope: String,
}

/// Says where the person agrees to these scopes, which are divided by spaces.
pub(crate) fn begin(
    out: Outside<'_>,
    scopes: &str,
    redirect_uri: &Url,
    state: &str,
) -> Result<Authorization, NetworkError> {
    let code_verifier = verifier()?;
    let mut url = url(AUTHORIZE)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &out.app()?.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", scopes)
        .append_pair("state", state)
        // A refresh token is given when it is asked for, and again only when the person is asked again.
        .append_pair("access_type", "offline")
        .append_pair("prompt", "consent select_account")
        .append_pair("code_challenge", &challenge(&code_verifier))
        .append_pair("code_challenge_method", "S256");
    Ok(Authorization { url, pending: Credentials(json!({ "code_verifier": code_verifier })) })
}

/// Exchanges the code. The person may have agreed to less than was asked: then nothing can be done with it.
pub(crate) async fn complete(
    out: Outside<'_>,
    scopes: &str,
    pending: &Credentials,
    code: &str,
    redirect_uri: &Url,
) -> Result<Tokens, NetworkError> {
    let code_verifier = pending.0["code_verifier"].as_str().unwrap_or_default();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("code_verifier", code_verifier),
    ];
    let answer = exchange(out, &form).await?;
    let granted: Scopes = read(&answer, Step::Repeatable)?;
    let granted: Vec<&str> = granted.scope.split(' ').collect();
    if let Some(missing) = scopes.split(' ').find(|scope| !granted.contains(scope)) {
        return Err(NetworkError::new(ErrorKind::Reconnect, "scope_missing", format!("{missing} was not agreed to")));
    }
    tokens(&answer, None)
}

/// Whether it is time to renew it.
pub(crate) fn is_stale(tokens: &Tokens, now: DateTime<Utc>) -> bool {
    tokens.ends_within(RENEW_AHEAD, now)
}

/// Renews the access token when it is about to end.
pub(crate) async fn refresh(
    out: Outside<'_>,
    tokens: &Tokens,
    now: DateTime<Utc>,
) -> Result<Option<Tokens>, NetworkError> {
    if !is_stale(tokens, now) {
        return Ok(None);
    }
    let Some(refresh_token) = &tokens.refresh else {
        return Err(NetworkError::new(ErrorKind::Reconnect, "session_ended", "there is no refresh token"));
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    self::tokens(&exchange(out, &form).await?, Some(tokens)).map(Some)
}

/// When the refresh token should be used though nobody publishes.
pub(crate) fn refresh_due(tokens: &Tokens) -> Option<DateTime<Utc>> {
    let idle = tokens.expires_at.and_then(|end| end.checked_add_signed(UNUSED));
    // Applications in testing get refresh tokens that end after a week.
    let end = tokens.refresh_expires_at.map(|end| end - TimeDelta::days(1));
    idle.into_iter().chain(end).min()
}

async fn exchange(out: Outside<'_>, form: &[(&str, &str)]) -> Result<Response, NetworkError> {
    let app = out.app()?;
    let mut form = form.to_vec();
    form.extend([("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.as_str())]);
    let request = out.http.post(url(TOKEN)?).form(&form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if answer.status.is_success() { Ok(answer) } else { Err(rejected(&answer)) }
}

/// A lifetime counts from the moment of the answer, by Google's own clock.
fn tokens(answer: &Response, before: Option<&Tokens>) -> Result<Tokens, NetworkError> {
    let token: TokenAnswer = read(answer, Step::Repeatable)?;
    let no_clock = || NetworkError::new(ErrorKind::Retry, "answer_unreadable", "the answer has no date");
    Ok(Tokens::of(token, server_time(answer).ok_or_else(no_clock)?, before))
}

/// RFC 6749, section 5.2.
fn rejected(answer: &Response) -> NetworkError {
    let said: Value = answer.json().unwrap_or_default();
    let word = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let error = bad_status(answer, Step::Repeatable, &format!("{} {}", word("error"), word("error_description")));
    match word("error").as_str() {
        "invalid_client" | "unauthorized_client" => {
            NetworkError { kind: ErrorKind::Ask, code: "app_rejected", ..error }
        }
        _ if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            NetworkError { kind: ErrorKind::Reconnect, code: "authorization_rejected", ..error }
        }
        _ => error,
    }
}
