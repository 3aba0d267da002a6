//! Pinterest's API, version 5. <https://developers.pinterest.com/docs/api/v5/>
//!
//! Every account has two boards, `Ideas` and `Recipes`.

mod media;
mod pins;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::descriptions::Operations;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::tokens::{Granted, TokenKind};
use crate::world::World;
use media::Film;
use pins::Pin;

const KEY: &str = "pinterest";

const API: &str = "api.pinterest.com";
const PEOPLE: &str = "www.pinterest.com";
const STORE: &str = "pinterest-media-upload.s3-accelerate.amazonaws.com";

/// <https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/>
const ACCESS_LIFETIME: Duration = Duration::from_hours(30 * 24);
const REFRESH_LIFETIME: Duration = Duration::from_hours(60 * 24);

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: false, scopes_by: ',' };

/// What the description of the interface knows, as far as organic pins go.
const SCOPES: &[&str] = &[
    "boards:read",
    "boards:read_secret",
    "boards:write",
    "boards:write_secret",
    "pins:read",
    "pins:read_secret",
    "pins:write",
    "pins:write_secret",
    "user_accounts:read",
    "user_accounts:write",
];

/// The boards of every account.
const BOARDS: [&str; 2] = ["Ideas", "Recipes"];

/// The network.
#[derive(Debug, Default)]
pub struct Pinterest {
    state: Mutex<State>,
    operations: Option<Operations>,
}

/// What the network alone knows.
#[derive(Debug, Default)]
pub(super) struct State {
    films: HashMap<String, Film>,
    pins: HashMap<String, Pin>,
}

/// A refusal as the interface words it.
fn refused(status: u16, code: u32, message: &str) -> Answer {
    Answer::json(status, &json!({ "code": code, "message": message }))
}

/// A request with something wrong in it.
fn bad(message: &str) -> Answer {
    refused(400, 1, &format!("Invalid request: {message}"))
}

impl Pinterest {
    /// One that holds every request against the official description, too.
    pub(crate) fn described(operations: Operations) -> Self {
        Self { state: Mutex::default(), operations: Some(operations) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn api(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let not_found = || refused(404, 0, "Not Found");
        let segments: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["v5", path @ ..] = segments.as_slice() else { return Err(not_found()) };
        let method = call.method.as_str().to_owned();
        let body = match (method.as_str(), path) {
            ("POST", ["oauth", "token"]) => form_as_json(&call.form().await?),
            ("POST" | "PATCH", _) => call.json().await?,
            _ => Value::Null,
        };
        if let Some(operations) = &self.operations {
            operations.check(&method, path, call.queries(), &body).map_err(|problem| bad(&problem))?;
        }
        match (method.as_str(), path) {
            ("POST", ["oauth", "token"]) => token(&call, &body, world),
            ("GET", ["user_account"]) => {
                let account = may(&call, world, &["user_accounts:read"])?.account;
                Ok(Answer::json(200, &user_account(&account, world)))
            }
            ("GET", ["boards"]) => {
                let account = may(&call, world, &["boards:read"])?.account;
                let boards = BOARDS.iter().enumerate().map(|(index, name)| {
                    json!({ "id": board_id(&account, index, world), "name": name, "privacy": "PUBLIC" })
                });
                Ok(Answer::json(200, &page(&call, boards.collect())?))
            }
            ("GET", ["boards", board, "pins"]) => self.pins_of(&call, world, board),
            ("POST", ["pins"]) => self.create(&call, world, &body).await,
            ("GET", ["pins", id]) => self.pin(&call, world, id),
            ("PATCH", ["pins", id]) => self.update(&call, world, (id, &body)),
            ("DELETE", ["pins", id]) => self.delete(&call, world, id),
            ("POST", ["media"]) => self.register(&call, world, &body),
            ("GET", ["media", id]) => self.film(&call, world, id),
            _ => Err(not_found()),
        }
    }
}

/// Who calls, if the token has these scopes.
fn may(call: &Call, world: &World, scopes: &[&str]) -> Result<Granted, Answer> {
    let token = call.bearer().ok_or_else(|| refused(401, 2, "Authentication failed."))?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(|_| refused(401, 2, "Authentication failed."))?;
    let has = |scope: &&str| granted.detail["scopes"].as_array().is_some_and(|all| all.iter().any(|one| one == scope));
    if scopes.iter().all(has) { Ok(granted) } else { Err(refused(403, 3, "Authorization failed.")) }
}

/// A form as the description sees it.
fn form_as_json(form: &[(String, String)]) -> Value {
    form.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
}

/// Gives tokens for a code or a refresh token. The application stands in the header alone.
fn token(call: &Call, body: &Value, world: &World) -> Result<Answer, Answer> {
    let (id, secret) = call.basic().ok_or_else(|| refused(401, 2, "Authentication failed."))?;
    let named = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let mut form = vec![("client_id".to_owned(), id), ("client_secret".to_owned(), secret)];
    OAUTH.client(&form).map_err(|_| refused(401, 2, "Authentication failed."))?;
    let (granted, kind) = match named("grant_type").as_str() {
        "authorization_code" => {
            let fields = ["grant_type", "code", "redirect_uri"].into_iter();
            form.extend(fields.map(|name| (name.to_owned(), named(name))));
            (OAUTH.code(&form, world).map_err(|wrong| refused(400, 283, &wrong))?, "authorization_code")
        }
        "refresh_token" => {
            let granted = world.token(KEY, &named("refresh_token"), TokenKind::Refresh);
            (granted.map_err(|_| refused(400, 283, "Invalid refresh token."))?, "refresh_token")
        }
        _ => return Err(bad("unsupported grant type")),
    };
    let detail = json!({ "scopes": granted.detail["scopes"] });
    let issue = |kind, lifetime| world.issue(KEY, &granted.account, kind, Some(lifetime), detail.clone());
    let scopes: Vec<_> = detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Ok(Answer::json(
        200,
        &json!({
            "response_type": kind,
            "access_token": issue(TokenKind::Access, ACCESS_LIFETIME),
            "token_type": "bearer",
            "expires_in": ACCESS_LIFETIME.as_secs(),
            "refresh_token": issue(TokenKind::Refresh, REFRESH_LIFETIME),
            "refresh_token_expires_in": REFRESH_LIFETIME.as_secs(),
            "scope": scopes.join(","),
        }),
    ))
}

fn user_account(account: &str, world: &World) -> Value {
    let pins = world.posts_of(KEY, account).len();
    json!({
        "id": world.account(KEY, account).to_string(),
        "account_type": "BUSINESS",
        "username": account,
        "business_name": account,
        "board_count": BOARDS.len(),
        "pin_count": pins,
        "follower_count": 0,
        "following_count": 0,
    })
}

fn board_id(account: &str, index: usize, world: &World) -> String {
    (world.account(KEY, account).0 + 1 + index as u64).to_string()
}

/// The name of one of the account's boards.
fn board_named(account: &str, id: &str, world: &World) -> Option<&'static str> {
    (0..BOARDS.len()).find(|index| board_id(account, *index, world) == id).map(|index| BOARDS[index])
}

/// A part of a list. <https://developers.pinterest.com/docs/reference/pagination/>
fn page(call: &Call, all: Vec<Value>) -> Result<Value, Answer> {
    let number = |name: &str, or: usize| call.query(name).map_or(Some(or), |text| text.parse().ok());
    let size = number("page_size", 25).filter(|size| (1..=250).contains(size));
    let (Some(size), Some(from)) = (size, number("bookmark", 0)) else {
        return Err(bad("page_size must be between 1 and 250"));
    };
    let bookmark = (all.len() > from + size).then(|| (from + size).to_string());
    let items: Vec<_> = all.into_iter().skip(from).take(size).collect();
    Ok(json!({ "items": items, "bookmark": bookmark }))
}

/// Where people are.
fn people(call: &Call, world: &World) -> Answer {
    match call.segments().as_slice() {
        ["oauth", ""] => {
            let unknown = call.query("scope").into_iter().flat_map(|scopes| scopes.split(','));
            match unknown.into_iter().find(|scope| !SCOPES.contains(scope)) {
                Some(scope) => Answer::text(400, "text/plain; charset=utf-8", format!("{scope:?} is no scope\n")),
                None => OAUTH.authorize(call, world),
            }
        }
        ["pin", id] | ["pin", id, ""] => match world.find(KEY, id) {
            Some(pin) => Answer::empty(302).header("location", world.permalink(KEY, &pin.account, id)),
            None => Answer::empty(404),
        },
        _ => Answer::empty(404),
    }
}

#[async_trait]
impl Service for Pinterest {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[API, PEOPLE, STORE]
    }

    async fn answer(&self, mut call: Call, world: &World) -> Answer {
        match call.host.as_str() {
            PEOPLE if call.method == Method::GET => people(&call, world),
            PEOPLE => Answer::empty(405),
            STORE => self.store(&mut call, world).await.unwrap_or_else(|refusal| refusal),
            _ => self.api(call, world).await.unwrap_or_else(|refusal| refusal),
        }
    }

    fn trouble(&self, status: u16) -> Value {
        match status {
            429 => json!({ "code": 8, "message": "You have exceeded your rate limit. Try again later." }),
            _ => json!({ "code": 12, "message": "Something went wrong on our end. Sorry about that." }),
        }
    }
}
