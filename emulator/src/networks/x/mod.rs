//! X, by the specification of its API version 2 (<https://api.x.com/2/openapi.json>) and its guides
//! (<https://docs.x.com/x-api>).
//!
//! An account whose name begins with `premium` subscribes: it may write long texts.

mod counts;
mod media;
mod posts;
mod search;
mod text;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::tokens::{Granted, TokenKind};
use crate::world::World;

/// The network's key.
const KEY: &str = "x";

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: true, scopes_by: ' ' };

/// How long codes and access tokens live.
const CODE: Duration = Duration::from_secs(30);
const ACCESS: Duration = Duration::from_hours(2);

/// The emulated network.
#[derive(Debug, Default)]
pub struct X {
    uploads: Mutex<media::Uploads>,
}

#[async_trait]
impl Service for X {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.x.com", "x.com"]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        self.route(call, world).await.unwrap_or_else(|answer| answer)
    }

    fn trouble(&self, status: u16) -> Value {
        let title = if status == 429 { "Too Many Requests" } else { "Service Unavailable" };
        json!({ "title": title, "detail": title, "type": "about:blank", "status": status })
    }
}

impl X {
    fn uploads(&self) -> MutexGuard<'_, media::Uploads> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn route(&self, call: Call, world: &World) -> Result<Answer, Answer> {
        let path: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let (get, post) = (call.method == Method::GET, call.method == Method::POST);
        if call.host == "x.com" {
            let is_page = get && path == ["i", "oauth2", "authorize"];
            return if is_page { Ok(OAUTH.authorize_for(&call, world, CODE)) } else { Err(nothing_here()) };
        }
        match path[..] {
            ["2", "oauth2", "token"] if post => token(call, world).await,
            ["oauth2", "token"] if post => counts::token(call, world).await,
            ["2", "tweets", "counts", "recent"] if get => counts::recent(&call, world),
            ["2", "tweets", "search", "recent"] if get => search::recent(&call, world),
            ["2", "users", "me"] if get => me(&call, world),
            ["2", "users", id, "tweets"] if get => posts::list(&call, world, id),
            ["2", "tweets"] if get => posts::several(&call, world),
            ["2", "tweets"] if post => posts::create(self, call, world).await,
            ["2", "tweets", id] if get => posts::one(&call, world, id),
            ["2", "tweets", id] if call.method == Method::DELETE => posts::delete(&call, world, id),
            ["2", "media", "upload"] if get => media::status(self, &call, world),
            ["2", "media", "upload"] if post => media::whole(self, call, world).await,
            ["2", "media", "upload", "initialize"] if post => media::initialize(self, call, world).await,
            ["2", "media", "upload", id, "append"] if post => media::append(self, call, world, id).await,
            ["2", "media", "upload", id, "finalize"] if post => media::finalize(self, &call, world, id),
            ["2", "media", "metadata"] if post => media::metadata(self, call, world).await,
            _ => Err(nothing_here()),
        }
    }
}

/// A refusal as of RFC 7807.
fn problem(status: u16, kind: &str, detail: &str) -> Answer {
    let title = match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found Error",
        429 => "Too Many Requests",
        _ => "Invalid Request",
    };
    let kind =
        if kind.is_empty() { "about:blank".to_owned() } else { format!("https://api.twitter.com/2/problems/{kind}") };
    let body = json!({ "title": title, "detail": detail, "type": kind, "status": status });
    Answer::text(status, "application/problem+json", body.to_string())
}

fn nothing_here() -> Answer {
    problem(404, "", "The requested resource was not found.")
}

/// A request that is not as the specification says.
fn invalid(message: &str) -> Answer {
    let body = json!({
        "errors": [{ "message": message, "parameters": {} }],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    });
    Answer::json(400, &body)
}

/// Whose token it is; it must have been granted with these scopes.
fn granted(call: &Call, world: &World, scopes: &[&str]) -> Result<Granted, Answer> {
    let unauthorized = || problem(401, "", "Unauthorized");
    let token = call.bearer().ok_or_else(unauthorized)?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(|_| unauthorized())?;
    let has = |scope: &&str| granted.detail["scopes"].as_array().is_some_and(|all| all.iter().any(|one| one == *scope));
    match scopes.iter().find(|scope| !has(scope)) {
        None => Ok(granted),
        Some(scope) => Err(problem(403, "client-forbidden", &format!("the token was granted without {scope}"))),
    }
}

/// Refuses query parameters that an endpoint does not have.
fn only(call: &Call, names: &[&str]) -> Result<(), Answer> {
    match call.queries().iter().find(|(name, _)| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(invalid(&format!("The query parameter [{name}] is not one of [{}]", names.join(",")))),
    }
}

/// The values of a parameter, each of which must be one of these.
fn fields<'a>(call: &'a Call, name: &str, known: &[&str]) -> Result<Vec<&'a str>, Answer> {
    let fields: Vec<_> = call.query(name).map(|value| value.split(',').collect()).unwrap_or_default();
    match fields.iter().find(|field| !known.contains(field)) {
        None => Ok(fields),
        Some(field) => {
            Err(invalid(&format!("The `{name}` query parameter value [{field}] is not one of [{}]", known.join(","))))
        }
    }
}

/// Refuses properties that a body does not have.
fn no_more(body: &Value, names: &[&str]) -> Result<(), Answer> {
    let object = body.as_object().ok_or_else(|| invalid("$: must be an object"))?;
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(invalid(&format!(
            "$.{name}: is not defined in the schema and the schema does not allow additional properties"
        ))),
    }
}

/// Confidential clients say who they are in a header.
/// <https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token>
async fn token(mut call: Call, world: &World) -> Result<Answer, Answer> {
    let refused = |status: u16, code: &str, description: &str| {
        Answer::json(status, &json!({ "error": code, "error_description": description }))
    };
    let missing = || refused(401, "unauthorized_client", "Missing valid authorization header");
    let (id, secret) = call.basic().ok_or_else(missing)?;
    let mut form = call.form().await?;
    form.extend([("client_id".to_owned(), id), ("client_secret".to_owned(), secret)]);
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let wrong = |why: String| match why.split_once(": ") {
        Some(("invalid_client", why)) => refused(401, "invalid_client", why),
        Some((code, why)) => refused(400, code, why),
        None => refused(400, "invalid_request", &why),
    };
    let granted = if value("grant_type") == Some("refresh_token") {
        OAUTH.client(&form).map_err(wrong)?;
        let spent = world.redeem(KEY, value("refresh_token").unwrap_or_default(), TokenKind::Refresh);
        spent.map_err(|_| refused(400, "invalid_request", "Value passed for the token was invalid."))?
    } else {
        OAUTH.code(&form, world).map_err(wrong)?
    };
    let scopes = &granted.detail["scopes"];
    let issue = |kind, lifetime| world.issue(KEY, &granted.account, kind, lifetime, json!({ "scopes": scopes }));
    let named: Vec<_> = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut body = json!({
        "token_type": "bearer",
        "expires_in": ACCESS.as_secs(),
        "access_token": issue(TokenKind::Access, Some(ACCESS)),
        "scope": named.join(" "),
    });
    if named.contains(&"offline.access") {
        body["refresh_token"] = json!(issue(TokenKind::Refresh, None));
    }
    Ok(Answer::json(200, &body))
}

/// Whether the account subscribes.
fn subscribes(account: &str) -> bool {
    account.starts_with("premium")
}

/// A name as X takes it: at most 15 letters, digits and underscores.
fn username(account: &str) -> String {
    account.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(15).collect()
}

fn me(call: &Call, world: &World) -> Result<Answer, Answer> {
    only(call, &["user.fields", "expansions", "tweet.fields"])?;
    let granted = granted(call, world, &["users.read", "tweet.read"])?;
    let known =
        ["id", "name", "username", "public_metrics", "subscription_type", "verified", "verified_type", "created_at"];
    let asked = fields(call, "user.fields", &known)?;
    let account = &granted.account;
    let mut data =
        json!({ "id": world.account(KEY, account).to_string(), "name": account, "username": username(account) });
    if asked.contains(&"subscription_type") {
        data["subscription_type"] = json!(if subscribes(account) { "Premium" } else { "None" });
    }
    if asked.contains(&"public_metrics") {
        let posts = world.posts_of(KEY, account).len();
        data["public_metrics"] = json!({
            "followers_count": 120, "following_count": 30, "tweet_count": posts, "listed_count": 0, "like_count": 0,
        });
    }
    Ok(Answer::json(200, &json!({ "data": data })))
}
