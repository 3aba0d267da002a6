//! Connecting: the code flow, without PKCE, which the network does not know.
//! <https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::wire::{AccountAnswer, Api, Board, Page, refusal};
use super::{BOARD, CAPABILITIES};
use crate::call::{Step, address, no_answer, read, server_time};
use crate::capabilities::{Limits, OptionValue};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Authorization, Connected, Credentials, Outside};
pub(super) use crate::oauth::tokens;
use crate::oauth::{TokenAnswer, Tokens, stored};

/// Where the interface is.
pub const HOME: &str = "https://api.pinterest.com/";

/// Where the person agrees.
const AUTHORIZE: &str = "https://www.pinterest.com/oauth/";

/// What the description of the interface wants for boards, pins, films and the account.
const SCOPES: &str = "boards:read,boards:write,pins:read,pins:write,user_accounts:read";

/// Access tokens live for 30 days, and the refresh token that comes with a new one for 60.
const RENEW_AHEAD: TimeDelta = TimeDelta::days(7);

/// Boards per page, and how many pages are read.
const PAGE: &str = "250";
const MAX_PAGES: usize = 8;

/// Says where the person agrees.
pub fn begin(out: Outside<'_>, redirect_uri: &Url, state: &str) -> Result<Authorization, NetworkError> {
    let mut url = address(AUTHORIZE)?;
    url.query_pairs_mut()
        .append_pair("client_id", &out.app()?.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("response_type", "code")
        .append_pair("scope", SCOPES)
        .append_pair("state", state);
    Ok(Authorization { url, pending: Credentials(json!({})) })
}

/// Exchanges the code and reads who came back.
pub async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Connected, NetworkError> {
    let base = address(HOME)?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        // Refresh tokens that are renewed with each use, instead of one for a year.
        ("continuous_refresh", "true"),
    ];
    let tokens = exchange(out, &base, &form, None).await?;
    let api = Api { http: out.http, base: &base, token: &tokens.access };
    let answer = api.send(api.request(Method::GET, &["user_account"])?, Step::Repeatable).await?;
    let account: AccountAnswer = read(&answer, Step::Repeatable)?;
    let limits = limits(&api).await?;
    let name = account.business_name.filter(|name| !name.trim().is_empty());
    Ok(Connected {
        remote_id: account.id.unwrap_or_else(|| account.username.clone()),
        display_name: name.unwrap_or_else(|| account.username.clone()),
        profile_url: format!("https://www.pinterest.com/{}/", account.username).parse().ok(),
        handle: account.username,
        credentials: stored(&tokens)?,
        limits,
        base_url: base,
    })
}

/// Whether it is time to renew it.
pub fn is_stale(account: &Account, now: DateTime<Utc>) -> bool {
    tokens(account).is_ok_and(|tokens| tokens.ends_within(RENEW_AHEAD, now))
}

/// Renews the token of an account.
pub async fn refresh(
    out: Outside<'_>,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<Option<Credentials>, NetworkError> {
    let tokens = tokens(account)?;
    if !tokens.ends_within(RENEW_AHEAD, now) {
        return Ok(None);
    }
    let Some(refresh) = &tokens.refresh else {
        let ended = NetworkError::new(ErrorKind::Reconnect, "session_ended", "the token expired");
        return if tokens.ends_within(TimeDelta::zero(), now) { Err(ended) } else { Ok(None) };
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    stored(&exchange(out, &account.base_url, &form, Some(&tokens)).await?).map(Some)
}

/// When the account is to be renewed.
pub fn due(account: &Account) -> Option<DateTime<Utc>> {
    Some(tokens(account).ok()?.expires_at? - RENEW_AHEAD)
}

async fn exchange(
    out: Outside<'_>,
    base: &Url,
    form: &[(&str, &str)],
    before: Option<&Tokens>,
) -> Result<Tokens, NetworkError> {
    let app = out.app()?;
    let basic = STANDARD.encode(format!("{}:{}", app.client_id, app.client_secret));
    let api = Api { http: out.http, base, token: "" };
    let request = api.request(Method::POST, &["oauth", "token"])?;
    let request = request.header("authorization", &format!("Basic {basic}")).form(form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if !answer.status.is_success() {
        return Err(rejected(refusal(&answer, Step::Repeatable), answer.status));
    }
    let token: TokenAnswer = read(&answer, Step::Repeatable)?;
    // Without the server's own clock, nobody knows when the token ends: it is renewed at the first use.
    Ok(Tokens::of(token, server_time(&answer).unwrap_or_default(), before))
}

/// A refusal where only the code, the token or the application can be at fault.
fn rejected(error: NetworkError, status: StatusCode) -> NetworkError {
    let patience = [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT];
    if !status.is_client_error() || patience.contains(&status) {
        return error;
    }
    NetworkError { kind: ErrorKind::Reconnect, code: "authorization_rejected", ..error }
}

/// What the account may do: its boards.
pub async fn limits(api: &Api<'_>) -> Result<Limits, NetworkError> {
    let mut limits = Limits::defaults(&CAPABILITIES);
    let mut boards = Vec::new();
    let mut bookmark: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut request = api.request(Method::GET, &["boards"])?.query(&[("page_size", PAGE)]);
        if let Some(bookmark) = &bookmark {
            request = request.query(&[("bookmark", bookmark)]);
        }
        let page: Page<Board> = read(&api.send(request, Step::Repeatable).await?, Step::Repeatable)?;
        let usable = page.items.into_iter().filter(|board| !board.is_ads_only);
        boards.extend(usable.map(|board| OptionValue { value: board.id, label: board.name }));
        bookmark = page.bookmark.filter(|bookmark| !bookmark.is_empty());
        if bookmark.is_none() {
            break;
        }
    }
    limits.choices.insert(BOARD.to_owned(), boards);
    Ok(limits)
}

/// Who the token belongs to, as the network tells it.
pub async fn user_account(api: &Api<'_>) -> Result<Value, NetworkError> {
    let request = api.request(Method::GET, &["user_account"])?;
    read(&api.send(request, Step::Repeatable).await?, Step::Repeatable)
}
