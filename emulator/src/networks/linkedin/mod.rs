//! LinkedIn, by its documentation (<https://learn.microsoft.com/en-us/linkedin/marketing/community-management/>).
//!
//! Every person runs three organisations, named after them: `NAME Studio` as administrator, `NAME Shop` as
//! administrator of its content, and `NAME Club` as analyst, who may not post. A person whose name begins with `alone`
//! runs none; one whose name begins with `agency` runs three more as administrator, `NAME Client 1` to `NAME Client 3`. Of the followers of
//! those whose name begins with `few` nothing is known, and whose name begins with `unnamed` is not told the names of places and industries.

mod comments;
mod content;
mod followers;
mod little;
mod media;
mod names;
mod posts;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::tokens::{Granted, TokenKind, TokenTrouble};
use crate::world::{AccountId, World};

/// The network's key.
const KEY: &str = "linkedin";

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: false, scopes_by: ' ' };

/// How long codes, access tokens and refresh tokens live.
const CODE: Duration = Duration::from_mins(30);
const ACCESS: Duration = Duration::from_hours(60 * 24);
const REFRESH: Duration = Duration::from_hours(365 * 24);

/// The versions that are served: those of a year.
const VERSIONS: [&str; 12] = [
    "202510", "202511", "202512", "202601", "202602", "202603", "202604", "202605", "202606", "202607", "202608",
    "202609",
];

const PERSON: &str = "urn:li:person:";
const ORGANIZATION: &str = "urn:li:organization:";

/// The emulated network.
#[derive(Debug, Default)]
pub struct LinkedIn {
    uploads: Mutex<media::Uploads>,
}

#[async_trait]
impl Service for LinkedIn {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.linkedin.com", "www.linkedin.com"]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        self.route(call, world).await.unwrap_or_else(|answer| answer)
    }

    fn trouble(&self, status: u16) -> Value {
        let (code, message) = if status == 429 {
            (
                "TOO_MANY_REQUESTS",
                "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.",
            )
        } else {
            ("INTERNAL_SERVER_ERROR", "Internal Server Error")
        };
        json!({ "status": status, "code": code, "message": message })
    }
}

impl LinkedIn {
    fn uploads(&self) -> MutexGuard<'_, media::Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn route(&self, call: Call, world: &World) -> Result<Answer, Answer> {
        let path: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let method = call.method.clone();
        if call.host == "www.linkedin.com" {
            return match path[..] {
                ["oauth", "v2", "authorization"] if method == Method::GET => {
                    Ok(OAUTH.authorize_for(&call, world, CODE))
                }
                ["oauth", "v2", "accessToken"] if method == Method::POST => token(call, world).await,
                ["dms-uploads", id, part] if method == Method::PUT => media::put(self, call, world, (id, part)).await,
                _ => Err(nothing_here()),
            };
        }
        if path.first() == Some(&"rest") {
            versioned(&call)?;
        }
        match (method.as_str(), &path[..]) {
            ("GET", ["v2", "userinfo"]) => userinfo(&call, world),
            ("GET", ["v2", "geo"]) => names::places(&call, world),
            ("GET", ["v2", "industryTaxonomyVersions", "DEFAULT", "industries"]) => names::industries(&call, world),
            ("GET", ["v2", "functions"]) => names::functions(&call, world),
            ("GET", ["v2", "seniorities"]) => names::seniorities(&call, world),
            ("GET", ["rest", "organizationAcls"]) => roles(&call, world),
            ("GET", ["rest", "organizations"]) => organizations(&call, world),
            ("GET", ["rest", "networkSizes", urn]) => followers::size(&call, world, urn),
            ("GET", ["rest", "organizationalEntityFollowerStatistics"]) => followers::statistics(&call, world),
            ("GET", ["rest", "organizationalEntityShareStatistics"]) => posts::statistics(&call, world),
            ("POST", ["rest", kind @ ("images" | "documents")]) => media::whole(self, call, world, kind).await,
            ("POST", ["rest", "videos"]) => media::film(self, call, world).await,
            ("GET", ["rest", kind @ ("images" | "videos" | "documents"), urn]) => {
                media::status(self, &call, world, (kind, urn))
            }
            ("POST", ["rest", "posts"]) => posts::create(self, call, world).await,
            ("GET", ["rest", "posts"]) => posts::list(&call, world),
            ("GET", ["rest", "posts", urn]) => posts::one(&call, world, urn),
            ("POST", ["rest", "posts", urn]) => posts::change(call, world, urn).await,
            ("DELETE", ["rest", "posts", urn]) => posts::delete(&call, world, urn),
            ("GET", ["rest", "socialActions", urn, "comments"]) => comments::list(&call, world, urn),
            ("POST", ["rest", "socialActions", urn, "comments"]) => comments::create(call, world, urn).await,
            _ => Err(nothing_here()),
        }
    }
}

/// A refusal.
fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "status": status, "code": code, "message": message }))
}

fn nothing_here() -> Answer {
    refused(404, "RESOURCE_NOT_FOUND", "No virtual resource found")
}

fn illegal(message: &str) -> Answer {
    refused(400, "ILLEGAL_ARGUMENT", message)
}

fn denied(message: &str) -> Answer {
    refused(403, "ACCESS_DENIED", message)
}

/// Versioned resources want to know the version, and the protocol in which lists are written.
/// <https://learn.microsoft.com/en-us/linkedin/marketing/versioning>
fn versioned(call: &Call) -> Result<(), Answer> {
    let Some(version) = call.header("linkedin-version") else {
        return Err(refused(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
        ));
    };
    if !VERSIONS.contains(&version) {
        return Err(refused(426, "NONEXISTENT_VERSION", &format!("Requested version {version} is not active")));
    }
    match call.header("x-restli-protocol-version") {
        Some("2.0.0") => Ok(()),
        _ => Err(illegal("X-RestLi-Protocol-Version must be 2.0.0")),
    }
}

/// Whose token it is; it must have been granted with this scope.
fn granted(call: &Call, world: &World, scope: &str) -> Result<Granted, Answer> {
    let unauthorized = |code: &str, message: &str| refused(401, code, message);
    let token = call.bearer().ok_or_else(|| unauthorized("INVALID_ACCESS_TOKEN", "Empty oauth2 access token"))?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(|trouble| match trouble {
        TokenTrouble::Unknown => unauthorized("INVALID_ACCESS_TOKEN", "Invalid access token"),
        TokenTrouble::Expired => unauthorized("EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
        TokenTrouble::Revoked => {
            unauthorized("REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user")
        }
    })?;
    if has(&granted, scope) { Ok(granted) } else { Err(denied("Not enough permissions to access this resource")) }
}

fn has(granted: &Granted, scope: &str) -> bool {
    granted.detail["scopes"].as_array().is_some_and(|scopes| scopes.iter().any(|one| one == scope))
}

/// The organisations of a person, with their roles.
fn organizations_of(person: &str) -> Vec<(String, &'static str)> {
    if person.starts_with("alone") {
        return Vec::new();
    }
    let roles = [("Studio", "ADMINISTRATOR"), ("Shop", "CONTENT_ADMINISTRATOR"), ("Club", "ANALYST")];
    let clients = ["Client 1", "Client 2", "Client 3"].map(|client| (client, "ADMINISTRATOR"));
    let clients = clients.into_iter().filter(|_| person.starts_with("agency"));
    roles.into_iter().chain(clients).map(|(name, role)| (format!("{person} {name}"), role)).collect()
}

/// The organisation of this name, if it is one that the person may post as.
fn runs(person: &str, organization: &str) -> bool {
    organizations_of(person).iter().any(|(name, role)| name == organization && *role != "ANALYST")
}

fn person_urn(world: &World, name: &str) -> String {
    format!("{PERSON}{}", world.account(KEY, name))
}

fn organization_urn(world: &World, name: &str) -> String {
    format!("{ORGANIZATION}{}", world.account(KEY, name))
}

/// The name behind a person's or an organisation's URN.
fn named(world: &World, urn: &str) -> Option<String> {
    let id = urn.strip_prefix(PERSON).or_else(|| urn.strip_prefix(ORGANIZATION))?;
    world.account_named(KEY, AccountId(id.parse().ok()?))
}

/// The account as which the token may write, by its URN: the person themselves, or an organisation that they run.
fn acting(call: &Call, world: &World, urn: &str) -> Result<String, Answer> {
    let is_person = urn.starts_with(PERSON);
    let scope = if is_person { "w_member_social" } else { "w_organization_social" };
    let person = granted(call, world, scope)?.account;
    let name = named(world, urn).ok_or_else(|| illegal(&format!("{urn} is nobody")))?;
    let may = if is_person { name == person } else { urn.starts_with(ORGANIZATION) && runs(&person, &name) };
    if may { Ok(name) } else { Err(denied(&format!("the member may not act as {urn}"))) }
}

/// Whether the token may read what this account wrote: organisations' alone, members' never (`r_member_social` is
/// closed).
fn reading(call: &Call, world: &World, urn: &str) -> Result<String, Answer> {
    let person = granted(call, world, "r_organization_social")?.account;
    let name = named(world, urn).filter(|name| urn.starts_with(ORGANIZATION) && runs(&person, name));
    name.ok_or_else(|| denied("Not enough permissions to access this resource"))
}

/// Refuses fields that a body does not have.
fn no_more(body: &Value, names: &[&str]) -> Result<(), Answer> {
    let object = body.as_object().ok_or_else(|| illegal("an object is expected"))?;
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            Err(refused(422, "UNPROCESSABLE_ENTITY", &format!("/{name} :: unrecognized field found but not allowed")))
        }
    }
}

/// What stands in `List(a,b)`.
fn list_of(value: &str) -> Option<Vec<&str>> {
    let inner = value.strip_prefix("List(")?.strip_suffix(')')?;
    Some(inner.split(',').filter(|one| !one.is_empty()).collect())
}

/// <https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow>,
/// <https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens>
async fn token(mut call: Call, world: &World) -> Result<Answer, Answer> {
    let form = call.form().await?;
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let wrong = |status: u16, code: &str, description: &str| {
        Answer::json(status, &json!({ "error": code, "error_description": description }))
    };
    let worded = |why: String| match why.split_once(": ") {
        Some(("invalid_client", why)) => wrong(401, "invalid_client", why),
        Some((code, why)) => wrong(400, code, why),
        None => wrong(400, "invalid_request", &why),
    };
    let now = world.now();
    let (granted, refresh) = if value("grant_type") == Some("refresh_token") {
        OAUTH.client(&form).map_err(worded)?;
        let refresh = value("refresh_token").unwrap_or_default().to_owned();
        let granted = world.token(KEY, &refresh, TokenKind::Refresh);
        (
            granted.map_err(|_| wrong(400, "invalid_grant", "The provided refresh token is invalid or expired"))?,
            Some(refresh),
        )
    } else {
        (OAUTH.code(&form, world).map_err(worded)?, None)
    };
    let scopes = json!({ "scopes": granted.detail["scopes"] });
    let left = match &refresh {
        Some(_) => granted.expires_at.and_then(|end| (end - now).to_std().ok()).unwrap_or(REFRESH),
        None => REFRESH,
    };
    // A refresh token stays, and its end as well.
    let refresh = refresh
        .unwrap_or_else(|| world.issue(KEY, &granted.account, TokenKind::Refresh, Some(REFRESH), scopes.clone()));
    let named: Vec<_> = granted.detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let body = json!({
        "access_token": world.issue(KEY, &granted.account, TokenKind::Access, Some(ACCESS), scopes),
        "expires_in": ACCESS.as_secs(),
        "refresh_token": refresh,
        "refresh_token_expires_in": left.as_secs(),
        "scope": named.join(","),
        "token_type": "Bearer",
    });
    Ok(Answer::json(200, &body))
}

fn userinfo(call: &Call, world: &World) -> Result<Answer, Answer> {
    let granted = granted(call, world, "profile")?;
    let id = world.account(KEY, &granted.account).to_string();
    Ok(Answer::json(
        200,
        &json!({ "sub": id, "name": granted.account, "given_name": granted.account, "locale": "en_US" }),
    ))
}

/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-access-control-by-role>
fn roles(call: &Call, world: &World) -> Result<Answer, Answer> {
    let person = granted(call, world, "rw_organization_admin")?.account;
    if call.query("q") != Some("roleAssignee") {
        return Err(illegal("q must be roleAssignee"));
    }
    let start = call.query("start").and_then(|start| start.parse().ok()).unwrap_or(0);
    let count = call.query("count").and_then(|count| count.parse().ok()).unwrap_or(10);
    let assignee = person_urn(world, &person);
    let elements = organizations_of(&person)
        .into_iter()
        .filter(|(_, role)| call.query("role").is_none_or(|wanted| wanted == *role));
    let elements = elements.skip(start).take(count).map(|(name, role)| {
        json!({
            "organization": organization_urn(world, &name), "role": role, "roleAssignee": assignee, "state": "APPROVED",
        })
    });
    let elements: Vec<_> = elements.collect();
    Ok(Answer::json(200, &json!({ "paging": { "start": start, "count": count }, "elements": elements })))
}

/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-lookup-api>
fn organizations(call: &Call, world: &World) -> Result<Answer, Answer> {
    let person = granted(call, world, "rw_organization_admin")?.account;
    let ids = call.query("ids").and_then(list_of).ok_or_else(|| illegal("ids must be a list"))?;
    let mut found = json!({ "results": {}, "statuses": {}, "errors": {} });
    for id in ids {
        let name = named(world, &format!("{ORGANIZATION}{id}"));
        match name.filter(|name| organizations_of(&person).iter().any(|(known, _)| known == name)) {
            Some(name) => {
                let number: u64 = id.parse().map_err(|_| illegal("an id is a number"))?;
                let vanity = name.to_lowercase().replace(' ', "-");
                found["results"][id] = json!({ "id": number, "localizedName": name, "vanityName": vanity });
                found["statuses"][id] = json!(200);
            }
            None => {
                found["errors"][id] = json!({ "status": 404 });
            }
        }
    }
    Ok(Answer::json(200, &found))
}
