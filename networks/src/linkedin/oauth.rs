//! Connecting: the code flow, and everything that the member may post as: themselves, and the organisations whose
//! pages they run. <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow>

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diwan_platform::apps::App;
use diwan_platform::http::HttpClient;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::wire::{Api, Elements, encoded, refusal};
use super::{AUTHORIZE, CAPABILITIES, HOME, MOST_IMAGE_PIXELS, ORGANIZATION, PERSON, SCOPES, TOKEN, VISIBILITY};
use crate::call::{Step, address, no_answer, read, server_time};
use crate::capabilities::{Limits, OptionValue};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Account, Authorization, Connected, Credentials, NO_ACCOUNT, Outside};
pub(super) use crate::oauth::tokens;
use crate::oauth::{TokenAnswer, Tokens, stored};

/// Access tokens live for 60 days, and are renewed this long before their end where LinkedIn gave a refresh token.
const RENEW_AHEAD: TimeDelta = TimeDelta::days(7);

/// The roles that may post.
/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-access-control-by-role>
const POSTING_ROLES: [&str; 3] = ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"];

/// Pages per request and requests at most: nobody runs more.
const PAGE: usize = 100;
const MAX_PAGES: usize = 5;

/// A scope without which somebody cannot post as themselves, and one without which there are no pages.
const MEMBER_SCOPE: &str = "w_member_social";
const PAGES_SCOPE: &str = "w_organization_social";

/// What LinkedIn granted, beside the tokens: its scopes, between commas or spaces.
#[derive(Deserialize)]
struct Scopes {
    #[serde(default)]
    scope: String,
}

/// Who the member is (OpenID Connect).
#[derive(Deserialize)]
struct Member {
    sub: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Role {
    #[serde(rename = "role")]
    kind: String,
    organization: String,
    #[serde(default)]
    state: String,
    /// The member who has it.
    #[serde(default, rename = "roleAssignee")]
    member: Option<String>,
}

/// The organisations as which a member may post, and the member's own urn.
#[derive(Default)]
struct Roles {
    organizations: Vec<String>,
    member: Option<String>,
}

#[derive(Deserialize)]
struct Organization {
    id: u64,
    #[serde(default, rename = "localizedName")]
    name: String,
    #[serde(default, rename = "vanityName")]
    vanity: Option<String>,
}

#[derive(Deserialize)]
struct Organizations {
    #[serde(default)]
    results: BTreeMap<String, Organization>,
}

/// Says where the person agrees.
pub fn begin(app: &App, redirect_uri: &Url, state: &str) -> Result<Authorization, NetworkError> {
    let mut url = address(AUTHORIZE)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", SCOPES)
        .append_pair("state", state);
    Ok(Authorization { url, pending: Credentials(Value::Null) })
}

/// Exchanges the code and reads as whom one may post.
pub async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Vec<Connected>, NetworkError> {
    let app = out.app()?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
    ];
    let (tokens, scopes) = exchange(out.http, &form, None).await?;
    let base = address(HOME)?;
    let api = Api { http: out.http, base: &base, token: &tokens.access };
    let may = |wanted: &str| scopes.scope.split([',', ' ']).any(|scope| scope == wanted);
    let mut accounts = Vec::new();
    // A page is asked with its member's token: what LinkedIn allows a member, it allows all of them together.
    let mut asks_as = None;
    if may(MEMBER_SCOPE) {
        let member = member(&api).await?;
        let urn = format!("{PERSON}{}", member.sub);
        let name = if member.name.trim().is_empty() { member.sub } else { member.name.trim().to_owned() };
        accounts.push((urn, name.clone(), name, None));
    }
    if may(PAGES_SCOPE) {
        let roles = roles(&api).await?;
        for organization in organizations(&api, &roles.organizations).await? {
            let page = organization.vanity.unwrap_or_else(|| organization.id.to_string());
            let url = format!("https://www.linkedin.com/company/{page}/").parse().ok();
            let name = if organization.name.is_empty() { page.clone() } else { organization.name };
            accounts.push((format!("{ORGANIZATION}{}", organization.id), page, name, url));
        }
        asks_as = roles.member;
    }
    if accounts.is_empty() {
        return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, "nobody to post as"));
    }
    let credentials = stored(&tokens)?;
    let connected = accounts.into_iter().map(|(urn, handle, display_name, profile_url)| Connected {
        limits: Limits { asks_as: asks_as.clone(), ..limits(&urn) },
        remote_id: urn,
        handle,
        display_name,
        profile_url,
        base_url: base.clone(),
        credentials: credentials.clone(),
    });
    Ok(connected.collect())
}

/// Whether it is time to renew it.
pub fn is_stale(account: &Account, now: DateTime<Utc>) -> bool {
    tokens(account).is_ok_and(|tokens| tokens.ends_within(RENEW_AHEAD, now))
}

/// Renews a token that ends soon, if LinkedIn lets it be renewed.
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
    let app = out.app()?;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
    ];
    let (renewed, _) = exchange(out.http, &form, Some(&tokens)).await?;
    stored(&renewed).map(Some)
}

/// When the account should be renewed though nobody uses it.
pub fn refresh_due(account: &Account) -> Option<DateTime<Utc>> {
    let tokens = tokens(account).ok()?;
    tokens.refresh?;
    tokens.expires_at?.checked_sub_signed(RENEW_AHEAD)
}

/// What LinkedIn allows: a page cannot post to its connections, since it has none.
pub fn limits(urn: &str) -> Limits {
    let audiences: &[&str] = if urn.starts_with(PERSON) { &["public", "connections"] } else { &["public"] };
    let value = |value: &&str| OptionValue { value: (*value).to_owned(), label: (*value).to_owned() };
    Limits {
        max_image_pixels: Some(MOST_IMAGE_PIXELS),
        choices: [(VISIBILITY.to_owned(), audiences.iter().map(value).collect())].into(),
        ..Limits::defaults(&CAPABILITIES)
    }
}

/// Whether the account can be used now.
pub async fn check(api: &Api<'_>, urn: &str) -> Result<Limits, NetworkError> {
    if urn.starts_with(PERSON) {
        member(api).await?;
        return Ok(Limits { asks_as: Some(urn.to_owned()), ..limits(urn) });
    }
    let roles = roles(api).await?;
    if !roles.organizations.iter().any(|organization| organization == urn) {
        let detail = "the member does not run this page any more";
        return Err(NetworkError::new(ErrorKind::Reconnect, "role_lost", detail));
    }
    Ok(Limits { asks_as: roles.member, ..limits(urn) })
}

async fn member(api: &Api<'_>) -> Result<Member, NetworkError> {
    read(&api.send(api.get("/v2/userinfo")?, Step::Repeatable).await?, Step::Repeatable)
}

/// What the member may post as beside themselves.
async fn roles(api: &Api<'_>) -> Result<Roles, NetworkError> {
    let mut found = Roles::default();
    for page in 0..MAX_PAGES {
        let start = page * PAGE;
        let path = format!("/rest/organizationAcls?q=roleAssignee&state=APPROVED&start={start}&count={PAGE}");
        let answer = api.send(api.get(&path)?, Step::Repeatable).await?;
        let told: Elements<Role> = read(&answer, Step::Repeatable)?;
        let is_last = told.elements.len() < PAGE;
        let posting = told.elements.into_iter().filter(|role| {
            POSTING_ROLES.contains(&role.kind.as_str()) && matches!(role.state.as_str(), "APPROVED" | "")
        });
        for role in posting {
            found.organizations.push(role.organization);
            found.member = found.member.or(role.member);
        }
        if is_last {
            break;
        }
    }
    // One member can have several roles.
    found.organizations.sort_unstable();
    found.organizations.dedup();
    Ok(found)
}

/// Organisations with their names.
async fn organizations(api: &Api<'_>, urns: &[String]) -> Result<Vec<Organization>, NetworkError> {
    /// The most ids of one request.
    const BATCH: usize = 50;
    let ids: Vec<_> = urns.iter().filter_map(|urn| urn.strip_prefix(ORGANIZATION)).map(encoded).collect();
    let mut named = Vec::new();
    for ids in ids.chunks(BATCH) {
        let path = format!("/rest/organizations?ids=List({})", ids.join(","));
        let answer = api.send(api.get(&path)?, Step::Repeatable).await?;
        let found: Organizations = read(&answer, Step::Repeatable)?;
        named.extend(found.results.into_values());
    }
    Ok(named)
}

async fn exchange(
    http: &HttpClient,
    form: &[(&str, &str)],
    before: Option<&Tokens>,
) -> Result<(Tokens, Scopes), NetworkError> {
    let request = http.post(address(TOKEN)?).form(form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if answer.status.is_success() {
        let given_at = server_time(&answer).unwrap_or(DateTime::UNIX_EPOCH);
        let scopes = read(&answer, Step::Repeatable)?;
        let tokens: TokenAnswer = read(&answer, Step::Repeatable)?;
        return Ok((Tokens::of(tokens, given_at, before), scopes));
    }
    let error = refusal(&answer, Step::Repeatable);
    let (kind, code) = match answer.status.as_u16() {
        400 | 401 if error.detail.contains("_client") => (ErrorKind::Ask, "app_rejected"),
        400 | 401 | 403 => (ErrorKind::Reconnect, "authorization_rejected"),
        _ => return Err(error),
    };
    Err(NetworkError { kind, code, ..error })
}
