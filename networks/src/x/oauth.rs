//! Connecting: the code flow with PKCE as a confidential client, and refresh tokens that are good for one use.
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::apps::App;
use diwan_platform::http::HttpClient;
use serde::{Deserialize, Serialize};
use url::Url;

use super::wire::{Api, User, refusal};
use super::{AUTHORIZE, CAPABILITIES, SCOPES, TOKEN};
use crate::call::{Step, address, no_answer, read, server_time};
use crate::capabilities::{Limits, VideoLimits};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Authorization, Connected, Credentials, Outside};
pub(super) use crate::oauth::tokens;
use crate::oauth::{TokenAnswer, Tokens, challenge, stored, verifier};

/// Access tokens live for two hours, and are renewed this long before their end.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// How long after its access token's end an account that nobody uses is renewed: X does not say how long a refresh
/// token lives that nobody uses.
const RENEW_UNUSED: TimeDelta = TimeDelta::days(30);

/// What subscribers may post: 125 minutes of film and 25,000 characters.
/// <https://docs.x.com/x-api/media/quickstart/best-practices>, <https://help.x.com/en/using-x/x-premium>
const SUBSCRIBER_FILM_MS: u64 = 125 * 60 * 1000;
const SUBSCRIBER_TEXT: u64 = 25_000;

/// What is kept while the person decides.
#[derive(Serialize, Deserialize)]
struct Pending {
    code_verifier: String,
}

/// Says where the person agrees.
pub fn begin(app: &App, redirect_uri: &Url, state: &str) -> Result<Authorization, NetworkError> {
    let code_verifier = verifier()?;
    let mut url = address(AUTHORIZE)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", SCOPES)
        .append_pair("state", state)
        .append_pair("code_challenge", &challenge(&code_verifier))
        .append_pair("code_challenge_method", "S256");
    let pending = serde_json::to_value(Pending { code_verifier });
    Ok(Authorization { url, pending: Credentials(pending.map_err(|error| NetworkError::credentials(&error))?) })
}

/// Exchanges the code and reads who came back.
pub async fn complete(
    out: Outside<'_>,
    pending: &Credentials,
    code: &str,
    redirect_uri: &Url,
) -> Result<Connected, NetworkError> {
    let pending = Pending::deserialize(&pending.0).map_err(|error| NetworkError::credentials(&error))?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("code_verifier", &pending.code_verifier),
    ];
    let tokens = exchange(out.http, out.app()?, &form, None).await?;
    let base = address(super::HOME)?;
    let user = Api { http: out.http, base: &base, token: &tokens.access }.me().await?;
    let name = user.name.trim();
    Ok(Connected {
        display_name: if name.is_empty() { user.username.clone() } else { name.to_owned() },
        profile_url: address(&format!("https://x.com/{}", user.username)).ok(),
        credentials: stored(&tokens)?,
        limits: limits(&user),
        remote_id: user.id,
        handle: user.username,
        base_url: base,
    })
}

/// Whether it is time to renew it.
pub fn is_stale(account: &Account, now: DateTime<Utc>) -> bool {
    tokens(account).is_ok_and(|tokens| tokens.ends_within(RENEW_AHEAD, now))
}

/// Renews a token that is about to end.
pub async fn refresh(
    out: Outside<'_>,
    tokens: Tokens,
    now: DateTime<Utc>,
) -> Result<Option<Credentials>, NetworkError> {
    if !tokens.ends_within(RENEW_AHEAD, now) {
        return Ok(None);
    }
    let Some(refresh) = tokens.refresh.clone() else {
        let error = NetworkError::new(ErrorKind::Reconnect, "session_ended", "the token expired");
        return if tokens.ends_within(TimeDelta::zero(), now) { Err(error) } else { Ok(None) };
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let renewed = exchange(out.http, out.app()?, &form, Some(&tokens)).await?;
    stored(&renewed).map(Some)
}

/// When the account should be renewed though nobody uses it.
pub fn refresh_due(account: &Account) -> Option<DateTime<Utc>> {
    let tokens = tokens(account).ok()?;
    tokens.refresh?;
    tokens.expires_at?.checked_add_signed(RENEW_UNUSED)
}

/// What X allows the account: more to its subscribers.
pub fn limits(user: &User) -> Limits {
    let defaults = Limits::defaults(&CAPABILITIES);
    if !matches!(user.subscription_type.as_deref(), Some("Premium" | "PremiumPlus")) {
        return defaults;
    }
    let video = defaults.video.map(|video| VideoLimits { max_ms: SUBSCRIBER_FILM_MS, ..video });
    Limits { max_text: SUBSCRIBER_TEXT, video, ..defaults }
}

async fn exchange(
    http: &HttpClient,
    app: &App,
    form: &[(&str, &str)],
    before: Option<&Tokens>,
) -> Result<Tokens, NetworkError> {
    let basic = STANDARD.encode(format!("{}:{}", app.client_id, app.client_secret));
    let request = http.post(address(TOKEN)?).header("authorization", &format!("Basic {basic}")).form(form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if answer.status.is_success() {
        let given_at = server_time(&answer);
        let answer: TokenAnswer = read(&answer, Step::Repeatable)?;
        // Without a clock, the token counts as ended: it is renewed before it is used.
        return Ok(Tokens::of(answer, given_at.unwrap_or(DateTime::UNIX_EPOCH), before));
    }
    let error = refusal(&answer, Step::Repeatable);
    let (kind, code) = match answer.status.as_u16() {
        401 => (ErrorKind::Ask, "app_rejected"),
        400 if error.detail.contains("_client") => (ErrorKind::Ask, "app_rejected"),
        400 | 403 => (ErrorKind::Reconnect, "authorization_rejected"),
        _ => return Err(error),
    };
    Err(NetworkError { kind, code, ..error })
}
