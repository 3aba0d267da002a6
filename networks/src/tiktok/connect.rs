//! Connecting: the code flow of TikTok's login for the web, access tokens for a day and refresh tokens for a year.
//! <https://developers.tiktok.com/doc/oauth-user-access-token-management>

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::HOME;
use super::rules;
use super::wire::{self, Api};
use crate::call::{Step, bad_status, no_answer, read, server_time};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Authorization, Connected, Credentials, Outside};
use crate::oauth::{TokenAnswer, Tokens, stored};

const AUTHORIZE: &str = "https://www.tiktok.com/v2/auth/authorize/";

/// Who it is, its name, its numbers; posting; its posts and their numbers.
const SCOPES: &str = "user.info.basic,user.info.profile,user.info.stats,video.publish,video.upload,video.list";

/// Access tokens are renewed this long before they end.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// What TikTok answers to a code or a refresh token.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
    refresh_expires_in: Option<i64>,
    #[serde(default)]
    scope: String,
}

/// Says where the person agrees. The challenge of PKCE is of desktop applications alone.
/// <https://developers.tiktok.com/doc/login-kit-web>
pub fn begin(out: Outside<'_>, redirect_uri: &Url, state: &str) -> Result<Authorization, NetworkError> {
    let mut url = wire::address(AUTHORIZE)?;
    url.query_pairs_mut()
        .append_pair("client_key", &out.app()?.client_id)
        .append_pair("response_type", "code")
        .append_pair("scope", SCOPES)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("state", state);
    Ok(Authorization { url, pending: Credentials(json!({})) })
}

/// Exchanges the code and reads who came back. The person may have agreed to less than was asked: without their word
/// that films may be posted, nothing can be done.
pub async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Connected, NetworkError> {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri.as_str())];
    let (tokens, scopes) = exchange(out, &form, None).await?;
    if let Some(missing) = SCOPES.split(',').find(|scope| !scopes.split(',').any(|granted| granted == *scope)) {
        return Err(NetworkError::new(ErrorKind::Reconnect, "scope_missing", format!("{missing} was not agreed to")));
    }
    let api = Api { http: out.http, token: &tokens.access };
    let user = api.user("open_id,display_name,username,profile_deep_link").await?;
    let creator = api.creator().await?;
    let word = |name: &str| user[name].as_str().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
    let unreadable = || NetworkError::new(ErrorKind::Retry, "answer_unreadable", "the account has no id");
    let remote_id = word("open_id").ok_or_else(unreadable)?;
    let handle = word("username").unwrap_or_else(|| remote_id.clone());
    Ok(Connected {
        display_name: word("display_name").unwrap_or_else(|| handle.clone()),
        profile_url: wire::address(&format!("{HOME}@{handle}")).ok(),
        base_url: wire::address(HOME)?,
        credentials: stored(&tokens)?,
        limits: rules::limits(&creator),
        handle,
        remote_id,
    })
}

/// Whether it is time to renew it.
pub fn is_stale(tokens: &Tokens, now: DateTime<Utc>) -> bool {
    tokens.ends_within(RENEW_AHEAD, now)
}

/// Renews the access token when it is about to end. The refresh token may be another afterwards.
pub async fn refresh(
    out: Outside<'_>,
    tokens: &Tokens,
    now: DateTime<Utc>,
) -> Result<Option<Credentials>, NetworkError> {
    if !is_stale(tokens, now) {
        return Ok(None);
    }
    let Some(refresh_token) = &tokens.refresh else {
        return Err(NetworkError::new(ErrorKind::Reconnect, "session_ended", "there is no refresh token"));
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let (renewed, _) = exchange(out, &form, Some(tokens)).await?;
    stored(&renewed).map(Some)
}

async fn exchange(
    out: Outside<'_>,
    form: &[(&str, &str)],
    before: Option<&Tokens>,
) -> Result<(Tokens, String), NetworkError> {
    let app = out.app()?;
    let mut form = form.to_vec();
    form.extend([("client_key", app.client_id.as_str()), ("client_secret", app.client_secret.as_str())]);
    let request = out.http.post(wire::url("/oauth/token/")?).form(&form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    // Errors may stand in a success, and are texts here.
    let said: Value = answer.json().unwrap_or_default();
    if let Some(error) = said["error"].as_str() {
        let detail = format!("{error} {}", said["error_description"].as_str().unwrap_or_default());
        let refused = bad_status(&answer, Step::Repeatable, &detail);
        return Err(match error {
            _ if answer.status.is_server_error() || refused.kind == ErrorKind::RateLimited => refused,
            "invalid_client" | "unauthorized_client" => {
                NetworkError { kind: ErrorKind::Ask, code: "app_rejected", ..refused }
            }
            _ => NetworkError { kind: ErrorKind::Reconnect, code: "authorization_rejected", ..refused },
        });
    }
    if !answer.status.is_success() {
        return Err(bad_status(&answer, Step::Repeatable, ""));
    }
    let granted: Granted = read(&answer, Step::Repeatable)?;
    let token = TokenAnswer {
        access_token: granted.access_token,
        refresh_token: granted.refresh_token,
        expires_in: granted.expires_in,
        refresh_token_expires_in: granted.refresh_expires_in,
    };
    let no_clock = || NetworkError::new(ErrorKind::Retry, "answer_unreadable", "the answer has no date");
    let given_at = server_time(&answer).ok_or_else(no_clock)?;
    Ok((Tokens::of(token, given_at, before), granted.scope))
}
