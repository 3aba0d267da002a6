//! TikTok: its login, the Content Posting API, and what shows posts.
//! <https://developers.tiktok.com/doc/content-posting-api-get-started>
//!
//! Every account is public, so that its posts may be seen by everybody, by friends, or by nobody else.

mod posts;
mod publications;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::tokens::{Granted, TokenKind};
use crate::world::World;
use publications::Publication;

const KEY: &str = "tiktok";

const PEOPLE: &str = "www.tiktok.com";
const API: &str = "open.tiktokapis.com";
const UPLOAD: &str = "open-upload.tiktokapis.com";

/// <https://developers.tiktok.com/doc/oauth-user-access-token-management>
const ACCESS_LIFETIME: Duration = Duration::from_hours(24);
const REFRESH_LIFETIME: Duration = Duration::from_hours(365 * 24);

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_key", pkce: false, scopes_by: ',' };

/// Who may see a post of a public account.
const PRIVACY_LEVELS: &[&str] = &["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"];

/// How many publications may be begun in a minute, and posts made in a day.
const A_MINUTE: usize = 6;
const A_DAY: usize = 15;

/// The network.
#[derive(Debug, Default)]
pub struct TikTok(Mutex<State>);

/// What the network alone knows.
#[derive(Debug, Default)]
struct State {
    publications: HashMap<String, Publication>,
    /// When each account began a publication.
    begun: HashMap<String, Vec<DateTime<Utc>>>,
}

/// A refusal as the interfaces word it.
fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &refusal(code, message))
}

fn refusal(code: &str, message: &str) -> Value {
    json!({ "data": {}, "error": { "code": code, "message": message, "log_id": "20270101000000" } })
}

/// A request with something wrong in it.
fn bad(message: &str) -> Answer {
    refused(400, "invalid_params", message)
}

/// A success.
fn done(data: &Value) -> Answer {
    Answer::json(200, &json!({ "data": data, "error": { "code": "ok", "message": "", "log_id": "20270101000000" } }))
}

/// Who calls, if the token has this scope.
fn may(call: &Call, world: &World, scope: &str) -> Result<Granted, Answer> {
    let invalid = || refused(401, "access_token_invalid", "The access token is invalid or not found in the request.");
    let token = call.bearer().ok_or_else(invalid)?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(|_| invalid())?;
    let has = granted.detail["scopes"].as_array().is_some_and(|all| all.iter().any(|one| one == scope));
    let missing = || refused(401, "scope_not_authorized", &format!("The user did not authorize the scope {scope}."));
    if has { Ok(granted) } else { Err(missing()) }
}

/// The id of an account.
fn open_id(account: &str, world: &World) -> String {
    format!("-000{}", world.account(KEY, account))
}

/// The fields that are asked for, all of which must be known.
fn fields<'a>(call: &'a Call, known: &[&str]) -> Result<Vec<&'a str>, Answer> {
    let fields = call.query("fields").filter(|fields| !fields.is_empty()).ok_or_else(|| bad("fields is required"))?;
    let fields: Vec<&str> = fields.split(',').collect();
    match fields.iter().find(|field| !known.contains(field)) {
        Some(field) => Err(bad(&format!("the field {field} is unknown"))),
        None => Ok(fields),
    }
}

/// What of an object is asked for.
fn shown(object: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), object[*field].clone())).collect()
}

impl TikTok {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn api(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let path = call.path.clone();
        match (call.method.as_str(), path.as_str()) {
            ("POST", "/v2/oauth/token/") => Ok(token(&call.form().await?, world)),
            ("GET", "/v2/user/info/") => user(&call, world),
            ("POST", "/v2/post/publish/creator_info/query/") => {
                let account = may(&call, world, "video.publish")?.account;
                call.json().await?;
                Ok(done(&json!({
                    "creator_avatar_url": "https://p16.tiktokcdn.example/avatar.webp",
                    "creator_username": account,
                    "creator_nickname": account,
                    "privacy_level_options": PRIVACY_LEVELS,
                    "comment_disabled": account.starts_with("quiet "),
                    "duet_disabled": false,
                    "stitch_disabled": false,
                    "max_video_post_duration_sec": 300,
                })))
            }
            ("POST", "/v2/post/publish/video/init/") => {
                let body = call.json().await?;
                self.begin_film(&call, world, &body)
            }
            ("POST", "/v2/post/publish/content/init/") => {
                let body = call.json().await?;
                self.begin_photos(&call, world, &body).await
            }
            ("POST", "/v2/post/publish/status/fetch/") => {
                let body = call.json().await?;
                self.status(&call, world, &body)
            }
            ("POST", "/v2/video/list/") => {
                let body = call.json().await?;
                self.list(&call, world, &body)
            }
            ("POST", "/v2/video/query/") => {
                let body = call.json().await?;
                self.query(&call, world, &body)
            }
            _ => Err(refused(404, "invalid_request", "Unsupported path(Janus).")),
        }
    }

    /// Counts a publication that is begun, or refuses it.
    fn count(&self, account: &str, world: &World) -> Result<(), Answer> {
        let now = world.now();
        let mut state = self.state();
        let begun = state.begun.entry(account.to_owned()).or_default();
        if begun.iter().filter(|at| **at > now - TimeDelta::minutes(1)).count() >= A_MINUTE {
            return Err(refused(429, "rate_limit_exceeded", "Your request is blocked: too many of them."));
        }
        let posts = world.posts_of(KEY, account);
        if posts.iter().filter(|post| post.at > now - TimeDelta::days(1)).count() >= A_DAY {
            return Err(refused(403, "spam_risk_too_many_posts", "The daily post cap from the API is reached."));
        }
        begun.push(now);
        Ok(())
    }
}

fn user(call: &Call, world: &World) -> Result<Answer, Answer> {
    let account = may(call, world, "user.info.basic")?.account;
    let basic = ["open_id", "union_id", "avatar_url", "display_name"];
    let profile = ["username", "profile_deep_link", "bio_description", "is_verified"];
    let stats = ["follower_count", "following_count", "likes_count", "video_count"];
    let known: Vec<&str> = basic.iter().chain(&profile).chain(&stats).copied().collect();
    let asked = fields(call, &known)?;
    for (scope, fields) in [("user.info.profile", profile), ("user.info.stats", stats)] {
        if asked.iter().any(|field| fields.contains(field)) {
            may(call, world, scope)?;
        }
    }
    let all = json!({
        "open_id": open_id(&account, world),
        "union_id": open_id(&account, world),
        "avatar_url": "https://p16.tiktokcdn.example/avatar.webp",
        "display_name": account,
        "username": account,
        "profile_deep_link": "https://vm.tiktok.com/emulated/",
        "bio_description": "",
        "is_verified": false,
        "follower_count": 12,
        "following_count": 3,
        "likes_count": 40,
        "video_count": world.posts_of(KEY, &account).len(),
    });
    Ok(done(&json!({ "user": shown(&all, &asked) })))
}

fn token(form: &[(String, String)], world: &World) -> Answer {
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let granted = match value("grant_type") {
        "refresh_token" => OAUTH.client(form).and_then(|()| {
            let granted = world.redeem(KEY, value("refresh_token"), TokenKind::Refresh);
            granted.map_err(|trouble| format!("invalid_grant: {trouble}"))
        }),
        _ => OAUTH.code(form, world),
    };
    let granted = match granted {
        Ok(granted) => granted,
        Err(wrong) => {
            let (code, description) = wrong.split_once(": ").unwrap_or((&wrong, ""));
            let body = json!({ "error": code, "error_description": description, "log_id": "20270101000000" });
            return Answer::json(if code == "invalid_client" { 401 } else { 400 }, &body);
        }
    };
    let detail = json!({ "scopes": granted.detail["scopes"] });
    let issue = |kind, lifetime| world.issue(KEY, &granted.account, kind, Some(lifetime), detail.clone());
    let scopes: Vec<&str> = detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Answer::json(
        200,
        &json!({
            "access_token": issue(TokenKind::Access, ACCESS_LIFETIME),
            "expires_in": ACCESS_LIFETIME.as_secs(),
            "open_id": open_id(&granted.account, world),
            "refresh_expires_in": REFRESH_LIFETIME.as_secs(),
            "refresh_token": issue(TokenKind::Refresh, REFRESH_LIFETIME),
            "scope": scopes.join(","),
            "token_type": "Bearer",
        }),
    )
}

#[async_trait]
impl Service for TikTok {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[PEOPLE, API, UPLOAD]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        let answer = match call.host.as_str() {
            PEOPLE if call.path == "/v2/auth/authorize/" => Ok(OAUTH.authorize(&call, world)),
            API => self.api(call, world).await,
            UPLOAD => self.receive(call, world).await,
            _ => Err(Answer::text(404, "text/plain", "not found")),
        };
        answer.unwrap_or_else(|refused| refused)
    }

    fn trouble(&self, status: u16) -> Value {
        let code = if status == 429 { "rate_limit_exceeded" } else { "internal_error" };
        refusal(code, "Something is wrong at TikTok's end.")
    }
}
